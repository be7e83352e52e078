"""What is read in every report alike: its texts, its symptoms, and that nobody understood it."""

from collections.abc import Iterator

import msgspec

from cds_service.facts import unread
from cds_service.facts.advice import is_watched_for
from cds_service.facts.conclusions import OF_A_FINDING
from cds_service.facts.mentions import Kind, Reading
from cds_service.facts.model import Evidence
from cds_service.facts.report_names import name_of
from cds_service.facts.source import Source, texts_of
from cds_service.facts.suspicion import Suspicion
from cds_service.fhir.resources import DiagnosticReport

IMAGING_OF_THE_BODY = frozenset({"ultrasound", "mri", "ct", "pet", "bone-scan", "radiography"})
"""Imaging that sees more than the breast."""

UNDER_WAY = frozenset(
    {"registered", "partial", "preliminary", "final", "amended", "corrected", "appended", "unknown", None}
)
"""States of a study that was done, or is under way; a registered one has found something that nobody told yet
(https://hl7.org/fhir/R4/valueset-diagnostic-report-status.html)."""
FINDING_KINDS = ("imaging-finding", "sign")
"""Of what a report says beside its conclusion, and of breast reports, these kinds count."""
ALKALINE_PHOSPHATASE = "alkaline-phosphatase-raised"
"""The laboratory finding that other liver tests may explain."""


def texts_of_report(report: DiagnosticReport) -> tuple[str, ...]:
    """What a report concludes: in its own words, and in those of its coded conclusions."""
    return (*((report.conclusion,) if report.conclusion else ()), *texts_of(*report.conclusion_code))


def unread_report(report: DiagnosticReport, evidence: Evidence, source: Source) -> Suspicion:
    """That nobody can say what a report means, which is named."""
    named = msgspec.structs.replace(evidence, value=unread.REPORT, of=name_of(report, source))
    return Suspicion(kind=None, site="other", evidence=named)


def symptoms_in(text: str, reading: Reading, evidence: Evidence) -> Iterator[Suspicion]:
    """The symptoms that a report names, be it as its indication; not the risks she was told of."""
    for mention in reading.of(Kind.SYMPTOM):
        if mention.may_hold and mention.value not in OF_A_FINDING and not is_watched_for(text, mention.start):
            named = msgspec.structs.replace(evidence, value="symptom in a report")
            yield Suspicion(kind=None, site="other", evidence=named)
