"""Reports that are notes, "Consult note", "Discharge summary": of the patient and her cancer, not of a study.

They are written as the notes on the cancer are, and are understood as those (`facts.cancer_notes`), or not at all.
"""

import re

from cds_service.facts.advanced import stages_advanced
from cds_service.facts.cancer_notes import tells_of_a_fresh_one, understand_note
from cds_service.facts.dates import When
from cds_service.facts.mentions import Kind, Mention
from cds_service.facts.source import Source, codes_of, texts_of
from cds_service.facts.studies import date_of
from cds_service.fhir.resources import DiagnosticReport
from cds_service.knowledge.record_words import In

_OF_A_CLINIC = re.compile(
    r"\bconsult(?:ation)?\b|\b(?:progress|clinic|office|visit|oncology|follow[- ]?up|admission|referral)"
    r" (?:notes?|letter|summary)\b|\bhistory and physical\b|\bh ?& ?p\b|\bclinic letter\b",
    re.IGNORECASE,
)

_OF_A_CALLING = re.compile(
    r"\b(?:nurs(?:e|ing)|navigator|navigation|social work(?:er)?|nutrition|dietitian|dietician|dietary"
    r"|genetic counsel(?:l?ing|l?or)"
    r"|(?:physical|occupational) therapy|lymphedema|pre-?anesthesia|pre-?anaesthesia|anesthesia|anaesthesia"
    r"|pre-?op(?:erative)?"
    r"|survivorship|wellness|breast clinic|surgery clinic|telephone|phone|telehealth)"
    r" (?:[a-z]+ )?(?:notes?|visit|evaluation|assessment|consult(?:ation)?|encounter|summary|follow[- ]?up)\b"
    r"|\b(?:oncology|breast clinic) follow[- ]?up\b",
    re.IGNORECASE,
)
"""Notes by those who wrote them."""
_CLINICAL_NOTES = frozenset({"11488-4", "34117-2", "11506-3"})
"""Consultation, history and physical, and progress note (LOINC), which US Core names for notes of clinics:
https://hl7.org/fhir/us/core/ValueSet-us-core-clinical-note-type.html"""
_OF_TREATMENT = re.compile(
    r"\bdischarge (?:summary|note)\b|\boperati(?:ve|on) (?:report|note|record|summary)\b|\bop (?:note|report)\b"
    r"|\b(?:treatment|completion|radiation oncology) (?:completion )?(?:summary|note|report)\b"
    r"|\bend[- ]of[- ]treatment\b|\btumou?r board\b|\bmultidisciplinary\b|\bmd[tm]\b",
    re.IGNORECASE,
)
"""Notes on a stay, an operation, radiotherapy, or what a tumour board decided."""


def tells_of_patient(report: DiagnosticReport, source: Source) -> bool:
    """Whether a report is a note in the wider sense: a symptom in it is the patient's, and no study's indication."""
    return _kind_of(report, source) is not None


def is_settled(report: DiagnosticReport, since: When | None, sides: frozenset[str], source: Source) -> bool:
    """Whether a report is such a note, and all that it says is of the cancers of these sides, known `since`."""
    note = report.conclusion
    kind = _kind_of(report, source)
    if not note or kind is None:
        return False
    side = next(iter(sides)) if len(sides) == 1 else "unstated"
    if understand_note(note, side, source, kind).open or stages_advanced(source.read(note)):
        return False
    new = since is not None and since.surely_within(source.windows.new_disease_days, source.today)
    if kind is In.TREATMENT_NOTE and not new and not _is_of_first_treatment(report, since):
        return False
    named = any(
        each.may_hold and not _is_dated_long_ago(note, each, source)
        for each in source.read(note).of(Kind.BREAST_CANCER)
    )
    return new or not ((named and kind is In.NOTE) or tells_of_a_fresh_one(note, source))


def tells_of_later_surgery(report: DiagnosticReport, since: When | None, source: Source) -> bool:
    """Whether a note tells of an operation on breast or axilla after the first treatment of the cancer known `since`.

    However well it is understood, it was for a recurrence, or for another cancer (E21).
    """
    if not report.conclusion or _kind_of(report, source) is not In.TREATMENT_NOTE:
        return False
    on = date_of(report)
    if since is None:  # as where the operation itself is on record: one of months ago is her first treatment or later
        first = on is not None and on.surely_older(source.windows.new_disease_days, source.today)
    else:
        first = since.surely_within(source.windows.new_disease_days, source.today)
        first = first or _is_of_first_treatment(report, since)
    return not first and any(each.may_hold for each in source.read(report.conclusion).of(Kind.SURGERY))


def _is_dated_long_ago(note: str, cancer: Mention, source: Source) -> bool:
    """ "2021 left breast cancer": whether the year right before a cancer is long over."""
    year = _YEAR_BEFORE.search(note[: cancer.start])
    return year is not None and int(year["year"]) < source.today.year - 1


_YEAR_BEFORE = re.compile(r"\b(?P<year>(?:19|20)\d\d):? (?:(?:left|right|l|r) )?(?:(?:sided|early) )?\Z", re.IGNORECASE)


def _is_of_first_treatment(report: DiagnosticReport, since: When | None) -> bool:
    """Whether what a note tells of was the treatment of the cancer known `since`: later it is of another, or of its
    recurrence.
    """
    on = date_of(report)
    return on is not None and since is not None and (on.latest - since.earliest).days <= _FIRST_TREATMENT_DAYS


_FIRST_TREATMENT_DAYS = 365
"""So long surgery, chemotherapy and radiotherapy of a cancer take together. Basis: this project."""


def _kind_of(report: DiagnosticReport, source: Source) -> In | None:
    """By whose words a report is read as a note; None for one that is no note.

    What names a study is none, whatever it is filed as.
    """
    named = _kind_named(report)
    if named is not None:
        return named
    names = texts_of(report.code)
    if any(each.of(Kind.MODALITY) for each in source.readings(*names)):
        return None
    coded = {coding.code for concept in (report.code, *report.category) for coding in codes_of(concept)}
    if not coded.isdisjoint(_CLINICAL_NOTES) or any(_OF_A_CALLING.search(name) for name in names):
        return In.NOTE
    return None


def _kind_named(report: DiagnosticReport) -> In | None:
    names = texts_of(report.code)
    if any(_OF_TREATMENT.search(name) for name in names):
        return In.TREATMENT_NOTE
    return In.NOTE if any(_OF_A_CLINIC.search(name) for name in names) else None
