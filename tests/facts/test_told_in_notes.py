"""What is shown of a note, a plan or an order that tells more than is coded: its words, where it stands, its day."""

import base64
from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.model import Evidence, Facts
from cds_service.fhir.resources import Annotation, Attachment, CarePlan, Resource, ServiceRequest
from tests.support.resources import ago, cancer, observation, order, report

FactsOf = Callable[..., Facts]

IIA = observation("loinc:21908-9", "sct:261614003")
LESION = CarePlan(id="plan", status="active", intent="plan", created=ago(10), description="MRI liver for lesion")
NODE = CarePlan(id="plan", status="active", intent="plan", created=ago(10), description="cT2 cN1")


def _shown(fact: object) -> set[tuple[str, tuple[str, ...], str | None]]:
    evidence: tuple[Evidence, ...] = getattr(fact, "evidence", ())
    return {(each.value, each.resources, each.date) for each in evidence}


def test_a_finding_in_a_plan(facts_of: FactsOf) -> None:
    fact = facts_of(cancer(), LESION)["metastasis-suspected"]
    assert _shown(fact) == {("finding in a care plan", ("CarePlan/plan",), None)}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (NODE, ("written in a note or a plan", ("CarePlan/plan",), None)),
        (
            report("Consult note", conclusion="cT2 cN1.", days=9, id="note"),
            ("written in a note or a plan", ("DiagnosticReport/note",), ago(9)),
        ),
    ],
)
def test_a_node_in_a_plan_or_a_note(
    told: Resource, expected: tuple[str, tuple[str, ...], str | None], facts_of: FactsOf
) -> None:
    assert expected in _shown(facts_of(cancer(), IIA, told)["stage-group"])


@pytest.mark.parametrize(
    "draft",
    [
        order("cpt:78815", "Staging, SLN+", id="o1"),
        msgspec.structs.replace(order("cpt:78815", id="o1"), note=(Annotation(text="SLN+"), Annotation())),
    ],
    ids=["as its reason", "in a note on it"],
)
def test_a_node_on_the_order(draft: ServiceRequest, facts_of: FactsOf) -> None:
    shown = _shown(facts_of(cancer(), IIA, draft=draft)["stage-group"])
    assert ("written on the order", ("ServiceRequest/o1",), None) in shown


@pytest.mark.parametrize(
    ("said", "more", "why"),
    [
        ("Lumpectomy planned. T3.", True, "one sentence is enough"),
        ("Check thyroid T4 in six weeks.", False, "a hormone"),
        ("Lumpectomy and ALND.", True, "the axilla is dissected where nodes are positive"),
        ("Lumpectomy and dissection of the axilla.", True, "in full"),
        ("Lumpectomy and SLNB.", False, "which every patient has"),
    ],
)
def test_a_plan_for_more_than_its_stage(said: str, more: bool, why: str, facts_of: FactsOf) -> None:
    plan = CarePlan(id="plan", status="active", intent="plan", created=ago(10), description=said)
    shown = _shown(facts_of(cancer(), IIA, plan)["stage-group"])
    assert any("CarePlan/plan" in resources for _, resources, _ in shown) is more, why


@pytest.mark.parametrize(
    ("said", "more", "why"),
    [
        ("Tumour locally advanced.", True, "it calls the cancer so"),
        ("Tumor measures 62 mm.", True, "T3"),
        ("Wound measures 62 mm.", False, "no length of the cancer"),
    ],
)
def test_a_note_in_a_file_on_the_size(said: str, more: bool, why: str, facts_of: FactsOf) -> None:
    data = base64.b64encode(said.encode()).decode()
    files = (Attachment(content_type="text/plain", data=data),)
    note = report("Progress note", days=9, id="note", presented_form=files)
    shown = _shown(facts_of(cancer(), IIA, note)["stage-group"])
    assert any("DiagnosticReport/note" in resources for _, resources, _ in shown) is more, why
