"""Rating one study for one question: the safety rule, precedence, what is missing and what each answer would mean."""

from dataclasses import replace
from itertools import product

import pytest

from cds_service.criteria.conditions import Span, Values
from cds_service.criteria.matching import _deciding, _disputed, _rating, describe, rate
from cds_service.criteria.model import Outcome, VariantState
from cds_service.criteria.worlds import World
from cds_service.facts.model import Fact, Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.knowledge.model import Category, Knowledge, RatingRow, Variant
from cds_service.knowledge.operators import AllOf, In

PET, CT, BONE = "fdg-pet-ct", "ct-chest-abdomen-pelvis-with-contrast", "bone-scan"
NOT_RETRIEVED = Unknown(UnknownReason.NOT_RETRIEVED)
CONTRADICTORY = Unknown(UnknownReason.CONTRADICTORY)
UNA, MAY, USUALLY = Category.USUALLY_NOT, Category.MAY_BE, Category.USUALLY


@pytest.mark.parametrize("study", [PET, CT, BONE])
@pytest.mark.parametrize("stage", ["IA", "IB", "IIA"])
def test_staging_of_an_early_cancer_is_usually_not_appropriate(
    study: str, stage: str, early: Facts, knowledge: Knowledge
) -> None:
    """S4: the main case."""
    facts = early.with_facts(stage_group=Known(stage), clinical_t=Unknown(UnknownReason.NOT_RECORDED))
    rating = rate(study, "distant", facts.with_facts(clinical_n=NOT_RETRIEVED), knowledge)
    assert (rating.outcome, rating.category, rating.score) == (Outcome.RATED, Category.USUALLY_NOT, 2)
    assert [(each.variant.id, each.state) for each in rating.variants] == [("310-v2", VariantState.HOLDS)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"stage_group": Known("IIB"), "clinical_t": Known("T2"), "clinical_n": Known("N1")}, "E1: T2N1 is IIB"),
        ({"stage_group": Known("IIB"), "clinical_t": Known("T3")}, "E3: T3N0 is IIB"),
        ({"stage_group": CONTRADICTORY}, "E2: recorded IIA, but T2N1"),
        (
            {"stage_group": OneOf(("IIA", "IIB")), "clinical_t": Known("T2"), "clinical_n": NOT_RETRIEVED},
            "E7: stage II",
        ),
        ({"stage_group": NOT_RETRIEVED, "clinical_t": NOT_RETRIEVED, "clinical_n": NOT_RETRIEVED}, "E10: no stage"),
        ({"stage_group": NOT_RETRIEVED, "clinical_n": NOT_RETRIEVED}, "E11: T known, N missing"),
        ({"metastasis_suspected": Known("symptom")}, "E17: bone pain"),
        ({"metastasis_suspected": Known("imaging-finding")}, "a lung nodule counts like a symptom"),
        ({"metastasis_suspected": NOT_RETRIEVED}, "nobody could look for symptoms"),
        ({"disease_phase": Known("metastatic")}, "known metastasis"),
        ({"disease_phase": Known("adjuvant")}, "E23: treatment is running"),
        ({"disease_phase": Known("neoadjuvant-running")}, "E33"),
        ({"disease_phase": OneOf(("new", "recurrence"))}, "E21: a second primary or a recurrence"),
        ({"cancer": Known("in-situ")}, "E9: DCIS"),
        ({"cancer": OneOf(("invasive", "none"))}, "provisional"),
        ({"inflammatory": Known("yes")}, "E16"),
    ],
)
@pytest.mark.parametrize("study", [PET, CT, BONE])
def test_no_study_is_rated_usually_not_appropriate_when(
    change: dict[str, Fact], why: str, study: str, early: Facts, knowledge: Knowledge
) -> None:
    rating = rate(study, "distant", early.with_facts(**change), knowledge)
    assert rating.category is not Category.USUALLY_NOT, why


def test_what_is_missing_is_the_fewest_facts_that_decide(early: Facts, knowledge: Knowledge) -> None:
    """E10: stage, and neither receptors nor size, splits the answer for a PET/CT."""
    open_stage = early.with_facts(stage_group=NOT_RETRIEVED, clinical_t=NOT_RETRIEVED, clinical_n=NOT_RETRIEVED)
    rating = rate(PET, "distant", open_stage, knowledge)
    assert rating.outcome is Outcome.INSUFFICIENT
    assert rating.missing == ("stage-group",)
    assert [(each.label, each.category, each.variants) for each in rating.answers if each.category is not None] == [
        ("stage IA\N{EN DASH}IIA", Category.USUALLY_NOT, ("310-v2",)),
        ("stage IIB\N{EN DASH}IIIC", Category.USUALLY, ("310-v4", "310-v5")),
    ]


def test_two_variants_that_agree_are_enough(early: Facts, knowledge: Knowledge) -> None:
    """E22: no date of diagnosis, so new or followed; both say usually not appropriate."""
    facts = early.with_facts(disease_phase=OneOf(("new", "surveillance")))
    rating = rate(PET, "distant", facts, knowledge)
    assert (rating.outcome, rating.category, rating.score) == (Outcome.RATED, Category.USUALLY_NOT, 1)
    assert {(each.variant.id, each.state) for each in rating.variants} == {
        ("310-v2", VariantState.POSSIBLE),
        ("310-v10", VariantState.POSSIBLE),
    }


def test_a_gap_between_variants_is_no_agreement(early: Facts, knowledge: Knowledge) -> None:
    """Every variant that could hold says usually not appropriate, but it is open whether any holds: no rating."""
    rating = rate(PET, "distant", early.with_facts(metastasis_suspected=NOT_RETRIEVED), knowledge)
    assert rating.outcome is Outcome.INSUFFICIENT
    assert {each.category for each in rating.variants} == {Category.USUALLY_NOT}


@pytest.mark.parametrize(
    ("t", "n", "group", "why"),
    [("T3", "N1", "IIIA", "310-v4 and 310-v5"), ("T0", "N2", "IIIA", "E6: an occult primary has a stage, and no size")],
)
def test_receptors_do_not_matter_where_both_variants_agree(
    t: str, n: str, group: str, why: str, early: Facts, knowledge: Knowledge
) -> None:
    facts = early.with_facts(stage_group=Known(group), clinical_t=Known(t), clinical_n=Known(n))
    rating = rate(PET, "distant", facts, knowledge)
    assert (rating.outcome, rating.category, rating.score) == (Outcome.RATED, Category.USUALLY, 8), why


def test_an_occult_primary_is_a_possible_patient(early: Facts, knowledge: Knowledge) -> None:
    """E6, E7: T0 N1 makes "stage II" IIA; what is open is asked, and not the stage, which is known."""
    occult = early.with_facts(clinical_t=Known("T0"), clinical_n=Known("N1"), node_palpable=Known("yes"))
    unlettered = rate(PET, "distant", occult.with_facts(stage_group=OneOf(("IIA", "IIB"))), knowledge)
    assert (unlettered.category, [each.variant.id for each in unlettered.variants]) == (UNA, ["310-v2"])
    unread = occult.with_facts(stage_group=Known("IIA"), metastasis_suspected=NOT_RETRIEVED)
    assert rate(PET, "distant", unread, knowledge).missing == ("metastasis-suspected",)


@pytest.mark.parametrize(
    ("study", "change", "category", "variant", "why"),
    [
        ("us-axilla", {}, Category.USUALLY, "235-v4", "S1"),
        ("mri-breast-without-and-with-contrast", {}, Category.MAY_BE, "235-v4", "S1"),
        (PET, {}, Category.MAY_BE, "235-v4", "S1"),
        (
            "us-axilla",
            {"clinical_n": Known("N0"), "node_palpable": Known("no")},
            Category.USUALLY,
            "235-v3",
            "S1 | 235 V3",
        ),
        (
            "core-biopsy-axillary-node",
            {"axilla_imaged": Known("no"), "node_suspicious_on_imaging": Known("none")},
            Category.USUALLY_NOT,
            "235-v4",
            "S1: biopsy is not the first test",
        ),
        (
            "core-biopsy-axillary-node",
            {"axilla_imaged": Known("yes"), "node_suspicious_on_imaging": Known("ultrasound")},
            Category.USUALLY,
            "235-v8",
            "S3: tissue is the question now",
        ),
        (
            "mri-breast-without-and-with-contrast",
            {"axilla_imaged": Known("yes"), "node_suspicious_on_imaging": Known("mri")},
            Category.USUALLY_NOT,
            "235-v8",
            "S3",
        ),
    ],
)
def test_the_axilla_before_neoadjuvant_therapy(
    study: str, change: dict[str, Fact], category: Category, variant: str, why: str, early: Facts, knowledge: Knowledge
) -> None:
    """235-v3, v4 and v8 displace topics 286 and 310 when neoadjuvant therapy is planned."""
    facts = early.with_facts(
        disease_phase=Known("neoadjuvant-planned"),
        clinical_n=Known("N1"),
        node_palpable=Known("yes"),
        clinical_t=Known("T2"),
        stage_group=Known("IIB"),
    ).with_facts(**change)
    if facts.value("clinical-n") == "N0":
        facts = facts.with_facts(stage_group=Known("IIA"))
    rating = rate(study, "axilla", facts, knowledge)
    assert (rating.category, [each.variant.id for each in rating.variants]) == (category, [variant]), why


def test_a_biopsy_is_not_judged_on_an_assumption(early: Facts, knowledge: Knowledge) -> None:
    """The warning would be about the missing imaging itself: that it is not on record is not enough (C1)."""
    facts = early.with_facts(
        disease_phase=Known("neoadjuvant-planned"),
        clinical_n=Known("N1"),
        node_palpable=Known("yes"),
        stage_group=Known("IIA"),
    )
    rating = rate("core-biopsy-axillary-node", "axilla", facts, knowledge)
    assert rating.outcome is Outcome.INSUFFICIENT
    assert rating.missing[0] == "node-suspicious-on-imaging"


@pytest.mark.parametrize(
    ("size", "sex", "study", "score", "variant", "why"),
    [
        (Known(21.0), "female", "mri-breast-without-and-with-contrast", 5, "286-v9", "S2"),
        (Known(20.0), "female", "mri-breast-without-and-with-contrast", 3, "235-v7", "E37: 2.0 cm is 2 cm or less"),
        (Known(30.0), "male", "mri-breast-without-and-with-contrast", 3, "235-v7", "E36: topic 286 is about women"),
        (Known(30.0), "female", "us-axilla", 8, "286-v9", "S2"),
        (Known(30.0), "female", PET, 3, "286-v9", "S2"),
    ],
)
def test_the_axilla_after_neoadjuvant_therapy(
    size: Fact, sex: str, study: str, score: int, variant: str, why: str, early: Facts, knowledge: Knowledge
) -> None:
    rating = rate(study, "axilla", _after_neoadjuvant(early, size=size, sex=sex), knowledge)
    assert (rating.score, [each.variant.id for each in rating.variants]) == (score, [variant]), why


def test_an_unknown_size_asks_and_does_not_fall_to_the_other_topic(early: Facts, knowledge: Knowledge) -> None:
    """C3: for MRI the topics differ, 5 against 3."""
    facts = _after_neoadjuvant(early, size=NOT_RETRIEVED, sex="female")
    rating = rate("mri-breast-without-and-with-contrast", "axilla", facts, knowledge)
    assert (rating.outcome, rating.missing) == (Outcome.INSUFFICIENT, ("tumor-size-mm",))


@pytest.mark.parametrize(("t", "variant"), [("T1", "235-v7"), ("T2", "286-v9"), ("T3", "286-v9")])
def test_a_t_category_stands_for_the_size(t: str, variant: str, early: Facts, knowledge: Knowledge) -> None:
    """E38."""
    facts = _after_neoadjuvant(early, size=NOT_RETRIEVED, sex="female").with_facts(clinical_t=Known(t))
    rating = rate("mri-breast-without-and-with-contrast", "axilla", facts, knowledge)
    assert [each.variant.id for each in rating.variants] == [variant]


def test_t4_does_not_prove_a_size(early: Facts, knowledge: Knowledge) -> None:
    """E38: skin or chest wall, whatever the size."""
    facts = _after_neoadjuvant(early, size=NOT_RETRIEVED, sex="female").with_facts(clinical_t=Known("T4"))
    assert rate("mri-breast-without-and-with-contrast", "axilla", facts, knowledge).missing == ("tumor-size-mm",)


def test_a_biopsy_after_a_suspicious_post_therapy_ultrasound_has_no_row(early: Facts, knowledge: Knowledge) -> None:
    """C21: S2's own next step is that biopsy."""
    seen = _after_neoadjuvant(early, size=Known(18.0), sex="female").with_facts(
        node_suspicious_after_therapy=Known("yes")
    )
    assert rate("core-biopsy-axillary-node", "axilla", seen, knowledge).outcome is Outcome.NO_CRITERIA


def _after_neoadjuvant(early: Facts, *, size: Fact, sex: str) -> Facts:
    return early.with_facts(
        disease_phase=Known("neoadjuvant-completed"),
        node_positive_before_neoadjuvant=Known("yes"),
        clinical_t=NOT_RETRIEVED,
        clinical_n=Known("N1"),
        stage_group=NOT_RETRIEVED,
        tumor_size_mm=size,
        sex=Known(sex),
    )


@pytest.mark.parametrize(
    ("study", "question"), [(PET, "distant"), (CT, "distant"), (BONE, "distant"), ("us-axilla", "distant")]
)
def test_follow_up_without_symptoms(study: str, question: str, early: Facts, knowledge: Knowledge) -> None:
    """S5, whatever the original stage."""
    facts = early.with_facts(disease_phase=Known("surveillance"), stage_group=Known("IIIA"), clinical_t=Known("T3"))
    rating = rate(study, question, facts.with_facts(clinical_n=Known("N1")), knowledge)
    assert (rating.category, rating.score) == (Category.USUALLY_NOT, 1)
    assert [each.variant.id for each in rating.variants] == ["310-v10"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"metastasis_suspected": Known("symptom")}, "310-v11: bone scan and CT are usually appropriate"),
        ({"node_palpable": Known("yes")}, "a palpable node is another question"),
        ({"axillary_lump": Known("unilateral")}, "a new lump"),
        ({"local_recurrence": Known("suspected")}, "suspected local recurrence"),
        ({"node_suspicious_on_imaging": Known("ultrasound")}, "a suspicious node"),
    ],
)
def test_follow_up_with_a_finding_is_another_pathway(
    change: dict[str, Fact], why: str, early: Facts, knowledge: Knowledge
) -> None:
    facts = early.with_facts(disease_phase=Known("surveillance")).with_facts(**change)
    assert rate(PET, "distant", facts, knowledge).category is not Category.USUALLY_NOT, why


def test_a_site_may_write_criteria_of_what_is_read_only_when_asked_for(early: Facts, knowledge: Knowledge) -> None:
    """The kidneys matter to none of ACR's criteria, and are looked at late; those of a site may name them."""
    kidneys = In("kidney-function", frozenset({"reduced"}))
    topics = [
        replace(topic, variants=tuple(replace(each, when=AllOf((each.when, kidneys))) for each in topic.variants))
        for topic in knowledge.topics
    ]
    own = replace(knowledge, topics=tuple(topics))
    reduced = Facts(early, lambda: {"kidney-function": Known("reduced")})
    normal = Facts(early, lambda: {"kidney-function": Known("normal")})
    assert [rate(PET, "distant", each, own).category for each in (reduced, normal)] == [UNA, None]


def test_of_a_patient_about_whom_nothing_is_known_nothing_is_rated(knowledge: Knowledge) -> None:
    for study in knowledge.procedures:
        for question in ("breast", "axilla", "distant", "local-recurrence"):
            assert rate(study, question, Facts({}), knowledge).category is None


@pytest.mark.parametrize(
    ("fact", "values", "words"),
    [
        ("stage-group", {"IA", "IB", "IIA"}, "stage IA\N{EN DASH}IIA"),
        ("stage-group", {"IIA", "IIB"}, "stage IIA or IIB"),
        ("stage-group", {"IIB", "IIIA", "IIIC"}, "stage IIB, IIIA or IIIC"),
        ("stage-group", {"IA", "IB", "IIA", "IIIC"}, "stage IA\N{EN DASH}IIA or IIIC"),
        ("stage-group", {"0", "IV"}, "stage IV"),
        ("stage-group", {"0"}, "stage 0"),
        ("clinical-t", {"T1", "T2", "T3"}, "T1\N{EN DASH}T3"),
        ("clinical-n", {"N1", "N2", "N3"}, "clinically node-positive (cN1 or higher)"),
        ("node-suspicious-on-imaging", {"mammography", "mri"}, "seen on mammography or breast MRI"),
        ("metastasis-suspected", {"symptom", "sign"}, "a symptom or a sign"),
        (
            "disease-phase",
            {"neoadjuvant-planned", "neoadjuvant-running", "adjuvant"},
            "neoadjuvant therapy planned, neoadjuvant therapy running or adjuvant therapy",
        ),
        (
            "node-positive-before-neoadjuvant",
            {"yes", "no"},
            "node-positive before therapy or node-negative before therapy",
        ),
        ("her2", {"positive"}, "positive"),
    ],
)
def test_values_are_said_as_a_clinician_says_them(fact: str, values: set[str], words: str) -> None:
    """Neighbouring stages are a range; a gap between them is never closed by it."""
    assert describe(fact, [Values(frozenset(values))]) == words


def test_a_size_is_said_with_its_limits() -> None:
    infinite = float("inf")
    assert describe("tumor-size-mm", [Span(-infinite, 20)]) == "20 mm or less"
    assert describe("tumor-size-mm", [Span(20, infinite)]) == "more than 20 mm"
    assert describe("tumor-size-mm", [Span(20, 50)]) == "more than 20 and up to 50 mm"
    assert describe("tumor-size-mm", [Span(-infinite, 20), Span(50, infinite)]) == "20 mm or less or more than 50 mm"


# --- two topics differ ------------------------------------------------------------------------------------------------
AFTER_THERAPY = Facts(
    {
        "sex": Known("female"),
        "cancer": Known("invasive"),
        "disease-phase": Known("neoadjuvant-completed"),
        "tumor-size-mm": Known(30.0),
        "node-positive-before-neoadjuvant": Known("no"),
        "axillary-lump": Known("none"),
        "node-suspicious-after-therapy": Known("no", assumed="no-suspicious-node-recorded"),
        "laterality": Known("left"),
        "order-laterality": Known("left"),
        "metastasis-suspected": Known("none", assumed="no-symptoms-recorded"),
    }
)


@pytest.mark.parametrize("study", ["us-axilla", "mri-breast-without-and-with-contrast"])
def test_where_two_topics_differ_and_nothing_decides_both_are_said(study: str, knowledge: Knowledge) -> None:
    """A5: node-negative after neoadjuvant therapy, axilla not imaged before: 286-v8 says 5, 235-v5 says 2."""
    rating = rate(study, "axilla", AFTER_THERAPY.with_facts(axilla_imaged_before_therapy=Known("no")), knowledge)
    assert rating.outcome is Outcome.CONFLICTING
    assert rating.missing == ()
    assert {each.variant.id: each.score for each in rating.variants} == {"235-v5": 2, "286-v8": 5}


def test_an_answer_says_that_the_criteria_would_disagree(knowledge: Knowledge) -> None:
    rating = rate("us-axilla", "axilla", AFTER_THERAPY, knowledge)
    assert (rating.outcome, rating.missing) == (Outcome.INSUFFICIENT, ("axilla-imaged-before-therapy",))
    assert {each.values: (each.category, each.disagreeing) for each in rating.answers} == {
        ("yes",): (Category.MAY_BE, ()),
        ("no",): (None, (Category.USUALLY_NOT, Category.MAY_BE)),
    }
    assert rating.disputed


def test_where_one_answer_is_usually_not_appropriate_nothing_is_disputed(knowledge: Knowledge) -> None:
    """A man: 286-v8 is about women, and one answer is usually not appropriate."""
    assert not rate("us-axilla", "axilla", AFTER_THERAPY.with_facts(sex=Known("male")), knowledge).disputed


def test_what_only_one_topic_rates_warns_nobody(knowledge: Knowledge) -> None:
    """286-v8 has no row for a biopsy; its silence blocks the warning of 235-v5."""
    facts = AFTER_THERAPY.with_facts(
        axilla_imaged_before_therapy=Known("no"), node_suspicious_after_therapy=Known("no")
    )
    rating = rate("core-biopsy-axillary-node", "axilla", facts, knowledge)
    assert rating.outcome is Outcome.CONFLICTING
    assert [(each.variant.id, each.score) for each in rating.variants] == [("235-v5", 1), ("286-v8", None)]


@pytest.mark.parametrize(
    ("said", "expected", "why"),
    [
        ([{UNA, MAY}, {USUALLY}], True, "usually not appropriate only beside a criterion that rates it higher"),
        ([{UNA, USUALLY}, {MAY}], True, "however much higher"),
        ([{UNA}, {USUALLY}], False, "one answer is usually not appropriate and nothing else"),
        ([{UNA, MAY}, {UNA}], False, "one of two"),
        ([{MAY}, {USUALLY}], False, "nowhere usually not appropriate"),
        ([{UNA, None}, {MAY}], False, "beside a criterion that does not rate it"),
    ],
)
def test_what_is_disputed(said: list[set[Category | None]], expected: bool, why: str) -> None:
    """Decides whether the card that asks can come to a warning in the end, or the criteria at worst disagree."""
    assert _disputed([frozenset(each) for each in said]) is expected, why


# --- several ways of filling in a record ------------------------------------------------------------------------------
def _held(
    id: str, category: Category | None, score: int = 5, *, panel: bool = True
) -> tuple[Variant, RatingRow | None]:
    """A variant that holds, and its row; none where there is no category. `panel`: whether the panel agreed."""
    variant = Variant(id=id, title=id, questions=("distant",), when=AllOf(()), ratings={})
    if category is None:
        return variant, None
    row = {"procedure": PET, "basis": ("article",), "questions": ("distant",), "disagreement": not panel}
    return variant, RatingRow(category=category, score=score, **row)


def _one_patient(*held: tuple[Variant, RatingRow | None]) -> World:
    return World({}, held)


def test_a_criterion_without_a_row_takes_nothing_from_a_higher_rating() -> None:
    """A5 the other way round: silence blocks a warning, and nothing else."""
    rating = _rating(PET, "distant", [_one_patient(_held("a", None), _held("b", USUALLY, 8))])
    assert (rating.outcome, rating.category, rating.score) == (Outcome.RATED, USUALLY, 8)


def test_of_criteria_that_agree_the_lowest_score_is_said_and_any_disagreement_of_a_panel() -> None:
    held = (_held("a", MAY, 6), _held("b", MAY, 5, panel=False), _held("c", MAY, 6))
    rating = _rating(PET, "distant", [_one_patient(*held)])
    assert (rating.category, rating.score, rating.disagreement) == (MAY, 5, True)


def test_a_row_that_applies_in_some_patients_is_what_its_criterion_says() -> None:
    """The row has a condition of its own, which is open."""
    ways = [_one_patient(_held("a", None)), _one_patient(_held("a", MAY))]
    rating = _rating(PET, "distant", ways)
    assert rating.outcome is Outcome.INSUFFICIENT
    assert [(each.category, each.score, each.state) for each in rating.variants] == [(MAY, 5, VariantState.HOLDS)]
    assert (rating.missing, rating.answers) == ((), ()), "no fact tells these two apart, so none can be asked"


def test_where_nothing_on_record_fits_together_the_stage_is_asked(early: Facts, knowledge: Knowledge) -> None:
    """T1 N0 is neither IIB nor IIIA: something of it is wrong."""
    rating = rate(PET, "distant", early.with_facts(stage_group=OneOf(("IIB", "IIIA"))), knowledge)
    assert (rating.outcome, rating.category, rating.missing) == (Outcome.INSUFFICIENT, None, ("stage-group",))


def test_answers_are_listed_in_clinical_order_and_those_of_one_meaning_together() -> None:
    """Each by the first of its values, with every variant that would hold."""
    ways = [
        World({"stage-group": Values(frozenset(stages))}, (_held(variant, category),))
        for stages, variant, category in (({"IIB"}, "a", MAY), ({"IA", "IIIC"}, "b", UNA), ({"IIIA"}, "c", UNA))
    ]
    answers = _rating(PET, "distant", ways).answers
    assert [(each.label, each.variants) for each in answers] == [
        ("stage IA, IIIA or IIIC", ("b", "c")),
        ("stage IIB", ("a",)),
    ]


YES, NO = Values(frozenset({"yes"})), Values(frozenset({"no"}))


@pytest.mark.parametrize(
    ("open_facts", "known", "decide", "ways", "missing", "why"),
    [
        ("abcd", "", "c", 16, "c", "one fact decides"),
        ("abcd", "", "bc", 16, "bc", "only two together do"),
        ("abcd", "", "bcd", 16, "bcd", "only three together do"),
        ("abcde", "", "abcd", 32, "abcde", "four at once are as good as all that is open"),
        ("abcde", "xy", "abcd", 32, "abcde", "what is known is not asked"),
        ("abcdefgh", "", "bc", 256, "bc", "few enough to try two at once"),
        ("abcdefgh", "", "bc", 257, "abcdefgh", "too many to try two at once"),
        ("abcdefgh", "", "c", 257, "c", "but not to try one"),
    ],
)
def test_which_facts_decide(open_facts: str, known: str, decide: str, ways: int, missing: str, why: str) -> None:
    """Usually not appropriate where all the facts that decide say so, and appropriate elsewhere."""
    found, said = [], []
    for answers in product((YES, NO), repeat=len(open_facts)):
        settled = dict(zip(open_facts, answers, strict=True))
        found.append(World({**dict.fromkeys(known, YES), **settled}, ()))
        said.append(frozenset({UNA if all(settled[name] is YES for name in decide) else USUALLY}))
    again = ways - len(found)
    assert _deciding(found + found[:again], said + said[:again]) == tuple(missing), why
