"""Studies that look for no tumour: what in their reports may stay unknown, and what takes that back."""

from collections.abc import Callable

import pytest

from cds_service.facts.measurements import rest_of
from cds_service.facts.model import Facts, Known
from cds_service.facts.source import Source
from cds_service.fhir.resources import CodeableConcept
from cds_service.knowledge.record_words import In
from tests.support.resources import cancer, concept, report

FactsOf = Callable[..., Facts]
SourceOf = Callable[..., Source]


def _passes(facts: Facts) -> bool:
    fact = facts["metastasis-suspected"]
    return isinstance(fact, Known) and fact.value == "none"


@pytest.mark.parametrize(
    ("study", "text", "expected", "why"),
    [
        ("HbA1c", "Kryptoid.", True, "it looks for no tumour"),
        ("HbA1c", "ALP. Normal, kryptoid. Normal.", True, "a test by itself is no complaint"),
        ("HbA1c", "Cough. Kryptoid.", False, "a symptom"),
        ("HbA1c", "Weight loss. Kryptoid.", False, "a sign"),
        ("HbA1c", "Breast lump. Kryptoid.", False, "a complaint of the breast"),
        ("HbA1c", "Nodule. Kryptoid.", False, "a finding"),
        ("HbA1c", "ALP elevated. Kryptoid.", False, "a liver test that is raised"),
        ("TSH", "Elevated TSH kryptoid.", True, "of one substance, that is the result"),
        ("Lipid panel", "Cholesterol kryptoid, MRI recommended.", False, "a next step"),
        ("TSH", "TSH low.", True, "of one substance"),
        ("TSH", "TSH low, free T4 low.", False, "two together may be of the pituitary"),
        ("CBC", "Normal. Kryptoid.", True, "it calls itself normal"),
        ("CBC", "Kryptoid, normal.", True, "behind a comma"),
        ("CBC", "Kryptoid.", False, "it does not"),
        ("CBC", "Possibly low kryptoid. Normal.", False, "one statement doubts it"),
        ("CBC", "Hb 134, ALP. Normal.", True, "a test that is named, and called normal"),
        ("CBC", "ALP 300 H. Normal.", False, "with a flag"),
        ("CBC", "ALP elevated. Normal.", False, "whose level is said"),
        ("CT chest", "ALP. Normal.", False, "nothing of a CT"),
        ("CBC", "5.6 g/L", False, "a bare value, and nobody says what it means"),
        ("CBC", "Haemoglobin 2.81 (normal to 30)", False, "the range calls nothing normal"),
        ("US THYROID", "Normal gland with kryptoid, kryptoid.", False, "one of two is beside nothing"),
        ("TSH", "Low, T4 12", False, "beside another hormone, of whose level nothing is said"),
        ("Copper", "5.6 g/L", False, "a bare value of a test that nobody knows"),
        ("Copper", "2.81 mmol/L (normal to 30)", False, "its range calls nothing normal"),
        ("Biochemistry", "Kryptoid abdomen. Normal.", False, "one statement leaves it open"),
        ("Biochemistry", "Abdomen 98", False, "a value, and a word of something else"),
        ("Fasting lipids and albumin level", "Normal. Kryptoid.", True, "every word of its name is known"),
        (
            "US THYROID",
            "Normal gland with kryptoid osteokryptolytic.",
            False,
            "one of two words is as findings are called",
        ),
    ],
)
def test_what_may_stay_unknown(study: str, text: str, expected: bool, why: str, facts_of: FactsOf) -> None:
    assert _passes(facts_of(cancer(), report(study, conclusion=text, days=10))) is expected, why


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        *[((code,), True) for code in ("LAB", "laboratory", "CH", "HM", "EC", "PF", "AU")],
        (("RAD",), False),
        (("LAB", "RAD"), False),
    ],
)
def test_the_category_has_to_be_of_such_studies(codes: tuple[str, ...], expected: bool, facts_of: FactsOf) -> None:
    filed = (concept(*(f"local:{code}" for code in codes)),)
    told = report("HbA1c", conclusion="Kryptoid.", days=10, category=filed)
    assert _passes(facts_of(cancer(), told)) is expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (concept("local:1=HbA1c", text="Kryptoid study"), "Kryptoid."),
        (concept("local:1=CBC", text="CT chest"), "Normal. Kryptoid."),
        (concept("local:1=CT chest", text="CBC"), "Normal. Kryptoid."),
    ],
    ids=["of no tumour and unknown", "blood and imaging", "imaging and blood"],
)
def test_each_name_has_to_be_known(name: CodeableConcept, text: str, facts_of: FactsOf) -> None:
    assert not _passes(facts_of(cancer(), report(name, conclusion=text, days=10)))


def test_a_blood_count_stays_one_beside_the_code_of_a_liver_test(source_of: SourceOf) -> None:
    told = report(concept("loinc:6768-6", text="CBC"), conclusion="Normal.")
    assert rest_of(told, source_of(told)).kind is In.BLOOD
