"""Imaging that is filed as an Observation has to be understood whole, like a report of another part than the breast."""

from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.model import Facts, Known
from cds_service.fhir.resources import CodeableConcept, Coding, Observation
from tests.support.resources import ago, cancer, concept, observation, surgery

FactsOf = Callable[..., Facts]

NONE, OPEN = "none", "open"


def suspected(facts: Facts) -> str:
    """What is suspected, "none", or "open"."""
    fact = facts["metastasis-suspected"]
    return str(fact.value) if isinstance(fact, Known) else OPEN


IMAGING = (CodeableConcept(coding=(Coding(code="imaging"),)),)
EXAM = (CodeableConcept(coding=(Coding(code="exam"),)),)


def seen(words: str | None, code: str = "CT chest", **more: object) -> Observation:
    return observation(code, **{"value_string": words, "category": IMAGING, **more})


@pytest.mark.parametrize(
    ("told", "kind", "why"),
    [
        (seen("Clear lungs."), NONE, "understood"),
        (seen("Kryptoid."), OPEN, "a word that nobody knows"),
        (seen("Clear lungs.", note="Kryptoid."), OPEN, "in its note"),
        (seen(None, note="Kryptoid."), OPEN, "in its note alone"),
        (seen("Pneumonia."), OPEN, "an acute disease"),
        (seen("Known breast cancer."), NONE, "imaging repeats what is known"),
        (seen("Kryptoid.", code="Mammography of the breast"), NONE, "of the breast"),
        (
            msgspec.structs.replace(seen("Kryptoid."), body_site=concept(text="Left breast")),
            NONE,
            "of the breast, by its site",
        ),
        (seen("Kryptoid.", category=()), OPEN, "imaging, by its name alone"),
        (seen("Kryptoid.", code="Occupation", category=()), NONE, "no study"),
        (seen("Kryptoid.", status="cancelled"), NONE, "never done"),
        (seen(""), NONE, "it says nothing"),
    ],
)
def test_imaging_that_is_filed_as_an_observation(told: Observation, kind: str, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), told)) == kind, why


@pytest.mark.parametrize(
    ("on", "kind", "why"),
    [
        (1200, NONE, "older than the work-up"),
        (1100, OPEN, "of the work-up"),
        (500, OPEN, "since"),
        (None, OPEN, "undated: it may be of today"),
    ],
)
def test_what_is_older_than_the_work_up_need_not_be_understood(
    on: int | None, kind: str, why: str, facts_of: FactsOf
) -> None:
    assert suspected(facts_of(cancer(days=1000), surgery(900), seen("Kryptoid.", days=on))) == kind, why


def test_without_a_date_of_the_cancer_nothing_is_older(facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(days=None), seen("Kryptoid.", days=5000))) == OPEN


def test_what_was_not_understood_is_named(facts_of: FactsOf) -> None:
    (evidence,) = facts_of(cancer(), seen("Kryptoid.", id="seen", days=11))["metastasis-suspected"].evidence
    named = ("report that was not understood", ("Observation/seen",), ago(11))
    assert (evidence.value, evidence.resources, evidence.date) == named


def test_each_observation_is_read(facts_of: FactsOf) -> None:
    """One that says nothing, or is too old, hides none that follows."""
    staged, cancelled = observation("loinc:21908-9", "Stage IA"), seen("Kryptoid.", status="cancelled")
    first = (staged, cancelled, observation("loinc:8302-2", "170"), seen("Kryptoid.", days=3000))
    facts = facts_of(cancer(days=1000), surgery(900), *first, seen("Kryptoid.", id="last", days=9))
    assert [each.resources for each in facts["metastasis-suspected"].evidence] == [("Observation/last",)]


def flagged(code: str) -> Observation:
    flag = CodeableConcept(coding=(Coding(code=code),))
    return msgspec.structs.replace(seen("Clear lungs."), interpretation=(flag,))


def uncoded(**more: object) -> Observation:
    """An Observation of which only the value says what it is."""
    return msgspec.structs.replace(observation("Occupation", **more), code=None)


@pytest.mark.parametrize(
    ("told", "kind", "why"),
    [
        (flagged("A"), OPEN, "abnormal"),
        (flagged("AA"), OPEN, "very abnormal"),
        (flagged("POS"), OPEN, "it found something"),
        (flagged("N"), NONE, "normal"),
        (seen(None, value="local:77"), OPEN, "a code that nobody knows"),
        (seen(None, value="icd:C50.912"), NONE, "a code of the cancer that is known"),
        (seen(None, value=concept("local:77", text="Clear lungs")), NONE, "whose words say what it means"),
        (seen(None, value=concept(text="Kryptoid")), OPEN, "a concept in words"),
        (seen(" "), NONE, "a blank"),
        (uncoded(value_string="Kryptoid."), OPEN, "of nobody knows what"),
        (uncoded(value_string="Clear lungs."), NONE, "understood"),
        (seen("Kryptoid.", code="Anything", category=(concept(text="x"), *EXAM)), OPEN, "an examination, by category"),
        (seen("Kryptoid.", code="Anything", category=(concept(text="x"),)), NONE, "of another category"),
        (seen("Kryptoid.", code="Anything"), OPEN, "imaging, by category alone"),
        (seen("Kryptoid.", code=concept("local:1=Gait", text="Item 7"), category=()), OPEN, "one of its names"),
        (seen("Kryptoid.", code=concept("local:1=Impression", text="Item 7"), category=()), OPEN, "likewise"),
        (
            seen(None, value=concept("local:2=Breast", text="Kryptoid"), code="Impression", category=()),
            NONE,
            "of the breast, as one of the names of its value says",
        ),
        *(
            (seen("Kryptoid.", code=name, category=()), OPEN, "by its name")
            for name in (
                *("Physical exam", "Neurological examination", "Physical findings", "O/E", "Auscultation of lungs"),
                *("Palpation of abdomen", "Power of legs", "Knee reflexes", "Gait", "Chief complaint"),
                *("Presenting complaint", "Reason for visit", "History of presenting illness"),
                *("Findings", "Clinical findings", "Diagnosis", "Diagnoses", "Impression", "Radiology narrative"),
                *("Pathology report diagnosis", "Biopsy report", "Study observation"),
            )
        ),
        (seen("Kryptoid.", code="Diagnosis code set", category=()), NONE, "no diagnosis"),
        (seen("Kryptoid.", code="Breast examination", category=()), NONE, "of the breast"),
        (seen("Kryptoid of the breast.", code="Impression", category=()), NONE, "of the breast, by its words"),
        (seen("Invasive ductal carcinoma, kryptoid.", code="Impression", category=()), NONE, "by the type of a cancer"),
        (seen(None, value=concept(text="Breast, kryptoid"), code="Impression", category=()), NONE, "in a concept"),
        (seen("Kryptoid of the breast.", code="CT chest", category=()), OPEN, "a study of another part all the same"),
    ],
)
def test_what_has_to_be_understood(told: Observation, kind: str, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), told)) == kind, why


def test_what_has_no_day_has_none(facts_of: FactsOf) -> None:
    (evidence,) = facts_of(cancer(), seen("Kryptoid.", id="seen", days=None))["metastasis-suspected"].evidence
    assert (evidence.resources, evidence.date) == (("Observation/seen",), None)


@pytest.mark.parametrize(
    ("name", "value", "kind", "why"),
    [
        ("Cervical lymph nodes", "Not palpable", NONE, "denied"),
        ("Cervical lymph nodes", "Impalpable.", NONE, "in one word"),
        ("Cervical lymph nodes", "None felt", NONE, "in others"),
        ("Large liver", "Absent", NONE, "a finding that is absent"),
        ("Jaundice", "Nil", NONE, "a complaint"),
        ("Spleen", "Not palpable", NONE, "an organ that is felt only where it is large"),
        ("Liver", "Not enlarged", NONE, "likewise"),
        ("Liver", "Absent", OPEN, "an organ"),
        ("Pancreas", "Not seen", OPEN, "an organ that was looked for"),
        ("Breath sounds", "Absent", OPEN, "what should be there"),
        ("Gait", "Absent", OPEN, "what the reader takes for a complaint"),
        ("Cervical lymph nodes", "Not palpable on the left", "sign", "and on the right?"),
        ("Cervical lymph nodes", "Palpable", "sign", "there"),
    ],
)
def test_an_examination_that_denies_what_it_is_named_after(
    name: str, value: str, kind: str, why: str, facts_of: FactsOf
) -> None:
    assert suspected(facts_of(cancer(), seen(value, code=name, category=EXAM))) == kind, why


@pytest.mark.parametrize(
    ("more", "kind", "why"),
    [
        ({}, NONE, "absent, by a code"),
        ({"note": "Kryptoid."}, OPEN, "a note is read all the same"),
        ({"interpretation": (CodeableConcept(coding=(Coding(code="A"),)),)}, OPEN, "it contradicts itself"),
    ],
)
def test_a_finding_that_a_code_denies(more: dict[str, object], kind: str, why: str, facts_of: FactsOf) -> None:
    absent = concept("sct:2667000")
    told = observation(concept("sct:80515008=Large liver"), absent, category=EXAM, **more)
    assert suspected(facts_of(cancer(), told)) == kind, why
