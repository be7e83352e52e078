"""From an order and a record to a verdict: the safety rule, assumed questions, several cancers (design §5)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from cds_service.criteria.assess import _may_be_higher, assess, default_question
from cds_service.criteria.model import Assessment, ImagingOrder, Outcome, Rating
from cds_service.facts.extract import extract
from cds_service.facts.model import (
    Asked,
    Episode,
    Evidence,
    Facts,
    Known,
    OneOf,
    OrderFacts,
    Unknown,
    UnknownReason,
)
from cds_service.fhir.resources import Resource, ServiceRequest
from cds_service.fhir.retrieved import KeyState
from cds_service.knowledge.model import Category, Knowledge
from tests.support import resources as make
from tests.support.resources import (
    ago,
    cancer,
    concept,
    condition,
    laboratory,
    medication,
    observation,
    order,
    procedure,
    report,
    surgery,
)

PET, CT, BONE, AXILLA = "fdg-pet-ct", "ct-chest-abdomen-pelvis-with-contrast", "bone-scan", "us-axilla"
SYSTEMIC = (PET, CT, BONE)
UNA, MAY, UA = Category.USUALLY_NOT, Category.MAY_BE, Category.USUALLY

STATED_DISTANT = Asked(question="distant", stated=True)
ASSUMED = Asked(question=None, stated=False)
CONTRADICTORY = Unknown(UnknownReason.CONTRADICTORY)
NOT_RETRIEVED = Unknown(UnknownReason.NOT_RETRIEVED)

Judge = Callable[..., Assessment]


@pytest.fixture
def judge(knowledge: Knowledge) -> Judge:
    """Assesses facts: of one cancer, or several episodes."""

    def judged(
        facts: Facts | Sequence[Episode], *, study: str | tuple[str, ...] = PET, asked: Asked = STATED_DISTANT
    ) -> Assessment:
        episodes = (Episode(asked=asked, facts=facts),) if isinstance(facts, Facts) else tuple(facts)
        named = (study,) if isinstance(study, str) else study
        imaging = ImagingOrder(draft=order(), procedures=named, place="entry[0]")
        return assess(imaging, OrderFacts(episodes=episodes), knowledge)

    return judged


@pytest.fixture
def judge_record(knowledge: Knowledge) -> Judge:
    """Assesses a record made of resources."""

    def judged(*resources: Resource, draft: ServiceRequest, study: str = PET, **more: Any) -> Assessment:
        source = make.source(knowledge, draft, *resources, procedures=[study], **more)
        imaging = ImagingOrder(draft=draft, partner=more.get("partner"), procedures=(study,), place="entry[0]")
        return assess(imaging, extract(source), knowledge)

    return judged


# --- the two main cases, and everything that must end them ------------------------------------------------------------
T, N = "loinc:21905-5", "loinc:21906-3"
NEW = (cancer(), observation(T, "cT1", id="t"), observation(N, "cN0", id="n"))
STAGING = "initial staging"
FOLLOWED = (cancer(days=2000), surgery(1900))
SURVEILLANCE = "routine surveillance"


@pytest.mark.parametrize("study", SYSTEMIC)
def test_new_early_disease_without_symptoms(study: str, judge_record: Judge) -> None:
    """S4, the main case."""
    found = judge_record(*NEW, draft=order("local:x", STAGING), study=study)
    assert (found.outcome, found.category, found.question, found.question_stated) == (
        Outcome.RATED,
        UNA,
        "distant",
        True,
    )
    assert [each.variant.id for each in found.rating.variants] == ["310-v2"]  # type: ignore[union-attr]


@pytest.mark.parametrize("study", [*SYSTEMIC, AXILLA])
def test_follow_up_without_symptoms(study: str, judge_record: Judge) -> None:
    """S5, the other main case."""
    found = judge_record(*FOLLOWED, draft=order("local:x", SURVEILLANCE), study=study)
    assert (found.outcome, found.category, found.rating.score) == (Outcome.RATED, UNA, 1)  # type: ignore[union-attr]


ENDS_BOTH = [
    (condition("sct:12584003", onset=ago(10)), "a symptom on the problem list"),
    (condition("sct:12584003"), "a symptom of no known age"),
    (condition("icd:R00.2"), "a symptom nobody listed"),
    (condition("sct:999999991000000"), "a code nobody knows, without words"),
    (condition(text="unexplained weight loss"), "a symptom in words"),
    (condition("icd:C79.51"), "known metastasis"),
    (condition("icd:C78.7", clinical="resolved"), "metastasis, even resolved"),
    (condition("icd:C79.51", verification="provisional"), "metastasis suspected"),
    (condition(text="possible liver metastases"), "metastasis suspected in words"),
    (condition("icd:C77.9"), "nodes of no stated place"),
    (observation("loinc:21907-1", "sct:1229903009"), "M1"),
    (observation("loinc:21901-4", "sct:1229916009"), "pM1"),
    (observation("loinc:21908-9", "sct:258228008"), "stage IV"),
    (observation("sct:12584003", True), "a symptom as an observation"),
    (observation("Back pain", True), "a symptom as an observation in words"),
    (report("CT chest", conclusion="Suspicious lung nodule."), "a finding elsewhere"),
    (report("CT chest", conclusion_code=(concept("icd:C78.01"),)), "a metastasis coded in a report"),
    (laboratory("loinc:1742-6", 90, high=40), "an abnormal liver test"),
    (laboratory("loinc:6768-6", 160), "alkaline phosphatase beyond mild"),
    (laboratory("loinc:1742-6", 90, high=None), "a liver test nobody can judge"),
    (cancer("icd:C50.911", id="right"), "a second cancer without a stage"),
    (condition("icd:C77.3", side="right"), "a node of the other axilla"),
    (procedure("sct:1259200004", status="in-progress", days=5), "chemotherapy running"),
    (medication("trastuzumab", days=10), "anti-HER2 therapy running"),
    (condition("sct:314955001", side="left", onset=ago(10)), "a recurrence"),
]


@pytest.mark.parametrize("study", SYSTEMIC)
@pytest.mark.parametrize(("found", "why"), ENDS_BOTH)
@pytest.mark.parametrize(("base", "reason"), [(NEW, STAGING), (FOLLOWED, SURVEILLANCE)])
def test_what_ends_both(
    base: tuple[Resource, ...], reason: str, found: Resource, why: str, study: str, judge_record: Judge
) -> None:
    """Design §5: unknown data, suspected or known metastasis, another disease or a conflict never lead to a warning."""
    assert judge_record(*base, found, draft=order("local:x", reason), study=study).category is not UNA, why


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (observation(T, "cT3"), "T3, and T1 of the same day"),
        (observation(N, "cN1"), "N1, and N0 of the same day"),
        (observation("loinc:21908-9", "IIB"), "a recorded stage that differs from T and N"),
        (observation("loinc:21902-2", "IIB"), "a higher pathologic stage"),
        (condition("sct:164150006", side="left"), "a palpable node against N0"),
        (condition("icd:C77.3"), "a proven node against N0"),
        (cancer(id="again", text="inflammatory carcinoma"), "inflammatory carcinoma"),
        (observation(T, "cT4d", days=1), "T4d"),
        (surgery(10), "surgery done"),
        (surgery(None), "surgery of no known day"),
        (condition("icd:Z85.3"), "history beside a recent cancer (E21)"),
        (medication("tamoxifen", days=10), "endocrine therapy begun"),
    ],
)
def test_what_ends_new_early_disease(found: Resource, why: str, judge_record: Judge) -> None:
    assert judge_record(*NEW, found, draft=order("local:x", STAGING)).category is not UNA, why


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (condition("sct:164150006", onset=ago(10)), "a palpable node"),
        (condition("icd:R22.32", onset=ago(10)), "a lump of the axilla"),
        (report("US axilla", conclusion="Suspicious left axillary lymph node."), "a suspicious node"),
        (condition(text="Lump in left breast", onset=ago(10)), "a new lump"),
        (condition("icd:C50.912", id="again", onset=ago(30)), "a later onset on the same side"),
        (surgery(100), "surgery again, recently"),
    ],
)
@pytest.mark.parametrize("study", [PET, AXILLA])
def test_what_ends_routine_follow_up(found: Resource, why: str, study: str, judge_record: Judge) -> None:
    """Design §4: 310-v10 is false with a palpable or suspicious node, a new lump or suspected local recurrence."""
    assert judge_record(*FOLLOWED, found, draft=order("local:x", SURVEILLANCE), study=study).category is not UNA, why


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("staging, new back pain", "a symptom in the reason"),
        ("staging; ?liver lesion", "a doubtful finding in the reason"),
        ("lung cancer staging", "another disease"),
        ("fever", "another disease"),
        ("xyzzy", "a reason nobody understands"),
        ("stage IIIA breast cancer, staging", "a higher stage in the reason"),
        ("metastatic breast cancer, restaging", "metastasis in the reason"),
    ],
)
def test_what_ends_it_in_the_order(reason: str, why: str, judge_record: Judge) -> None:
    assert judge_record(*NEW, draft=order("local:x", reason)).category is not UNA, why


@pytest.mark.parametrize("study", SYSTEMIC)
@pytest.mark.parametrize("state", [KeyState.ERROR, KeyState.PARTIAL])
@pytest.mark.parametrize(
    "key",
    [
        "conditions",
        "observations",
        "procedures",
        "medicationRequests",
        "medicationAdministrations",
        "carePlans",
        "diagnosticReports",
    ],
)
@pytest.mark.parametrize(("base", "reason"), [(NEW, STAGING), (FOLLOWED, SURVEILLANCE)])
def test_no_failure_leads_to_a_warning(
    base: tuple[Resource, ...], reason: str, key: str, state: KeyState, study: str, judge_record: Judge
) -> None:
    """What could not be read may hold the very thing that matters."""
    found = judge_record(*base, draft=order("local:x", reason), study=study, states={key: state})
    assert found.category is not UNA
    assert found.outcome is not Outcome.NO_CRITERIA, "a failure never looks like an answer"


@pytest.mark.parametrize("key", ["observations", "procedures", "medicationRequests", "carePlans", "diagnosticReports"])
def test_a_smaller_ehr_still_gets_its_answer(key: str, judge_record: Judge) -> None:
    """Condition.stage alone is enough; what the client does not supply is taken as absent, and said."""
    states = {key: KeyState.NOT_RUN}
    found = judge_record(cancer(stage="Stage IIA"), draft=order("local:x", STAGING), states=states)
    assert found.category is UNA
    assert f"{key}-not-supplied" in found.assumed


# --- assumed questions ------------------------------------------------------------------------------------------------
def test_a_stated_question_needs_no_other(early: Facts, judge: Judge) -> None:
    assert judge(early).category is UNA
    assert "question" not in judge(early).assumed


def test_an_assumed_question_is_said(early: Facts, judge: Judge) -> None:
    found = judge(early, asked=ASSUMED)
    assert (found.category, found.question, found.question_stated) == (UNA, "distant", False)
    assert "question" in found.assumed


def test_it_stands_only_if_no_other_question_rates_higher(early: Facts, judge: Judge) -> None:
    """E57: T1N1, neoadjuvant therapy planned, PET/CT without a reason: 310-v2 says 2, 235-v4 says 5."""
    planned = early.with_facts(
        disease_phase=Known("neoadjuvant-planned"),
        clinical_n=Known("N1"),
        stage_group=Known("IIA"),
        node_palpable=Known("yes"),
    )
    found = judge(planned, asked=ASSUMED)
    assert (found.outcome, found.rating.missing) == (Outcome.INSUFFICIENT, ("question",))  # type: ignore[union-attr]
    assert "question" not in found.assumed, "it is asked, and not assumed"
    # Local recurrence has no criteria in a new cancer: there is nothing to say of it.
    assert [(each.values, each.category) for each in found.rating.answers] == [  # type: ignore[union-attr]
        (("distant",), UNA),
        (("breast",), UNA),
        (("axilla",), MAY),
    ]
    assert judge(planned).category is UNA, "asked for distant disease, it stays usually not appropriate"


def test_a_question_that_may_rate_it_higher_is_enough_to_ask(early: Facts, judge: Judge) -> None:
    """Neoadjuvant therapy planned, N0 or N1: as a study of the axilla 235-v3 says one thing, 235-v4 a higher one."""
    planned = early.with_facts(
        disease_phase=Known("neoadjuvant-planned"),
        clinical_n=OneOf(("N0", "N1")),
        stage_group=OneOf(("IA", "IIA")),
        node_palpable=NOT_RETRIEVED,
    )
    assert judge(planned).category is UNA, "whatever the nodes, as a search for distant disease"
    found = judge(planned, asked=ASSUMED)
    assert (found.outcome, found.category, found.rating.missing) == (  # type: ignore[union-attr]
        Outcome.INSUFFICIENT,
        None,
        ("question",),
    )


@pytest.mark.parametrize(
    ("outcome", "categories", "higher", "why"),
    [
        (Outcome.RATED, {UNA}, False, "it says the same"),
        (Outcome.RATED, {MAY}, True, "may be appropriate is higher"),
        (Outcome.RATED, {UA}, True, "and so is usually appropriate"),
        (Outcome.INSUFFICIENT, {UNA, MAY}, True, "one way of filling in the record is enough"),
        (Outcome.INSUFFICIENT, {UNA, None}, False, "usually not appropriate, or no criteria"),
        (Outcome.INSUFFICIENT, {None}, True, "so open that nobody can say"),
        (Outcome.INSUFFICIENT, set(), True, "nothing was worked out"),
        (Outcome.CONFLICTING, {UNA, MAY}, True, "one criterion rates it higher"),
        (Outcome.CONFLICTING, {UNA, None}, False, "no criterion rates it higher"),
        (Outcome.NO_CRITERIA, {None}, False, "no criteria of that question apply"),
    ],
)
def test_what_keeps_an_assumed_question_from_a_warning(
    outcome: Outcome, categories: set[Category | None], higher: bool, why: str
) -> None:
    """Of another question that the order may ask: whether it could rate the study higher."""
    other = Rating(procedure=PET, question="axilla", outcome=outcome, categories=frozenset(categories))
    assert _may_be_higher(other) is higher, why


@pytest.mark.parametrize("other", [Known("yes"), Unknown(UnknownReason.NOT_RETRIEVED)])
def test_beside_another_cancer_only_an_order_that_names_this_one_warns(other: Any, early: Facts, judge: Judge) -> None:
    """ "Staging" may be of the other cancer."""
    facts = early.with_facts(other_malignancy=other)
    assert judge(facts, asked=ASSUMED).category is None
    assert judge(facts, asked=STATED_DISTANT).category is None
    assert judge(facts, asked=replace(STATED_DISTANT, names_cancer=True)).category is UNA
    axilla = judge(facts, study=AXILLA, asked=Asked(question="axilla", stated=True))
    assert axilla.category is MAY, "where there is no warning there is nothing to ask"


def test_a_reason_half_understood_never_warns(early: Facts, judge: Judge) -> None:
    for question in (None, "distant"):
        asked = Asked(question=question, stated=False, unclear=True)
        assert judge(early, asked=asked).category is None
    assert judge(early, asked=Asked(question="axilla", stated=False, unclear=True), study=AXILLA).category is MAY


@pytest.mark.parametrize(
    ("other_malignancy", "asked", "besides"),
    [
        ("no", Asked(question=None, stated=False, unclear=True), "another disease"),
        ("yes", ASSUMED, "another cancer"),
        ("yes", STATED_DISTANT, "another cancer"),
    ],
)
def test_what_else_a_study_may_be_for_is_one_of_the_answers(
    other_malignancy: str, asked: Asked, besides: str, early: Facts, judge: Judge
) -> None:
    rating = judge(early.with_facts(other_malignancy=Known(other_malignancy)), asked=asked).rating
    assert rating is not None
    assert [each.category for each in rating.answers if each.label == besides] == [None]
    assert len({each.label for each in rating.answers}) == len(rating.answers), "each of them once"
    assert not rating.disagreement, "a rating taken back is none that the panel disagreed on"


def test_a_study_of_the_breast_never_warns_on_an_assumed_question(early: Facts, judge: Judge) -> None:
    """C17: a mammogram nearly always asks the breast."""
    study = "mri-breast-without-contrast"
    assert judge(early, study=study, asked=ASSUMED).category is None
    assert judge(early, study=study, asked=Asked(question="breast", stated=True)).category is UNA


def test_where_only_another_question_has_an_answer_it_is_asked(early: Facts, judge: Judge) -> None:
    """Nothing of the assumed question can hold, but another one rates the study usually not appropriate."""
    running = early.with_facts(disease_phase=Known("neoadjuvant-running"))
    found = judge(running, asked=ASSUMED)
    assert (found.outcome, found.rating.missing) == (Outcome.INSUFFICIENT, ("question",))  # type: ignore[union-attr]
    assert judge(running, study=BONE, asked=ASSUMED).outcome is Outcome.NO_CRITERIA, "no question has an answer"


@pytest.mark.parametrize("suspected", [Known("symptom"), NOT_RETRIEVED])
def test_but_not_while_metastasis_is_suspected(suspected: Any, early: Facts, judge: Judge) -> None:
    """Then that is the question."""
    found = judge(early.with_facts(metastasis_suspected=suspected), asked=ASSUMED)
    assert found.category is None
    assert found.rating.missing != ("question",)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("study", "phase", "question"),
    [
        (PET, Known("new"), "distant"),
        (PET, Known("surveillance"), "distant"),
        (AXILLA, Known("new"), "axilla"),
        ("core-biopsy-axillary-node", Known("new"), "axilla"),
        ("mammography-diagnostic", Known("new"), "breast"),
        ("mammography-diagnostic", Known("surveillance"), "local-recurrence"),
        ("mammography-diagnostic", Known("adjuvant"), "local-recurrence"),
        ("mammography-diagnostic", Known("recurrence"), "local-recurrence"),
        ("mammography-diagnostic", OneOf(("adjuvant", "surveillance")), "local-recurrence"),
        ("mammography-diagnostic", OneOf(("adjuvant", "surveillance", "recurrence")), "local-recurrence"),
        ("mammography-diagnostic", OneOf(("new", "surveillance")), "breast"),
        ("mri-head-without-and-with-contrast", Known("new"), "distant"),
    ],
)
def test_default_questions(study: str, phase: Any, question: str, early: Facts, knowledge: Knowledge) -> None:
    assert default_question(knowledge.procedures[study], early.with_facts(disease_phase=phase)) == question


# --- not covered, children, pregnancy ---------------------------------------------------------------------------------
def test_a_foreign_reason_is_not_covered(early: Facts, judge: Judge) -> None:
    foreign = Asked(question=None, stated=False, covered=False)
    for phase in ("new", "surveillance"):
        found = judge(early.with_facts(disease_phase=Known(phase)), asked=foreign)
        assert (found.outcome, found.question, found.rating, found.category) == (Outcome.NOT_COVERED, None, None, None)
        assert (found.question_stated, found.alternatives, found.with_new_lump) == (None, (), None)


@pytest.mark.parametrize(("age", "outcome"), [(17.0, Outcome.NO_CRITERIA), (18.0, Outcome.RATED)])
def test_the_criteria_are_for_adults(age: float, outcome: Outcome, early: Facts, judge: Judge) -> None:
    """E48."""
    assert judge(early.with_facts(age_years=Known(age))).outcome is outcome


def test_a_birth_date_that_leaves_the_age_open_is_asked_for(early: Facts, judge: Judge) -> None:
    """Born in some month of the year in which she may have come of age: nobody knows whether the criteria apply."""
    born = Unknown(UnknownReason.UNREADABLE, evidence=(Evidence(value="2008", resources=("Patient/p",)),))
    found = judge(early.with_facts(age_years=born))
    assert (found.outcome, found.category) == (Outcome.INSUFFICIENT, None)
    assert found.rating.missing == ("age-years",)  # type: ignore[union-attr]
    assert [(each.label, each.category) for each in found.rating.answers] == [  # type: ignore[union-attr]
        ("under 18 years", None),
        ("18 years or more", UNA),
    ]
    assert found.rating.categories == {None, UNA}  # type: ignore[union-attr]
    dated = Known(58.0, evidence=(Evidence(value="1968-03-12", resources=("Patient/p",)),))
    assert judge(early.with_facts(age_years=dated)).category is UNA, "a whole date leaves nothing open"
    without = early.with_facts(age_years=Unknown(UnknownReason.NOT_RECORDED))
    assert judge(without).category is UNA, "a record without any birth date is of an adult"


def test_in_pregnancy_only_usually_not_appropriate_carries_over(early: Facts, judge: Judge) -> None:
    """E49, design §5.6."""
    pregnant = early.with_facts(pregnant=Known("yes"))
    assert judge(pregnant).category is UNA
    axilla = Asked(question="axilla", stated=True)
    assert judge(early, study=AXILLA, asked=axilla).category is not None
    assert judge(pregnant, study=AXILLA, asked=axilla).outcome is Outcome.NO_CRITERIA


# --- studies left open ------------------------------------------------------------------------------------------------
def test_contrast_left_open_is_asked_where_it_matters(early: Facts, judge: Judge) -> None:
    """E45: with contrast 7, without 1."""
    both = ("mri-breast-without-and-with-contrast", "mri-breast-without-contrast")
    found = judge(early, study=both, asked=Asked(question="breast", stated=True))
    assert (found.outcome, found.rating.missing) == (Outcome.INSUFFICIENT, ("procedure",))  # type: ignore[union-attr]
    assert {each.category for each in found.rating.answers} == {UA, UNA}  # type: ignore[union-attr]
    assert found.procedure == both[0], "it goes by the name of the first"


def test_a_form_left_open_is_asked_where_one_is_not_rated_for_want_of_a_fact(early: Facts, judge: Judge) -> None:
    """A mammogram, diagnostic or screening: of the one the surgery decides, of the other no criteria speak."""
    recurrent = early.with_facts(disease_phase=Known("surveillance"), local_recurrence=Known("suspected"))
    forms = ("mammography-screening", "mammography-diagnostic")
    found = judge(recurrent, study=forms, asked=Asked(question="local-recurrence", stated=True))
    assert (found.outcome, found.rating.missing) == (Outcome.INSUFFICIENT, ("procedure",))  # type: ignore[union-attr]


def test_and_not_where_it_does_not(early: Facts, judge: Judge) -> None:
    assert judge(early, study=(CT, "ct-chest-abdomen-pelvis-without-contrast")).category is UNA


# --- several cancers --------------------------------------------------------------------------------------------------
def both(*facts: Facts, asked: Asked = STATED_DISTANT) -> list[Episode]:
    return [Episode(asked=asked, facts=each) for each in facts]


@pytest.mark.parametrize("order_of", [1, -1])
@pytest.mark.parametrize(
    ("other", "category", "why"),
    [
        ({}, UNA, "both agree"),
        ({"stage_group": Known("IIB"), "clinical_t": Known("T3")}, UA, "E26: the higher stage asks the question"),
        ({"disease_phase": Known("metastatic")}, None, "nothing applies to the other"),
        ({"stage_group": CONTRADICTORY}, None, "the other contradicts itself"),
        ({"stage_group": NOT_RETRIEVED, "clinical_t": NOT_RETRIEVED, "clinical_n": NOT_RETRIEVED}, None, "unknown"),
        ({"disease_phase": Known("surveillance")}, UNA, "E25: new on one side, followed on the other"),
    ],
)
def test_a_warning_needs_every_cancer_to_agree(
    other: dict[str, Any], category: Category | None, why: str, order_of: int, early: Facts, judge: Judge
) -> None:
    episodes = both(early, early.with_facts(**other))[::order_of]
    assert judge(episodes).category is category, why


AXILLA_ASKED = Asked(question="axilla", stated=True)
NODE = {"clinical_n": Known("N1"), "node_palpable": Known("yes"), "stage_group": Known("IIA")}
TOWARDS_THE_STUDY: list[tuple[str, Asked, dict[str, Any], Outcome, Category | None]] = [
    ("usually not appropriate", STATED_DISTANT, {"disease_phase": Known("surveillance")}, Outcome.RATED, UNA),
    ("no criteria", AXILLA_ASKED, {"disease_phase": Known("metastatic")}, Outcome.NO_CRITERIA, None),
    ("a fact is missing", AXILLA_ASKED, {"disease_phase": NOT_RETRIEVED}, Outcome.INSUFFICIENT, None),
    ("may be appropriate", AXILLA_ASKED, {}, Outcome.RATED, MAY),
    ("usually appropriate", AXILLA_ASKED, NODE, Outcome.RATED, UA),
]
"""Ultrasound of the axilla for one cancer, from a warning upwards."""


@pytest.mark.parametrize("order_of", [1, -1])
@pytest.mark.parametrize(("lower", "higher"), list(combinations(TOWARDS_THE_STUDY, 2)))
def test_of_two_cancers_the_one_that_supports_the_study_more_speaks(
    lower: Any, higher: Any, order_of: int, early: Facts, judge: Judge
) -> None:
    """E26: and a question that is open is asked, before silence, but not where the other cancer supports the study."""
    episodes = [Episode(asked=asked, facts=early.with_facts(**changes)) for _, asked, changes, *_ in (lower, higher)]
    found = judge(episodes[::order_of], study=AXILLA)
    assert (found.outcome, found.category) == higher[3:]


def test_of_two_cancers_that_agree_the_latest_speaks(early: Facts, judge: Judge) -> None:
    """E25: followed on one side, new on the other; episodes are in the order of their diagnoses."""
    found = judge(both(early.with_facts(disease_phase=Known("surveillance")), early))
    assert found.facts is not None
    assert found.facts.value("disease-phase") == "new"


def test_one_cancer_not_covered_does_not_hide_the_other(early: Facts, judge: Judge) -> None:
    foreign = Episode(asked=Asked(question=None, stated=False, covered=False), facts=early)
    assert judge([foreign, *both(early)]).outcome is Outcome.RATED


# --- what an answer rests on ------------------------------------------------------------------------------------------
def test_assumptions_of_the_facts_that_were_read(early: Facts, judge: Judge) -> None:
    """A systemic study does not rest on what was assumed of the axilla."""
    assert judge(early).assumed == ("no-symptoms-recorded",)
    assert judge(early, asked=ASSUMED).assumed == ("no-symptoms-recorded", "question")


def test_evidence_of_the_facts_that_were_read(judge_record: Judge) -> None:
    found = judge_record(*NEW, draft=order("local:x", STAGING))
    assert {"cancer", "disease-phase", "stage-group"} <= set(found.evidence)
    assert all(evidence for evidence in found.evidence.values())


ALWAYS = {"cancer", "disease-phase", "stage-group", "clinical-m", "metastasis-suspected"}


@pytest.mark.parametrize(
    ("phase", "shown", "why"),
    [
        ("new", {*ALWAYS, "clinical-n", "node-palpable"}, "286-v3 reads the nodes, and no receptor"),
        ("metastatic", {*ALWAYS, "clinical-n", "node-palpable", "er"}, "no variant can hold: everything is shown"),
    ],
)
def test_what_every_answer_rests_on_is_shown(phase: str, shown: set[str], why: str, early: Facts, judge: Judge) -> None:
    """Diagnosis, phase, stage, M and symptoms, also where the variants of the axilla read none of them."""
    evidence = (Evidence(value="as recorded", resources=("Observation/o",)),)
    said = {"clinical-m": "M0", "er": "positive", "disease-phase": phase}
    names = (*ALWAYS, "clinical-n", "node-palpable", "er")
    recorded = {name: Known(said.get(name) or str(early.value(name)), evidence=evidence) for name in names}
    found = judge(early.replaced(recorded), study=AXILLA, asked=AXILLA_ASKED)
    assert set(found.evidence) == shown, why


# --- what could be ordered instead ------------------------------------------------------------------------------------
FOLLOW_UP = {"disease_phase": Known("surveillance")}
CONSERVED = {**FOLLOW_UP, "breast_surgery": Known("conserving")}
MAMMOGRAMS = {
    "mammography-diagnostic": UA,
    "mammography-screening": UA,
    "dbt-diagnostic": UA,
    "dbt-screening": UA,
    "mammography-with-contrast": MAY,
    "mri-breast-without-and-with-contrast": MAY,
}
AXILLA_INSTEAD = {(AXILLA, "axilla"): MAY}
SEEN_NODE = {**NODE, "axilla_imaged": Known("yes"), "node_suspicious_on_imaging": Known("ultrasound")}
NODE_OPEN = {"clinical_n": OneOf(("N0", "N1")), "stage_group": OneOf(("IA", "IIA")), "node_palpable": NOT_RETRIEVED}


@pytest.mark.parametrize(
    ("facts", "study", "asked", "offered", "why"),
    [
        ({}, PET, STATED_DISTANT, AXILLA_INSTEAD, "C5, E66: the loco-regional study, never as a search for metastasis"),
        (NODE_OPEN, PET, STATED_DISTANT, {(AXILLA, "axilla"): None}, "appropriate whether the node is positive or not"),
        (SEEN_NODE, PET, STATED_DISTANT, {}, "a biopsy of the node is due, and not instead of a PET/CT"),
        ({}, AXILLA, AXILLA_ASKED, {}, "not the study itself"),
        (
            {},
            PET,
            replace(STATED_DISTANT, of_family=(("axilla", "distant"),)),
            {},
            "the words of the order would go on asking for metastasis, and there it is usually not appropriate",
        ),
        (
            {},
            PET,
            replace(STATED_DISTANT, of_family=(("axilla", "axilla"),)),
            AXILLA_INSTEAD,
            "its words ask the axilla",
        ),
        (
            {},
            "mri-breast-without-contrast",
            Asked(question="breast", stated=True),
            {
                **AXILLA_INSTEAD,
                ("us-breast", "breast"): UA,
                ("mammography-diagnostic", "breast"): UA,
                ("dbt-diagnostic", "breast"): UA,
                ("mri-breast-without-and-with-contrast", "breast"): UA,
                ("mammography-with-contrast", "breast"): MAY,
            },
            "310-v1: what its rows rate higher for the same question",
        ),
        (FOLLOW_UP, PET, STATED_DISTANT, {}, "S5: without the kind of surgery no mammogram is certain"),
        (
            CONSERVED,
            PET,
            STATED_DISTANT,
            {(each, "local-recurrence"): category for each, category in MAMMOGRAMS.items()},
            "S5: the yearly mammogram",
        ),
    ],
)
def test_alternatives_are_rated_for_their_own_question(
    facts: dict[str, Any],
    study: str,
    asked: Asked,
    offered: dict[tuple[str, str], Category | None],
    why: str,
    early: Facts,
    judge: Judge,
) -> None:
    """Only what is never usually not appropriate in this patient."""
    found = judge(early.with_facts(**facts), study=study, asked=asked).alternatives
    assert {(each.procedure, each.question): each.category for each in found} == offered, why


@pytest.mark.parametrize(
    "facts", [{"stage_group": Known("IIB"), "clinical_t": Known("T3")}, {"stage_group": CONTRADICTORY}]
)
def test_no_alternatives_to_what_is_appropriate_or_undecided(facts: dict[str, Any], early: Facts, judge: Judge) -> None:
    assert judge(early.with_facts(**facts)).alternatives == ()


@pytest.mark.parametrize(
    ("facts", "study", "asked", "category", "why"),
    [
        (FOLLOW_UP, PET, STATED_DISTANT, UA, "286-v1: a new lump is looked at with ultrasound"),
        (FOLLOW_UP, AXILLA, STATED_DISTANT, UA, "also where that is what was ordered"),
        ({"disease_phase": OneOf(("new", "surveillance"))}, PET, STATED_DISTANT, None, "E22: 286-v1 may not hold"),
        ({}, PET, STATED_DISTANT, None, "not in follow-up"),
        ({"disease_phase": Known("adjuvant")}, PET, STATED_DISTANT, None, "not in follow-up"),
        ({**FOLLOW_UP, "metastasis_suspected": Known("symptom")}, PET, STATED_DISTANT, None, "no warning"),
        (
            {**FOLLOW_UP, "pregnant": Known("yes")},
            PET,
            STATED_DISTANT,
            None,
            "E49: only against a study they carry over",
        ),
        ({**FOLLOW_UP, "sex": Known("male")}, PET, STATED_DISTANT, None, "E36: topic 286 is about women"),
    ],
)
def test_should_a_new_lump_be_found(
    facts: dict[str, Any], study: str, asked: Asked, category: Category | None, why: str, early: Facts, judge: Judge
) -> None:
    """In follow-up the card names ultrasound of the axilla with the rating it would have then."""
    found = judge(early.with_facts(**facts), study=study, asked=asked).with_new_lump
    expected = None if category is None else (AXILLA, "axilla", category)
    assert (found and (found.procedure, found.question, found.category)) == expected, why
