"""What is shown of a note, a plan or an order that tells more than is coded: its words, where it stands, its day."""

from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.model import Evidence, Facts
from cds_service.fhir.resources import Annotation, CarePlan, Resource, ServiceRequest
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
