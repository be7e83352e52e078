"""A service to check, and the check of it, over real HTTP."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from cds_service.conformance.findings import Outcome, Report
from cds_service.conformance.run import Plan, check_service
from cds_service.conformance.tokens import Credentials
from cds_service.conformance.wire import Caller
from tests.support.model_service import ORIGIN, Switches, make_service


class _Quiet(WSGIRequestHandler):
    def log(self, *arguments: Any, **more: Any) -> None:
        """A hundred lines for each service would bury what a test says."""


def served(app: Flask, *, host: str = "127.0.0.1", **options: Any) -> Iterator[str]:
    """The address of an application that is served until the iterator goes on."""
    server = make_server(host, 0, app, threaded=True, request_handler=_Quiet, **options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def checked() -> Callable[..., Report]:
    """Serves an application for as long as it takes to check it."""

    def check(app: Flask, plan: Plan | None = None, *, credentials: Credentials | None = None) -> Report:
        for address in served(app):
            caller = Caller(timeout=10, credentials=credentials or Credentials())
            return check_service(f"http://{address}", caller, plan or Plan(origin=ORIGIN))
        raise AssertionError

    return check


@pytest.fixture
def check_model(checked: Callable[..., Report]) -> Callable[..., Report]:
    """Checks the model service with these switches."""

    def check(plan: Plan | None = None, credentials: Credentials | None = None, **switches: Any) -> Report:
        return checked(make_service(Switches(**switches)), plan, credentials=credentials)

    return check


def broken(report: Report) -> dict[str, str]:
    """The rules that do not hold, and the first thing said of each."""
    outcomes = (Outcome.FAIL, Outcome.WARN, Outcome.NOT_OFFERED)
    return {
        result.rule.id: f"{result.findings[0].place}: {result.findings[0].says}"
        for result in report.results
        if result.outcome in outcomes
    }
