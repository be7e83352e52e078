"""A FHIR server as a process of its own that searches by type, patient and code, and takes its time.

    python -m benchmarks.fhir_server DELAY_MS

Says its port in a line. Holds the patients of `benchmarks.records`, made when they are asked for.
"""

import json
import sys
import time
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.records import Json, request_of

SIZE = 17_000


def search(resource_type: str, patient: str, codes: frozenset[tuple[str, str]]) -> bytes:
    """A searchset of a patient's resources of a type; with codes, those whose code is one of them."""
    found = [
        {"resource": each, "search": {"mode": "match"}}
        for each in _held(patient).get(resource_type, ())
        if not codes or not codes.isdisjoint(_codes(each))
    ]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": found}).encode()


@lru_cache(maxsize=2000)
def _held(patient: str) -> dict[str, list[Json]]:
    """A patient's resources by type."""
    prefetch = request_of(SIZE, person=int(patient.rpartition("-")[2]))["prefetch"]
    held: dict[str, list[Json]] = {}
    for value in prefetch.values():
        for each in (
            [value] if value["resourceType"] == "Patient" else [one["resource"] for one in value.get("entry", ())]
        ):
            held.setdefault(each["resourceType"], []).append(each)
    return held


def _codes(resource: Json) -> set[tuple[str, str]]:
    return {(coding["system"], coding["code"]) for coding in resource["code"]["coding"]}


class Server(ThreadingHTTPServer):
    """A thread for each connection, and room for many that come at once."""

    daemon_threads = True
    request_queue_size = 256


class Handler(BaseHTTPRequestHandler):
    """Reads and searches; every answer comes after the delay."""

    protocol_version = "HTTP/1.1"
    delay = 0.0

    def do_GET(self) -> None:
        """`Patient/<id>`, or `<type>?patient=<id>`, perhaps with `code`."""
        asked = urlsplit(self.path)
        resource_type, _, id = asked.path.removeprefix("/fhir/").partition("/")
        told = parse_qs(asked.query)
        tokens = (token.rpartition("|") for value in told.get("code", ()) for token in value.split(","))
        time.sleep(self.delay)
        if id:
            body = json.dumps(_held(id)[resource_type][0]).encode()
        else:
            body = search(resource_type, told["patient"][0], frozenset((system, code) for system, _, code in tokens))
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except BrokenPipeError:  # the service waits no longer than its budget
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def main(delay_ms: float) -> None:
    """Serve until the process is ended."""
    handler = type("Delayed", (Handler,), {"delay": delay_ms / 1000})
    server = Server(("127.0.0.1", 0), handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(float(sys.argv[1]))
