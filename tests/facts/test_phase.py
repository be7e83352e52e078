"""Where a cancer stands in its course (design §3, "disease-phase"), and what each treatment on record makes of it."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Facts, Known, OneOf
from cds_service.fhir.resources import CodeableConcept, Coding, Extension, KeyState, Resource
from tests.support.resources import (
    LUMPECTOMY,
    MASTECTOMY,
    administration,
    ago,
    cancer,
    care_plan,
    condition,
    medication,
    observation,
    order,
    procedure,
    surgery,
)

FactsOf = Callable[..., Facts]

NEOADJUVANT, ADJUVANT = "sct:373847000", "sct:373846009"
CHEMOTHERAPY, NEOADJUVANT_CHEMOTHERAPY = "sct:367336001", "sct:1259200004"
TREATMENT_KEYS = ("procedures", "medicationRequests", "medicationAdministrations", "carePlans")
TREATED = {"neoadjuvant-running", "neoadjuvant-completed", "adjuvant", "surveillance"}
ALL_NEOADJUVANT = {"neoadjuvant-planned", "neoadjuvant-running", "neoadjuvant-completed"}


def phase(facts: Facts) -> set[str]:
    return set(facts.candidates("disease-phase"))


# --- no treatment on record -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, {"new"}), (183, {"new"}), (184, {"new", "surveillance"}), (None, {"new", "surveillance"})],
)
def test_untreated_disease_is_new_for_183_days(days: int | None, expected: set[str], facts_of: FactsOf) -> None:
    """E20, E22: after that, or without a date, nobody knows whether treatment is merely not recorded."""
    assert phase(facts_of(cancer(days=days))) == expected


def test_that_no_treatment_is_recorded_is_an_assumption(facts_of: FactsOf) -> None:
    assert facts_of(cancer())["disease-phase"].assumed == "no-treatment-recorded"  # type: ignore[union-attr]


def test_a_partial_date_counts_as_new_only_when_all_of_it_does(facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(onset="2026-10"))) == {"new"}
    assert phase(facts_of(cancer(onset="2026"))) == {"new", "surveillance"}


@pytest.mark.parametrize("key", TREATMENT_KEYS)
@pytest.mark.parametrize("state", [KeyState.ERROR, KeyState.PARTIAL])
def test_where_treatment_could_not_be_read_the_phase_is_open(key: str, state: KeyState, facts_of: FactsOf) -> None:
    """A failure never looks like "no treatment"."""
    assert {"new", "adjuvant", "neoadjuvant-running"} <= phase(facts_of(cancer(), states={key: state}))


@pytest.mark.parametrize("key", TREATMENT_KEYS)
@pytest.mark.parametrize("state", [KeyState.ERROR, KeyState.PARTIAL])
@pytest.mark.parametrize(
    ("resources", "before"),
    [
        ((cancer(days=2000), surgery(1900)), "surveillance"),
        ((cancer(days=2000), condition("icd:Z85.3")), "surveillance"),
        ((cancer(), medication("chemotherapy", reason=NEOADJUVANT, intent="plan")), "neoadjuvant-planned"),
    ],
)
def test_nor_does_it_look_like_no_treatment_running(
    key: str, state: KeyState, resources: tuple[Resource, ...], before: str, facts_of: FactsOf
) -> None:
    """Chemotherapy may be running, or surgery done, in the part that could not be read."""
    assert phase(facts_of(*resources)) == {before}
    assert len(phase(facts_of(*resources, states={key: state}))) > 1


def test_a_smaller_ehr_is_no_failure(facts_of: FactsOf) -> None:
    """A client that supplies no treatment at all: what it might have held is taken as absent."""
    states = dict.fromkeys(TREATMENT_KEYS, KeyState.NOT_RUN)
    assert phase(facts_of(cancer(), states=states)) == {"new"}


# --- surgery ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "expected"), [(10, {"adjuvant"}), (182, {"adjuvant"}), (183, {"surveillance"}), (1900, {"surveillance"})]
)
def test_surgery_183_days_ago_is_follow_up(days: int, expected: set[str], facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(days=2000), surgery(days))) == expected


@pytest.mark.parametrize(
    "done", [LUMPECTOMY, MASTECTOMY, "sct:69031006", "cpt:19301", "cpt:19307", "Left partial mastectomy"]
)
def test_any_breast_surgery_counts(done: str, facts_of: FactsOf) -> None:
    performed = procedure(done, days=1900) if ":" in done else procedure(text=done, days=1900)
    assert phase(facts_of(cancer(days=2000), performed)) == {"surveillance"}


@pytest.mark.parametrize("status", ["preparation", "not-done", "in-progress"])
def test_surgery_that_was_not_done_does_not(status: str, facts_of: FactsOf) -> None:
    assert "surveillance" not in phase(facts_of(cancer(), surgery(5, status=status)))


def test_surgery_of_the_other_breast_is_not_of_this_cancer(facts_of: FactsOf) -> None:
    """E25."""
    assert phase(facts_of(cancer(), surgery(1900, side="right"))) == {"new"}


def test_surgery_long_before_the_cancer_is_not_of_it(facts_of: FactsOf) -> None:
    """A benign lump years ago."""
    assert phase(facts_of(cancer(), surgery(1900))) == {"new"}


def test_undated_surgery_leaves_it_open_unless_she_is_followed(facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(days=2000), surgery(None))) == {"adjuvant", "surveillance"}
    assert phase(facts_of(cancer(days=2000), surgery(None), condition("icd:Z85.3"))) == {"surveillance"}


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        (medication("paclitaxel chemotherapy"), "adjuvant"),
        (medication("trastuzumab"), "adjuvant"),
        (medication("tamoxifen"), "surveillance"),  # endocrine therapy goes with follow-up (E20)
        (medication("anastrozole", status="active"), "surveillance"),
        (medication("paclitaxel chemotherapy", status="completed", days=1800), "surveillance"),
        (medication("paclitaxel chemotherapy", status="cancelled"), "surveillance"),
        (administration("trastuzumab", days=20), "adjuvant"),  # one dose given: the course may go on (E23)
        (administration("trastuzumab", days=400), "surveillance"),
        (procedure("sct:108290001", status="in-progress", days=10), "adjuvant"),  # radiotherapy
        (condition("icd:Z51.11", onset=ago(10)), "adjuvant"),
        (condition("icd:Z51.11", onset=ago(1500)), "surveillance"),
        (condition("icd:Z79.810", onset=ago(1500)), "surveillance"),
    ],
)
def test_follow_up_begins_when_only_endocrine_therapy_is_left(
    running: Resource, expected: str, facts_of: FactsOf
) -> None:
    assert phase(facts_of(cancer(days=2000), surgery(1900), running)) == {expected}


# --- history ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ((condition("icd:Z85.3"),), "history, and nothing else"),
        (
            (condition("sct:415076002", text="Personal history of primary malignant neoplasm of breast"),),
            "in SNOMED CT",
        ),
        ((condition(text="History of breast cancer"),), "in words"),
        ((cancer(days=2000), condition("icd:Z08")), "follow-up after completed treatment"),
        ((cancer(days=2000, clinical="remission"),), "remission"),
        ((cancer(days=2000, clinical="resolved"),), "E31"),
        ((cancer(days=2000, clinical="inactive"),), "E31"),
        ((cancer(days=2000), condition("sct:550991000124107")), "remission by code"),
        ((cancer(days=2000), observation("loinc:97509-4", "sct:260415000")), "mCODE: no evidence of disease"),
    ],
)
def test_history_is_follow_up(resources: tuple[Resource, ...], why: str, facts_of: FactsOf) -> None:
    assert phase(facts_of(*resources)) == {"surveillance"}, why


def test_only_the_newest_disease_status_counts(facts_of: FactsOf) -> None:
    gone, back = "sct:260415000", "sct:271299001"
    statuses = (observation("loinc:97509-4", gone, days=900), observation("loinc:97509-4", back, days=30))
    assert phase(facts_of(cancer(days=2000), *statuses)) == {"new", "surveillance"}


@pytest.mark.parametrize("reason", ["icd:Z08", "icd:Z85.3", "history of breast cancer"])
def test_the_order_can_say_so(reason: str, facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(days=2000), draft=order("cpt:78815", reason))) == {"surveillance"}


HISTORY = condition("icd:Z85.3")


@pytest.mark.parametrize(
    ("record", "reason", "expected", "why"),
    [
        (
            HISTORY,
            "hx L breast ca s/p NAC + lumpectomy, surveillance",
            {"surveillance"},
            "therapy and surgery lie behind",
        ),
        (HISTORY, "s/p neoadjuvant chemo and mastectomy 2019, annual follow up", {"surveillance"}, "likewise"),
        (cancer(days=2000), "hx breast ca s/p NAC + lumpectomy, surveillance", {"surveillance"}, "an old cancer"),
        (cancer(days=300), "hx breast ca s/p NAC + lumpectomy, surveillance", TREATED, "may be adjuvant still"),
        (HISTORY, "hx breast ca s/p NAC, surveillance", TREATED, "no surgery named: it may be ahead"),
        (HISTORY, "s/p NAC, lumpectomy planned, follow up", TREATED, "surgery is ahead"),
        (HISTORY, "s/p NAC, lumpectomy next week, f/u", TREATED, "surgery is ahead"),
        (HISTORY, "s/p NAC, mastectomy in 2 weeks, f/u", TREATED, "surgery is ahead"),
        (HISTORY, "s/p NAC + lumpectomy, evaluate response", TREATED, "a response to therapy is not follow-up"),
        (
            HISTORY,
            "s/p lumpectomy, on neoadjuvant chemo, follow up",
            TREATED,
            "therapy runs: a code too early, or again",
        ),
    ],
)
def test_neoadjuvant_therapy_of_the_past_is_follow_up(
    record: Resource, reason: str, expected: set[str], why: str, facts_of: FactsOf
) -> None:
    assert phase(facts_of(record, draft=order("cpt:78815", reason))) == expected, why


def test_history_beside_a_recent_cancer_is_open(facts_of: FactsOf) -> None:
    """E21: a second primary, a recurrence, or a habit of coding."""
    assert {"new", "surveillance", "recurrence"} <= phase(facts_of(cancer(), condition("icd:Z85.3")))


@pytest.mark.parametrize("days", [20, 400])
def test_a_later_onset_on_the_same_side_is_open(days: int, facts_of: FactsOf) -> None:
    later = condition("icd:C50.912", onset=ago(days), id="again")
    assert phase(facts_of(cancer(days=3000), later, surgery(2900))) == {"new", "surveillance", "recurrence"}


def test_a_code_repeated_without_an_onset_is_no_later_onset(facts_of: FactsOf) -> None:
    """Encounter diagnoses repeat the code year by year."""
    repeated = condition("icd:C50.912", recorded_date=ago(20), id="again")
    assert phase(facts_of(cancer(days=3000), repeated, surgery(2900))) == {"surveillance"}


@pytest.mark.parametrize(
    ("verification", "expected"), [("confirmed", {"recurrence"}), ("provisional", {"surveillance", "recurrence"})]
)
def test_recurrence_by_code(verification: str, expected: set[str], facts_of: FactsOf) -> None:
    found = condition("sct:314955001", side="left", onset=ago(30), verification=verification)
    facts = facts_of(cancer(days=2000), surgery(1900), found)
    assert phase(facts) == expected
    assert facts.value("local-recurrence") == ("proven" if verification == "confirmed" else "suspected")


# --- metastatic -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "proof",
    [
        condition("icd:C79.51"),
        condition("icd:C78.7", clinical="resolved"),
        condition("sct:94222008"),
        condition(text="Metastatic breast cancer to bone"),
        condition(text="History of metastatic breast cancer", clinical="resolved"),
    ],
)
def test_a_metastasis_on_record_even_a_resolved_one_is_metastatic(proof: Resource, facts_of: FactsOf) -> None:
    """E24: stage IV without evidence of disease is not treated with curative intent."""
    assert phase(facts_of(cancer(days=2000), surgery(1900), proof)) == {"metastatic"}


# --- around neoadjuvant therapy ---------------------------------------------------------------------------------------
def _intent(code: str) -> tuple[Extension, ...]:
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent"
    value = CodeableConcept(coding=(Coding(system="http://snomed.info/sct", code=code.partition(":")[2]),))
    return (Extension(url=url, value_codeable_concept=value),)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (care_plan(NEOADJUVANT_CHEMOTHERAPY), "neoadjuvant-planned"),
        (care_plan(NEOADJUVANT_CHEMOTHERAPY, activity_status="scheduled"), "neoadjuvant-planned"),
        (care_plan(NEOADJUVANT_CHEMOTHERAPY, activity_status="in-progress"), "neoadjuvant-running"),
        (care_plan(title="Neoadjuvant chemotherapy"), "neoadjuvant-planned"),
        (procedure(NEOADJUVANT_CHEMOTHERAPY, status="preparation"), "neoadjuvant-planned"),
        (procedure(NEOADJUVANT_CHEMOTHERAPY, status="in-progress", days=10), "neoadjuvant-running"),
        (procedure(NEOADJUVANT_CHEMOTHERAPY, days=150, until=10), "neoadjuvant-completed"),
        (procedure(CHEMOTHERAPY, days=150, until=10, extension=_intent(NEOADJUVANT)), "neoadjuvant-completed"),
        (procedure(CHEMOTHERAPY, days=15, status="in-progress", reason=NEOADJUVANT), "neoadjuvant-running"),
        (medication("paclitaxel", intent="plan", reason=NEOADJUVANT), "neoadjuvant-planned"),
        (medication("paclitaxel", status="draft", reason=NEOADJUVANT), "neoadjuvant-planned"),
        (medication("paclitaxel", days=10, reason=NEOADJUVANT), "neoadjuvant-running"),
        (medication("letrozole", days=10, reason=NEOADJUVANT), "neoadjuvant-running"),  # E34
    ],
)
def test_neoadjuvant_therapy_from_each_kind_of_resource(resource: Resource, expected: str, facts_of: FactsOf) -> None:
    """E32: by intent code, by the code of the procedure itself, or in words."""
    assert phase(facts_of(cancer(days=170), resource)) == {expected}


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("before neoadjuvant chemotherapy", "neoadjuvant-planned"),
        ("neoadjuvant chemotherapy planned", "neoadjuvant-planned"),
        ("on neoadjuvant chemotherapy", "neoadjuvant-running"),
        ("completed neoadjuvant chemotherapy, before surgery", "neoadjuvant-completed"),
    ],
)
def test_neoadjuvant_therapy_in_the_words_of_the_order(reason: str, expected: str, facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(days=170), draft=order("cpt:78815", reason))) == {expected}


def test_a_plan_carried_out_is_completed(facts_of: FactsOf) -> None:
    """The plan stays on record when what it planned is done."""
    done = procedure(NEOADJUVANT_CHEMOTHERAPY, days=150, until=10)
    assert phase(facts_of(cancer(days=170), care_plan(NEOADJUVANT_CHEMOTHERAPY), done)) == {"neoadjuvant-completed"}


def test_a_course_that_was_stopped_is_open(facts_of: FactsOf) -> None:
    """E35: stopped for progression, or done with."""
    stopped = procedure(NEOADJUVANT_CHEMOTHERAPY, days=90, until=10, status="stopped")
    assert phase(facts_of(cancer(days=120), stopped)) == ALL_NEOADJUVANT


@pytest.mark.parametrize(
    "dose",
    [
        administration("paclitaxel", reason=NEOADJUVANT),
        medication("paclitaxel", status="completed", reason=NEOADJUVANT),
        procedure(CHEMOTHERAPY, days=10),
    ],
)
def test_one_dose_or_prescription_does_not_say_that_the_course_is_over(dose: Resource, facts_of: FactsOf) -> None:
    """E33."""
    assert {"neoadjuvant-running", "neoadjuvant-completed"} <= phase(facts_of(cancer(days=120), dose))


def test_surgery_ends_it(facts_of: FactsOf) -> None:
    course = procedure(NEOADJUVANT_CHEMOTHERAPY, days=400, until=260)
    assert phase(facts_of(cancer(days=420), course, surgery(200))) == {"surveillance"}
    assert phase(facts_of(cancer(days=420), course, surgery(100))) == {"adjuvant"}


def test_chemotherapy_planned_and_nobody_said_when_is_open(facts_of: FactsOf) -> None:
    """E32: before or after surgery."""
    assert phase(facts_of(cancer(), care_plan(CHEMOTHERAPY))) == {"new", "neoadjuvant-planned"}


def test_adjuvant_chemotherapy_planned_is_not_neoadjuvant(facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(), medication("paclitaxel", intent="plan", reason=ADJUVANT))) == {"new"}


def test_chemotherapy_done_without_surgery_on_a_whole_record_was_neoadjuvant(facts_of: FactsOf) -> None:
    course = procedure(CHEMOTHERAPY, days=150, until=10)
    assert facts_of(cancer(days=170), course)["disease-phase"] == Known(
        "neoadjuvant-completed",
        evidence=facts_of(cancer(days=170), course)["disease-phase"].evidence,
        assumed="no-surgery-recorded",
    )


def test_without_the_procedures_nobody_knows_what_chemotherapy_was_for(facts_of: FactsOf) -> None:
    course = medication("paclitaxel chemotherapy", status="completed")
    fact = facts_of(cancer(days=170), course, states={"procedures": KeyState.NOT_RUN})["disease-phase"]
    assert isinstance(fact, OneOf)


@pytest.mark.parametrize(
    "named", ["US axilla before neoadjuvant chemotherapy", "MRI breast after neoadjuvant chemotherapy"]
)
def test_a_study_named_after_therapy_is_no_therapy(named: str, facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(), procedure(text=named, days=5))) == {"new"}


# --- which surgery ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("resources", "side", "expected"),
    [
        ((surgery(1900),), None, "conserving"),
        ((surgery(1900, code=MASTECTOMY),), "left", "mastectomy"),
        ((surgery(1900, code=MASTECTOMY),), "right", "none"),  # the remaining breast
        ((surgery(1900, code=MASTECTOMY),), None, "none"),  # an unstated side means the remaining breast
        ((surgery(1900, code="sct:27865001", side=None),), None, "mastectomy"),  # both removed
        ((surgery(1900, code="sct:27865001", side=None),), "right", "mastectomy"),
        ((surgery(1900, code=MASTECTOMY), surgery(1900, code=MASTECTOMY, side="right")), None, "mastectomy"),
        ((surgery(1900, code=MASTECTOMY, side=None),), "left", "mastectomy"),
        ((surgery(1900, code="pcs:0HTU0ZZ", side=None),), "left", "mastectomy"),  # ICD-10-PCS names its side
        ((surgery(1900, code="pcs:0HTU0ZZ", side=None),), "right", "none"),
        ((surgery(1900, code="pcs:0HTV0ZZ", side=None),), "right", "mastectomy"),
        ((surgery(1900, code="pcs:0HBU0ZZ", side=None),), "left", "conserving"),
        ((condition("icd:Z90.12"), condition("icd:Z85.3")), "left", "mastectomy"),
        ((condition("icd:Z90.13"), condition("icd:Z85.3")), None, "mastectomy"),
        ((surgery(1900, code="sct:69031006"),), None, None),  # how much was removed is not said
        ((condition("icd:Z85.3"),), None, None),
    ],
)
def test_the_surgery_of_the_side_asked_about(
    resources: tuple[Resource, ...], side: str | None, expected: str | None, facts_of: FactsOf
) -> None:
    """Design §4: 310-v7 and v9 hold only for a mastectomy side, or where both breasts were removed."""
    sites = {"left": "sct:80248007", "right": "sct:73056007"}
    site = CodeableConcept(coding=(Coding(system="http://snomed.info/sct", code=sites[side][4:]),)) if side else None
    draft = order("cpt:77066", "follow-up", body_site=(site,) if site else ())
    facts = facts_of(cancer(days=2000), *resources, draft=draft, procedures=["mammography-diagnostic"])
    assert facts.value("breast-surgery") == expected
