"""Observations of the stage that no code tells, only their name: "Clinical stage", "AJCC stage group", "TNM", "cT"."""

import re

from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source, texts_of
from cds_service.fhir.resources import CodeableConcept
from cds_service.value import Value


class StageName(Value, frozen=True):
    """What is stated, t, n, m, group, or None where the value says it; and of which time, as in `StageMark`."""

    kind: str | None
    timing: str


def stage_named(code: CodeableConcept | None, source: Source) -> StageName | None:
    """What an Observation states by its name; None of most, and of the stage of another disease."""
    return source.alike(_named, code) if code is not None else None


_CATEGORY = re.compile(
    r"\W*(?=.*\w\w)(?:(?P<time>clinical|pathologic(?:al)?) |(?P<prefix>[cp]))?(?P<kind>[TNM])"
    r"(?:[ -](?:category|stage|classification|value))?\W*",
    re.IGNORECASE,
)
"""A letter alone may be a temperature."""
_GROUP = re.compile(
    r"\W*(?:(?P<time>clinical|pathologic(?:al)?|overall|anatomic|cancer|tumou?r|breast cancer|ajcc|uicc|tnm) )*"
    r"(?:stage|staging|stage group|tnm)(?: (?:group|grouping|category|of (?:the )?(?:breast )?(?:cancer|tumou?r)))?\W*",
    re.IGNORECASE,
)
_SYSTEM = re.compile(r"\b(?:ajcc|uicc|tnm)\b|\bcancer stag(?:e|ing)\b", re.IGNORECASE)
_LONGEST = 200
"""Letters of a name that is no more than one of these; longer ones would be looked through again and again."""


def _named(code: CodeableConcept, source: Source) -> StageName | None:
    names = texts_of(code)
    if any(reading.of(Kind.OTHER_MALIGNANCY) for reading in source.readings(*names)):
        return None
    for name in names:
        short = len(name) <= _LONGEST
        category = _CATEGORY.fullmatch(name) if short else None
        if category is not None:
            time = category["time"] or category["prefix"] or ""
            return StageName(category["kind"].lower(), _timing(time))
        of_group = _SYSTEM.search(name) or (short and _GROUP.fullmatch(name))
        if of_group and "prognos" not in name.lower():
            return StageName(None, _timing(name))
    return None


def _timing(said: str) -> str:
    """A prefix, or a name."""
    lowered = said.lower()
    if lowered == "p" or "patholog" in lowered:
        return "pathologic"
    return "clinical" if lowered == "c" or "clinical" in lowered else "unspecified"
