"""How well the kidneys filter, by what the laboratory measured: filtration rates, and creatinine where it is newer."""

import re
from collections.abc import Iterable
from datetime import date

from cds_service.facts.dates import When, when, years_between
from cds_service.facts.model import Evidence, Fact, Known, OneOf
from cds_service.facts.observations import has_result, observed
from cds_service.facts.source import Source, reference_to
from cds_service.fhir.resources import CodeableConcept, Observation, Quantity

FILTRATION, CREATININE = "filtration-rate", "creatinine"

REDUCED_BELOW = 30.0
"""mL/min/1.73 m²: stages 4 and 5 of chronic kidney disease, as in the value set `kidney-function-reduced` (KDIGO 2012
Clinical Practice Guideline for Chronic Kidney Disease, Kidney Int Suppl 2013;3, GFR categories: G4 15-29, G5 < 15)."""


def filtration(source: Source) -> Fact | None:
    """Reduced or normal by the newest filtration rate; open where it, or a newer creatinine, cannot be judged.

    None where neither was measured.
    """
    rates = _newest([*source.observations(FILTRATION), *_named_in_words(source)])
    since = max((_earliest(observed(each)) for each in rates), default=date.min)
    creatinine = _newest(source.observations(CREATININE), after=since)
    if not rates and not creatinine:
        return None
    read = [(_reduced(each), each) for each in rates]
    low = [each for reduced, each in read if reduced]
    low += [each for each in creatinine if _estimated_low(each, source)]
    if low:
        return Known("reduced", evidence=_shown("filtration rate reduced", low))
    unsure = [each for reduced, each in read if reduced is None]
    unsure += [each for each in creatinine if not _within_range(each)]
    if unsure:
        return OneOf(("normal", "reduced"), evidence=_shown("kidney function not judged", unsure))
    return Known("normal", evidence=_shown("kidney function measured", [*rates, *creatinine]))


def _shown(value: str, observations: list[Observation]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(value=value, resources=(reference_to(each),), date=on.text if (on := observed(each)) else None)
        for each in observations
    )


def _named_in_words(source: Source) -> list[Observation]:
    """Filtration rates of no code that we know: "eGFR" as text, or under a laboratory's own code."""
    places = [
        place
        for test in source.observed.tests.groups
        if test.code is not None and _names_rate(test.code) and not source.has(FILTRATION, test.code)
        for place in test.places
    ]
    own = source.record.observations  # those inside reports come behind them
    return [own[place] for place in sorted(places) if place < len(own)]


def _names_rate(code: CodeableConcept) -> bool:
    words = f"{code.text}\n{code.coding[0].display if code.coding else None}".lower()
    return "gfr" in words or "glomerular filtration" in words


def _newest(observations: Iterable[Observation], after: date | None = None) -> list[Observation]:
    """Those with a result that none surely follows: the newest, those of a date that may be as late, or of none.

    `after`: of those that may be later than this day.
    """
    told = [(observed(each), each) for each in observations if has_result(each) and _has_value(each)]
    if after is not None:
        told = [(on, each) for on, each in told if _latest(on) > after]
    last = max((_earliest(on) for on, _ in told), default=date.min)
    return [each for on, each in told if _latest(on) >= last]


def _earliest(on: When | None) -> date:
    return on.earliest if on is not None else date.min


def _latest(on: When | None) -> date:
    return on.latest if on is not None else date.max


def _has_value(observation: Observation) -> bool:
    return observation.value_quantity is not None or bool(observation.value_string)


_WRITTEN = re.compile(r"\s*([<>]=?)?\s*(\d+(?:\.\d+)?)\s*(ml/min\S*(?:\s*/?\s*1\.73\s*\S*)?)?\s*", re.IGNORECASE)


def _reduced(observation: Observation) -> bool | None:
    """Whether a filtration rate is reduced; None where it cannot be read, or its bound ("< 60") leaves it open."""
    quantity = observation.value_quantity or _quantity(observation.value_string or "")
    value = quantity.value if quantity is not None else None
    if quantity is None or value is None or not _in_millilitres(quantity):
        return None
    return reduced_rate(value, quantity.comparator)


def reduced_rate(value: float, comparator: str | None) -> bool | None:
    """Whether a rate in mL/min/1.73 m² is reduced; None where its bound ("< 60") leaves it open."""
    if comparator in (">", ">="):
        return False if value >= REDUCED_BELOW else None
    if comparator in ("<", "<="):
        return True if value <= REDUCED_BELOW else None
    return value < REDUCED_BELOW


def _quantity(text: str) -> Quantity | None:
    """A value that is written out: ">60", "18 mL/min/1.73m2"."""
    written = _WRITTEN.fullmatch(text)
    return Quantity(value=float(written[2]), comparator=written[1], unit=written[3]) if written is not None else None


def _in_millilitres(quantity: Quantity) -> bool:
    """Whether a rate is per minute in millilitres; one without a unit is, as every laboratory gives it so."""
    unit = quantity.code or quantity.unit
    return unit is None or unit.lower().replace(" ", "").startswith("ml/min")


_NOT_HIGH = frozenset({"N", "L"})


def _within_range(observation: Observation) -> bool:
    """Whether a laboratory calls a creatinine not raised: by its flag, else by the one limit it gives."""
    flags = {coding.code for concept in observation.interpretation for coding in concept.coding}
    value = observation.value_quantity
    if flags or value is None or value.value is None or value.comparator is not None:
        return bool(flags) and flags <= _NOT_HIGH
    limits = [each.high.value for each in observation.reference_range if each.high is not None]
    return len(limits) == 1 and limits[0] is not None and value.value <= limits[0]


# --- estimated from creatinine ----------------------------------------------------------------------------------------
_PER_MG_DL = {"mg/dl": 1.0, "umol/l": 88.4, "\u00b5mol/l": 88.4, "\u03bcmol/l": 88.4}
"""Units of creatinine, as so many of each are 1 mg/dL."""


def _estimated_low(creatinine: Observation, source: Source) -> bool:
    """Whether a creatinine means a reduced rate; never where age or sex is not known.

    By CKD-EPI 2021 (Inker et al., N Engl J Med 2021;385:1737), which is for adults, in mL/min/1.73 m².
    """
    quantity, patient = creatinine.value_quantity, source.record.patient
    born = when(patient.birth_date) if patient is not None else None
    if quantity is None or not quantity.value or quantity.comparator in ("<", "<=") or patient is None or born is None:
        return False
    units = _PER_MG_DL.get((quantity.code or quantity.unit or "").lower())
    age = years_between(born.latest, source.today)
    if units is None or age < 18 or patient.gender not in ("female", "male"):
        return False
    female = patient.gender == "female"
    relative = quantity.value / units / (0.7 if female else 0.9)
    falling = min(relative, 1.0) ** (-0.241 if female else -0.302) * max(relative, 1.0) ** -1.2
    rate: float = 142 * falling * 0.9938**age * (1.012 if female else 1.0)
    return rate < REDUCED_BELOW
