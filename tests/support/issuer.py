"""An EHR that signs its calls, with real keys; and the server that publishes them."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.support.raw_server import Line, RawServer, raw_server

PrivateKey = EllipticCurvePrivateKey | RSAPrivateKey

KID = "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"

_CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}


def new_key(alg: str, *, bits: int = 2048) -> PrivateKey:
    """A private key for an algorithm."""
    if alg in _CURVES:
        return ec.generate_private_key(_CURVES[alg]())
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def public_jwk(key: PrivateKey, kid: str = KID, **more: Any) -> dict[str, Any]:
    """The public half as a JWK."""
    algorithm = ECAlgorithm if isinstance(key, EllipticCurvePrivateKey) else RSAAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", **more}


def private_jwk(key: PrivateKey, kid: str = KID) -> dict[str, Any]:
    """The whole key as a JWK, as nobody should ever publish it."""
    algorithm = ECAlgorithm if isinstance(key, EllipticCurvePrivateKey) else RSAAlgorithm
    return {**algorithm.to_jwk(key, as_dict=True), "kid": kid}


def jwks(*keys: dict[str, Any]) -> bytes:
    """A JWK Set."""
    return json.dumps({"keys": keys}).encode()


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """All but these."""
    return {name: value for name, value in values.items() if name not in names}


@dataclass
class Issuer:
    """Signs tokens as the CDS Hooks Sandbox does, unless told otherwise."""

    name: str = "https://ehr.example"
    alg: str = "ES384"
    kid: str = KID
    jku: str | None = None
    clock: Callable[[], float] = time.time
    key: PrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self.key = new_key(self.alg)

    @property
    def jwks(self) -> bytes:
        """What it publishes."""
        return jwks(public_jwk(self.key, self.kid))

    def header(self, **changes: Any) -> dict[str, Any]:
        """The header of its tokens; None takes a member away."""
        usual = {"alg": self.alg, "typ": "JWT", "kid": self.kid, "jku": self.jku}
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def claims(self, audience: Any, **changes: Any) -> dict[str, Any]:
        """The payload of its tokens; None takes a claim away."""
        now = int(self.clock())
        usual = {"iss": self.name, "aud": audience, "exp": now + 300, "iat": now, "jti": str(uuid.uuid4())}
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def token(self, audience: Any, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """A signed token."""
        whole = self.header(**(header or {}))
        return jwt.encode(self.claims(audience, **changes), self.key, algorithm=whole["alg"], headers=whole)

    def bearer(self, audience: Any, **changes: Any) -> dict[str, str]:
        """The header of a call."""
        return {"Authorization": f"Bearer {self.token(audience, **changes)}"}


@dataclass
class KeyServer:
    """A running key server. `body` may be changed; `down` makes it break off."""

    server: RawServer
    body: bytes
    status: bytes = b"200 OK"
    headers: bytes = b""
    down: bool = False
    silent: bool = False

    @property
    def url(self) -> str:
        """Where its keys are."""
        return f"{self.server.url}/jwks.json"

    @property
    def asked(self) -> int:
        """How often it was asked."""
        return len(self.server.requests)


@contextmanager
def key_server(body: bytes) -> Iterator[KeyServer]:
    """A server that publishes keys, on a free port."""
    running: list[KeyServer] = []

    def behave(line: Line) -> None:
        while line.asked():
            now = running[0]
            if now.silent:
                line.hang()
            if now.down:
                return
            head = b"HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n" % (now.status, len(now.body), now.headers)
            line.say(head + now.body)

    with raw_server(behave) as server:
        running.append(KeyServer(server, body))
        yield running[0]
