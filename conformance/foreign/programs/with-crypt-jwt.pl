# Opens and makes widget tokens with Crypt::JWT. Reads one JSON document, writes one.
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt encode_jwt);
use JSON::PP;
use MIME::Base64 qw(decode_base64url);

my $json  = JSON::PP->new->utf8->canonical;
my $asked = $json->decode(do { local $/; <STDIN> });
my $key   = decode_base64url($asked->{widgetKey}{k});

sub opened {
    my ($token) = @_;
    # As bytes: the module would make text of JSON by itself.
    my $sealed = decode_jwt(
        token        => $token,
        key          => $key,
        decode_payload => 0,
        accepted_alg => 'A256KW',
        accepted_enc => 'A256GCM',
    );
    my $payload = $json->decode($sealed);
    my $claims  = decode_jwt(
        token          => $payload->{subject_token},
        key            => $asked->{signingKey},
        decode_payload => 0,
        accepted_alg   => 'ES256',
    );
    return { payload => $payload, claims => $json->decode($claims) };
}

sub made {
    my ($wanted) = @_;
    my $token = encode_jwt(
        payload       => $json->encode($wanted->{claims}),
        key           => $asked->{signingKey},
        alg           => 'ES256',
        extra_headers => { typ => 'JWT' },
    );
    my $payload = { %{ $wanted->{payload} }, subject_token => $token };
    return encode_jwt(payload => $json->encode($payload), key => $key, alg => 'A256KW', enc => 'A256GCM');
}

print $json->encode([ (map { opened($_) } @{ $asked->{open} }), (map { made($_) } @{ $asked->{make} }) ]);
