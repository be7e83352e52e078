"""Why: every variant of a question with the truth of each condition, in agreement with what matching says."""

import pytest

from cds_service.criteria.explain import Considered, Criterion, Standing, considered
from cds_service.criteria.matching import rate
from cds_service.criteria.model import VariantState
from cds_service.facts.model import Fact, Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.knowledge.model import Knowledge
from cds_service.truth import Truth

UNKNOWN = Unknown(UnknownReason.NOT_RECORDED)


def _of(
    facts: Facts, knowledge: Knowledge, study: str = "fdg-pet-ct", question: str = "distant"
) -> dict[str, Considered]:
    return {each.variant.id: each for each in considered(study, question, facts, knowledge)}


def _leaves(criterion: Criterion | None, fact: str) -> list[Criterion]:
    """Every leaf that reads a fact."""
    if criterion is None:
        return []
    below = [leaf for part in criterion.parts for leaf in _leaves(part, fact)]
    return [criterion, *below] if fact in criterion.facts else below


def _reading(criterion: Criterion, fact: str) -> Criterion:
    """The first of them."""
    return _leaves(criterion, fact)[0]


def test_every_variant_of_the_question_is_there(early: Facts, knowledge: Knowledge) -> None:
    """None is left out, and what holds comes first."""
    found = considered("fdg-pet-ct", "distant", early, knowledge)
    assert {each.variant.id for each in found} == {v.id for v in knowledge.variants if "distant" in v.questions}
    assert [each.standing for each in found] == sorted((e.standing for e in found), key=list(Standing).index)
    assert (found[0].variant.id, found[0].standing, found[0].criterion.truth) == ("310-v2", Standing.HOLDS, Truth.TRUE)
    assert found[0].row is not None
    assert found[0].row.score == 2


@pytest.mark.parametrize(
    ("stage", "truth", "standing"),
    [
        (Known("IA"), Truth.TRUE, Standing.HOLDS),
        (Known("IIB"), Truth.FALSE, Standing.FAILS),
        (UNKNOWN, Truth.UNKNOWN, Standing.POSSIBLE),
        (OneOf(("IIA", "IIB")), Truth.UNKNOWN, Standing.POSSIBLE),  # "stage II" without its letter
        (OneOf(("IA", "IB")), Truth.TRUE, Standing.HOLDS),  # whichever it is, the condition holds
        (OneOf(("IA", "IB"), assumed="stage"), Truth.TRUE, Standing.HOLDS),
        (OneOf(("IIIA", "IIIB")), Truth.FALSE, Standing.FAILS),
    ],
)
def test_a_condition_is_true_false_or_unknown(
    early: Facts, knowledge: Knowledge, stage: Fact, truth: Truth, standing: Standing
) -> None:
    """310-v2 asks for stage I to IIA; what is one of several is known as far as all of them agree."""
    facts = early.with_facts(stage_group=stage, clinical_t=UNKNOWN, clinical_n=UNKNOWN)
    found = _of(facts, knowledge)["310-v2"]
    assert _reading(found.criterion, "stage-group").truth is truth
    assert found.standing is standing


def test_what_a_condition_asks_is_said_in_clinical_words(early: Facts, knowledge: Knowledge) -> None:
    """Ranges as a clinician reads them, numbers with their unit, and "not" said as such."""
    distant = _of(early, knowledge)
    assert _reading(distant["310-v2"].criterion, "stage-group").wanted == "stage IA\N{EN DASH}IIA"
    axilla = _of(early, knowledge, "us-axilla", "axilla")
    assert _reading(axilla["286-v9"].criterion, "tumor-size-mm").wanted == "more than 20 mm"
    sides = _reading(axilla["286-v9"].criterion, "order-laterality")
    assert (sides.facts, sides.wanted) == (("laterality", "order-laterality"), "the same side")


def test_a_variant_that_gives_way_says_to_which_and_why(early: Facts, knowledge: Knowledge) -> None:
    """Neoadjuvant therapy planned: 235-v3 takes the place of 286-v3 and 310-v1 for the axilla."""
    facts = early.with_facts(disease_phase=Known("neoadjuvant-planned"), tumor_size_mm=Known(18.0))
    found = _of(facts, knowledge, "us-axilla", "axilla")
    assert found["235-v3"].standing is Standing.HOLDS
    assert found["286-v3"].standing is Standing.YIELDS
    assert found["286-v3"].yields_to is not None
    assert found["286-v3"].yields_to.to == "235-v3"
    assert found["286-v3"].yields_to.because


def test_a_row_with_a_condition_of_its_own_shows_it(early: Facts, knowledge: Knowledge) -> None:
    """What only a row asks for stands beside what its variant asks for."""
    rows = [
        (variant, row) for variant in knowledge.variants for row in variant.ratings.values() if row.when is not None
    ]
    assert rows
    for variant, row in rows:
        found = _of(early, knowledge, row.procedure, row.questions[0])[variant.id]
        assert found.row_criterion is not None


def test_what_must_be_recorded_is_not_true_when_assumed(early: Facts, knowledge: Knowledge) -> None:
    """A node biopsy's warning is about imaging not done: "not recorded" does not prove that."""
    facts = early.with_facts(disease_phase=Known("neoadjuvant-planned"), clinical_n=Known("N1"))
    found = _of(facts, knowledge, "core-biopsy-axillary-node", "axilla")
    needed = [each for each in found.values() if each.row is not None and "axilla-imaged" in each.row.needs]
    leaves = [
        leaf
        for each in needed
        for root in (each.criterion, each.row_criterion)
        for leaf in _leaves(root, "axilla-imaged")
    ]
    assert {leaf.truth for leaf in leaves} == {Truth.UNKNOWN}
    recorded = _of(facts.with_facts(axilla_imaged=Known("no")), knowledge, "core-biopsy-axillary-node", "axilla")
    leaf = next(leaf for each in needed for leaf in _leaves(recorded[each.variant.id].row_criterion, "axilla-imaged"))
    assert leaf.truth is not Truth.UNKNOWN


def test_it_never_contradicts_matching(early: Facts, knowledge: Knowledge) -> None:
    """Holds and may hold are what matching says, for every study, every question and several patients."""
    patients = [early, Facts({}), early.with_facts(stage_group=UNKNOWN, clinical_t=UNKNOWN, clinical_n=UNKNOWN)]
    for facts in patients:
        for study in knowledge.procedures:
            for question in ("breast", "axilla", "distant", "local-recurrence"):
                rating = rate(study, question, facts, knowledge)
                if not rating.variants and not rating.missing:
                    continue  # too much is open for matching to say anything
                found = _of(facts, knowledge, study, question)
                holding = {key for key, each in found.items() if each.standing is Standing.HOLDS}
                possible = {key for key, each in found.items() if each.standing is Standing.POSSIBLE}
                said = {each.variant.id: each.state for each in rating.variants}
                assert holding == {key for key, state in said.items() if state is VariantState.HOLDS}
                assert possible == {key for key, state in said.items() if state is VariantState.POSSIBLE}
