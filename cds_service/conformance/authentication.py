"""What a service does with tokens that are missing, garbled, forged or old.

https://cds-hooks.hl7.org/2.0/#trusting-cds-clients and https://cds-hooks.org/best-practices. Looked at only where the
user gives credentials: a service may be open to all.
"""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cds_service.conformance.discovery import PATH, Service
from cds_service.conformance.endpoints import url_of
from cds_service.conformance.findings import Finding, judge
from cds_service.conformance.tokens import Signer
from cds_service.conformance.wire import Answer, Caller, Reply

NOBODY = "https://conformance.invalid/no-such-issuer"

_DAY = 86_400


def check_tokens(base: str, service: Service, body: bytes, caller: Caller) -> Iterator[Finding]:
    """Calls with tokens that are no good, each to be a 401, and all 401 alike."""
    url = url_of(base, service.id)
    place = f"POST {PATH}/{service.id}"
    tokens: list[tuple[str, str, str]] = [
        ("J3", "no token", ""),
        ("J3/garbage", "a token that is none", "Bearer conformance.garbage.token"),
        ("J3/garbage", "another scheme", "Basic Y29uZm9ybWFuY2U6"),
    ]
    signer = caller.credentials
    if isinstance(signer, Signer):
        tokens += [(rule, name, f"Bearer {token}") for rule, name, token in _forgeries(signer, url)]
    refusals: list[tuple[str, Reply]] = []
    for rule, name, token in tokens:
        answer = _post(caller, url, body, token)
        yield judge(rule, f"{place}, {name}", _not_401(answer))
        if isinstance(answer, Reply) and answer.status == 401:
            refusals.append((token, answer))
    yield from _check_silence(refusals, place)
    if isinstance(signer, Signer):
        yield from _check_replay(caller, url, body, signer, place)


def _post(caller: Caller, url: str, body: bytes, authorization: str) -> Answer:
    return caller.call(
        "POST", url, body=body, headers={"Content-Type": "application/json"}, authorization=authorization
    )


def _not_401(answer: Answer) -> str | None:
    if not isinstance(answer, Reply):
        return answer.why
    return None if answer.status == 401 else f"answered {answer.status}"


def _check_silence(refusals: list[tuple[str, Reply]], place: str) -> Iterator[Finding]:
    """Who tries tokens must not learn from the answer what was wrong with each."""
    for token, refusal in refusals:
        yield judge("J10", place, "repeats the token" if token and token.split()[-1] in refusal.text else None)
    bodies = {(refusal.body, refusal.headers.get("WWW-Authenticate")) for _, refusal in refusals}
    yield judge("J10", place, "says what is wrong with a token" if len(bodies) > 1 else None)


def _check_replay(caller: Caller, url: str, body: bytes, signer: Signer, place: str) -> Iterator[Finding]:
    token = signer.authorization(url)
    first, second = (_post(caller, url, body, token) for _ in range(2))
    if isinstance(first, Reply) and first.status != 401:
        yield judge("J9/replay", f"{place}, the same token twice", _not_401(second))


# --- tokens that are no good ----------------------------------------------------------------------------------------
def _forgeries(signer: Signer, url: str) -> Iterator[tuple[str, str, str]]:
    now = int(time.time())
    yield "J5", "an expired token", signer.token(url, iat=now - 2 * _DAY, exp=now - _DAY)
    yield "J6", "alg none", _by_hand(signer, url, "none", None)
    yield "J6", "the public key as a shared secret", _by_hand(signer, url, "HS256", _public_key(signer))
    yield "J7", "an issuer nobody knows", signer.token(url, iss=NOBODY)
    yield "J8", "a token for another URL", signer.token(f"{NOBODY}/cds-services/other")
    yield "J9", "signed by another key", replace(signer, key=_another_key(signer.key)).token(url)


def _by_hand(signer: Signer, url: str, algorithm: str, secret: bytes | None) -> str:
    """A token that no good library would sign."""
    parts = ({"alg": algorithm, **signer.header()}, signer.claims(url))
    signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_base64(hmac.digest(secret, signed.encode(), 'sha256')) if secret else ''}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _public_key(signer: Signer) -> bytes:
    public: bytes = signer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public


def _another_key(key: Any) -> Any:
    if isinstance(key, rsa.RSAPrivateKey):
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return ec.generate_private_key(key.curve)
    return ed25519.Ed25519PrivateKey.generate()
