"""Where a cancer stands in its course (design §3, "disease-phase"), and what each treatment on record makes of it."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Facts, Known, OneOf
from cds_service.fhir.resources import CodeableConcept, Coding, Extension, Reference, Resource
from cds_service.fhir.retrieved import KeyState
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
HISTORY = condition("icd:Z85.3", id="history")
ADJUVANT_RUNNING = procedure(CHEMOTHERAPY, status="in-progress", days=30, reason=ADJUVANT)
ADJUVANT_DONE = procedure(CHEMOTHERAPY, days=80, until=10, reason=ADJUVANT)
ADJUVANT_DONE_LONG_AGO = procedure(CHEMOTHERAPY, days=300, until=183, reason=ADJUVANT)


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


@pytest.mark.parametrize(
    ("days", "reason", "assumed"),
    [
        (20, "staging", "no-treatment-recorded"),
        (400, "staging", "no-treatment-recorded"),
        (None, "staging", "no-treatment-recorded"),
        (None, "patient request", "no-treatment-recorded"),
        (2000, "surveillance", "treatment-completed"),
    ],
)
def test_what_no_treatment_on_record_means_is_an_assumption(
    days: int | None, reason: str, assumed: str, facts_of: FactsOf
) -> None:
    """A card says what was taken for granted."""
    facts = facts_of(cancer(days=days), draft=order("cpt:78815", reason))
    assert facts["disease-phase"].assumed == assumed  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("days", "reason", "expected", "why"),
    [
        (20, "surveillance", {"new", "adjuvant"}, "too soon: treated elsewhere, or meant loosely"),
        (183, "surveillance", {"new", "adjuvant"}, "likewise"),
        (184, "surveillance", {"new", "surveillance"}, "treated or not, nobody says"),
        (547, "surveillance", {"new", "surveillance"}, "treatment can have taken all that time"),
        (548, "surveillance", {"surveillance"}, "treatment lies behind by now"),
        (548, "patient request", {"new", "surveillance"}, "nothing says that she is followed"),
        (None, "surveillance", {"new", "surveillance"}, "of no known age"),
        (None, "staging", {"new"}, "the first staging is of a new cancer"),
        (400, "staging", {"new", "surveillance"}, "staged again, or late"),
        (None, "staging, follow-up", {"new", "surveillance"}, "both at once"),
    ],
)
def test_without_treatment_on_record_the_order_can_say_which(
    days: int | None, reason: str, expected: set[str], why: str, facts_of: FactsOf
) -> None:
    assert phase(facts_of(cancer(days=days), draft=order("cpt:78815", reason))) == expected, why


@pytest.mark.parametrize(
    ("found", "days", "expected", "why"),
    [
        (medication("tamoxifen"), 100, {"new", "neoadjuvant-running", "adjuvant"}, "before surgery, or after"),
        (procedure("sct:108290001", days=30), 100, {"new", "neoadjuvant-running", "adjuvant"}, "radiotherapy likewise"),
        (medication("tamoxifen"), 400, {"new", "surveillance"}, "it goes on for years"),
        (medication("tamoxifen", intent="plan"), 100, {"new"}, "planned is not begun"),
        (ADJUVANT_RUNNING, 100, {"new", "neoadjuvant-running", "adjuvant"}, "after surgery that is not recorded"),
        (medication("paclitaxel", reason=ADJUVANT), 100, {"new", "neoadjuvant-running", "adjuvant"}, "likewise"),
        (ADJUVANT_RUNNING, 400, {"new", "adjuvant", "surveillance"}, "likewise"),
        (medication("paclitaxel", reason=ADJUVANT, days=300), 400, {"new", "adjuvant", "surveillance"}, "still active"),
        (ADJUVANT_DONE, 400, {"new", "adjuvant", "surveillance"}, "it ended ten days ago"),
        (ADJUVANT_DONE_LONG_AGO, 2000, {"new", "surveillance"}, "it ended 183 days ago"),
        (procedure("sct:108290001", days=182), 2000, {"new", "adjuvant", "surveillance"}, "radiotherapy of late"),
        (procedure("sct:108290001", days=183), 2000, {"new", "surveillance"}, "radiotherapy some time ago"),
        (procedure("sct:108290001"), 2000, {"new", "surveillance"}, "radiotherapy done, nobody says when"),
        (procedure("sct:108290001", status="unknown"), 2000, {"new", "adjuvant", "surveillance"}, "done or not"),
        (procedure("sct:108290001", status="preparation", days=1), 2000, {"new", "surveillance"}, "planned, not begun"),
        (condition("icd:Z92.3"), 2000, {"new", "surveillance"}, "irradiated once"),
        (surgery(5, status="unknown"), 20, {"new", "neoadjuvant-running", "adjuvant"}, "operated, or not"),
        (surgery(5, status="unknown"), 2000, {"new", "adjuvant", "surveillance"}, "operated of late, or not"),
        (surgery(182, status="unknown"), 2000, {"new", "adjuvant", "surveillance"}, "operated of late, or not"),
        (surgery(183, status="unknown"), 2000, {"new", "surveillance"}, "if she was operated, she is followed"),
        (surgery(1900, status="unknown"), 2000, {"new", "surveillance"}, "likewise"),
        (surgery(None, status="unknown"), 2000, {"new", "adjuvant", "surveillance"}, "nobody says when"),
        (surgery(5, status="in-progress"), 2000, {"new", "adjuvant", "surveillance"}, "written down during surgery"),
    ],
)
def test_treatment_that_says_too_little_leaves_it_open(
    found: Resource, days: int, expected: set[str], why: str, facts_of: FactsOf
) -> None:
    assert phase(facts_of(cancer(days=days), found)) == expected, why


@pytest.mark.parametrize(
    ("days", "reason", "expected", "why"),
    [
        (2000, "s/p lumpectomy, surveillance", {"surveillance"}, "operated, and followed"),
        (2000, "s/p lumpectomy", {"adjuvant", "surveillance"}, "nobody says when"),
        (100, "s/p lumpectomy, surveillance", {"adjuvant", "surveillance"}, "too soon to be sure"),
        (2000, "lumpectomy", {"new", "surveillance"}, "a plan as well as history"),
    ],
)
def test_surgery_in_the_words_of_the_order(
    days: int, reason: str, expected: set[str], why: str, facts_of: FactsOf
) -> None:
    fact = facts_of(cancer(days=days), draft=order("cpt:78815", reason))["disease-phase"]
    assert isinstance(fact, Known | OneOf)
    assert set(fact.candidates if isinstance(fact, OneOf) else (fact.value,)) == expected, why
    assert fact.assumed == ("treatment-completed" if expected == {"surveillance"} else fact.assumed)


def test_a_partial_date_counts_as_new_only_when_all_of_it_does(facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(onset="2026-10"))) == {"new"}
    assert phase(facts_of(cancer(onset="2026"))) == {"new", "surveillance"}


@pytest.mark.parametrize("key", TREATMENT_KEYS)
@pytest.mark.parametrize("state", [KeyState.ERROR, KeyState.PARTIAL])
def test_where_treatment_could_not_be_read_the_phase_is_open(key: str, state: KeyState, facts_of: FactsOf) -> None:
    """A failure never looks like "no treatment"."""
    assert phase(facts_of(cancer(), states={key: state})) == {"new", "recurrence", "neoadjuvant-planned"} | TREATED


@pytest.mark.parametrize("key", TREATMENT_KEYS)
@pytest.mark.parametrize("state", [KeyState.ERROR, KeyState.PARTIAL])
@pytest.mark.parametrize(
    ("resources", "before", "open_to"),
    [
        ((cancer(days=2000), surgery(1900)), "surveillance", {"adjuvant"}),
        ((cancer(days=2000), condition("icd:Z85.3")), "surveillance", {"adjuvant"}),
        ((cancer(), medication("chemotherapy", reason=NEOADJUVANT, intent="plan")), "neoadjuvant-planned", TREATED),
    ],
)
def test_nor_does_it_look_like_no_treatment_running(
    key: str, state: KeyState, resources: tuple[Resource, ...], before: str, open_to: set[str], facts_of: FactsOf
) -> None:
    """Chemotherapy may be running, or surgery done, in the part that could not be read."""
    assert phase(facts_of(*resources)) == {before}
    assert phase(facts_of(*resources, states={key: state})) == {before} | open_to


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


@pytest.mark.parametrize(
    ("days", "expected"),
    [(1900, {"new"}), (110, {"new"}), (109, {"adjuvant"})],  # a benign lump years ago; the biopsy of this one
)
def test_surgery_90_days_before_the_cancer_is_not_of_it(days: int, expected: set[str], facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(days=20), surgery(days))) == expected


@pytest.mark.parametrize(
    ("days", "expected", "why"),
    [
        ((1900, 100), {"adjuvant"}, "the last one counts"),
        ((1900, None), {"adjuvant", "surveillance"}, "the one without a day may be the last"),
        ((1900, 1000), {"surveillance"}, "both long ago"),
    ],
)
@pytest.mark.parametrize("followed", [True, False])
def test_of_two_operations_the_last_counts(
    days: tuple[int | None, ...], followed: bool, expected: set[str], why: str, facts_of: FactsOf
) -> None:
    """That she is followed does not date the second one."""
    history = (condition("icd:Z85.3"),) if followed else ()
    operated = (surgery(each, id=f"surgery-{each}") for each in days)
    assert phase(facts_of(cancer(days=2000), *history, *operated)) == expected, why


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


@pytest.mark.parametrize(
    "record",
    [
        (cancer(days=2000), surgery(1900)),
        (cancer(days=2000, clinical="remission"),),
        (cancer(days=2000, clinical="remission"), surgery(1900)),
    ],
    ids=["operated", "remission", "both"],
)
@pytest.mark.parametrize(
    ("reason", "expected", "why"),
    [
        ("on chemotherapy, surveillance", {"adjuvant", "surveillance"}, "it runs, says the order"),
        ("currently receiving paclitaxel, follow up", {"adjuvant", "surveillance"}, "by its drug"),
        ("on trastuzumab, surveillance", {"adjuvant", "surveillance"}, "anti-HER2 therapy"),
        ("receiving radiation, surveillance", {"adjuvant", "surveillance"}, "radiotherapy"),
        ("s/p chemo, surveillance", {"surveillance"}, "it is over"),
        ("s/p chemo and XRT, surveillance", {"surveillance"}, "both are over"),
        ("on tamoxifen, surveillance", {"surveillance"}, "endocrine therapy goes with follow-up"),
        ("never had chemotherapy, surveillance", {"surveillance"}, "denied"),
        ("lumpectomy, surveillance", {"surveillance"}, "surgery is no therapy that runs"),
    ],
)
def test_therapy_that_the_order_says_is_not_over_leaves_follow_up_open(
    record: tuple[Resource, ...], reason: str, expected: set[str], why: str, facts_of: FactsOf
) -> None:
    assert phase(facts_of(*record, draft=order("cpt:78815", reason))) == expected, why


def test_a_node_leaves_open_what_was_open_already(facts_of: FactsOf) -> None:
    node = condition("icd:C77.3", side="left", onset=ago(10))
    assert phase(facts_of(cancer(days=400), node)) == {"new", "surveillance", "recurrence"}


def test_what_leaves_follow_up_open_is_named(facts_of: FactsOf) -> None:
    node = condition("icd:C77.3", side="left", id="node", onset=ago(10))
    facts = facts_of(cancer(days=2000), surgery(1900), node, draft=order("cpt:78815", "on chemotherapy, surveillance"))
    assert [(each.value, each.date) for each in facts["disease-phase"].evidence] == [
        ("conserving, completed", ago(1900)),
        ("chemotherapy, unclear", None),
        ("metastasis in a node", ago(10)),
    ]


@pytest.mark.parametrize(
    ("reason", "new", "followed", "why"),
    [
        ("icd:Z51.11", {"neoadjuvant-running", "adjuvant"}, {"adjuvant"}, "an encounter for chemotherapy (E23, E33)"),
        ("icd:Z51.12", {"neoadjuvant-running", "adjuvant"}, {"adjuvant"}, "for immunotherapy"),
        ("icd:Z51.0", {"new", "neoadjuvant-running", "adjuvant"}, {"adjuvant"}, "for radiotherapy"),
        ("icd:Z79.811", {"new"}, {"surveillance"}, "endocrine therapy goes with follow-up (E20)"),
        ("icd:Z92.21", {"new"}, {"surveillance"}, "chemotherapy of the past"),
    ],
)
def test_therapy_that_is_the_reason_runs(
    reason: str, new: set[str], followed: set[str], why: str, facts_of: FactsOf
) -> None:
    """The order is placed for the therapy of today; by code, by reference, and in another draft of the session."""
    reference = Reference(reference="#r")
    referred = order("cpt:78815", contained=(condition(reason, id="r"),), reason_reference=(reference,))
    for draft, beside in [(order("cpt:78815", reason), ()), (referred, ()), (order(), (order("cpt:80053", reason),))]:
        assert phase(facts_of(cancer(days=20), draft=draft, beside=beside)) == new, why
        assert phase(facts_of(cancer(days=2000), surgery(1900), draft=draft, beside=beside)) == followed, why


def test_what_radiation_left_behind_is_no_therapy(facts_of: FactsOf) -> None:
    left = condition(text="Radiation dermatitis", onset=ago(100))
    assert phase(facts_of(cancer(days=2000), surgery(1900), left)) == {"surveillance"}


OPERATED = (cancer(days=2000), surgery(1900))
REMISSION = (cancer(days=2000, clinical="remission"),)


@pytest.mark.parametrize(
    ("record", "node", "recurrence", "why"),
    [
        (OPERATED, {"onset": ago(10)}, True, "found years after"),
        (OPERATED, {"onset": ago(1839)}, True, "61 days after surgery"),
        (OPERATED, {"onset": ago(1840)}, False, "found at surgery, or soon after"),
        (OPERATED, {"recorded_date": ago(1717)}, True, "written down 183 days after surgery"),
        (OPERATED, {"recorded_date": ago(1718)}, False, "written down late, perhaps"),
        (OPERATED, {"onset": ago(2000)}, False, "found with the cancer"),
        (OPERATED, {"onset": "2022"}, True, "of a year that ends long after surgery"),
        (OPERATED, {}, True, "nobody says when"),
        (OPERATED, {"clinical": "resolved"}, False, "over"),
        (OPERATED, {"onset": ago(10), "verification": "provisional"}, True, "suspected"),
        ((*OPERATED, surgery(250, id="again")), {"onset": ago(260)}, False, "removed since"),
        ((*OPERATED, surgery(250, id="again", status="unknown")), {"onset": ago(260)}, True, "removed, or not"),
        ((cancer(days=2000), surgery(None), HISTORY), {"onset": ago(10)}, True, "whenever she was operated"),
        ((cancer(days=2000), surgery(None), HISTORY), {"onset": ago(1990)}, False, "found with the cancer"),
        (REMISSION, {"onset": ago(10)}, True, "it was gone"),
        (REMISSION, {"onset": ago(1817)}, True, "183 days after the cancer"),
        (REMISSION, {"onset": ago(1818)}, False, "found with the cancer, or soon after"),
        ((HISTORY,), {"onset": ago(182)}, True, "treated before"),
        ((HISTORY,), {"onset": ago(183)}, False, "treated since"),
        ((HISTORY,), {}, True, "nobody says when"),
    ],
)
def test_a_node_found_after_treatment_may_be_a_recurrence(
    record: tuple[Resource, ...], node: dict[str, str], recurrence: bool, why: str, facts_of: FactsOf
) -> None:
    """The follow-up of a cancer that may be back is no routine."""
    found = condition("icd:C77.3", side="left", id="node", **node)  # type: ignore[arg-type]
    assert phase(facts_of(*record)) == {"surveillance"}
    assert phase(facts_of(*record, found)) == ({"surveillance", "recurrence"} if recurrence else {"surveillance"}), why


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


TREATED_LONG_AGO = (cancer(days=2000), surgery(1900), condition("icd:Z85.3", onset=ago(1500)))


@pytest.mark.parametrize(
    ("found", "left", "why"),
    [
        (observation("loinc:97509-4", "sct:1281812003"), True, "partial remission"),
        (observation("loinc:97509-4", "sct:359746009"), True, "stable: it is there"),
        (observation("loinc:97509-4", "sct:268910001"), True, "improved: it is there"),
        (observation("loinc:97509-4", "Partial response"), True, "in words"),
        (observation("loinc:97509-4", "Partial remission"), True, "in other words"),
        (observation("loinc:97509-4", None, value_string="Stable disease"), True, "as a text"),
        (observation("loinc:97509-4", "sct:359746009", days=None), True, "nobody says when"),
        (condition("sct:1281812003", onset=ago(50)), True, "on the problem list"),
        (condition(text="Partial response to therapy", onset=ago(50)), True, "there in words"),
        (observation("loinc:97509-4", "sct:260415000"), False, "none detected"),
        (observation("loinc:97509-4", "sct:103338009"), False, "in full remission"),
        (observation("loinc:97509-4", "sct:359746009", days=1950), False, "before the surgery"),
        (observation("loinc:97509-4", "sct:359746009", days=1700), False, "before it was history"),
        (observation("loinc:97509-4", "sct:359746009", status="cancelled"), False, "never stated"),
        (condition("sct:1281812003", onset=ago(50), clinical="resolved"), False, "no longer so"),
    ],
)
def test_disease_that_is_left_leaves_follow_up_open(found: Resource, left: bool, why: str, facts_of: FactsOf) -> None:
    """S5 is about patients treated with curative intent who are followed: whose disease is stable has disease."""
    expected = {"surveillance", "adjuvant", "recurrence"} if left else {"surveillance"}
    assert phase(facts_of(*TREATED_LONG_AGO, found)) == expected, why


STABLE = "sct:359746009"
OF_HISTORY_ALONE = condition("icd:Z85.3", id="history", onset=None)
FIRST_COURSE = procedure(CHEMOTHERAPY, days=1990, until=1900)


@pytest.mark.parametrize(
    ("found", "left", "why"),
    [
        (
            (OF_HISTORY_ALONE, FIRST_COURSE, observation("loinc:97509-4", STABLE, days=1950)),
            True,
            "no surgery ended it",
        ),
        (
            (
                cancer(days=2000),
                HISTORY,
                surgery(1900, status="unknown"),
                observation("loinc:97509-4", STABLE, days=1950),
            ),
            True,
            "nobody says that she was operated on",
        ),
        (
            (cancer(days=2000), surgery(1900), observation("loinc:97509-4", STABLE, days=1950)),
            False,
            "operated on since",
        ),
        (
            (*TREATED_LONG_AGO, observation("loinc:97509-4", STABLE, days=90), condition("icd:I10", onset=ago(50))),
            True,
            "another diagnosis since ends nothing",
        ),
        (
            (
                *TREATED_LONG_AGO,
                observation("loinc:97509-4", STABLE, days=90),
                condition("sct:550991000124107", onset=ago(50)),
            ),
            False,
            "in remission since",
        ),
    ],
)
def test_what_ends_disease_that_was_left(found: tuple[Resource, ...], left: bool, why: str, facts_of: FactsOf) -> None:
    assert ("recurrence" in phase(facts_of(*found))) is left, why


def test_disease_that_is_left_is_named(facts_of: FactsOf) -> None:
    status = observation("loinc:97509-4", STABLE, days=90, id="status")
    partial = condition("sct:1281812003", onset=ago(50), id="partial")
    said = [
        (each.value, each.resources, each.date)
        for each in facts_of(*TREATED_LONG_AGO, status, partial)["disease-phase"].evidence  # type: ignore[union-attr]
    ]
    assert ("disease left", ("Observation/status",), ago(90)) in said
    assert ("disease left", ("Condition/partial",), ago(50)) in said


@pytest.mark.parametrize(
    ("second", "node", "since", "why"),
    [
        (100, 500, True, "she was called treated 1000 days ago, however often since"),
        (100, 1000, False, "found on the day when she was first called treated"),
    ],
)
def test_a_node_is_new_after_the_first_entry_of_history(
    second: int, node: int, since: bool, why: str, facts_of: FactsOf
) -> None:
    found = (
        condition("icd:Z85.3", id="first", onset=ago(1000)),
        condition("icd:Z85.3", id="second", onset=ago(second)),
        condition("icd:C77.3", side="left", id="node", onset=ago(node)),
    )
    assert ("recurrence" in phase(facts_of(*found))) is since, why


def test_chemotherapy_that_a_note_on_the_cancer_says_runs_is_not_over(facts_of: FactsOf) -> None:
    assert "adjuvant" in phase(facts_of(cancer(days=2000, note="On chemotherapy."), surgery(1900)))


def test_radiotherapy_ordered_beside_it_is_not_over(facts_of: FactsOf) -> None:
    beside = order("Radiotherapy to the left breast", id="beside")
    assert "adjuvant" in phase(facts_of(*TREATED_LONG_AGO, beside=(beside,)))


# --- a cancer that began after history --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("entries", "expected", "why"),
    [
        (
            (cancer(days=500), condition("icd:C50.912", id="again", onset=None, recorded_date=ago(300))),
            {"new", "adjuvant", "surveillance", "recurrence"},
            "one of its entries has an onset after history",
        ),
        (
            (condition("icd:C50.912", id="again", onset=None, recorded_date=ago(500)),),
            {"surveillance"},
            "only history has an onset: the code was written down again",
        ),
    ],
)
def test_what_counts_beside_history_is_an_onset(
    entries: tuple[Resource, ...], expected: set[str], why: str, facts_of: FactsOf
) -> None:
    assert phase(facts_of(condition("icd:Z85.3", id="history", onset=ago(1000)), *entries)) == expected, why


def test_the_first_entry_of_history_says_since_when_she_is_treated(facts_of: FactsOf) -> None:
    first = condition("icd:Z85.3", id="first", onset=ago(1000))
    again = condition("icd:Z85.3", id="again", onset=ago(100))
    assert "new" in phase(facts_of(first, again, cancer(days=500)))


@pytest.mark.parametrize(
    ("done", "expected", "why"),
    [
        ((surgery(250),), {"surveillance"}, "operated on since: this cancer is the treated one"),
        (
            (surgery(250), procedure(MASTECTOMY, id="second", side="left")),
            {"adjuvant", "surveillance"},
            "one of two operations is of this cancer, the other may be of late",
        ),
        (
            (procedure(MASTECTOMY, id="first", side="left"),),
            {"new", "adjuvant", "surveillance", "recurrence"},
            "nobody says of which cancer the operation was",
        ),
    ],
)
def test_a_newer_cancer_and_its_operation(
    done: tuple[Resource, ...], expected: set[str], why: str, facts_of: FactsOf
) -> None:
    assert (
        phase(facts_of(condition("icd:Z85.3", id="history", onset=ago(1000)), cancer(days=300), *done)) == expected
    ), why


def test_a_breast_that_is_gone_does_not_say_that_treatment_is_over(facts_of: FactsOf) -> None:
    """Nobody says when it was removed, and the order alone speaks of follow-up."""
    gone = condition("icd:Z90.12", id="gone", onset=None)
    followed = facts_of(cancer(days=2000), gone, draft=order("cpt:78815", "surveillance"))
    assert phase(followed) == {"adjuvant", "surveillance"}


# --- another cycle after what is finished -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("doses", "reason", "expected", "why"),
    [
        ((60, 10), None, {"neoadjuvant-running", "neoadjuvant-completed"}, "another cycle since the course"),
        ((60,), None, {"neoadjuvant-completed"}, "all of it was before the end of the course"),
        ((10,), "s/p neoadjuvant chemotherapy", {"neoadjuvant-completed"}, "the order says that it is over"),
    ],
)
def test_a_dose_after_the_course(
    doses: tuple[int, ...], reason: str | None, expected: set[str], why: str, facts_of: FactsOf
) -> None:
    course = () if reason else (procedure(NEOADJUVANT_CHEMOTHERAPY, days=150, until=30),)
    given = [administration("doxorubicin", days=days, id=f"dose-{days}") for days in doses]
    draft = order("cpt:78815", reason) if reason else None
    assert phase(facts_of(cancer(days=170), *course, *given, draft=draft)) == expected, why


def test_a_dose_between_two_courses_is_not_after_both(facts_of: FactsOf) -> None:
    courses = (
        procedure(NEOADJUVANT_CHEMOTHERAPY, days=150, until=60, id="first"),
        procedure(NEOADJUVANT_CHEMOTHERAPY, days=50, until=5, id="second"),
    )
    between = administration("doxorubicin", days=40)
    assert phase(facts_of(cancer(days=170), *courses, between)) == {"neoadjuvant-completed"}


@pytest.mark.parametrize(
    ("drug", "why"),
    [
        (medication("doxorubicin", days=300), "it runs"),
        (medication("doxorubicin", days=300, intent="plan"), "it is planned"),
    ],
)
def test_of_a_cancer_known_as_history_therapy_may_not_be_over(drug: Resource, why: str, facts_of: FactsOf) -> None:
    assert phase(facts_of(OF_HISTORY_ALONE, drug)) == TREATED, why


@pytest.mark.parametrize(
    ("drug", "followed"),
    [
        ("fulvestrant 500 mg", False),
        ("Faslodex", False),
        ("elacestrant", False),
        ("anastrozole", True),
        ("tamoxifen", True),
    ],
)
def test_which_endocrine_therapy_goes_with_follow_up(drug: str, followed: bool, facts_of: FactsOf) -> None:
    """E20: tamoxifen and aromatase inhibitors; fulvestrant is for advanced disease."""
    running = medication(drug, days=300)
    assert (phase(facts_of(*TREATED_LONG_AGO, running)) == {"surveillance"}) is followed


def test_the_newest_status_says_whether_disease_is_left(facts_of: FactsOf) -> None:
    stable, gone = (
        observation("loinc:97509-4", code, days=days) for code, days in (("sct:359746009", 300), ("sct:260415000", 30))
    )
    assert phase(facts_of(*TREATED_LONG_AGO, stable, gone)) == {"surveillance"}


@pytest.mark.parametrize("reason", ["icd:Z08", "icd:Z85.3", "history of breast cancer"])
def test_the_order_can_say_so(reason: str, facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(days=2000), draft=order("cpt:78815", reason))) == {"surveillance"}


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
    assert phase(facts_of(cancer(days=182), HISTORY)) == {"new", "adjuvant", "surveillance", "recurrence"}
    assert phase(facts_of(cancer(days=547), HISTORY)) == {"new", "adjuvant", "surveillance", "recurrence"}
    assert phase(facts_of(cancer(days=548), HISTORY)) == {"surveillance"}


@pytest.mark.parametrize(
    ("called", "expected", "why"),
    [
        (ago(401), {"new", "adjuvant", "surveillance", "recurrence"}, "called treated the day before"),
        (ago(400), {"surveillance"}, "the same day"),
        (ago(300), {"surveillance"}, "afterwards"),
        (ago(401)[:4], {"surveillance"}, "of that year: afterwards, perhaps"),
    ],
)
def test_a_cancer_that_began_after_its_history_is_open(
    called: str, expected: set[str], why: str, facts_of: FactsOf
) -> None:
    assert phase(facts_of(cancer(days=400), condition("icd:Z85.3", onset=called))) == expected, why


def test_therapy_that_runs_beside_history_is_adjuvant(facts_of: FactsOf) -> None:
    over = cancer(days=2000, clinical="remission")
    assert phase(facts_of(over, medication("trastuzumab"))) == {"adjuvant"}
    assert phase(facts_of(cancer(days=2000), HISTORY, procedure("sct:108290001", status="in-progress"))) == {"adjuvant"}


@pytest.mark.parametrize("days", [20, 400])
def test_a_later_onset_on_the_same_side_is_open(days: int, facts_of: FactsOf) -> None:
    later = condition("icd:C50.912", onset=ago(days), id="again")
    assert phase(facts_of(cancer(days=3000), later, surgery(2900))) == {"new", "surveillance", "recurrence"}


@pytest.mark.parametrize(
    ("days", "expected", "why"),
    [
        ((2900, 300), {"surveillance"}, "operated again since"),
        ((2900, 100), {"adjuvant"}, "operated again of late"),
        ((2900, 500), {"new", "surveillance", "recurrence"}, "operated again before"),
        ((2900, None), {"new", "surveillance", "recurrence"}, "operated again, nobody says when"),
    ],
)
def test_surgery_after_a_later_onset_answers_it(
    days: tuple[int | None, ...], expected: set[str], why: str, facts_of: FactsOf
) -> None:
    later = condition("icd:C50.912", onset=ago(400), id="again")
    operated = (surgery(each, id=f"surgery-{each}") for each in days)
    assert phase(facts_of(cancer(days=3000), later, *operated)) == expected, why


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


def test_a_recurrence_proven_and_suspected_again_is_proven(facts_of: FactsOf) -> None:
    proven = condition("sct:314955001", side="left", onset=ago(300), id="proven")
    again = condition("sct:314955001", side="left", onset=ago(30), id="again", verification="provisional")
    facts = facts_of(cancer(days=2000), surgery(1900), proven, again)
    assert phase(facts) == {"recurrence"}
    assert {each.value for each in facts["disease-phase"].evidence} == {"recurrence"}


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


@pytest.mark.parametrize(
    ("days", "chemotherapy", "expected", "why"),
    [
        (170, (procedure(CHEMOTHERAPY, days=150, until=10),), {"neoadjuvant-completed"}, "surgery is still to come"),
        (557, (procedure(CHEMOTHERAPY, days=150, until=10),), {"neoadjuvant-completed"}, "547 days after diagnosis"),
        (558, (procedure(CHEMOTHERAPY, days=150, until=10),), TREATED, "too late to be neoadjuvant"),
        (None, (procedure(CHEMOTHERAPY, days=150, until=10),), TREATED, "nobody says when the cancer was found"),
        (400, (procedure(CHEMOTHERAPY, days=390, until=183),), {"neoadjuvant-completed"}, "183 days ago"),
        (400, (procedure(CHEMOTHERAPY, days=390, until=184),), TREATED, "where was she operated since?"),
        (
            540,
            (procedure(CHEMOTHERAPY, days=530, until=400), procedure(CHEMOTHERAPY, days=100, until=10)),
            {"neoadjuvant-completed"},
            "of two courses the last one counts",
        ),
        (170, (procedure(CHEMOTHERAPY, days=10),), {"neoadjuvant-running", "neoadjuvant-completed"}, "a cycle (E33)"),
        (170, (procedure(CHEMOTHERAPY),), TREATED, "nobody says when"),
        (
            170,
            (medication("paclitaxel"),),
            {"neoadjuvant-running", "adjuvant"},
            "before surgery, or after one elsewhere",
        ),
        (
            170,
            (medication("paclitaxel"), procedure(CHEMOTHERAPY, days=150, until=60)),
            {"neoadjuvant-running", "adjuvant"},
            "the next drug",
        ),
    ],
)
def test_chemotherapy_that_nobody_called_neoadjuvant(
    days: int | None, chemotherapy: tuple[Resource, ...], expected: set[str], why: str, facts_of: FactsOf
) -> None:
    """No surgery on a whole record, 18 months after the diagnosis at most: what was given was given before surgery."""
    assert phase(facts_of(cancer(days=days), *chemotherapy)) == expected, why


PLAN = care_plan(NEOADJUVANT_CHEMOTHERAPY)


@pytest.mark.parametrize(
    ("record", "reason", "expected", "why"),
    [
        (
            (PLAN, procedure(CHEMOTHERAPY, days=150, until=10)),
            "",
            {"neoadjuvant-completed"},
            "carried out, by any name",
        ),
        (
            (PLAN, procedure(NEOADJUVANT_CHEMOTHERAPY, days=150, until=10)),
            "s/p neoadjuvant chemotherapy",
            {"neoadjuvant-completed"},
            "the order says it too",
        ),
        ((PLAN,), "s/p neoadjuvant chemotherapy", ALL_NEOADJUVANT, "planned and done: the order, or the plan, is old"),
        ((PLAN, procedure(CHEMOTHERAPY, status="in-progress")), "", {"neoadjuvant-running"}, "it runs, by any name"),
        ((PLAN, procedure(CHEMOTHERAPY, days=10)), "", ALL_NEOADJUVANT, "a cycle, and nobody says of which course"),
    ],
)
def test_a_plan_and_what_came_of_it(
    record: tuple[Resource, ...], reason: str, expected: set[str], why: str, facts_of: FactsOf
) -> None:
    draft = order("cpt:78815", reason) if reason else None
    assert phase(facts_of(cancer(days=170), *record, draft=draft)) == expected, why


def test_what_a_phase_rests_on_is_named(facts_of: FactsOf) -> None:
    """What a card shows: each treatment in our words, its resource, its day."""
    plan = medication("paclitaxel", intent="plan", reason=NEOADJUVANT, id="plan", days=160)
    course = procedure(CHEMOTHERAPY, days=150, until=10, id="course")
    evidence = facts_of(cancer(days=170), plan, course)["disease-phase"].evidence
    assert {(each.value, each.resources, each.date) for each in evidence} == {
        ("chemotherapy (neoadjuvant), planned", ("MedicationRequest/plan",), ago(160)),
        ("chemotherapy, completed", ("Procedure/course",), ago(10)),
    }
    undated = facts_of(cancer(days=None), surgery(None, id="surgery"))["disease-phase"].evidence
    assert [(each.value, each.resources, each.date) for each in undated] == [
        ("conserving, completed", ("Procedure/surgery",), None)
    ]


def test_history_and_the_diagnosis_are_both_named(facts_of: FactsOf) -> None:
    evidence = facts_of(cancer(days=2000), HISTORY)["disease-phase"].evidence
    assert [(each.value, each.resources, each.date) for each in evidence] == [
        ("history of breast cancer", ("Condition/history",), None),
        ("diagnosed", ("Condition/cancer",), ago(2000)),
    ]


def test_chemotherapy_done_without_surgery_on_a_whole_record_was_neoadjuvant(facts_of: FactsOf) -> None:
    course = procedure(CHEMOTHERAPY, days=150, until=10)
    assert facts_of(cancer(days=170), course)["disease-phase"] == Known(
        "neoadjuvant-completed",
        evidence=facts_of(cancer(days=170), course)["disease-phase"].evidence,
        assumed="no-surgery-recorded",
    )


def test_without_the_procedures_nobody_knows_what_chemotherapy_was_for(facts_of: FactsOf) -> None:
    """The client supplies none: she may have been operated."""
    course = medication("paclitaxel chemotherapy", status="completed")
    assert phase(facts_of(cancer(days=170), course, states={"procedures": KeyState.NOT_RUN})) == TREATED


@pytest.mark.parametrize(
    "named", ["US axilla before neoadjuvant chemotherapy", "MRI breast after neoadjuvant chemotherapy"]
)
def test_a_study_named_after_therapy_is_no_therapy(named: str, facts_of: FactsOf) -> None:
    assert phase(facts_of(cancer(), procedure(text=named, days=5))) == {"new"}


@pytest.mark.parametrize(
    ("days", "known", "why"),
    [(360, True, "before any"), (350, True, "the day it began"), (300, False, "the first course had begun")],
)
def test_therapy_begins_with_its_first_course(days: int, known: bool, why: str, facts_of: FactsOf) -> None:
    """The stage at diagnosis is of before (E15). A mere plan does not count; surgery comes later."""
    plan = medication("paclitaxel", intent="plan", reason=NEOADJUVANT, days=395)
    course = procedure(NEOADJUVANT_CHEMOTHERAPY, days=350, until=250)
    stated = observation("loinc:21908-9", "sct:261614003", days=days)
    fact = facts_of(cancer(days=400), plan, course, surgery(200), stated)["stage-group"]
    assert isinstance(fact, Known) is known, why


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


@pytest.mark.parametrize(
    ("record", "reason", "expected", "why"),
    [
        ((surgery(1900),), "s/p mastectomy, surveillance", "conserving", "the record says it better than the order"),
        ((HISTORY,), "s/p lumpectomy, surveillance", "conserving", "only the order says it"),
    ],
)
def test_surgery_in_words_counts_where_none_is_recorded(
    record: tuple[Resource, ...], reason: str, expected: str, why: str, facts_of: FactsOf
) -> None:
    facts = facts_of(
        cancer(days=2000), *record, draft=order("cpt:77066", reason), procedures=["mammography-diagnostic"]
    )
    assert facts.value("breast-surgery") == expected, why
