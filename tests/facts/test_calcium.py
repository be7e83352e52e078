"""Calcium: what may come from the bones (ACR 310-V11), by flag, by range, or too high for any laboratory."""

from collections.abc import Callable
from typing import Any

import pytest

from cds_service.facts.model import Facts
from cds_service.fhir.resources import Observation, Quantity, ReferenceRange
from tests.support.resources import cancer, concept, laboratory, observation

FactsOf = Callable[..., Facts]

TOTAL, IONIZED = "loinc:17861-6", "loinc:1995-0"


def measured(value: float, unit: str | None, of: str = TOTAL, **more: Any) -> Observation:
    return laboratory(of, value, high=more.pop("high", None), unit=unit or "", **more)


def words(value: str, of: str = TOTAL, **more: Any) -> Observation:
    return observation(of, value_string=value, **more)


def ranged(value: float, *written: str | None) -> Observation:
    """With ranges that are written as words."""
    return observation(
        TOTAL,
        value_quantity=Quantity(value=value, unit="mg/dL"),
        reference_range=tuple(ReferenceRange(text=text) for text in written),
    )


@pytest.mark.parametrize(
    ("result", "raised", "why"),
    [
        # too high for any laboratory
        (measured(10.5, "mg/dL"), True, "past the limit"),
        (measured(10.4, "mg/dL"), False, "at the limit"),
        (measured(105, "mg/L"), True, "as in France"),
        (measured(104, "mg/L"), False, "at the limit"),
        (measured(2.61, "mmol/L"), True, "in moles"),
        (measured(2.6, "mmol/L"), False, "at the limit"),
        (measured(5.3, "mEq/L"), True, "in equivalents"),
        (measured(5.2, "mEq/L"), False, "at the limit"),
        (measured(5.3, "mg/dL", IONIZED), True, "ionized"),
        (measured(5.2, "mg/dL", IONIZED), False, "at the limit"),
        (measured(53, "mg/L", IONIZED), True, "likewise"),
        (measured(52, "mg/L", IONIZED), False, "at the limit"),
        (measured(1.31, "mmol/L", IONIZED), True, "in moles"),
        (measured(1.3, "mmol/L", IONIZED), False, "at the limit"),
        (measured(2.7, "mEq/L", IONIZED), True, "in equivalents"),
        (measured(2.6, "mEq/L", IONIZED), False, "at the limit"),
        (measured(1.5, "mmol/L", "Ionised calcium"), True, "by its name"),
        (measured(1.5, "mmol/L", "iCa"), True, "in short"),
        (measured(1.5, "mmol/L", "Ca, ionized"), True, "in short, and a word"),
        (measured(1.5, "mmol/L", "Free Ca"), True, "in another"),
        (measured(2.5, "mmol/L", "Ca"), False, "all of it, in short"),
        (measured(13.2, "mg/dL", "Ca"), True, "in short"),
        (measured(13.2, "mg/dL", "CA"), True, "in capitals"),
        (measured(13.2, "mg/dL", "Ca (corr.)"), True, "corrected"),
        (measured(13.2, "mg/dL", "Adj Ca"), True, "adjusted"),
        (measured(13.2, "mg/dL", "Ca, albumin corrected"), True, "for what"),
        (measured(13.2, "mg/dL", "P-Ca"), True, "of plasma"),
        (measured(13.2, "mg/dL", "U Ca"), False, "of urine"),
        (measured(132, "U/mL", "CA 125"), False, "a marker"),
        (measured(132, "", "Coronary Ca score"), False, "no result of a laboratory"),
        (measured(3.1, "mmol/L", "Serum adjusted calcium concentration"), True, "a concentration is no ratio"),
        (observation(TOTAL, value_quantity=Quantity(value=11, code="mg/dL")), True, "a unit that only a code gives"),
        (measured(5.8, "mg/dL"), False, "far too little, which says nothing of bones"),
        (measured(58, "mg/L"), False, "likewise"),
        (measured(9.4, "mmol/L"), True, "far too much, if the unit is right"),
        (measured(3.1, "mg/dL", IONIZED), False, "far too little"),
        (measured(31, "mg/L", IONIZED), False, "likewise"),
        (measured(4.8, "mmol/L", IONIZED), True, "far too much, if the unit is right"),
        # of no unit, or of one that nobody knows
        (measured(12, None), True, "too much in any"),
        (measured(11, None), True, "likewise"),
        (measured(80.5, None), False, "as in France, as it should be"),
        (measured(105, None), True, "as in France, too much"),
        (measured(40.5, None, IONIZED), False, "ionized, as in France"),
        (measured(53, None, IONIZED), True, "too much"),
        (measured(10.4, None), False, "in milligrams, at the limit"),
        (measured(9.4, None), False, "in milligrams, as it should be"),
        (measured(8, None), False, "likewise"),
        (measured(3.1, None), True, "in moles"),
        (measured(2.6, None), False, "at the limit"),
        (measured(94, None), False, "as in France, as it should be"),
        (measured(124, None), True, "as in France"),
        (measured(9.4, "mg/100 mL"), False, "milligrams of a decilitre, written out"),
        (measured(13, "mg/100 mL"), True, "too much"),
        (measured(1.5, None, IONIZED), True, "ionized, in moles"),
        (measured(1.2, None, IONIZED), False, "as it should be"),
        (measured(4.8, None, IONIZED), False, "in milligrams, as it should be"),
        (measured(5.6, None, IONIZED), True, "too much"),
        (measured(48, None, IONIZED), False, "as in France, as it should be"),
        (measured(56, None, IONIZED), True, "too much"),
        # in words
        (words("3.1 mmol/L"), True, "a number and its unit"),
        (words("2.4 mmol/L"), False, "as it should be"),
        (words("3,1 mmol/L"), True, "a comma before the decimals"),
        (words(">15 mg/dL"), True, "more than could be measured"),
        (words("12.4 mg/dL, repeated"), True, "whatever follows"),
        (words("12.4"), True, "of no unit, too much in any"),
        (words("9.4"), False, "as it should be"),
        (words("see comment"), False, "no number"),
        (observation(TOTAL, concept(text="12.4 mg/dL")), True, "a concept in words"),
        (observation(TOTAL, None, value_integer=13), True, "an integer"),
        (words("9.9 mg/dL HH"), True, "flagged in words"),
        (words("9.9 mg/dL, not elevated"), False, "which is denied"),
        (words("9.9 mg/dL high"), True, "called high"),
        (words("9.9 *"), True, "with a star"),
        (words("10.3 mg/dL (8.6-10.2)"), True, "above the range that it gives"),
        (words("10.2 mg/dL (8.6-10.2)"), False, "at its end"),
        (words("10.6 mg/dL (8.6-10.8)"), False, "within it, whatever others have"),
        (words("10.3 [ref: 8.6 \u2013 10.2]"), True, "written otherwise"),
        # by flag and range
        (measured(9.9, "mg/dL", flag="H"), True, "flagged"),
        (measured(11, "mg/dL", flag="N"), False, "flagged as normal: by the laboratory's own range"),
        (measured(11, "mg/dL", flag="L"), False, "flagged as low"),
        (measured(10.3, "mg/dL", high=10.2), True, "above its range"),
        (measured(10.6, "mg/dL", high=10.8), False, "within it"),
        (ranged(10.3, "8.6 - 10.2"), True, "above a range that is written as words"),
        (ranged(10.2, "8.6 - 10.2"), False, "at its end"),
        (ranged(10.6, "8.6\u201310.8"), False, "within it"),
        (ranged(10.6, "adults 8.6-10.2", "children 8.8-10.8"), False, "within one of two"),
        (ranged(10.6, "see report"), True, "no range"),
        (ranged(10.6, None), True, "likewise"),
        # which value
        (measured(13, "mg/dL", status="cancelled"), False, "never measured"),
        (observation(TOTAL, value_quantity=Quantity(unit="mg/dL")), False, "no value"),
        (measured(13, "mg/dL", days=300), False, "of the time before the work-up"),
    ],
)
def test_calcium_that_is_raised(result: Observation, raised: bool, why: str, facts_of: FactsOf) -> None:
    shown = {each.value for each in facts_of(cancer(), result)["metastasis-suspected"].evidence}
    assert ("calcium raised" in shown) is raised, why


@pytest.mark.parametrize(
    ("results", "raised", "why"),
    [
        ((measured(13, "mg/dL", days=30), measured(9.4, "mg/dL", days=2)), False, "it fell"),
        ((measured(9.4, "mg/dL", days=30), measured(13, "mg/dL", days=2)), True, "it rose"),
        ((measured(9.4, "mg/dL", days=2), measured(1.5, "mmol/L", IONIZED, days=2)), True, "each test by itself"),
    ],
)
def test_the_newest_value_of_each_test_counts(
    results: tuple[Observation, ...], raised: bool, why: str, facts_of: FactsOf
) -> None:
    shown = {each.value for each in facts_of(cancer(), *results)["metastasis-suspected"].evidence}
    assert ("calcium raised" in shown) is raised, why
