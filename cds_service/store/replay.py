"""The used tokens in the store: what server processes and replicas must know of each other.

It has connections of its own, with short patience: a call waits for them, as it waits for no other row.
"""

import threading
import time
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, delete, event, insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cds_service.store.tables import used_tokens

CONNECT_SECONDS = 2
"""How long to wait for a server that does not answer; the driver knows no less."""

ANSWER_MS = 500
"""How long to wait for an answer, or for another writer."""

CONNECTIONS = 4
PURGE_SECONDS = 60


class UsedTokens:
    """The table of used tokens. `failures` are what its methods raise when it cannot be reached."""

    failures: tuple[type[Exception], ...] = (SQLAlchemyError,)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = insert(used_tokens)
        self._purge_at = time.monotonic() + PURGE_SECONDS
        self._purging = threading.Lock()
