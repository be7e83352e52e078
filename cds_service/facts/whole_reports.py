"""Reports of results with all of their text: what stands in their files is as much a conclusion as what stands there,
and so is, of a sample, a coded conclusion that stands alone.

Notes are not results: they are looked through (`facts.attached_texts`).
"""

import re
from dataclasses import replace

import msgspec

from cds_service.facts.breast_studies import is_sample
from cds_service.facts.clinic_notes import tells_of_patient
from cds_service.facts.file_texts import LONGEST, texts_beside
from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source, texts_of
from cds_service.fhir.resources import DiagnosticReport

_NOTE = re.compile(
    r"\b(?:notes?|letter|encounter|evaluation|assessment|summary|visit|session|medication review"
    r"|consult(?:ation)?|counsel\w*|physio\w*|(?:physical|occupational|speech) therapy)\b",
    re.IGNORECASE,
)
_OF_TISSUE = re.compile(r"patholog|cytolog|histolog|slide|specimen|smear", re.IGNORECASE)


def is_note_in_file(report: DiagnosticReport, source: Source) -> bool:
    """Whether a report is a note of a clinic or a therapist, by its code, category or name; what names a study or a
    sample of tissue is none.
    """
    names = texts_of(report.code)
    if any(map(_OF_TISSUE.search, names)):
        return False
    if tells_of_patient(report, source):
        return True
    return any(map(_NOTE.search, names)) and not any(each.of(Kind.MODALITY) for each in source.readings(*names))


def with_whole_reports(source: Source) -> Source:
    """The source with a record whose reports of results hold their files in their conclusions."""
    reports = source.record.diagnostic_reports
    if not any(each.presented_form or each.text is not None or each.conclusion_code for each in reports):
        return source
    whole = tuple(each if is_note_in_file(each, source) else _whole(each) for each in reports)
    return replace(source, record=replace(source.record, diagnostic_reports=whole))


def _whole(report: DiagnosticReport) -> DiagnosticReport:
    said = report.conclusion or ""
    texts = [text[:LONGEST] for text in texts_beside(report)]
    more = [text for text in texts if " ".join(text.split()) not in " ".join(said.split())]
    if not more:
        return report if said.strip() else _in_words(report)
    # A file is mostly the whole report: its conclusion stands in it again.
    kept = [] if any(" ".join(said.split()) in " ".join(text.split()) for text in more) else [said]
    return msgspec.structs.replace(report, conclusion="\n".join([*kept, *more]))


def _in_words(report: DiagnosticReport) -> DiagnosticReport:
    """A report of a sample that concludes in codes alone, with what their words say for its conclusion."""
    words = [texts_of(each) for each in report.conclusion_code]
    if not words or not all(words) or not is_sample(report):
        return report
    return msgspec.structs.replace(report, conclusion="\n".join(dict.fromkeys(text for said in words for text in said)))
