"""Laboratory values that bear on distant disease: liver tests, calcium, and tumour markers, never by themselves."""

import re
from collections.abc import Iterable
from functools import partial

from cds_service.facts.blood_results import (
    ALKALINE_PHOSPHATASE,
    blood_results,
    is_alkaline_phosphatase,
    is_calcium,
    is_ionized,
)
from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Course, Diagnosis
from cds_service.facts.mentions import Kind, Reading
from cds_service.facts.model import NOT_RETRIEVED, Evidence, Fact, Known
from cds_service.facts.observations import has_result, maybe_newest, measured, observed
from cds_service.facts.result_levels import MORE_THAN, NOT_HIGH, VERY_HIGH, flags, in_short, is_raised, ratio
from cds_service.facts.source import Source, reference_to
from cds_service.fhir.resources import Observation
from cds_service.value import Value

# What is surely normal where a result comes without flag and reference range, by test and unit: the lowest upper
# limits found (ALT of women, AST: droracle.ai article 281047; alkaline phosphatase of adults: mlabs.umich.edu; total
# bilirubin, LDH: msdmanuals.com, Blood Tests; GGT: apps.mcc.ca, Clinical Laboratory Tests, Normal Values). They only
# ever decide between "normal" and "nobody can say".
_SURELY_NORMAL = {
    ("ALT", "u/l"): 34.0,
    ("AST", "u/l"): 40.0,
    (ALKALINE_PHOSPHATASE, "u/l"): 116.0,
    ("Bilirubin, total", "mg/dl"): 1.0,
    ("Bilirubin, total", "umol/l"): 17.0,  # the same
    ("GGT", "u/l"): 29.0,
    ("LDH", "u/l"): 150.0,
}


EXPLAINS_DAYS = 30
"""A result is written down as a diagnosis, or in a report, at most so long after it came. Basis: this project."""


class LiverTests(Value, frozen=True, kw_only=True):
    """The fact, and the tests whose newest value nobody can judge: no flag, no reference range.

    `mild`: when a mild alkaline phosphatase was measured, where one by itself is all there is.
    """

    fact: Fact
    unjudged: tuple[Evidence, ...] = ()
    mild: When | None = None

    def explains(self, on: When | None, source: Source) -> bool:
        """Whether a mild value is what an entry of this day calls raised: a newer one may be of another result.

        An undated entry is explained by a value of the work-up.
        """
        if self.mild is None:
            return False
        if on is None:
            return self.mild.surely_within(source.windows.work_up_days, source.today)
        return self.mild.surely_within(EXPLAINS_DAYS, on.latest)


def liver_tests(since: When | None, source: Source) -> LiverTests:
    """Liver tests by the newest value of each, as far as none is older than the work-up of a cancer known `since`.

    An isolated alkaline phosphatase at most `mild_alkaline_phosphatase` times the upper limit stays a note (C15);
    anything more is a laboratory sign.
    """
    newest = {test: each for test, each in _newest_values(since, source).items() if not is_calcium(test)}
    raised = {test: each for test, each in newest.items() if is_raised(each)}
    unjudged = tuple(
        _shown("liver test without reference range", each)
        for test, each in newest.items()
        if test not in raised and not _judged(test, each)
    )
    if not raised:
        fact = NOT_RETRIEVED if source.record.failed("observations") else Known("normal")
        return LiverTests(fact=fact, unjudged=unjudged)
    evidence = tuple(_shown(_name(test), each) for test, each in raised.items())
    if all(is_alkaline_phosphatase(test) and _mild(each, source) for test, each in raised.items()):
        dated = [on for on in map(observed, raised.values()) if on is not None]
        fact = Known("isolated-alkaline-phosphatase", evidence=evidence)
        return LiverTests(fact=fact, unjudged=unjudged, mild=max(dated, key=lambda on: on.earliest, default=None))
    return LiverTests(fact=Known("abnormal", evidence=evidence), unjudged=unjudged)


def raised_before(since: When | None, source: Source) -> tuple[Evidence, ...]:
    """Results of the last half year that were raised before the work-up of the cancer, and that nobody repeated: what
    they came of nobody can say. What they are of would stand in the record by then.
    """
    last = {test: max(maybe_newest(of), key=partial(_gravity, test)) for test, of in blood_results(source).items()}
    return tuple(
        _shown("raised result that was not repeated", each)
        for test, each in last.items()
        if _older(each, since, source)
        and (is_raised(each) or (is_calcium(test) and _is_too_much_calcium(test, each)))
        and not (is_alkaline_phosphatase(test) and _mild(each, source))
        and not _is_of_long_ago(each, source)
    )


def _is_of_long_ago(observation: Observation, source: Source) -> bool:
    on = observed(observation)
    return on is not None and on.surely_older(source.windows.new_disease_days, source.today)


def raised_calcium(since: When | None, source: Source) -> tuple[Evidence, ...]:
    """Calcium above its range, or flagged so, by the newest value of each test: it may come from the bones.

    Without flag and range a value counts that is above those of all laboratories; any other says nothing.
    """
    newest = _newest_values(since, source)
    return tuple(
        _shown("calcium raised", each)
        for test, each in newest.items()
        if is_calcium(test) and _is_too_much_calcium(test, each)
    )


def _is_too_much_calcium(test: str, observation: Observation) -> bool:
    return (
        is_raised(observation)
        or _said_raised(observation.value_string or "")
        or _is_hypercalcemia(observation, ionized=is_ionized(test))
    )


# msdmanuals.com/professional, "Hypercalcemia": total calcium over 10.4 mg/dL or 2.60 mmol/L, ionized calcium over
# 5.2 or 1.30; one millimole is two milliequivalents. Of a number without a unit nobody knows which it is: 3.1 is too
# much by one, and too little by the other; 12 is too much by any.
_HYPERCALCEMIA = {"mg/dl": 10.4, "mg/l": 104.0, "mmol/l": 2.6, "meq/l": 5.2}
_HYPERCALCEMIA_IONIZED = {"mg/dl": 5.2, "mg/l": 52.0, "mmol/l": 1.3, "meq/l": 2.6}
_BARE = ((2.6, 8.0), (10.4, 80.0), (104.0, float("inf")))
_BARE_IONIZED = ((1.3, 4.0), (5.2, 40.0), (52.0, float("inf")))
_RANGE_IN_WORDS = re.compile(r"\d+(?:\.\d+)?\s*[-\u2013]\s*(?P<upper>\d+(?:\.\d+)?)")


def _is_hypercalcemia(observation: Observation, *, ionized: bool) -> bool:
    """Whether a value that no flag and no range judges is too high, or above a range that is written in words."""
    value = measured(observation)
    if value is None or value.value is None or flags(observation) & NOT_HIGH or ratio(observation) is not None:
        return False
    if _RANGED.match((observation.value_string or "").strip()):
        return False
    written = (_RANGE_IN_WORDS.search(each.text or "") for each in observation.reference_range)
    limits = [float(found["upper"]) for found in written if found is not None]
    if limits:
        return value.value > max(limits)
    limit = (_HYPERCALCEMIA_IONIZED if ionized else _HYPERCALCEMIA).get(
        (value.unit or value.code or "").strip().lower()
    )
    if limit is not None:
        return value.value > limit
    return any(over < value.value < under for over, under in (_BARE_IONIZED if ionized else _BARE))


def _said_raised(value: str) -> bool:
    """Whether a value in words calls itself raised, by a flag ("12.4 mg/dL HH") or the range it gives."""
    ranged = _RANGED.match(value.strip())
    return _CALLED_HIGH.search(value) is not None or (
        ranged is not None and float(ranged["value"]) > float(ranged["upper"])
    )


_CALLED_HIGH = re.compile(r"\b(?<!not )(?:HH?|high|raised|elevated|critical)\b|\*", re.IGNORECASE)
_RANGED = re.compile(
    r"(?P<value>\d+(?:\.\d+)?)\s*[a-z/]*\s*[(\[]?\s*(?:ref\w*:?\s*)?\d+(?:\.\d+)?\s*[-\u2013]\s*"
    r"(?P<upper>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)


def _name(test: str) -> str:
    return "alkaline phosphatase raised" if is_alkaline_phosphatase(test) else "liver test abnormal"


def _mild(observation: Observation, source: Source) -> bool:
    """A value a little above its limit. One within it that is flagged high, or flagged critical, contradicts itself."""
    times, most = ratio(observation), source.windows.mild_alkaline_phosphatase
    return times is not None and 1 < times <= most and not flags(observation) & VERY_HIGH


def _shown(value: str, observation: Observation) -> Evidence:
    on = observed(observation)
    return Evidence(
        value=value,
        resources=(reference_to(observation),),
        date=on.text if on is not None else None,
    )


def _newest_values(since: When | None, source: Source) -> dict[str, Observation]:
    """The newest value of each test; where several may be the newest, the gravest of them."""
    found = {
        test: [each for each in values if not _older(each, since, source)]
        for test, values in blood_results(source).items()
    }
    return {test: max(maybe_newest(values), key=partial(_gravity, test)) for test, values in found.items() if values}


def _older(observation: Observation, since: When | None, source: Source) -> bool:
    on = observed(observation)
    return since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest)


def _gravity(test: str, observation: Observation) -> float:
    """By how much it is raised, infinitely where nobody says; then what nobody can judge; then what is normal."""
    if is_raised(observation):
        times = ratio(observation)
        return float("inf") if times is None else times
    return -1.0 if _judged(test, observation) else 0.0


def _judged(test: str, observation: Observation) -> bool:
    """Whether a flag that we know, a reference range or a plainly low value says that a result is not raised."""
    if flags(observation) & NOT_HIGH or ratio(observation) is not None:
        return True
    value = observation.value_quantity
    if value is None:
        return _judged_in_words(test, observation.value_string or "")
    if value.value is None or value.comparator in MORE_THAN:
        return False
    return _is_surely_normal(test, value.value, value.code or value.unit or "")


def _is_surely_normal(test: str, value: float, written: str) -> bool:
    return value <= _SURELY_NORMAL.get((test.partition(":")[0], in_short(written)), float("-inf"))


def _judged_in_words(test: str, text: str) -> bool:
    """Whether a value that is written as words says that it is normal, or is a number that surely is: "<5", "84 U/L".

    Without a unit only enzymes are judged, and none that may be in microkatal.
    """
    if _CALLED_NORMAL.fullmatch(text.strip()):
        return True
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return False
    value, unit = float(found["value"]), found["unit"].strip()
    bare = not unit and (value >= _NEVER_MICROKATAL or bool(found["under"]))
    return _is_surely_normal(test, value, "u/l" if bare else unit)


_CALLED_NORMAL = re.compile(r"(?:normal|wnl|within normal (?:limits|range)|not raised|not elevated)\.?", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<under><=?)?\s*(?P<value>\d+(?:\.\d+)?)(?P<unit>\s*[a-z\u00b5\u03bc]*(?:/[a-z]+)?)", re.IGNORECASE
)
_NEVER_MICROKATAL = 10.0
"""Of an enzyme 10 microkatal a litre are 600 units a litre; nobody leaves such a value without a flag."""


# --- tumour markers ---------------------------------------------------------------------------------------------------
def tumor_marker(found: tuple[Diagnosis, ...], source: Source) -> Fact:
    """Raised tumour markers: never a reason for imaging by themselves (E52)."""
    proof = [
        Evidence(
            value="tumour marker raised", resources=(each.reference,), date=each.since.text if each.since else None
        )
        for each in found
        if each.course is Course.ACTIVE and ("tumor-marker-raised" in each.sets or _names_marker(each))
    ]
    proof += [
        Evidence(value="tumour marker raised", resources=(reference_to(each),))
        for each in source.observations("tumor-marker")
        if has_result(each) and is_raised(each)
    ]
    for draft in source.drafts:
        if _says_marker(source.order_readings(draft)) or source.has("tumor-marker-raised", *draft.reason_code):
            proof.append(Evidence(value="tumour marker named in the order", resources=(reference_to(draft),)))
    return Known("yes", evidence=tuple(proof)) if proof else Known("no")


def _names_marker(diagnosis: Diagnosis) -> bool:
    return _says_marker((*diagnosis.words, *diagnosis.noted))


def _says_marker(readings: Iterable[Reading]) -> bool:
    said = (mention for reading in readings for mention in reading.of(Kind.TUMOR_MARKER))
    return any(mention.may_hold for mention in said)
