"""What is shown of a note, a plan or an order that tells more than is coded: its words, where it stands, its day."""

import base64
from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.model import Evidence, Facts
from cds_service.facts.source import Source
from cds_service.facts.told_in_notes import advanced_in_notes, positive_nodes_written, therapy_begun
from cds_service.fhir.resources import Annotation, Attachment, CarePlan, Resource, ServiceRequest
from tests.support.resources import ago, cancer, observation, order, report

FactsOf = Callable[..., Facts]
SourceOf = Callable[..., Source]

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


def planned(said: str, *, status: str = "active") -> CarePlan:
    return CarePlan(id="plan", status=status, intent="plan", created=ago(10), description=said)


def in_file(said: str, name: str = "Progress note") -> Resource:
    data = base64.b64encode(said.encode()).decode()
    return report(name, days=9, id="note", presented_form=(Attachment(content_type="text/plain", data=data),))


@pytest.mark.parametrize(
    ("said", "taken", "why"),
    [
        ("cT1 N1mi.", True, "a micrometastasis is one (stage IB at least)"),
        ("cT2 cN1, BCS if she responds.", True, "what depends on it comes after"),
        ("Radiotherapy if pT2 pN1.", False, "what may come of the operation"),
        ("SLNB 2/14.", True, "two of those taken out"),
        ("SLN 0/3.", False, "none of them"),
        ("Palpable left axillary node.", True, "it is felt"),
        ("No palpable axillary node.", False, "it is not"),
        ("Normal axillary nodes.", False, "nothing is wrong with them"),
        ("No positive nodes.", False, "denied"),
        ("If palpable node, FNA.", False, "a plan for either case"),
        ("SLN+. No supraclavicular nodes.", True, "whatever the next sentence denies"),
    ],
)
def test_what_says_that_a_node_is_taken(said: str, taken: bool, why: str, source_of: SourceOf) -> None:
    for told in (planned(said), report("Consult note", conclusion=said), in_file(said)):
        assert bool(positive_nodes_written(source_of(cancer(), told))) is taken, why
    assert bool(positive_nodes_written(source_of(cancer(), draft=order("cpt:78815", said)))) is taken, why


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (report("US left axilla", conclusion="Multiple axillary nodes with fatty hila."), "as a report of the breast"),
        (in_file("Patient teaching. SLN+ means a node is taken.", "US left axilla"), "likewise, and its file with it"),
        (planned("SLN+.", status="revoked"), "the plan was withdrawn"),
        (report("Consult note", conclusion="SLN+.", days=500), "of years ago: what came of it is on record"),
    ],
)
def test_what_is_read_elsewhere_or_not_at_all(told: Resource, why: str, source_of: SourceOf) -> None:
    assert not positive_nodes_written(source_of(cancer(), told)), why


def test_a_note_of_no_day_may_be_of_today(source_of: SourceOf) -> None:
    assert positive_nodes_written(source_of(cancer(), report("Consult note", conclusion="SLN+.", days=None)))


def test_a_plan_that_calls_the_cancer_advanced(source_of: SourceOf) -> None:
    assert advanced_in_notes(source_of(cancer(), planned("Locally advanced breast cancer.")))
    assert not advanced_in_notes(source_of(cancer(), planned("Early breast cancer.")))


@pytest.mark.parametrize(
    ("said", "begun", "why"),
    [
        ("AC cycle 2 given.", True, "a cycle"),
        ("Pathology: ypT2.", True, "the operation came after therapy"),
        ("ypT1c ypN0, RT if margins close.", True, "whatever depends on something"),
        ("cT1c cN0.", False, "before any"),
        ("cT2, then ypT1c.", True, "both are written out"),
        ("If ypT1 ypN0, no radiotherapy.", False, "what may come of it"),
        ("Lumpectomy in two weeks.", False, "no therapy"),
    ],
)
def test_therapy_that_a_note_or_a_plan_tells_of(said: str, begun: bool, why: str, source_of: SourceOf) -> None:
    for told in (planned(said), in_file(said)):
        assert bool(therapy_begun(source_of(cancer(), told))) is begun, why
