"""What if: facts set by hand, only to what the vocabulary has, and which facts would change an answer."""

from typing import Any

import pytest

from cds_service.criteria.assess import verdict
from cds_service.criteria.model import Outcome
from cds_service.criteria.what_if import NoSuchValue, Value, opened_by, settable, turns, with_facts
from cds_service.facts.model import Asked, Episode, Facts, Known, OrderFacts, Unknown
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.model import Category, Knowledge

PET = ("fdg-pet-ct",)


def _order(facts: Facts) -> OrderFacts:
    return OrderFacts(episodes=(Episode(asked=Asked(question=None, stated=False), facts=facts),))


def _category(order: OrderFacts, given: dict[str, Value], knowledge: Knowledge) -> Category | None:
    return verdict(PET, with_facts(order, given), knowledge)[1].category


@pytest.mark.parametrize(
    ("given", "category"),
    [
        ({}, Category.USUALLY_NOT),
        ({"stage-group": "IIA"}, Category.USUALLY_NOT),
        ({"disease-phase": "surveillance"}, Category.USUALLY_NOT),
        ({"metastasis-suspected": "symptom"}, None),  # suspected metastasis: another question
        ({"age-years": 17}, None),
        ({"pregnant": "yes"}, Category.USUALLY_NOT),  # which carries over
        ({"stage-group": None, "clinical-t": None, "clinical-n": None}, None),  # it is asked
    ],
)
def test_a_fact_set_by_hand_is_judged_like_a_recorded_one(
    early: Facts, knowledge: Knowledge, given: dict[str, Value], category: Category | None
) -> None:
    """The same rules, the safety rule among them: what is not known never leads to a warning."""
    assert _category(_order(early), given, knowledge) is category


def test_a_question_set_by_hand_is_taken_as_stated(early: Facts, knowledge: Knowledge) -> None:
    """And taken back as not stated."""
    asked = with_facts(_order(early), {"question": "axilla"}).episodes[0].asked
    assert (asked.question, asked.stated, asked.covered) == ("axilla", True, True)
    asked = with_facts(_order(early), {"question": None}).episodes[0].asked
    assert (asked.question, asked.stated) == (None, False)


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ({"stage-group": "IIB"}, ("clinical-t", "clinical-n", "tumor-size-mm")),  # T1 N0 of 18 mm is none
        ({"stage-group": "IA"}, ()),
        ({"tumor-size-mm": 20}, ()),  # 2.0 cm is T1
        ({"tumor-size-mm": 20.1}, ("stage-group", "clinical-t", "clinical-n")),
        ({"clinical-n": "N1"}, ("stage-group", "clinical-t", "tumor-size-mm")),
        ({"node-palpable": "yes"}, ("clinical-n",)),  # cN0 has no palpable node
        ({"pregnant": "yes"}, ()),
    ],
)
def test_what_cannot_be_true_beside_it_is_left_open(
    early: Facts, given: dict[str, Value], opened: tuple[str, ...]
) -> None:
    """A stage set by hand is not overruled by the recorded T and N."""
    facts = early.with_facts(tumor_size_mm=Known(18.0))
    assert opened_by(facts, given) == opened
    changed = with_facts(_order(facts), given).episodes[0].facts
    assert all(isinstance(changed[name], Unknown) for name in opened)
    assert all(changed[name] == facts[name] for name in facts if name not in opened and name not in given)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("stage-group", "V", "expected one of 0, IA, IB"),
        ("stage-group", 2, "expected one of"),
        ("age-years", "58", "expected a number of years, not below 0"),
        ("age-years", float("nan"), "expected a number"),
        ("age-years", True, "expected a number"),
        ("tumor-size-mm", -1, "expected a number of mm"),
        ("procedure", "fdg-pet-ct", "no fact of this name can be set"),
        ("order-laterality", "left", "no fact of this name can be set"),
        ("mood", "good", "no fact of this name can be set"),
    ],
)
def test_what_the_vocabulary_does_not_have_cannot_be_set(early: Facts, name: str, value: Any, problem: str) -> None:
    """The page is no way to put an unknown value before the criteria."""
    with pytest.raises(NoSuchValue, match=problem) as refused:
        with_facts(_order(early), {name: value})
    assert refused.value.fact == name


def test_every_settable_value_can_be_set(early: Facts, knowledge: Knowledge) -> None:
    """Whatever is chosen, there is an answer."""
    for name in settable():
        for value in (*VOCABULARY[name].domain, None) if VOCABULARY[name].domain else (0, 40, None):
            _, rating = verdict(PET, with_facts(_order(early), {name: value}), knowledge)
            assert rating.outcome in Outcome


def test_what_would_change_the_answer(early: Facts, knowledge: Knowledge) -> None:
    """Each turn leads where it says, elsewhere than now, and values that lead alike stand together."""
    order = _order(early)
    now = verdict(PET, order, knowledge)[1]
    found = turns(PET, order, knowledge)
    stage = next(each for each in found if each.fact == "stage-group" and each.rating.category)
    assert (stage.label, stage.rating.category) == ("stage IIB\N{EN DASH}IIIC", Category.USUALLY)
    for each in found:
        rating = verdict(PET, with_facts(order, {each.fact: each.value}), knowledge)[1]
        assert (rating.outcome, rating.category) == (each.rating.outcome, each.rating.category)
        assert (rating.outcome, rating.category) != (now.outcome, now.category)


def test_what_is_missing_comes_first(early: Facts, knowledge: Knowledge) -> None:
    """With the stage unknown, its answers are what a reader looks for."""
    open_stage = with_facts(_order(early), {"stage-group": None, "clinical-t": None, "clinical-n": None})
    assert turns(PET, open_stage, knowledge)[0].fact == "stage-group"
    assert {each.rating.category for each in turns(PET, open_stage, knowledge) if each.fact == "stage-group"} == {
        Category.USUALLY_NOT,
        Category.USUALLY,
        None,
    }
