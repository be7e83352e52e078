"""The keys that callers sign with: read from a JSON Web Key Set (RFC 7517), fetched, kept and renewed.

A key server that is down, slow, huge or talks nonsense costs no call that can be verified without it, and no call of
another client: keys are fetched beside the calls, by one thread for each server, and only few calls ever wait for one.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from cds_service.security.tokens import ALGORITHMS

PublicKey = EllipticCurvePublicKey | RSAPublicKey

logger = logging.getLogger(__name__)

SHORTEST_RSA_BITS = 2048  # NIST SP 800-131A
LONGEST_RSA_BITS = 8192  # to verify with a longer one takes longer than to answer

PATIENCE_SECONDS = 2.0
"""How long a call waits for keys that are being fetched."""

RETRY_SECONDS = 10.0
"""How soon after a fetch the next may start: a stranger who makes up key ids must not set us on a key server."""

_CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_PRIVATE = frozenset({"d", "p", "q", "k"})


class KeysError(Exception):
    """Raised for a key set that holds nothing to verify with; says why, and repeats none of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A public key, and the algorithms of signatures that it may verify."""

    public: PublicKey
    algorithms: frozenset[str]


Keys = Mapping[str, tuple[Key, ...]]
"""By key id; more than one of an id where they are of different types (RFC 7517 §4.5)."""


class FetchError(Exception):
    """Raised when a key set cannot be had; says why, without what was received."""


Fetch = Callable[[], bytes]
"""Gets a key set from its server, in bounded time and size. Raises FetchError."""


class KeySource(Protocol):
    """Where a client's keys come from."""

    def held(self, kid: str, alg: str) -> Key | None:
        """The key, if it is at hand."""

    def found(self, kid: str, alg: str) -> Key | None:
        """The key, fetched if need be."""


def read_keys(text: bytes) -> Keys:
    """The usable keys of a JWK Set; others, as for encryption, are passed over. Raises KeysError."""
    try:
        document = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise KeysError("not JSON") from None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise KeysError("not a JWK Set")
    found: dict[str, tuple[Key, ...]] = {}
    for entry in entries:
        key = _key(entry) if isinstance(entry, dict) else None
        if key is not None:
            found[entry["kid"]] = (*found.get(entry["kid"], ()), key)
    if not found:
        raise KeysError("holds no usable key")
    return MappingProxyType(found)


def _key(entry: Mapping[str, Any]) -> Key | None:
    """The key in a JWK, if it is one that signatures are verified with."""
    operations = entry.get("key_ops", ["verify"])
    if not isinstance(entry.get("kid"), str) or entry.get("use", "sig") != "sig":
        return None
    # A private key that lies open may be anybody's by now.
    if not isinstance(operations, list) or "verify" not in operations or not _PRIVATE.isdisjoint(entry):
        return None
    algorithms = _algorithms(entry)
    if "alg" in entry:
        algorithms &= {alg for alg in ALGORITHMS if alg == entry["alg"]}
    try:
        public = _public(entry) if algorithms else None
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError):
        return None
    return Key(public=public, algorithms=algorithms) if public is not None else None


def _algorithms(entry: Mapping[str, Any]) -> frozenset[str]:
    """Those that the type of a key can verify."""
    match entry.get("kty"), entry.get("crv"):
        case "EC", str(curve) if curve in _CURVES:
            return frozenset({_CURVES[curve]})
        case "RSA", _:
            return frozenset(alg for alg in ALGORITHMS if alg[:2] in ("RS", "PS"))
    return frozenset()


def _public(entry: Mapping[str, Any]) -> PublicKey | None:
    key = (ECAlgorithm if entry["kty"] == "EC" else RSAAlgorithm).from_jwk(dict(entry))
    if isinstance(key, RSAPublicKey):
        return key if SHORTEST_RSA_BITS <= key.key_size <= LONGEST_RSA_BITS else None
    return key if isinstance(key, EllipticCurvePublicKey) else None


def _pick(keys: Keys, kid: str, alg: str) -> Key | None:
    return next((key for key in keys.get(kid, ()) if alg in key.algorithms), None)


class FixedKeys:
    """Keys that were exchanged beforehand."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def held(self, kid: str, alg: str) -> Key | None:
        """The key of this id."""
        return _pick(self._keys, kid, alg)

    found = held


class FetchedKeys:
    """The keys that a key server publishes; they are shared by all threads of a process.

    Younger than `fresh_seconds` they are used as they are. Up to twice that age they are used, and renewed beside.
    Older ones are used only where the server cannot be asked, and never beyond `stale_seconds`. `waiting`, shared by
    all the key servers of a process, says how many calls may wait for one at once: the other threads belong to other
    clients.
    """

    def __init__(
        self,
        name: str,
        fetch: Fetch,
        *,
        fresh_seconds: float,
        stale_seconds: float,
        waiting: threading.Semaphore,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._fetch = fetch
        self._fresh_seconds = fresh_seconds
        self._stale_seconds = stale_seconds
        self._waiting = waiting
        self._now = now
        self._changed = threading.Condition()
        self._keys: Keys = {}
        self._fetched_at = float("-inf")
        self._next_fetch = float("-inf")
        self._fetching = False

    def held(self, kid: str, alg: str) -> Key | None:
        """The key, if it is at hand and not too old to be used without asking again."""
        age = self._now() - self._fetched_at
        if age > self._fresh_seconds:
            self.renew()
        return _pick(self._keys, kid, alg) if age <= 2 * self._fresh_seconds else None

    def found(self, kid: str, alg: str) -> Key | None:
        """The key after asking the server, or as last told by it where it does not answer in time."""
        if self.renew() and self._waiting.acquire(blocking=False):
            try:
                self.wait(PATIENCE_SECONDS)
            finally:
                self._waiting.release()
        if self._now() - self._fetched_at > self._stale_seconds:
            return None
        return _pick(self._keys, kid, alg)

    def renew(self) -> bool:
        """Has the keys fetched, unless that was just done; whether it is under way."""
        with self._changed:
            if not self._fetching and self._now() >= self._next_fetch:
                self._fetching = True
                threading.Thread(target=self._renew, name="keys", daemon=True).start()
            return self._fetching

    def wait(self, seconds: float) -> None:
        """Until no fetch is under way, and no longer than that."""
        with self._changed:
            self._changed.wait_for(lambda: not self._fetching, timeout=seconds)

    def _renew(self) -> None:
        keys: Keys | None = None
        try:
            keys = read_keys(self._fetch())
        except (FetchError, KeysError) as error:
            logger.warning("the keys at %s cannot be had: %s", self._name, error)
        finally:
            with self._changed:
                if keys is not None:
                    self._keys, self._fetched_at = keys, self._now()
                self._fetching, self._next_fetch = False, self._now() + RETRY_SECONDS
                self._changed.notify_all()
