"""Opens and makes widget tokens with Authlib. Reads one JSON document, writes one."""

import json
import sys

from authlib.jose import JsonWebEncryption, JsonWebKey, JsonWebSignature

asked = json.load(sys.stdin)
key = JsonWebKey.import_key(asked["widgetKey"])
signing = JsonWebKey.import_key(asked["signingKey"])
encryption = JsonWebEncryption(["A256KW", "A256GCM"])
signature = JsonWebSignature(["ES256"])


def opened(token):
    payload = json.loads(encryption.deserialize_compact(token, key)["payload"])
    signed = signature.deserialize_compact(payload["subject_token"], signing)
    return {"payload": payload, "claims": json.loads(signed["payload"])}


def made(wanted):
    claims = json.dumps(wanted["claims"]).encode()
    token = signature.serialize_compact({"alg": "ES256", "typ": "JWT"}, claims, signing)
    payload = {**wanted["payload"], "subject_token": token.decode()}
    header = {"alg": "A256KW", "enc": "A256GCM"}
    return encryption.serialize_compact(header, json.dumps(payload).encode(), key).decode()


json.dump([opened(one) for one in asked["open"]] + [made(one) for one in asked["make"]], sys.stdout)
