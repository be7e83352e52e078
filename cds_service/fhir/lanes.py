"""One lane for each FHIR server, so that a slow one holds up nobody but those who ask it.

A lane has threads and connections of its own, room for so many requests and no more, and a breaker: whoever finds no
room, or a server that has kept not answering, is told so at once and does not wait.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from cds_service.egress.addresses import Reach
from cds_service.egress.outlet import Outlet
from cds_service.egress.urls import Base
from cds_service.fhir.client import KeyFetch
from cds_service.fhir.fetched import UNANSWERED, Ended, Fetched

Clock = Callable[[], float]

FAILURES = 3
"""Requests in a row, none of whose calls was answered, after which a server is left alone."""

REST_SECONDS = 10.0
"""For how long. Then one request may try."""


@dataclass(slots=True)
class Breaker:
    """Keeps requests from waiting for a server that does not answer."""

    clock: Clock = time.monotonic
    _failures: int = 0
    _rests_until: float | None = None
    _trying: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admits(self) -> bool:
        """Whether a request may ask. One that may has to tell how it went."""
        with self._lock:
            if self._rests_until is None:
                return True
            if self._trying or self.clock() < self._rests_until:
                return False
            self._trying = True
            return True

    def tell(self, *, answered: bool) -> None:
        """Whether the server answered anything."""
        with self._lock:
            self._trying = False
            self._failures = 0 if answered else self._failures + 1
            self._rests_until = self.clock() + REST_SECONDS if self._failures >= FAILURES else None


class Lane:
    """The way to one server. `calls`: how many are made at once; half as many requests may wait for theirs."""

    def __init__(self, outlet: Outlet, *, calls: int, clock: Clock = time.monotonic) -> None:
        self.outlet = outlet
        self._threads = ThreadPoolExecutor(calls, thread_name_prefix="fhir")
        self._room = threading.BoundedSemaphore(waiting(calls))
        self._breaker = Breaker(clock)

    def run(self, fetches: Mapping[str, KeyFetch], *, deadline: float) -> dict[str, Fetched]:
        """What each fetch gave by `deadline` (of `time.monotonic`); all run at once, none is waited for longer."""
        if not self._room.acquire(blocking=False):
            return dict.fromkeys(fetches, Fetched(ended=Ended.BUSY))
        try:
            if not self._breaker.admits():
                return dict.fromkeys(fetches, Fetched(ended=Ended.RESTING))
            return self._run(fetches, deadline)
        finally:
            self._room.release()

    def close(self) -> None:
        """Ends the threads, once their calls have ended, and closes the connections."""
        self._threads.shutdown(cancel_futures=True)
        self.outlet.close()

    def _run(self, fetches: Mapping[str, KeyFetch], deadline: float) -> dict[str, Fetched]:
        answered = False
        try:
            running = [self._threads.submit(each.run) for each in fetches.values()]
            wait(running, timeout=max(deadline - time.monotonic(), 0))
            for each in running:
                if not each.cancel() and each.done():
                    each.result()  # raises what is a fault of ours
            taken = {key: each.taken() for key, each in fetches.items()}
            answered = any(each.ended not in UNANSWERED for each in taken.values())
            return taken
        finally:
            self._breaker.tell(answered=answered)


def open_lanes(bases: Iterable[Base], *, reach: Reach, ca_file: Path | None, calls: int) -> dict[Base, Lane]:
    """A lane for each server; nothing is called or started yet."""
    return {
        base: Lane(Outlet(base, reach=reach, ca_file=ca_file, connections=calls), calls=calls) for base in set(bases)
    }


def waiting(calls: int) -> int:
    """How many requests may wait for one server that is called by so many threads."""
    return max(1, calls // 2)
