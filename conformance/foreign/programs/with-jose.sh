# Opens and makes widget tokens with the command line jose, which takes one at a time. Reads one JSON document, writes
# one line for each token.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
asked=$folder/asked
cat >"$asked"
member() { jose fmt -j "$1" -g "$2" -o-; }
member "$asked" widgetKey >"$folder/widget.jwk"
member "$asked" signingKey >"$folder/signing.jwk"

jose fmt -j "$asked" -g open -f- | while IFS= read -r quoted; do
  token=${quoted#\"}
  printf %s "${token%\"}" | jose jwe dec -i- -k "$folder/widget.jwk" -O "$folder/payload"
  jose fmt -j "$folder/payload" -g subject_token -u- | tr -d '\n' | jose jws ver -i- -k "$folder/signing.jwk" -O "$folder/claims"
  printf '{"payload":%s,"claims":%s}\n' "$(cat "$folder/payload")" "$(cat "$folder/claims")"
done

jose fmt -j "$asked" -g make -f- | while IFS= read -r wanted; do
  printf %s "$wanted" >"$folder/wanted"
  printf %s "$(member "$folder/wanted" claims)" >"$folder/claims"
  token=$(jose jws sig -I "$folder/claims" -k "$folder/signing.jwk" -s '{"protected":{"alg":"ES256","typ":"JWT"}}' -c -o-)
  payload=$(member "$folder/wanted" payload)
  printf '%s,"subject_token":"%s"}' "${payload%\}}" "$token" >"$folder/payload"
  token=$(jose jwe enc -I "$folder/payload" -k "$folder/widget.jwk" -i '{"protected":{"alg":"A256KW","enc":"A256GCM"}}' -c -o-)
  printf '"%s"\n' "$token"
done
