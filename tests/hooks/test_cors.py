"""Calls from a browser: preflight without a token, headers on errors too, nothing for strangers (cds-hooks.md J12)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.coding import LOINC, Code
from cds_service.hooks.cors import Cors
from cds_service.hooks.desk import Desk, make_desk
from cds_service.hooks.errors import Unauthorized
from cds_service.hooks.request import HookRequest
from cds_service.hooks.response import HookResponse
from cds_service.hooks.services import Service, make_services
from cds_service.hooks.views import make_blueprint

SANDBOX = "https://sandbox.cds-hooks.org"
SELECT = "/cds-services/breast-imaging-order-select"
ACAO = "Access-Control-Allow-Origin"


def answer(service: Service, request: HookRequest) -> HookResponse:
    raise KeyError("a failure of ours")


def serving(cors: Cors) -> FlaskClient:
    """The endpoints, for those with a token."""
    desk = make_desk(make_services([Code(LOINC, "21908-9")]), answer)

    def identify(authorization: str | None, path: str) -> Desk:
        if authorization is None:
            raise Unauthorized
        return desk

    app = Flask(__name__)
    app.register_blueprint(make_blueprint(identify, cors=cors, max_body_bytes=2000))
    app.get("/page")(lambda: "page")
    return app.test_client()


@pytest.fixture
def client() -> FlaskClient:
    return serving(Cors(origins=frozenset({SANDBOX, "http://localhost:8081"})))


def preflight(client: FlaskClient, path: str, origin: str = SANDBOX, **more: str) -> TestResponse:
    """As the Sandbox's browser sends it."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return client.options(path, headers=headers)


@pytest.mark.parametrize(
    "path", ["/cds-services", "/cds-services/", SELECT, f"{SELECT}/", f"{SELECT}/feedback", f"{SELECT}/feedback/"]
)
def test_a_preflight_is_answered_without_a_token(client: FlaskClient, path: str) -> None:
    """J12: A browser sends none."""
    found = preflight(client, path)
    assert (found.status_code, found.data) == (200, b"")
    assert {name: found.headers.get(name) for name in found.headers.keys() if name.startswith(("Access", "Vary"))} == {  # noqa: SIM118
        ACAO: SANDBOX,
        "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }


@pytest.mark.parametrize(
    ("method", "path", "token", "body", "status"),
    [
        ("GET", "/cds-services", True, b"", 200),
        ("GET", "/cds-services", False, b"", 401),
        ("POST", SELECT, True, b"{", 400),
        ("POST", "/cds-services/nonesuch", True, b"{}", 404),
        ("POST", f"{SELECT}/nothing/here", True, b"{}", 404),
        ("DELETE", SELECT, True, b"", 405),
        ("POST", SELECT, True, b"x" * 3000, 413),
    ],
)
def test_a_page_can_read_every_answer(
    client: FlaskClient, method: str, path: str, token: bool, body: bytes, status: int
) -> None:
    """An error that the browser hides looks like a network that is broken."""
    headers = {"Origin": SANDBOX} | ({"Authorization": "Bearer x"} if token else {})
    found = client.open(path, method=method, data=body, headers=headers)
    assert (found.status_code, found.headers[ACAO], found.headers["Vary"]) == (status, SANDBOX, "Origin")


def test_a_failure_of_ours_can_be_read_too(client: FlaskClient) -> None:
    body = {
        "hook": "order-select",
        "hookInstance": "x",
        "context": {
            "userId": "Practitioner/x",
            "patientId": "p",
            "selections": [],
            "draftOrders": {"resourceType": "Bundle"},
        },
    }
    found = client.post(SELECT, json=body, headers={"Origin": SANDBOX, "Authorization": "Bearer x"})
    assert (found.status_code, found.headers[ACAO]) == (500, SANDBOX)


STRANGERS = [
    "https://evil.example",
    "null",
    "http://sandbox.cds-hooks.org",
    "https://sandbox.cds-hooks.org:8443",
    "https://sandbox.cds-hooks.org.evil.example",
    "https://evil.sandbox.cds-hooks.org",
    "https://SANDBOX.cds-hooks.org",
    "http://localhost:8080",
    "",
]


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_page_of_another_origin_reads_nothing(client: FlaskClient, origin: str) -> None:
    """Exactly the origin that is listed; and caches are told that it depends."""
    for found in (preflight(client, SELECT, origin), client.get("/cds-services", headers={"Origin": origin})):
        assert [name for name in found.headers.keys() if name.startswith("Access-Control")] == []  # noqa: SIM118
        assert found.headers["Vary"] == "Origin"


def test_without_a_list_no_page_reads_anything() -> None:
    """Off by default."""
    client = serving(Cors())
    for found in (preflight(client, SELECT), client.get("/cds-services", headers={"Origin": SANDBOX})):
        assert not {ACAO, "Vary"} & set(found.headers.keys())


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:8080", True),
        ("https://localhost", True),
        ("http://127.0.0.1:3000", True),
        ("http://[::1]:3000", True),
        ("http://localhost.evil.example", False),
        ("http://evil.example#localhost", False),
        ("http://localhost@evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://192.168.1.5", False),
        ("file://localhost", False),
        ("null", False),
        ("http://[::1", False),
    ],
)
def test_pages_of_this_machine_may_call_a_service_on_loopback(origin: str, allowed: bool) -> None:
    """The Sandbox on one's own machine works; a page of the world, open beside it, reads nothing."""
    found = serving(Cors(local=True)).get("/cds-services", headers={"Origin": origin})
    assert found.headers.get(ACAO) == (origin if allowed else None)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 400),
        ("http://localhost:8080", 400),
        (SANDBOX, 400),
        ("https://evil.example", 403),
        ("http://evil.example:8080", 403),
        ("null", 403),
    ],
)
def test_where_nobody_needs_a_token_pages_of_others_may_not_even_send(origin: str | None, status: int) -> None:
    """A browser sends for them what they make up; and one whose name was made to lead here would read the answer."""
    client = serving(Cors(origins=frozenset({SANDBOX}), local=True, closed=True))
    headers = {"Authorization": "Bearer x"} | ({} if origin is None else {"Origin": origin})
    assert client.post(SELECT, data=b"{", headers=headers).status_code == status
    assert client.get("/cds-services", headers=headers).status_code == 200


def test_chrome_is_told_that_a_private_address_may_be_called(client: FlaskClient) -> None:
    """It asks where a page of a public address calls one inside (Private Network Access)."""
    asked = {"Access_Control_Request_Private_Network": "true"}
    assert preflight(client, SELECT, **asked).headers["Access-Control-Allow-Private-Network"] == "true"
    assert "Access-Control-Allow-Private-Network" not in preflight(client, SELECT).headers
    assert (
        "Access-Control-Allow-Private-Network" not in preflight(client, SELECT, "https://evil.example", **asked).headers
    )


def test_cookies_are_never_asked_for(client: FlaskClient) -> None:
    """And so nothing of a browser's session can be used by a page."""
    assert "Access-Control-Allow-Credentials" not in preflight(client, SELECT).headers


def test_pages_are_none_of_it(client: FlaskClient) -> None:
    """They are read in a browser tab, not by pages of others."""
    found = client.get("/page", headers={"Origin": SANDBOX})
    assert ACAO not in found.headers
    assert "Access-Control-Allow-Methods" not in preflight(client, "/page").headers


def test_answers_are_not_kept_and_not_guessed_at(client: FlaskClient) -> None:
    """They are about a patient."""
    for path in ("/cds-services", SELECT, f"{SELECT}/feedback"):
        found = client.get(path)
        assert found.headers["Cache-Control"] == "no-store"
        assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cache-Control" not in client.get("/page").headers
