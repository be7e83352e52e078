"""The thread that writes consultations, so that a slow database keeps no clinician waiting.

Rows that come together share a transaction. (Measured: 0.1 ms for an insert, 0.002 ms for leaving it to the writer;
with SQLite and 8 clients, 1,560 requests a second with the inserts in the request threads, 3,090 without inserts,
because the threads queue for the one writer that SQLite allows.) It also counts unmapped codes, and deletes what is
older than it should be.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from cds_service.logs import told
from cds_service.store.consultations import Consultation
from cds_service.store.engines import WRITES, StoreAway
from cds_service.store.rows import (
    add_unmapped,
    consultation_values,
    insert_consultations,
    purge,
    retention_limit,
)
from cds_service.store.waiting import Waiting

logger = logging.getLogger(__name__)

CAPACITY = 10_000
"""How many rows may wait for a database that does not keep up."""

PATIENCE_SECONDS = 0.05
"""How long a row waits for a place when that many do; then it is in the log alone. Not at all while it is away."""

BATCH = 500
LINGER_SECONDS = 0.1
"""How long the first row of a batch waits for others: a transaction costs as much as fifteen rows."""
LOOK_UP_SECONDS = 0.2
UNMAPPED_SECONDS = 10.0
"""How often counts of unmapped codes are written."""
MOST_UNMAPPED = 1000
"""Different codes counted between two writes; what comes above that is left out."""
PURGE_SECONDS = 3600.0

WRITE_SECONDS = 6.0
AWAY_WRITE_SECONDS = 1.0
PURGE_WRITE_SECONDS = 60.0
"""How long the writer waits for the database in all, and where the last row was not written either: when the process
ends, rows that wait for a database that hangs must be in the log before it is killed."""

Lost = Callable[[str, int], None]
"""Told how many rows of a table could not be stored."""


class Writer:
    """Writes until it is told to end, or until the process ends. `retention_days`: None keeps everything."""

    def __init__(self, engine: Engine, *, retention_days: int | None, lost: Lost) -> None:
        self._engine = engine.execution_options(**{WRITES: True})
        self._retention_days = retention_days
        self._lost = lost
        self._waiting: queue.Queue[Consultation | None] = queue.Queue(CAPACITY)
        self._unmapped: dict[tuple[str, str, str], int] = {}
        self._unmapped_lock = threading.Lock()
        self._away = False
        self._waiting_for = Waiting(1, "store-writes")
        self._next_count = time.monotonic() + UNMAPPED_SECONDS
        self._next_purge = time.monotonic()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-writer")
        self._thread.start()

    def put(self, rows: Iterable[Consultation]) -> None:
        """Have rows kept, soon; one that cannot be is in the log alone."""
        for row in rows:
            try:
                self._waiting.put(row, block=not self._away, timeout=PATIENCE_SECONDS)
            except queue.Full:
                self._log_lost([row], "too many wait for the store")

    def count_unmapped(self, client: str, codes: Iterable[tuple[str, str]]) -> None:
        """Have codes of an order that map to nothing counted, soon."""
        with self._unmapped_lock:
            for system, code in codes:
                key = (client, system, code)
                if key in self._unmapped or len(self._unmapped) < MOST_UNMAPPED:
                    self._unmapped[key] = self._unmapped.get(key, 0) + 1

    def close(self) -> None:
        """Write what waits, and end. A second call does nothing."""
        self._closing.set()
        with suppress(queue.Full):
            self._waiting.put_nowait(None)  # wakes the thread, if it sleeps
        self._thread.join()
        self._waiting_for.close()

    # --- the thread ---------------------------------------------------------------------------------------------------
    def _run(self) -> None:
        while not self._done():
            if batch := self._batch():
                self._write(batch)
            if time.monotonic() >= self._next_count:
                self._write_unmapped()
            if self._retention_days is not None and time.monotonic() >= self._next_purge:
                self._purge(self._retention_days)
        self._write_unmapped()

    def _done(self) -> bool:
        """Whether nothing waits, and nothing more will come: closed, or the process is ending.

        Server processes end without running exit handlers, but they do wait for their threads.
        """
        ending = self._closing.is_set() or not threading.main_thread().is_alive()
        return ending and self._waiting.empty()

    def _batch(self) -> list[Consultation]:
        """What waits, at most a batch; empty after a while without any."""
        try:
            batch = [self._waiting.get(timeout=LOOK_UP_SECONDS)]
        except queue.Empty:
            return []
        if self._waiting.qsize() < BATCH:
            self._closing.wait(LINGER_SECONDS)
        while len(batch) < BATCH and not self._waiting.empty():
            batch.append(self._waiting.get())
        return [row for row in batch if row is not None]

    def _write(self, rows: Sequence[Consultation]) -> None:
        try:
            self._insert(rows)
        except (OperationalError, StoreAway) as error:  # away, full, locked: the next row would not fare better
            self._away = True
            self._log_lost(rows, type(error).__name__)
        except Exception as error:  # whatever it is, the writer goes on
            if len(rows) == 1:
                self._log_lost(rows, type(error).__name__)
                return
            for row in rows:  # one that cannot be written costs only itself
                self._write([row])
        else:
            self._away = False
            _log_kept(rows)

    def _insert(self, rows: Sequence[Consultation]) -> None:
        try:
            self._in_transaction(insert_consultations, rows)
        except OperationalError:
            if self._away:
                raise
            # A restarted server, or two writers in each other's way: the second time it goes well.
            self._in_transaction(insert_consultations, rows)

    def _write_unmapped(self) -> None:
        self._next_count = time.monotonic() + UNMAPPED_SECONDS
        with self._unmapped_lock:
            counts, self._unmapped = self._unmapped, {}
        if not counts:
            return
        try:
            self._in_transaction(add_unmapped, datetime.now(UTC).date(), counts)
        except Exception as error:  # the thread has more to do
            logger.warning("unmapped codes not counted: %s", type(error).__name__)
            self._lost("unmapped_codes", len(counts))

    def _purge(self, days: int) -> None:
        """A portion at a time: what waits to be written is not kept waiting."""
        try:
            limit = retention_limit(datetime.now(UTC), days)
            purged = self._in_transaction(purge, limit, seconds=PURGE_WRITE_SECONDS)
        except Exception as error:  # the thread has more to do
            logger.warning("nothing purged: %s", type(error).__name__)
            purged = 0
        if not purged:
            self._next_purge = time.monotonic() + PURGE_SECONDS

    def _in_transaction(self, work: Callable[..., Any], *arguments: Any, seconds: float | None = None) -> Any:
        def done() -> Any:
            with self._engine.begin() as connection:
                return work(connection, *arguments)

        usual = AWAY_WRITE_SECONDS if self._away else WRITE_SECONDS
        return self._waiting_for.within(usual if seconds is None else seconds, done)

    def _log_lost(self, rows: Sequence[Consultation], reason: str) -> None:
        self._lost("consultations", len(rows))
        for row in rows:
            values = {**consultation_values(row), "cards": row.cards}
            del values["patient"]
            logger.error("consultation not stored", extra=told(reason=reason, consultation=values))


def _log_kept(rows: Iterable[Consultation]) -> None:
    if not logger.isEnabledFor(logging.INFO):
        return
    for row in rows:
        logger.info("assessed", extra=told(**{name: getattr(row, name) for name in _IN_THE_LOG}))


_IN_THE_LOG = (
    "consult_id",
    "hook_instance",
    "client",
    "service",
    "procedure",
    "outcome",
    "category",
    "variants",
    "mode",
    "fhir_failures",
    "duration_ms",
)
