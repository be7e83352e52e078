"""Whether the axilla was imaged before neoadjuvant therapy: recorded, denied by the record, or not known (235-v5)."""

from collections.abc import Callable

import pytest

from cds_service.facts.model import Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.fhir.resources import Resource
from cds_service.fhir.retrieved import KeyState
from tests.support.resources import ago, cancer, condition, observation, order, procedure, report, surgery

FactsOf = Callable[..., Facts]

COMPLETED = procedure("sct:1259200004", days=150, until=10)
RUNNING = procedure("sct:1259200004", status="in-progress", days=60)
MAMMOGRAM = "Irregular mass in the upper outer quadrant of the left breast. BI-RADS 5."
NORMAL = "No suspicious left axillary lymph nodes."
SUSPICIOUS = "Left axillary node with thickened cortex and effaced hilum, suspicious."
NAME = "axilla-imaged-before-therapy"


@pytest.mark.parametrize(
    ("found", "expected", "reason"),
    [
        (report("loinc:72529-1", conclusion=NORMAL, days=160), "yes", "ultrasound of that axilla"),
        (report("loinc:26346-7", conclusion=SUSPICIOUS, days=160), "yes", "a mammogram that speaks of a node"),
        (procedure("cpt:77049", days=160), "yes", "a breast MRI shows the axilla"),
        (
            procedure("loinc:69279-8", text="Core biopsy of left axillary node", days=160),
            "yes",
            "a node biopsy is done under ultrasound",
        ),
        (report("loinc:26346-7", conclusion=MAMMOGRAM, days=160), "no", "read, and nothing of the axilla"),
        (report("loinc:26346-7", conclusion="xyzzy", days=160), None, "nobody can say what it reports"),
        (report("loinc:26346-7", conclusion=MAMMOGRAM, days=3000), None, "years before: not of that work-up"),
        (report("loinc:26346-7", conclusion=MAMMOGRAM, days=5), None, "after therapy: says nothing of before"),
        (report("loinc:72528-3", conclusion="No suspicious node.", days=160), None, "the other axilla"),
        (cancer(id="again"), None, "no imaging on record proves nothing"),
    ],
)
def test_imaged_before_therapy(found: Resource, expected: str | None, reason: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(days=170, side="left"), COMPLETED, found).value(NAME) == expected, reason


def test_an_undated_study_of_the_axilla_may_have_been_before(facts_of: FactsOf) -> None:
    mammogram = report("loinc:26346-7", conclusion=MAMMOGRAM, days=160)
    undated = report("loinc:72529-1", conclusion=NORMAL, days=None)
    assert isinstance(facts_of(cancer(days=170), COMPLETED, mammogram, undated)[NAME], Unknown)


def test_a_study_after_therapy_was_not_before(facts_of: FactsOf) -> None:
    mammogram = report("loinc:26346-7", conclusion=MAMMOGRAM, days=160)
    later = report("loinc:72529-1", conclusion=NORMAL, days=3)
    assert facts_of(cancer(days=170), COMPLETED, mammogram, later).value(NAME) == "no"


@pytest.mark.parametrize("key", ["procedures", "diagnosticReports"])
def test_a_failed_search_proves_nothing(key: str, facts_of: FactsOf) -> None:
    """The ultrasound may be in what was not retrieved."""
    mammogram = report("loinc:26346-7", conclusion=MAMMOGRAM, days=160)
    fact = facts_of(cancer(days=170), COMPLETED, mammogram, states={key: KeyState.PARTIAL})[NAME]
    assert fact == Unknown(UnknownReason.NOT_RETRIEVED)


def test_without_the_day_therapy_began_nothing_was_before_it(facts_of: FactsOf) -> None:
    mammogram = report("loinc:26346-7", conclusion=MAMMOGRAM, days=160)
    draft = order("US axilla", "Left axilla after neoadjuvant chemotherapy, before surgery")
    assert isinstance(facts_of(cancer(days=170), mammogram, draft=draft)[NAME], Unknown)


# --- a lump since therapy began, and lumps on both sides --------------------------------------------------------------
@pytest.mark.parametrize("course", [COMPLETED, RUNNING])
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (condition("sct:164150006", onset=ago(5)), "unilateral"),
        (observation("sct:164150006", days=5), "unilateral"),
        (condition("sct:164150006", onset=ago(165)), "none"),
    ],
)
def test_a_node_felt_since_therapy_began_is_a_new_lump(
    course: Resource, found: Resource, expected: str, facts_of: FactsOf
) -> None:
    """ACR 286 variant 7: a new palpable lump during therapy; one felt before it is of the work-up."""
    assert facts_of(cancer(days=170), course, found).value("axillary-lump") == expected


def test_enlarged_nodes_of_no_place_since_therapy_may_be_one(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=170), COMPLETED, condition("icd:R59.0", onset=ago(5)))
    assert isinstance(facts["axillary-lump"], Unknown)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("new bilateral axillary lumps", "bilateral"),
        ("lumps in both axillae", "bilateral"),
        ("new left axillary lump", "unilateral"),
    ],
)
def test_lumps_in_both_axillae_in_words(reason: str, expected: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=2000), surgery(1900), draft=order("US axilla", reason))
    assert facts.value("axillary-lump") == expected


def test_lumps_in_both_axillae_by_code(facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=2000), surgery(1900), condition("icd:R22.31"), condition("icd:R22.32"))
    assert facts.value("axillary-lump") == "bilateral"


def test_a_text_of_several_sides_leaves_it_open(facts_of: FactsOf) -> None:
    """The breasts may be meant."""
    draft = order("US axilla", "bilateral breast cancer, new left axillary lump")
    fact = facts_of(cancer(days=2000), surgery(1900), draft=draft)["axillary-lump"]
    assert isinstance(fact, OneOf)
    assert set(fact.candidates) == {"unilateral", "bilateral"}


# --- a recurrence that the order only suspects ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("New lump in the left breast, suspected local recurrence", "suspected"),
        ("Biopsy-proven local recurrence of breast cancer", "proven"),
    ],
)
def test_a_suspected_recurrence_in_the_order_is_not_a_proven_one(reason: str, expected: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(days=2000), surgery(1900), draft=order("US breast left", reason))
    assert isinstance(facts["local-recurrence"], Known)
    assert facts.value("local-recurrence") == expected
