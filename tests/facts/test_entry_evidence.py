"""What an entry of the problem list rests on, beside its name: evidence, assessment, onset, place, what it contains
(facts A5: any symptom or finding turns S4 and S5 off; nobody says there what it means for the cancer)."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from cds_service.facts.model import Facts
from cds_service.fhir.resources import (
    Annotation,
    CodeableConcept,
    Condition,
    ConditionEvidence,
    ConditionStage,
    ContainedResource,
    Reference,
)
from tests.support.resources import ago, cancer, concept, condition

FactsOf = Callable[..., Facts]

OF_CANCER, OF_ENTRY = "evidence of the cancer", "evidence of an entry"


def told(facts: Facts) -> set[tuple[str, tuple[str, ...], str | None]]:
    shown = facts["metastasis-suspected"].evidence
    return {(each.value, each.resources, each.date) for each in shown if each.value in (OF_CANCER, OF_ENTRY)}


def resting(entry: Condition, **more: Any) -> Condition:
    return msgspec.structs.replace(entry, **more)


def code(*texts: str) -> dict[str, Any]:
    return {"evidence": tuple(ConditionEvidence(code=(concept(text=text),)) for text in texts)}


def detail(display: str | None, reference: str | None = None) -> dict[str, Any]:
    return {"evidence": (ConditionEvidence(detail=(Reference(display=display, reference=reference),)),)}


def inside(**more: Any) -> dict[str, Any]:
    return {"contained": (ContainedResource(resource_type="Observation", **more),)}


@pytest.mark.parametrize(
    ("more", "tells", "why"),
    [
        (code("Bone pain"), True, "a symptom"),
        (code("Breast lump", "Bone pain"), True, "one of two"),
        (code("Palpable breast lump"), False, "how it was found"),
        (code("No bone pain"), False, "denied"),
        ({"evidence": (ConditionEvidence(code=(concept("icd:M89.8X9"),)),)}, True, "a symptom by its code"),
        ({"evidence": (ConditionEvidence(code=(concept("icd:C83.30"),)),)}, True, "another cancer by its code"),
        (code("Lymphoma of the neck"), True, "another cancer in words"),
        (code("Stage IIIB, T4bN1"), True, "an advanced stage"),
        (code("Stage IIA, T2N0"), False, "an early stage"),
        (detail("Back pain"), True, "what a reference is called"),
        (detail("Back pain", "Observation/9"), True, "likewise, of what is not on the problem list"),
        (detail("Back pain", "Condition/listed"), False, "that says itself what it is"),
        (detail("Screening mammogram"), False, "how it was found"),
        (
            {"stage": (ConditionStage(assessment=(Reference(display="CT: liver lesions"),)),)},
            True,
            "by what it was staged",
        ),
        ({"stage": (ConditionStage(assessment=(Reference(display="Sentinel node biopsy"),)),)}, False, "no finding"),
        ({"onset_string": "With back pain in May"}, True, "how it began"),
        ({"onset_string": "In May"}, False, "when it began"),
        ({"abatement_string": "Until bone pain began"}, True, "how it ended"),
        (inside(code=concept(text="Bone pain")), True, "what it holds itself"),
        (inside(value_codeable_concept=concept(text="Liver metastases")), True, "as a value"),
        (inside(conclusion_code=(concept(text="Liver metastases"),)), True, "as a conclusion"),
        (inside(value_string="Liver lesion"), True, "in words"),
        (inside(conclusion="Lytic lesion of a rib"), True, "likewise"),
        (inside(note=(Annotation("New back pain"),)), True, "in a note"),
        (inside(code=concept(text="Height")), False, "no finding"),
        ({"body_site": (concept(text="Liver"),)}, True, "where only a metastasis of it can be"),
        ({"body_site": (concept(text="Left breast"), concept(text="Lumbar spine"))}, True, "one of two places"),
        ({"body_site": (concept(text="Left breast"),)}, False, "where it is"),
        ({"severity": concept(text="Moderate")}, False, "how grave it is"),
    ],
)
def test_what_a_cancer_rests_on(more: dict[str, Any], tells: bool, why: str, facts_of: FactsOf) -> None:
    listed = condition("icd:M54.50", id="listed", onset="2015-01-01", clinical="resolved")
    found = told(facts_of(resting(cancer(days=30), **more), listed))
    assert found == ({(OF_CANCER, ("Condition/cancer",), ago(30))} if tells else set()), why


def entry(days: int | None = 30, **more: Any) -> Condition:
    given = {key: more.pop(key) for key in ("clinical",) if key in more}
    made = condition("icd:I10", id="entry", onset=ago(days) if days is not None else None, **given)
    return resting(made, **more)


@pytest.mark.parametrize(
    ("other", "tells", "why"),
    [
        (entry(**code("Bone pain")), True, "a symptom of these days"),
        (entry(119, **code("Bone pain")), True, "as old as a work-up gets"),
        (entry(120, **code("Bone pain")), False, "as old as the entry"),
        (entry(None, **code("Bone pain")), True, "of no day"),
        (entry(120, **code("New bone pain")), True, "called new"),
        (entry(120, **code("Worsening bone pain")), True, "called worse"),
        (entry(120, **code("Lymphoma")), True, "another cancer stays one"),
        (entry(120, evidence=(ConditionEvidence(code=(concept("icd:C83.30"),)),)), True, "likewise, by its code"),
        (entry(30, clinical="resolved", **code("Bone pain")), False, "over"),
        (entry(**code("High readings")), False, "what it is"),
        (entry(body_site=(concept(text="Liver"),)), False, "another disease may be anywhere"),
        (entry(), False, "nothing"),
    ],
)
def test_what_another_disease_rests_on(other: Condition, tells: bool, why: str, facts_of: FactsOf) -> None:
    found = told(facts_of(cancer(), other))
    assert {(value, resources) for value, resources, _ in found} == (
        {(OF_ENTRY, ("Condition/entry",))} if tells else set()
    ), why


def test_evidence_of_no_day_has_none(facts_of: FactsOf) -> None:
    assert told(facts_of(cancer(), entry(None, **code("Bone pain")))) == {(OF_ENTRY, ("Condition/entry",), None)}


def test_each_entry_is_read(facts_of: FactsOf) -> None:
    """One without anything beside its name hides none that follows."""
    plain = CodeableConcept(text="Hypertension")
    first = Condition(id="first", code=plain)
    assert told(facts_of(cancer(), first, entry(**code("Bone pain")))) == {(OF_ENTRY, ("Condition/entry",), ago(30))}
