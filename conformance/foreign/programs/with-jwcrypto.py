"""Opens and makes widget tokens with jwcrypto. Reads one JSON document, writes one."""

import json
import sys

from jwcrypto import jwe, jwk, jws

asked = json.load(sys.stdin)
key = jwk.JWK(**asked["widgetKey"])
signing = jwk.JWK(**asked["signingKey"])


def opened(token):
    sealed = jwe.JWE(algs=["A256KW", "A256GCM"])
    sealed.deserialize(token, key)
    payload = json.loads(sealed.payload)
    signed = jws.JWS()
    signed.allowed_algs = ["ES256"]
    signed.deserialize(payload["subject_token"], signing)
    return {"payload": payload, "claims": json.loads(signed.payload)}


def made(wanted):
    signed = jws.JWS(json.dumps(wanted["claims"]))
    signed.add_signature(signing, protected=json.dumps({"alg": "ES256", "typ": "JWT"}))
    payload = {**wanted["payload"], "subject_token": signed.serialize(compact=True)}
    sealed = jwe.JWE(json.dumps(payload), protected=json.dumps({"alg": "A256KW", "enc": "A256GCM"}))
    sealed.add_recipient(key)
    return sealed.serialize(compact=True)


json.dump([opened(one) for one in asked["open"]] + [made(one) for one in asked["make"]], sys.stdout)
