"""What is offered instead: rated for its own question, useful to this patient, never harmful, never twice."""

import dataclasses

import pytest

from cds_service.cards.alternatives import NEW_LUMP_CODING
from cds_service.cards.exclusions import drafted_studies
from cds_service.coding import Code
from cds_service.criteria.model import Outcome
from cds_service.facts.model import NOT_RECORDED, NOT_RETRIEVED, OneOf, PriorStudy
from cds_service.knowledge.model import Category

UNA, MBA, UA = Category.USUALLY_NOT, Category.MAY_BE, Category.USUALLY


def labels(card):
    return [each.label for each in card.suggestions]


def recommended(card):
    return [each.label for each in card.suggestions if each.is_recommended]


def follow_up(make, *, alternatives=(), prior=(), **facts):
    """PET/CT in follow-up without symptoms."""
    return make.assessment(
        make.rating(variants=("310-v10",)),
        facts=make.facts(disease_phase="surveillance", **facts),
        alternatives=alternatives,
        prior_imaging=prior,
    )


def mammogram(make, **more):
    return make.rating("mammography-diagnostic", "local-recurrence", UA, ("310-v6",), **more)


class TestNewEarlyDisease:
    def test_axilla_is_offered_with_its_own_rating_and_cancel_is_recommended(self, make):
        card = make.card(make.assessment(alternatives=(make.us_axilla(MBA, ("310-v1",)),)))
        assert labels(card) == ["US axilla instead: may be appropriate (5/9)", "Cancel PET/CT"]
        assert recommended(card) == ["Cancel PET/CT"]
        assert "US axilla: may be appropriate (5/9) for the axillary nodes (310-v1)." in card.detail

    def test_usually_appropriate_axilla_is_recommended(self, make):
        """Clinically node-positive: ultrasound is what should be ordered."""
        card = make.card(make.assessment(alternatives=(make.us_axilla(UA, ("235-v4",)),)))
        assert recommended(card) == ["US axilla instead: usually appropriate (9/9)"]

    def test_axilla_that_is_at_least_may_be_appropriate_is_offered_without_a_score(self, make):
        """Nodes not examined: one variant says 5, the other 9."""
        either = make.us_axilla(
            None,
            (make.possible("310-v1", MBA), make.possible("235-v4", UA)),
            outcome=Outcome.INSUFFICIENT,
            categories=frozenset({MBA, UA}),
        )
        card = make.card(make.assessment(alternatives=(either,)))
        assert labels(card)[0] == "US axilla instead: may be or usually appropriate"
        assert recommended(card) == ["Cancel PET/CT"]

    @pytest.mark.parametrize(
        "rating",
        [
            {"category": UNA, "variants": ("310-v1",)},
            {"category": None, "variants": (), "outcome": Outcome.NO_CRITERIA, "categories": frozenset({None})},
        ],
        ids=["usually not appropriate", "no criteria"],
    )
    def test_axilla_without_a_rating_for_it_is_not_offered(self, make, rating):
        card = make.card(make.assessment(alternatives=(make.us_axilla(**rating),)))
        assert labels(card) == ["Cancel PET/CT"]

    def test_no_lump_is_asked_for(self, make):
        """The conditional ultrasound is for follow-up; new disease has its axillary staging."""
        assert "New lump?" not in make.card(make.assessment()).detail


class TestFollowUp:
    def test_cancel_is_recommended_and_ultrasound_is_there_for_a_new_lump(self, make):
        card = make.card(follow_up(make))
        assert labels(card) == ["New lump? US axilla instead", "Cancel PET/CT"]
        assert recommended(card) == ["Cancel PET/CT"]

    def test_the_lump_claims_a_rating_only_where_it_has_one(self, make):
        """Topic 286 is about women: a man's new lump has no variant (C6)."""
        plain = "New lump? US axilla: the reason becomes “New palpable axillary lump”"
        assessment = follow_up(make)
        assert f"{plain}." in make.card(assessment).detail
        with_lump = dataclasses.replace(
            assessment, with_new_lump=make.rating("us-axilla", question="axilla", category=Category.USUALLY, score=9)
        )
        assert f"{plain}, and it is rated for that." in make.card(with_lump).detail

    def test_the_code_of_a_new_lump_is_read_again_as_one(self, knowledge):
        coding = dict(NEW_LUMP_CODING)
        assert knowledge.value_sets.matches("axillary-lump", Code(coding.pop("system"), coding.pop("code")))
        assert coding == {"display": "Mass of axilla"}

    @pytest.mark.parametrize("study", ["fdg-pet-ct", "mri-head-without-and-with-contrast", "us-axilla"])
    def test_a_new_lump_is_thought_of_whatever_was_ordered_of_body_head_or_axilla(self, make, knowledge, study):
        assessment = make.assessment(
            make.rating(study, variants=("310-v10",)), facts=make.facts(disease_phase="surveillance")
        )
        assert labels(make.card(assessment, knowledge=knowledge))[0].startswith("New lump?")

    def test_ultrasound_with_a_rating_is_not_offered_a_second_time_for_a_lump(self, make):
        card = make.card(follow_up(make, alternatives=(make.us_axilla(UA, ("235-v4",)),)))
        assert labels(card) == ["US axilla instead: usually appropriate (9/9)", "Cancel PET/CT"]

    def test_yearly_mammogram_is_offered_when_due_but_to_cancel_is_recommended(self, make):
        """The mammogram does not answer what the body scan asked."""
        card = make.card(follow_up(make, alternatives=(mammogram(make),)))
        assert labels(card) == [
            "Diagnostic mammography instead: usually appropriate (9/9)",
            "New lump? US axilla instead",
            "Cancel PET/CT",
        ]
        assert recommended(card) == ["Cancel PET/CT"]

    @pytest.mark.parametrize(
        ("recorded", "offered"),
        [
            ("2025-11-20", True),  # a year ago to the day: due
            ("2025-11-21", False),
            ("2025-11", False),  # may have been later in that month
            ("2024", True),
            ("2025", False),
            (None, False),  # undated: may be recent
            ("unreadable", False),
            ("2025-13-40", False),
        ],
    )
    def test_mammogram_within_twelve_months_is_not_offered_again(self, make, recorded, offered):
        prior = (PriorStudy(procedure="dbt-screening", resource="DiagnosticReport/1", date=recorded),)
        card = make.card(follow_up(make, alternatives=(mammogram(make),), prior=prior))
        assert any("mammography" in label for label in labels(card)) is offered

    def test_recent_mammogram_is_not_the_better_study_either(self, make):
        """MRI in follow-up may be appropriate; the mammogram rated above it was done in spring."""
        assessment = make.assessment(
            make.rating("mri-breast-without-and-with-contrast", "local-recurrence", MBA, ("310-v6",)),
            facts=make.facts(disease_phase="surveillance"),
            alternatives=(mammogram(make),),
        )
        done = PriorStudy(procedure="mammography-screening", resource="DiagnosticReport/1", date="2026-04-02")
        assert len(make.cards(assessment)) == 1
        assert make.cards(dataclasses.replace(assessment, prior_imaging=(done,))) == ()

    def test_mammogram_that_only_may_apply_is_not_offered(self, make):
        """Surgery type unknown: after mastectomy the mammogram is usually not appropriate."""
        perhaps = mammogram(make)
        perhaps = dataclasses.replace(perhaps, variants=(make.possible("310-v6", UA),))
        assert not any("mammography" in each for each in labels(make.card(follow_up(make, alternatives=(perhaps,)))))

    def test_date_of_diagnosis_unknown_offers_no_mammogram_but_ultrasound_for_a_lump(self, make):
        """The yearly mammogram is for follow-up, which is not certain; a lump needs ultrasound in both."""
        phase = OneOf(("new", "surveillance"))
        assessment = make.assessment(facts=make.facts(disease_phase=phase), alternatives=(mammogram(make),))
        assert labels(make.card(assessment)) == ["New lump? US axilla instead", "Cancel PET/CT"]

    def test_ultrasound_of_the_axilla_itself_is_offered_with_a_reason(self, make):
        """Ordered for distant disease it is usually not appropriate; for a new lump it is another question."""
        rating = make.rating("us-axilla", variants=("310-v10",))
        card = make.card(make.assessment(rating, facts=make.facts(disease_phase="surveillance")))
        assert labels(card) == ["New lump? State it as the reason", "Cancel US axilla"]


class TestSameQuestion:
    def test_the_other_form_of_the_same_study_comes_first(self, make):
        """MRI without contrast: the least change is contrast. Recommended is the top rated, as CDS Hooks asks."""
        alternatives = (
            make.rating("mammography-diagnostic", "breast", UA, ("310-v1",)),
            make.rating("mri-breast-without-and-with-contrast", "breast", UA, ("310-v1",), score=7),
        )
        rating = make.rating("mri-breast-without-contrast", "breast", UNA, ("310-v1",))
        card = make.card(make.assessment(rating, question_stated=True, alternatives=alternatives))
        assert labels(card) == [
            "MRI breast without and with contrast instead: usually appropriate (7/9)",
            "Diagnostic mammography instead: usually appropriate (9/9)",
            "Cancel MRI breast without contrast",
        ]
        assert recommended(card) == ["Diagnostic mammography instead: usually appropriate (9/9)"]

    def test_biopsy_before_imaging_is_offered_ultrasound_and_nothing_else(self, make):
        """The step before a needle is ultrasound; MRI, although rated higher than the biopsy, is not."""
        alternatives = (
            make.rating("mri-breast-without-and-with-contrast", "axilla", MBA, ("235-v4",)),
            make.us_axilla(UA, ("235-v4",)),
        )
        rating = make.rating("core-biopsy-axillary-node", "axilla", UNA, ("235-v4",))
        card = make.card(make.assessment(rating, alternatives=alternatives))
        assert labels(card) == ["US axilla instead: usually appropriate (9/9)", "Cancel core biopsy, axillary node"]

    def test_at_most_three(self, make):
        alternatives = tuple(
            make.rating(id, "axilla", category, ("235-v4",))
            for id, category in (
                ("us-axilla", UA),
                ("core-biopsy-axillary-node", UA),
                ("mammography-diagnostic", MBA),
                ("mri-breast-without-and-with-contrast", MBA),
            )
        )
        rating = make.rating(question="axilla", variants=("286-v9",))
        card = make.card(make.assessment(rating, alternatives=alternatives))
        assert len(card.suggestions) == 4  # three and cancel
        assert card.selection_behavior == "at-most-one"
        assert len(recommended(card)) == 1

    def test_the_higher_score_first_whatever_the_radiation(self, make):
        alternatives = (
            make.rating("bone-scan", "distant", UA, ("310-v11",), score=7),
            make.rating("ct-with", "distant", UA, ("310-v11",), score=9),
        )
        suspected = make.facts(metastasis_suspected="symptom")
        rating = make.rating("fdg-pet-ct", "distant", MBA, ("310-v11",))
        card = make.card(make.assessment(rating, facts=suspected, alternatives=alternatives))
        assert [each.split(" instead")[0] for each in labels(card)] == ["CT C/A/P with contrast", "Bone scan"]

    def test_less_radiation_first_among_equals(self, make):
        alternatives = tuple(make.rating(id, "distant", UA, ("310-v11",)) for id in ("ct-with", "bone-scan"))
        suspected = make.facts(metastasis_suspected="symptom")
        rating = make.rating("fdg-pet-ct", "distant", MBA, ("310-v11",))
        card = make.card(make.assessment(rating, facts=suspected, alternatives=alternatives))
        assert labels(card)[0].startswith("Bone scan")


HARMS = [
    ("ct-with", {"contrast_allergy": "iodinated"}, "an allergy to iodinated contrast is recorded"),
    ("ct-with", {"contrast_allergy": "both"}, "an allergy to contrast is recorded"),
    ("ct-with", {"kidney_function": "reduced"}, "reduced kidney function is recorded"),
    ("bone-scan", {"pregnant": "yes"}, "only ultrasound is offered"),
]


@pytest.mark.parametrize(("study", "facts", "words"), HARMS)
def test_what_could_harm_is_not_offered_and_the_card_says_why(make, study, facts, words):
    better = make.rating(study, "distant", UA, ("310-v11",))
    rating = make.rating("ct-without", variants=("310-v2",))
    card = make.card(make.assessment(rating, facts=make.facts(**facts), alternatives=(better,)))
    assert labels(card) == ["Cancel CT C/A/P without contrast"]
    assert words in card.detail


@pytest.mark.parametrize("facts", [{"contrast_allergy": "both"}, {"kidney_function": "reduced"}])
def test_what_needs_no_contrast_does_no_harm_by_it(make, facts):
    better = make.rating("bone-scan", "distant", UA, ("310-v11",))
    rating = make.rating("ct-without", variants=("310-v2",))
    card = make.card(make.assessment(rating, facts=make.facts(**facts), alternatives=(better,)))
    assert labels(card)[0].startswith("Bone scan instead")


DOUBTS = [
    ({"kidney_function": OneOf(("normal", "reduced"))}, "leaves kidney function open"),
    ({"kidney_function": NOT_RETRIEVED}, "leaves kidney function open"),
    ({"contrast_allergy": NOT_RETRIEVED}, ": ask for an allergy to contrast first"),
]


class TestDoubt:
    """Something in the record speaks against contrast, or it could not be read: there to pick, never recommended."""

    @pytest.mark.parametrize(("facts", "words"), DOUBTS)
    def test_is_said_and_another_study_is_recommended(self, make, facts, words):
        better = (make.rating("ct-with", "distant", UA, ("310-v11",)), make.rating("bone-scan", "distant", UA, score=7))
        rating = make.rating("ct-without", variants=("310-v2",))
        card = make.card(make.assessment(rating, facts=make.facts(**facts), alternatives=better))
        assert labels(card)[0].startswith("CT C/A/P with contrast instead")
        assert recommended(card) == ["Bone scan instead: usually appropriate (7/9)"]
        assert words in card.detail

    @pytest.mark.parametrize(("facts", "words"), DOUBTS)
    def test_leaves_nothing_to_recommend_where_there_is_no_other(self, make, facts, words):
        """To cancel is not better than to clear the doubt: a usually appropriate study may be there."""
        better = (make.rating("ct-with", "distant", UA, ("310-v11",)),)
        rating = make.rating("ct-without", variants=("310-v2",))
        card = make.card(make.assessment(rating, facts=make.facts(**facts), alternatives=better))
        assert recommended(card) == []

    def test_what_nobody_recorded_is_none(self, make):
        better = (make.rating("ct-with", "distant", UA, ("310-v11",)),)
        rating = make.rating("ct-without", variants=("310-v2",))
        facts = make.facts(kidney_function=NOT_RECORDED, contrast_allergy=NOT_RECORDED)
        card = make.card(make.assessment(rating, facts=facts, alternatives=better))
        assert recommended(card) == labels(card)[:1]

    def test_a_study_without_contrast_has_none(self, make):
        better = (make.rating("bone-scan", "distant", UA, ("310-v11",)),)
        rating = make.rating("ct-without", variants=("310-v2",))
        facts = make.facts(kidney_function=NOT_RETRIEVED)
        card = make.card(make.assessment(rating, facts=facts, alternatives=better))
        assert recommended(card) == labels(card)[:1]


def test_allergy_to_another_contrast_does_not_matter(make):
    better = make.rating("ct-with", "distant", UA, ("310-v11",))
    rating = make.rating("ct-without", variants=("310-v2",))
    card = make.card(make.assessment(rating, facts=make.facts(contrast_allergy="gadolinium"), alternatives=(better,)))
    assert labels(card)[0].startswith("CT C/A/P with contrast instead")


class TestPregnancy:
    """ACR's variants are not written for it: ultrasound is offered, and no rating of it is claimed."""

    @pytest.mark.parametrize("category", [MBA, UA])
    def test_ultrasound_is_offered_without_a_score_and_to_cancel_is_recommended(self, make, category):
        card = make.card(make.assessment(facts=make.facts(pregnant="yes"), alternatives=(make.us_axilla(category),)))
        assert labels(card) == ["US axilla instead", "Cancel PET/CT"]
        assert recommended(card) == ["Cancel PET/CT"]
        assert "- US axilla: not rated in pregnancy." in card.detail
        assert "**Note**" in card.detail
        assert "ACR's variants are not written for it: only ultrasound is offered, unrated." in card.detail

    def test_a_new_lump_is_not_promised_a_rating(self, make):
        detail = make.card(follow_up(make, pregnant="yes")).detail
        assert "- New lump? US axilla: the reason becomes “New palpable axillary lump”." in detail

    def test_steps_that_do_not_think_of_pregnancy_are_left_out(self, make):
        assert "**Next**" not in make.card(make.assessment(facts=make.facts(pregnant="yes"))).detail


DONE = [
    ("on the side of the tumour", {"in_work_up": True, "laterality": "left"}, False),
    ("side not recorded", {"in_work_up": True}, False),
    ("on the other side", {"in_work_up": True, "laterality": "right"}, True),
    ("before this work-up", {"in_work_up": False, "laterality": "left"}, True),
]


@pytest.mark.parametrize(("study", "offered"), [row[1:] for row in DONE], ids=[row[0] for row in DONE])
def test_study_done_in_this_work_up_is_not_offered(make, study, offered):
    prior = (PriorStudy(procedure="us-axilla", resource="DiagnosticReport/1", date="2026-11-01", **study),)
    card = make.card(make.assessment(alternatives=(make.us_axilla(),), prior_imaging=prior))
    assert any("US axilla" in each for each in labels(card)) is offered


def test_study_on_another_card_of_this_answer_is_not_offered_twice(make):
    """Two wrong orders would otherwise become two axillary ultrasounds."""
    pet = make.assessment(alternatives=(make.us_axilla(),))
    scan = make.assessment(make.rating("bone-scan"), id="scan", alternatives=(make.us_axilla(),))
    first, second = make.cards(pet, scan)
    assert len(labels(first)) == 2
    assert labels(second) == ["Cancel bone scan"]


def test_study_assessed_in_the_same_answer_is_not_offered(make):
    ordered = make.assessment(make.us_axilla(UA, ("235-v4",)), id="axilla")
    (card,) = make.cards(make.assessment(alternatives=(make.us_axilla(),)), ordered)
    assert labels(card) == ["Cancel PET/CT"]


@pytest.mark.parametrize(
    ("code", "offered"),
    [
        ({"coding": [{"system": "http://loinc.org", "code": "80852-7"}]}, False),
        ({"coding": [{"system": "urn:oid:2.16.840.1.113883.6.1", "code": "80852-7"}]}, False),
        ({"coding": [{"system": "http://loinc.org", "code": "24601-7"}]}, True),
        ({"text": "something else"}, True),
    ],
)
def test_study_among_the_other_drafts_is_not_offered(make, code, offered):
    """Not selected, so not assessed, but ordered all the same."""
    drafts = {
        "ServiceRequest/pet": make.raw(make.draft()),
        "ServiceRequest/other": make.raw(make.draft("other", code=code)),
    }
    card = make.card(make.assessment(alternatives=(make.us_axilla(),)), drafts=drafts)
    assert any("US axilla" in each for each in labels(card)) is offered


def test_unreadable_draft_beside_it_costs_nothing(make):
    drafts = {"ServiceRequest/pet": make.raw(make.draft()), "ServiceRequest/x": make.raw({"code": "not a concept"})}
    assert len(make.card(make.assessment(alternatives=(make.us_axilla(),)), drafts=drafts).suggestions) == 2


LIMITED_ULTRASOUND = {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "76882"}]}


@pytest.mark.parametrize(
    ("changes", "ordered", "why"),
    [
        ({}, set(), "of a limb, perhaps"),
        ({"bodySite": [{"text": "Left knee"}]}, set(), "of a knee"),
        ({"bodySite": [{"text": "Left axilla"}]}, {"us-axilla"}, "its site"),
        ({"bodySite": [{"coding": [{"display": "Axillary region"}]}]}, {"us-axilla"}, "its site by the name of a code"),
        ({"code": {**LIMITED_ULTRASOUND, "text": "US axilla left"}}, {"us-axilla"}, "its name"),
        ({"code": None, "bodySite": [{"text": "Left axilla"}]}, set(), "without a code nobody knows the study"),
    ],
)
def test_a_draft_of_a_code_that_needs_a_site_orders_the_axilla_where_it_names_it(
    make, knowledge, changes, ordered, why
):
    draft = make.raw(make.draft(**{"code": LIMITED_ULTRASOUND, **changes}))
    assert drafted_studies({"ServiceRequest/other": draft}, knowledge) == ordered, why
