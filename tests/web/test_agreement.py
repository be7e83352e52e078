"""What the page says beside an answer is what the answer rests on: why, and the radiation."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Settings
from cds_service.web.sandbox.answer import verdict
from cds_service.web.sandbox.patients import packaged_patients
from tests.support.scripted_fhir import scripted_fhir, searchset
from tests.web.conftest import NOW, ROOT

PATIENTS = sorted(packaged_patients().by_id)
REQUEST = json.loads((ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json").read_bytes())
WARNED, UNKNOWN = "usually not appropriate (2/9)", "would decide: "

Json = dict[str, Any]
Start = Callable[..., FlaskClient]


@pytest.fixture
def start(knowledge: Knowledge, tmp_path: Path) -> Iterator[Start]:
    """The service with these settings."""
    made = []

    def started(clients: str = "", **settings: Any) -> FlaskClient:
        if clients:
            settings["clients"] = tmp_path / "clients.yaml"
            settings["clients"].write_text(clients, encoding="utf-8")
        made.append(create_app(Settings(data_dir=tmp_path, **settings), knowledge=knowledge, clock=lambda: NOW))
        return made[-1].test_client()

    yield started
    for app in made:
        app.extensions["fhir"].close()
        app.extensions["store"].close()


def _request(patient: str) -> Json:
    return dict(json.loads((ROOT / "fixtures" / patient / "request.json").read_bytes()))


def _token(issuer: str) -> str:
    """A token as the page makes one: signed by nobody."""

    def part(value: Json) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": issuer, "aud": "x", "iat": 1, "exp": 2, "jti": "1"}
    return f"Bearer {part({'alg': 'ES384', 'typ': 'JWT', 'kid': 'not-signed'})}.{part(claims)}."


def _answer(client: FlaskClient, request: Json, issuer: str = "") -> Json:
    headers = {"Authorization": _token(issuer)} if issuer else {}
    answer = client.post(f"/cds-services/breast-imaging-{request['hook']}", json=request, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def _why(client: FlaskClient, request: Json, issuer: str = "") -> list[str]:
    """What is said of each order, its text without tags."""
    answer = client.post("/sandbox/explain", query_string={"as": issuer}, json={"request": request})
    assert answer.status_code == 200, answer.text
    return [_text(part) for part in answer.text.split('<section class="why"')[1:]]


def _text(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def _assessed(answer: Json) -> list[Json]:
    found = answer.get("extension", {}).get("cds-service.assessments", [])
    return [each for each in found if each["outcome"] != "not-assessed"]


# --- why --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("patient", PATIENTS)
def test_why_is_said_of_the_assessment_that_was_sent(client: FlaskClient, patient: str) -> None:
    """Order by order: the verdict, and every variant that holds or may hold."""
    request = _request(patient)
    assessed, why = _assessed(_answer(client, request)), _why(client, request)
    assert len(why) == len(assessed)
    for sent, said in zip(assessed, why, strict=True):
        score = sent.get("score") if sent["outcome"] == "rated" else None
        assert f"Answer {verdict(sent['outcome'], sent.get('category'), score)}" in said
        for variant in sent.get("variants", []):
            assert f"{'holds' if variant['state'] == 'holds' else 'may hold'} {variant['id']}" in said


def test_a_site_s_own_names_count_for_both(start: Start) -> None:
    """A client that calls the Conditions `problems` is answered by them, and the page explains by them."""
    issuer = "https://ehr.example"
    client = start(f"clients: [{{name: ehr, issuers: ['{issuer}'], prefetch-keys: {{conditions: problems}}}}]")
    prefetch = {("problems" if key == "conditions" else key): value for key, value in REQUEST["prefetch"].items()}
    request = {**REQUEST, "prefetch": prefetch}
    assert _answer(client, request, issuer)["cards"][0]["indicator"] == "warning"
    assert WARNED in _why(client, request, issuer)[0]
    assert client.post("/sandbox/explain", json={"request": request}).status_code == 412  # as the usual caller
    assert '<option value="https://ehr.example"' in client.get("/").text


def test_what_is_fetched_counts_for_both(start: Start) -> None:
    """Observations that prefetch lacks come from the FHIR server: the stage among them."""
    prefetch = {key: value for key, value in REQUEST["prefetch"].items() if key != "observations"}
    entries = REQUEST["prefetch"]["observations"]["entry"]
    with scripted_fhir({"Observation": searchset(*(each["resource"] for each in entries))}) as server:
        client = start(fhir_servers=frozenset({server.url}), fhir_open=True)
        alone = {**REQUEST, "prefetch": prefetch}
        fetched = {**alone, "fhirServer": server.url}
        assert UNKNOWN in _why(client, alone)[0]
        assert _answer(client, fetched)["cards"][0]["indicator"] == "warning"
        assert WARNED in _why(client, fetched)[0]


def test_nobody_else_can_be_played(client: FlaskClient) -> None:
    answer = client.post("/sandbox/explain?as=https://nobody.example", json={"request": REQUEST})
    assert (answer.status_code, answer.json["issue"][0]["expression"]) == (400, ["as"])


# --- profiles ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
@pytest.mark.parametrize(
    ("profile", "behavior", "deletes"),
    [("default", "at-most-one", 1), ("sandbox", "at-most-one", 0), ("epic", "any", 1)],
)
def test_every_profile_is_answered_in_its_shape(
    client: FlaskClient, profile: str, behavior: str, deletes: int, hook: str
) -> None:
    """The token that the page makes bends the shape of the card, and nothing of what it says."""
    issuer = re.search(rf'value="([^"]*)" data-profile="{profile}"', client.get("/").text)
    assert issuer is not None
    request = {**REQUEST, "hook": hook}
    (card,) = _answer(client, request, issuer[1])["cards"]
    actions = [action["type"] for each in card["suggestions"] for action in each["actions"]]
    assert (card["selectionBehavior"], actions.count("delete")) == (behavior, deletes)
    assert card["summary"] == _answer(client, request)["cards"][0]["summary"]
    shown = client.post("/sandbox/cards", query_string={"as": issuer[1]}, json={"cards": [card]}).text
    assert shown.count("data-accept") == (0 if profile == "epic" else len(card["suggestions"]))
    assert shown.count('type="checkbox"') == (len(card["suggestions"]) if profile == "epic" else 0)


# --- a record of one's own --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("more", "warned"),
    [({}, True), ({"link": [{"relation": "next", "url": "https://a.example/2"}]}, False)],
    ids=["whole", "goes on elsewhere"],
)
def test_a_record_that_goes_on_elsewhere_never_warns(client: FlaskClient, more: Json, warned: bool) -> None:
    """What is not here may be the very symptom that makes the study right."""
    bundle = json.loads((ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "bundle.json").read_bytes())
    read = client.post("/sandbox/record", json={**bundle, **more}).json
    context = {**read["request"]["context"], **REQUEST["context"], "patientId": read["request"]["context"]["patientId"]}
    asked = {**read["request"], "hookInstance": "1", "context": context}
    cards = _answer(client, asked)["cards"]
    assert ("warning" in [card["indicator"] for card in cards]) == warned


# --- radiation --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("patient", PATIENTS)
def test_the_card_and_the_page_say_the_same_of_radiation(client: FlaskClient, patient: str) -> None:
    """The sum on record word for word; the band of the study ordered in its row."""
    request = _request(patient)
    page = _text(client.post("/sandbox/chart", json=request).json["dose"])
    for card in _answer(client, request)["cards"]:
        said = re.search(r"\*\*Radiation\*\*: (.*)", card.get("detail", ""))
        if said is None:
            continue
        on_record = re.search(r"On record: [^.]*(?:\.\d[^.]*)*\.", said[1])
        assert (on_record[0] if on_record else "No study with radiation is on record.") in page
        level = re.search(r"ACR level \S+, (.*?) mSv", said[1])
        if level is not None:
            low_high = level[1].replace(" to ", "\N{EN DASH}")
            assert re.search(rf"ordered now .*{re.escape(low_high)} mSv", page)
