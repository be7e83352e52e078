"""What is counted: calls, outcomes, stages, failures. Cheap to count, in every server process, and added up when read.

Every process counts into a small file of its own, mapped into memory: nothing is lost with a process that is killed,
and whichever process is asked can add all of them up. (Measured for what one order
counts, in 15 buckets where it is time: 7 µs; in prometheus_client's multi-process mode, 30 µs. How it is written for
Prometheus: `web.metrics`.)
"""

import json
import logging
import mmap
import os
import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

logger = logging.getLogger(__name__)

SECONDS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the buckets of a histogram."""


@dataclass(frozen=True, slots=True, eq=False)  # one object is one metric: found by identity, which is quick
class Metric:
    """One thing that is counted, by its labels; with `buckets` a histogram of seconds."""

    name: str
    means: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


CALLS = Metric("cds_calls", "Calls by service, client and HTTP status", ("service", "client", "status"))
CALL_SECONDS = Metric("cds_call_seconds", "Time from request to answer", ("service",), SECONDS)
STAGE_SECONDS = Metric("cds_stage_seconds", "Time of each stage, where an order was in scope", ("stage",), SECONDS)
ASSESSMENTS = Metric("cds_assessments", "Assessed orders by outcome and category", ("outcome", "category"))
VARIANTS = Metric("cds_variants", "Variants that held or could hold, with their category", ("variant", "category"))
CARDS = Metric("cds_cards", "Cards by kind, and whether they were shown", ("kind", "mode"))
UNMAPPED = Metric("cds_unmapped_codes", "Codes of orders that map to nothing", ("system", "code"))
UNASKED = Metric("cds_calls_unasked", "Calls that ask about fewer orders than they seem to, by reason", ("reason",))
FHIR_FAILURES = Metric("cds_fhir_failures", "Parts of records that could not be read, by kind", ("kind",))
FEEDBACK = Metric("cds_feedback", "Feedback by outcome", ("outcome",))
OVERRIDES = Metric("cds_overrides", "Cards overridden, by reason", ("reason",))
NOT_STORED = Metric("cds_rows_not_stored", "Rows that are in the log alone", ("table",))
REFUSED = Metric("cds_calls_refused", "Calls turned away for want of a token that stands, by reason", ("reason",))
UNSHARED = Metric("cds_tokens_unshared", "Tokens taken while the store was away: one process alone knows them as used")

METRICS = (
    CALLS,
    CALL_SECONDS,
    STAGE_SECONDS,
    ASSESSMENTS,
    VARIANTS,
    CARDS,
    UNMAPPED,
    UNASKED,
    FHIR_FAILURES,
    FEEDBACK,
    OVERRIDES,
    NOT_STORED,
    REFUSED,
    UNSHARED,
)

CELLS = 16_384
"""Numbers that one process can count; its labels come from small closed sets, so that some hundreds are used."""

_WIDTH = 8

Key = tuple[Metric, tuple[str, ...]]


class Meter:
    """The counts of one process; with a directory, also those of every other one that counts there."""

    def __init__(self, directory: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._at: dict[Key, int] = {}
        self._used = 0
        self._directory = directory
        self._name = f"{os.getpid()}-{uuid4().hex}"
        try:
            self._cells = _own_cells() if directory is None else _shared_cells(directory / f"{self._name}.cells")
        except OSError as error:
            logger.error("this process counts for itself alone: %s", error.strerror)
            self._directory, self._cells = None, _own_cells()

    def add(self, metric: Metric, *labels: str, by: float = 1.0) -> None:
        """Count something."""
        with self._lock:
            at = self._at.get((metric, labels))
            if at is None:
                at = self._place(metric, labels)
            if at >= 0:
                self._cells[at] += by

    def observe(self, metric: Metric, *labels: str, seconds: float) -> None:
        """Count a duration into its bucket."""
        with self._lock:
            at = self._at.get((metric, labels))
            if at is None:
                at = self._place(metric, labels)
            if at >= 0:
                self._cells[at + 1 + bisect_left(metric.buckets, seconds)] += 1.0
                self._cells[at] += seconds

    def totals(self) -> dict[Key, tuple[float, ...]]:
        """Everything counted, over all processes. Of a histogram: the sum, then each bucket, the last unbounded."""
        sums: dict[Key, tuple[float, ...]] = {}
        for key, values in self._everyone():
            former = sums.get(key)
            sums[key] = values if former is None else tuple(map(sum, zip(former, values, strict=True)))
        return sums

    def _everyone(self) -> Iterator[tuple[Key, tuple[float, ...]]]:
        if self._directory is None:
            with self._lock:
                places = [(key, at) for key, at in self._at.items() if at >= 0]
            for (metric, labels), at in places:
                yield (metric, labels), tuple(self._cells[at : at + _size(metric)])
            return
        for keys in sorted(self._directory.glob("*.keys")):
            yield from _read(keys)

    def _place(self, metric: Metric, labels: tuple[str, ...]) -> int:
        """New cells for a key, told to the other processes before anything is counted there; -1 where none are left.

        Nothing here raises: an answer must not fail because it cannot be counted.
        """
        at, size = self._used, _size(metric)
        if at + size > CELLS:
            logger.error("%s is not counted for %s: there is no room for more", metric.name, labels)
            at = -1
        else:
            self._used += size
        self._at[metric, labels] = at
        if self._directory is not None and at >= 0:
            with suppress(OSError), (self._directory / f"{self._name}.keys").open("a", encoding="utf-8") as keys:
                keys.write(json.dumps([at, metric.name, *labels]) + "\n")
        return at


_BY_NAME = {metric.name: metric for metric in METRICS}


def _size(metric: Metric) -> int:
    return len(metric.buckets) + 2 if metric.buckets else 1


def _own_cells() -> "memoryview[float]":
    return memoryview(mmap.mmap(-1, CELLS * _WIDTH)).cast("d")


def _shared_cells(file: Path) -> "memoryview[float]":
    with file.open("xb+") as opened:
        # Written, not only sized: a disk that is full later must not end the process.
        opened.write(bytes(CELLS * _WIDTH))
        opened.flush()
        return memoryview(mmap.mmap(opened.fileno(), CELLS * _WIDTH)).cast("d")


def _read(keys: Path) -> Iterator[tuple[Key, tuple[float, ...]]]:
    """What one process counted, this one or another, also one that is gone."""
    cells = memoryview(keys.with_suffix(".cells").read_bytes()).cast("d")
    for line in keys.read_text("utf-8").splitlines():
        with suppress(ValueError):  # a line that is being written, or was cut by a full disk
            at, name, *labels = json.loads(line)
            metric = _BY_NAME[name]
            yield (metric, tuple(labels)), tuple(cells[at : at + _size(metric)])
