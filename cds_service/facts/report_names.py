"""What a report is of, in our words: so that somebody who is told that it was not understood finds it."""

from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source, texts_of
from cds_service.facts.studies import recorded_study
from cds_service.fhir.resources import DiagnosticReport

_CALLED = {
    "ct": "CT",
    "mri": "MRI",
    "ultrasound": "ultrasound",
    "radiography": "radiography",
    "mammography": "mammography",
    "bone-scan": "bone scan",
    "pet": "PET",
    "biopsy": "tissue",
}
_LABORATORY = frozenset({"LAB", "laboratory", "CH", "HM", "MB"})
"""https://terminology.hl7.org/CodeSystem-v2-0074.html"""


def name_of(report: DiagnosticReport, source: Source) -> str | None:
    """The study of a report, else its kind; None where neither code, name nor section says so."""
    studies = recorded_study(report.code, source).procedures
    if studies:
        study = source.knowledge.procedures[studies[0]]
        return study.short or study.name
    for reading in source.readings(*texts_of(report.code)):
        for mention in reading.of(Kind.MODALITY):
            if mention.value in _CALLED:
                return _CALLED[mention.value]
    if any(coding.code in _LABORATORY for concept in report.category for coding in concept.coding):
        return "laboratory"
    return None
