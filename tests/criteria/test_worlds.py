"""Which patients a record leaves possible: T, N, stage, phase and what is felt must be true of one body."""

import pytest

from cds_service.criteria.conditions import Values
from cds_service.criteria.worlds import plan, told, worlds
from cds_service.facts.model import Fact, Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.knowledge.model import Knowledge

PET, US = "fdg-pet-ct", "us-axilla"
NOT_RECORDED = Unknown(UnknownReason.NOT_RECORDED)


def _left(name: str, study: str, question: str, facts: Facts, knowledge: Knowledge) -> set[str]:
    """The values of a fact that some patient may have."""
    found = [world.settled.get(name) for world in worlds(plan(study, question, knowledge), facts)]
    return {value for cell in found if isinstance(cell, Values) for value in cell.values}


@pytest.mark.parametrize(
    ("change", "stages", "why"),
    [
        ({"stage_group": OneOf(("IIA", "IIB")), "clinical_t": Known("T2")}, {"IIA"}, "T2 N0"),
        ({"stage_group": OneOf(("0", "IA"))}, {"IA"}, "no stage 0 of an invasive cancer"),
        ({"stage_group": OneOf(("IA", "IV"))}, {"IA"}, "no stage IV without metastasis"),
    ],
)
def test_stages_that_are_possible(
    change: dict[str, Fact], stages: set[str], why: str, early: Facts, knowledge: Knowledge
) -> None:
    assert _left("stage-group", PET, "distant", early.with_facts(**change), knowledge) == stages, why


@pytest.mark.parametrize(
    ("stage", "phases", "why"),
    [("IV", {"metastatic"}, "stage IV has spread, whatever T and N"), ("IA", {"new", "metastatic"}, "at diagnosis")],
)
def test_phases_that_are_possible(stage: str, phases: set[str], why: str, early: Facts, knowledge: Knowledge) -> None:
    facts = early.with_facts(disease_phase=OneOf(("new", "metastatic")), stage_group=Known(stage))
    assert _left("disease-phase", PET, "distant", facts, knowledge) == phases, why


@pytest.mark.parametrize(
    ("stage", "t", "cancers", "why"),
    [("0", "Tis", {"in-situ"}, "stage 0 is DCIS"), ("IA", "T1", {"invasive", "in-situ"}, "a stage of either")],
)
def test_cancers_that_are_possible(
    stage: str, t: str, cancers: set[str], why: str, early: Facts, knowledge: Knowledge
) -> None:
    """Criteria on local recurrence, which do not ask the stage."""
    facts = early.with_facts(cancer=OneOf(("invasive", "in-situ")), stage_group=Known(stage), clinical_t=Known(t))
    followed = facts.with_facts(disease_phase=Known("surveillance"))
    assert _left("cancer", "mammography-diagnostic", "local-recurrence", followed, knowledge) == cancers, why


def test_a_node_negative_axilla_has_no_palpable_node(early: Facts, knowledge: Knowledge) -> None:
    facts = early.with_facts(clinical_n=Known("N0"), node_palpable=NOT_RECORDED)
    assert _left("node-palpable", US, "axilla", facts, knowledge) == {"no"}


@pytest.mark.parametrize(
    ("size", "alike", "why"),
    [(12.0, True, "no criterion cuts between them"), (20.0, True, "2.0 cm is 2 cm or less"), (20.1, False, "above")],
)
def test_sizes_that_no_criterion_tells_apart_are_alike(
    size: float, alike: bool, why: str, early: Facts, knowledge: Knowledge
) -> None:
    """So that one rating, kept, does for both."""
    small = told(plan(US, "axilla", knowledge), early.with_facts(tumor_size_mm=Known(15.0)))
    other = told(plan(US, "axilla", knowledge), early.with_facts(tumor_size_mm=Known(size)))
    assert (other == small) is alike, why
