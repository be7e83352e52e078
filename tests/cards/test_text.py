"""The one line and the body of a card, with the knowledge that ships."""

import dataclasses
import itertools
import re
from pathlib import Path

import pytest

from cds_service.cards.asking import common_stem
from cds_service.cards.text import LONGEST, first_fitting
from cds_service.cards.words import ASSUMPTIONS, assumptions, lowered, place, short
from cds_service.criteria.model import Outcome, Rating, VariantRating, VariantState
from cds_service.facts.model import Evidence, Known, OneOf, PriorStudy, Unknown, UnknownReason
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.hooks.guard import guarded_response
from cds_service.hooks.request import Draft, HookRequest
from cds_service.hooks.response import HookResponse
from cds_service.knowledge.model import Category
from cds_service.knowledge.operators import AllOf, In

UNA, MBA, UA = Category.USUALLY_NOT, Category.MAY_BE, Category.USUALLY
SERVICE = Path(__file__).parents[2] / "cds_service"


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
            cards = make.cards(
                assessment, knowledge=knowledge, hook="order-sign", presentation={"show_appropriate": True}
            )
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
        assert "- No distant metastasis is recorded: taken as M0." in detail
        assert "- New symptom: targeted imaging of that site" in detail
        assert (
            "- American College of Radiology, Imaging of Invasive Breast Cancer. J Am Coll Radiol. 310-v2 "
            "(New clinical stage I to IIA invasive cancer, distant disease): usually not appropriate (2/9). "
            "Rating from the project's source articles."
        ) in detail
        assert "Knowledge version 2026.1.0." in detail

    def test_facts_the_criteria_do_not_read_stay_in_the_extension(self, make):
        """A narrow panel: receptors and nodes are on record, but this verdict does not rest on them."""
        evidence = {"er": (Evidence(value="ER positive"),), "stage-group": (Evidence(value="stage IA"),)}
        detail = make.card(make.assessment(evidence=evidence)).detail
        assert "stage IA" in detail
        assert "ER positive" not in detail

    def test_everything_the_answer_assumes_is_said(self, make):
        """Also M0, which no variant of the question reads; the question itself has a line of its own."""
        kinds = ("Flag-not-read", "MedicationStatement-not-read")
        names = (
            "m0",
            "no-symptoms-recorded",
            "observations-not-supplied",
            "procedures-not-supplied",
            "question",
            *kinds,
        )
        lines = make.card(make.assessment(assumed=names)).detail.split("**Assumed**\n\n")[1].split("\n\n")[0]
        assert lines.splitlines() == [
            "- No distant metastasis is recorded: taken as M0.",
            "- No symptom or sign of metastasis is recorded: taken as none.",
            "- Not supplied by this system, taken as holding nothing relevant: "
            "observations and laboratory results, procedures.",
            "- Sent, but not read, taken as holding nothing relevant: flags, drugs taken.",
        ]

    def test_main_case_fits_a_narrow_panel(self, make, knowledge):
        (variant,) = (each for each in knowledge.variants if each.id == "310-v2")
        rating = shipped_rating(variant, variant.ratings["fdg-pet-ct"])
        on_record = {"cancer": "breast cancer", "disease-phase": "diagnosed", "stage-group": "stage IA"}
        evidence = {name: (Evidence(value=value, date="2026-10-20"),) for name, value in on_record.items()}
        assumed = ("no-treatment-recorded", "m0", "no-symptoms-recorded")
        assessment = make.assessment(rating, evidence=evidence, assumed=assumed, alternatives=(make.us_axilla(),))
        assert len(make.card(assessment, knowledge=knowledge).detail) < 1800

    def test_what_a_choice_does_is_not_said_again(self, make, knowledge):
        """To cancel is "no systemic staging"; the ultrasound offered is the ultrasound advised."""
        (variant,) = (each for each in knowledge.variants if each.id == "310-v2")
        rating = shipped_rating(variant, variant.ratings["fdg-pet-ct"])
        detail = make.card(make.assessment(rating, alternatives=(make.us_axilla(),)), knowledge=knowledge).detail
        assert "No systemic staging" not in detail
        assert detail.count("US axilla") == 1
        alone = make.card(make.assessment(rating), knowledge=knowledge).detail
        assert "US axilla where the nodes are the question" in alone

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
            "On record: 2 studies with radiation, about 11 to 40 mSv in sum."
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


DAY = "2026-10-20"


def seen(*values, on=DAY):
    return tuple(Evidence(value=each, date=on) for each in values)


RESTS_ON = [
    # the fact, what it is, its evidence, the line a clinician reads
    ("stage-group", Known("IA"), seen("stage IA"), "Clinical stage at diagnosis: stage IA (2026-10-20)"),
    (
        "stage-group",
        Known("IIB"),
        seen("cT2", "cN1"),
        "Clinical stage at diagnosis: stage IIB \N{EN DASH} cT2 and cN1 2026-10-20",
    ),
    (
        "stage-group",
        OneOf(("IIA", "IIB")),
        seen("stage II"),
        "Clinical stage at diagnosis: stage IIA or IIB \N{EN DASH} stage II 2026-10-20",
    ),
    (
        "stage-group",
        Unknown(UnknownReason.CONTRADICTORY),
        seen("stage IIA", "cT2", "cN1"),
        "Clinical stage at diagnosis: contradictory \N{EN DASH} stage IIA, cT2 and cN1 2026-10-20",
    ),
    ("stage-group", Unknown(UnknownReason.NOT_RETRIEVED), seen("cT2"), "Clinical stage at diagnosis: cT2 (2026-10-20)"),
    (
        "disease-phase",
        Known("new", assumed="no-treatment-recorded"),
        seen("diagnosed"),
        "Phase of the disease: taken as newly diagnosed, untreated \N{EN DASH} diagnosed 2026-10-20",
    ),
    (
        "disease-phase",
        Known("surveillance"),
        (*seen("conserving, completed"), *seen("history of breast cancer", on=None) * 2, *seen("diagnosed", on=None)),
        "Phase of the disease: follow-up after curative treatment \N{EN DASH} "
        "breast-conserving surgery, completed 2026-10-20; history of breast cancer",
    ),
    (
        "disease-phase",
        OneOf(("new", "surveillance"), assumed="no-treatment-recorded"),
        seen("diagnosed", on=None),
        "Phase of the disease: taken as newly diagnosed, untreated or follow-up after curative treatment \N{EN DASH} "
        "no date of diagnosis",
    ),
    (
        "disease-phase",
        Known("neoadjuvant-planned"),
        (*seen("chemotherapy, planned"), *seen("chemotherapy, planned", on=None)),
        "Phase of the disease: neoadjuvant therapy planned \N{EN DASH} chemotherapy, planned 2026-10-20",
    ),
    (
        "cancer",
        Unknown(UnknownReason.NOT_RECORDED),
        seen("breast cancer"),
        "Diagnosis: not confirmed \N{EN DASH} breast cancer 2026-10-20",
    ),
    ("clinical-n", Known("N1"), seen("cN1"), "Clinical nodal status at diagnosis: cN1 (2026-10-20)"),
    ("node-palpable", Known("no"), seen("cN0"), "No palpable axillary node \N{EN DASH} cN0 2026-10-20"),
    ("her2", Known("negative"), seen("HER2 negative"), "HER2 negative (2026-10-20)"),
    ("tumor-size-mm", Known(18.0), seen("18 mm"), "Tumour size at diagnosis: 18 mm (2026-10-20)"),
    ("age-years", Known(58.0), seen("born 1968-03-12", on="1968-03-12"), "Age: 58 years"),
]


class TestRestsOn:
    @pytest.mark.parametrize(("name", "fact", "evidence", "line"), RESTS_ON)
    def test_a_fact_is_said_with_what_it_rests_on(self, make, name, fact, evidence, line):
        """Each thing once, with its date, in the record's own spelling where that says it all."""
        read_all = dataclasses.replace(
            make.VARIANTS["310-v2"], when=AllOf(tuple(In(each, frozenset({"x"})) for each in VOCABULARY))
        )
        held = VariantRating(variant=read_all, state=VariantState.HOLDS, category=UNA, score=2)
        assessment = make.assessment(
            make.rating(variants=(held,)), facts=make.facts().replaced({name: fact}), evidence={name: evidence}
        )
        detail = make.card(assessment).detail
        assert detail.split("**This rests on**\n\n- ")[1].split("\n")[0] == line


class TestWords:
    def test_unknown_assumption_is_still_said(self):
        assert assumptions(["no-such-name"]) == ["Taken as true for lack of a record: no such name."]

    def test_every_assumption_of_the_code_has_its_sentence(self):
        """A name new to the facts would otherwise reach the clinician as a name."""
        code = "".join(path.read_text() for path in (SERVICE / "facts").glob("*.py"))
        named = set(re.findall(r'assumed="([a-z0-9-]+)"', code))
        assert named
        assert named | {"adult", "question"} <= set(ASSUMPTIONS)

    def test_no_study_is_named_by_an_abbreviation_of_without(self, knowledge):
        assert not any("w/o" in short(each) for each in knowledge.procedures.values())

    def test_sentences_end(self):
        assert all(each.endswith(".") for each in ASSUMPTIONS.values())

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("prefetch.conditions", "the problem list"),
            ("prefetch.conditions.entry[2]", "the problem list (entry 3)"),
            ("prefetch.observations.entry[0].resource", "observations and laboratory results (entry 1)"),
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
