"""Laboratory values that bear on distant disease: liver tests, and tumour markers, which never do so by themselves."""

from collections.abc import Iterable

from cds_service.facts.diagnoses import Course, Diagnosis
from cds_service.facts.mentions import Kind, Meant, Reading
from cds_service.facts.model import NOT_RETRIEVED, Evidence, Fact, Known
from cds_service.facts.observations import has_result, observed
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.fhir.resources import Observation
from cds_service.value import Value

ALKALINE_PHOSPHATASE = "alkaline-phosphatase"

# What is surely normal where a result comes without flag and reference range, by LOINC code and unit: the lowest upper
# limits found (ALT of women, AST: droracle.ai article 281047; alkaline phosphatase of adults: mlabs.umich.edu; total
# bilirubin: msdmanuals.com, Blood Tests). They only ever decide between "normal" and "nobody can say".
_SURELY_NORMAL = {
    ("1742-6", "u/l"): 34.0,
    ("1920-8", "u/l"): 40.0,
    (ALKALINE_PHOSPHATASE, "u/l"): 116.0,
    ("1975-2", "mg/dl"): 1.0,
}


class LiverTests(Value, frozen=True, kw_only=True):
    """The fact, and the tests whose newest value nobody can judge: no flag, no reference range."""

    fact: Fact
    unjudged: tuple[Evidence, ...] = ()

    @property
    def mild(self) -> bool:
        """Whether an isolated mild alkaline phosphatase is all there is."""
        return isinstance(self.fact, Known) and self.fact.value == "isolated-alkaline-phosphatase"


def liver_tests(source: Source) -> LiverTests:
    """Liver tests by the newest value of each.

    An isolated alkaline phosphatase at most `mild_alkaline_phosphatase` times the upper limit stays a note (C15);
    anything more is a laboratory sign.
    """
    newest = _newest_values(source)
    raised = {test: each for test, each in newest.items() if _raised(each)}
    unjudged = tuple(
        _shown("liver test without reference range", each)
        for test, each in newest.items()
        if test not in raised and not _judged(test, each)
    )
    if not raised:
        fact = NOT_RETRIEVED if source.record.failed("observations") else Known("normal")
        return LiverTests(fact=fact, unjudged=unjudged)
    evidence = tuple(_shown(_RAISED.get(test, "liver test abnormal"), each) for test, each in raised.items())
    if set(raised) == {ALKALINE_PHOSPHATASE}:
        ratio = _ratio(raised[ALKALINE_PHOSPHATASE])
        if ratio is not None and ratio <= source.windows.mild_alkaline_phosphatase:
            return LiverTests(fact=Known("isolated-alkaline-phosphatase", evidence=evidence), unjudged=unjudged)
    return LiverTests(fact=Known("abnormal", evidence=evidence), unjudged=unjudged)


_RAISED = {ALKALINE_PHOSPHATASE: "alkaline phosphatase raised"}


def _shown(value: str, observation: Observation) -> Evidence:
    on = observed(observation)
    return Evidence(
        value=value,
        resources=(reference_to(observation),),
        date=on.text if on is not None else None,
    )


def _newest_values(source: Source) -> dict[str, Observation]:
    found: dict[str, Observation] = {}
    if not (source.observations(ALKALINE_PHOSPHATASE) or source.observations("liver-test")):
        return found
    for observation in source.telling_observations:
        test = _test(observation, source)
        if test is not None and has_result(observation) and _has_value(observation):
            known = found.get(test)
            if known is None or _at_least_as_new(observation, known):
                found[test] = observation
    return found


def _test(observation: Observation, source: Source) -> str | None:
    if source.has(ALKALINE_PHOSPHATASE, observation.code):
        return ALKALINE_PHOSPHATASE
    if source.has("liver-test", observation.code):
        sets = source.knowledge.value_sets
        return next(code.code for code in codes_of(observation.code) if sets.matches("liver-test", code))
    return None


def _has_value(observation: Observation) -> bool:
    return bool(
        observation.value_quantity
        or observation.interpretation
        or observation.value_codeable_concept
        or observation.value_string
    )


def _at_least_as_new(one: Observation, other: Observation) -> bool:
    """Of two values of one day the raised one counts: the order of a record says nothing."""
    first, second = observed(one), observed(other)
    if first is None or second is None:
        return _raised(one) or not _raised(other)  # without both days nobody knows which is the newer one
    return first.latest > second.latest or (first.latest == second.latest and _raised(one))


_HIGH = frozenset({"H", "HH", "HU", "HX", "A", "AA", ">", "H>", "POS"})


def _flags(observation: Observation) -> frozenset[str]:
    return frozenset(
        coding.code.strip().upper()
        for concept in observation.interpretation
        for coding in concept.coding
        if coding.code
    )


def _raised(observation: Observation) -> bool:
    words = " ".join(texts_of(*observation.interpretation)).lower().replace("not abnormal", "")
    if _flags(observation) & _HIGH or "high" in words or "abnormal" in words or "elevated" in words:
        return True
    ratio = _ratio(observation)
    return ratio is not None and ratio > 1


def _judged(test: str, observation: Observation) -> bool:
    """Whether a flag, a reference range or a plainly low value says what a result means."""
    if observation.interpretation or _ratio(observation) is not None:
        return True
    value = observation.value_quantity
    if value is None or value.value is None or value.comparator in (">", ">="):
        return False
    unit = (value.code or value.unit or "").strip().lower().removeprefix("i").replace("[iu]", "u")
    return value.value <= _SURELY_NORMAL.get((test, unit), float("-inf"))


def _ratio(observation: Observation) -> float | None:
    """The value as a multiple of its upper limit; None where either is missing, inexact, or units differ."""
    value = observation.value_quantity
    limits = [each.high for each in observation.reference_range if each.high is not None and each.high.value]
    if value is None or value.value is None or len(limits) != 1 or value.comparator in (">", ">="):
        return None
    limit = limits[0]
    if limit.value is None or limit.value <= 0 or (limit.unit and value.unit and limit.unit != value.unit):
        return None
    return value.value / limit.value


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
        if has_result(each) and _raised(each)
    ]
    for draft in source.drafts:
        if _says_marker(source.order_readings(draft)) or source.has("tumor-marker-raised", *draft.reason_code):
            proof.append(Evidence(value="tumour marker named in the order", resources=(reference_to(draft),)))
    return Known("yes", evidence=tuple(proof)) if proof else Known("no")


def _names_marker(diagnosis: Diagnosis) -> bool:
    return _says_marker((*diagnosis.words, *diagnosis.noted))


def _says_marker(readings: Iterable[Reading]) -> bool:
    said = (mention for reading in readings for mention in reading.of(Kind.TUMOR_MARKER))
    return any(mention.meant in (Meant.AFFIRMED, Meant.UNCERTAIN) for mention in said)
