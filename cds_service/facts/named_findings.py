"""Observations whose name tells of a metastasis, a finding or a symptom, and whose value says that it is there.

"Number of liver metastases: 3", "Liver lesion: 14 mm", "Bone pain: severe". A score of pain is among them only where
something says the place: most charts hold many, and of pain in no place.
"""

import re

from cds_service.facts.breast_studies import names_breast
from cds_service.facts.indexed import PAIN_AT_A_PLACE
from cds_service.facts.mentions import Kind
from cds_service.facts.observations import denies, stated_in
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.facts.stage_statements import says_nothing
from cds_service.fhir.resources import CodeableConcept, Observation, ObservationComponent


def finding_in_name(observation: Observation, source: Source) -> tuple[str, ...]:
    """What an Observation is named after, where its value says that it is there; of most, nothing."""
    return _names(observation.code) if _is_there(observation, source) else ()


def pain_at_a_place(observation: Observation) -> tuple[str, ...]:
    """What an Observation that scores pain says of where it is, as of a pain there; of most, nothing."""
    names = texts_of(observation.code)
    if not any(map(_PAIN.search, names)) or not any((_number(each) or 0) > 0 for each in _scored(observation)):
        return ()
    told = (*texts_of(observation.body_site), *(note.text for note in observation.note))
    parts = (part.value_string for part in observation.component)
    return (
        *(f"pain: {text}" for text in filter(None, (*told, *parts))),
        *(_SCORE.sub("", name) for name in names if _PLACED.search(name)),
    )


def measures_response(observation: Observation) -> bool:
    """Whether an Observation measures, by RECIST, lesions that are still there, and none of the breast: where they are
    nobody says, and who is free of disease has none.
    """
    for stated in stated_in(observation):
        names = texts_of(observation.code, stated.code, observation.body_site)
        if not any(map(_RECIST.search, names)) or any(map(names_breast, names)) or denies(stated):
            continue
        words = tuple(filter(None, (stated.value_string, *texts_of(stated.value_codeable_concept))))
        if (_number(stated) or 0) > 0 or any(not _NONE_LEFT.search(word) for word in words):
            return True
    return False


_RECIST = re.compile(r"\bRECIST\b|\btarget lesions?\b", re.IGNORECASE)
_NONE_LEFT = re.compile(
    r"\b(?:complete (?:response|remission)|CR|no (?:evidence|target|measurable)|none|not|NED|NE|N/?A)\b", re.IGNORECASE
)


def _scored(observation: Observation) -> tuple[Observation | ObservationComponent, ...]:
    """What may hold the score: the Observation, or where it has none its parts ("Score: 8", "Location: left ribs")."""
    return (observation,) if _number(observation) is not None else observation.component


def _number(scored: Observation | ObservationComponent) -> float | None:
    return scored.value_quantity.value if scored.value_quantity is not None else scored.value_integer


_PLACED = re.compile(PAIN_AT_A_PLACE, re.IGNORECASE)
_PAIN = re.compile(r"\bpain\b|ache\b", re.IGNORECASE)
_SCORE = re.compile(
    r"\b(?:score|scale|severity|intensity|level|rating|numeric|verbal|reported|NRS|VAS|0[- ](?:to )?10)\b|\[\w+\]", re.I
)


def _is_there(observation: Observation, source: Source) -> bool:
    code = observation.code
    named = source.alike(_named, code) if code is not None else None
    if named is None or denies(observation):
        return False
    number = _number(observation)
    if number is not None:
        return named is Kind.METASTASIS and number > 0
    value = observation.value_codeable_concept
    words = tuple(filter(None, (observation.value_string, *texts_of(value))))
    if named is Kind.SYMPTOM:
        return any(_EXTENT.search(word) and not _DENIED.search(word) for word in words)
    if says_nothing(value, words) or words == ("0",):
        return False
    return (not words and bool(codes_of(value))) or any(_holds(code, word, source) for word in words)


_EXTENT = re.compile(
    r"\b(mild|moderate|severe|slight|some|strong|constant|persistent|intermittent|occasional|frequent|daily|often|new"
    r"|wors\w+|increas\w+|grade [1-4])\b",
    re.IGNORECASE,
)
"""How strong or how often a symptom is felt."""
_DENIED = re.compile(r"\b(no|not|none|never|without|denie[sd])\b", re.IGNORECASE)


def _named(code: CodeableConcept, source: Source) -> Kind | None:
    """METASTASIS of one, or of a sign or finding at a place outside breast and axilla; else SYMPTOM; None of most.

    A metastasis of no place beside nodes is in them.
    """
    readings = source.readings(*_names(code))
    for reading in readings:
        nodal = any(m.value == "axilla" for m in reading.of(Kind.ASKS))
        if any(
            m.value != "unspecified" or (m.kind is Kind.METASTASIS and not nodal)
            for m in reading.of(Kind.METASTASIS, Kind.IMAGING_FINDING, Kind.SIGN)
        ):
            return Kind.METASTASIS
    return Kind.SYMPTOM if any(reading.of(Kind.SYMPTOM) for reading in readings) else None


_MEASURED = re.compile(r"\b(?:size|diameter|volume|dimension|count|number of)\b", re.IGNORECASE)
"""What is measured of it: "lesion size" by itself would ask for the breast."""


def _names(code: CodeableConcept | None) -> tuple[str, ...]:
    return tuple([_MEASURED.sub("", name) for name in texts_of(code)])


def _holds(code: CodeableConcept | None, word: str, source: Source) -> bool:
    """What a value says of its name, read as one statement: "Liver metastases: none seen"."""
    readings = source.readings(*(f"{name}: {word}" for name in _names(code)))
    if any(staged.m == "M0" for reading in readings for staged in reading.staging):
        return False
    return any(m.may_hold for reading in readings for m in reading.of(Kind.METASTASIS, Kind.IMAGING_FINDING, Kind.SIGN))
