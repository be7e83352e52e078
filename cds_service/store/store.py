"""The store: open, record, keep feedback, look up, close. Recording never breaks or delays an answer.

Consultations are written by a thread of their own (`writer`), feedback at once and to the disk: what a client is told
to be kept is kept, whatever happens next.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, delete, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from cds_service.settings import Migrate
from cds_service.store.consultations import Consultation
from cds_service.store.engines import (
    PATIENCE_SECONDS,
    SET_BY,
    WRITES,
    StoreAway,
    StoreError,
    make_engine,
    store_url,
    told_url,
)
from cds_service.store.feedback import was_overridden
from cds_service.store.report import Report, read_report
from cds_service.store.rows import insert_feedback
from cds_service.store.schema import check, migrate
from cds_service.store.spans import Span
from cds_service.store.tables import consultations, used_tokens
from cds_service.store.waiting import Waiting
from cds_service.store.writer import Lost, Writer

logger = logging.getLogger(__name__)

T = TypeVar("T")

MIGRATION_PATIENCE_SECONDS = 60
"""How long a process waits for another one that brings the schema up to date."""

AT_ONCE = 2
"""Calls that the database may do at once; others wait for them, and no longer than they have time."""

FEEDBACK_SECONDS = PATIENCE_SECONDS + 1.0
LOOK_UP_SECONDS = 0.5
REPORT_SECONDS = 30.0
REACHABLE_SECONDS = 2.0
"""How long whoever calls waits for the database in all, also for one that hangs."""

AWAY_SECONDS = 1.0
"""How long nobody tries again after the database could not be reached."""


TOOK_SECONDS = 5.0
"""How long a store that took a row is not made to take another one, only to see whether it does."""


class StoreState(StrEnum):
    """What becomes of what is to be kept now."""

    REACHABLE = "reachable"
    UNWRITABLE = "unwritable"  # it answers, and takes no row: a full disk, a file or a server that may only be read
    UNREACHABLE = "unreachable"


class Store:
    """Where consultations and feedback are kept. `lost` is told of rows that are in the log alone."""

    def __init__(self, engine: Engine, *, retention_days: int | None = None, lost: Lost = lambda table, rows: None):
        self._engine = engine
        self._calls = Waiting(AT_ONCE, "store-calls")
        self._reports = Waiting(1, "store-reports")
        self._probe = Waiting(1, "store-probe")
        self._away_until = 0.0
        self._took_until = 0.0
        self._writer = Writer(engine, retention_days=retention_days, lost=lost)

    def record(self, rows: Iterable[Consultation]) -> None:
        """Have rows kept, soon; one that cannot be is in the log alone."""
        self._writer.put(rows)

    def count_unmapped(self, client: str, codes: Iterable[tuple[str, str]]) -> None:
        """Have codes of an order that map to nothing (system, code) counted, soon."""
        self._writer.count_unmapped(client, codes)

    def keep_feedback(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep rows of feedback: when this returns they are on disk. Raises StoreAway."""
        if not rows:
            return

        def keep(connection: Connection) -> None:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    # A server may be set not to wait for its disk; for this it has to.
                    connection.execute(text("SET LOCAL synchronous_commit = on"))
                insert_feedback(connection, rows)

        self._within(FEEDBACK_SECONDS, keep, writes=True)

    def overridden(
        self, *, client: str, patient: str, procedure: str, variants: Sequence[str], since: datetime
    ) -> bool:
        """Whether this warning was overridden with a reason since then; False where the database cannot say."""

        def look_up(connection: Connection) -> bool:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL statement_timeout = {LOOK_UP_SECONDS * 1000:.0f}"))
            return was_overridden(
                connection, client=client, patient=patient, procedure=procedure, variants=variants, since=since
            )

        try:
            return self._within(LOOK_UP_SECONDS, look_up)
        except StoreAway:
            logger.warning("no look-up of overridden warnings: the store is away")
            return False

    def report(self, span: Span) -> Report:
        """What happened in a span of time. Raises StoreAway."""
        return self._within(REPORT_SECONDS, lambda connection: read_report(connection, span), by=self._reports)

    def state(self) -> StoreState:
        """Whether the store answers now, and takes rows."""
        try:
            return self._probe.within(REACHABLE_SECONDS, self._try)
        except (SQLAlchemyError, StoreAway):
            return StoreState.UNREACHABLE

    def close(self) -> None:
        """Write what waits, and give up every connection. A second call does nothing."""
        self._writer.close()
        for each in (self._calls, self._reports, self._probe):
            each.close()
        self._engine.dispose()

    def _try(self) -> StoreState:
        with self._engine.connect() as connection:
            connection.execute(select(consultations.c.id).limit(1))
        if time.monotonic() < self._took_until:
            return StoreState.REACHABLE
        try:
            self._write_and_delete()
        except SQLAlchemyError as error:
            logger.error("the store answers, and takes no row: %s", type(error).__name__)
            return StoreState.UNWRITABLE
        self._took_until = time.monotonic() + TOOK_SECONDS
        return StoreState.REACHABLE

    def _write_and_delete(self) -> None:
        """A row that nobody sees, committed: a disk that is full shows no sooner."""
        digest = secrets.token_bytes(32)
        with self._engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(insert(used_tokens).values(digest=digest, expires=0))
            connection.execute(delete(used_tokens).where(used_tokens.c.digest == digest))

    def _within(
        self, seconds: float, work: Callable[[Connection], T], *, writes: bool = False, by: Waiting | None = None
    ) -> T:
        """What the work on a connection gives. Raises StoreAway, at once where the database was away just now."""
        if time.monotonic() < self._away_until:
            raise StoreAway

        def connected() -> T:
            with self._engine.connect().execution_options(**{WRITES: writes}) as connection:
                return work(connection)

        try:
            return (by or self._calls).within(seconds, connected)
        except (SQLAlchemyError, StoreAway) as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            raise StoreAway from error


def open_store(
    url: str,
    *,
    migration: Migrate = Migrate.AUTO,
    retention_days: int | None = None,
    lost: Lost = lambda table, rows: None,
) -> Store:
    """The store at a URL, its schema brought up to date or, with `Migrate.CHECK`, found to be.

    Raises StoreError where there is no such database, it may not be written, or its schema is not ours.
    """
    bring_up(url, migration)
    return Store(make_engine(store_url(url)), retention_days=retention_days, lost=lost)


def bring_up(url: str, migration: Migrate) -> None:
    """Bring the schema of a store up to date, or only check that it is. Raises StoreError."""
    with opened(url, patience_seconds=MIGRATION_PATIENCE_SECONDS) as engine:
        check(engine) if migration is Migrate.CHECK else migrate(engine)


@contextmanager
def opened(url: str, *, patience_seconds: float = PATIENCE_SECONDS, make: bool = True) -> Iterator[Engine]:
    """Connections to a store for one piece of work; what goes wrong is told as StoreError, without a password.

    `make`: whether a file that is not there may come about.
    """
    parsed = store_url(url)
    try:
        if not make and parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
            raise StoreError("there is no such file")
        try:
            engine = make_engine(parsed, patience_seconds=patience_seconds)
        except ValueError as error:
            raise StoreError(f"a parameter cannot be used: {error}") from None
        try:
            yield engine
        finally:
            engine.dispose()
    except (SQLAlchemyError, OSError, ImportError, StoreError) as error:
        reason = getattr(error, "orig", None) or error
        where = f"{SET_BY}, else a file in CDS_DATA_DIR"
        raise StoreError(
            f"cannot open the store at {told_url(parsed)}: {reason}\nWhich store it is: {where}"
        ) from error
