"""What every reader of Observations needs: when one holds, whether it counts, which cancer it is about."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from cds_service.facts.dates import When, start_of, when
from cds_service.facts.diagnoses import names_breast_cancer
from cds_service.facts.episodes import Cancer
from cds_service.facts.sides import same_side, side_of
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.fhir.references import relative
from cds_service.fhir.resources import CodeableConcept, Observation, ObservationComponent, Quantity

# No result yet, or never one (https://hl7.org/fhir/R4/valueset-observation-status.html).
_WITHOUT_RESULT = frozenset({"registered", "cancelled"})

# Not detected, Absent, No, Negative (SNOMED CT); No, Not at all, Never, Absent (LOINC answer lists); N (HL7 v2 yes/no
# indicator, table 0136). Seen in the presence and absence value sets of hl7-eu/laboratory and HL7/fhir-ips, DICOM CID
# 230, 250, HL7/sdc (LL358-3), medizininformatik-initiative/kerndatensatzmodul-proms, HL7/genomics-reporting.
_NO = frozenset({"260415000", "2667000", "373067005", "260385009", "LA32-8", "LA6568-5", "LA6270-8", "LA9634-2", "N"})
NOT_THERE = re.compile(
    r"\s*(?:no|none|nil|never|not at all|absent|negative|denie[sd]|impalpable"
    r"|(?:not|none|nothing|non)[ -]?(?:palpable|palpated|felt|seen|present|found|noted|detected|identified|evident"
    r"|appreciated|observed|enlarged))[\s.]*",
    re.IGNORECASE,
)
"""A value in words that says no more than that what was looked for is not there."""

# Detected, Present, Yes, Positive (SNOMED CT); Yes (LOINC answer list); Y (HL7 v2 table 0136): the same, DICOM CID 240.
_YES = frozenset({"260373001", "52101004", "373066001", "10828004", "LA33-6", "Y"})
_YES_WORDS = frozenset({"yes", "present", "positive", "detected"})


def observed(observation: Observation) -> When | None:
    """When an observation holds."""
    return when(
        observation.effective_date_time,
        observation.effective_instant,
        start_of(observation.effective_period),
        observation.issued,
    )


def maybe_newest(values: Sequence[Observation]) -> list[Observation]:
    """Those that none surely follows: of one day, of a month that may be the later one, or without a day."""
    dated = [(observed(each), each) for each in values]
    newest = max((on.earliest for on, _ in dated if on is not None), default=date.min)
    return [each for on, each in dated if on is None or on.latest >= newest]


def has_result(observation: Observation) -> bool:
    """Whether there is something to read: a cancelled or merely registered observation found nothing."""
    return observation.status not in _WITHOUT_RESULT


def is_withheld(observation: Observation) -> bool:
    """Whether there is a value that we do not get: of a type that is not read, masked, or lost on the way."""
    reason = observation.data_absent_reason
    if reason is not None:
        return any(coding.code in _WITHHELD for coding in reason.coding)
    return not (
        _has_value(observation) or observation.interpretation or observation.component or observation.has_member
    )


# https://terminology.hl7.org/CodeSystem-data-absent-reason.html: there is a value, and it is not here.
_WITHHELD = frozenset({"masked", "unsupported", "as-text", "error"})


def _has_value(observation: Observation) -> bool:
    values = (
        observation.value_boolean,
        observation.value_integer,
        observation.value_quantity,
        observation.value_string,
    )
    concept = observation.value_codeable_concept
    # A concept that is masked, or of a shape that is not FHIR's, holds nothing.
    told = concept is not None and (concept.text or any(each.code or each.display for each in concept.coding))
    return bool(told) or any(value is not None for value in values)


_WRITTEN = re.compile(r"\s*([<>]=?)?\s*(\d+(?:,\d{3})*(?:[.,]\d+)?)\s*([^\s;()\[\]]*)")


def measured(observation: Observation | ObservationComponent) -> Quantity | None:
    """What was measured, however it is written: as a quantity, an integer, or a number in words, whatever follows it
    ("84 % on air", "42,000 /uL", "7,2 g/dL (L)").
    """
    if observation.value_quantity is not None:
        return observation.value_quantity if observation.value_quantity.value is not None else None
    if observation.value_integer is not None:
        return Quantity(value=observation.value_integer)
    said = (observation.value_string, *texts_of(observation.value_codeable_concept))
    written = next(filter(None, (_WRITTEN.match(text) for text in said if text)), None)
    if written is None:
        return None
    number = re.sub(r",(?=\d{3}(?!\d))", "", written[2]).replace(",", ".")
    return Quantity(value=float(number), comparator=written[1], unit=written[3])


def stated_in(observation: Observation) -> Iterator[Observation | ObservationComponent]:
    """What holds a value: an Observation, and each of its parts."""
    yield observation
    yield from observation.component


# Negative, not detected (https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html).
_INTERPRETED_NO = frozenset({"NEG", "ND"})


def denies(observation: Observation | ObservationComponent) -> bool:
    """Whether an observed finding is said not to be there: by its value, else by its interpretation."""
    if _denied_by_value(observation):
        return True
    interpreted = observation.interpretation and _is_coded(_INTERPRETED_NO, *observation.interpretation)
    return bool(interpreted) and not affirmed_by_value(observation)


def _denied_by_value(observation: Observation | ObservationComponent) -> bool:
    return (
        observation.value_boolean is False
        or observation.value_integer == 0
        or _is_nothing(observation.value_quantity)
        or _is_coded(_NO, observation.value_codeable_concept)
        or any(map(NOT_THERE.fullmatch, _words(observation)))
    )


def _is_nothing(quantity: Quantity | None) -> bool:
    """Whether a quantity is none: 0 of a score, of whatever unit."""
    return quantity is not None and quantity.value == 0 and quantity.comparator not in (">", ">=")


def affirms(observation: Observation) -> bool:
    """Whether an observed finding is said to be there: by its value, or by being recorded without any."""
    if affirmed_by_value(observation):
        return True
    return not (observation.component or _has_value(observation) or observation.data_absent_reason is not None)


def affirmed_by_value(observation: Observation | ObservationComponent) -> bool:
    """Whether the value of an observed finding says that it is there."""
    return (
        bool(observation.value_boolean)
        or _is_coded(_YES, observation.value_codeable_concept)
        or not _YES_WORDS.isdisjoint(_words(observation))
    )


def denied_since(observations: Sequence[Observation]) -> frozenset[int]:
    """The Observations (by `id()`) that only say a finding is there, and that a newer one of the very same denies."""
    denied: dict[_Finding, When] = {}
    for each in observations:
        if has_result(each) and denies(each) and (on := observed(each)) is not None:
            newest = denied.get(_finding(each))
            denied[_finding(each)] = on if newest is None or newest.surely_before(on) else newest
    if not denied:  # nearly all charts
        return frozenset()
    return frozenset(
        id(each)
        for each in observations
        if (denial := denied.get(_finding(each))) is not None and _before(each, denial)
    )


_Finding = tuple[CodeableConcept | None, CodeableConcept | None]


def _finding(observation: Observation) -> _Finding:
    return observation.code, observation.body_site


def _before(observation: Observation, denial: When) -> bool:
    on = observed(observation)
    says_more = observation.note or observation.component or observation.value_string
    return on is not None and on.surely_before(denial) and not says_more and affirms(observation)


def _is_coded(answers: frozenset[str], *concepts: CodeableConcept | None) -> bool:
    """Whether one of these answers, which are in capitals, is among the codes of these concepts."""
    for concept in concepts:
        for coding in concept.coding if concept is not None else ():
            if coding.code and coding.code.strip().upper() in answers:
                return not answers.isdisjoint([code.code for code in codes_of(*concepts)])
    return False


def _words(observation: Observation | ObservationComponent) -> list[str]:
    said = (observation.value_string, *texts_of(observation.value_codeable_concept))
    return [text.strip().strip(".").lower() for text in said if text]


WORK_UP_BEFORE_DAYS = 90
"""A diagnosis is written down at most so long after what was observed on the way to it. Basis: this project."""


def belongs(observation: Observation, cancer: Cancer, others: tuple[Cancer, ...], source: Source) -> bool:
    """Join by focus, then side, then date within the cancer; what cannot be joined is not used."""
    every = (cancer, *others)
    subjects = _subjects(observation, source) if observation.focus else []
    if subjects:
        return not cancer.references.isdisjoint(subjects)
    named = tuple(_named_focus(observation)) if observation.focus or observation.extension else ()
    if not all(_is_of_breast(each, source) for each in named):
        return False
    side = side_of(source, observation.body_site, *named)
    if side in ("left", "right") and any(each.side in ("left", "right") for each in every):
        return same_side(side, cancer.side) and not _of_an_earlier_cancer(observation, cancer)
    if not others:
        return not _of_an_earlier_cancer(observation, cancer)
    return _latest_before(observation, every) is cancer


def _subjects(observation: Observation, source: Source) -> list[str]:
    """The Conditions (`Condition/id`) and Devices it says it is of; a bare id ("urn:uuid:...") is a Condition's if the
    record holds it."""
    named = [relative(each.reference) for each in observation.focus if each.reference]
    bare = [each for each in named if any(condition.id == each for condition in source.record.conditions)]
    return [each for each in named if each.startswith(("Condition/", "Device/"))] + [
        f"Condition/{each}" for each in bare
    ]


def _named_focus(observation: Observation) -> Iterator[CodeableConcept]:
    """What an Observation is about, where that stands in words or codes alone."""
    yield from (CodeableConcept(text=each.display) for each in observation.focus if each.display and not each.reference)
    for extension in observation.extension:
        if (extension.url or "").endswith("/observation-focusCode") and extension.value_codeable_concept is not None:
            yield extension.value_codeable_concept


def _is_of_breast(focus: CodeableConcept, source: Source) -> bool:
    """Whether a focus names the breast, or a tumour of no other organ: "mother" is neither."""
    return names_breast_cancer(focus, source) or any(map(_OF_NO_ORGAN.fullmatch, texts_of(focus)))


_OF_NO_ORGAN = re.compile(
    r"\W*(?:the |her |left |right |primary |index |main |malignant |invasive |known )*"
    r"(?:tumou?r|cancer|carcinoma|malignancy|neoplasm|lesion|primary|diagnosis|patient)\W*",
    re.IGNORECASE,
)


def _of_an_earlier_cancer(observation: Observation, cancer: Cancer) -> bool:
    """Observed well before the cancer was known: of another one, which is no longer on record."""
    on = observed(observation)
    return on is not None and cancer.since is not None and on.surely_older(WORK_UP_BEFORE_DAYS, cancer.since.earliest)


def _latest_before(observation: Observation, every: tuple[Cancer, ...]) -> Cancer | None:
    """The last cancer that was known by the day of the observation; None where a date is missing, or two tie."""
    on = observed(observation)
    dated = [(each.since.earliest, each) for each in every if each.since is not None]
    if on is None or len(dated) < len(every):
        return None
    known = [(since, each) for since, each in dated if since <= on.latest]
    last = max((since for since, _ in known), default=None)
    latest = [each for since, each in known if since == last]
    return latest[0] if len(latest) == 1 else None
