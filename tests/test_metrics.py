"""What is counted, cheaply and by all processes together, and how Prometheus reads it."""

import json
import multiprocessing
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from cds_service import metrics
from cds_service.app import create_app
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.metrics import CALL_SECONDS, CALLS, UNMAPPED, Meter
from cds_service.settings import Mode, Settings
from cds_service.web.metrics import make_metrics
from tests.support.service import ROOT, SELECT, Service

REQUEST = ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json"


# --- counting ---------------------------------------------------------------------------------------------------------
@pytest.fixture(params=["alone", "together"])
def meter(request: pytest.FixtureRequest, tmp_path: Path) -> Meter:
    return Meter(tmp_path if request.param == "together" else None)


def test_what_is_counted_adds_up_by_its_labels(meter: Meter) -> None:
    meter.add(CALLS, "a", "b", "200")
    meter.add(CALLS, "a", "b", "200", by=2)
    meter.add(CALLS, "a", "b", "500")
    assert meter.totals() == {(CALLS, ("a", "b", "200")): (3.0,), (CALLS, ("a", "b", "500")): (1.0,)}


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [(0.0, 0), (0.0005, 0), (0.00051, 1), (5.0, 14), (5.01, 15)],
)
def test_a_duration_falls_into_the_bucket_that_it_does_not_exceed(meter: Meter, seconds: float, bucket: int) -> None:
    """`le`: at most; the last bucket has no bound."""
    meter.observe(CALL_SECONDS, "a", seconds=seconds)
    total, *buckets = meter.totals()[CALL_SECONDS, ("a",)]
    assert total == seconds
    assert [index for index, count in enumerate(buckets) if count] == [bucket]


def _count(directory: Path) -> None:
    meter = Meter(directory)
    for _ in range(1000):
        meter.add(CALLS, "a", "b", "200")
        meter.observe(CALL_SECONDS, "a", seconds=0.001)


def test_processes_count_together_also_those_that_are_gone(tmp_path: Path) -> None:
    """Whichever server process Prometheus happens to ask."""
    fork = multiprocessing.get_context("fork")
    counting = [fork.Process(target=_count, args=(tmp_path,)) for _ in range(3)]
    for each in counting:
        each.start()
    for each in counting:
        each.join()
    totals = Meter(tmp_path).totals()
    assert totals[CALLS, ("a", "b", "200")] == (3000.0,)
    assert sum(totals[CALL_SECONDS, ("a",)][1:]) == 3000.0


def test_there_is_an_end_to_what_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The memory is bounded, and no answer fails because it cannot be counted; the log says so once."""
    monkeypatch.setattr(metrics, "CELLS", 2)
    meter = Meter(tmp_path)
    for status in ("200", "404", "500", "500"):
        meter.add(CALLS, "a", "b", status)
    meter.observe(CALL_SECONDS, "a", seconds=1)
    assert meter.totals() == {(CALLS, ("a", "b", "200")): (1.0,), (CALLS, ("a", "b", "404")): (1.0,)}
    assert [record.args[0] for record in caplog.records] == ["cds_calls", "cds_call_seconds"]


def test_a_directory_that_is_gone_costs_no_answer(tmp_path: Path) -> None:
    """Somebody cleans /tmp; what was counted under a new name is then seen by this process alone."""
    folder = tmp_path / "metrics"
    folder.mkdir()
    meter = Meter(folder)
    meter.add(CALLS, "a", "b", "200")
    shutil.rmtree(folder)
    meter.add(CALLS, "a", "b", "404")
    assert meter.totals() == {}


def test_a_line_cut_short_is_passed_over(tmp_path: Path) -> None:
    """As a full disk leaves it; the other counts are read all the same."""
    meter = Meter(tmp_path)
    meter.add(CALLS, "a", "b", "200")
    (keys,) = tmp_path.glob("*.keys")
    with keys.open("a") as opened:
        opened.write('[1, "cds_ca\n[5')
    assert meter.totals() == {(CALLS, ("a", "b", "200")): (1.0,)}


# --- as Prometheus reads it -------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


@pytest.fixture
def app(tmp_path: Path, knowledge: Knowledge) -> Iterator[Flask]:
    made = create_app(Settings(data_dir=tmp_path), knowledge=knowledge)
    yield made
    made.extensions["store"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(text: str, name: str, **labels: str) -> float:
    return samples(text).get((name, frozenset(labels.items())), 0.0)


def order(client: FlaskClient, body: bytes | None = None) -> None:
    client.post(f"/cds-services/{SELECT}", data=body or REQUEST.read_bytes())


def test_an_order_is_counted_by_call_outcome_variant_card_and_stage(client: FlaskClient) -> None:
    order(client)
    text = client.get("/metrics").text
    usually_not = "usually-not-appropriate"
    assert value(text, "cds_calls_total", service=SELECT, client="default", status="200") == 1
    assert value(text, "cds_assessments_total", outcome="rated", category=usually_not) == 1
    assert value(text, "cds_variants_total", variant="310-v2", category=usually_not) == 1
    assert value(text, "cds_cards_total", kind="warning", mode="shown") == 1
    assert value(text, "cds_call_seconds_count", service=SELECT) == 1
    for stage in ("decode", "facts", "assess", "cards"):
        assert value(text, "cds_stage_seconds_count", stage=stage) == 1
        assert value(text, "cds_stage_seconds_bucket", stage=stage, le="+Inf") == 1
        assert value(text, "cds_stage_seconds_sum", stage=stage) > 0


def test_a_refused_call_is_counted_too(client: FlaskClient) -> None:
    order(client, b"{")
    client.post("/cds-services/made-up-by-the-caller")
    text = client.get("/metrics").text
    assert value(text, "cds_calls_total", service=SELECT, client="default", status="400") == 1
    assert value(text, "cds_calls_total", service="unknown", client="default", status="404") == 1
    assert "made-up-by-the-caller" not in text


def test_a_part_of_the_record_that_could_not_be_read_is_counted(client: FlaskClient) -> None:
    outcome = b'{"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}'
    body = REQUEST.read_bytes()
    start = body.index(b'"prefetch"')
    order(client, body[:start] + b'"prefetch": {"conditions": ' + outcome + b"}}")
    assert value(client.get("/metrics").text, "cds_fhir_failures_total", kind="prefetch-error") == 1


def test_feedback_is_counted_with_its_reasons(client: FlaskClient) -> None:
    """A reason of the client's own is counted as such: its code may be anything."""
    for reason in (
        {"reason": {"code": "patient-refuses"}},
        {"reason": {"code": "expert-contradicts"}},
        {"reason": {"code": "Jane Roe"}},
        {"userComment": "Jane Roe"},
        {},
    ):
        told = {
            "card": "x",
            "outcome": "overridden",
            "outcomeTimestamp": "2026-11-20T10:05:31Z",
            "overrideReason": reason,
        }
        client.post(f"/cds-services/{SELECT}/feedback", json={"feedback": [told]})
    text = client.get("/metrics").text
    assert value(text, "cds_feedback_total", outcome="overridden") == 5
    reasons = {"expert-contradicts": 1, "other": 2, "in-words": 1, "none": 1}
    assert {reason: value(text, "cds_overrides_total", reason=reason) for reason in reasons} == reasons
    assert "Roe" not in text


def unknown_order(**code: Any) -> bytes:
    draft = {"resourceType": "ServiceRequest", "id": "x", "status": "draft", "intent": "order", **code}
    context = {"userId": "Practitioner/x", "patientId": "p", "selections": ["ServiceRequest/x"]}
    context["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": draft}]}
    return json.dumps({"hook": "order-select", "hookInstance": "1", "context": context}).encode()


def test_codes_that_map_to_nothing_are_counted_and_no_words(client: FlaskClient) -> None:
    order(client, unknown_order(code={"coding": [{"system": "urn:site", "code": "MAMMO-7", "display": "Jane Roe"}]}))
    order(client, unknown_order(code={"coding": [{"system": "urn:site", "code": "Jane Roe"}]}))
    order(client, unknown_order(code={"coding": [{"system": "Jane Roe", "code": "1"}]}))
    order(client, unknown_order(code={"text": "Jane Roe"}))
    text = client.get("/metrics").text
    assert value(text, "cds_unmapped_codes_total", system="urn:site", code="MAMMO-7") == 1
    assert value(text, "cds_unmapped_codes_total", system="urn:site", code="(free text)") == 1
    assert value(text, "cds_unmapped_codes_total", system="(no URI)", code="1") == 1
    assert value(text, "cds_unmapped_codes_total", system="(no system)", code="(no code)") == 1
    assert "Roe" not in text


def test_unmapped_codes_are_bounded(client: FlaskClient) -> None:
    """A client that sends a new code with every order makes no new time series with each."""
    for number in range(105):
        order(client, unknown_order(code={"coding": [{"system": "urn:site", "code": str(number)}]}))
    text = client.get("/metrics").text
    assert value(text, "cds_unmapped_codes_total", system="other", code="other") == 5
    assert sum(1 for name, _ in samples(text) if name == "cds_unmapped_codes_total") == 101


def test_what_runs_is_told(client: FlaskClient, knowledge: Knowledge) -> None:
    told = [dict(labels) for name, labels in samples(client.get("/metrics").text) if name == "cds_service_info"]
    assert [(each["knowledge"], each["mode"]) for each in told] == [(knowledge.hash, "live")]


def test_labels_cannot_break_a_line(knowledge: Knowledge) -> None:
    """The exposition is lines, and a label in it may be what a client sent."""
    meter, app = Meter(), Flask("alone")
    meter.add(UNMAPPED, 'a"b\nc\\d', "x")
    app.register_blueprint(make_metrics(meter, knowledge, Mode.LIVE))
    assert value(app.test_client().get("/metrics").text, "cds_unmapped_codes_total", system='a"b\nc\\d', code="x") == 1


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Bearer " + "t" * 32, 200),
        ("bearer " + "t" * 32, 200),  # the scheme is read in any case (RFC 9110 §11.1)
        (None, 401),
        ("Bearer", 401),
        ("Bearer " + "t" * 31, 401),
        ("Bearer " + "t" * 33, 401),
        ("Bearer \u00fc", 401),
        ("Basic " + "t" * 32, 401),
    ],
)
def test_where_a_token_is_set_nobody_reads_without_it(knowledge: Knowledge, header: str | None, status: int) -> None:
    """As Prometheus brings it (`authorization` in its scrape_config)."""
    app = Flask("alone")
    app.register_blueprint(make_metrics(Meter(), knowledge, Mode.LIVE, token="t" * 32))
    found = app.test_client().get("/metrics", headers={} if header is None else {"Authorization": header})
    assert found.status_code == status
    assert (b"cds_service_info" in found.data) is (status == 200)
    assert found.headers.get("WWW-Authenticate") == (None if status == 200 else "Bearer")


def test_all_workers_of_a_running_service_answer_alike(tmp_path: Path) -> None:
    """Prometheus reaches one of them; what it reads is what all counted."""
    with Service(tmp_path, workers=2) as service:
        for _ in range(12):
            assert service.order().status_code == 200
        for _ in range(6):
            text = requests.get(f"{service.url}/metrics", timeout=10).text
            assert value(text, "cds_calls_total", service=SELECT, client="default", status="200") == 12
        service.stop()
        assert list(tmp_path.glob("metrics-*")) == []


def test_a_killed_service_leaves_nothing_that_is_counted_again(tmp_path: Path) -> None:
    """A restart counts from nothing, as Prometheus expects of one, and the old files go."""
    with Service(tmp_path) as service:
        assert service.order().status_code == 200
        service.kill()
    with Service(tmp_path, port=service.port) as again:
        text = requests.get(f"{again.url}/metrics", timeout=10).text
        assert value(text, "cds_calls_total", service=SELECT, client="default", status="200") == 0
        (folder,) = tmp_path.glob("metrics-*")
        assert len(list(folder.glob("*.cells"))) == 1
        again.stop()


def test_a_full_disk_keeps_nobody_from_counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then each process counts for itself alone."""

    def full(self: Path, *arguments: Any, **more: Any) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", full)
        meter = Meter(tmp_path)
        meter.add(CALLS, "a", "b", "200")
    assert meter.totals() == {(CALLS, ("a", "b", "200")): (1.0,)}
