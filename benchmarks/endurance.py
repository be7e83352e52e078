"""Start-up, and memory over many requests."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median

from benchmarks.client import load
from benchmarks.load import different_calls, prepared
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
    for _ in range(times):
        with start() as server:
            found.append(server.started_seconds)
    return median(found)


def memory(server: Server, requests: int) -> Sequence[Memory]:
    """The memory of the workers before, and ten times on the way to so many requests; every answer is checked."""
    calls = prepared(server, "service", different_calls(17_000))
    found = [Memory(0, max(server.resident_mb()))]
    sent = 0
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as client:
        while sent < requests:
            run = client.submit(load, server.port, calls, CLIENTS, 1.0).result()
            if run.wrong:
                raise RuntimeError(f"{run.wrong} of {run.answers} answers are wrong")
            sent += run.answers
            if sent >= len(found) * requests / 10 or sent >= requests:
                found.append(Memory(sent, max(server.resident_mb())))
    return found
