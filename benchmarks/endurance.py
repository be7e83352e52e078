"""Start-up, and memory over many requests."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median

from benchmarks.client import load
from benchmarks.load import Bodies, different_calls, prepared
from benchmarks.servers import Server

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of the largest worker, in MB, after so many requests."""

    requests: int
    resident_mb: float


def start_up(start: Callable[[], AbstractContextManager[Server]], times: int) -> float:
    """Seconds from the command to the first answer that says the service is ready; the median."""
    found = []
    for _ in range(1 + times):  # the first of all compiles
        with start() as server:
            found.append(server.started_seconds)
    return median(found[1:])


def memory(server: Server, requests: int, bodies: Bodies) -> Sequence[Memory]:
    """The memory of the workers before, and ten times on the way to so many requests; every answer is checked."""
    calls = prepared(server, "service", different_calls(bodies))
    found = [Memory(0, max(server.resident_mb()))]
    sent = 0
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as client:
        while sent < requests:
            run = client.submit(load, server.port, calls, CLIENTS, 1.0, sent).result()
            if run.wrong:
                raise RuntimeError(f"{run.wrong} of {run.answers} answers are wrong")
            sent += run.answers
            if sent >= len(found) * requests / 10 or sent >= requests:
                found.append(Memory(sent, max(server.resident_mb())))
    return found
