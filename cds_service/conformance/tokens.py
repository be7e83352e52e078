"""How the check shows who it is: not at all, by a fixed token, or by a JWT signed for each call.

https://cds-hooks.hl7.org/2.0/#trusting-cds-clients
"""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import jwt

ALGORITHMS = ("ES384", "RS384", "ES256", "ES512", "RS256", "RS512", "PS256", "PS384", "PS512", "EdDSA")
LIFETIME_SECONDS = 300

_BY_KIND = {("EC", "P-256"): "ES256", ("EC", "P-384"): "ES384", ("EC", "P-521"): "ES512", ("OKP", "Ed25519"): "EdDSA"}


class KeyUnusable(ValueError):
    """Raised when a file holds no private key that a JWT can be signed with."""


class Credentials:
    """Calls without a token; the base of what sends one."""

    def authorization(self, url: str) -> str:
        """The header's value for a call of this URL; empty for none."""
        return ""


@dataclass(frozen=True, slots=True)
class Bearer(Credentials):
    """One token for all calls, as some gateways take."""

    token: str

    def authorization(self, url: str) -> str:
        """The same for every URL."""
        return f"Bearer {self.token}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer(Credentials):
    """A JWT for each call, as CDS Hooks has it. `key`: the private key as PyJWT takes it; `kid`: its name."""

    key: Any
    kid: str
    algorithm: str
    issuer: str
    jku: str | None = None

    def authorization(self, url: str) -> str:
        """A fresh token whose audience is this URL."""
        return f"Bearer {self.token(url)}"

    def token(self, url: str, **changed: Any) -> str:
        """A token for this URL; `changed`: claims that differ from what is right."""
        return jwt.encode({**self.claims(url), **changed}, self.key, algorithm=self.algorithm, headers=self.header())

    def claims(self, url: str) -> dict[str, Any]:
        """The claims that CDS Hooks requires."""
        now = int(time.time())
        return {"iss": self.issuer, "aud": url, "iat": now, "exp": now + LIFETIME_SECONDS, "jti": str(uuid4())}

    def header(self) -> dict[str, str]:
        """The JOSE header beside `alg`."""
        named = {"kid": self.kid, "typ": "JWT"}
        return named if self.jku is None else {**named, "jku": self.jku}


def make_signer(text: str, *, issuer: str, jku: str | None) -> Signer:
    """A signer with the private key in `text`, a JSON Web Key. Raises KeyUnusable, in words."""
    try:
        jwk = json.loads(text)
    except ValueError as error:
        raise KeyUnusable(f"not JSON: {error}") from None
    if not isinstance(jwk, dict) or "d" not in jwk:
        raise KeyUnusable("not a private JSON Web Key: it has no member d")
    if not jwk.get("kid"):
        raise KeyUnusable("the key has no kid, which a token of CDS Hooks must name")
    algorithm = jwk.get("alg") or _algorithm(jwk)
    if algorithm not in ALGORITHMS:
        raise KeyUnusable(f"the algorithm must be one of {', '.join(ALGORITHMS)}, not {algorithm}")
    try:
        # Read once: to check an RSA key takes longer than all else that a call does.
        key = jwt.PyJWK(jwk, algorithm).key
        signer = Signer(key=key, kid=str(jwk["kid"]), algorithm=algorithm, issuer=issuer, jku=jku)
        signer.token("https://conformance.invalid")
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise KeyUnusable(f"cannot sign with it: {error}") from None
    return signer


def _algorithm(jwk: dict[str, Any]) -> str | None:
    if jwk.get("kty") == "RSA":
        return "RS384"
    return _BY_KIND.get((str(jwk.get("kty")), str(jwk.get("crv"))))
