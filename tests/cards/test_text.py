"""The one line and the body of a card, with the knowledge that ships."""

import itertools

import pytest

from cds_service.cards.text import LONGEST, common_stem, first_fitting
from cds_service.cards.words import ASSUMPTIONS, assumption, lowered, place
from cds_service.criteria.model import Outcome, Rating, VariantRating, VariantState
from cds_service.facts.model import VOCABULARY, Evidence, Known, PriorStudy
from cds_service.hooks.guard import guarded_response
from cds_service.hooks.request import Draft, HookRequest
from cds_service.hooks.response import HookResponse
from cds_service.knowledge.model import Category

UNA, MBA, UA = Category.USUALLY_NOT, Category.MAY_BE, Category.USUALLY


def shipped_rating(variant, row):
    held = VariantRating(
        variant=variant, state=VariantState.HOLDS, category=row.category, score=row.score, disagreement=row.disagreement
    )
    return Rating(
        procedure=row.procedure,
        question=row.questions[0],
        outcome=Outcome.RATED,
        category=row.category,
        score=row.score,
        disagreement=row.disagreement,
        variants=(held,),
        categories=frozenset({row.category}),
    )


def guarded(make, cards):
    """Every card must also pass the guard that stands before the client."""
    draft = Draft(place="x", raw=make.raw(make.draft()), resource_type="ServiceRequest", id="pet", selected=True)
    request = HookRequest(
        hook="order-sign", hook_instance=make.HOOK_INSTANCE, patient_id="p1", user_id="Practitioner/1", drafts=(draft,)
    )
    return guarded_response(HookResponse(cards=cards), request)


@pytest.mark.parametrize("suspected", ["none", "symptom"])
@pytest.mark.parametrize("phase", ["new", "surveillance", "neoadjuvant-completed"])
def test_every_shipped_rating_makes_a_card_that_fits(make, knowledge, phase, suspected):
    """All variants, all studies: the summary fits, and the guard lets the card pass."""
    for variant in knowledge.variants:
        ratings = [shipped_rating(variant, row) for row in variant.ratings.values()]
        for rating in ratings:
            assessment = make.assessment(
                rating,
                facts=make.facts(disease_phase=phase, metastasis_suspected=suspected),
                alternatives=tuple(each for each in ratings if each.category is not UNA),
            )
            cards = make.cards(assessment, knowledge=knowledge, hook="order-sign", show_appropriate=True)
            assert all(len(card.summary) <= LONGEST and "…" not in card.summary for card in cards), rating
            guarded(make, cards)


def test_every_shipped_study_and_fact_makes_a_question_that_fits(make, knowledge):
    for study, name in itertools.product(knowledge.procedures, VOCABULARY):
        rating = Rating(
            procedure=study,
            question="distant",
            outcome=Outcome.INSUFFICIENT,
            missing=(name,),
            categories=frozenset({UNA, UA}),
        )
        (card,) = make.cards(make.assessment(rating), knowledge=knowledge)
        assert len(card.summary) <= LONGEST, card.summary
        assert "…" not in card.summary
        guarded(make, (card,))


def test_every_name_in_the_code_is_one_of_the_knowledge(knowledge):
    """Ids that cards name must exist, or their rules would silently never apply."""
    from cds_service.cards import alternatives, handoff, targeted

    variants = {each.id for each in knowledge.variants}
    assert {alternatives.YEARLY_MAMMOGRAPHY, *handoff.VARIANTS} <= variants
    assert all(each.procedures <= knowledge.procedures.keys() for each in targeted.TARGETED.values())
    assert set(targeted.TARGETED) == set(VOCABULARY["metastasis-site"].domain) - {"other"}
    assert {"systemic", "head", "axilla", "node-biopsy", "breast"} == {
        each.family for each in knowledge.procedures.values()
    }


class TestDetail:
    def test_says_why_what_on_what_and_from_where(self, make):
        evidence = {"stage-group": (Evidence(value="stage IA", date="2026-11-02T09:00:00Z"),)}
        detail = make.card(make.assessment(evidence=evidence, assumed=("m0",))).detail
        assert "- Occult metastasis is rare." in detail
        assert "- Clinical stage at diagnosis: stage IA (2026-11-02)" in detail
        assert "- No distant metastasis is recorded; taken as M0." in detail
        assert "- New symptom: Targeted imaging of that site" in detail
        assert "Variant 310-v2: New clinical stage I to IIA invasive cancer, distant disease" in detail
        assert "usually not appropriate (2/9)" in detail
        assert "Knowledge version 2026.1.0." in detail

    def test_facts_the_criteria_do_not_read_stay_in_the_extension(self, make):
        """A narrow panel: receptors and nodes are on record, but this verdict does not rest on them."""
        facts = make.facts(
            metastasis_suspected=Known("none", assumed="no-symptoms-recorded"),
            node_palpable=Known("no", assumed="no-palpable-node-recorded"),
        )
        evidence = {"er": (Evidence(value="ER positive"),), "stage-group": (Evidence(value="stage IA"),)}
        names = ("no-symptoms-recorded", "no-palpable-node-recorded", "observations-not-supplied", "question")
        detail = make.card(make.assessment(facts=facts, evidence=evidence, assumed=names)).detail
        assert "stage IA" in detail
        assert "ER positive" not in detail
        assert "No symptom or sign of metastasis is recorded" in detail
        assert "palpable" not in detail
        assert "not supplied by this system" in detail
        assert "its usual purpose is taken" not in detail  # the question has its own line

    @pytest.mark.parametrize(("stated", "words"), [(True, "as the order states"), (False, "the order does not say")])
    def test_says_where_the_question_comes_from(self, make, stated, words):
        detail = make.card(make.assessment(question_stated=stated)).detail
        assert detail.startswith("Question: distant metastasis")
        assert words in detail.splitlines()[0]

    def test_radiation_of_the_study_and_of_those_before(self, make):
        prior = tuple(
            PriorStudy(procedure=each, resource=f"DiagnosticReport/{each}")
            for each in ("bone-scan", "fdg-pet-ct", "us-axilla", "not-in-our-list")
        )
        detail = make.card(make.assessment(prior_imaging=prior)).detail
        assert (
            "**Radiation**: ACR level ☢☢☢☢, 10 to 30 mSv. "
            "Recorded imaging so far: 2 studies with radiation, together about 11 to 40 mSv."
        ) in detail

    def test_no_radiation_is_said_too(self, make):
        rating = make.rating("us-axilla", variants=("310-v10",))
        assert "**Radiation**: none from this study." in make.card(make.assessment(rating)).detail

    def test_near_match_is_said(self, make):
        order = make.order(caveats=("Ordered as whole body; rated as skull base to mid-thigh.",))
        assert (
            "- Ordered as whole body; rated as skull base to mid-thigh."
            in make.card(make.assessment(order=order)).detail
        )

    @pytest.mark.parametrize(
        ("facts", "words"),
        [
            ({"tumor_marker_raised": "yes"}, "A raised tumour marker alone is not a reason"),
            ({"liver_tests": "isolated-alkaline-phosphatase"}, "Alkaline phosphatase alone is mildly raised"),
            ({"stage_group": "IIA", "her2": "positive"}, "case by case"),
            ({"stage_group": "IIA", "her2": "negative", "er": "negative", "pr": "negative"}, "case by case"),
            ({"pregnant": "yes"}, "A pregnancy is recorded"),
        ],
    )
    def test_special_circumstances_are_said(self, make, facts, words):
        assert words in make.card(make.assessment(facts=make.facts(**facts))).detail
        assert words not in make.card(make.assessment()).detail

    @pytest.mark.parametrize(
        "facts", [{"stage_group": "IA", "her2": "positive"}, {"stage_group": "IIA", "er": "positive"}]
    )
    def test_case_by_case_is_for_aggressive_stage_iia(self, make, facts):
        assert "case by case" not in make.card(make.assessment(facts=make.facts(**facts))).detail


class TestWords:
    def test_every_prefetch_key_has_a_sentence_when_not_supplied(self):
        assert assumption("observations-not-supplied") == (
            "Observations (stage, receptors, laboratory): not supplied by this system; "
            "taken as holding nothing relevant."
        )

    def test_unknown_assumption_is_still_said(self):
        assert assumption("no-such-name") == "Taken as true for lack of a record: no such name."

    def test_sentences_end(self):
        assert all(each.endswith(".") for each in ASSUMPTIONS.values())

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("prefetch.conditions", "the problem list"),
            ("prefetch.conditions.entry[2]", "the problem list, entry 3"),
            ("prefetch.observations.entry[0].resource", "observations (stage, receptors, laboratory), entry 1"),
            ("context.draftOrders.entry[1].resource.code", "the order itself (draft 2)"),
            ("patient", "age and sex"),
            ("prefetch.unheard-of", "a part of the request"),
            ("", "a part of the request"),
        ],
    )
    def test_places_become_clinical_words(self, name, words):
        assert place(name) == words

    @pytest.mark.parametrize(
        ("text", "middle"),
        [("Clinical T", "clinical T"), ("HER2", "HER2"), ("US axilla", "US axilla"), ("A lump", "a lump")],
    )
    def test_middle_of_a_sentence(self, text, middle):
        assert lowered(text) == middle

    def test_common_words_of_the_forms_of_a_study(self):
        assert common_stem(["MRI breast with IV contrast", "MRI breast without IV contrast"]) == "MRI breast"
        assert common_stem(["MRI breast", "US axilla"]) == ""

    def test_what_fits_nowhere_is_cut_at_a_word(self):
        cut = first_fitting(["word " * 40])
        assert len(cut) <= LONGEST
        assert cut.endswith("word…")
