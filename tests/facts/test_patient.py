"""Facts of the patient: age, sex, pregnancy, another cancer."""

from collections.abc import Callable

import pytest

from cds_service.facts.extract import extract
from cds_service.facts.model import Facts, OrderFacts, Unknown
from cds_service.facts.source import Source
from cds_service.fhir.resources import Patient, Resource
from cds_service.fhir.retrieved import KeyState
from tests.support.resources import cancer, condition, observation, order, without_patient

FactsOf = Callable[..., Facts]


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ("1968-11-20", 58),  # birthday today
        ("1968-11-21", 57),
        ("1968", 57),  # at least
        ("2008-11-20", 18),
        ("2008-11-21", 17),
        ("2008", None),  # 17 or 18
        ("2030-01-01", None),  # not born
        ("yesterday", None),
        (None, None),
    ],
)
def test_age_in_completed_years(born: str | None, age: int | None, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(), patient=Patient(id="p", gender="female", birth_date=born))
    assert facts.value("age-years") == age


def test_an_unknown_age_is_taken_as_an_adults_and_said(extracted: Callable[..., OrderFacts]) -> None:
    assert "adult" in extracted(cancer(), patient=Patient(id="p", gender="female")).assumed
    assert "adult" not in extracted(cancer()).assumed


@pytest.mark.parametrize(
    ("gender", "sex"), [("female", "female"), ("male", "male"), ("other", None), ("unknown", None), (None, None)]
)
def test_sex_as_recorded(gender: str | None, sex: str | None, facts_of: FactsOf) -> None:
    """C6: topic 286 is about women; what is not recorded is not guessed, not even from the diagnosis code."""
    facts = facts_of(cancer("icd:C50.912"), patient=Patient(id="p", gender=gender, birth_date="1960-01-01"))
    assert facts.value("sex") == sex


@pytest.mark.parametrize(("code", "sex"), [("icd:C50.912", "female"), ("icd:C50.922", "male"), ("icd:C50.9", None)])
def test_without_a_patient_the_diagnosis_code_tells(
    code: str, sex: str | None, source_of: Callable[..., Source]
) -> None:
    facts = extract(without_patient(source_of(cancer(code)))).episodes[0].facts
    assert facts.value("sex") == sex


PREGNANT = (
    "Pregnant, 22/40",
    "Pregnancy",
    "Pregnent 12 weeks",
    "14 weeks pregnant",
    "IUP at 9 weeks",
    "Intrauterine pregnancy",
    "Gestation 30 weeks",
    "Gravid uterus",
    "Second trimester",
    "Twin pregnancy",
    "Positive pregnancy test",
    "?pregnant",
)
"""Names of an entry that has no code."""


@pytest.mark.parametrize(
    ("found", "reason", "expected"),
    [
        (condition("icd:Z33.1"), "staging", "yes"),
        (condition("icd:Z33.1", clinical="resolved"), "staging", "no"),
        (condition(text="Breast ca, 18 weeks pregnant"), "staging", "yes"),
        (condition(text="IUP 18w"), "staging", "yes"),
        (condition(text="Pregnancy", clinical="resolved"), "staging", "no"),
        (condition(text="Negative pregnancy test"), "staging", "no"),
        (condition(text="Breast cancer", note="Diagnosed at 14 weeks gestation"), "staging", "yes"),
        *((condition(text=said), "staging", "yes") for said in PREGNANT),
        (condition(text="Not pregnant"), "staging", "no"),
        (condition(text="Pregnancy", onset="2020-05-01"), "staging", "no"),  # nobody closed the entry
        (cancer(id="again"), "staging, 20 weeks pregnant", "yes"),
        (cancer(id="again"), "staging, possibly pregnant", "yes"),
        (cancer(id="again"), "staging, not pregnant", "no"),
        (cancer(id="again"), "icd:Z33.1", "yes"),
        (cancer(id="again"), "staging", "no"),
    ],
)
def test_pregnancy(found: Resource, reason: str, expected: str, facts_of: FactsOf) -> None:
    assert facts_of(cancer(), found, draft=order("cpt:78815", reason)).value("pregnant") == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (condition("icd:C34.90"), "yes"),
        (condition(text="Colon cancer"), "yes"),
        (condition("icd:C34.90", clinical="resolved"), "no"),
        (condition("icd:C50.911"), None),
        (condition("icd:I10"), "no"),
    ],
)
def test_another_active_cancer(found: Resource, expected: str | None, extracted: Callable[..., OrderFacts]) -> None:
    for episode in extracted(cancer(), found).episodes:
        assert episode.facts.value("other-malignancy") == (expected or "no")


STATUS = "loinc:82810-3"


@pytest.mark.parametrize(
    ("found", "expected", "why"),
    [
        ([observation(STATUS, "sct:77386006")], "yes", "US Core, IPS: pregnant"),
        ([observation(STATUS, "loinc:LA15173-0")], "yes", "the answer of LOINC's own list"),
        ([observation(STATUS, True)], "yes", "as a plain yes"),
        ([observation(STATUS, "Pregnant, 20 weeks")], "yes", "in words"),
        ([observation(STATUS, "sct:146799005")], "yes", "a possible pregnancy is not harmed either"),
        ([observation(STATUS, "sct:60001007")], "no", "not pregnant"),
        ([observation(STATUS, "Not pregnant")], "no", "likewise, in words"),
        ([observation(STATUS, False)], "no", "a plain no"),
        ([observation(STATUS, "sct:77386006", status="cancelled")], "no", "never found"),
        ([observation(STATUS, "sct:77386006", days=299)], "yes", "the pregnancy may still last"),
        ([observation(STATUS, "sct:77386006", days=300)], "no", "it is over"),
        ([observation(STATUS, "sct:77386006", days=None)], "yes", "nobody says when"),
        ([observation(STATUS, "sct:77386006", days=60), observation(STATUS, "sct:60001007", days=9)], "no", "ended"),
        ([observation(STATUS, "sct:60001007", days=60), observation(STATUS, "sct:77386006", days=9)], "yes", "began"),
        ([observation(STATUS, "sct:60001007"), condition("icd:Z33.1")], "yes", "the problem list says otherwise"),
    ],
)
def test_pregnancy_status(found: list[Resource], expected: str, why: str, facts_of: FactsOf) -> None:
    """https://hl7.org/fhir/us/core/StructureDefinition-us-core-observation-pregnancystatus.html"""
    assert facts_of(cancer(), *found).value("pregnant") == expected, why


@pytest.mark.parametrize("name", ["pregnant", "other-malignancy", "axillary-lump", "local-recurrence"])
@pytest.mark.parametrize(("state", "known"), [(KeyState.OK, True), (KeyState.PARTIAL, False), (KeyState.ERROR, False)])
def test_absence_needs_conditions_that_were_read(name: str, state: KeyState, known: bool, facts_of: FactsOf) -> None:
    assert isinstance(facts_of(cancer(), states={"conditions": state})[name], Unknown) is not known
