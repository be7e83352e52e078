"""Requests that the user of the check brings along: files, or directories of them such as our fixtures."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cds_service.conformance.probes import Probe
from cds_service.conformance.variations import Body


class RequestUnusable(ValueError):
    """Raised when a file is no CDS Hooks request; names the file."""


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """One request, to be sent to every service for its hook."""

    name: str
    hook: str
    body: Body

    @property
    def probe(self) -> Probe:
        """The request as a probe. Nobody but its author knows whether what it holds is enough: 412 is an answer."""
        return Probe(name=self.name, rule="E1", body=self.body, may_refuse=True)


def load_requests(paths: Iterable[Path]) -> tuple[OwnRequest, ...]:
    """The requests in files, and below directories in files named request.json. Raises RequestUnusable."""
    return tuple(_load(file) for path in paths for file in _files(path))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = sorted(path.rglob("request.json"))
    if not found:
        raise RequestUnusable(f"{path}: no file named request.json in it")
    yield from found


def _load(file: Path) -> OwnRequest:
    try:
        body = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise RequestUnusable(f"{file}: {error}") from None
    if not isinstance(body, dict) or not isinstance(body.get("hook"), str):
        raise RequestUnusable(f"{file}: not a CDS Hooks request: it names no hook")
    name = f"{file.parent.name}/{file.name}" if file.name == "request.json" else file.name
    return OwnRequest(name=name, hook=body["hook"], body=body)
