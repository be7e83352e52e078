"""What is written beside the cancer: a note on it, on its stage or on the order has to be understood whole.

A note that says nothing of distant disease keeps the warning; any other leaves open whether metastasis is suspected.
"""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from cds_service.coding import Code
from cds_service.facts.extract import extract
from cds_service.facts.model import Fact, Facts, Known, Unknown
from cds_service.fhir.resources import Annotation, CodeableConcept, Coding, Condition, Observation
from cds_service.knowledge.model import Knowledge
from tests.support.resources import SYSTEMS, ago, cancer, condition, observation, order, size, source, surgery

FactsOf = Callable[..., Facts]

STAGE = "loinc:21908-9"


def is_open(fact: Fact) -> bool:
    """Open, not known to be none: the only two answers that a note gives here."""
    assert isinstance(fact, Unknown) or fact == Known("none", assumed="no-symptoms-recorded")
    return isinstance(fact, Unknown)


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("Invasive ductal carcinoma of the left breast.", "the cancer itself"),
        ("Staging booked.", "what is to be done"),
        ("Mastectomy planned.", "its surgery"),
        ("FDG PET booked.", "a study, by its tracer"),
        ("Annual follow-up.", "that it is followed"),
        ("Pregnant.", "another matter"),
        ("Routine.", "no reason at all"),
        ("Evaluate breast.", "what is asked of the breast"),
        ("Type 2 diabetes.", "a disease of long standing"),
        ("Degenerative disc disease.", "likewise"),
        ("Liver cyst.", "what many have"),
        ("Implant reconstruction.", "what was done about it"),
        ("Adjuvant chemotherapy planned.", "treatment after surgery"),
        ("On letrozole.", "endocrine therapy"),
        ("Radiotherapy to the left breast.", "of the breast"),
        ("Chemotherapy completed.", "over"),
        ("S/p chemotherapy.", "past"),
        ("Normal left axillary nodes.", "nodes that are normal"),
        ("No positive nodes.", "denied"),
        ("Left breast lump.", "how it showed itself"),
        ("Left breast pain.", "a complaint of the breast itself"),
        ("Left breast BI-RADS 5.", "how it was seen"),
        ("Mother had metastatic breast cancer.", "somebody else's"),
        ("Tumour 48 mm.", "no T3"),
    ],
)
def test_a_note_on_the_cancer_that_says_nothing_of_distant_disease(note: str, why: str, facts_of: FactsOf) -> None:
    assert not is_open(facts_of(cancer(side="left", note=note))["metastasis-suspected"]), why


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("Kryptoid.", "a word that nobody knows"),
        ("Inflammatory breast cancer.", "T4d"),
        ("Left axillary node positive.", "N1 or more"),
        ("Axillary nodes are not normal.", "nodes that are something"),
        ("Left axillary node 14 mm.", "a node of which nobody says what it is"),
        ("Axillary mass.", "a mass elsewhere than in the breast"),
        ("Neoadjuvant chemotherapy.", "of a cancer that is not early"),
        ("Trastuzumab.", "nobody says whether it is over"),
        ("Pneumonia.", "what may be taken for, or hide, metastasis"),
        ("Tumour 62 mm.", "T3"),
        ("Right breast.", "the other side"),
        ("Both breasts.", "both sides"),
        ("Left breast, then right breast.", "both sides"),
    ],
)
def test_a_note_on_the_cancer_that_may_say_more_leaves_it_open(note: str, why: str, facts_of: FactsOf) -> None:
    assert is_open(facts_of(cancer(side="left", note=note))["metastasis-suspected"]), why


@pytest.mark.parametrize(
    ("note", "open_", "why"),
    [
        ("Right breast.", False, "the note says it"),
        ("Bilateral.", True, "two cancers, of which one is on record"),
        ("Cancer of the contralateral breast.", True, "likewise"),
        ("Left breast, then right breast.", True, "likewise"),
    ],
)
def test_a_note_may_name_the_side_where_the_cancer_does_not(
    note: str, open_: bool, why: str, facts_of: FactsOf
) -> None:
    assert is_open(facts_of(cancer("icd:C50.919", note=note))["metastasis-suspected"]) is open_, why


@pytest.mark.parametrize(
    ("stated", "open_", "why"),
    [
        (observation(STAGE, "Stage IA", note="Left breast."), False, "a side, which its stage does not name"),
        (size(18, note="Left breast."), False, "likewise, of the size"),
        (observation(STAGE, "Stage IA", note="Both breasts."), True, "two tumours"),
        (observation(STAGE, "Stage IA", note="Kryptoid."), True, "a word that nobody knows"),
        (size(18, note="Kryptoid."), True, "likewise, of the size"),
        (observation(STAGE, "Stage IIA", note="cT3 N1"), True, "it says more than the stage it stands beside"),
        (observation(STAGE, "Stage IIA", note="N2 disease."), True, "likewise, of the nodes alone"),
        (observation(STAGE, "Stage IIA", note="Locally advanced."), True, "likewise, in words"),
        (size(18, note="T4b."), True, "18 mm, and grown into the skin"),
        (observation(STAGE, "Stage IIA", note="cT2 N0"), False, "what it is made of"),
        (observation("loinc:8302-2", "170", note="Kryptoid."), False, "her height says nothing of the cancer"),
    ],
)
def test_a_note_on_stage_or_size(stated: Observation, open_: bool, why: str, facts_of: FactsOf) -> None:
    assert is_open(facts_of(cancer(side="left"), stated)["metastasis-suspected"]) is open_, why


def test_each_note_is_read(facts_of: FactsOf) -> None:
    """One that says nothing, or stands where nothing of the cancer is said, hides none that follows."""
    other = (condition("icd:I10", note="Kryptoid."), observation("loinc:8302-2", "170", note="Kryptoid."))
    stated = observation(STAGE, "Stage IA")
    noted = msgspec.structs.replace(stated, note=(Annotation(), Annotation("Left breast."), Annotation("Kryptoid.")))
    assert not is_open(facts_of(*other, cancer())["metastasis-suspected"])
    assert is_open(facts_of(*other, cancer(note="Kryptoid."))["metastasis-suspected"])
    assert is_open(facts_of(*other, cancer(), noted)["metastasis-suspected"])


def test_a_note_on_the_cancer_that_names_a_symptom_is_shown_as_one(facts_of: FactsOf) -> None:
    fact = facts_of(cancer(id="noted", note="Reports new back pain."))["metastasis-suspected"]
    assert ("symptom or finding on record", ("Condition/noted",)) in [
        (each.value, each.resources) for each in fact.evidence
    ]


def test_a_note_on_the_stage_is_named_with_its_day(facts_of: FactsOf) -> None:
    stated = observation(STAGE, "Stage IA", id="stage", days=12, note="Kryptoid.")
    (evidence,) = facts_of(cancer(), stated)["metastasis-suspected"].evidence
    assert (evidence.value, evidence.resources, evidence.date) == (
        "note that was not understood",
        ("Observation/stage",),
        ago(12),
    )


@pytest.mark.parametrize(
    ("note", "open_", "why"),
    [
        ("Kryptoid.", True, "a word that nobody knows"),
        ("Per outside report, left breast.", False, "nothing that either reader does not know"),
        ("Consented, left breast.", False, "understood as a note, though as no reason"),
    ],
)
def test_a_note_on_the_order(note: str, open_: bool, why: str, facts_of: FactsOf) -> None:
    """It is read as a reason is, or as a note on the cancer: one that understands it is enough."""
    assert is_open(facts_of(cancer(side="left"), draft=order(note=note))["metastasis-suspected"]) is open_, why


@pytest.mark.parametrize(
    ("note", "open_", "why"),
    [
        ("Adjuvant RT.", False, "radiotherapy, no side"),
        ("Completed RT in 2025.", False, "likewise"),
        ("Lumpectomy, RT, tamoxifen.", False, "likewise, one of a list"),
        ("Lumpectomy,RT,tamoxifen.", False, "likewise, without blanks"),
        ("Mastectomy, RT.", True, "radiotherapy, or the right one"),
        ("Adjuvant RT breast.", True, "of the right breast, for all that is known"),
        ("Lungs clear right and left.", False, "what is heard on either side"),
        ("Grip strength normal right and left.", False, "what is measured on either side"),
        ("ROM full on the right.", False, "likewise"),
        ("GERD.", False, "a disease of long standing, in a word"),
        ("Gout.", False, "of age, likewise"),
        ("Fatty liver, hepatic cyst.", False, "what many have"),
        ("Reconstruction.", False, "what was done about the breast"),
        ("Cancer of the contralateral breast.", True, "on the other side"),
        ("Lymphoma.", True, "another cancer"),
        ("Recurrence.", True, "it came back"),
        ("CEA raised.", True, "a marker"),
        ("Lungs clear, right breast.", True, "behind a comma it is another matter"),
        ("Grip strength equal; right breast.", True, "in another statement too"),
        ("ypT1 after therapy.", True, "staged after neoadjuvant therapy"),
        ("ypN0.", True, "likewise, by its nodes"),
        ("4+/12.", True, "four nodes: N2"),
        ("12 + / 20.", True, "many nodes, with blanks"),
        ("14/1/2026 seen.", False, "a day is no count of nodes"),
        ("Inflammatory carcinoma of the left breast.", True, "T4d"),
        ("Family history of inflammatory breast cancer.", False, "somebody else's"),
        ("Trastuzumab completed.", False, "over"),
        ("Past trastuzumab.", False, "likewise"),
        ("Nodes not normal.", True, "nodes that are something"),
    ],
)
def test_what_else_a_note_on_the_cancer_may_say(note: str, open_: bool, why: str, facts_of: FactsOf) -> None:
    assert is_open(facts_of(cancer(side="left", note=note))["metastasis-suspected"]) is open_, why


@pytest.mark.parametrize(
    ("entry", "open_", "why"),
    [
        (cancer(days=2000, note="Newly diagnosed cancer."), True, "on an old entry: another one, or it came back"),
        (cancer(days=182, note="Newly diagnosed cancer."), False, "of the very cancer, while it is new"),
        (cancer(days=183, note="Newly diagnosed cancer."), True, "it is new no longer"),
        (cancer(days=None, note="Newly diagnosed cancer."), True, "nobody knows how old the entry is"),
        (cancer(days=2000, note="Recent dx of breast ca."), True, "in other words"),
        (cancer(days=2000, note="Left breast lump."), True, "a lump after treatment"),
        (cancer(days=2000, note="No breast lump."), False, "denied"),
        (cancer(days=2000, note="Annual follow-up."), False, "that it is followed"),
        (cancer(stage="rT1 N0"), True, "the stage of a recurrence"),
        (cancer(stage="cT1 N0"), False, "the stage of a first cancer"),
        (cancer(text="Breast cancer, incurable"), True, "its name says more than which cancer it is"),
        (cancer(text="Breast cancer, kryptoid"), True, "a word that nobody knows"),
        (cancer(text="Breast cancer, stage IIA"), False, "its stage, which is read as such"),
        (cancer(text="Stage IIB (T2N1) breast cancer"), False, "its stage, which is read as such, and what it is of"),
        (cancer(text="Invasive ductal carcinoma, kryptoid"), True, "a word that nobody knows"),
        (
            condition(text="Invasive ductal carcinoma of the breast, kryptoid", id="cancer", onset=ago(20)),
            True,
            "likewise, of no code",
        ),
        (
            Condition(
                id="cancer",
                code=CodeableConcept(coding=(Coding(code="1", display="Breast cancer, kryptoid"),)),
                onset_date_time=ago(20),
            ),
            True,
            "a code of no system has no registry either",
        ),
        (cancer(text="Breast cancer on trastuzumab"), False, "its treatment, which is read as such"),
        (cancer(text="Breast cancer, axillary node positive"), False, "its nodes, likewise"),
        (cancer(text="Breast cancer, axilla"), False, "where, likewise"),
        (condition("icd:D05.12", text="DCIS, kryptoid"), True, "an in situ one"),
        (condition("icd:Z85.3", text="History of breast cancer, kryptoid"), True, "one of the past"),
        (cancer(text="Left breast cancer, node negative, on letrozole"), False, "what is read as nodes and treatment"),
        (cancer("icd:C50.912=Malignant neoplasm, kryptoid"), False, "what the registry calls its code"),
        (cancer("local:1=Breast cancer, kryptoid"), True, "a code of nobody's list has no registry"),
        (condition("icd:I10", text="Hypertension, kryptoid"), False, "another disease"),
    ],
)
def test_what_the_entry_of_the_cancer_says(entry: Condition, open_: bool, why: str, facts_of: FactsOf) -> None:
    others = () if entry.id == "cancer" else (cancer(),)
    assert is_open(facts_of(*others, entry, surgery(1900))["metastasis-suspected"]) is open_, why


@pytest.mark.parametrize(
    ("entry", "value", "date"),
    [
        (cancer(days=30, note="Kryptoid."), "note that was not understood", ago(30)),
        (cancer(days=None, note="Kryptoid."), "note that was not understood", None),
        (cancer(days=30, text="Breast cancer, kryptoid"), "entry on the problem list that was not understood", ago(30)),
        (cancer(days=30, stage="rT1 N0"), "stage of a recurrence on record", ago(30)),
    ],
)
def test_what_is_open_is_named(entry: Condition, value: str, date: str | None, facts_of: FactsOf) -> None:
    shown = facts_of(entry)["metastasis-suspected"].evidence
    assert (value, ("Condition/cancer",), date) in {(each.value, each.resources, each.date) for each in shown}


UNREAD_ENTRY = "entry on the problem list that was not understood"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Recurrent breast cancer", "a recurrence"),
        ("Recurrent breast cancer, kryptoid", "a recurrence, whatever else"),
        ("Metastatic breast cancer, kryptoid", "a metastatic one, whatever else"),
        ("Locally advanced breast cancer", "an advanced one"),
        ("Breast cancer, chest wall invasion", "likewise"),
        ("History of recurrent breast cancer", "a recurrence, of the past"),
    ],
)
def test_a_name_that_says_more_than_a_first_cancer_is_not_asked_about(name: str, why: str, facts_of: FactsOf) -> None:
    """It is read as what it says."""
    shown = facts_of(cancer(text=name))["metastasis-suspected"].evidence
    assert UNREAD_ENTRY not in {each.value for each in shown}, why


def test_a_code_that_a_concept_map_translates_has_a_registry(knowledge: Knowledge) -> None:
    """What the site calls its own code says no more than the code."""
    entry = condition("local:1=Breast cancer, kryptoid", "icd:C50.912", id="cancer", onset=ago(20))
    own = Code(SYSTEMS["local"], "1")
    for translated in (False, True):
        known = replace(knowledge, translations={own: (Code(SYSTEMS["icd"], "C50.912"),)} if translated else {})
        [episode] = extract(source(known, order(), entry)).episodes
        assert is_open(episode.facts["metastasis-suspected"]) is not translated


# --- a cancer that is advanced well after it was known ----------------------------------------------------------------
def locally_advanced(days: int | None, **more: object) -> Condition:
    return cancer(id="advanced", text="Locally advanced breast cancer", days=days, **more)


@pytest.mark.parametrize(
    ("known", "entry", "open_", "why"),
    [
        (2000, locally_advanced(30), True, "years later: it has come back, or grown"),
        (2000, locally_advanced(1990), False, "as it was found"),
        (2000, locally_advanced(None), False, "undated: as it was found"),
        (2000, locally_advanced(30, clinical="resolved"), False, "over"),
        (2000, cancer(id="again", days=30), False, "not called advanced"),
        (None, locally_advanced(30), False, "of a cancer of no date"),
    ],
)
def test_a_cancer_called_advanced_years_later(
    known: int | None, entry: Condition, open_: bool, why: str, facts_of: FactsOf
) -> None:
    facts = facts_of(cancer(days=known), surgery(1900), entry)
    assert is_open(facts["metastasis-suspected"]) is open_, why


def test_it_is_named_for_what_it_is(facts_of: FactsOf) -> None:
    evidence = facts_of(cancer(days=2000), surgery(1900), locally_advanced(30))["metastasis-suspected"].evidence
    assert [(each.value, each.resources) for each in evidence] == [
        ("advanced breast cancer on record", ("Condition/advanced",))
    ]
