"""Requests per second and latencies: the service and the bare view in turn, the same bodies, again and again.

What else the machine does meanwhile then falls on both alike; medians over the repetitions keep out the rest.
"""

import json
import multiprocessing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from statistics import median
from uuid import UUID, uuid5

from benchmarks.client import Call, Load, load, prepare
from benchmarks.records import encoded, request_of
from benchmarks.servers import Server

PATH = "/cds-services/breast-imaging-order-select"
CLIENTS = (1, 8, 64)


@dataclass(frozen=True, slots=True)
class Bodies:
    """What is sent: about so many bytes a call, of so many patients, so many of whom are asked about in turn until each
    had her calls.
    """

    size: int
    patients: int
    calls: int
    in_turn: int | None = None

    def persons(self) -> Iterator[int]:
        """Of whom each call is."""
        together = self.in_turn or self.patients
        each = self.calls // self.patients
        for first in range(0, self.patients, together):
            yield from list(range(first, min(first + together, self.patients))) * each


ANEW, SESSIONS, AGAIN = "17 KB", "17 KB, three calls a patient", "17 KB, asked again"

BODIES = {
    ANEW: Bodies(17_000, patients=3_000, calls=3_000),
    SESSIONS: Bodies(17_000, patients=1_000, calls=3_000, in_turn=40),
    AGAIN: Bodies(17_000, patients=1, calls=200),
    "55 KB": Bodies(55_000, patients=600, calls=600),
    "1.1 MB": Bodies(1_100_000, patients=8, calls=8),
}
"""Three thousand patients are more than is remembered of their texts (`memory.MOST`), and six hundred more than is of
their judgements (`judged_lately.MOST`): all is forgotten before it comes again. Of 1.1 MB no judgement is kept. Three
calls a patient are what an EHR sends while an order is written, as two selections and the signature, other patients'
calls between them. One patient is known throughout.
"""

_CALLS = UUID("5a52f0f4-3c5e-4d0e-9c43-1f5f3c1b7a11")


@dataclass(frozen=True, slots=True)
class Row:
    """One server, body and number of clients: medians over the repetitions; latencies in ms."""

    target: str
    body: str
    clients: int
    per_second: float
    p50: float
    p95: float
    p99: float
    cpu_ms: float
    client_cpu_ms: float
    answers: int
    wrong: int


def different_calls(of: Bodies) -> Iterator[bytes]:
    """Bodies, each a call of its own, so that none is answered or kept as the repetition of another."""
    for number, person in enumerate(of.persons()):
        body = request_of(of.size, person=person)
        body["hookInstance"] = str(uuid5(_CALLS, str(number)))
        yield encoded(body)


def prepared(server: Server, target: str, bodies: Iterable[bytes]) -> list[Call]:
    """The calls with the answers to expect; of the service they must be the warning that the patient calls for."""
    calls = prepare(server.port, PATH, bodies)
    for call in calls if target == "service" else ():
        (card,) = json.loads(call.answer)["cards"]
        if card["indicator"] != "warning" or "usually not appropriate" not in card["summary"]:
            raise RuntimeError(f"the service does not warn, but says: {card['summary']}")
    return calls


def measure(
    servers: Mapping[str, Server],
    *,
    repetitions: int,
    seconds: float,
    bodies: Mapping[str, Bodies] = BODIES,
    clients: Sequence[int] = CLIENTS,
) -> Iterator[Row]:
    """Every body with every number of clients, on each server in turn."""
    # A process of its own, started afresh: what this one holds must not slow the client down.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as client:
        for body, of in bodies.items():
            calls = {target: prepared(server, target, different_calls(of)) for target, server in servers.items()}
            sent = dict.fromkeys(servers, 0)
            for number in clients:
                runs: dict[str, list[tuple[Load, float]]] = {target: [] for target in servers}
                for _ in range(repetitions):
                    for target, server in servers.items():
                        before = server.cpu_seconds()
                        run = client.submit(load, server.port, calls[target], number, seconds, sent[target]).result()
                        runs[target].append((run, server.cpu_seconds() - before))
                        sent[target] += run.answers
                for target, found in runs.items():
                    yield _row(target, body, number, found)


def _row(target: str, body: str, clients: int, runs: list[tuple[Load, float]]) -> Row:
    return Row(
        target=target,
        body=body,
        clients=clients,
        per_second=median(run.per_second for run, _ in runs),
        p50=median(run.percentile(50) for run, _ in runs),
        p95=median(run.percentile(95) for run, _ in runs),
        p99=median(run.percentile(99) for run, _ in runs),
        cpu_ms=median(cpu / run.answers * 1000 for run, cpu in runs),
        client_cpu_ms=median(run.client_cpu_seconds / run.answers * 1000 for run, _ in runs),
        answers=sum(run.answers for run, _ in runs),
        wrong=sum(run.wrong for run, _ in runs),
    )
