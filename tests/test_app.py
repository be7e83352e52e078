"""The service put together: it starts whole or not at all, answers, and says how it is."""

import dataclasses
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy
from flask import Flask
from flask.testing import FlaskClient

from cds_service.app import create_app, criteria_url
from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Migrate, Mode, Settings, SettingsError
from cds_service.store.engines import StoreError
from cds_service.store.spans import Span
from cds_service.store.tables import consultations
from cds_service.store.upkeep import report_of
from tests.support.service import wait_for

ROOT = Path(__file__).parent.parent
REQUEST = ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json"
SELECT = "/cds-services/breast-imaging-order-select"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", max_body_bytes=1 << 20)


@pytest.fixture
def app(settings: Settings, knowledge: Knowledge) -> Iterator[Flask]:
    made = create_app(settings, knowledge=knowledge)
    yield made
    made.extensions["store"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_an_order_is_answered_and_recorded(app: Flask, client: FlaskClient, settings: Settings) -> None:
    """From the bytes of an EHR to a card, its reasoning, and a row that holds nothing of the patient."""
    answer = client.post(SELECT, data=REQUEST.read_bytes(), content_type="application/json")
    assert answer.status_code == 200
    (card,) = answer.json["cards"]
    assert card["indicator"] == "warning"
    (assessment,) = answer.json["extension"]["cds-service.assessments"]
    app.extensions["store"].close()
    (row,) = _rows(settings.store_url)
    assert row["variants"] == [variant["id"] for variant in assessment["variants"]]
    assert row["consult_id"] == assessment["consultId"]
    patient = json.loads(REQUEST.read_bytes())["context"]["patientId"]
    assert patient not in json.dumps(row, default=str)


def _rows(url: str) -> list[dict[str, object]]:
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(sqlalchemy.select(consultations)).mappings()]
    engine.dispose()
    return rows


def test_the_reasoning_can_be_left_out(settings: Settings, knowledge: Knowledge) -> None:
    """CDS_EXPLAIN=false sends the cards alone."""
    app = create_app(Settings(data_dir=settings.data_dir, explain=False), knowledge=knowledge)
    answer = app.test_client().post(SELECT, data=REQUEST.read_bytes(), content_type="application/json")
    app.extensions["store"].close()
    assert sorted(answer.json) == ["cards"]


def test_a_muted_variant_is_recorded_and_not_shown(settings: Settings, knowledge: Knowledge) -> None:
    """CDS_MUTE silences a card, not the assessment."""
    app = create_app(Settings(data_dir=settings.data_dir, mute=frozenset({"310-v2"})), knowledge=knowledge)
    answer = app.test_client().post(SELECT, data=REQUEST.read_bytes(), content_type="application/json")
    app.extensions["store"].close()
    assert answer.json["cards"] == []
    assert [row["category"] for row in _rows(settings.store_url)] == ["usually-not-appropriate"]


def test_an_ehr_finds_both_services(client: FlaskClient) -> None:
    """Discovery is at the address that CDS Hooks lays down."""
    services = client.get("/cds-services").json["services"]
    assert {service["id"]: service["hook"] for service in services} == {
        "breast-imaging-order-select": "order-select",
        "breast-imaging-order-sign": "order-sign",
    }


def test_a_body_over_the_limit_is_refused(client: FlaskClient, settings: Settings) -> None:
    """CDS_MAX_BODY_BYTES bounds what one request can cost."""
    answer = client.post(SELECT, data=b" " * (settings.max_body_bytes + 1), content_type="application/json")
    assert answer.status_code == 413


def test_the_process_says_that_it_lives(client: FlaskClient) -> None:
    """/healthz asks nothing of anything else."""
    assert client.get("/healthz").json["status"] == "ok"


def test_readiness_names_the_knowledge(client: FlaskClient) -> None:
    """An administrator sees at a glance which criteria answer."""
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["store"] == "reachable"
    assert len(answer.json["knowledge"]["hash"]) >= 12


def test_without_its_store_the_service_is_not_ready(app: Flask, client: FlaskClient, settings: Settings) -> None:
    """A balancer sends requests elsewhere; the process itself is well."""
    app.extensions["store"].close()
    shutil.rmtree(settings.data_dir)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["store"]) == (503, "unreachable")
    assert client.get("/healthz").status_code == 200


def test_the_page_shows_how_to_fire_a_request_that_exists(client: FlaskClient) -> None:
    """What a newcomer copies from the page works."""
    page = client.get("/").text
    assert "breast-imaging-order-sign" in page
    assert str(REQUEST.relative_to(ROOT)) in page


def test_a_misspelled_variant_refuses_to_start(settings: Settings, knowledge: Knowledge) -> None:
    """A card that somebody thinks is muted would go on being shown."""
    with pytest.raises(SettingsError, match=r"^CDS_MUTE: the knowledge has no variant 310-v77$"):
        create_app(Settings(data_dir=settings.data_dir, mute=frozenset({"310-v2", "310-v77"})), knowledge=knowledge)


def test_faulty_knowledge_refuses_to_start(settings: Settings, tmp_path: Path) -> None:
    """A typing error in a criterion must not fire for everyone, or for no one."""
    shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge")
    with (tmp_path / "knowledge" / "topics" / "310.yaml").open("a") as topic:
        topic.write("colour: blue\n")
    with pytest.raises(KnowledgeError, match=r"topics/310\.yaml"):
        create_app(Settings(data_dir=settings.data_dir, knowledge_dir=tmp_path / "knowledge"))


def test_a_store_that_cannot_be_opened_refuses_to_start(knowledge: Knowledge) -> None:
    """Better told at the start than found missing in the report."""
    with pytest.raises(StoreError, match="cannot open the store"):
        create_app(Settings(data_dir=Path("/proc/nowhere"), patient_hash=False), knowledge=knowledge)


def _another(body: dict[str, object], **members: object) -> bytes:
    return json.dumps({**body, "hookInstance": str(uuid4()), **members}).encode()


def test_feedback_is_matched_to_what_was_shown(app: Flask, client: FlaskClient, settings: Settings) -> None:
    """From a card over the wire, a reason over the wire, to the figures of the report."""
    (card,) = client.post(SELECT, data=REQUEST.read_bytes()).json["cards"]
    cancel = next(each for each in card["suggestions"] if each["label"].startswith("Cancel"))
    told = {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": "2026-11-20T10:05:31Z"}
    told["acceptedSuggestions"] = [{"id": cancel["uuid"]}]
    assert client.post(f"{SELECT}/feedback", json={"feedback": [told]}).status_code == 200
    app.extensions["store"].close()
    answers = report_of(settings.store_url, Span()).answers
    assert (answers.studies_avoided, answers.msv_avoided, answers.unmatched) == (1, (10.0, 30.0), 0)


def test_a_warning_overridden_with_a_reason_is_quiet_for_a_while(settings: Settings, knowledge: Knowledge) -> None:
    """For that patient, study and variant; with the real store, and over the wire."""
    now = [datetime(2026, 11, 20, 12, tzinfo=UTC)]
    quiet = replace(settings, quiet_after_override=24)
    app = create_app(quiet, knowledge=knowledge, clock=lambda: now[0])
    client, body = app.test_client(), json.loads(REQUEST.read_bytes())

    def cards(body: dict[str, object] = body) -> list[str]:
        return [each["uuid"] for each in client.post(SELECT, data=_another(body)).json["cards"]]

    (card,) = cards()
    wait_for(lambda: len(_rows(settings.store_url)) == 1)
    reason = {"reason": {"code": "expert-contradicts", "system": "x"}}
    told = {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-11-20T12:00:00Z", "overrideReason": reason}
    assert client.post(f"{SELECT}/feedback", json={"feedback": [told]}).status_code == 200
    somebody_else = json.loads(json.dumps(body).replace(body["context"]["patientId"], "somebody-else"))
    assert (cards(), len(cards(somebody_else))) == ([], 1)
    now[0] += timedelta(hours=24, seconds=1)
    assert len(cards()) == 1
    app.extensions["store"].close()
    assert [row["mode"] for row in _rows(settings.store_url)] == ["shown", "quiet", "shown", "shown"]


def test_quiet_time_needs_to_know_whose_warning_it_was(settings: Settings, knowledge: Knowledge) -> None:
    with pytest.raises(SettingsError, match=r"^CDS_QUIET_AFTER_OVERRIDE: needs the hash of the patient"):
        create_app(replace(settings, quiet_after_override=24, patient_hash=False), knowledge=knowledge)


def test_shadow_mode_answers_and_says_nothing(settings: Settings, knowledge: Knowledge) -> None:
    app = create_app(replace(settings, mode=Mode.SHADOW), knowledge=knowledge)
    client = app.test_client()
    answer = client.post(SELECT, data=REQUEST.read_bytes())
    ready = client.get("/readyz")
    app.extensions["store"].close()
    assert answer.data == b'{"cards":[]}'
    assert ready.json["mode"] == "shadow"
    assert [row["mode"] for row in _rows(settings.store_url)] == ["shadow"]


def test_what_cannot_be_recorded_costs_no_answer(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where the fault is our own: the clinician waits for the answer, not for the books."""

    def fail(*rows: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(app.extensions["store"], "record", fail)
    answer = client.post(SELECT, data=REQUEST.read_bytes())
    assert [card["indicator"] for card in answer.json["cards"]] == ["warning"]
    assert "an answer was not kept: KeyError" in caplog.text


def test_a_schema_that_is_not_ours_refuses_to_start(settings: Settings, knowledge: Knowledge) -> None:
    with pytest.raises(StoreError, match="run cds-service migrate"):
        create_app(replace(settings, migrate=Migrate.CHECK), knowledge=knowledge)


def test_cards_lead_to_the_pages_that_show_what_they_rest_on(knowledge: Knowledge) -> None:
    """The pages show one knowledge; a client's card that rests on another must not lead there."""
    public = Settings(public_url="https://cds.example/breast")
    other = dataclasses.replace(knowledge, hash="another")
    assert criteria_url(public, knowledge, shown=knowledge) == "https://cds.example/breast/criteria"
    assert criteria_url(public, other, shown=knowledge) is None
    assert criteria_url(Settings(), knowledge, shown=knowledge) is None


def _context(**members: object) -> dict[str, object]:
    """The request of the fixture, with these members of its context."""
    body = json.loads(REQUEST.read_bytes())
    return {**body, "context": {**body["context"], **members}}


def _drafts(**members: object) -> dict[str, object]:
    """Its draft orders, with these members of the one order."""
    bundle = json.loads(REQUEST.read_bytes())["context"]["draftOrders"]
    bundle["entry"][0]["resource"] |= members
    return bundle


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (_context(selections=["ServiceRequest/ORDER-1"]), "unknown-selection"),
        (_context(selections=["MedicationRequest/order-1"]), "unknown-selection"),
        (_context(selections=[""]), "unknown-selection"),
        (_context(selections=[]), "no-selections"),
        (_context(draftOrders={"resourceType": "Bundle"}), "no-drafts"),
        (
            _context(draftOrders=_drafts(resourceType="ProcedureRequest"), selections=["ProcedureRequest/order-1"]),
            "not-r4",
        ),
    ],
)
def test_a_call_that_asks_about_nothing_leaves_a_trace(
    request_: dict[str, object], why: str, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """H5, H6: its answer is right, and looks as if all were well: for every order, where an EHR is set up so."""
    answer = client.post(SELECT, json=request_)
    assert (answer.status_code, answer.json) == (200, {"cards": []})
    instance = request_["hookInstance"]
    assert f"fewer orders are asked about than may be meant: {why}; hookInstance {instance!r}" in caplog.messages
    assert f'cds_calls_unasked_total{{reason="{why}"}} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize("kind", ["ServiceRequest", "MedicationRequest"])
def test_a_call_about_its_own_drafts_leaves_none(
    kind: str, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither an order that is assessed nor one that is none of ours is a sign of anything."""
    order = _drafts(resourceType=kind)
    answer = client.post(SELECT, json=_context(draftOrders=order, selections=[f"{kind}/order-1"]))
    assert answer.status_code == 200
    assert "cds_calls_unasked_total{" not in client.get("/metrics").text
    assert not [each for each in caplog.messages if "fewer orders" in each]
