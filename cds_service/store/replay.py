"""The used tokens in the store: what server processes and replicas must know of each other.

A call waits for this as for no other row, so it has connections of its own, with little patience.
"""

import time
from contextlib import suppress
from functools import partial

from sqlalchemy import Engine, delete, insert
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cds_service.store.engines import WRITES, StoreAway, make_engine, store_url
from cds_service.store.tables import used_tokens
from cds_service.store.waiting import Waiting

PATIENCE_SECONDS = 0.5
"""How long a call waits for another writer."""

ANSWER_SECONDS = 1.0
"""How long a call waits for the database in all."""

CONNECTIONS = 4
PURGE_SECONDS = 60


class UsedTokens:
    """The table of used tokens: each by its hash, until it expires (seconds since 1970)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = insert(used_tokens)
        self._purge_at = time.monotonic() + PURGE_SECONDS
        self._waiting = Waiting(CONNECTIONS, "used-tokens")

    def add(self, digest: bytes, expires: int, now: int) -> bool:
        """Whether the token is new to everybody; from now on it is not. Raises StoreAway."""
        new = self._waiting.within(ANSWER_SECONDS, partial(self._add, digest, expires))
        if time.monotonic() >= self._purge_at:
            self._purge_at = time.monotonic() + PURGE_SECONDS
            self._waiting.later(partial(self._purge, now))
        return new

    def close(self) -> None:
        """Waits for what is under way, and gives up every connection."""
        self._waiting.close()
        self._engine.dispose()

    def _add(self, digest: bytes, expires: int) -> bool:
        try:
            with self._engine.begin() as connection:
                connection.execute(self._insert, {"digest": digest, "expires": expires})
        except IntegrityError:
            return False
        except SQLAlchemyError as error:
            raise StoreAway(type(error).__name__) from None
        return True

    def _purge(self, now: int) -> None:
        """Drops what has expired; where that fails, the next minute is early enough."""
        with suppress(SQLAlchemyError), self._engine.begin() as connection:
            connection.execute(delete(used_tokens).where(used_tokens.c.expires < now))


def open_used_tokens(url: str) -> UsedTokens:
    """The used tokens in the store at a URL; no connection is made yet."""
    # A token lives for minutes: what a power cut takes is not worth a flush to the disk with every call.
    engine = make_engine(store_url(url), patience_seconds=PATIENCE_SECONDS, flushes=False)
    return UsedTokens(engine.execution_options(**{WRITES: True}))
