"""On which sides the cancers are, where the record does not say it: as the reports of breast and axilla have it."""

import re
from collections.abc import Iterable

from cds_service.facts.breast_reports import names_malignancy
from cds_service.facts.breast_statements import SIDES, part, statements
from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source
from cds_service.fhir.resources import DiagnosticReport


def own_sides(sides: frozenset[str], reports: Iterable[DiagnosticReport], source: Source) -> frozenset[str]:
    """The sides of the cancers; where the record has none, the one on which reports know, else see, a tumour."""
    if sides & SIDES or "bilateral" in sides:
        return SIDES if "bilateral" in sides else sides & SIDES
    known: set[str] = set()
    malignant: set[str] = set()
    lumps: set[str] = set()
    for report in reports:
        text, reading = report.conclusion or "", source.read(report.conclusion)
        known.update((found["side"] or found["same"]).lower() for found in _KNOWN_SIDE.finditer(text))
        for each in statements(report, source):
            if len(each.sides) == 1:
                said = part(reading, each)
                if names_malignancy(text[each.start : each.end], said) or CALLED_MALIGNANT.search(
                    text, each.start, each.end
                ):
                    malignant |= each.sides
                elif any(m.may_hold and m.value in TAKEN.get(m.kind, ()) for m in said.mentions):
                    lumps |= each.sides
    for found in (known, malignant, lumps):
        if found:
            return frozenset(found) if len(found) == 1 else frozenset()
    return frozenset()


TAKEN = {
    Kind.LOCAL_SYMPTOM: frozenset({"breast-lump", "breast-mass"}),
    Kind.NODE: frozenset({"suspicious", "proven", "positive"}),
    Kind.IMAGING_FINDING: frozenset({"unspecified"}),
}
"""Masses, and suspicious findings and nodes that a cancer of that side would explain."""
CALLED_MALIGNANT = re.compile(r"rads\W*(?:category|cat|score)?\W*[56]\b|\b[MURP]5\b|highly suggestive", re.IGNORECASE)
_KNOWN_SIDE = re.compile(
    r"(?:\bknown|index|proven)(?: (?:malignant|invasive|biopsy|proven|the|a|cancer|carcinoma|malignancy|mass"
    r"|lesion|tumou?r|in|of|,)){0,8}"
    r" (?P<side>left|right)\b|\b(?P<same>left|right)(?: breast)?(?: (?:mass|lesion|cancer|carcinoma|tumou?r))?:?"
    r" (?:as |is |is the |the |= ?|already )?(?:known|index)\b",
    re.IGNORECASE,
)
"""The side of the cancer, where the record has none and a report names it."""
