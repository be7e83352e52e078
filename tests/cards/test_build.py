"""Which card an outcome becomes, and how hard it presses (design, section 6)."""

import dataclasses

import msgspec
import pytest

from cds_service.cards import detail
from cds_service.cards.asking import Asking
from cds_service.cards.build import Withheld, shown
from cds_service.cards.rated import check_warrant
from cds_service.criteria.model import Answer, Outcome
from cds_service.facts.model import NOT_RECORDED, NOT_RETRIEVED, Evidence, Known, OneOf, Unknown, UnknownReason
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.hooks.response import HookResponse
from cds_service.knowledge.model import Category, NextStep

UNA, MBA, UA = Category.USUALLY_NOT, Category.MAY_BE, Category.USUALLY


def insufficient(make, **more):
    """Stage II: IIA would make PET/CT usually not appropriate, IIB usually appropriate."""
    answers = (
        Answer(values=("IIA",), label="stage IIA", category=UNA, variants=("310-v2",)),
        Answer(values=("IIB",), label="stage IIB", category=UA, variants=("310-v4",)),
    )
    values = {
        "category": None,
        "outcome": Outcome.INSUFFICIENT,
        "missing": ("stage-group",),
        "answers": answers,
        "categories": frozenset({UNA, UA}),
        "variants": (make.possible("310-v2", UNA), make.possible("310-v4", UA)),
        **more,
    }
    return make.assessment(make.rating(**values), facts=make.facts(stage_group=OneOf(("IIA", "IIB"))))


def conflicting(make, low, high):
    held = (make.possible("310-v2", low), make.possible("235-v4", high))
    return make.assessment(
        make.rating(category=None, outcome=Outcome.CONFLICTING, categories=frozenset({low, high}), variants=held)
    )


def unrated(make, outcome, **facts):
    rating = make.rating(category=None, variants=(), outcome=outcome, categories=frozenset({None}))
    return make.assessment(rating, facts=make.facts(**facts))


BONE = {"metastasis_suspected": "symptom", "metastasis_site": "bone"}
LUNG = {"metastasis_suspected": "symptom", "metastasis_site": "lung"}

OUTCOMES = [
    # what happened, assessment, indicators at order-select, indicators at order-sign
    ("PET/CT to stage a stage IA cancer", lambda make: make.assessment(), ["warning"], ["warning"]),
    (
        "a study with a better form while metastasis is suspected: no pressure against imaging",
        lambda make: make.assessment(
            make.rating("ct-without", variants=("310-v11",)), facts=make.facts(metastasis_suspected="symptom")
        ),
        ["info"],
        ["info"],
    ),
    (
        "metastasis cannot be excluded, as observations failed",
        lambda make: make.assessment(facts=make.facts(metastasis_suspected=Unknown(UnknownReason.NOT_RETRIEVED))),
        ["info"],
        ["info"],
    ),
    (
        "metastatic disease",
        lambda make: make.assessment(facts=make.facts(disease_phase="metastatic")),
        ["info"],
        ["info"],
    ),
    (
        "a raised tumour marker alone is worth a word, not a warning",
        lambda make: make.assessment(facts=make.facts(tumor_marker_raised="yes")),
        ["info"],
        ["info"],
    ),
    (
        "may be appropriate, and ultrasound is usually appropriate for the same question",
        lambda make: make.assessment(
            make.rating(question="axilla", category=MBA, variants=("235-v4",)),
            alternatives=(make.us_axilla(UA, ("235-v4",)),),
        ),
        ["info"],
        ["info"],
    ),
    (
        "may be appropriate, and nothing is rated higher",
        lambda make: make.assessment(
            make.rating(question="axilla", category=MBA, variants=("235-v4",)),
            alternatives=(make.us_axilla(MBA, ("235-v4",)),),
        ),
        [],
        [],
    ),
    (
        "may be appropriate; the better study answers another question",
        lambda make: make.assessment(
            make.rating(category=MBA, variants=("310-v2",)), alternatives=(make.us_axilla(UA, ("235-v4",)),)
        ),
        [],
        [],
    ),
    (
        "usually appropriate: silence",
        lambda make: make.assessment(make.rating(category=UA, variants=("310-v4",))),
        [],
        [],
    ),
    (
        "restaging ultrasound is appropriate; at signing the radiologist must be told what to look for",
        lambda make: make.assessment(make.rating("us-axilla", "axilla", UA, ("286-v9",))),
        [],
        ["info"],
    ),
    ("stage II without its letter decides", insufficient, ["info"], ["info"]),
    (
        "a missing fact that cannot lead to usually not appropriate is not worth a question",
        lambda make: insufficient(make, answers=(), categories=frozenset({MBA, UA}), variants=()),
        [],
        [],
    ),
    (
        "usually not appropriate only as the answer to another question: it is asked",
        lambda make: insufficient(make, categories=frozenset({None, UA})),
        ["info"],
        ["info"],
    ),
    ("criteria conflict, one against the study", lambda make: conflicting(make, UNA, MBA), ["info"], ["info"]),
    ("criteria conflict, none against the study", lambda make: conflicting(make, MBA, UA), [], []),
    (
        "new stage I with a cough: no criteria, but a targeted study, once the order is final",
        lambda make: unrated(make, Outcome.NO_CRITERIA, **LUNG),
        [],
        ["info"],
    ),
    ("no criteria and no suspicion", lambda make: unrated(make, Outcome.NO_CRITERIA), [], []),
    (
        "suspicion without a place to look",
        lambda make: unrated(make, Outcome.NO_CRITERIA, metastasis_suspected="symptom", metastasis_site=NOT_RECORDED),
        [],
        [],
    ),
    (
        "a place to look at, and no suspicion",
        lambda make: unrated(make, Outcome.NO_CRITERIA, metastasis_suspected="none", metastasis_site="lung"),
        [],
        [],
    ),
    (
        "a place to look at, and nobody could read whether there are symptoms",
        lambda make: unrated(make, Outcome.NO_CRITERIA, metastasis_suspected=NOT_RETRIEVED, metastasis_site="lung"),
        [],
        [],
    ),
    (
        "a study of the axilla is not meant for metastasis, wherever that is suspected",
        lambda make: make.assessment(
            make.rating(
                "us-axilla",
                "axilla",
                category=None,
                variants=(),
                outcome=Outcome.NO_CRITERIA,
                categories=frozenset({None}),
            ),
            facts=make.facts(**LUNG),
        ),
        [],
        [],
    ),
    ("another reason than the breast cancer", lambda make: unrated(make, Outcome.NOT_COVERED), [], []),
    ("a required part of the record failed", lambda make: unrated(make, Outcome.NOT_ASSESSED), ["info"], ["info"]),
]


@pytest.mark.parametrize(
    ("assessed", "select", "sign"), [row[1:] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES]
)
@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_outcome_table(make, hook, assessed, select, sign):
    found = [card.indicator for card in make.cards(assessed(make), hook=hook)]
    assert found == (select if hook == "order-select" else sign)


def test_targeted_card_gives_no_verdict_and_no_choice(make):
    card = make.card(unrated(make, Outcome.NO_CRITERIA, **LUNG), hook="order-sign")
    assert card.summary == "PET/CT: metastasis suspected (lung), targeted study is chest radiograph, then CT chest"
    assert "not appropriate" not in card.summary + card.detail
    assert card.suggestions == ()


def test_targeted_study_itself_gets_no_card(make):
    """A bone scan for bone pain is what the card would propose."""
    rating = make.rating("bone-scan", category=None, variants=(), outcome=Outcome.NO_CRITERIA)
    assert make.cards(make.assessment(rating, facts=make.facts(**BONE)), hook="order-sign") == ()


class TestWarning:
    def test_says_study_verdict_and_reason(self, make):
        expected = "PET/CT usually not appropriate: stage IA breast cancer without symptoms of metastasis"
        assert make.card(make.assessment()).summary == expected

    def test_in_follow_up_says_so(self, make):
        rating = make.rating(variants=("310-v10",))
        card = make.card(make.assessment(rating, facts=make.facts(disease_phase="surveillance")))
        assert card.summary == (
            "PET/CT usually not appropriate: follow-up after breast cancer without symptoms of metastasis"
        )

    def test_offers_override_reasons_each_with_its_display(self, make):
        reasons = make.card(make.assessment()).override_reasons
        assert reasons[0].code == "expert-contradicts"
        assert all(each.code and each.system and each.display for each in reasons)

    def test_names_its_order_and_its_partner(self, make):
        card = make.card(make.assessment(id="chest", with_reference="ServiceRequest/abdomen"))
        assert card.extension == {
            "davinci-crd.associated-resource": [
                {"reference": "ServiceRequest/chest"},
                {"reference": "ServiceRequest/abdomen"},
            ]
        }

    def test_links_the_topic_it_rests_on(self, make):
        card = make.card(make.assessment())
        assert card.source.url == "https://doi.org/10.1016/j.jacr.2024.02.021"
        assert [(link.url, link.type) for link in card.links] == [
            ("https://doi.org/10.1016/j.jacr.2024.02.021", "absolute")
        ]
        assert (card.source.topic.code, card.source.label) == ("guideline", "Breast imaging appropriateness")


class TestInfoInsteadOfWarning:
    """While metastasis is suspected a card informs: nothing to cancel, nothing to justify, nothing preselected."""

    @pytest.fixture
    def card(self, make):
        rating = make.rating("ct-without", variants=("310-v11",))
        better = make.rating("ct-with", "distant", UA, ("310-v11",))
        suspected = make.facts(disease_phase="surveillance", metastasis_suspected="symptom")
        return make.card(make.assessment(rating, facts=suspected, alternatives=(better,)))

    def test_names_the_better_form(self, card):
        assert card.summary == (
            "CT C/A/P without contrast usually not appropriate: CT C/A/P with contrast is usually appropriate (9/9)"
        )

    def test_does_not_press(self, card):
        assert [each.label for each in card.suggestions] == [
            "CT C/A/P with contrast instead: usually appropriate (9/9)"
        ]
        assert not any(each.is_recommended for each in card.suggestions)
        assert card.override_reasons == ()


def new_or_followed(make):
    """No date of diagnosis: two variants may hold, and both say no."""
    rating = make.rating(variants=(make.possible("310-v2", UNA), make.possible("310-v10", UNA)))
    return make.assessment(rating, facts=make.facts(disease_phase=OneOf(("new", "surveillance"))))


UNWARRANTED = [
    ("a variant that may hold says otherwise", {"more": [("310-v4", UA)]}, "every variant"),
    ("a variant that may hold does not rate the study", {"more": [("310-v4", None)]}, "every variant"),
    ("no variant holds", {"variants": ()}, "in every case"),
    ("in some case no criteria apply", {"categories": frozenset({UNA, None})}, "in every case"),
    ("only possible variants, not covering every case", {"possible": True, "categories": frozenset()}, "in every case"),
]


@pytest.mark.parametrize(("case", "message"), [row[1:] for row in UNWARRANTED], ids=[row[0] for row in UNWARRANTED])
def test_unwarranted_warning_is_an_error_of_ours(make, case, message):
    variants = case.get("variants", (make.possible("310-v2", UNA),) if case.get("possible") else ("310-v2",))
    more = tuple(make.possible(*each) for each in case.get("more", ()))
    rating = make.rating(variants=(*variants, *more), categories=case.get("categories", frozenset({UNA})))
    with pytest.raises(ValueError, match=message):
        make.cards(make.assessment(rating))


def test_possible_variants_that_cover_every_case_warrant_a_warning(make):
    """Diagnosis date unknown: either new or follow-up, and both say no."""
    assert make.card(new_or_followed(make)).indicator == "warning"


class TestNewOrInFollowUp:
    """No date of diagnosis: both variants say no, and the card claims neither."""

    @pytest.fixture
    def card(self, make):
        rating = make.rating(variants=(make.possible("310-v2", UNA), make.possible("310-v10", UNA)))
        phase = OneOf(("new", "surveillance"))
        mammogram = make.rating("mammography-diagnostic", "local-recurrence", UA, ("310-v6",))
        return make.card(make.assessment(rating, facts=make.facts(disease_phase=phase), alternatives=(mammogram,)))

    def test_says_so(self, card):
        assert card.summary == (
            "PET/CT usually not appropriate: "
            "stage IA breast cancer, new or in follow-up, without symptoms of metastasis"
        )

    def test_names_both_with_their_ratings(self, card):
        for title, id in (
            ("new clinical stage I to IIA invasive cancer, distant disease", "310-v2"),
            ("follow-up after curative treatment, distant disease", "310-v10"),
        ):
            assert f"- If {title} ({id}): usually not appropriate (2/9). Occult metastasis is rare." in card.detail

    def test_offers_only_what_fits_both(self, card):
        """Ultrasound for a lump, which both need; no mammogram, no steps of one of the two."""
        assert [each.label for each in card.suggestions] == ["New lump? US axilla instead", "Cancel PET/CT"]
        assert "**Next**" not in card.detail

    def test_elsewhere_names_the_variants(self, make):
        """For the axilla there are no words that fit both."""
        rating = make.rating(
            "fdg-pet-ct", "axilla", variants=(make.possible("286-v9", UNA), make.possible("235-v4", UNA))
        )
        summary = make.card(make.assessment(rating, question_stated=True)).summary
        assert summary == "PET/CT usually not appropriate: whichever of 235-v4 and 286-v9 applies"


class TestUndecided:
    def test_asks_for_one_fact_in_clinical_words(self, make):
        card = make.card(insufficient(make))
        assert card.summary == (
            "PET/CT: stage may be IIA or IIB; usually not appropriate if stage IIA, usually appropriate if stage IIB"
        )
        assert "- Stage IIA: usually not appropriate\n- Stage IIB: usually appropriate" in card.detail
        assert card.suggestions == ()

    @pytest.mark.parametrize(
        ("reason", "words"),
        [
            (UnknownReason.NOT_RECORDED, "not recorded"),
            (UnknownReason.NOT_RETRIEVED, "could not be retrieved"),
            (UnknownReason.UNREADABLE, "could not be read"),
            (UnknownReason.CONTRADICTORY, "recorded in ways that contradict each other"),
        ],
    )
    def test_says_how_the_fact_is_missing(self, make, reason, words):
        """A failure must not read as an omission of the clinician."""
        facts = make.facts(stage_group=Unknown(reason))
        card = make.card(dataclasses.replace(insufficient(make), facts=facts))
        assert f"PET/CT: stage {words}" in card.summary

    def test_mentions_what_else_is_open(self, make):
        card = make.card(insufficient(make, missing=("stage-group", "her2", "clinical-n")))
        assert "Also open: HER2 and clinical nodal status at diagnosis." in card.detail

    def test_asks_what_the_study_is_for(self, make):
        answers = (
            Answer(values=("distant",), label="distant metastasis", category=UNA),
            Answer(values=("axilla",), label="the axillary nodes", category=MBA),
        )
        card = make.card(insufficient(make, missing=("question",), answers=answers))
        assert card.summary == (
            "PET/CT: what is it for? Usually not appropriate for distant metastasis, "
            "may be appropriate for the axillary nodes"
        )

    def test_asks_for_which_cancer_while_another_is_active(self, make):
        """Whatever it asks of the breast cancer it is usually not appropriate; but it may be for the other one."""
        answers = tuple(
            Answer(values=(each,), label=VOCABULARY["question"].label(each), category=UNA, variants=("310-v2",))
            for each in ("distant", "axilla")
        )
        rated = insufficient(make, missing=("question",), answers=answers)
        card = make.card(dataclasses.replace(rated, facts=make.facts(other_malignancy="yes")))
        assert card.summary == (
            "PET/CT: for which cancer? Another one is active; for breast cancer usually not appropriate"
        )
        assert "the rating depends on it" not in card.detail

    def test_claims_nothing_of_a_question_without_criteria(self, make):
        """After neoadjuvant therapy no criteria rate distant staging; the axilla's rating does not speak for it."""
        answers = (Answer(values=("axilla",), label="the axillary nodes", category=UNA, variants=("286-v9",)),)
        card = make.card(insufficient(make, missing=("question",), answers=answers))
        assert card.summary == "PET/CT: what is it for? Usually not appropriate for the axillary nodes"

    def test_what_was_only_assumed_is_not_recorded(self, make):
        """A node nobody looked for is not "not specific enough"."""
        rated = insufficient(make, missing=("node-suspicious-on-imaging",), answers=())
        facts = make.facts(node_suspicious_on_imaging=Known("none", assumed="no-suspicious-node-recorded"))
        card = make.card(dataclasses.replace(rated, facts=facts))
        assert "suspicious axillary node on imaging not recorded" in card.summary

    def test_a_provisional_cancer_is_not_confirmed(self, make):
        """It is recorded, but not as certain."""
        rated = insufficient(make, missing=("cancer",), answers=())
        evidence = (Evidence(value="breast cancer", date="2026-10-20"),)
        facts = make.facts(cancer=Unknown(UnknownReason.NOT_RECORDED, evidence=evidence))
        card = make.card(dataclasses.replace(rated, facts=facts, evidence={"cancer": evidence}))
        assert "diagnosis not confirmed" in card.summary

    @pytest.mark.parametrize(
        ("t", "n", "words"),
        [
            ("T2", NOT_RECORDED, "clinical N is not recorded"),
            (NOT_RECORDED, "N1", "clinical T is not recorded"),
            ("T2", NOT_RETRIEVED, "clinical N could not be retrieved"),
        ],
    )
    def test_names_the_half_of_the_stage_that_is_missing(self, make, t, n, words):
        facts = make.facts(stage_group=OneOf(("IIA", "IIB")), clinical_t=t, clinical_n=n)
        card = make.card(dataclasses.replace(insufficient(make), facts=facts))
        assert f"stage open, as {words}" in card.summary

    def test_an_answer_that_decides_nothing_comes_last_and_says_why(self, make):
        answers = (
            Answer(values=("IV",), label="stage IV", category=None),
            Answer(values=("IIA",), label="stage IIA", category=UNA, variants=("310-v2",)),
            Answer(values=("IIB",), label="stage IIB", category=None, variants=("310-v4",)),
        )
        assert (
            "- Stage IIA: usually not appropriate\n"
            "- Stage IV: these criteria do not apply\n"
            "- Stage IIB: depends on further facts"
        ) in make.card(insufficient(make, answers=answers)).detail

    def test_an_answer_under_which_the_criteria_disagree_names_both_sides(self, make):
        """The axilla was not imaged before neoadjuvant therapy: 235-v5 says one thing, 286-v8 another."""
        answers = (
            Answer(values=("yes",), label="the axilla was imaged before therapy", category=MBA),
            Answer(
                values=("no",), label="the axilla was not imaged before therapy", category=None, disagreeing=(UNA, MBA)
            ),
        )
        card = make.card(insufficient(make, missing=("axilla-imaged-before-therapy",), answers=answers))
        assert (
            "- The axilla was not imaged before therapy: the criteria disagree (usually not appropriate or may be "
            "appropriate)"
        ) in card.detail

    def test_is_silent_where_no_answer_is_usually_not_appropriate(self, make):
        """At worst the criteria would disagree; that is no reason to interrupt."""
        assert make.cards(insufficient(make, disputed=True)) == ()

    def test_says_the_verdict_where_the_candidates_do_not_fit(self, make):
        """Four phases may be meant; that one of them is usually not appropriate matters more than their names."""
        phases = OneOf(("new", "adjuvant", "surveillance", "recurrence"))
        answers = (
            Answer(values=("surveillance",), label="follow-up after curative treatment", category=UNA),
            Answer(values=("new",), label="newly diagnosed, untreated", category=None, variants=("310-v2",)),
        )
        asks = insufficient(make, missing=("disease-phase",), answers=answers)
        card = make.card(dataclasses.replace(asks, facts=make.facts(disease_phase=phases)))
        assert card.summary == (
            "PET/CT: phase of the disease not clear; usually not appropriate if follow-up after curative treatment"
        )


class TestFormLeftOpen:
    """A breast MRI that omits contrast is one of two rows."""

    @pytest.fixture
    def asks(self, make, knowledge):
        forms = ("mri-breast-without-and-with-contrast", "mri-breast-without-contrast")
        answers = tuple(Answer(values=(id,), label=knowledge.procedures[id].name, category=None) for id in forms)
        rating = make.rating(
            forms[0],
            "breast",
            None,
            (),
            outcome=Outcome.INSUFFICIENT,
            missing=("procedure",),
            answers=answers,
            categories=frozenset({UNA, UA}),
        )
        evidence = {
            "age-years": (Evidence(value="born 1968-03-12", date="1968-03-12"),),
            "stage-group": (Evidence(value="stage IA", date="2026-10-20"),),
        }

        def card(**facts):
            known = make.facts(age_years=Known(58.0), order_laterality="left", **facts)
            return make.card(make.assessment(rating, facts=known, evidence=evidence), knowledge=knowledge)

        return card

    def test_says_what_each_form_is_rated(self, asks):
        assert asks().summary == (
            "MRI breast: contrast not stated; usually appropriate without and with IV contrast, "
            "usually not appropriate without IV contrast"
        )
        assert (
            "- Without and with IV contrast: usually appropriate (7/9)\n"
            "- Without IV contrast: usually not appropriate (1/9)"
        ) in asks().detail

    def test_names_its_source(self, asks):
        assert "310-v1" in asks().detail
        assert asks().source.url == "https://doi.org/10.1016/j.jacr.2024.02.021"

    def test_in_pregnancy_no_form_is_called_appropriate(self, asks):
        """Only "usually not appropriate" carries over."""
        detail = asks(pregnant="yes").detail
        assert "- Without and with IV contrast: not rated in this patient" in detail
        assert "- Without IV contrast: usually not appropriate (1/9)" in detail

    def test_shows_no_birth_date(self, asks):
        assert "1968" not in asks().detail


class TestContradiction:
    """Stage IIA is recorded, T2 N1 is anatomic IIB: opposite ratings (facts E2, C10)."""

    @pytest.fixture
    def card(self, make):
        evidence = tuple(Evidence(value=each, date="2026-10-20") for each in ("stage IIA", "cT2", "cN1"))
        answers = (
            Answer(values=("IV", "0"), label="stage IV", category=None),
            Answer(values=("IA", "IB", "IIA"), label="stage IA to IIA", category=UNA, variants=("310-v2",)),
            Answer(values=("IIB", "IIIA"), label="stage IIB or IIIA", category=UA, variants=("310-v4",)),
        )
        stage = Unknown(UnknownReason.CONTRADICTORY, evidence=evidence)
        facts = make.facts(stage_group=stage, clinical_t="T2", clinical_n="N1")
        asks = insufficient(make, answers=answers)
        return make.card(dataclasses.replace(asks, facts=facts, evidence={"stage-group": evidence}))

    def test_says_what_says_what(self, card):
        assert card.detail.startswith(
            "The record contradicts itself: stage IIA is recorded, but cT2 and cN1 make stage IIB. "
            "A recorded group may be AJCC prognostic; ACR's variants are read here as anatomic groups."
        )

    def test_pathology_is_not_said_to_make_the_recorded_group(self, make):
        evidence = tuple(Evidence(value=each) for each in ("stage IIA", "pN1"))
        stage = Unknown(UnknownReason.CONTRADICTORY, evidence=evidence)
        facts = make.facts(stage_group=stage, clinical_t="T2", clinical_n="N0")
        card = make.card(dataclasses.replace(insufficient(make, missing=("stage-group",), answers=()), facts=facts))
        assert card.detail.startswith("The record contradicts itself: stage IIA and pN1 do not agree.")
        assert "contradicted by T and N" not in card.summary

    def test_offers_only_the_answers_the_record_supports(self, card):
        assert card.summary == (
            "PET/CT: stage contradicted by T and N; "
            "usually not appropriate if stage IIA, usually appropriate if stage IIB"
        )
        assert "- Stage IIA: usually not appropriate\n- Stage IIB: usually appropriate\n" in card.detail

    def test_of_another_fact_is_said_too(self, make):
        evidence = (Evidence(value="HER2 positive"), Evidence(value="HER2 negative"))
        facts = make.facts(her2=Unknown(UnknownReason.CONTRADICTORY, evidence=evidence))
        card = make.card(dataclasses.replace(insufficient(make, missing=("her2",), answers=()), facts=facts))
        assert card.detail.startswith("The record contradicts itself: HER2 positive and HER2 negative do not agree.")
        assert "AJCC" not in card.detail


class TestPartOfTheRecordNotUsed:
    """An entry that is unreadable, or another patient's, may hold the very symptom."""

    def asks(self, make, *places):
        facts = make.facts(metastasis_suspected=Unknown(UnknownReason.NOT_RETRIEVED))
        rated = insufficient(make, missing=("metastasis-suspected",), answers=())
        return make.card(dataclasses.replace(rated, facts=facts, unreadable=places))

    def test_is_named(self, make):
        card = self.asks(make, "prefetch.conditions.entry[1]")
        assert card.summary == (
            "PET/CT not rated: the problem list (entry 2) could not be used, which leaves symptoms of metastasis open"
        )
        assert "**Could not be used**\n\n- The problem list (entry 2)" in card.detail

    def test_several_are_named_in_the_detail(self, make):
        card = self.asks(make, "prefetch.conditions.entry[1]", "prefetch.observations.entry[0]")
        assert card.summary.startswith("PET/CT not rated: part of the record could not be used")
        assert "- The problem list (entry 2)\n- Observations and laboratory results (entry 1)" in card.detail

    def test_is_said_beside_a_verdict_it_does_not_touch(self, make):
        """An unreadable allergy: the warning stands, and the allergies are unknown."""
        card = make.card(make.assessment(unreadable=("prefetch.allergies.entry[0]",)))
        assert card.indicator == "warning"
        assert "- Allergies (entry 1)" in card.detail


def test_conflict_shows_both_sides(make):
    card = make.card(conflicting(make, UNA, MBA))
    assert card.summary == ("PET/CT usually not appropriate or may be appropriate: criteria apply that disagree")
    assert "(310-v2): usually not appropriate (2/9)." in card.detail
    assert "(235-v4): may be appropriate (5/9)." in card.detail


def test_conflict_with_a_criterion_that_does_not_rate_the_study(make):
    """What blocks the warning is shown beside what would have warned."""
    card = make.card(conflicting(make, UNA, None))
    assert card.summary == "PET/CT usually not appropriate or not rated: one of the criteria does not rate it"
    assert "(235-v4): not rated." in card.detail


def test_order_that_leaves_its_form_open_is_named_by_what_it_says(make):
    """Both forms of the MRI are usually not appropriate for the node: one verdict, no form named."""
    order = make.order(procedures=("mri-breast-without-and-with-contrast", "mri-breast-without-contrast"))
    rating = make.rating("mri-breast-without-and-with-contrast", "axilla", UNA, ("286-v9",))
    summary = make.card(make.assessment(rating, order=order, question_stated=True)).summary
    assert summary.startswith("MRI breast usually not appropriate: ")


class TestNotAssessed:
    def test_one_card_for_all_orders_in_words(self, make):
        """Two orders fail for one reason: one card, naming the reason as a clinician would."""
        failed = [
            dataclasses.replace(
                unrated(make, Outcome.NOT_ASSESSED),
                reference=f"ServiceRequest/{id}",
                procedure=procedure,
                unreadable=("prefetch.conditions.entry[2]", "prefetch.patient"),
            )
            for id, procedure in (("a", "fdg-pet-ct"), ("b", "bone-scan"))
        ]
        card = make.card(*failed)
        assert card.summary == ("2 orders not assessed for appropriateness: part of the record could not be read")
        assert "- PET/CT\n- Bone scan" in card.detail
        assert "- The problem list (entry 3)\n- Age and sex" in card.detail
        assert len(card.extension["davinci-crd.associated-resource"]) == 2

    def test_the_one_part_that_failed_is_in_the_line(self, make):
        failed = dataclasses.replace(unrated(make, Outcome.NOT_ASSESSED), unreadable=("prefetch.conditions",))
        expected = "PET/CT not assessed for appropriateness: the problem list could not be read"
        assert make.card(failed).summary == expected

    def test_beside_a_rated_order(self, make):
        """What could be assessed still is; the failure is last and never silent."""
        failed = dataclasses.replace(
            unrated(make, Outcome.NOT_ASSESSED), reference="ServiceRequest/b", procedure="bone-scan"
        )
        warning, failure = make.cards(failed, make.assessment())
        assert (warning.indicator, failure.indicator) == ("warning", "info")
        assert failure.summary.startswith("Bone scan not assessed")
        assert failure.extension == {"davinci-crd.associated-resource": [{"reference": "ServiceRequest/b"}]}

    def test_an_order_that_could_not_be_read_at_all(self, make):
        failed = dataclasses.replace(
            unrated(make, Outcome.NOT_ASSESSED),
            order=None,
            procedure=None,
            rating=None,
            facts=None,
            unreadable=("context.draftOrders.entry[1].resource",),
        )
        card = make.card(failed)
        assert card.summary.startswith("Imaging order not assessed")
        assert "- The order itself (draft 2)" in card.detail
        named = [
            dataclasses.replace(failed, procedure=each, reference=f"ServiceRequest/{each}")
            for each in ("bone-scan", "fdg-pet-ct")
        ]
        several = make.card(failed, *named)
        assert several.summary.startswith("3 orders not assessed")
        assert "**Not assessed**\n\n- Bone scan\n- PET/CT\n\n" in several.detail, "those that have a name"

    def test_as_plain_text_has_no_marks(self, make):
        failed = dataclasses.replace(unrated(make, Outcome.NOT_ASSESSED), unreadable=("prefetch.conditions",))
        assert "**" in make.card(failed).detail
        assert "**" not in make.card(failed, presentation={"plain_text": True}).detail


class TestShownOnRequest:
    def test_appropriate_order_says_so_in_short(self, make):
        assessment = make.assessment(make.rating(category=UA, variants=("310-v4",)))
        card = make.card(assessment, presentation={"show_appropriate": True})
        assert (card.indicator, card.suggestions) == ("info", ())
        assert card.summary.startswith("PET/CT usually appropriate: ")

    @pytest.mark.parametrize(
        ("said", "muted", "shown", "why"),
        [
            (lambda make: make.assessment(), {"310-v2"}, 0, "the variant that holds"),
            (lambda make: make.assessment(), {"310-v10"}, 1, "another variant"),
            (lambda make: new_or_followed(make), {"310-v2"}, 1, "the other of two may be the one that holds"),
            (lambda make: new_or_followed(make), {"310-v2", "310-v10"}, 0, "both of them"),
            (insufficient, {"310-v2"}, 0, "the variant that would be against the study"),
            (insufficient, {"310-v4"}, 1, "the variant that would be for it gives no reason to ask"),
            (lambda make: conflicting(make, UNA, MBA), {"310-v2"}, 0, "the side that is against the study"),
            (lambda make: conflicting(make, UNA, MBA), {"235-v4"}, 1, "the side that is for it"),
        ],
    )
    def test_muted_variant_is_not_shown(self, make, said, muted, shown, why):
        """A site mutes what it does not want to hear; every variant that gives the card its reason has to be muted."""
        assert len(make.cards(said(make), presentation={"muted": frozenset(muted)})) == shown, why

    def test_muting_never_silences_a_failure(self, make):
        assert len(make.cards(unrated(make, Outcome.NOT_ASSESSED), presentation={"muted": frozenset({"310-v2"})})) == 1


class TestWithheld:
    """A card that was made and is not shown is still kept, with the reason."""

    @pytest.mark.parametrize(
        ("muted", "quiet", "why"),
        [
            (set(), set(), None),
            ({"310-v2"}, set(), Withheld.MUTED),
            (set(), {"ServiceRequest/pet"}, Withheld.QUIET),
            (set(), {"ServiceRequest/another"}, None),
            ({"310-v2"}, {"ServiceRequest/pet"}, Withheld.MUTED),  # what the site decided comes first
        ],
    )
    def test_says_why(self, make, muted, quiet, why):
        (said,) = make.said(make.assessment(), presentation={"muted": frozenset(muted)}, quiet=frozenset(quiet))
        assert said.withheld is why
        assert said.card is not None
        assert len(shown([said])) == (why is None)

    def test_leaves_what_it_offered_to_the_next_card(self, make):
        """Two wrong orders, and the warning of the first was overridden not long ago: ultrasound is offered once."""
        orders = [make.assessment(id=each, alternatives=(make.us_axilla(),)) for each in ("pet", "second")]
        assert [each.offered for each in make.said(*orders)] == [("us-axilla",), ()]
        quiet = make.said(*orders, quiet=frozenset({"ServiceRequest/pet"}))
        assert [each.offered for each in quiet] == [("us-axilla",), ("us-axilla",)]

    def test_is_counted_under_these_names(self, make):
        """They are stored: of a muted card of last year the report still has to know."""
        assert [str(each) for each in Withheld] == ["muted", "quiet"]


def test_same_request_gives_the_same_bytes(make):
    assessment = make.assessment(alternatives=(make.us_axilla(),))
    first, second = (msgspec.json.encode(HookResponse(cards=make.cards(assessment))) for _ in range(2))
    assert first == second


def test_ids_differ_between_orders_choices_and_requests(make):
    """Feedback names a card or a suggestion by its id alone."""
    assessment = make.assessment(alternatives=(make.us_axilla(),))
    other = dataclasses.replace(assessment, reference="ServiceRequest/second")
    cards = [*make.cards(assessment, other), *make.cards(assessment, hook_instance="another")]
    ids = [id for card in cards for id in (card.uuid, *(each.uuid for each in card.suggestions))]
    assert len(ids) == len(set(ids))


def test_disagreement_of_the_panel_is_said(make):
    rating = make.rating(question="axilla", category=MBA, variants=("235-v4",), disagreement=True)
    card = make.card(make.assessment(rating, alternatives=(make.us_axilla(UA, ("235-v4",)),)))
    assert "The expert panel disagreed on this rating." in card.detail


# --- the warrant of a warning -----------------------------------------------------------------------------------------
NO_WARRANT = [
    ("may be appropriate", lambda make: make.rating(category=MBA)),
    ("not rated at all", lambda make: make.rating(outcome=Outcome.INSUFFICIENT)),
    (
        "one variant that may hold rates it higher",
        lambda make: make.rating(variants=("310-v2", make.possible("310-v4", UA))),
    ),
    (
        "one variant that may hold does not rate it",
        lambda make: make.rating(variants=("310-v2", make.possible("310-v4", None))),
    ),
    ("no variant holds", lambda make: make.rating(variants=())),
    (
        "in some case left open no variant holds",
        lambda make: make.rating(variants=(make.possible("310-v2", UNA),), categories=frozenset({UNA, None})),
    ),
    ("in some case left open it is rated higher", lambda make: make.rating(categories=frozenset({UNA, MBA}))),
]


@pytest.mark.parametrize(("why", "rated"), NO_WARRANT, ids=[row[0] for row in NO_WARRANT])
def test_no_warning_without_its_warrant(make, why, rated):
    """The rule above all, a second time: whatever the engine says, the card refuses to warn."""
    with pytest.raises(ValueError, match=r"^a warning needs "):
        check_warrant(make.assessment(rated(make)))


def test_no_warning_without_a_rating(make):
    with pytest.raises(ValueError, match=r"^a warning needs a rating of usually not appropriate$"):
        check_warrant(dataclasses.replace(make.assessment(), rating=None))


WARRANTED = [
    ("the one variant that holds", lambda make: make.rating()),
    (
        "one that holds beside one that may",
        lambda make: make.rating(variants=("310-v2", make.possible("310-v10", UNA)), categories=frozenset()),
    ),
    (
        "one of two in every case left open",
        lambda make: make.rating(variants=(make.possible("310-v2", UNA), make.possible("310-v4", UNA))),
    ),
]


@pytest.mark.parametrize(("why", "rated"), WARRANTED, ids=[row[0] for row in WARRANTED])
def test_a_warning_with_its_warrant(make, why, rated):
    check_warrant(make.assessment(rated(make)))


def test_no_pressure_where_nobody_knows_the_patient(make):
    """Without facts nobody can say that metastasis is not suspected."""
    better = (make.rating("ct-with", "distant", UA, ("310-v2",)),)
    card = make.card(make.assessment(make.rating("ct-without"), facts=None, alternatives=better))
    assert (card.indicator, card.override_reasons) == ("info", ())


def test_a_warning_on_a_draft_that_was_not_sent_offers_no_change_of_it(make):
    """What nobody has cannot be edited; to cancel it names it alone."""
    card = make.card(make.assessment(alternatives=(make.us_axilla(UA, ("235-v4",)),)), drafts={})
    assert [each.label for each in card.suggestions] == ["Cancel PET/CT"]
    assert "US axilla: usually appropriate (9/9)" in card.detail


def test_a_card_is_short_however_much_a_variant_has_to_say(make):
    """Three reasons, two pieces of advice and three steps are what a narrow panel shows."""
    many = [f"point {number}" for number in range(9)]
    variant = dataclasses.replace(
        make.VARIANTS["310-v2"],
        why=tuple(f"Reason {each}." for each in many),
        instead=tuple(f"Advice {each}." for each in many),
        next=tuple(NextStep(result=f"Result {each}", step="Look") for each in many),
    )
    held = msgspec.structs.replace(make.rating().variants[0], variant=variant)
    body = make.card(make.assessment(make.rating(variants=(held,)))).detail
    assert [body.count(f"- {each} point") for each in ("Reason", "Advice", "Result")] == [3, 2, 3]


def test_an_alternative_rests_on_the_variants_that_rate_it(make):
    rated = make.us_axilla(MBA, ("310-v1", make.possible("235-v4", None)))
    assert "for the axillary nodes (310-v1)." in make.card(make.assessment(alternatives=(rated,))).detail
    unnamed = make.us_axilla(MBA, ())
    assert "for the axillary nodes (no variant)." in make.card(make.assessment(alternatives=(unnamed,))).detail


def test_where_too_much_is_open_the_detail_says_no_more(make):
    rating = make.rating(category=None, variants=(), outcome=Outcome.INSUFFICIENT, missing=())
    said = detail.undecided(make.assessment(rating), Asking(meanings=(), variants=()), knowledge=make.knowledge())
    assert said.startswith("Too much is open to rate this study.\n")
