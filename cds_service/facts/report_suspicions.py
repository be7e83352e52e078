"""Suspicions from reports: findings elsewhere, nodes of the wrong axilla, and reports that nobody understood.

A report of another part than breast and axilla has to be understood whole (`facts.conclusions`): a conclusion with
words that nobody knows could say anything; only that of a study that looks for no tumour says little
(`facts.measurements`). One of breast or axilla says what it says of the tumour to `facts.breast_reports`.
"""

import re
from collections.abc import Iterator
from datetime import date

from cds_service.facts import unread
from cds_service.facts.breast_open import leaves_open
from cds_service.facts.breast_sides import own_sides
from cds_service.facts.breast_studies import names_breast, of_breast_or_axilla
from cds_service.facts.breast_suspicions import (
    SAME_TUMOUR_DAYS,
    of_another_side,
    of_breast_report,
    without_own_findings,
)
from cds_service.facts.clinic_notes import is_settled, tells_of_later_surgery
from cds_service.facts.conclusions import understand_conclusion
from cds_service.facts.dates import When, when
from cds_service.facts.elsewhere_suspicions import of_other_report
from cds_service.facts.histology import names_another
from cds_service.facts.laboratory import LiverTests
from cds_service.facts.long_before import of_seen_before
from cds_service.facts.mentions import Kind, Reading, is_denied
from cds_service.facts.model import Evidence
from cds_service.facts.record_suspicions import of_other_side
from cds_service.facts.reported import (
    ALKALINE_PHOSPHATASE,
    FINDING_KINDS,
    UNDER_WAY,
    symptoms_in,
    texts_of_report,
    unread_report,
)
from cds_service.facts.sides import side_of
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.studies import date_of
from cds_service.facts.suspicion import Suspicion, listed, of_reading, tells_of_another
from cds_service.fhir.resources import DiagnosticReport


def of_reports(
    since: When | None,
    sides: frozenset[str],
    source: Source,
    *,
    liver: LiverTests,
    operated: date | None = None,
) -> Iterator[Suspicion]:
    """Findings in reports of the work-up and since, reports that nobody understood, and nodes of an axilla without a
    cancer on its side (E27).

    A symptom in them may be over, or be what the study explained: for as long as a work-up lasts nobody can say.
    `liver`, `operated`: as for `record_suspicions.of_diagnoses`.
    """
    # What came before the operation of a cancer of no day tells how it was found.
    known = since if since is not None or operated is None else when(operated.isoformat())
    of_breast: list[DiagnosticReport] = []
    for report in source.record.diagnostic_reports:
        on = date_of(report)
        evidence = Evidence(
            value="finding in a report", resources=(reference_to(report),), date=on.text if on else None
        )
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            by_code = source.sets_of(*report.conclusion_code)
            yield from of_seen_before(by_code, _understood(report, source), on, since.earliest, evidence, source)
            continue
        old = on is not None and on.surely_older(source.windows.work_up_days, source.today)
        long_ago = on is not None and on.surely_older(source.windows.surveillance_days, source.today)
        if not old and _is_awaited(report, on, since, source):
            yield unread_report(report, evidence, source)
        mild = liver.explains(on, source)
        concluded = source.sets_of(*report.conclusion_code)
        yield from listed(concluded, evidence)
        if "other-malignancy" in concluded or any(source.alike(names_another, each) for each in report.conclusion_code):
            yield unread_report(report, evidence, source)
        if of_breast_or_axilla(report, source):
            of_breast.append(report)
            yield from of_breast_report(report, sides, known, evidence, source, old=old)
        elif not is_settled(report, since, sides, source):
            yield from of_other_report(report, evidence, source, mild=mild, old=old, long_ago=long_ago)
            if tells_of_later_surgery(report, since, source):
                yield unread_report(report, evidence, source)
            if _is_unnamed(report) and names_breast(report.conclusion or ""):
                of_breast.append(report)  # it may be of the breast, or of anything
                if not old:
                    yield unread_report(report, evidence, source)
        for reading in source.readings(*texts_of_report(report)):
            yield from _of_laboratory(reading, evidence, mild=mild)
        for text in filter(None, _beside_conclusion(report)):
            reading = source.read(text)
            said = of_reading(without_own_findings(text, reading), evidence)
            yield from (each for each in said if each.kind in FINDING_KINDS)
            if not old:
                yield from symptoms_in(text, reading, evidence)
            if tells_of_another(text, source):
                yield unread_report(report, evidence, source)
        if _finds_node(report, source) and of_other_side(side_of(source, report.code), sides):
            yield Suspicion(kind=None, site="other", evidence=evidence)
    yield from of_another_side(since, sides, of_breast, source)
    own = own_sides(sides, of_breast, source)
    for report in of_breast:
        if leaves_open(report, own, known, source, recorded=bool(sides - {"unstated"})):
            on = date_of(report)
            evidence = Evidence(value=unread.REPORT, resources=(reference_to(report),), date=on.text if on else None)
            yield unread_report(report, evidence, source)


def _understood(report: DiagnosticReport, source: Source) -> Iterator[Reading]:
    """What a report says that finds anything, without what it explains: "the lesion is a typical haemangioma"."""
    for text in texts_of_report(report):
        if source.read(text).of(Kind.METASTASIS, Kind.IMAGING_FINDING):  # reading is quicker
            yield understand_conclusion(text, is_denied, source).reading  # open or not


def _is_unnamed(report: DiagnosticReport) -> bool:
    return not texts_of(report.code) and not codes_of(report.code)


def _is_awaited(report: DiagnosticReport, on: When | None, since: When | None, source: Source) -> bool:
    """Whether it is of a sample, and says nothing yet, or in a file that nobody could read; or of nobody knows what.

    The sample that a new cancer was diagnosed by says what the record says.
    """
    said = [text for text in texts_of_report(report) if not _NOTHING_YET.fullmatch(text.strip())]
    if report.status not in UNDER_WAY or said or report.conclusion_code or report.result or report.contained:
        return False
    names = texts_of(report.code)
    if not any(_OF_A_SAMPLE.search(name) for name in names):
        return _is_unnamed(report)
    new = since is not None and since.surely_within(source.windows.new_disease_days, source.today)
    days = (on.latest - since.earliest).days if new and since is not None and on is not None else None
    return days is None or days > SAME_TUMOUR_DAYS


_NOTHING_YET = re.compile(
    r"(?:this is a )?(?:preliminary|pending|in progress|to follow|awaiting (?:results?|report))(?: report| result)?\W*",
    re.IGNORECASE,
)
"""What stands for a result that is to come."""
_OF_A_SAMPLE = re.compile(r"patholog|histolog|cytolog|biops|needle aspirat|\bFNAC?\b", re.IGNORECASE)


def _finds_node(report: DiagnosticReport, source: Source) -> bool:
    """Whether a report sees a node that it does not call normal now: a normal one is no finding (E27)."""
    text = report.conclusion or ""
    return any(
        node.value != "normal" or _OF_THE_PAST.search(text, max(0, node.start - _BESIDE), node.end + _BESIDE)
        for node in source.read(text).affirmed(Kind.NODE)
    )


_OF_THE_PAST = re.compile(
    r"\b(?:previous(?:ly)?|former(?:ly)?|earlier|before|prior|last|(?:19|20)\d\d)\b", re.IGNORECASE
)
_BESIDE = 20
"""So many signs beside a node its time may stand: "formerly normal nodes", "nodes were normal in 2023"."""


def _of_laboratory(reading: Reading, evidence: Evidence, *, mild: bool) -> Iterator[Suspicion]:
    """Tests that a report calls abnormal; those it merely names ("ALT 22, AST 19") say nothing."""
    for mention in reading.affirmed(Kind.LABORATORY):
        if not (mild and mention.value == ALKALINE_PHOSPHATASE):
            yield Suspicion(kind="laboratory", site=mention.site or "other", evidence=evidence)


def _beside_conclusion(report: DiagnosticReport) -> Iterator[str | None]:
    """What a report calls its results, its pictures and its files."""
    yield from (each.display for each in report.result)
    yield from (each.comment for each in report.media)
    yield from (each.title for each in report.presented_form)
