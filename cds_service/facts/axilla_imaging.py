"""Whether the axilla was imaged: in this work-up, and before neoadjuvant therapy began.

"Not imaged" is a fact only where breast imaging of the time is on record, was read whole, and none of it is of the
axilla; a record without any imaging says nothing (design, section 6).
"""

import re
from collections.abc import Iterator

from cds_service.facts.dates import When, when
from cds_service.facts.episodes import Cancer
from cds_service.facts.given_for import since_of
from cds_service.facts.mentions import Kind, Meant
from cds_service.facts.model import (
    NOT_RECORDED,
    NOT_RETRIEVED,
    Evidence,
    Fact,
    Known,
    PriorStudy,
    Unknown,
    UnknownReason,
)
from cds_service.facts.node_findings import BREAST_IMAGING, NodeFinding
from cds_service.facts.sides import same_side
from cds_service.facts.source import Source, codes_of, reference_to
from cds_service.facts.studies import date_of, recorded_study
from cds_service.fhir.resources import CodeableConcept, DiagnosticReport, Procedure
from cds_service.knowledge.studies import CodeMatch

IMAGING_KEYS = ("procedures", "diagnosticReports")

NODE_BIOPSIES = ("core-biopsy-axillary-node", "fna-axillary-node")
"""Done under ultrasound: the axilla was looked at."""


def in_work_up(finding: NodeFinding, source: Source) -> bool:
    """Whether a finding may be of this work-up; one without a date may."""
    return finding.on is None or not finding.on.surely_older(source.windows.work_up_days + 1, source.today)


def none_seen(prior: tuple[PriorStudy, ...], source: Source) -> Fact:
    """Nothing suspicious seen: on record only where breast imaging of this work-up is, and both keys are whole."""
    if source.record.any_failed(*IMAGING_KEYS):
        return NOT_RETRIEVED
    found = _none_among(tuple([each for each in prior if each.in_work_up]), "none", source)
    return found or Known("none", assumed="no-suspicious-node-recorded")


def imaged(findings: tuple[NodeFinding, ...], cancer: Cancer, prior: tuple[PriorStudy, ...], source: Source) -> Fact:
    """Whether the axilla was imaged in this work-up: its own study, a breast MRI, or a report that speaks of it."""
    done = (*_of_axilla(prior, cancer), *_biopsies(prior, cancer))
    studies = [_study(each) for each in done if each.in_work_up]
    # "No axillary adenopathy" on a mammogram is no imaging of the axilla; what it does see there is.
    spoken = [
        each.evidence
        for each in _spoken(findings)
        if in_work_up(each, source) and (each.value == "suspicious" or each.modality in ("ultrasound", "mri"))
    ]
    if studies or spoken:
        return Known("yes", evidence=(*studies, *dict.fromkeys(spoken)))
    perhaps = (*_named_in_order(source), *_of_no_site(source))
    if perhaps:
        return Unknown(UnknownReason.NOT_RECORDED, evidence=perhaps)
    match none_seen(prior, source):
        case Known(assumed=None, evidence=evidence):
            return Known("no", evidence=evidence)
        case Known():
            return Known("no", assumed="no-axillary-imaging-recorded")
        case unknown:
            return unknown


def _named_in_order(source: Source) -> Iterator[Evidence]:
    """What the order of a node biopsy says of an axilla that was looked at: "node seen on MRI"."""
    if source.procedures[0].family != "node-biopsy":
        return
    for draft in source.drafts:
        if any(_speaks_of_imaging(text, source) for text in source.words_of(draft)):
            yield Evidence(value="imaging of the axilla named in the order", resources=(reference_to(draft),))


def _speaks_of_imaging(text: str, source: Source) -> bool:
    reading = source.read(text)
    asked = [each for each in reading.of(Kind.ASKS) if each.value == "axilla"]
    if not (asked or reading.of(Kind.NODE)):
        return False
    imaging = (
        each
        for each in reading.of(Kind.MODALITY)
        if each.value != "biopsy" and not _GUIDANCE.match(text, each.end) and "guid" not in text[each.start : each.end]
    )
    classed = any(each.value == "breast-imaging-finding" for each in reading.of(Kind.LOCAL_SYMPTOM))
    return classed or any(imaging) or any(each.meant is Meant.UNCERTAIN for each in asked)


_GUIDANCE = re.compile(r"[\s-]*guid", re.IGNORECASE)
"""Ultrasound that guides the needle."""


def _of_no_site(source: Source) -> Iterator[Evidence]:
    """Studies of this work-up whose code is one of the axilla where a site says so, and nothing does (facts E41)."""

    def needs_site(code: CodeableConcept) -> bool:
        return source.alike(_needs_site, code)

    reports = (each for each in source.record.diagnostic_reports if each.code is not None and needs_site(each.code))
    done: tuple[Procedure | DiagnosticReport, ...] = (*source.done.telling(needs_site, lambda _: False), *reports)
    for each in done:
        on = since_of(each) if isinstance(each, Procedure) else date_of(each)
        old = on is not None and on.surely_older(source.windows.work_up_days + 1, source.today)
        if not old and not recorded_study(each.code, source).procedures:
            yield Evidence(
                value="ultrasound of no stated site",
                resources=(reference_to(each),),
                date=on.text if on is not None else None,
            )


def _needs_site(code: CodeableConcept, source: Source) -> bool:
    return any(
        entry.match is CodeMatch.NEEDS_SITE and study.family == "axilla"
        for each in codes_of(code)
        for study, entry in source.knowledge.studies_by_code.get(each, ())
    )


def imaged_before_therapy(
    findings: tuple[NodeFinding, ...],
    cancer: Cancer,
    began: When | None,
    prior: tuple[PriorStudy, ...],
    source: Source,
) -> Fact:
    """Whether the axilla was imaged before therapy began; never assumed, as a warning may rest on it (235-v5)."""
    studies = [(when(each.date), _study(each)) for each in (*_of_axilla(prior, cancer), *_biopsies(prior, cancer))]
    told = [*studies, *((each.on, each.evidence) for each in _spoken(findings))]
    before = [evidence for on, evidence in told if on is not None and began is not None and on.surely_before(began)]
    if before:
        return Known("yes", evidence=tuple(dict.fromkeys(before)))
    if source.record.any_failed(*IMAGING_KEYS):
        return NOT_RETRIEVED
    # Undated, or of the month in which therapy began, it may have been before.
    if began is None or any(on is None or not began.surely_before(on) for on, _ in told):
        return NOT_RECORDED
    work_up = tuple(each for each in prior if _on_side(each, cancer) and _work_up_of(began, each, source))
    return _none_among(work_up, "no", source) or NOT_RECORDED


def _work_up_of(began: When, study: PriorStudy, source: Source) -> bool:
    """Whether a study was done surely before therapy, and not years before."""
    on = when(study.date)
    return on is not None and on.surely_before(began) and on.surely_within(source.windows.work_up_days, began.latest)


def _none_among(studies: tuple[PriorStudy, ...], value: str, source: Source) -> Known | None:
    """The value, resting on breast imaging among these studies, if both keys and every such report were read whole."""
    if any(each.status == "registered" for each in source.record.diagnostic_reports):
        return None  # done, and its result is still to come
    imaging = [each for each in studies if each.procedure in BREAST_IMAGING]
    if imaging and source.record.whole(*IMAGING_KEYS) and _unread(source).isdisjoint(each.resource for each in imaging):
        evidence = (_study(each, each.procedure.replace("-", " ")) for each in imaging)
        return Known(value, evidence=tuple(evidence))
    return None


def _unread(source: Source) -> frozenset[str]:
    """Reports of which nothing is understood, or not what they say of nodes: the node may be in what we cannot read."""
    return frozenset(
        reference_to(each)
        for each in source.record.diagnostic_reports
        if not any(reading.mentions for reading in source.readings(each.conclusion)) or _speaks_of_nodes(each, source)
    )


_NODE_WORDS = re.compile(r"axill|lymph ?node|\bnodes?\b|\bLNs?\b|adenopath", re.IGNORECASE)


def _speaks_of_nodes(report: DiagnosticReport, source: Source) -> bool:
    """Whether a report has words on nodes of which the reader makes nothing."""
    named = bool(_NODE_WORDS.search(report.conclusion or ""))
    return named and not any(reading.of(Kind.NODE) for reading in source.readings(report.conclusion))


def _of_axilla(prior: tuple[PriorStudy, ...], cancer: Cancer) -> tuple[PriorStudy, ...]:
    return tuple(
        [
            each
            for each in prior
            if (each.procedure == "us-axilla" or each.procedure.startswith("mri-breast")) and _on_side(each, cancer)
        ]
    )


def _biopsies(prior: tuple[PriorStudy, ...], cancer: Cancer) -> tuple[PriorStudy, ...]:
    return tuple([each for each in prior if each.procedure in NODE_BIOPSIES and _on_side(each, cancer)])


def _on_side(study: PriorStudy, cancer: Cancer) -> bool:
    return same_side(study.laterality or "unstated", cancer.side)


def _spoken(findings: tuple[NodeFinding, ...]) -> tuple[NodeFinding, ...]:
    """What imaging reports say of axillary nodes, suspicious or not."""
    return tuple([each for each in findings if each.modality is not None and each.value in ("suspicious", "normal")])


def _study(study: PriorStudy, shown: str = "imaging of the axilla") -> Evidence:
    return Evidence(value=shown, resources=(study.resource,), date=study.date)
