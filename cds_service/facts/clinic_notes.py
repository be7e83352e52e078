"""Reports that are notes of a clinic, "Consult note", "H&P": of the patient and the cancer, not of a study.

They are written as the notes on the cancer are, and are understood as those (`facts.cancer_notes`), or not at all.
"""

import re

from cds_service.facts.advanced import stages_advanced
from cds_service.facts.cancer_notes import tells_of_a_fresh_one, understand_note
from cds_service.facts.dates import When
from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source, texts_of
from cds_service.fhir.resources import DiagnosticReport

_OF_A_CLINIC = re.compile(
    r"\bconsult(?:ation)?\b|\b(?:progress|clinic|office|visit|oncology|follow[- ]?up|admission|referral)"
    r" (?:notes?|letter|summary)\b|\bhistory and physical\b|\bh ?& ?p\b|\bclinic letter\b",
    re.IGNORECASE,
)


def is_of_clinic(report: DiagnosticReport) -> bool:
    """Whether a report is the note of a clinic, by its name."""
    return any(_OF_A_CLINIC.search(name) for name in texts_of(report.code))


def is_settled(report: DiagnosticReport, since: When | None, sides: frozenset[str], source: Source) -> bool:
    """Whether a report is such a note, and all that it says is of the cancers of these sides, known `since`."""
    note = report.conclusion
    if not note or not is_of_clinic(report):
        return False
    side = next(iter(sides)) if len(sides) == 1 else "unstated"
    if understand_note(note, side, source).open or stages_advanced(source.read(note)):
        return False
    new = since is not None and since.surely_within(source.windows.new_disease_days, source.today)
    named = any(each.may_hold for each in source.read(note).of(Kind.BREAST_CANCER))
    return new or not (named or tells_of_a_fresh_one(note, source))
