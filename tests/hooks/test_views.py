"""The endpoints over real HTTP, with a stub behind them (cds-hooks.md D1-D3, E1-E7, Q8, Q12; peers.md 2.4)."""

import json
import logging
import socket

import pytest
import requests
from flask import Flask

from cds_service.coding import LOINC, Code
from cds_service.hooks.desk import make_desk
from cds_service.hooks.errors import PreconditionFailed
from cds_service.hooks.request import HookRequest
from cds_service.hooks.response import Card, HookResponse, Source
from cds_service.hooks.services import Service, make_services
from cds_service.hooks.views import make_blueprint
from tests.support.in_process import in_process

LIMIT = 20_000
SERVICES = make_services([Code(LOINC, "21908-9")])
SECRET = "Jane Roe"


def order_select(**context):
    return {
        "hook": "order-select",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": "Practitioner/x",
            "patientId": "p1",
            "selections": ["ServiceRequest/o1"],
            "draftOrders": {
                "resourceType": "Bundle",
                "entry": [{"resource": {"resourceType": "ServiceRequest", "id": "o1", "text": SECRET}}],
            },
            **context,
        },
    }


def stub(service: Service, request: HookRequest) -> HookResponse:
    """Does what the user's name asks for."""
    match request.user_id:
        case "Practitioner/needs-data":
            raise PreconditionFailed(["patient", "conditions"])
        case "Practitioner/breaks":
            raise KeyError(SECRET)
        case "Practitioner/recurses":
            return stub(service, request)
        case "Practitioner/misspeaks":
            return HookResponse(cards=(card(summary=""),))
        case "Practitioner/is-mangled":
            return HookResponse(cards=(card(detail="\ud800"),))
    return HookResponse(cards=(card(summary=f"{service.id} for {request.drafts[0].id}"),))


def card(**more):
    fields = {"uuid": "11111111-1111-4111-8111-111111111111", "summary": "x", "indicator": "info"}
    return Card(**{**fields, "source": Source(label="Stub"), **more})


@pytest.fixture(scope="module")
def base():
    app = Flask(__name__)
    app.register_blueprint(make_blueprint(lambda *_: make_desk(SERVICES, stub), max_body_bytes=LIMIT))
    with in_process(app) as address:
        yield f"http://{address}"


def post(base, body, service="breast-imaging-order-select", **options):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with requests.post(f"{base}/cds-services/{service}", data=data, timeout=10, **options) as response:
        response.content  # noqa: B018  read before the connection closes
        return response


def issue_of(response):
    assert response.headers["Content-Type"] == "application/fhir+json"
    outcome = response.json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert SECRET not in response.text
    assert "Traceback" not in response.text
    return outcome["issue"][0]


@pytest.mark.parametrize("path", ["/cds-services", "/cds-services/"])
def test_d1_discovery_answers_directly_with_and_without_a_slash(base, path):
    response = requests.get(f"{base}{path}", allow_redirects=False, timeout=10)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert [service["id"] for service in response.json()["services"]] == [service.id for service in SERVICES]


@pytest.mark.parametrize("path", ["breast-imaging-order-select", "breast-imaging-order-select/"])
def test_e1_a_call_is_answered_with_cards(base, path):
    response = post(base, order_select(), service=path, allow_redirects=False)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert [card["summary"] for card in response.json()["cards"]] == ["breast-imaging-order-select for o1"]


def test_peers_two_services_are_never_confused(base):
    sign = {**order_select(), "hook": "order-sign"}
    answered = post(base, sign, service="breast-imaging-order-sign").json()["cards"][0]["summary"]
    assert answered == "breast-imaging-order-sign for o1"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "application/fhir+json", "text/plain", None],
)
def test_q8_the_body_is_read_whatever_it_calls_itself(base, content_type):
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert post(base, order_select(), headers=headers).status_code == 200


def test_q8_malformed_json_is_a_400(base):
    response = post(base, b"{not json")
    assert (response.status_code, issue_of(response)["expression"]) == (400, ["$"])


def test_q12_peers_a_hook_that_is_not_the_services_is_a_400(base):
    response = post(base, order_select(), service="breast-imaging-order-sign")
    assert (response.status_code, issue_of(response)["expression"]) == (400, ["hook"])


def test_q12_a_fault_in_the_context_is_named(base):
    response = post(base, order_select(selections=None))
    assert (response.status_code, issue_of(response)["expression"]) == (400, ["context.selections"])


@pytest.mark.parametrize("service", ["nonesuch", "breast-imaging-order-select/feedback", "a/b/c"])
def test_q12_an_unknown_service_is_a_404(base, service):
    response = post(base, order_select(), service=service)
    assert (response.status_code, issue_of(response)["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/cds-services", {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/cds-services/breast-imaging-order-select", {"POST", "OPTIONS"}),
        ("DELETE", "/cds-services/breast-imaging-order-select", {"POST", "OPTIONS"}),
    ],
)
def test_e7_a_wrong_method_is_a_405_that_says_which_are_right(base, method, path, allowed):
    response = requests.request(method, f"{base}{path}", timeout=10)
    assert (response.status_code, issue_of(response)["code"]) == (405, "not-supported")
    assert set(response.headers["Allow"].split(", ")) == allowed


def test_a_wrong_method_elsewhere_is_not_ours_to_answer():
    app = Flask(__name__)
    app.register_blueprint(make_blueprint(lambda *_: make_desk(SERVICES, stub), max_body_bytes=LIMIT))
    app.get("/page")(lambda: "page")
    assert app.test_client().post("/page").content_type.startswith("text/html")


def test_e7_a_body_over_the_limit_is_a_413(base):
    response = post(base, order_select(padding="x" * LIMIT))
    assert (response.status_code, issue_of(response)["code"]) == (413, "too-long")


def test_a_body_at_the_limit_is_read(base):
    body = json.dumps(order_select()).encode()
    assert post(base, body + b" " * (LIMIT - len(body))).status_code == 200


def test_a_body_that_ends_early_is_a_400(base):
    host, port = base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            b"POST /cds-services/breast-imaging-order-select HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{}"
        )
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(4096).split(b"\r\n")[0].endswith(b"400 BAD REQUEST")


def test_e4_r3_data_that_cannot_be_had_are_a_412_that_names_them(base):
    response = post(base, order_select(userId="Practitioner/needs-data"))
    assert (response.status_code, issue_of(response)["expression"]) == (
        412,
        ["prefetch.patient", "prefetch.conditions"],
    )


@pytest.mark.parametrize("user", ["breaks", "recurses", "is-mangled"])
def test_peers_a_failure_is_a_500_and_never_looks_like_an_empty_answer(base, user):
    response = post(base, order_select(userId=f"Practitioner/{user}"))
    assert (response.status_code, issue_of(response)["code"]) == (500, "exception")


def test_an_answer_that_the_guard_refuses_is_a_500_that_says_why(base):
    response = post(base, order_select(userId="Practitioner/misspeaks"))
    assert (response.status_code, issue_of(response)["expression"]) == (500, ["cards[0].summary"])


@pytest.mark.parametrize(
    ("user", "what"), [("breaks", "KeyError at test_views.stub"), ("misspeaks", "ResponseRefused cards[0].summary")]
)
def test_a_failure_is_logged_by_call_and_line_without_patient_data(base, caplog, user, what):
    with caplog.at_level(logging.ERROR, logger="cds_service.hooks.views"):
        post(base, order_select(userId=f"Practitioner/{user}"))
    assert "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea" in caplog.text
    assert what in caplog.text
    assert SECRET not in caplog.text


def test_a_client_s_own_mistake_is_no_error_in_our_log(base, caplog):
    post(base, order_select(userId="Practitioner/needs-data"))
    post(base, b"[]")
    assert [record for record in caplog.records if record.name.startswith("cds_service")] == []
