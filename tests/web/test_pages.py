"""The pages over HTTP: what is served when, with which headers, how fast, and what hostile bodies get."""

import json
import re
import time
from collections.abc import Callable, Set
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Auth, Pages, Settings
from cds_service.web.areas import WHY_OFF, Area
from cds_service.web.layout import HEADERS
from cds_service.web.sandbox.patients import FEATURED, Patients, packaged_patients

PATIENTS = sorted(packaged_patients().by_id)
BUDGET_MS = 100

BUNDLE = json.loads(Path("fixtures/s4-pet-ct-stage-ia-mcode/bundle.json").read_text())
REQUEST = json.loads(Path("fixtures/s4-pet-ct-stage-ia-mcode/request.json").read_text())


_PATHS = ("record", "chart", "order", "cards", "explain")
_PAGES = (
    "/",
    "/?patient=s4-pet-ct-second-primary",
    "/criteria",
    "/criteria?q=PET+stage+IIA",
    "/criteria/310",
    "/criteria/310/310-v2",
    "/criteria/studies/fdg-pet-ct",
    "/dose?a.fdg-pet-ct=1&b.us-axilla=1",
    "/report",
)
WHOLE: dict[str, Any] = {
    "record": {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": "p"}}]},
    "chart": REQUEST,
    "order": {"patientId": "p"},
    "cards": {"cards": []},
    "explain": {"request": REQUEST},
}


# --- what is served ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", ["/", "/static/style.css", "/static/sandbox.js", "/sandbox/patients/s4-pet-ct-stage-ia-mcode"]
)
def test_every_page_and_file_keeps_to_itself(client: FlaskClient, path: str) -> None:
    """Nothing inline, nothing from elsewhere, in nobody's frame."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    answer.close()


def test_nothing_inline_stands_in_a_page(client: FlaskClient) -> None:
    """The policy would not run it; and every file named is our own."""
    page = client.get("/").text
    assert "style=" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')
    assert "//" not in "".join(part.split('"')[1] for part in page.split(" src=")[1:])


ALL = frozenset(Area)
PUBLIC = {Area.CRITERIA, Area.DOSE}
ISSUED = """clients: [{name: ehr, issuers: ['https://ehr.example'], jku: ['https://ehr.example/keys']}]"""


@pytest.mark.parametrize(
    ("pages", "authenticated", "areas"),
    [
        (Pages.AUTO, False, ALL),
        (Pages.ON, False, ALL),
        (Pages.AUTO, True, PUBLIC),  # cards link to the criteria; the sandbox has no token of an EHR
        (Pages.ON, True, PUBLIC | {Area.REPORT}),  # for a site whose proxy asks who reads
        (Pages.OFF, False, set()),
        (Pages.OFF, True, set()),
    ],
)
def test_which_pages_are_served(
    knowledge: Knowledge, tmp_path: Path, pages: Pages, authenticated: bool, areas: Set[Area]
) -> None:
    """What is not served answers 404, and says by which setting; calls and health checks stay."""
    clients = tmp_path / "clients.yaml"
    clients.write_text(ISSUED, encoding="utf-8")
    more = {"auth": Auth.ON, "clients": clients, "public_url": "https://cds.example"} if authenticated else {}
    app = create_app(Settings(data_dir=tmp_path, pages=pages, **more), knowledge=knowledge)
    client = app.test_client()
    paths = {Area.SANDBOX: "/sandbox/patients/s4-pet-ct-stage-ia-mcode", Area.CRITERIA: "/criteria"}
    for area in Area:
        answer = client.get(paths.get(area, f"/{area}"), headers={"Accept": "text/html"})
        assert answer.status_code == (200 if area in areas else 404), area
        assert ("is switched off" in answer.text or "are switched off" in answer.text) == (area not in areas)
        assert ("CDS_PAGES" in answer.text) == (area not in areas)
    front = client.get("/", headers={"Accept": "text/html"})
    assert front.status_code == (200 if Area.SANDBOX in areas else 302 if areas else 404)
    assert client.post("/sandbox/record", data="{}").status_code == (422 if Area.SANDBOX in areas else 404)
    assert client.get("/readyz").status_code == 200
    app.extensions["store"].close()


def test_a_program_learns_what_is_switched_off(knowledge: Knowledge, tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, pages=Pages.OFF), knowledge=knowledge)
    answer = app.test_client().get("/report.json")
    assert answer.json["issue"][0]["details"]["text"] == WHY_OFF[Area.REPORT]
    app.extensions["store"].close()


def test_a_service_without_synthetic_patients_still_has_its_page(tmp_path: Path) -> None:
    """An odd installation: there is nothing to choose, and a record can be brought."""
    assert Patients(None).groups == ()
    assert Patients(None).request("s4") is None
    assert Patients(tmp_path).groups == ()


def test_featured_patients_exist(client: FlaskClient) -> None:
    assert set(FEATURED) <= set(PATIENTS)
    assert client.get("/?patient=nobody").status_code == 200
    assert "There is no synthetic patient of that name." in client.get("/?patient=%3Cscript%3E").text
    assert client.get("/sandbox/patients/..%2F..%2Fpyproject.toml").status_code == 404


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:8080", 200),
        ("https://evil.example", 403),  # also by DNS rebinding: a browser names the page that sends
        ("null", 403),
    ],
)
def test_pages_of_others_may_send_nothing(client: FlaskClient, origin: str, status: int) -> None:
    """What reads as the hooks do is closed as they are; and nothing of a patient is kept by a browser."""
    for path in _PATHS:
        answer = client.post(f"/sandbox/{path}", json=WHOLE[path], headers={"Origin": origin})
        assert answer.status_code == status
        assert answer.headers["Cache-Control"] == "no-store"


# --- every patient ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("patient", PATIENTS)
def test_every_synthetic_patient_can_be_seen_and_explained(client: FlaskClient, patient: str) -> None:
    """Page, answer, cards and reasons; and why agrees with the answer about outcome and variants."""
    page = client.get(f"/?patient={patient}")
    assert page.status_code == 200
    assert "The patient, as the service reads the record" in page.text
    request = json.loads(client.get(f"/sandbox/patients/{patient}").data)
    service = f"/cds-services/breast-imaging-{request['hook']}"
    answer = client.post(service, json=request).json
    cards = client.post("/sandbox/cards", json=answer)
    assert cards.text.count("<article") == len(answer["cards"])
    assert ("No card: an EHR shows nothing here." in cards.text) == (not answer["cards"])
    why = client.post("/sandbox/explain", json={"request": request}).text
    for each in answer.get("extension", {}).get("cds-service.assessments", []):
        if each["outcome"] != "not-assessed":
            assert each["outcome"].replace("-", " ") in why or each["category"].replace("-", " ") in why
            assert all(variant["id"] in why for variant in each.get("variants", []))


def test_pages_are_fast(client: FlaskClient) -> None:
    """Server time of every page and fragment, in the median of twenty; `pytest -s` says it."""
    answer = client.post("/cds-services/breast-imaging-order-select", json=REQUEST).json
    fragments = {**WHOLE, "cards": answer, "record": BUNDLE}
    asked: dict[str, Callable[[], TestResponse]] = {
        **{path: partial(client.get, path) for path in _PAGES},
        **{f"/sandbox/{path}": partial(client.post, f"/sandbox/{path}", json=fragments[path]) for path in _PATHS},
    }
    for name, ask in asked.items():
        assert ask().status_code == 200
        taken = []
        for _ in range(20):
            began = time.perf_counter()
            ask()
            taken.append((time.perf_counter() - began) * 1000)
        print(f"{name}: {median(taken):.1f} ms")
        assert median(taken) < BUDGET_MS, name


# --- hostile bodies ---------------------------------------------------------------------------------------------------
_DEEP = b'{"request":' * 60_000

BODIES: tuple[bytes, ...] = (
    b"", b"null", b"[]", b"{}", b"7", b'"x"', b"\xff", b"{", _DEEP,
    b'{"request": {}}', b'{"request": {"hook": "order-select"}}', b'{"cards": [{}]}', b'{"cards": 1}',
    b'{"patientId": "p", "draft": []}', b'{"patientId": "p", "draft": {"code": 7, "reasonCode": [1, {"coding": [2]}]}}',
    b'{"patientId": "p", "fields": {"reasons": [{"was": -9}]}}',
    b'{"cards": [], "extension": {"cds-service.assessments": 1}}',
    b'{"cards": [], "extension": {"cds-service.assessments": [{"outcome": "rated", "category": "x", "score": 99}]}}',
    b'{"patientId": "p", "draft": ' + b'{"a":' * 600 + b"1" + b"}" * 600 + b', "fields": {}}',
)  # fmt: skip


@pytest.mark.parametrize("path", _PATHS)
@pytest.mark.parametrize("body", BODIES)
def test_no_body_breaks_a_page(client: FlaskClient, path: str, body: bytes) -> None:
    """It is answered, or refused with a reason in JSON."""
    answer = client.post(f"/sandbox/{path}", data=body)
    assert answer.status_code in (200, 400, 422)
    if answer.status_code != 200:
        said = json.loads(answer.data)
        assert said.get("issue") or said.get("faults")


def test_a_failure_of_our_own_tells_nothing_of_the_patient(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception may quote the record; what is logged and answered does not."""

    def broken(*_: object) -> None:
        raise ValueError("Infiltrating duct carcinoma")

    monkeypatch.setattr("cds_service.web.sandbox.views.explained", broken)
    answer = client.post("/sandbox/explain", json={"request": REQUEST})
    assert (answer.status_code, answer.json["resourceType"]) == (500, "OperationOutcome")
    assert "Infiltrating" not in answer.text + caplog.text
    assert "ValueError at test_pages.broken" in caplog.text


def test_a_body_over_the_limit_is_refused(knowledge: Knowledge, tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, max_body_bytes=1024), knowledge=knowledge)
    answer = app.test_client().post("/sandbox/record", data=b"x" * 2048)
    assert answer.status_code == 413
    assert "limit of 1024 bytes" in answer.json["issue"][0]["details"]["text"]
    app.extensions["store"].close()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"stage-group": "V"}, "set.stage-group: expected one of 0, IA"),
        ({"tumor-size-mm": -1}, "set.tumor-size-mm: expected a number of mm, not below 0"),
        ({"tumor-size-mm": "12"}, "set.tumor-size-mm: expected a number"),
        ({"procedure": "see-procedures-yaml"}, "set.procedure: no fact of this name can be set"),
        ({"<b>": "x"}, "no fact of this name can be set"),
    ],
)
def test_only_values_of_the_vocabulary_can_be_set(client: FlaskClient, given: dict[str, Any], said: str) -> None:
    """Setting a fact by hand is no way around what the knowledge knows."""
    answer = client.post("/sandbox/explain", json={"request": REQUEST, "set": given})
    assert answer.status_code == 400
    assert said in answer.json["issue"][0]["details"]["text"]


def test_hostile_text_is_escaped_in_every_fragment(client: FlaskClient) -> None:
    """Names, codes, reasons and dates come back as text."""
    mark = "<script>alert(1)</script>"
    request = json.loads(json.dumps(REQUEST).replace("Infiltrating duct carcinoma of left female breast", mark))
    request["prefetch"]["patient"]["name"] = [{"text": mark}]
    draft = {**request["context"]["draftOrders"]["entry"][0]["resource"], "code": {"text": mark}, "id": mark}
    card = {
        "uuid": "1",
        "summary": mark,
        "indicator": mark,
        "detail": mark,
        "source": {"label": mark, "url": "javascript:alert(1)"},
        "suggestions": [{"uuid": "2", "label": mark, "actions": [{"type": "delete", "description": mark}]}],
        "overrideReasons": [{"code": mark, "system": mark, "display": mark}],
        "links": [{"label": mark, "url": "javascript:alert(1)", "type": "absolute"}],
    }
    fragments = (
        client.post("/sandbox/chart", json=request).json["chart"],
        client.post("/sandbox/chart", json=request).json["line"],
        client.post("/sandbox/order", json={"patientId": "p", "draft": draft}).json["html"],
        client.post("/sandbox/cards", json={"cards": [card]}).text,
        client.post("/sandbox/explain", json={"request": request}).text,
    )
    for html in fragments:
        assert mark not in html
        assert "javascript:" not in html


@pytest.mark.parametrize("name", [None, [], [7], [{"text": 7}], [{"given": [1]}], {"a": 1}, "x" * 10])
def test_a_name_of_any_shape_is_shown_or_left_out(client: FlaskClient, name: Any) -> None:
    """A record without a readable name is called by its id."""
    request = json.loads(json.dumps(REQUEST))
    request["prefetch"]["patient"]["name"] = name
    assert "s4-ia-mcode" in client.post("/sandbox/chart", json=request).json["line"]


def test_a_condition_that_must_not_hold_is_asked_the_other_way_round(client: FlaskClient) -> None:
    """ "Inflammatory carcinoma: no" is what a clinician says, not "not yes"."""
    why = client.post("/sandbox/explain", json={"request": REQUEST}).text
    assert re.search(r"Inflammatory carcinoma:\s*(<[^>]+>\s*)*no\b(?!t)", why)
    assert "not yes" not in why
