"""What was judged in the last minutes, for the same order with the same record asked about again.

EHRs ask several times in one session: at each selection, after each change of another draft, and once more at signing
(https://cds-hooks.org/hooks/order-select/). What they send is then mostly the same to the byte, but for the
`hookInstance`. Whatever a judgement depends on is compared: the orders, the whole record that came along, the day. Only
the answer is made anew, with its own ids.

Nothing that a FHIR server was asked for is kept: its record may have changed, and was read with a token of that call.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from datetime import date, datetime
from threading import Lock, Timer
from typing import NamedTuple

import msgspec

from cds_service.hooks.request import HookRequest
from cds_service.hooks.services import Service
from cds_service.judging import Judged, Judging
from cds_service.stages import Stages

MOST = 128
"""Judgements kept by one process for one client, of some 10 to 25 KB each: more sessions in a few minutes are rare."""

LARGEST, MOST_BYTES = 1 << 20, 1 << 23
"""Bytes of orders and record up to which a judgement is kept, of one and of all: what it says grows with the record."""


def judged_lately(judge: Judging, *, seconds: int) -> Judging:
    """`judge`, which is asked only for what it did not judge within so many seconds; itself for none."""
    if not seconds:
        return judge
    kept = _Kept(seconds)
    mark_of = _marks()

    def judged(service: Service, request: HookRequest, now: datetime, stages: Stages) -> Judged:
        size = _size(request)
        if size > LARGEST:
            return judge(service, request, now, stages)
        mark = mark_of(request, now.date())
        known = kept.get(mark)
        if known is not None:
            stages.ended("recall")
            return known
        found = judge(service, request, now, stages)
        if found.facts and not found.asked_servers:
            _let_go_of_the_record(found)
            kept.add(mark, found, size)
        return found

    return judged


def _let_go_of_the_record(judged: Judged) -> None:
    """What waits to be asked for is read now: until then it holds on to all that the record has."""
    for facts in judged.facts:
        for episode in facts.episodes:
            episode.facts.read_later()


def _size(request: HookRequest) -> int:
    """The bytes of its drafts and of its record."""
    return sum(map(len, request.prefetch.values())) + sum(len(each.raw) for each in request.drafts)


def _marks() -> Callable[[HookRequest, date], bytes]:
    """What marks all that a judgement depends on.

    A digest keyed anew in each process: it leads back to no record, and nobody can make two records that share one.
    """
    keyed = hashlib.blake2b(digest_size=32, key=secrets.token_bytes(32))

    def mark_of(request: HookRequest, today: date) -> bytes:
        told = (
            today,
            request.patient_id,
            request.fhir_server,
            request.fhir_authorization is not None,
            [(each.place, bytes(each.raw), each.selected) for each in request.drafts],
            [(key, _without_own(bytes(raw))) for key, raw in request.prefetch.items()],
        )
        digest = keyed.copy()
        digest.update(msgspec.msgpack.encode(told))
        return digest.digest()

    return mark_of


# A server makes these anew for each search (https://hl7.org/fhir/R4/bundle.html#searchset), and nobody reads them.
_OWN = re.compile(
    rb'\s*{\s*"resourceType"\s*:\s*"Bundle"\s*,'
    rb'(?:\s*"id"\s*:\s*"[\w.-]*"\s*,)?'
    rb'(?:\s*"meta"\s*:\s*{\s*"lastUpdated"\s*:\s*"[\w:.+-]*"\s*}\s*,)?'
)


def _without_own(value: bytes) -> bytes:
    """A prefetched value; of a Bundle what follows its id and time, which no whole value of JSON is the same as."""
    own = _OWN.match(value)
    return value[own.end() :] if own is not None else value


class _Entry(NamedTuple):
    """A judgement: since when it is kept, and the bytes of what was judged."""

    since: float
    judged: Judged
    size: int


class _Kept:
    """Judgements by their marks, the oldest first; none is older than so many seconds, asked for or not."""

    __slots__ = ("_entries", "_lock", "_seconds", "_size", "_sweeping")

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._entries: dict[bytes, _Entry] = {}
        self._size = 0
        self._lock = Lock()
        self._sweeping = False

    def get(self, mark: bytes) -> Judged | None:
        """The judgement with this mark."""
        with self._lock:
            found = self._entries.get(mark)
        return found.judged if found is not None and time.monotonic() - found.since < self._seconds else None

    def add(self, mark: bytes, judged: Judged, size: int) -> None:
        """Keeps a judgement in place of the oldest, where there are too many."""
        with self._lock:
            self._drop(mark)
            self._entries[mark] = _Entry(time.monotonic(), judged, size)
            self._size += size
            while len(self._entries) > MOST or self._size > MOST_BYTES:
                self._drop(next(iter(self._entries)))
            if not self._sweeping:
                self._sweep_in(self._seconds)

    def _drop(self, mark: bytes) -> None:
        entry = self._entries.pop(mark, None)
        self._size -= entry.size if entry is not None else 0

    def _sweep(self) -> None:
        with self._lock:
            self._sweeping = False
            now = time.monotonic()
            while self._entries:
                mark, entry = next(iter(self._entries.items()))
                left = entry.since + self._seconds - now
                if left > 0:
                    self._sweep_in(left)
                    return
                self._drop(mark)

    def _sweep_in(self, seconds: float) -> None:
        timer = Timer(seconds, self._sweep)
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError:  # no thread is to be had, and so nobody who would take away what is kept
            self._entries.clear()
            self._size = 0
        else:
            self._sweeping = True
