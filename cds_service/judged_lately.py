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

import msgspec

from cds_service.hooks.request import HookRequest
from cds_service.hooks.services import Service
from cds_service.judging import Judged, Judging
from cds_service.stages import Stages

MOST = 128
"""Judgements kept by one process for one client, of some 10 to 25 KB each: more sessions in a few minutes are rare."""

LARGEST = 1 << 20
"""Bytes of orders and record up to which a judgement is kept: what it says grows with the record."""


def judged_lately(judge: Judging, *, seconds: int) -> Judging:
    """`judge`, which is asked only for what it did not judge within so many seconds; itself for none."""
    if not seconds:
        return judge
    kept = _Kept(seconds)
    mark_of = _marks()

    def judged(service: Service, request: HookRequest, now: datetime, stages: Stages) -> Judged:
        mark = mark_of(request, now.date())
        if mark is None:
            return judge(service, request, now, stages)
        known = kept.get(mark)
        if known is not None:
            stages.ended("recall")
            return known
        found = judge(service, request, now, stages)
        if found.facts and not found.asked_servers:
            _let_go_of_the_record(found)
            kept.add(mark, found)
        return found

    return judged


def _let_go_of_the_record(judged: Judged) -> None:
    """What waits to be asked for is read now: until then it holds on to all that the record has."""
    for facts in judged.facts:
        for episode in facts.episodes:
            episode.facts.read_later()


def _marks() -> Callable[[HookRequest, date], bytes | None]:
    """What marks all that a judgement depends on; None of what is too large.

    A digest keyed anew in each process: it leads back to no record, and nobody can make two records that share one.
    """
    keyed = hashlib.blake2b(digest_size=32, key=secrets.token_bytes(32))

    def mark_of(request: HookRequest, today: date) -> bytes | None:
        if sum(map(len, request.prefetch.values())) + sum(len(each.raw) for each in request.drafts) > LARGEST:
            return None
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


class _Kept:
    """Judgements by their marks, the oldest first; none is older than so many seconds, asked for or not."""

    __slots__ = ("_judged", "_lock", "_seconds", "_sweeping")

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._judged: dict[bytes, tuple[float, Judged]] = {}
        self._lock = Lock()
        self._sweeping = False

    def get(self, mark: bytes) -> Judged | None:
        """The judgement with this mark."""
        with self._lock:
            found = self._judged.get(mark)
        return found[1] if found is not None and time.monotonic() - found[0] < self._seconds else None

    def add(self, mark: bytes, judged: Judged) -> None:
        """Keeps a judgement in place of the oldest, where there are too many."""
        with self._lock:
            self._judged.pop(mark, None)
            if len(self._judged) >= MOST:
                del self._judged[next(iter(self._judged))]
            self._judged[mark] = (time.monotonic(), judged)
            if not self._sweeping:
                self._sweeping = True
                self._sweep_in(self._seconds)

    def _sweep(self) -> None:
        with self._lock:
            now = time.monotonic()
            while self._judged:
                mark, (since, _) = next(iter(self._judged.items()))
                left = since + self._seconds - now
                if left > 0:
                    self._sweep_in(left)
                    return
                del self._judged[mark]
            self._sweeping = False

    def _sweep_in(self, seconds: float) -> None:
        timer = Timer(seconds, self._sweep)
        timer.daemon = True
        timer.start()
