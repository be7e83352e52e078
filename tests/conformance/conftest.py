"""A service to check, and the check of it, over real HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from cds_service.conformance.findings import Outcome, Report
from cds_service.conformance.run import Plan, check_service
from cds_service.conformance.tokens import Credentials
from cds_service.conformance.wire import Caller
from tests.support.in_process import in_process
from tests.support.model_service import ORIGIN, Switches, make_service


@pytest.fixture
def checked() -> Callable[..., Report]:
    """Serves an application for as long as it takes to check it."""

    def check(app: Flask, plan: Plan | None = None, *, credentials: Credentials | None = None) -> Report:
        with in_process(app) as address:
            caller = Caller(timeout=10, credentials=credentials or Credentials())
            return check_service(f"http://{address}", caller, plan or Plan(origin=ORIGIN))

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
