"""How the service does while a FHIR server is slow: those who wait for it, and one who does not.

    python -m benchmarks.fhir_fetch [--seconds 5] [--delays 0 50 200 1000 5000]

Eight clients send requests without any prefetch, each of another patient, whose record is fetched from a FHIR server
that is so slow; meanwhile another client sends requests with full prefetch, as it does before, alone.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import servers
from benchmarks.client import Call, Load, load, prepare
from benchmarks.fhir_server import SIZE
from benchmarks.load import PATH, Bodies, different_calls, prepared
from benchmarks.records import encoded
from benchmarks.servers import ROOT, Server

DELAYS_MS = (0.0, 50.0, 200.0)
WAITING = 8
PATIENTS = 100


@dataclass(frozen=True, slots=True)
class Fetched:
    """One delay of the FHIR server, in ms: those who wait for it, and another client, beside them and alone.

    `rated`: the share of those who wait whose answer is the verdict that full prefetch gets.
    """

    delay_ms: float
    waiting_per_second: float
    waiting_p50: float
    waiting_p99: float
    rated: float
    other_p50: float
    other_p99: float
    other_alone_p50: float
    other_alone_p99: float
    other_wrong: int


def measure(seconds: float, delays_ms: Sequence[float] = DELAYS_MS, *, patients: int = PATIENTS) -> Iterator[Fetched]:
    """A row for each delay, each with a service and a FHIR server of its own."""
    for delay_ms in delays_ms:
        with tempfile.TemporaryDirectory() as folder, running_fhir_server(delay_ms) as fhir:
            # What is fetched is judged anew each time; so that it is beside them, the other client's calls are, too.
            settings = {"CDS_FHIR_SERVERS": fhir, "CDS_REMEMBER_SECONDS": "0"}
            with servers.service(Path(folder), 2, settings) as service:
                yield _row(delay_ms, service, _fetching(service, fhir, patients), seconds)


def _row(delay_ms: float, service: Server, fetching: list[Call], seconds: float) -> Fetched:
    known = prepared(service, "service", different_calls(Bodies(SIZE, patients=PATIENTS, calls=PATIENTS)))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as clients:
        run = partial(clients.submit, load, service.port)
        alone = run(known, 1, seconds).result()
        waiting, other = run(fetching, WAITING, seconds), run(known, 1, seconds)
        return _told(delay_ms, waiting.result(), other.result(), alone, _rated(fetching))


def _told(delay_ms: float, waiting: Load, other: Load, alone: Load, rated: float) -> Fetched:
    return Fetched(
        delay_ms=delay_ms,
        waiting_per_second=waiting.per_second,
        waiting_p50=waiting.percentile(50),
        waiting_p99=waiting.percentile(99),
        rated=rated * (1 - waiting.wrong / waiting.answers),
        other_p50=other.percentile(50),
        other_p99=other.percentile(99),
        other_alone_p50=alone.percentile(50),
        other_alone_p99=alone.percentile(99),
        other_wrong=other.wrong + alone.wrong,
    )


def _fetching(service: Server, fhir: str, patients: int) -> list[Call]:
    """Calls of many patients, nothing prefetched, with the answers that they get."""

    def bodies() -> Iterable[bytes]:
        for body in different_calls(Bodies(SIZE, patients=patients, calls=patients)):
            request = json.loads(body)
            del request["prefetch"]
            yield encoded(request | {"fhirServer": fhir, "fhirAuthorization": ACCESS})

    return prepare(service.port, PATH, bodies())


ACCESS = {
    "access_token": "benchmark",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.read",
    "subject": "benchmark",
}


def _rated(calls: Sequence[Call]) -> float:
    """The share of the answers that are the warning which the patients call for."""
    told = [json.loads(call.answer)["cards"] for call in calls]
    return sum(len(cards) == 1 and cards[0]["indicator"] == "warning" for cards in told) / len(told)


@contextmanager
def running_fhir_server(delay_ms: float) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.fhir_server", str(delay_ms)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/fhir"
        finally:
            process.kill()


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each delay is measured")
    parser.add_argument("--delays", type=float, nargs="*", default=[0, 50, 200, 1000, 5000], help="milliseconds")
    options = parser.parse_args()
    print("  delay ms | waiting: /s    p50    p99  rated | another:  p50    p99 | alone:  p50    p99")
    for row in measure(options.seconds, options.delays):
        print(
            f"{row.delay_ms:>10.0f} | {row.waiting_per_second:>11.1f} {row.waiting_p50:>6.0f} {row.waiting_p99:>6.0f} "
            f"{row.rated:>6.0%} | {row.other_p50:>13.1f} {row.other_p99:>6.1f} | {row.other_alone_p50:>11.1f} "
            f"{row.other_alone_p99:>6.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
