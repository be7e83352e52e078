"""Profiles, clients and PAMA ratings through the whole service (cds-hooks.md 2.3, 3.3, 5.1; D9)."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Profile, Settings, SettingsError

ROOT = Path(__file__).parent.parent
SELECT = "/cds-services/breast-imaging-order-select"
STAGING = ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json"
FIXTURES = sorted(path.parent.name for path in (ROOT / "fixtures").glob("*/request.json"))

Start = Callable[..., FlaskClient]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


@pytest.fixture
def start(knowledge: Knowledge, tmp_path: Path) -> Iterator[Start]:
    """The service with these settings."""
    stores = []

    def started(**settings: Any) -> FlaskClient:
        app = create_app(Settings(data_dir=tmp_path, **settings), knowledge=knowledge)
        stores.append(app.extensions["store"])
        return app.test_client()

    yield started
    for store in stores:
        store.close()


def fire(client: FlaskClient, request: Path = STAGING) -> dict[str, Any]:
    body = request.read_bytes()
    answer = client.post(f"/cds-services/breast-imaging-{json.loads(body)['hook']}", data=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


PAMA = {"pama": True, "pama_identifier": "G0000"}


def test_1_13_no_system_action_without_being_asked_for(start: Start) -> None:
    """1.13: they act behind the clinician's back, so only where they were agreed."""
    assert "systemActions" not in fire(start())


def test_2_3_a_rating_goes_to_the_top_of_the_answer(start: Start) -> None:
    """2.3: where CDS Hooks 2.0 has it, and only there."""
    answer = fire(start(**PAMA))
    assert [each["type"] for each in answer["systemActions"]] == ["update"]
    assert "systemActions" not in answer["extension"]


def test_the_sandbox_finds_the_rating_where_it_looks(start: Start) -> None:
    """Q1: it reads `extension.systemActions` alone."""
    answer = fire(start(profile=Profile.SANDBOX, **PAMA))
    assert answer["extension"]["systemActions"] == answer["systemActions"]


def test_the_sandbox_gets_no_mechanism_that_nobody_configured(start: Start) -> None:
    """2.1: we are not qualified by the CMS; without an identifier a rating names no mechanism."""
    (card,) = fire(start(profile=Profile.SANDBOX))["cards"]
    urls = [each["url"] for each in card["suggestions"][0]["actions"][0]["resource"]["extension"]]
    assert not any(url.endswith("qcdsm-consulted") for url in urls)


@pytest.mark.parametrize("profile", [Profile.SANDBOX, Profile.EPIC])
def test_every_scenario_says_the_same_to_every_client(start: Start, profile: Profile) -> None:
    """The output guard accepts each of them, and verdicts do not depend on who asks."""
    usual, other = start(), start(profile=profile, **PAMA)
    for name in FIXTURES:
        request = ROOT / "fixtures" / name / "request.json"
        expected, found = fire(usual, request), fire(other, request)
        told = [(each["summary"], each["indicator"], each["uuid"]) for each in found["cards"]]
        assert told == [(each["summary"], each["indicator"], each["uuid"]) for each in expected["cards"]], name


@pytest.mark.parametrize("profile", Profile)
def test_a_repeated_call_gives_the_same_bytes(start: Start, profile: Profile) -> None:
    client, body = start(profile=profile, **PAMA), STAGING.read_bytes()
    assert client.post(SELECT, data=body).data == client.post(SELECT, data=body).data


def test_what_the_sandbox_applies_can_be_shown_by_it(start: Start) -> None:
    """Q4: its list shows `code.coding[0].display` and `reasonCode[].coding[0]`, and breaks without them."""
    client = start(profile=Profile.SANDBOX)
    for name in FIXTURES:
        request = ROOT / "fixtures" / name / "request.json"
        for card in fire(client, request)["cards"]:
            for action in (action for each in card.get("suggestions", []) for action in each["actions"]):
                assert action["resource"]["code"]["coding"][0]["display"]
                assert any(reason.get("coding") for reason in action["resource"]["reasonCode"])


def test_d9_services_of_one_id_are_told_apart_by_their_hook(start: Start) -> None:
    """The same id on both hooks says: what is said at signing replaces what was said at ordering."""
    client = start(one_service_id=True)
    services = client.get("/cds-services").json["services"]
    assert [(each["id"], each["hook"]) for each in services] == [
        ("breast-imaging", "order-select"),
        ("breast-imaging", "order-sign"),
    ]
    body = json.loads(STAGING.read_bytes())
    assert client.post("/cds-services/breast-imaging", json=body).json["cards"]
    body["hook"] = "order-sign"
    del body["context"]["selections"]
    assert client.post("/cds-services/breast-imaging", json=body).json["cards"]
    body["hook"] = "patient-view"
    assert client.post("/cds-services/breast-imaging", json=body).status_code == 400
    assert client.post(SELECT, json=body).status_code == 404


def test_a_clients_unknown_study_refuses_to_start(start: Start, tmp_path: Path) -> None:
    """An order item for a study nobody knows would never be used."""
    file = tmp_path / "clients.yaml"
    file.write_text("clients: [{name: a, preference-list: {us-axila: '1'}}]", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^CDS_CLIENTS: a: the knowledge has no study us-axila$"):
        start(clients=file)


PUBLIC = "https://cds.example/breast"


def test_every_link_of_a_card_into_the_criteria_leads_to_a_page(start: Start) -> None:
    """The address in a card is opened weeks later, by somebody who wants to know why."""
    client = start(public_url=PUBLIC)
    linked = {
        link["url"]
        for name in FIXTURES
        for card in fire(client, ROOT / "fixtures" / name / "request.json")["cards"]
        for link in card.get("links", [])
        if link["url"].startswith(PUBLIC)
    }
    assert len(linked) > 10
    for url in linked:
        assert client.get(url.removeprefix(PUBLIC)).status_code == 200, url
