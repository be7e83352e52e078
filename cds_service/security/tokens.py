"""The token of a call: what it says, and whether what it says may stand. Knows no key, no client and no clock.

JSON Web Tokens as CDS Hooks has them (https://cds-hooks.hl7.org/2.0/#trusting-cds-clients); how they are read follows
RFC 8725, the best current practice.
"""

from dataclasses import dataclass
from enum import StrEnum

import jwt
import msgspec
from jwt.api_jws import PyJWS

ALGORITHMS = frozenset({"ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
"""The signatures that are accepted, all asymmetric. CDS Hooks recommends ES384 and RS384; Epic signs with RS384."""

LONGEST = 8192
"""Characters a token may have: an RSA signature of 4,096 bits takes 683 of them."""

LONGEST_NAME = 512
"""Characters that a `kid` or a `jti` may have: a UUID has 36, Epic's kid 44."""

LEEWAY_SECONDS = 60
"""How far the caller's clock may be from ours."""

LONGEST_LIFE_SECONDS = 3600
"""From iat to exp: how long a token that got lost can be used, and must be remembered. Epic's live 15 minutes."""

_JWS = PyJWS()


class Reason(StrEnum):
    """Why a call is turned away. For the log and the metrics; the caller is told none of them."""

    NO_TOKEN = "no-token"
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    ISSUER = "issuer"
    JKU = "jku"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    NOT_YET = "not-yet-valid"
    TOO_LONG = "lives-too-long"
    TENANT = "tenant"
    KEY = "no-key"
    SIGNATURE = "signature"
    REPLAYED = "replayed"


class Refused(Exception):
    """Raised for a token that does not stand; holds the reason, nothing of the token."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason.value)


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a token's payload (RFC 7519 §4.1; `tenant` is CDS Hooks' own). Times in seconds since 1970."""

    iss: str
    aud: str | list[str]
    exp: int | float
    iat: int | float
    jti: str
    nbf: int | float | None = None
    tenant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as read, its signature not yet looked at. Not to be logged or kept: `text` is the token itself."""

    text: str
    alg: str
    kid: str
    jku: str | None
    claims: Claims


def bearer(authorization: str | None) -> str:
    """The token in an Authorization header (RFC 6750 §2.1). Raises Refused."""
    if not authorization:
        raise Refused(Reason.NO_TOKEN)
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(Reason.NO_TOKEN)
    text = text.strip()
    if not text.isascii() or len(text) > LONGEST:
        raise Refused(Reason.MALFORMED)
    return text


def read_token(text: str) -> Token:
    """The token in its compact form, nothing of it verified. Raises Refused."""
    try:
        parts = _JWS.decode_complete(text, options={"verify_signature": False})
        claims = msgspec.json.decode(parts["payload"], type=Claims)
    except (jwt.PyJWTError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Refused(Reason.MALFORMED) from None
    header = parts["header"]
    alg, kid, jku = header.get("alg"), header.get("kid"), header.get("jku")
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        raise Refused(Reason.ALGORITHM)
    # None of the extensions that a token may call critical is known here (RFC 7515 §4.1.11).
    if "crit" in header or not _is_jwt(header.get("typ")) or not (jku is None or isinstance(jku, str)):
        raise Refused(Reason.MALFORMED)
    if not (isinstance(kid, str) and 0 < len(kid) <= LONGEST_NAME and 0 < len(claims.jti) <= LONGEST_NAME):
        raise Refused(Reason.MALFORMED)
    return Token(text=text, alg=alg, kid=kid, jku=jku, claims=claims)


def _is_jwt(typ: object) -> bool:
    """RFC 8725 §3.11: a token of another kind, such as an access token, is not one of these."""
    return typ is None or (isinstance(typ, str) and typ.upper() == "JWT")


def check_audience(claims: Claims, accepted: frozenset[str]) -> None:
    """Raises Refused for a token that was made for another address."""
    named = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    if accepted.isdisjoint(named):
        raise Refused(Reason.AUDIENCE)


def check_time(claims: Claims, now: float) -> None:
    """Raises Refused for a token that is not valid at `now`, or for longer than any need be."""
    if not claims.exp > now - LEEWAY_SECONDS:
        raise Refused(Reason.EXPIRED)
    if not max(claims.iat, claims.nbf if claims.nbf is not None else claims.iat) <= now + LEEWAY_SECONDS:
        raise Refused(Reason.NOT_YET)
    if not 0 < claims.exp - claims.iat <= LONGEST_LIFE_SECONDS:
        raise Refused(Reason.TOO_LONG)


def check_signature(token: Token, key: jwt.algorithms.AllowedPublicKeys, algorithms: frozenset[str]) -> None:
    """Raises Refused unless the key signed the token, by one of the algorithms that the key is for."""
    try:
        _JWS.decode_complete(token.text, key, algorithms=sorted(algorithms))
    except jwt.PyJWTError:
        raise Refused(Reason.SIGNATURE) from None
