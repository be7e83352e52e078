"""python -m benchmarks.soak: half of what the service can bear, for ten minutes or `--seconds`; no error, no growth.

Half the time as many calls as it takes, half the time none; each call is one of its own, and is recorded. Patients are
others every second, and more than judgements are kept of: some calls are judged anew, some not. Ends with 1 where an
answer is wrong, or the memory of a worker grows after it has settled.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from benchmarks import servers
from benchmarks.client import Call, Load, load
from benchmarks.load import prepared
from benchmarks.records import encoded, request_of
from benchmarks.servers import Server

SECONDS = 600
CLIENTS = 8
BODIES = 300
MOST_GROWTH_MB = 10.0
SETTLED = 1 / 3
"""Of the time: until then, a worker fills what it keeps."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One load and the rest after it: when it ended, in seconds, and the memory of the largest worker, in MB."""

    at: float
    run: Load
    resident_mb: float


def soak(server: Server, seconds: float) -> Iterator[Turn]:
    """Load and rest in turn, each for a second."""
    began, persons = time.monotonic(), count()
    # A process of its own, started afresh: what this one holds must not slow the client down.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as client:
        while time.monotonic() < began + seconds:
            run = client.submit(load, server.port, _calls(server, persons), CLIENTS, 1.0).result()
            time.sleep(1.0)
            yield Turn(time.monotonic() - began, run, max(server.resident_mb()))


def _calls(server: Server, persons: Iterator[int]) -> list[Call]:
    bodies = [request_of(17_000, person=person) | {"hookInstance": str(uuid4())} for person in islice(persons, BODIES)]
    return prepared(server, "service", map(encoded, bodies))


def growth_mb(turns: list[Turn]) -> float:
    """From when it has settled to the end."""
    settled = next(each for each in turns if each.at >= turns[-1].at * SETTLED)
    return turns[-1].resident_mb - settled.resident_mb


def main() -> int:
    """Says what came of it; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    seconds = parser.parse_args().seconds
    with TemporaryDirectory() as folder, servers.service(Path(folder), min(os.cpu_count() or 1, 4)) as server:
        turns = list(soak(server, seconds))
    answers, wrong = sum(each.run.answers for each in turns), sum(each.run.wrong for each in turns)
    slowest = max(each.run.percentile(99) for each in turns)
    grown = growth_mb(turns)
    print(
        f"{answers:,} answers in {turns[-1].at:.0f} s, {wrong} wrong; p99 of the slowest second {slowest:.0f} ms; "
        f"memory {turns[0].resident_mb:.0f} to {turns[-1].resident_mb:.0f} MB, {grown:+.1f} MB after it had settled"
    )
    return int(wrong > 0 or grown > MOST_GROWTH_MB)


if __name__ == "__main__":
    sys.exit(main())
