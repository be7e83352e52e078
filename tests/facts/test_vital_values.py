"""Values that nobody called abnormal: oxygen, haemoglobin, platelets, weight (facts A5: any symptom turns S4 and S5
off; limits of the CTCAE 5.0). Each table has a value at the limit and one past it."""

from collections.abc import Callable
from typing import Any

import pytest

from cds_service.facts.model import Facts
from cds_service.fhir.resources import Observation, ObservationComponent, Quantity
from tests.support.resources import ago, cancer, concept, observation

FactsOf = Callable[..., Facts]

OXYGEN, HEMOGLOBIN, PLATELETS, WEIGHT = "loinc:59408-5", "loinc:718-7", "loinc:777-3", "loinc:29463-7"


def measured(what: str, value: float | None, unit: str | None = None, **more: Any) -> Observation:
    comparator = more.pop("comparator", None)
    code = concept(what) if ":" in what else concept(text=what)
    return observation(code, value_quantity=Quantity(value=value, unit=unit, comparator=comparator), **more)


def panel(what: str, value: float, unit: str) -> Observation:
    part = ObservationComponent(code=concept(what), value_quantity=Quantity(value=value, unit=unit))
    return observation("local:CBC", component=(part,))


def suspected(facts: Facts) -> bool:
    return facts.value("metastasis-suspected") != "none"


@pytest.mark.parametrize(
    ("value", "low", "why"),
    [
        # oxygen: hypoxia grade 3 below 88 %
        (measured(OXYGEN, 87.9, "%"), True, "below the limit"),
        (measured(OXYGEN, 88, "%"), False, "at the limit"),
        (measured("loinc:2708-6", 80, "%"), True, "in arterial blood"),
        (measured("SpO2", 80, "%"), True, "by its short name"),
        (measured("SaO2 room air", 80, "%"), True, "and what follows it"),
        (measured("Peripheral oxygen saturation", 80, "%"), True, "and what stands before it"),
        (measured("O2 sat", 80, "%"), True, "as it is typed"),
        (measured("Pulse oximetry", 80, "%"), True, "by how it is measured"),
        (measured("Oxygen saturation in Venous blood", 70, "%"), False, "of a vein it is always lower"),
        (measured("Inhaled oxygen concentration", 21, "%"), False, "what she breathes"),
        (measured(OXYGEN, 80), True, "no unit: in percent"),
        (measured(OXYGEN, 97), False, "no unit, as it should be"),
        (measured(OXYGEN, 0.87, "1"), True, "a fraction"),
        (measured(OXYGEN, 0.88, "1"), False, "a fraction at the limit"),
        (measured(OXYGEN, 1, "1"), False, "all of it"),
        (measured(OXYGEN, 0, "%"), False, "nothing was measured"),
        (measured(OXYGEN, 0.85, "%"), True, "a fraction, whatever its unit says"),
        (measured(OXYGEN, 0.97, "%"), False, "likewise, as it should be"),
        (observation(OXYGEN, value_string="84 %"), True, "in words"),
        (observation(OXYGEN, value_string="97%"), False, "in words, as it should be"),
        (observation(OXYGEN, None, value_integer=84), True, "an integer"),
        (observation(OXYGEN, value_string="84 on air"), True, "whatever follows the number"),
        (observation(PLATELETS, value_string="42 10*3/uL"), True, "and a unit that begins with one"),
        (observation(PLATELETS, value_string="42,000 /uL"), True, "and a comma between thousands"),
        (observation(PLATELETS, value_string="242,000 /uL"), False, "as it should be"),
        (observation(HEMOGLOBIN, value_string="7,2 g/dL"), True, "a comma before the decimals"),
        (observation(HEMOGLOBIN, value_string="12,9 g/dL"), False, "as it should be"),
        (observation(HEMOGLOBIN, value_string="7.2 g/dL (L)"), True, "and a flag"),
        (observation(concept(text="GCS"), value_string="13/15"), True, "of fifteen"),
        (observation(concept(text="GCS"), value_string="15/15"), False, "all of them"),
        (observation(concept(text="ECOG"), "3"), True, "as a concept in words"),
        (observation(concept(text="ECOG"), value_string="0-1"), False, "a range that is not grave"),
        (measured("loinc:72089-6", 1), True, "NIH Stroke Scale: a deficit"),
        (measured("loinc:72089-6", 0), False, "none"),
        (measured("loinc:70184-7", 2), True, "its first item: not awake"),
        (measured("Total score [NIH Stroke Scale]", 14), True, "by its name"),
        (measured("NIHSS item 5a", 1), True, "an item of it"),
        (observation(concept(text="NIHSS"), value_string="0"), False, "none, in words"),
        # haemoglobin: anemia grade 3 below 8.0 g/dL
        (measured(HEMOGLOBIN, 7.9, "g/dL"), True, "below the limit"),
        (measured(HEMOGLOBIN, 8.0, "g/dL"), False, "at the limit"),
        (measured(HEMOGLOBIN, 79, "g/L"), True, "in grams per litre"),
        (measured(HEMOGLOBIN, 80, "g/L"), False, "at the limit"),
        (measured(HEMOGLOBIN, 4.8, "mmol/L"), True, "in moles"),
        (measured(HEMOGLOBIN, 4.9, "mmol/L"), False, "at the limit"),
        (measured(HEMOGLOBIN, 6.8), True, "no unit: grams per decilitre, or moles"),
        (measured(HEMOGLOBIN, 68), True, "no unit: grams per litre"),
        (measured(HEMOGLOBIN, 12.8), False, "no unit, as it should be in any"),
        (measured(HEMOGLOBIN, 128), False, "likewise"),
        (measured(HEMOGLOBIN, 8), False, "no unit, at the limit of the one"),
        (measured(HEMOGLOBIN, 80), False, "at the limit of another"),
        (measured(HEMOGLOBIN, 21), True, "too many, or hardly any"),
        (measured(HEMOGLOBIN, 21, "g/dL"), False, "too many"),
        (measured(HEMOGLOBIN, 18, "g/L"), True, "hardly any"),
        (measured("Haemoglobin", 6, "g/dL"), True, "by its name, in British spelling"),
        (measured("Hb", 6, "g/dL"), True, "by its short name"),
        (measured("Hemoglobin [Moles/volume] in Venous blood", 4, "mmol/L"), True, "by a name of LOINC"),
        (measured("Hemoglobin A1c", 6, "%"), False, "of sugar"),
        (measured("Mean corpuscular hemoglobin", 3, "g/dL"), False, "of one cell"),
        # platelets: decreased grade 3 below 50 x 10^9/L
        (measured(PLATELETS, 49, "10*9/L"), True, "below the limit"),
        (measured(PLATELETS, 50, "10*9/L"), False, "at the limit"),
        (measured(PLATELETS, 49, "10*3/uL"), True, "in thousands per microlitre"),
        (measured(PLATELETS, 50, "10*3/uL"), False, "at the limit"),
        (measured(PLATELETS, 60, "x10^9/L"), False, "how others write it"),
        (measured(PLATELETS, 60, "x10E3/uL"), False, "and others"),
        (measured(PLATELETS, 60, "x10(9)/L"), False, "and others"),
        (measured(PLATELETS, 60, "10^3/\u00b5L"), False, "with a micro sign"),
        (measured(PLATELETS, 60, "10^3/\u03bcL"), False, "with a Greek letter"),
        (measured(PLATELETS, 60, "K/uL"), False, "thousands"),
        (measured(PLATELETS, 60, "10^3/mm3"), False, "of a cubic millimetre"),
        (measured(PLATELETS, 60, "K/mm3"), False, "thousands of it"),
        (measured(PLATELETS, 60, "thou/uL"), False, "thousands in a word"),
        (measured(PLATELETS, 60, "G/L"), False, "giga"),
        (measured(PLATELETS, 49, "K/uL"), True, "too few of them"),
        (measured(PLATELETS, 1_200, "10*9/L"), False, "too many are not too few"),
        (measured(PLATELETS, 1_200, "10*9 / L"), False, "with blanks"),
        (measured(PLATELETS, 1_200, "x10^9/L"), False, "as others write it"),
        (measured(PLATELETS, 1_200, "x10E3/uL"), False, "and others"),
        (measured(PLATELETS, 1_200, "10^3/\u00b5L"), False, "with a micro sign"),
        (measured(PLATELETS, 1_200, "10^3/\u03bcL"), False, "with a Greek letter"),
        (measured(PLATELETS, 1_200, "K/uL"), False, "thousands"),
        (measured(PLATELETS, 1_200, "10^3/mm3"), False, "of a cubic millimetre"),
        (measured(PLATELETS, 1_200, "K/mm3"), False, "thousands of it"),
        (measured(PLATELETS, 1_200, "thou/uL"), False, "thousands in a word"),
        (measured(PLATELETS, 1_200, "G/L"), False, "giga"),
        (observation(PLATELETS, value_string="1,200 K/uL"), False, "in words"),
        (measured(PLATELETS, 1, "10*9/L"), True, "hardly any"),
        (measured(PLATELETS, 49_999, "/uL"), True, "one by one"),
        (measured(PLATELETS, 50_000, "/uL"), False, "at the limit"),
        (measured(PLATELETS, 60_000, "/mm3"), False, "of a cubic millimetre"),
        (measured(PLATELETS, 900, "/uL"), True, "very few"),
        (measured(PLATELETS, 900, "/mm3"), True, "very few of a cubic millimetre"),
        (measured(PLATELETS, 20), True, "no unit: thousands"),
        (measured(PLATELETS, 20_000), True, "no unit: one by one"),
        (measured(PLATELETS, 50), False, "no unit, at the limit of thousands"),
        (measured(PLATELETS, 50_000), False, "at the limit of one by one"),
        (measured(PLATELETS, 1_001), True, "too many, or hardly any"),
        (measured(PLATELETS, 250), False, "no unit, as it should be"),
        (measured(PLATELETS, 250_000), False, "likewise"),
        (measured("Plt", 20, "K/uL"), True, "by its short name"),
        (measured("Platelet count", 20, "K/uL"), True, "by its name"),
        (measured("Platelets [#/volume] in Blood by Manual count", 20, "K/uL"), True, "by a name of LOINC"),
        (measured("Platelet mean volume", 9, "fL"), False, "of one of them"),
        # how she is
        (measured("loinc:89247-1", 3), True, "ECOG: in bed or a chair for more than half of the day"),
        (measured("ECOG performance status", 2), False, "up and about"),
        (measured("ECOG performance status", 4), True, "in bed"),
        (measured("ECOG performance status", 5), False, "dead: entered wrongly"),
        (observation("loinc:89247-1", None, value_integer=3), True, "an integer"),
        (measured("loinc:89243-0", 40, "%"), True, "Karnofsky"),
        (measured("Karnofsky score", 50), False, "needs help, as age may bring"),
        (measured("Karnofsky score", 40), True, "by its name"),
        (measured("loinc:9269-2", 14), True, "not fully awake"),
        (measured("GCS", 15), False, "fully awake"),
        (measured("Glasgow coma score total", 12), True, "by its name"),
        (measured("Glasgow coma score total", 3), True, "not awake at all"),
        (measured("Glasgow coma score eye opening", 4), False, "a part of it"),
        (measured("NEWS2 total score", 7), True, "acutely ill"),
        (measured("NEWS2", 6), False, "to be looked at soon"),
        (measured("NEWS2", 21), False, "more than there is: entered wrongly"),
        (measured("News of the family", 8), True, "an odd name, and safe"),
        # whichever it is
        (measured(PLATELETS, 100, "K/uL", comparator="<"), True, "nobody knows how far below"),
        (measured(PLATELETS, 100, "K/uL", comparator="<="), True, "likewise"),
        (measured(PLATELETS, 100, "K/uL", comparator=">"), False, "more than that"),
        (observation(PLATELETS, value_string="<60 K/uL"), True, "in words"),
        (measured(PLATELETS, 20, "K/uL", status="cancelled"), False, "never measured"),
        (measured(PLATELETS, 20, "K/uL", days=119), True, "within the days of a work-up"),
        (measured(PLATELETS, 20, "K/uL", days=120), False, "how she was then"),
        (measured(PLATELETS, 20, "K/uL", days=None), True, "of no day"),
        (
            panel(PLATELETS, 20, "K/uL"),
            True,
            "a part of a panel",
        ),
    ],
)  # fmt: skip
def test_a_value_that_is_too_low(value: Observation, low: bool, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), value)) is low, why


@pytest.mark.parametrize(
    ("values", "low", "why"),
    [
        ([measured(HEMOGLOBIN, 7, "g/dL", days=30), measured(HEMOGLOBIN, 11, "g/dL", days=2)], False, "she recovered"),
        ([measured(HEMOGLOBIN, 11, "g/dL", days=30), measured(HEMOGLOBIN, 7, "g/dL", days=2)], True, "it fell"),
        ([measured(HEMOGLOBIN, 11, "g/dL", days=2), measured(HEMOGLOBIN, 7, "g/dL", days=2)], True, "of one day"),
        ([measured(HEMOGLOBIN, 7, "g/dL", days=None), measured(HEMOGLOBIN, 11, "g/dL", days=2)], True, "which is it?"),
        ([measured(HEMOGLOBIN, 7, "g/dL"), measured(HEMOGLOBIN, None, "g/dL", days=2)], True, "the newer has no value"),
        ([measured(HEMOGLOBIN, 7, "g/dL"), measured(PLATELETS, 200, "K/uL", days=2)], True, "each is judged by itself"),
    ],
)  # fmt: skip
def test_the_newest_value_counts(values: list[Observation], low: bool, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), *values)) is low, why


def weight(value: float, days: int | None, unit: str = "kg", **more: Any) -> Observation:
    return measured(more.pop("name", WEIGHT), value, unit, days=days, **more)


@pytest.mark.parametrize(
    ("values", "falls", "why"),
    [
        ([weight(80, 100), weight(75.9, 5)], True, "just over a twentieth"),
        ([weight(80, 100), weight(76, 5)], False, "a twentieth"),
        ([weight(80, 187), weight(70, 5)], True, "within half a year"),
        ([weight(80, 188), weight(70, 5)], False, "of longer ago"),
        ([weight(70, 100), weight(80, 5)], False, "it rises"),
        ([weight(80, 150), weight(74, 100), weight(75, 5)], True, "from the most that she weighed"),
        ([weight(80, 5), weight(70, 5)], False, "of one day: which is right?"),
        ([weight(80, 100), weight(79, 5), weight(70, 5)], True, "of one day, the least"),
        ([weight(80, 100), weight(70, 5), weight(79, 5)], True, "in the other order"),
        ([weight(80, 100), weight(160, 5, "lb")], True, "in pounds"),
        ([weight(80, 100), weight(175, 5, "lbs")], False, "the same weight in pounds"),
        ([weight(80, 100), weight(175, 5, "[lb_av]")], False, "in UCUM"),
        ([weight(80, 100), weight(175, 5, "pounds")], False, "in a word"),
        ([weight(80, 100), weight(79_500, 5, "g")], False, "in grams"),
        ([weight(80, 100), weight(79, 5, "kgs")], False, "as it is typed"),
        ([weight(80, 100), weight(70, 5, "kgs")], True, "it falls, as it is typed"),
        ([weight(80, 100), weight(70_000, 5, "g")], True, "in grams"),
        ([weight(80, 100), weight(154, 5, "lbs")], True, "in pounds"),
        ([weight(80, 100), weight(154, 5, "[lb_av]")], True, "in UCUM"),
        ([weight(80, 100), weight(154, 5, "pounds")], True, "in a word"),
        ([weight(80, 150), weight(70, 100), weight(80, 5)], False, "what she lost is back"),
        ([weight(80, 100), weight(70, 5, "stone")], False, "a unit that is not known is no weight"),
        ([weight(80, 100), weight(0, 5)], False, "nothing was measured"),
        ([weight(80, 100), weight(70, None)], False, "of no day"),
        ([weight(80, 100, name="Weight"), weight(70, 5, name="Body weight")], True, "by name"),
        ([weight(80, 100, name="Weight"), weight(70, 5, name="Weight of specimen")], False, "of something else"),
        ([weight(80, 100, name="loinc:3141-9"), weight(70, 5)], True, "measured"),
        ([weight(80, 400), weight(70, 300)], False, "how it was then"),
        ([weight(70, 5)], False, "nothing to compare it with"),
        ([weight(28.6, 100, "kg/m2", name="BMI"), weight(24.2, 5, "kg/m2", name="loinc:39156-5")], True, "as BMI"),
        ([weight(28.6, 100, "kg/m2", name="BMI"), weight(28, 5, "kg/m2", name="Body mass index")], False, "it stays"),
    ],
)
def test_a_weight_that_falls(values: list[Observation], falls: bool, why: str, facts_of: FactsOf) -> None:
    assert suspected(facts_of(cancer(), *values)) is falls, why


@pytest.mark.parametrize(("days", "date"), [(15, ago(15)), (None, None)], ids=["dated", "undated"])
def test_the_evidence_names_the_value(days: int | None, date: str | None, facts_of: FactsOf) -> None:
    found = measured(HEMOGLOBIN, 7, "g/dL", days=days, id="hb")
    [told] = facts_of(cancer(), found)["metastasis-suspected"].evidence
    assert (told.value, told.resources, told.date) == ("value of an illness", ("Observation/hb",), date)
