"""How high a laboratory result is, by itself: what its flags call it, and the value as a multiple of its upper limit.

What test it is of is not known here.
"""

import re

from cds_service.facts.source import texts_of
from cds_service.fhir.resources import Observation, Quantity

# Flags (https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html), and words in their place. Any other
# says nothing: U (changed significantly), W (worse), a code of the laboratory's own.
_HIGH = frozenset({"H", "HH", "HU", "HX", "A", "AA", ">", "H>", "POS"})
VERY_HIGH = frozenset({"HH", "HU", "HX", "AA", ">", "H>"})
NOT_HIGH = frozenset({"N", "L", "LL", "LU", "LX", "<", "L<", "NORMAL", "NOT ABNORMAL", "WITHIN NORMAL LIMITS", "LOW"})

MORE_THAN = (">", ">=")
"""Of a value behind these nobody knows how high it is."""


def flags(observation: Observation) -> frozenset[str]:
    """The flags of a result, by code or as words, in capitals."""
    codes = (coding.code for concept in observation.interpretation for coding in concept.coding if coding.code)
    return frozenset(flag.strip().upper() for flag in (*codes, *texts_of(*observation.interpretation)))


def is_raised(observation: Observation) -> bool:
    """Whether a result is flagged high or abnormal, or lies above its range."""
    given = flags(observation)
    words = " ".join(given).replace("NOT ABNORMAL", "")
    if given & _HIGH or "HIGH" in words or "ABNORMAL" in words or "ELEVATED" in words:
        return True
    times = ratio(observation)
    return times is not None and times > 1


def ratio(observation: Observation) -> float | None:
    """The value as a multiple of its upper limit; None where either is missing, inexact, or units differ."""
    value = observation.value_quantity
    if value is None and observation.value_integer is not None:
        value = Quantity(value=observation.value_integer)
    if value is None or value.value is None or value.comparator in MORE_THAN:
        return None
    ranges = observation.reference_range
    limits = [each.high for each in ranges if each.high is not None and each.high.value]
    if not limits:
        written = [_written_limit(each.text) for each in ranges if each.text]
        limits = [each for each in written if each is not None]
        if len(limits) < len(written):  # one of them says something else
            return None
    if len(limits) != 1 or not _one_unit(value, limits[0]):
        return None
    limit = limits[0].value
    return value.value / limit if limit is not None and limit > 0 else None


def _written_limit(text: str) -> Quantity | None:
    """The upper limit of a range that is only written: "5-40", "120-246 U/L", "< 1.2 mg/dL", "Ref. range: up to 34"."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        return None
    low, high = (float((found[each] or "0").replace(",", ".")) for each in ("low", "high"))
    return Quantity(value=high, unit=found["unit"]) if low < high else None


_NUMBER = r"\d+(?:\.\d+|,\d{1,2})?"
_RANGE = re.compile(
    r"(?:(?:ref(?:erence)?|normal)\.?(?:\s(?:range|interval|limits?|values?))?\s?[:=]?\s?)?[(\[]?\s?"
    rf"(?:(?P<low>{_NUMBER})\s?(?:-|\u2013|to)\s?|<=?\s?|\u2264\s?|up to\s)(?P<high>{_NUMBER})"
    r"(?:\s?(?P<unit>[^\W\d_][^\s()\[\]]*))?\s?[)\]]?",
    re.IGNORECASE,
)


def _one_unit(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities may be compared: a limit without a unit is in that of the value."""
    units, others = ({in_short(each) for each in (of.code, of.unit) if each} for of in (one, other))
    return not units or not others or not units.isdisjoint(others)


def in_short(unit: str) -> str:
    """A unit as it is compared: an international unit is called one, and a micro is a u."""
    lower = unit.strip().lower().removeprefix("i").replace("[iu]", "u")
    return lower.replace("\u00b5", "u").replace("\u03bc", "u")
