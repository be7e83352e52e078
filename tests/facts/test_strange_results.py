"""Results far from normal of tests that nobody knows here: what they come of nobody can say."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from cds_service.facts.model import Facts, Known
from cds_service.fhir.resources import CodeableConcept, Coding, Observation, ObservationComponent, Quantity
from tests.support.resources import ago, cancer, concept, laboratory, observation

FactsOf = Callable[..., Facts]


def is_open(facts: Facts) -> bool:
    return not isinstance(facts["metastasis-suspected"], Known)


def of_category(code: str, **more: Any) -> Observation:
    return observation("Kryptase", category=(CodeableConcept(coding=(Coding(code=code),)),), **more)


@pytest.mark.parametrize(
    ("result", "open_", "why"),
    [
        (laboratory("Kryptase", 90, flag="HH"), True, "critically high"),
        (laboratory("Kryptase", 90, flag="LL"), True, "critically low"),
        (laboratory("Kryptase", 90, flag="AA"), True, "critical"),
        (laboratory("Kryptase", 90, flag="HU"), True, "significantly high"),
        (laboratory("Kryptase", 90, flag="LU"), True, "significantly low"),
        (laboratory("Kryptase", 90, flag=concept(text="Critically high")), True, "in words"),
        (laboratory("Kryptase", 90, flag=concept(text="PANIC")), True, "in another word"),
        (laboratory("Kryptase", 90, flag="H"), False, "high is ordinary"),
        (laboratory("Kryptase", 90, flag="L"), False, "so is low"),
        (laboratory("Kryptase", 300), False, "three times the limit"),
        (laboratory("Kryptase", 301), True, "more"),
        (laboratory("Kryptase", 301, high=None), False, "of no range and no flag nobody knows that it is far"),
        (laboratory("local:77=KR 2", 301), True, "a code of the laboratory's own"),
        (laboratory("local:77", 301), True, "a code of the laboratory's own alone"),
        (laboratory("loinc:99999-9", 301), True, "a code that we do not know, and no word"),
        (laboratory("loinc:99999-9=Kryptase", 301), False, "another test, by its code and its name"),
        (laboratory("sct:99999999=Kryptase", 301), False, "likewise"),
        (laboratory("Glucose", 301), False, "a test that is known"),
        (laboratory("Potassium", 90, flag="HH"), False, "likewise"),
        (laboratory("T Bili", 0.1, high=None, flag="LL", unit="mg/dL"), False, "a liver test, which is judged as one"),
        (laboratory("TSH", 301), False, "a study that is known"),
        (laboratory("Urine kryptase", 301), False, "not of blood"),
        (laboratory("loinc:6875-9", 301), False, "a marker by its code"),
        (laboratory("Kryptase", 301, status="cancelled"), False, "it never came"),
        (laboratory("Kryptase", 301, days=119), True, "of the work-up"),
        (laboratory("Kryptase", 301, days=120), False, "before it"),
        (laboratory("Kryptase", 301, days=None), True, "of no day: perhaps of today"),
        (msgspec.structs.replace(laboratory(concept("local:1"), 301), code=None), True, "of no name at all"),
        (of_category("laboratory", interpretation=(concept(text="Critical"),)), True, "of a laboratory"),
        (of_category("vital-signs", interpretation=(concept(text="Critical"),)), False, "not of a laboratory"),
    ],
)
def test_a_result_of_a_test_that_nobody_knows(result: Observation, open_: bool, why: str, facts_of: FactsOf) -> None:
    assert is_open(facts_of(cancer(days=400), result)) is open_, why


def test_a_part_of_a_panel_is_a_result(facts_of: FactsOf) -> None:
    def panel(value: float, days: int) -> Observation:
        limit = laboratory("Kryptase", 1).reference_range
        part = ObservationComponent(
            code=CodeableConcept(text="Kryptase"), value_quantity=Quantity(value=value), reference_range=limit
        )
        return observation("Chemistry", component=(part,), days=days)

    assert is_open(facts_of(cancer(), panel(301, 5)))
    assert not is_open(facts_of(cancer(), panel(301, 15), panel(90, 5)))


def test_the_newest_result_of_a_test_counts(facts_of: FactsOf) -> None:
    far, near = laboratory("Kryptase", 301, days=15), laboratory("Kryptase", 90, days=5)
    assert not is_open(facts_of(cancer(), far, near))
    assert is_open(facts_of(cancer(), far, laboratory("Kryptose", 90, days=5)))


@pytest.mark.parametrize(("days", "date"), [(15, ago(15)), (None, None)], ids=["dated", "undated"])
def test_the_evidence_names_the_result(days: int | None, date: str | None, facts_of: FactsOf) -> None:
    [told] = facts_of(cancer(), laboratory("Kryptase", 301, days=days, id="kr"))["metastasis-suspected"].evidence
    named = ("value far from normal of a test that is not known here", ("Observation/kr",), date)
    assert (told.value, told.resources, told.date) == named
