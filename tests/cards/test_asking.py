"""What a card that asks says of the missing fact, in pieces: how it is missing, and which words are said once."""

import pytest

from cds_service.cards.asking import asking, common_stem, contradiction, fact_name, state
from cds_service.criteria.model import Answer, Outcome
from cds_service.facts.model import Evidence, Known, Unknown, UnknownReason

NOT_RECORDED = Unknown(UnknownReason.NOT_RECORDED)


def test_what_was_only_assumed_is_not_recorded(make):
    """A rating that may not rest on an assumption asks for the fact itself."""
    facts = make.facts(axilla_imaged=Known("no", assumed="no-axillary-imaging-recorded"))
    assert state(make.assessment(facts=facts), "axilla-imaged") == "not recorded"
    assert state(make.assessment(facts=None), "axilla-imaged") == "not recorded", "nor is anything of nobody"


@pytest.mark.parametrize(
    ("t", "n", "words", "why"),
    [
        (Known("T2"), Known("N1"), "stage IIA is recorded, but T and N make stage IIB", "T2 N1 is IIB"),
        (Known("T2"), NOT_RECORDED, "its entries do not agree", "T alone makes no one stage"),
        (NOT_RECORDED, Known("N3"), "its entries do not agree", "N3 alone is no stage that was recorded"),
    ],
)
def test_a_stage_contradicts_t_and_n_where_both_are_known(make, t, n, words, why):
    stage = Unknown(UnknownReason.CONTRADICTORY, evidence=(Evidence(value="stage IIA"),))
    facts = make.facts(stage_group=stage, clinical_t=t, clinical_n=n)
    assert words in contradiction(make.assessment(facts=facts), "stage-group"), why


@pytest.mark.parametrize(
    ("names", "stem"),
    [
        (["MRI breast without contrast", "MRI breast without and with contrast"], "MRI breast"),
        (["CT chest with contrast", "CT chest with and without contrast"], "CT chest"),
        (["CT chest", "CT chest with contrast"], "CT chest"),
        (["CT chest", "Bone scan"], ""),
    ],
)
def test_the_words_that_all_forms_of_a_study_begin_with(names, stem):
    """Its contrast is what tells them apart."""
    assert common_stem(names) == stem


def test_a_form_with_a_rating_is_named_before_one_without(make):
    """In whatever order the code of the order lists them."""
    forms = (("unheard-of", "CT chest without contrast"), ("ct-with", "CT chest with contrast"))
    answers = tuple(Answer(values=(id,), label=label, category=None, variants=()) for id, label in forms)
    rating = make.rating(category=None, outcome=Outcome.INSUFFICIENT, missing=("procedure",), answers=answers)
    meanings = asking(make.assessment(rating), make.knowledge()).meanings
    assert [each.label for each in meanings] == ["with contrast", "without contrast"]


def test_facts_are_named_in_few_words():
    assert fact_name("axilla-imaged") == "imaging of the axilla"
    assert fact_name("axilla-imaged-before-therapy") == "imaging of the axilla before therapy"
