"""Whether the axilla was imaged before neoadjuvant therapy: recorded, denied by the record, or not known (235-v5)."""

from collections.abc import Callable

import pytest

from cds_service.facts.axilla_imaging import NODE_BIOPSIES
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
        (condition("sct:164150006", onset=ago(160)), None, "felt, not seen"),
        (condition(text="Suspicious left axillary node", onset=ago(160)), None, "nobody says that it was seen"),
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


# --- in this work-up --------------------------------------------------------------------------------------------------
READ = report("loinc:26346-7", id="mammogram", conclusion="BI-RADS 6. Known malignancy of the left breast.", days=9)
BIOPSY = "loinc:69279-8"


@pytest.mark.parametrize(
    ("found", "expected", "reason"),
    [
        ((READ,), "no", "a mammogram that was read, and nothing of the axilla"),
        ((READ, procedure(text="US guided FNA axillary node", days=4)), "yes", "done under ultrasound"),
        ((READ, procedure(BIOPSY, text="Core biopsy of left axillary node", days=4)), "yes", "done under ultrasound"),
        ((READ, report("cpt:76641", conclusion=NORMAL, days=4)), "yes", "ultrasound of the breast that sees the node"),
        ((READ, report("MRI thorax", conclusion=NORMAL, days=4)), "yes", "any MRI that sees the node"),
        ((READ, report("CT chest", conclusion=NORMAL, days=4)), "no", "a normal node on CT is no imaging of it"),
        ((READ, report("cpt:76882", days=4)), None, "an ultrasound of no stated site"),
        ((READ, report("cpt:76882", days=None)), None, "an undated one may be of this work-up"),
        ((READ, procedure("cpt:76882", days=120)), None, "the last day of the work-up"),
        ((READ, procedure("cpt:76882", days=121)), "no", "one day before the work-up"),
        ((READ, report("cpt:76882", days=121)), "no", "one day before the work-up"),
        ((READ, report("cpt:76882=US right axilla", days=4)), "no", "its site is stated: the other axilla"),
        ((READ, procedure(BIOPSY, days=4)), "no", "a biopsy of no stated site is not imaging of it"),
        ((READ, procedure("sct:80146002=Appendectomy", days=4)), "no", "no study"),
        ((READ, report("loinc:22634-0=Pathology study", conclusion="Invasive carcinoma.", days=9)), "no", "no study"),
    ],
)
def test_imaged_in_this_work_up(
    found: tuple[Resource, ...], expected: str | None, reason: str, facts_of: FactsOf
) -> None:
    assert facts_of(cancer(side="left"), *found).value("axilla-imaged") == expected, reason


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (report("loinc:26346-7", conclusion=MAMMOGRAM, days=400), "of another work-up"),
        (report("loinc:26346-7", days=9), "nobody knows what it found"),
        (report("cpt:78815", conclusion="No FDG-avid disease.", days=9), "it is no imaging of the breast"),
        (report("loinc:26346-7", conclusion="BI-RADS 6. Axillary tail not shown.", days=9), "words on the axilla"),
        (report("loinc:26346-7", conclusion="BI-RADS 6. LNs as before.", days=9), "words on nodes"),
    ],
)
def test_not_imaged_is_only_taken_for_granted(found: Resource, reason: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(side="left"), found)["axilla-imaged"] == Known(
        "no", assumed="no-axillary-imaging-recorded"
    ), reason


@pytest.mark.parametrize(
    ("said", "expected", "reason"),
    [
        ("left axillary node seen on MRI", None, "somebody looked"),
        ("BI-RADS 4 node", None, "a class is given to what was imaged"),
        ("indeterminate axilla and nodes", None, "not certain: looked at"),
        ("US-guided biopsy of left axillary node", "no", "ultrasound guides the needle"),
        ("left axillary node, US guided", "no", "ultrasound guides the needle"),
        ("biopsy of left axillary node under US guidance", "no", "ultrasound guides the needle"),
        ("core biopsy of left axillary node", "no", "a biopsy is no imaging"),
        ("staging CT of the chest to follow", "no", "a study of another part"),
        ("MRI for brain surveillance", "no", "a study of another part"),
        ("palpable left axillary node", "no", "felt, not seen"),
    ],
)
def test_what_the_order_of_a_node_biopsy_says_of_imaging(
    said: str, expected: str | None, reason: str, facts_of: FactsOf
) -> None:
    draft = order("Core biopsy of left axillary node", note=said)
    facts = facts_of(cancer(side="left"), READ, draft=draft, procedures=NODE_BIOPSIES)
    assert facts.value("axilla-imaged") == expected, reason


def test_what_says_that_the_axilla_was_imaged_is_named(facts_of: FactsOf) -> None:
    ultrasound = report("loinc:72529-1", id="us", conclusion="Normal left axillary nodes.", days=4)
    breast = report("cpt:76641", id="breast", conclusion=NORMAL, days=5)
    assert _told(facts_of(cancer(side="left"), ultrasound, breast)) == [
        ("imaging of the axilla", ("DiagnosticReport/us",), ago(4)),
        ("axillary node in a report", ("DiagnosticReport/us",), ago(4)),
        ("axillary node in a report", ("DiagnosticReport/breast",), ago(5)),
    ]
    assert _told(facts_of(cancer(side="left"), READ)) == [
        ("mammography diagnostic", ("DiagnosticReport/mammogram",), ago(9))
    ]
    no_site = procedure("cpt:76882", id="limb", days=4)
    assert _told(facts_of(cancer(side="left"), READ, no_site)) == [
        ("ultrasound of no stated site", ("Procedure/limb",), ago(4))
    ]
    draft = order("Core biopsy of left axillary node", note="left axillary node seen on MRI")
    assert _told(facts_of(cancer(side="left"), READ, draft=draft, procedures=NODE_BIOPSIES)) == [
        ("imaging of the axilla named in the order", ("ServiceRequest/order",), None)
    ]


def _told(facts: Facts) -> list[tuple[str, tuple[str, ...], str | None]]:
    fact = facts["axilla-imaged"]
    assert not isinstance(fact, OneOf)
    return [(each.value, each.resources, each.date) for each in fact.evidence]


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
