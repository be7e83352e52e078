"""`cds-service serve`: the production server, in the foreground."""

import errno
import logging
import multiprocessing
import os
import resource
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.common import AbstractServer

from cds_service.app import START_UP_ERRORS, create_app
from cds_service.cli import stopping
from cds_service.cli.stopping import STOP_SECONDS, STOPPING
from cds_service.fhir.lanes import waiting
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.logs import logging_config
from cds_service.settings import PREFIX, Settings, SettingsError, from_environment, unknown_variables
from cds_service.start_up import keep_for_good, uncollected
from cds_service.web.areas import Area, served
from cds_service.web.health import DRAINING

logger = logging.getLogger(__name__)

THREADS = 3
"""Request threads of one server process, besides those that may all wait for a FHIR server.

More of them take turns at the interpreter, and the last of a few answers comes later; fewer leave nothing for a body
that is slow to come (benchmarks/README.md).
"""

MOST_THREADS = 256

BACKLOG = 1024

CONNECTIONS = 4096
"""Connections that one server process holds; those above wait to be accepted, as long as the silent ones last."""

FILES_BESIDE = 512
"""Files that a server process opens besides: its database, calls to FHIR servers, what it counts in."""

HEAD_SECONDS = 10
"""How long the head of a request may take to come. Granian bounds no body: that is the proxy's (docs/security.md)."""

WARM_SECONDS = 3
"""How long a server process waits for the keys of its callers before it takes calls."""

EXAMPLE = Path("fixtures/s4-pet-ct-stage-ia-mcode/request.json")


@click.command()
@click.option("--host", help="Address to listen on. [CDS_HOST, default 127.0.0.1]")
@click.option("--port", help="Port to listen on. [CDS_PORT, default 8080]")
@click.option("--workers", help="Server processes. [CDS_WORKERS, default one for each processor, at most four]")
def serve(host: str | None, port: str | None, workers: str | None) -> None:
    """Start the service and keep it running until it is told to stop (Ctrl-C)."""
    options = {f"{PREFIX}HOST": host, f"{PREFIX}PORT": port, f"{PREFIX}WORKERS": workers}
    try:
        with stopping.while_starting(), uncollected():
            given = {name: value for name, value in options.items() if value is not None}
            settings = from_environment(os.environ | given)
            rehearsed = _rehearse(settings)
    except START_UP_ERRORS as error:
        raise click.ClickException(f"the service does not start\n{error}") from None
    keep_for_good()
    _run(settings, rehearsed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rehearsed:
    """What is known before the first server process starts. `servers`: how many FHIR servers may be called."""

    knowledge: Knowledge
    servers: int
    authenticated: bool


def _rehearse(settings: Settings) -> _Rehearsed:
    """Whatever would stop a server process stops here, and in words. Raises one of START_UP_ERRORS."""
    _check_free(settings.host, settings.port)
    knowledge = load_knowledge(settings.knowledge_path)
    app = create_app(settings, knowledge=knowledge)
    authenticated = "gate" in app.extensions
    for each in ("store", "gate") if authenticated else ("store",):
        app.extensions[each].close()
    return _Rehearsed(knowledge=knowledge, servers=len(app.extensions["fhir"].lanes), authenticated=authenticated)


def _load(settings: Settings, knowledge: Knowledge, metrics_dir: Path, parent: int) -> Callable[..., Any]:
    """The application of one server process, with connections of its own, and with the keys of its callers at hand.

    `metrics_dir`: where all server processes count together. `parent`: the process that is to tell this one to end.
    """
    watch = stopping.Watch(parent, metrics_dir / STOPPING)
    app = create_app(settings, knowledge=knowledge, metrics_dir=metrics_dir)
    if "gate" in app.extensions:
        app.extensions["gate"].warm(WARM_SECONDS)
    watch.made()
    return app


def _check_free(host: str, port: int) -> None:
    """Raises SettingsError where the address cannot be had.

    The server itself would share the port silently with a former one that still runs.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} of {host} is in use: stop what listens there, or choose --port") from None
        raise SettingsError(f"cannot listen on {host}, port {port}: {error.strerror}") from None


def make_server(settings: Settings, *, servers: int = 0) -> AbstractServer[Any]:
    """The server that is to run an application, ours or, to compare with it, another. `servers`: FHIR servers."""
    # Server processes are forked, so that they share the knowledge and need not load it again.
    multiprocessing.set_start_method("fork", force=True)
    return Granian(
        "cds_service.app",
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.worker_count,
        blocking_threads=_threads(settings, servers),
        backlog=BACKLOG,
        backpressure=_connections(),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000),
        log_level=LogLevels.error,
        log_dictconfig=logging_config(settings.log_level, settings.log_format),
    )


def _run(settings: Settings, rehearsed: _Rehearsed) -> None:
    server = make_server(settings, servers=rehearsed.servers)
    for name in unknown_variables(os.environ):
        logger.warning("%s is set, but there is no such setting", name)
    if not rehearsed.authenticated:
        logger.warning("no caller is asked who it is: CDS_AUTH=%s, listening on %s", settings.auth, settings.host)
    server.on_startup(lambda: _greet(settings, authenticated=rehearsed.authenticated))
    with _counting(settings) as shared:
        server.on_startup(lambda: stopping.tell(shared / STOPPING))
        if settings.drain_seconds:
            server.on_startup(lambda: stopping.later(settings.drain_seconds, shared / DRAINING))
        load = partial(_load, settings, rehearsed.knowledge, shared, os.getpid())
        os.register_at_fork(after_in_child=stopping.end_at_once)
        server.serve(target_loader=load, wrap_loader=False)


@contextmanager
def _counting(settings: Settings) -> Iterator[Path]:
    """An empty directory in which all server processes count; what a killed service left there is gone."""
    own = settings.data_dir / f"metrics-{settings.port}"
    shutil.rmtree(own, ignore_errors=True)
    try:
        own.mkdir(parents=True)
    except OSError:  # with a database and a key of its own, a service needs no directory to write to
        own = Path(mkdtemp(prefix="cds-service-metrics-"))
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _connections() -> int:
    """How many connections a server process holds: with all of them open it must still be able to open its files.

    Shells start programs with 1,024 files, for those that cannot count any further, and let them ask for more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + FILES_BESIDE
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    else:
        allowed = wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)
    return max(allowed - FILES_BESIDE, allowed // 2)


def _threads(settings: Settings, servers: int) -> int:
    return min(THREADS + servers * waiting(settings.fhir_connections), MOST_THREADS)


def _greet(settings: Settings, *, authenticated: bool) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{settings.port}"
    example = EXAMPLE if EXAMPLE.exists() else "REQUEST.json"
    click.echo(f"cds-service is listening on {url} (Ctrl-C stops it).")
    if Area.SANDBOX in served(settings.pages, authenticated=authenticated):
        click.echo(f"Open it in a browser: {url}/")
    click.echo("Try, in another terminal:")
    # Without a token `fire` would only be turned away.
    trial = f"check {url} --jwk KEY --issuer ISS" if authenticated else f"fire {example} --url {url}"
    click.echo(f"  {sys.argv[0]} {trial}")
