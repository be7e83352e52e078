"""How the service does while a FHIR server is slow: those who wait for it, and those who do not.

    python -m benchmarks.fhir_fetch [--seconds 5] [--delays 0 50 200 1000 5000]

One server process of the service, with two FHIR servers listed. For each delay, eight clients send requests without any
prefetch to the FHIR server that is so slow, while four send the same patient with full prefetch and one fetches from a
FHIR server that is quick. Everything runs in processes of its own, on this machine.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
SELECT = "/cds-services/breast-imaging-order-select"
REQUEST: dict[str, Any] = json.loads((ROOT / "fixtures/s4-pet-ct-stage-ia-mcode/request.json").read_text("utf-8"))
BUDGET_MS = 2500


class FhirHandler(BaseHTTPRequestHandler):
    """Answers with the fixture's record, after a delay."""

    protocol_version = "HTTP/1.1"
    delay = 0.0
    answers: dict[str, bytes]

    def do_GET(self) -> None:
        time.sleep(self.delay)
        body = self.answers[urlsplit(self.path).path.split("/")[2]]
        with suppress(BrokenPipeError):  # the service waits no longer than its budget
            self.send_response(200)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def _serve_fhir(delay: float, told: Connection) -> None:
    types = {
        "patient": "Patient",
        "conditions": "Condition",
        "observations": "Observation",
        "procedures": "Procedure",
        "medicationRequests": "MedicationRequest",
        "medicationAdministrations": "MedicationAdministration",
        "carePlans": "CarePlan",
        "diagnosticReports": "DiagnosticReport",
        "allergies": "AllergyIntolerance",
    }
    answers = {types[key]: json.dumps(value).encode() for key, value in REQUEST["prefetch"].items()}
    handler = type("Handler", (FhirHandler,), {"delay": delay, "answers": answers})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    told.send(server.server_port)
    server.serve_forever()


@contextmanager
def fhir_server(delay: float) -> Iterator[str]:
    """A FHIR server in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve_fhir, args=(delay, theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/fhir"
    finally:
        process.kill()
        process.join()


@contextmanager
def service(*fhir_servers: str) -> Iterator[int]:
    """The port of the service, one server process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        settings = {
            "CDS_DATA_DIR": data,
            "CDS_FHIR_SERVERS": ",".join(fhir_servers),
            "CDS_FHIR_BUDGET_MS": str(BUDGET_MS),
            "CDS_LOG_LEVEL": "error",
        }
        command = [sys.executable, "-m", "cds_service", "serve", "--port", str(port), "--workers", "1"]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait()


class Caller:
    """One client in a thread; keeps how long each answer took, and what it said."""

    def __init__(self, port: int, body: dict[str, Any], pause: float = 0.0) -> None:
        self.milliseconds: list[float] = []
        self.outcomes: list[str] = []
        self._port, self._body, self._pause = port, json.dumps(body), pause

    def run(self, going_on: Callable[[], bool]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while going_on():
            began = time.perf_counter()
            connection.request("POST", SELECT, self._body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
            self.milliseconds.append((time.perf_counter() - began) * 1000)
            self.outcomes.append(answer["extension"]["cds-service.assessments"][0]["outcome"])
            time.sleep(self._pause)
        connection.close()


def measure(delay: float, seconds: float) -> None:
    """One row: a delay, what became of those who wait for it, and of the others."""
    without = {key: value for key, value in REQUEST.items() if key != "prefetch"}
    access = {"access_token": "benchmark", "token_type": "Bearer"}
    with fhir_server(delay) as slow, fhir_server(0) as quick, service(slow, quick) as port:
        waiting = [Caller(port, {**without, "fhirServer": slow, "fhirAuthorization": access}) for _ in range(8)]
        elsewhere = [Caller(port, {**without, "fhirServer": quick, "fhirAuthorization": access}, 0.05)]
        prefetched = [Caller(port, REQUEST, 0.02) for _ in range(4)]
        until = time.monotonic() + seconds
        everybody = [*waiting, *elsewhere, *prefetched]
        threads = [threading.Thread(target=each.run, args=(lambda: time.monotonic() < until,)) for each in everybody]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    print(f"{delay * 1000:>7.0f}  {_told(waiting)}  {_told(elsewhere)}  {_told(prefetched)}", flush=True)


def _told(callers: list[Caller]) -> str:
    took = sorted(each for caller in callers for each in caller.milliseconds)
    rated = sum(caller.outcomes.count("rated") for caller in callers)
    middle, late = took[len(took) // 2], took[min(int(len(took) * 0.99), len(took) - 1)]
    return f"{len(took):>6} {100 * rated / len(took):>4.0f}% {middle:>7.1f} {late:>7.1f} {took[-1]:>7.1f}"


def main() -> None:
    """Prints a table: milliseconds, and how many answers were a rating."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each delay is measured")
    parser.add_argument("--delays", type=float, nargs="*", default=[0, 50, 200, 1000, 5000], help="milliseconds")
    options = parser.parse_args()
    group = f"{'calls':>6} {'rated':>5} {'p50':>7} {'p99':>7} {'most':>7}"
    print(f"{'':>7}  {'from the slow server':<36}  {'from a quick one':<36}  {'with full prefetch':<36}")
    print(f"{'delay':>7}  {group}  {group}  {group}")
    for delay in options.delays:
        measure(delay / 1000, options.seconds)


if __name__ == "__main__":
    main()
