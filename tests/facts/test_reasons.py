"""How a reason of an order is sorted: tied to the breast cancer, about something else, unclear, or none at all."""

from collections.abc import Callable

import pytest

from cds_service.facts.mentions import Kind
from cds_service.facts.reasons import Reasons, reasons
from cds_service.facts.source import Source
from cds_service.fhir.resources import CodeableConcept, Coding
from tests.support.resources import PET_CT, concept, order

SourceOf = Callable[..., Source]


def sorted_(found: Reasons) -> set[str]:
    """The names of what holds of the reasons of an order."""
    return {name for name in ("given", "tied", "foreign", "unclear") if getattr(found, name)}


TIED, UNCLEAR, FOREIGN, NEUTRAL = {"given", "tied"}, {"given", "unclear"}, {"given", "foreign"}, {"given"}
TIED_UNCLEAR = TIED | UNCLEAR


@pytest.mark.parametrize(
    ("given", "expected", "why"),
    [
        ("n/a", set(), "a form was filled with nothing"),
        ("None.", set(), "likewise"),
        (" - ", set(), "likewise"),
        ("TBD", set(), "likewise"),
        ("?", UNCLEAR, "somebody asks something"),
        (CodeableConcept(text="n/a", coding=(Coding(display="Xyzzy"),)), UNCLEAR, "nothing in one text, not the other"),
        (concept("icd:E83.52", text="n/a"), TIED, "nothing in words, and a code"),
        ("Inflammatory breast cancer", TIED, "the cancer"),
        ("Chest wall invasion", TIED, "how far it reaches"),
        ("Staging", TIED, "what it is for"),
        ("Surveillance", TIED, "likewise"),
        ("Extent of axillary disease", TIED, "what is asked"),
        ("On letrozole", TIED, "its treatment"),
        ("Palpable axillary node", TIED, "its nodes"),
        ("Status post mastectomy", TIED, "what was done for it"),
        ("Recurrence?", TIED, "it may be back"),
        ("Nipple discharge", TIED, "a complaint of the breast"),
        ("Mets", TIED, "that it has spread"),
        ("Raised CA 15-3", TIED, "its marker"),
        ("Bone pain", TIED, "a symptom"),
        ("Ascites", TIED, "a sign"),
        ("Elevated LFTs", TIED, "a laboratory value"),
        ("Liver lesion", TIED, "a finding"),
        ("Calcium supplementation", TIED, "what is no sign"),
        *(
            (code, TIED, "a symptom or a value, by its code alone")
            for code in ("icd:M89.8X9", "icd:M54.9", "icd:R05.9", "icd:R17", "icd:R51.9", "icd:R63.4", "icd:R91.1")
        ),
        ("icd:E83.52", TIED, "hypercalcemia"),
        ("icd:R74.8", TIED, "abnormal enzymes"),
        ("icd:R97.8", TIED, "a marker"),
        ("icd:R59.9", TIED, "enlarged nodes"),
        ("icd:Z17.0", NEUTRAL, "the receptor, which coders put beside the cancer"),
        ("icd:Z17.1", NEUTRAL, "likewise"),
        ("icd:Z92.3", NEUTRAL, "that she was irradiated"),
        ("icd:Z92.21", NEUTRAL, "that she had chemotherapy"),
        ("icd:Z79.811", NEUTRAL, "that she takes an aromatase inhibitor"),
        ("PET/CT", NEUTRAL, "the study once more"),
        (concept("local:1=Xyzzy", text="PET/CT"), UNCLEAR, "and something else"),
        ("Xyzzy", UNCLEAR, "a word that nobody knows"),
        ("local:1", UNCLEAR, "a code that nobody knows"),
        ("CKD", FOREIGN, "another disease"),
        ("Osteoarthritis", FOREIGN, "likewise"),
        ("Lung cancer", FOREIGN, "another cancer"),
        ("Breast cancer, renal cyst", TIED_UNCLEAR, "either may be what it is for"),
        ("Breast cancer, osteoarthritis", TIED_UNCLEAR, "likewise"),
        ("Breast cancer, DIEP flap", TIED_UNCLEAR, "likewise"),
        ("Breast cancer, hypertension", TIED, "which no study of the body is for"),
        ("Follow-up of breast cancer, CKD", TIED, "it says what it is for"),
        ("Staging, CKD", TIED, "likewise"),
        ("Axillary staging, CKD", TIED, "likewise"),
        ("COPD. Chest wall invasion", TIED_UNCLEAR, "not about COPD alone"),
        ("Follow-up of COPD", FOREIGN, "of that disease"),
        ("Follow-up of COPD, hypertension", FOREIGN, "of that disease, whatever is beside it"),
        ("Surveillance. CKD", TIED, "in a sentence of its own"),
        ("Surveillance\nCKD", TIED, "in a line of its own"),
        ("Surveillance, CKD", TIED, "in a clause of its own"),
        ("Surveillance; CKD", TIED, "likewise"),
        ("Surveillance CKD", FOREIGN, "in one: of that disease"),
        (concept("local:1=Follow-up", text="Xyzzy follow-up"), TIED_UNCLEAR, "words that may name another disease"),
    ],
)
def test_how_a_reason_is_sorted(
    given: "str | CodeableConcept", expected: set[str], why: str, source_of: SourceOf
) -> None:
    assert sorted_(reasons(source_of(draft=order(PET_CT, given)))) == expected, why


def test_what_is_blank_hides_nothing_behind_it(source_of: SourceOf) -> None:
    assert sorted_(reasons(source_of(draft=order(PET_CT, "n/a", "Staging")))) == TIED


def test_a_note_is_no_reason_but_what_it_names_counts(source_of: SourceOf) -> None:
    """ "Follow-up in clinic" may be said of anything."""
    found = reasons(source_of(draft=order(PET_CT, note="Follow-up in clinic. New hip pain.")))
    assert Kind.SYMPTOM in {each.kind for each in found.mentions}
    assert Kind.FOLLOW_UP not in {each.kind for each in found.mentions}
    assert not found.given


@pytest.mark.parametrize(
    ("given", "benign", "why"),
    [
        ("icd:D24.2", True, "a benign neoplasm"),
        ("icd:N60.02", True, "a cyst"),
        ("icd:N61.0", True, "mastitis"),
        ("icd:N62", True, "hypertrophy"),
        ("icd:N64.4", True, "mastodynia"),
        ("icd:N65.0", True, "a reconstruction that went wrong"),
        ("icd:R92.2", True, "an inconclusive mammogram"),
        ("icd:N63.10", False, "a lump, of which nobody knows"),
        ("local:N60.02", False, "a code of the house"),
        ("Breast pain", True, "in words"),
        ("Pain in the left breast", True, "likewise"),
        ("Mastalgia", True, "likewise"),
        ("Breast cancer", False, "none of them"),
    ],
)
def test_a_benign_disease_of_the_breast(given: str, benign: bool, why: str, source_of: SourceOf) -> None:
    assert reasons(source_of(draft=order(PET_CT, given))).benign is benign, why
    assert reasons(source_of(draft=order(PET_CT, "Staging", given))).benign is benign, why


@pytest.mark.parametrize(
    ("given", "both"),
    [
        *(("Breast and axilla", True), ("Breast + nodes", True), ("Axilla and breast", True), ("T and N", True)),
        *(("Locoregional staging", True), ("Axilla", False), ("Axilla and breast cancer", False)),
    ],
)
def test_breast_and_axilla_in_one(given: str, both: bool, source_of: SourceOf) -> None:
    assert reasons(source_of(draft=order(PET_CT, given))).about_both is both
