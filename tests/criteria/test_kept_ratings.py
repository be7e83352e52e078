"""Ratings are kept from patient to patient; that must never show."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.criteria.matching import MOST_KEPT, rate
from cds_service.criteria.worlds import plan
from cds_service.facts.model import Fact, Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.facts.vocabulary import QUESTIONS, VOCABULARY
from cds_service.knowledge.model import Knowledge

STUDIES = ("fdg-pet-ct", "us-axilla", "mammography-diagnostic", "core-biopsy-axillary-node")
READ = (
    *("cancer", "disease-phase", "clinical-t", "clinical-n", "stage-group", "tumor-size-mm", "metastasis-suspected"),
    *("sex", "her2", "inflammatory", "laterality", "order-laterality", "breast-surgery", "local-recurrence"),
    *("node-palpable", "node-suspicious-on-imaging", "node-metastasis-proven", "axilla-imaged", "axillary-lump"),
)


@st.composite
def changes(draw: st.DrawFn, most: int) -> dict[str, Fact]:
    """Other facts: known, assumed, one of several, unknown for any reason, possible in one patient or not."""
    names = draw(st.lists(st.sampled_from(READ), min_size=1, max_size=most, unique=True))
    return {name: draw(_fact(name)) for name in names}


def _fact(name: str) -> st.SearchStrategy[Fact]:
    unknown = st.sampled_from(UnknownReason).map(Unknown)
    assumed = st.sampled_from([None, "assumed"])
    if VOCABULARY[name].is_number:
        return unknown | st.builds(Known, st.sampled_from([0.5, 20.0, 20.1, 50.0, 50.1, 90.0]))
    values = st.sampled_from(VOCABULARY[name].domain)
    several = st.lists(values, min_size=2, unique=True).map(tuple)
    return unknown | st.builds(Known, values, assumed=assumed) | st.builds(OneOf, several, assumed=assumed)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes(3), changes(1), st.sampled_from(STUDIES), st.sampled_from(QUESTIONS))
def test_a_patient_seen_before_changes_no_rating(
    early: Facts, knowledge: Knowledge, one: dict[str, Fact], other: dict[str, Fact], study: str, question: str
) -> None:
    """Two patients who differ in one fact, one after the other; and the second alone."""
    first, alone = replace(knowledge), replace(knowledge)
    patient = early.replaced(one)
    rate(study, question, patient, first)
    assert rate(study, question, patient.replaced(other), first) == rate(
        study, question, patient.replaced(other), alone
    )


UNLETTERED = {"stage_group": OneOf(("IIA", "IIB"))}
SPREAD_OR_FOLLOWED = {"disease_phase": OneOf(("surveillance", "metastatic"))}


@pytest.mark.parametrize(
    ("study", "question", "both", "one", "other", "why"),
    [
        (
            *("fdg-pet-ct", "distant", {**UNLETTERED, "clinical_n": Known("N0")}),
            *({"clinical_t": Known("T2")}, {"clinical_t": Known("T3")}),
            "T2 N0 is IIA, T3 N0 is IIB",
        ),
        (
            *("fdg-pet-ct", "distant", {**UNLETTERED, "clinical_t": Known("T2")}),
            *({"clinical_n": Known("N0")}, {"clinical_n": Known("N1")}),
            "T2 N0 is IIA, T2 N1 is IIB",
        ),
        (
            *("mammography-diagnostic", "local-recurrence", SPREAD_OR_FOLLOWED),
            *({"stage_group": Known("IIA")}, {"stage_group": Known("IV")}),
            "stage IV is metastatic",
        ),
    ],
)
def test_what_no_criterion_asks_but_another_fact_hangs_on_is_told_apart(
    study: str,
    question: str,
    both: dict[str, Fact],
    one: dict[str, Fact],
    other: dict[str, Fact],
    why: str,
    early: Facts,
    knowledge: Knowledge,
) -> None:
    """T and N decide the stage where it is open, and the stage the phase: one patient's warning is not another's."""
    kept, alone = replace(knowledge), replace(knowledge)
    first = rate(study, question, early.with_facts(**both, **one), kept)
    second = rate(study, question, early.with_facts(**both, **other), kept)
    assert second != first, why
    assert second == rate(study, question, early.with_facts(**both, **other), alone), why


def test_what_must_be_recorded_is_told_from_what_was_assumed(early: Facts, knowledge: Knowledge) -> None:
    """A biopsy without imaging is warned about only where the imaging is known not to have been done."""
    named = {"axilla-imaged": "no", "node-suspicious-on-imaging": "none"}
    recorded = early.replaced({name: Known(value) for name, value in named.items()})
    assumed = early.replaced({name: Known(value, assumed="not-recorded") for name, value in named.items()})
    study = ("core-biopsy-axillary-node", "axilla")
    assert rate(*study, recorded, knowledge).outcome is not rate(*study, assumed, knowledge).outcome


def test_what_is_kept_is_bounded(knowledge: Knowledge, early: Facts) -> None:
    """Whatever patients come; and until then none is worked out again."""
    fresh = replace(knowledge)
    kept = plan("fdg-pet-ct", "distant", fresh).ratings
    groups, phases = VOCABULARY["stage-group"].domain, VOCABULARY["disease-phase"].domain
    most = 0
    for group in groups:
        for phase in phases:
            facts = early.with_facts(stage_group=Known(group), disease_phase=Known(phase))
            rate("fdg-pet-ct", "distant", facts, fresh)
            most = max(most, len(kept))
    assert len(kept) <= most == MOST_KEPT < len(groups) * len(phases)
