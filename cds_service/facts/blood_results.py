"""Which Observations, and which parts of them, are results of liver tests or calcium: by code, else by their names."""

import re
from collections.abc import Iterable, Iterator
from operator import itemgetter

import msgspec

from cds_service.facts.observations import denies, has_result, is_withheld
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.fhir.resources import CodeableConcept, Observation, ObservationComponent
from cds_service.fhir.retrieved import Record

ALKALINE_PHOSPHATASE = "alkaline-phosphatase"
CALCIUM = "calcium"


def blood_results(source: Source) -> dict[str, list[Observation]]:
    """The results of each liver test and of calcium, in the record's order.

    A test is named as its value set names it; one that only words name, by its kind and these words, so that no result
    of one stands for another ("bilirubin: Bilirubin, direct").
    """
    return source.once(_results, source.record)


def is_calcium(test: str) -> bool:
    """Whether a test is of calcium, however it is named."""
    return test.partition(":")[0] == CALCIUM


def is_ionized(test: str) -> bool:
    """Whether a test is of ionized calcium, of which there is about half as much as of all."""
    return _IONIZED.search(test) is not None


def is_alkaline_phosphatase(test: str) -> bool:
    """Whether a test is of alkaline phosphatase, however it is named."""
    return test.partition(":")[0] == ALKALINE_PHOSPHATASE


def _results(record: Record, source: Source) -> dict[str, list[Observation]]:
    every = source.observed.tests.every
    results = [
        (at, name, every[at])
        for test in source.observed.tests.groups
        if (name := blood_test(test.code, source)) is not None
        for at in test.places
    ]
    for at in source.observed.panels:
        results += [(at, *result) for result in _parts(every[at], source)]
    found: dict[str, list[Observation]] = {}
    for _, test, result in sorted(results, key=itemgetter(0)):
        if not has_result(result) or not (_has_value(result) or _is_lost(result)):
            continue
        if not (":" in test and denies(result)):  # "Bilirubin: negative", of some strip
            found.setdefault(test, []).append(result)
    return found


def _parts(observation: Observation, source: Source) -> Iterator[tuple[str, Observation]]:
    """The tests of a panel that are read here, each with its component as an Observation of the same day."""
    for part in observation.component:
        test = blood_test(part.code, source)
        if test is not None:
            yield test, of_part(observation, part)


def of_part(panel: Observation, part: ObservationComponent) -> Observation:
    """A component as an Observation of the day of its panel."""
    return msgspec.structs.replace(
        panel,
        code=part.code,
        value_quantity=part.value_quantity,
        value_codeable_concept=part.value_codeable_concept,
        value_string=part.value_string,
        value_boolean=part.value_boolean,
        value_integer=part.value_integer,
        interpretation=part.interpretation,
        reference_range=part.reference_range,
        component=(),
    )


def _is_lost(observation: Observation) -> bool:
    """Whether there was a value, as its reason to be absent or its type says, that is not here to be judged."""
    ranged = observation.value_range is not None or observation.value_ratio is not None
    return ranged or (observation.data_absent_reason is not None and is_withheld(observation))


def _has_value(observation: Observation) -> bool:
    return bool(
        observation.value_quantity
        or observation.value_integer is not None
        or observation.interpretation
        or observation.value_codeable_concept
        or observation.value_string
    )


def blood_test(code: CodeableConcept | None, source: Source) -> str | None:
    """The liver test, or the calcium, that a code names, as `blood_results` calls it."""
    if code is None:
        return None
    sets = source.sets_of(code)
    if ALKALINE_PHOSPHATASE in sets:
        return ALKALINE_PHOSPHATASE
    if "liver-test" in sets:
        return _display("liver-test", code, source)
    if CALCIUM in sets:
        return f"{CALCIUM}: {_display(CALCIUM, code, source)}"
    kind = None if sets else source.alike(_called, code)
    return f"{kind}: {texts_of(code)[0]}" if kind is not None else None


def _display(value_set: str, code: CodeableConcept, source: Source) -> str:
    named = (source.knowledge.value_sets.display(value_set, each) for each in codes_of(code))
    return next(name for name in named if name is not None)


def is_not_of_blood(names: Iterable[str]) -> bool:
    """Whether one of the names of a test says that it is another one than of blood, or no concentration in it."""
    return any(map(_NOT_OF_BLOOD.search, names))


def _called(code: CodeableConcept, source: Source) -> str | None:
    """The kind of test that words name: laboratories have codes of their own, and LOINC several for one test."""
    said = texts_of(code)
    if is_not_of_blood(said):
        return None
    return next((kind for kind, words in _KINDS if any(words.search(text) for text in said)), None)


_AS = r"(?:serum|plasma|total|free|(?:alb(?:umin)?[ -])?(?:adj(?:usted)?|corr(?:ected)?)|ion(?:i[sz]ed)?)\b"
"""How a laboratory writes, beside a name of few letters, that it is of blood, of all of it, or corrected."""
_BEFORE = rf"(?:[SPB]-|(?:{_AS}\.? ?)+)?"
_BEHIND = rf"(?:[ ,(]+(?:{_AS}[ .,)]*)+)?"
_BILI = r"bilirubin|\b(?:[tdi]bili?|bili[tdi]?|(?:total|direct) bil)\b"
_KINDS = (
    (ALKALINE_PHOSPHATASE, re.compile(r"(?i:\balk(aline)?\.?[ -]?phos|\balkp\b)|\bALP\b")),
    ("ALT", re.compile(r"(?i:alanine (amino ?)?trans)|\b(ALT|SGPT|GPT|ALAT)\b")),
    ("AST", re.compile(r"(?i:aspartate (amino ?)?trans)|\b(AST|SGOT|GOT|ASAT)\b")),
    ("bilirubin", re.compile(rf"^(?=.*(?:direct|conj|\bd\b|\b[di]bil|\bbili[di]\b)).*?(?:{_BILI})", re.IGNORECASE)),
    ("Bilirubin, total", re.compile(_BILI, re.IGNORECASE)),
    ("GGT", re.compile(r"\bGGTP?\b|(?:\bgamma|\u03b3)[ -]?(?:GT\b|glutamyl)", re.IGNORECASE)),
    ("LDH", re.compile(rf"(?i:\bLDH\b|\blact(?:ate|ic)(?: acid)? dehydrogenase)|^(?i:{_BEFORE})LD(?i:{_BEHIND})$")),
    (CALCIUM, re.compile(rf"\bcalcium\b|^{_BEFORE}i?[ -]?Ca(?:\+\+|2\+)?{_BEHIND}$", re.IGNORECASE)),
)
_IONIZED = re.compile(r"\b(?:ion|free\b)|\bi[ -]?Ca\b", re.IGNORECASE)
_NOT_OF_BLOOD = re.compile(
    r"urin|\bua\b|^u[ -]|\b24 ?h|dipstick|\bstrip|stool|f(a)?eces|fluid|pleura|ascit|perito|\bcsf\b|\bratio|index|cord"
    r"|transcutaneous|leukocyte|neutrophil|stain|suscept|score|coronary|oxalate|channel",
    re.IGNORECASE,
)
"""What is called alike and is another test: of urine, of a fluid, a stain of blood cells, of bacteria (AST)."""
