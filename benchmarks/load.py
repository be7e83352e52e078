"""Requests per second and latencies: the service and the bare view in turn, the same bodies, again and again.

What else the machine does meanwhile then falls on both alike; medians over the repetitions keep out the rest.
"""

import json
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from statistics import median
from uuid import UUID, uuid5

from benchmarks.client import Call, Load, load, prepare
from benchmarks.records import encoded, request_of
from benchmarks.servers import Server

PATH = "/cds-services/breast-imaging-order-select"
SIZES = {"17 KB": 17_000, "55 KB": 55_000, "1 MB": 1_000_000}
CLIENTS = (1, 8, 64)
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


def different_calls(size: int) -> list[bytes]:
    """Bodies of one size, each a call of its own, so that none is answered or kept as the repetition of another."""
    body = request_of(size)
    calls = []
    for number in range(200 if size < 100_000 else 8):
        body["hookInstance"] = str(uuid5(_CALLS, str(number)))
        calls.append(encoded(body))
    return calls


def prepared(server: Server, target: str, bodies: Sequence[bytes]) -> list[Call]:
    """The calls with the answers to expect; of the service they must be the warning that the patient calls for."""
    calls = prepare(server.port, PATH, bodies)
    for call in calls if target == "service" else ():
        (card,) = json.loads(call.answer)["cards"]
        if card["indicator"] != "warning" or "usually not appropriate" not in card["summary"]:
            raise RuntimeError(f"the service does not warn, but says: {card['summary']}")
    return calls


def measure(
    servers: dict[str, Server], *, repetitions: int, seconds: float, sizes: dict[str, int] = SIZES
) -> Iterator[Row]:
    """Every body with every number of clients, on each server in turn."""
    # A process of its own, started afresh: what this one holds must not slow the client down.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as client:
        for body, size in sizes.items():
            bodies = different_calls(size)
            calls = {target: prepared(server, target, bodies) for target, server in servers.items()}
            for clients in CLIENTS:
                runs: dict[str, list[tuple[Load, float]]] = {target: [] for target in servers}
                for _ in range(repetitions):
                    for target, server in servers.items():
                        before = server.cpu_seconds()
                        run = client.submit(load, server.port, calls[target], clients, seconds).result()
                        runs[target].append((run, server.cpu_seconds() - before))
                for target, found in runs.items():
                    yield _row(target, body, clients, found)


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


def as_json(rows: Sequence[Row]) -> list[dict[str, object]]:
    return [asdict(row) for row in rows]
