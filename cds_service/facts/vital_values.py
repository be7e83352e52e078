"""Values that nobody called abnormal and that are those of a patient who is not well: too little oxygen, a severe
anaemia, very few platelets, a weight that falls.

Each is what the reader knows by its word (dyspnea, anemia, weight loss), and what it comes of nobody can say. The
limits are those of the Common Terminology Criteria for Adverse Events, version 5.0 (NCI, 2017): hypoxia grade 3 (at
rest below 88 %), anemia grade 3 (below 8.0 g/dL, 4.9 mmol/L or 80 g/L), platelet count decreased grade 3 (below
50 x 10^9/L), weight loss grade 1 (5 % of the baseline).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from cds_service.facts.dates import When
from cds_service.facts.model import Evidence
from cds_service.facts.observations import has_result, observed
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.suspicion import Suspicion
from cds_service.fhir.resources import CodeableConcept, Observation, ObservationComponent
from cds_service.value import Value

_WEIGHT = "weight"


class _Measured(Value, frozen=True, kw_only=True):
    """What is measured, by code or name; `least`: by unit, the smallest value that is not too low."""

    codes: frozenset[str]
    names: re.Pattern[str]
    least: dict[str, float]


# LOINC, of which those of vital signs are also in https://hl7.org/fhir/R4/observation-vitalsigns.html.
_VALUES = {
    "oxygen": _Measured(
        codes=frozenset({"59408-5", "2708-6"}),
        names=re.compile(r"\bSp?O2\b|\boxygen saturation|\bO2 sat", re.IGNORECASE),
        least={"%": 88.0},
    ),
    "hemoglobin": _Measured(
        codes=frozenset({"718-7"}),
        names=re.compile(
            r"\s*(?:h(?:a)?emoglobin|hgb|hb)(?: \[mass/volume\] in (?:venous |arterial )?blood)?\s*", re.I
        ),
        least={"g/dl": 8.0, "g/l": 80.0, "mmol/l": 4.9},
    ),
    "platelets": _Measured(
        codes=frozenset({"777-3"}),
        names=re.compile(
            r"\s*(?:platelets?|plt)(?: count)?(?: \[#/volume\] in blood(?: by automated count)?)?\s*", re.I
        ),
        least={"10*9/l": 50.0, "10*3/ul": 50.0, "x10^9/l": 50.0, "10^9/l": 50.0, "k/ul": 50.0, "/ul": 50_000.0},
    ),
    _WEIGHT: _Measured(
        codes=frozenset({"29463-7", "3141-9"}),
        names=re.compile(r"\s*(?:body )?weight(?: measured)?\s*", re.IGNORECASE),
        least={},
    ),
}
_KILOGRAMS = {"kg": 1.0, "g": 0.001, "[lb_av]": 0.45359237, "lb": 0.45359237, "lbs": 0.45359237}
_LOSS = 0.05
_LOSS_WITHIN = timedelta(days=182)


def of_vital_values(source: Source) -> Iterator[Suspicion]:
    """What the newest value of each says of how she is now."""
    found: dict[str, list[tuple[When, Observation, float, str]]] = {}
    tests = source.observed.tests
    for group in tests.groups:
        kind = source.alike(_kind_of, group.code) if group.code is not None else None
        if kind is not None:
            found.setdefault(kind, []).extend(_valued(tests.every[at] for at in group.places))
    for at in source.observed.panels:
        panel = tests.every[at]
        for part in panel.component:
            kind = source.alike(_kind_of, part.code) if part.code is not None else None
            value = _value_of(part)
            on = observed(panel)
            if kind is not None and value is not None and on is not None and has_result(panel):
                found.setdefault(kind, []).append((on, panel, *value))
    for kind, values in found.items():
        telling = _falling(values) if kind == _WEIGHT else _too_low(values, _VALUES[kind].least)
        if telling is not None and not telling[0].surely_older(source.windows.work_up_days, source.today):
            on, observation = telling
            evidence = Evidence(value="value of an illness", resources=(reference_to(observation),), date=on.text)
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _kind_of(code: CodeableConcept, source: Source) -> str | None:
    codes = {each.code for each in codes_of(code)}
    names = texts_of(code)
    for kind, measured in _VALUES.items():
        matches = measured.names.match if kind == "oxygen" else measured.names.fullmatch
        if not measured.codes.isdisjoint(codes) or any(map(matches, names)):
            return kind
    return None


_Dated = tuple[When, Observation, float, str]


def _valued(observations: Iterable[Observation]) -> Iterator[_Dated]:
    for each in observations:
        value, on = _value_of(each), observed(each)
        if value is not None and on is not None and has_result(each):
            yield on, each, *value


def _value_of(measured: Observation | ObservationComponent) -> tuple[float, str] | None:
    quantity = measured.value_quantity
    if quantity is None or quantity.value is None:
        return None
    return quantity.value, (quantity.code or quantity.unit or "").lower()


def _too_low(values: Sequence[_Dated], least: dict[str, float]) -> tuple[When, Observation] | None:
    on, observation, value, unit = max(values, key=lambda each: each[0].earliest)
    limit = least.get(unit)
    return (on, observation) if limit is not None and 0 < value < limit else None


def _falling(values: Sequence[_Dated]) -> tuple[When, Observation] | None:
    """The newest weight, where it is well below what she weighed in the months before."""
    weights = [
        (on, each, value * _KILOGRAMS[unit]) for on, each, value, unit in values if unit in _KILOGRAMS and value > 0
    ]
    if len(weights) < 2:
        return None
    on, observation, now = max(weights, key=lambda each: each[0].earliest)
    before = [weight for then, _, weight in weights if on.earliest - _LOSS_WITHIN <= then.earliest < on.earliest]
    fell = bool(before) and now < max(before) * (1 - _LOSS)
    return (on, observation) if fell else None
