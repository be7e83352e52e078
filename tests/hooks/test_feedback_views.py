"""The feedback endpoint over real HTTP, with a stub behind it (cds-hooks.md F1, F7, F9, F10)."""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import requests
from flask import Flask

from cds_service.coding import LOINC, Code
from cds_service.hooks.desk import Desk, make_desk
from cds_service.hooks.errors import NotStored
from cds_service.hooks.feedback import Feedback
from cds_service.hooks.response import HookResponse
from cds_service.hooks.services import make_services
from cds_service.hooks.views import make_blueprint
from cds_service.metrics import CALLS, Meter

SERVICES = make_services([Code(LOINC, "21908-9")])
SELECT = SERVICES[0].id
SECRET = "Jane Roe"


def told(card: str = "a-card") -> dict[str, Any]:
    reason = {"userComment": SECRET}
    entry = {
        "card": card,
        "outcome": "overridden",
        "outcomeTimestamp": "2026-11-20T10:05:31Z",
        "overrideReason": reason,
    }
    return {"feedback": [entry]}


class Endpoint:
    """A service whose keeper does what the card's name asks for."""

    def __init__(self, serving: Callable[[Flask], str]) -> None:
        self.kept: list[tuple[str, str]] = []
        self.asked: list[tuple[str | None, str]] = []
        self.meter = Meter()
        app = Flask("stub")
        app.register_blueprint(make_blueprint(self._identify, max_body_bytes=2000, meter=self.meter))
        self.url = serving(app)

    def _identify(self, authorization: str | None, path: str) -> Desk:
        self.asked.append((authorization, path))
        return make_desk(SERVICES, lambda *_: HookResponse(), client="a-client", take_feedback=self._take)

    def _take(self, service: str, feedback: Sequence[Feedback]) -> None:
        for each in feedback:
            if each.card == "away":
                raise NotStored
            if each.card == "breaks":
                raise KeyError(SECRET)
            self.kept.append((service, each.card))

    def post(self, body: Any, service: str = SELECT, **options: Any) -> requests.Response:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        with requests.post(f"{self.url}/cds-services/{service}/feedback", data=data, timeout=10, **options) as response:
            assert SECRET not in response.text
            return response


@pytest.fixture
def endpoint(serving: Callable[[Flask], str]) -> Endpoint:
    return Endpoint(serving)


@pytest.mark.parametrize("slash", ["", "/"])
def test_f1_f7_feedback_is_taken_and_acknowledged(endpoint: Endpoint, slash: str) -> None:
    """With an empty object: the specification lays down no body, and a client may parse one."""
    response = requests.post(f"{endpoint.url}/cds-services/{SELECT}/feedback{slash}", json=told(), timeout=10)
    assert (response.status_code, response.headers["Content-Type"], response.json()) == (200, "application/json", {})
    assert endpoint.kept == [(SELECT, "a-card")]


def test_f7_what_is_malformed_is_a_400_that_names_the_place(endpoint: Endpoint) -> None:
    body = told()
    del body["feedback"][0]["outcome"]
    response = endpoint.post(body)
    assert response.status_code == 400
    assert response.json()["issue"][0]["expression"] == ["feedback[0].outcome"]
    assert endpoint.kept == []


def test_what_cannot_be_kept_is_not_acknowledged(endpoint: Endpoint) -> None:
    """A 503 that says when to come back: nothing told is lost because a database restarts."""
    response = endpoint.post(told("away"))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    issue = response.json()["issue"][0]
    assert (issue["code"], issue["details"]["text"]) == ("transient", "the feedback could not be stored; send it again")


def test_a_failure_is_a_500_and_no_acknowledgement(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        response = endpoint.post(told("breaks"))
    assert (response.status_code, response.json()["resourceType"]) == (500, "OperationOutcome")
    assert "KeyError at test_feedback_views._take" in caplog.text
    assert SECRET not in caplog.text


def test_f9_the_caller_is_identified_first(endpoint: Endpoint) -> None:
    """As on every other route, and by the path that its token has to name."""
    endpoint.post(b"not JSON", headers={"Authorization": "Bearer x"})
    assert endpoint.asked == [("Bearer x", f"/cds-services/{SELECT}/feedback")]


def test_feedback_to_a_service_that_is_not_ours_is_a_404(endpoint: Endpoint) -> None:
    assert endpoint.post(told(), service="nonesuch").status_code == 404
    assert endpoint.kept == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_feedback_is_posted(endpoint: Endpoint, method: str) -> None:
    response = requests.request(method, f"{endpoint.url}/cds-services/{SELECT}/feedback", timeout=10)
    assert (response.status_code, response.headers["Allow"]) == (405, "OPTIONS, POST")


def test_feedback_has_a_limit_too(endpoint: Endpoint) -> None:
    assert endpoint.post(b" " * 2001).status_code == 413


def test_calls_are_counted_by_service_client_and_status(endpoint: Endpoint) -> None:
    endpoint.post(told())
    endpoint.post(told("away"))
    endpoint.post(told(), service="nonesuch")
    counted = {labels: values[0] for (metric, labels), values in endpoint.meter.totals().items() if metric is CALLS}
    assert counted == {
        (f"{SELECT}/feedback", "a-client", "200"): 1,
        (f"{SELECT}/feedback", "a-client", "503"): 1,
        ("unknown", "a-client", "404"): 1,
    }
