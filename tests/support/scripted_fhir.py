"""A FHIR server that does for each resource type what a test says: answers, or misbehaves byte by byte."""

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.raw_server import Line, RawServer, raw_server

Json = dict[str, Any]
Script = Callable[["Asked", Line], bool]
"""What to do on the line, a request having been read; whether the connection is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request: "Condition", {"patient": ["p"]}, {"authorization": "Bearer …"}."""

    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]

    @property
    def resource_type(self) -> str:
        """The type that is read or searched."""
        return self.path.split("/")[2]


@dataclass(slots=True)
class ScriptedFhir:
    """A running server; `url`: its base, `calls`: what it was asked, in order."""

    server: RawServer
    url: str

    @property
    def calls(self) -> list[Asked]:
        """What it was asked so far."""
        return [_asked(head) for head in self.server.requests]


@contextmanager
def scripted_fhir(scripts: Mapping[str, Script | Json], *, tls: ssl.SSLContext | None = None) -> Iterator[ScriptedFhir]:
    """A server that follows the script of each resource type, or answers with a resource; it has nothing of others."""

    def behave(line: Line) -> None:
        kept = True
        while kept and (head := line.asked()):
            asked = _asked(head)
            script = scripts.get(asked.resource_type, searchset())
            kept = answering(script)(asked, line) if isinstance(script, dict) else script(asked, line)

    with raw_server(behave, tls=tls) as server:
        yield ScriptedFhir(server, f"https://localhost:{server.port}/fhir" if tls else f"{server.url}/fhir")


def answering(resource: Json | Callable[[Asked], Json], status: str = "200 OK", *headers: str) -> Script:
    """Answers every request with the resource, or with what is made of the request."""

    def script(asked: Asked, line: Line) -> bool:
        line.say(answer(resource if isinstance(resource, dict) else resource(asked), status, *headers))
        return True

    return script


def saying(*parts: bytes) -> Script:
    """Sends these bytes, whatever they are, and hangs up."""

    def script(asked: Asked, line: Line) -> bool:
        line.say(*parts)
        return False

    return script


def then(first: bytes, waits: Callable[[Line], None]) -> Script:
    """Sends these bytes, and then keeps the line busy: `Line.hang`, `Line.drip`."""

    def script(asked: Asked, line: Line) -> bool:
        line.say(first)
        waits(line)
        return False

    return script


def answer(resource: Any, status: str = "200 OK", *headers: str, content_type: str = "application/fhir+json") -> bytes:
    """A whole HTTP answer."""
    body = json.dumps(resource).encode()
    told = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(told).encode() + b"\r\n\r\n" + body


def searchset(*resources: Json, following: str | None = None, total: int | None = None) -> Json:
    """A page of a search; `following`: the URL of the next one."""
    bundle: Json = {"resourceType": "Bundle", "type": "searchset"}
    if total is not None:
        bundle["total"] = total
    if following is not None:
        bundle["link"] = [{"relation": "next", "url": following}]
    return bundle | ({"entry": [{"resource": each} for each in resources]} if resources else {})


def outcome(code: str = "exception", severity: str = "error") -> Json:
    """An OperationOutcome."""
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code}]}


def _asked(head: bytes) -> Asked:
    first, *lines = head.decode().split("\r\n")
    target = urlsplit(first.split(" ")[1])
    pairs = (line.partition(":") for line in lines if line)
    return Asked(
        path=target.path,
        query=parse_qs(target.query, keep_blank_values=True),
        headers={name.lower(): value.strip() for name, _, value in pairs},
    )
