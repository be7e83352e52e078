"""What one request costs in one process: stage by stage, and against the size of the record. CPU time, not waiting."""

import gc
import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from flask import Flask

from benchmarks.load import PATH
from benchmarks.records import encoded, request_of, request_with
from cds_service import judging, memory, pipeline
from cds_service.app import create_app
from cds_service.criteria import matching
from cds_service.hooks import views
from cds_service.settings import Settings

RESOURCES = (10, 30, 100, 300, 1_000, 3_000, 10_000)
TODAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
LARGEST_BODY = 32_000_000

# Stage, module and function, as they are called. What is left over is Flask, counting and keeping.
STAGES = (
    ("decode the request", views, "decode_request"),
    ("orders in scope", judging, "imaging_orders"),
    ("read the record", judging, "read_record"),
    ("facts", judging, "extract"),
    ("assess", judging, "assess"),
    ("cards", pipeline, "_say"),
    ("guard and encode", views, "guarded_response"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU milliseconds of one request; `stages` adds up to `total_ms`."""

    resources: int
    body_bytes: int
    total_ms: float
    stages: dict[str, float]


def by_stage(repetitions: int = 300) -> Cost:
    """The cost of the 17 KB request, stage by stage."""
    with _application() as app:
        body = encoded(request_of(17_000))
        return _cost(app, body, repetitions)


def asked_again(repetitions: int = 300) -> float:
    """CPU milliseconds of the 17 KB request where the same order with the same record was judged a moment ago."""
    with _application(remember_seconds=300) as app:
        body = encoded(request_of(17_000))
        _post(app, body)
        return median(_timed(lambda: _post(app, body)) for _ in range(repetitions)) * 1000


def unremembered(repetitions: int = 300) -> float:
    """CPU milliseconds of the 17 KB request where no text and no patient like this one was seen before."""
    with (
        _application() as app,
        patch.object(memory, "LONGEST", -1),
        patch.object(memory, "LONGEST_CONCEPT", -1),
        patch.object(matching, "told", lambda *_: object()),
    ):
        body = encoded(request_of(17_000))
        _post(app, body)
        return median(_timed(lambda: _post(app, body)) for _ in range(repetitions)) * 1000


def of_many_patients(patients: int = 1000) -> float:
    """CPU milliseconds of a 17 KB request where each is of another patient, who was never seen before."""
    with _application() as app:
        bodies = [encoded(request_of(17_000, person=person)) for person in range(patients)]
        for body in bodies[:50]:
            _post(app, body)
        return median(_timed(lambda body=body: _post(app, body)) for body in bodies[50:]) * 1000


def by_size(seconds: float = 1.0, least: int = 5) -> Iterator[Cost]:
    """The cost of records of more and more resources, each measured for about so many seconds."""
    with _application() as app:
        cards = _cards(app, encoded(request_with(0)))
        for count in RESOURCES:
            body = encoded(request_with(count))
            if _cards(app, body) != cards:
                raise RuntimeError(f"{count} unrelated resources change the answer")
            once = _timed(lambda body=body: _post(app, body))
            yield _cost(app, body, max(least, min(300, int(seconds / once))))


class _application:
    """The service in this process, on a store of its own. It judges each request anew, if not told otherwise."""

    def __init__(self, remember_seconds: int = 0) -> None:
        self.remember_seconds = remember_seconds

    def __enter__(self) -> Flask:
        self.folder = TemporaryDirectory()
        settings = Settings(
            data_dir=Path(self.folder.name),
            max_body_bytes=LARGEST_BODY,
            remember_seconds=self.remember_seconds,
        )
        self.app = create_app(settings, clock=lambda: TODAY)
        return self.app

    def __exit__(self, *_: object) -> None:
        self.app.extensions["store"].close()
        self.folder.cleanup()


def _cost(app: Flask, body: bytes, repetitions: int) -> Cost:
    _post(app, body)
    gc.collect()
    total = median(_timed(lambda: _post(app, body)) for _ in range(repetitions))
    spent: dict[str, list[float]] = {name: [] for name, _, _ in STAGES}
    with _watched(spent):
        for _ in range(repetitions):
            _post(app, body)
    stages = {name: median(times) * 1000 for name, times in spent.items()}
    stages["Flask, counting, keeping"] = total * 1000 - sum(stages.values())
    entries = sum(len(bundle.get("entry", ())) for bundle in json.loads(body)["prefetch"].values())
    return Cost(entries, len(body), total * 1000, stages)


class _watched:
    """Notes what each call of each stage takes."""

    def __init__(self, spent: dict[str, list[float]]) -> None:
        self.patches = [
            patch.object(module, name, _watch(module, name, spent[stage])) for stage, module, name in STAGES
        ]

    def __enter__(self) -> None:
        for each in self.patches:
            each.start()

    def __exit__(self, *_: object) -> None:
        for each in self.patches:
            each.stop()


def _watch(module: Any, name: str, spent: list[float]) -> Callable[..., Any]:
    function = getattr(module, name)

    def watched(*arguments: Any, **named: Any) -> Any:
        began = time.thread_time()
        try:
            return function(*arguments, **named)
        finally:
            spent.append(time.thread_time() - began)

    return watched


def _timed(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def _cards(app: Flask, body: bytes) -> Any:
    return json.loads(_post(app, body))["cards"]


def _post(app: Flask, body: bytes) -> bytes:
    """One request through the whole application, with nothing of a test client around it."""
    status: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": PATH,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    chunks = app.wsgi_app(environ, lambda line, headers, error=None: status.append(line))
    answer = b"".join(chunks)
    chunks.close()
    if not status[0].startswith("200"):
        raise RuntimeError(f"the service answers {status[0]}: {answer[:200].decode(errors='replace')}")
    return answer
