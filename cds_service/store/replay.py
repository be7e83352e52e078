"""The used tokens in the store: what server processes and replicas must know of each other.

A call waits for this as for no other row, so it has connections of its own, with little patience.
"""

import threading
import time

from sqlalchemy import Engine, delete, insert
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cds_service.store.engines import WRITES, StoreAway, make_engine, store_url
from cds_service.store.tables import used_tokens

PATIENCE_SECONDS = 0.5
"""How long a call waits for another writer."""

PURGE_SECONDS = 60


class UsedTokens:
    """The table of used tokens: each by its hash, until it expires (seconds since 1970)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = insert(used_tokens)
        self._purge_at = time.monotonic() + PURGE_SECONDS
        self._purging = threading.Lock()

    def add(self, digest: bytes, expires: int, now: int) -> bool:
        """Whether the token is new to everybody; from now on it is not. Raises StoreAway."""
        try:
            with self._engine.begin() as connection:
                connection.execute(self._insert, {"digest": digest, "expires": expires})
        except IntegrityError:
            return False
        except SQLAlchemyError as error:
            raise StoreAway(type(error).__name__) from None
        self._purge(now)
        return True

    def close(self) -> None:
        """Gives up every connection."""
        self._engine.dispose()

    def _purge(self, now: int) -> None:
        """Drops what has expired, now and then, and never two calls at once."""
        if time.monotonic() < self._purge_at or not self._purging.acquire(blocking=False):
            return
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(used_tokens).where(used_tokens.c.expires < now))
        except SQLAlchemyError:
            pass  # the next minute is early enough
        finally:
            self._purge_at = time.monotonic() + PURGE_SECONDS
            self._purging.release()


def open_used_tokens(url: str) -> UsedTokens:
    """The used tokens in the store at a URL; no connection is made yet."""
    # A token lives for minutes: what a power cut takes is not worth a flush to the disk with every call.
    engine = make_engine(store_url(url), patience_seconds=PATIENCE_SECONDS, flushes=False)
    return UsedTokens(engine.execution_options(**{WRITES: True}))
