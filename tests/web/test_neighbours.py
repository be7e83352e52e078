""" "Not this patient?": what lies one fact beside a variant, worked out from the conditions."""

from collections.abc import Mapping

import pytest

from cds_service.criteria.conditions import Span, Values, compiled
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.boxes import Range, boxes
from cds_service.knowledge.model import Knowledge
from cds_service.truth import Truth
from cds_service.web.criteria.neighbours import Beside, all_beside


@pytest.fixture(scope="module")
def beside(knowledge: Knowledge) -> Mapping[str, Beside]:
    return all_beside(knowledge)


def _near(found: Beside) -> set[tuple[str, str]]:
    return {(each.variant.id, each.fact) for each in found.neighbours}


@pytest.mark.parametrize(
    ("variant", "neighbour", "fact"),
    [
        ("310-v2", "310-v4", "stage-group"),  # the same search for distant disease, one stage further
        ("310-v2", "310-v10", "disease-phase"),  # after treatment
        ("310-v2", "235-v6", "metastasis-suspected"),  # with a symptom
        ("310-v6", "310-v7", "breast-surgery"),
        ("310-v6", "310-v8", "local-recurrence"),
        ("286-v3", "286-v5", "tumor-size-mm"),  # 2 cm: on either side of a number
        ("286-v3", "286-v4", "clinical-n"),
        ("310-v4", "310-v5", "her2"),
    ],
)
def test_one_fact_tells_them_apart(beside: Mapping[str, Beside], variant: str, neighbour: str, fact: str) -> None:
    assert (neighbour, fact) in _near(beside[variant])
    assert variant in {each.variant.id for each in beside[neighbour].neighbours}


def test_two_facts_apart_is_no_neighbour(beside: Mapping[str, Beside]) -> None:
    """New and without symptoms, in follow-up with one: two things would have to be otherwise."""
    assert "310-v11" not in {each.variant.id for each in beside["310-v2"].neighbours}


def test_another_question_is_told_apart_from_another_patient(beside: Mapping[str, Beside]) -> None:
    found = beside["310-v2"]
    assert "310-v1" in {each.id for each in found.other_questions}
    assert "310-v1" not in {each.variant.id for each in found.neighbours}


def test_what_can_hold_together_is_no_neighbour(beside: Mapping[str, Beside]) -> None:
    """286-v9 is the narrower one of 235-v7: both hold for the same woman."""
    found = beside["235-v7"]
    assert "286-v9" in {each.id for each in found.together}
    assert "286-v9" not in {each.variant.id for each in found.neighbours}


def test_the_nearest_comes_first(beside: Mapping[str, Beside]) -> None:
    """Of the four boxes by size and nodes, those beside stand before what is asked in another phase."""
    assert {each.variant.id for each in beside["286-v5"].neighbours[:2]} == {"286-v3", "286-v6"}


def test_a_neighbour_holds_once_its_fact_is_changed(knowledge: Knowledge) -> None:
    """The link says true: the other variant holds for a patient of its own box, with the fact as the link says."""
    found = all_beside(knowledge)
    for variant in knowledge.variants:
        for near in found[variant.id].neighbours:
            matching = [box for box in boxes(near.variant.when) if box.get(near.fact) == near.allowed]
            assert matching, (variant.id, near.variant.id)
            settled = {
                fact: Span(allowed.over, allowed.at_most) if isinstance(allowed, Range) else Values(allowed)
                for fact, allowed in matching[0].items()
            }
            sides = {name: Values(frozenset({"left"})) for name in ("laterality", "order-laterality")}
            assert near.fact in VOCABULARY
            assert compiled(near.variant.when)({**settled, **sides}) is Truth.TRUE
            assert compiled(variant.when)({**settled, **sides}) is not Truth.TRUE
