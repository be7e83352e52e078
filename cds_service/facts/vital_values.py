"""Values that nobody called abnormal and that are those of a patient who is not well: too little oxygen, a severe
anaemia, very few platelets, a weight that falls; and scores that say so.

Each is what the reader knows by its word (dyspnea, anemia, weight loss), and what it comes of nobody can say. The
limits are those of the Common Terminology Criteria for Adverse Events, version 5.0 (NCI, 2017): hypoxia grade 3 (at
rest below 88 %), anemia grade 3 (below 8.0 g/dL, 4.9 mmol/L or 80 g/L), platelet count decreased grade 3 (below
50 x 10^9/L), weight loss grade 1 (5 % of the baseline). Of the scores: in bed or a chair for more than half of the day
(ECOG 3 and 4: Oken et al., Am J Clin Oncol 1982; Karnofsky 40 and less), not fully awake (Glasgow Coma Scale below 15:
Teasdale and Jennett, Lancet 1974), acutely ill (NEWS2 of 7 or more: Royal College of Physicians, 2017), a deficit of
the nervous system (NIH Stroke Scale, or an item of it, over 0: Brott et al., Stroke 1989).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from operator import itemgetter

from cds_service.facts.blood_results import of_part
from cds_service.facts.model import Evidence
from cds_service.facts.observations import has_result, maybe_newest, measured, observed
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.suspicion import Suspicion
from cds_service.fhir.resources import CodeableConcept, Observation, Quantity
from cds_service.value import Value


class _Measured(Value, frozen=True, kw_only=True):
    """What is measured, by code or name; `tells`: by unit, the open ranges of values that tell of an illness; "" for no
    unit, or one that is not known: then a value does that would in any. Without ranges it tells by falling.
    """

    codes: frozenset[str]
    names: re.Pattern[str]
    tells: dict[str, tuple[tuple[float, float], ...]]


_NONE = 0.0
_PER_LITRE = ((_NONE, 50.0),)
_PER_MICROLITRE = ((_NONE, 50_000.0),)

# LOINC, of which those of vital signs are also in https://hl7.org/fhir/R4/observation-vitalsigns.html.
_VALUES = {
    "oxygen": _Measured(
        codes=frozenset({"59408-5", "2708-6"}),
        names=re.compile(r"(?!.*\bvenous)(?:.*\b)?(?:S[pa]?O2\b|oxygen sat|O2 ?sat|pulse ?ox)", re.IGNORECASE),
        tells={"": ((_NONE, 0.88), (1, 88.0))},  # a fraction, or in percent
    ),
    "hemoglobin": _Measured(
        codes=frozenset({"718-7"}),
        names=re.compile(
            r"\s*(?:h(?:a)?emoglobin|hgb|hb)(?: \[(?:mass|moles)/volume\] in (?:\w+ )?blood(?: by .+)?)?\s*$",
            re.IGNORECASE,
        ),
        tells={
            "g/dl": ((_NONE, 8.0),),
            "g/l": ((_NONE, 80.0),),
            "mmol/l": ((_NONE, 4.9),),
            "": ((_NONE, 8.0), (20.0, 80.0)),
        },
    ),
    "platelets": _Measured(
        codes=frozenset({"777-3"}),
        names=re.compile(r"\s*(?:platelets?|plt)(?: count)?(?: \[#/volume\] in blood(?: by .+)?)?\s*$", re.IGNORECASE),
        tells={
            **dict.fromkeys(("10^9/l", "10^3/ul", "10^3/mm3", "k/ul", "k/mm3", "thou/ul", "g/l"), _PER_LITRE),
            **dict.fromkeys(("/ul", "/mm3"), _PER_MICROLITRE),
            "": ((_NONE, 50.0), (1_000.0, 50_000.0)),
        },
    ),
    "performance": _Measured(
        codes=frozenset({"89247-1"}),
        names=re.compile(r".*\b(?:ECOG|WHO performance)\b", re.IGNORECASE),
        tells={"": ((2, 5),)},
    ),
    "karnofsky": _Measured(
        codes=frozenset({"89243-0"}), names=re.compile(r".*\bkarnofsky\b", re.IGNORECASE), tells={"": ((_NONE, 50),)}
    ),
    "coma": _Measured(
        codes=frozenset({"9269-2"}),
        names=re.compile(r"\s*(?:GCS|glasgow coma (?:scale|score))(?: total)?(?: score)?\s*$", re.IGNORECASE),
        tells={"": ((2, 15),)},
    ),
    "stroke scale": _Measured(
        codes=frozenset({"72089-6", "70184-7"}),  # the total, and its first item, the level of consciousness
        names=re.compile(r".*\bm?(?:NIHSS|NIH ?SS|NIH stroke scale)\b", re.IGNORECASE),
        tells={"": ((_NONE, 43),)},
    ),
    "early warning": _Measured(
        codes=frozenset(),
        names=re.compile(r".*\bNEWS ?2?\b(?! (?:clinical )?(?:risk|red))", re.IGNORECASE),
        tells={"": ((6, 21),)},
    ),
    "body mass": _Measured(
        codes=frozenset({"39156-5"}),
        names=re.compile(r"\s*(?:BMI|body mass index)(?: \(BMI\))?(?: \[ratio\])?\s*$", re.IGNORECASE),
        tells={},
    ),
    "weight": _Measured(
        codes=frozenset({"29463-7", "3141-9"}),
        names=re.compile(r"\s*(?:body )?weight(?: measured)?\s*$", re.IGNORECASE),
        tells={},
    ),
}
_POWER = re.compile(r"^x?10(?:\*{1,2}|\^|e|\()?0?([39])\)?(?=/)")
"""How units write a power of ten: "10*9/L", "x10E3/uL", "x10(9)/L"."""
_POUND = 0.45359237
_FALLING = {
    **dict.fromkeys(("kg", "kgs", "kg/m2"), 1.0),
    "g": 0.001,
    **dict.fromkeys(("[lb_av]", "lb", "lbs", "pounds"), _POUND),
}
"""The units of what is judged by its fall."""
_LOSS = 0.05
_LOSS_WITHIN = timedelta(days=182)


def of_vital_values(source: Source) -> Iterator[Suspicion]:
    """What the newest value of each says of how she is now; of several that may be the newest, the gravest."""
    found: dict[str, list[Observation]] = {}
    tests = source.observed.tests
    for group in tests.groups:
        kind = source.alike(_kind_of, group.code) if group.code is not None else None
        if kind is not None:
            found.setdefault(kind, []).extend(tests.every[at] for at in group.places)
    for panel in (tests.every[at] for at in source.observed.panels):
        for part in panel.component:
            kind = source.alike(_kind_of, part.code) if part.code is not None else None
            if kind is not None:
                found.setdefault(kind, []).append(of_part(panel, part))
    for kind, every in found.items():
        values = [each for each in every if has_result(each) and measured(each) is not None]
        telling = _alarming(values, _VALUES[kind]) if _VALUES[kind].tells else _falling(values)
        on = observed(telling) if telling is not None else None
        if telling is not None and not (on and on.surely_older(source.windows.work_up_days, source.today)):
            evidence = Evidence(
                value="value of an illness",
                resources=(reference_to(telling),),
                date=on.text if on is not None else None,
            )
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _kind_of(code: CodeableConcept, source: Source) -> str | None:
    codes = {each.code for each in codes_of(code)}
    names = texts_of(code)
    for kind, known in _VALUES.items():
        if not known.codes.isdisjoint(codes) or any(map(known.names.match, names)):
            return kind
    return None


def _value_of(observation: Observation) -> tuple[float, str]:
    quantity = measured(observation) or Quantity()
    unit = (quantity.code or quantity.unit or "").lower().replace(" ", "").replace("\u00b5", "u").replace("\u03bc", "u")
    return quantity.value or 0.0, _POWER.sub(r"10^\1", unit)


def _alarming(values: Sequence[Observation], of: _Measured) -> Observation | None:
    """A value within such a range, or one that is only known to lie below a limit."""
    for each in maybe_newest(values):
        value, unit = _value_of(each)
        quantity = measured(each)
        if quantity is not None and quantity.comparator in ("<", "<="):
            return each
        if any(over < value < limit for over, limit in of.tells.get(unit, of.tells[""])):
            return each
    return None


def _falling(values: Sequence[Observation]) -> Observation | None:
    """A newest weight that is well below what she weighed in the months before."""
    weights = []
    for each in values:
        value, unit = _value_of(each)
        on = observed(each)
        if on is not None and unit in _FALLING and value > 0:
            weights.append((on.earliest, value * _FALLING[unit], each))
    newest = max((day for day, _, _ in weights), default=None)
    if newest is None:
        return None
    before = [weight for day, weight, _ in weights if newest - _LOSS_WITHIN <= day < newest]
    now = [(weight, each) for day, weight, each in weights if day == newest]
    least, lightest = min(now, key=itemgetter(0))
    return lightest if before and least < max(before) * (1 - _LOSS) else None
