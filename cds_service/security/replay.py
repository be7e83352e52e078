"""Each token counts once: remembered by all server processes and replicas together, in the store.

Where the store is away, each process sees to it alone: a token that was used is then taken at most once more by each
other process, for as long as it lives. A site that would rather not answer says so (`CDS_REPLAY_FALLBACK=false`).
"""

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from cds_service.hooks.errors import Unavailable
from cds_service.security.tokens import LEEWAY_SECONDS
from cds_service.store.engines import StoreAway
from cds_service.store.replay import UsedTokens

logger = logging.getLogger(__name__)

MOST = 100_000
"""Tokens that a process remembers by itself: about 15 MB."""

PAUSE_SECONDS = 5.0
"""How long a store that failed is left alone, so that calls do not wait for it one after the other."""


class SeenTokens:
    """The tokens that were used. Of a token nothing is kept but a hash of issuer and jti, and when it expires."""

    def __init__(
        self,
        shared: UsedTokens,
        *,
        fallback: bool,
        count_alone: Callable[[], None] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fallback`: whether a process may decide alone while the store is away; `count_alone`: told when it does."""
        self._count_alone = count_alone
        self._shared = shared
        self._fallback = fallback
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._own: OrderedDict[bytes, int] = OrderedDict()  # seen by this process, with their expiry
        self._owed: dict[bytes, int] = {}  # of these, what the store was not told yet
        self._away = False
        self._ask_again = float("-inf")

    def first(self, issuer: str, jti: str, *, expires: float, now: float) -> bool:
        """Whether this token is used for the first time; times in seconds since 1970. Raises Unavailable."""
        digest, until = digest_of(issuer, jti), int(expires) + LEEWAY_SECONDS + 1
        if not self._remember(digest, until, int(now)):
            return False
        if self._may_ask():
            try:
                new = self._shared.add(digest, until, int(now))
                self._came_back(int(now))
                return new
            except StoreAway as error:
                self._went_away(str(error))
        return self._alone(digest, until)

    def close(self) -> None:
        """Gives up every connection."""
        self._shared.close()

    def _remember(self, digest: bytes, until: int, now: int) -> bool:
        """Whether the token is new to this process."""
        with self._lock:
            if digest in self._own:
                return False
            while self._own and (len(self._own) >= MOST or next(iter(self._own.values())) < now):
                self._own.popitem(last=False)
            self._own[digest] = until
            return True

    def _may_ask(self) -> bool:
        """Whether the store is to be asked: while it is away, by one call now and then."""
        with self._lock:
            if not self._away:
                return True
            if self._monotonic() < self._ask_again:
                return False
            self._ask_again = self._monotonic() + PAUSE_SECONDS
            return True

    def _alone(self, digest: bytes, until: int) -> bool:
        with self._lock:
            if not self._fallback or len(self._owed) >= MOST:
                # Not used, so that it may be sent again.
                self._own.pop(digest, None)
                raise Unavailable
            self._owed[digest] = until
        self._count_alone()
        return True

    def _went_away(self, why: str) -> None:
        with self._lock:
            told, self._away = self._away, True
            self._ask_again = self._monotonic() + PAUSE_SECONDS
        if not told:
            what = "each process remembers used tokens by itself" if self._fallback else "calls are refused"
            logger.error("the store of used tokens is away (%s): %s", why, what)

    def _came_back(self, now: int) -> None:
        """Tells the store what was used while it was away; raises StoreAway when it leaves again meanwhile."""
        if not self._away:
            return
        while self._owed:
            digest, until = next(iter(self._owed.items()))
            if until >= now:
                self._shared.add(digest, until, now)
            with self._lock:
                self._owed.pop(digest, None)
        self._away = False
        logger.warning("the store of used tokens is back")


def digest_of(issuer: str, jti: str) -> bytes:
    """What is kept in place of a token's name: 32 bytes, whatever the caller calls it."""
    return hashlib.sha256(f"{len(issuer)}:{issuer}{jti}".encode()).digest()
