"""What is known of the axilla on the tumour's side: felt, seen on imaging, proven; before and after therapy.

Three facts are kept apart (facts A3, C8): palpable, suspicious on imaging, biopsy-proven. Sides must agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Course, Diagnosis, Disease, same_side, side_of
from cds_service.facts.episodes import Cancer
from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.model import (
    NOT_RECORDED,
    NOT_RETRIEVED,
    Evidence,
    Fact,
    Known,
    OneOf,
    PriorStudy,
    Unknown,
    UnknownReason,
)
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.stage import order_words
from cds_service.facts.studies import date_of, identify, names_axilla
from cds_service.fhir.resources import DiagnosticReport, Observation

IMAGING_KEYS = ("procedures", "diagnosticReports")

_MODALITY_OF_FAMILY = {
    "mammography-diagnostic": "mammography",
    "mammography-screening": "mammography",
    "mammography-with-contrast": "mammography",
    "dbt-diagnostic": "mammography",
    "dbt-screening": "mammography",
    "us-axilla": "ultrasound",
    "us-breast": "ultrasound",
    "mri-breast-without-and-with-contrast": "mri",
    "mri-breast-without-contrast": "mri",
}

EVIDENT = ("axillary-node-palpable", "axillary-lymphadenopathy")
"""Value sets of clinically evident nodes (seed S1: "palpable or otherwise clinically evident")."""

NODE_POSITIVE = ("N1mi", "N1", "N2", "N3")


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFinding:
    """One statement about axillary nodes. `value`: palpable, suspicious, proven, positive, normal; modality if imaged."""

    value: str
    evidence: Evidence
    modality: str | None = None
    on: When | None = None
    stated: bool = False  # by the order itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Axilla:
    """The facts of one axilla."""

    palpable: Fact
    lump: Fact
    suspicious: Fact
    suspicious_after_therapy: Fact
    proven: Fact
    imaged: Fact
    clinical_n: Fact
    positive_before_therapy: Fact


def axilla(
    cancer: Cancer,
    found: tuple[Diagnosis, ...],
    n: Fact,
    began: When | None,
    phase: Fact,
    prior: tuple[PriorStudy, ...],
    source: Source,
) -> Axilla:
    """Everything known of the axilla on the side of one cancer."""
    findings = tuple(
        each
        for each in (*_of_diagnoses(cancer, found, source), *_of_reports(cancer, source), *_of_observations(cancer, source), *_of_order(source))
    )
    before = tuple(each for each in findings if not _after(each, began))
    untreated = isinstance(phase, Known) and phase.value in ("new", "neoadjuvant-planned")
    work_up = findings if untreated else before
    palpable = _palpable(work_up, n, phase)
    return Axilla(
        palpable=palpable,
        lump=_lump(found, source),
        suspicious=_suspicious(work_up, prior, source),
        suspicious_after_therapy=_suspicious_after(findings, began, phase, source),
        proven=_proven(findings),
        imaged=_imaged(findings, cancer, prior, source),
        clinical_n=_clinical_n(n, palpable, _proven(findings), _with(work_up, "positive")),
        positive_before_therapy=_positive_before(n, before, phase),
    )


def _after(finding: NodeFinding, began: When | None) -> bool:
    return began is not None and finding.on is not None and began.surely_before(finding.on)


# --- findings -----------------------------------------------------------------------------------------------------------
def _of_diagnoses(cancer: Cancer, found: tuple[Diagnosis, ...], source: Source) -> Iterator[NodeFinding]:
    for each in found:
        if not same_side(each.side, cancer.side) or each.course is Course.OVER:
            continue
        evidence = _evidence("", each)
        if each.disease is Disease.NODE_METASTASIS:
            yield NodeFinding(value="proven", evidence=_evidence("axillary node metastasis", each), on=each.since)
        elif any(source.has(listed, each.concept) for listed in EVIDENT):
            yield NodeFinding(value="palpable", evidence=_evidence("axillary lymphadenopathy", each), on=each.since)
        elif source.has("lymphadenopathy-unspecified", each.concept) or source.has("axillary-lump", each.concept):
            yield NodeFinding(value="unclear", evidence=_evidence("enlarged nodes or a lump", each), on=each.since)
        else:
            for reading in source.readings(*texts_of(each.concept)):
                for mention in reading.affirmed(Kind.NODE):
                    yield NodeFinding(value=mention.value, evidence=evidence, modality=mention.detail, on=each.since)


def _evidence(value: str, each: Diagnosis) -> Evidence:
    return Evidence(
        value=value or "axillary node on record",
        resources=(each.reference,),
        date=each.since.text if each.since is not None else None,
    )


def _of_reports(cancer: Cancer, source: Source) -> Iterator[NodeFinding]:
    for report in source.record.diagnostic_reports:
        if not same_side(side_of(source, report.code), cancer.side):
            continue
        on = date_of(report)
        modality = _modality(report, source)
        evidence = Evidence(value="axillary node in a report", resources=(reference_to(report),), date=on.text if on else None)
        if any(source.has(listed, *report.conclusion_code) for listed in EVIDENT):
            yield NodeFinding(value="suspicious", evidence=evidence, modality=modality, on=on)
        if source.has("axillary-node-metastasis", *report.conclusion_code):
            yield NodeFinding(value="proven", evidence=evidence, on=on)
        for reading in source.readings(report.conclusion, *texts_of(*report.conclusion_code)):
            for mention in reading.of(Kind.NODE):
                value = _in_report(mention)
                if value is not None:
                    yield NodeFinding(value=value, evidence=evidence, modality=mention.detail or modality, on=on)


def _in_report(mention: Mention) -> str | None:
    """A node in an imaging report that is called anything but normal has been seen and is suspicious."""
    if mention.meant is Meant.NEGATED:
        return "normal" if mention.value in ("suspicious", "positive", "palpable", "proven") else None
    if mention.meant in (Meant.FAMILY, Meant.HISTORICAL):
        return None
    return "suspicious" if mention.value in ("palpable", "positive") else mention.value


def _modality(report: DiagnosticReport, source: Source) -> str:
    study = identify(
        report.code, details=(), names_axilla=names_axilla((report.code,), source), knowledge=source.knowledge
    )
    if study.procedures:
        return _MODALITY_OF_FAMILY.get(study.procedures[0], "other")
    said = [m.value for r in source.readings(*texts_of(report.code)) for m in r.of(Kind.MODALITY)]
    return next((value for value in said if value in ("mammography", "ultrasound", "mri")), "other")


def _of_observations(cancer: Cancer, source: Source) -> Iterator[NodeFinding]:
    for observation in source.record.observations:
        if not same_side(side_of(source, observation.body_site), cancer.side) or _absent(observation):
            continue
        for value_set, value in (*((listed, "palpable") for listed in EVIDENT), ("axillary-node-metastasis", "proven")):
            if source.has(value_set, observation.code, observation.value_codeable_concept):
                yield NodeFinding(
                    value=value,
                    evidence=Evidence(value=f"axillary node {value}", resources=(reference_to(observation),)),
                )


def _absent(observation: Observation) -> bool:
    words = " ".join(texts_of(observation.value_codeable_concept)).lower()
    return observation.value_boolean is False or words in ("no", "absent", "negative", "not detected")


def _of_order(source: Source) -> Iterator[NodeFinding]:
    for draft in source.drafts:
        evidence = Evidence(value="axillary node named in the order", resources=(reference_to(draft),))
        if any(source.has(listed, *draft.reason_code) for listed in EVIDENT):
            yield NodeFinding(value="palpable", evidence=evidence, stated=True)
        if source.has("axillary-node-metastasis", *draft.reason_code):
            yield NodeFinding(value="proven", evidence=evidence, stated=True)
        for reading in source.readings(*order_words(draft)):
            for mention in reading.of(Kind.NODE):
                if mention.meant in (Meant.AFFIRMED, Meant.UNCERTAIN, Meant.HISTORICAL):
                    yield NodeFinding(value=mention.value, evidence=evidence, modality=mention.detail, stated=True)
                elif mention.meant is Meant.NEGATED and mention.value != "normal":
                    yield NodeFinding(value="normal", evidence=evidence, stated=True)


# --- facts --------------------------------------------------------------------------------------------------------------
def _with(findings: tuple[NodeFinding, ...], *values: str) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(each.evidence for each in findings if each.value in values))


def _palpable(findings: tuple[NodeFinding, ...], n: Fact, phase: Fact) -> Fact:
    proof = _with(findings, "palpable")
    if proof:
        return Known("yes", evidence=proof)
    if _with(findings, "unclear"):
        return Unknown(UnknownReason.NOT_RECORDED, evidence=_with(findings, "unclear"))
    if isinstance(n, Known) and n.value == "N0":
        return Known("no", evidence=n.evidence)
    if isinstance(phase, Known) and phase.value in ("surveillance", "adjuvant"):
        return Known("no", assumed="no-palpable-node-recorded")
    if isinstance(phase, OneOf) and "surveillance" in phase.candidates:
        return Known("no", assumed="no-palpable-node-recorded")
    return NOT_RECORDED


def _lump(found: tuple[Diagnosis, ...], source: Source) -> Fact:
    proof = tuple(
        _evidence("axillary lump", each)
        for each in found
        if each.course is Course.ACTIVE and source.has("axillary-lump", each.concept)
    )
    said = tuple(
        Evidence(value="axillary lump named in the order", resources=(reference_to(draft),))
        for draft in source.drafts
        for reading in source.readings(*order_words(draft))
        for mention in reading.of(Kind.LOCAL_SYMPTOM)
        if mention.value == "axillary-lump" and mention.meant in (Meant.AFFIRMED, Meant.UNCERTAIN)
    )
    if proof or said:
        return Known("unilateral", evidence=(*proof, *said))
    return NOT_RETRIEVED if source.record.failed("conditions") else Known("none")


def _suspicious(findings: tuple[NodeFinding, ...], prior: tuple[PriorStudy, ...], source: Source) -> Fact:
    """A suspicious node on the imaging of this work-up, with the modality; one the order names counts as seen."""
    seen = [each for each in findings if each.value == "suspicious" and _in_work_up(each, source)]
    if seen:
        modalities = [each.modality or "ultrasound" for each in seen]
        order = ("ultrasound", "mammography", "mri", "other")
        return Known(min(modalities, key=lambda m: order.index(m) if m in order else 3), evidence=tuple(e.evidence for e in seen))
    if any(source.record.failed(key) for key in IMAGING_KEYS):
        return NOT_RETRIEVED
    return _none_seen(prior, source)


def _in_work_up(finding: NodeFinding, source: Source) -> bool:
    return finding.on is None or not finding.on.surely_older(source.windows.work_up_days + 1, source.today)


def _none_seen(prior: tuple[PriorStudy, ...], source: Source) -> Fact:
    """Nothing suspicious seen: on record only where breast imaging of this work-up is, and both keys were read whole."""
    imaging = [each for each in prior if each.in_work_up and each.procedure in _MODALITY_OF_FAMILY]
    if source.record.whole(*IMAGING_KEYS) and imaging:
        shown = tuple(Evidence(value=each.procedure.replace("-", " "), resources=(each.resource,), date=each.date) for each in imaging)
        return Known("none", evidence=shown)
    return Known("none", assumed="no-suspicious-node-recorded")


def _imaged(
    findings: tuple[NodeFinding, ...], cancer: Cancer, prior: tuple[PriorStudy, ...], source: Source
) -> Fact:
    """Whether the axilla was imaged in this work-up: its own study, a breast MRI, or a report that speaks of it."""
    studies = [
        each
        for each in prior
        if each.in_work_up
        and (each.procedure == "us-axilla" or each.procedure.startswith("mri-breast"))
        and same_side(each.laterality or "unstated", cancer.side)
    ]
    spoken = [
        each for each in findings if each.modality is not None and each.value in ("suspicious", "normal") and _in_work_up(each, source)
    ]
    if studies or spoken:
        shown = [Evidence(value="imaging of the axilla", resources=(each.resource,), date=each.date) for each in studies]
        return Known("yes", evidence=(*shown, *(each.evidence for each in spoken)))
    if any(source.record.failed(key) for key in IMAGING_KEYS):
        return NOT_RETRIEVED
    fact = _none_seen(prior, source)
    recorded = isinstance(fact, Known) and fact.assumed is None
    return Known("no", evidence=fact.evidence) if recorded else Known("no", assumed="no-axillary-imaging-recorded")


def _suspicious_after(findings: tuple[NodeFinding, ...], began: When | None, phase: Fact, source: Source) -> Fact:
    """A suspicious node seen after neoadjuvant therapy began; undated, or named by the order, it may be either."""
    if not (isinstance(phase, Known) and str(phase.value).startswith("neoadjuvant-")) or phase.value == "neoadjuvant-planned":
        return Known("no", assumed=None)
    seen = [each for each in findings if each.value == "suspicious"]
    later = [each for each in seen if _after(each, began)]
    if later:
        return Known("yes", evidence=tuple(each.evidence for each in later))
    if any(each.on is None or began is None for each in seen) or any(source.record.failed(key) for key in IMAGING_KEYS):
        return Unknown(UnknownReason.NOT_RECORDED)
    return Known("no", assumed="no-suspicious-node-recorded")


def _proven(findings: tuple[NodeFinding, ...]) -> Fact:
    proof = _with(findings, "proven")
    return Known("yes", evidence=proof) if proof else Known("no")


def _clinical_n(n: Fact, palpable: Fact, proven: Fact, said: tuple[Evidence, ...]) -> Fact:
    """Clinical N; a palpable or proven node, or the words "node-positive", make it positive where none is recorded."""
    positive = [fact for fact in (palpable, proven) if isinstance(fact, Known) and fact.value == "yes"]
    if not positive and not said:
        return n
    evidence = (*(each for fact in positive for each in fact.evidence), *said)
    if isinstance(n, Known):
        if n.value == "N0":
            return Unknown(UnknownReason.CONTRADICTORY, evidence=(*n.evidence, *evidence))
        return n
    return OneOf(NODE_POSITIVE, evidence=evidence)


def _positive_before(n: Fact, before: tuple[NodeFinding, ...], phase: Fact) -> Fact:
    """Node-positive before neoadjuvant therapy: by clinical N, palpation, imaging or biopsy of that time."""
    proof = _with(before, "proven", "palpable", "suspicious", "positive")
    if isinstance(n, Known) and n.value in NODE_POSITIVE:
        return Known("yes", evidence=(*n.evidence, *proof))
    if proof:
        contradicts = isinstance(n, Known) and n.value == "N0" and not _with(before, "proven", "positive")
        return Unknown(UnknownReason.CONTRADICTORY, evidence=proof) if contradicts else Known("yes", evidence=proof)
    if isinstance(n, Known) and n.value == "N0":
        return Known("no", evidence=n.evidence)
    return NOT_RECORDED
