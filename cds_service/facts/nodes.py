"""What is known of the axilla on the tumour's side: felt, seen on imaging, proven; before and after therapy.

Three facts are kept apart (facts A3, C8): palpable, suspicious on imaging, biopsy-proven. Sides must agree.
"""

from cds_service.facts.axilla_imaging import IMAGING_KEYS, imaged, imaged_before_therapy, in_work_up, none_seen
from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Course, Diagnosis
from cds_service.facts.episodes import Cancer
from cds_service.facts.mentions import Kind
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
from cds_service.facts.node_findings import NodeFinding, node_findings
from cds_service.facts.source import Source, reference_to
from cds_service.value import Value

NODE_POSITIVE = ("N1mi", "N1", "N2", "N3")

_MODALITIES = ("ultrasound", "mammography", "mri", "other")


class Axilla(Value, frozen=True, kw_only=True):
    """The facts of one axilla."""

    palpable: Fact
    lump: Fact
    suspicious: Fact
    suspicious_after_therapy: Fact
    proven: Fact
    imaged: Fact
    imaged_before_therapy: Fact
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
    """Everything known of the axilla on the side of one cancer; `began`: the first therapy, `n`: N as recorded."""
    findings = node_findings(cancer.side, found, source)
    before = tuple([each for each in findings if not _after(each, began)])
    # What is seen after neoadjuvant therapy began is response, not the work-up; later on it is a finding again.
    work_up = before if _in_neoadjuvant_therapy(phase) else findings
    palpable = _palpable(work_up, n, phase, source)
    proven = _proven(findings)
    return Axilla(
        palpable=palpable,
        lump=_lump(found, findings, began, phase, source),
        suspicious=_suspicious(work_up, prior, source),
        suspicious_after_therapy=_suspicious_after(findings, began, phase, source),
        proven=proven,
        imaged=imaged(findings, cancer, prior, source),
        imaged_before_therapy=imaged_before_therapy(findings, cancer, began, prior, source),
        clinical_n=_clinical_n(n, palpable, proven, _with(work_up, "positive")),
        positive_before_therapy=_positive_before(n, before),
    )


def _after(finding: NodeFinding, began: When | None) -> bool:
    return began is not None and finding.on is not None and began.surely_before(finding.on)


def _in_neoadjuvant_therapy(phase: Fact) -> bool:
    return isinstance(phase, Known) and phase.value in ("neoadjuvant-running", "neoadjuvant-completed")


def _with(findings: tuple[NodeFinding, ...], *values: str) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys([each.evidence for each in findings if each.value in values])) if findings else ()


# --- felt -------------------------------------------------------------------------------------------------------------
def _palpable(findings: tuple[NodeFinding, ...], n: Fact, phase: Fact, source: Source) -> Fact:
    proof = _with(findings, "palpable")
    if proof:
        return Known("yes", evidence=proof)
    unclear = _with(findings, "unclear", "doubtful-metastasis")
    if unclear:
        return Unknown(UnknownReason.NOT_RECORDED, evidence=unclear)
    if isinstance(n, Known) and n.value == "N0":
        return Known("no", evidence=n.evidence)
    if source.record.failed("conditions") or source.record.failed("observations"):
        return NOT_RETRIEVED
    # In follow-up the axilla is felt at every visit; at diagnosis nobody knows until it is written down.
    followed = {"surveillance", "adjuvant"} if isinstance(phase, Known) else {"surveillance"}
    if followed & set(_candidates(phase)):
        return Known("no", assumed="no-palpable-node-recorded")
    return NOT_RECORDED


def _candidates(phase: Fact) -> tuple[str, ...]:
    match phase:
        case Known(value=value):
            return (str(value),)
        case OneOf(candidates=candidates):
            return candidates
        case Unknown():
            return ()


def _lump(
    found: tuple[Diagnosis, ...], findings: tuple[NodeFinding, ...], began: When | None, phase: Fact, source: Source
) -> Fact:
    """A new axillary lump; a node felt since neoadjuvant therapy began is one (ACR 286 variant 7)."""
    recorded = [each for each in found if each.course is Course.ACTIVE and _is_axillary_lump(each)]
    said = _lumps_said(source)
    since = tuple(each for each in findings if _after(each, began)) if _in_neoadjuvant_therapy(phase) else ()
    evidence = (
        *[
            Evidence(value="axillary lump", resources=(each.reference,), date=each.since.text if each.since else None)
            for each in recorded
        ],
        *[evidence for _, evidence in said],
        *_with(since, "palpable"),
    )
    if evidence:
        return _one_or_both([{each.side} for each in recorded] + [sides for sides, _ in said], evidence)
    unclear = _with(since, "unclear", "doubtful-metastasis")
    if unclear:
        return Unknown(UnknownReason.NOT_RECORDED, evidence=unclear)
    return NOT_RETRIEVED if source.record.failed("conditions") else Known("none")


def _is_axillary_lump(diagnosis: Diagnosis) -> bool:
    if "axillary-lump" in diagnosis.sets:
        return True
    said = [m for reading in diagnosis.words for m in reading.affirmed(Kind.LOCAL_SYMPTOM)]
    return any(mention.value == "axillary-lump" for mention in said)


def _lumps_said(source: Source) -> tuple[tuple[set[str], Evidence], ...]:
    """The lumps that the orders name, each with the sides its text speaks of."""
    return tuple(
        (
            {mention.value for mention in reading.of(Kind.SIDE) if mention.value != "other"},
            Evidence(value="axillary lump named in the order", resources=(reference_to(draft),)),
        )
        for draft in source.drafts
        for reading in source.order_readings(draft)
        if any(mention.value == "axillary-lump" and mention.may_hold for mention in reading.of(Kind.LOCAL_SYMPTOM))
    )


def _one_or_both(told: list[set[str]], evidence: tuple[Evidence, ...]) -> Fact:
    """One axilla or both. A text that speaks of several sides may mean the lump, or the breasts."""
    certain = {side for sides in told if len(sides) == 1 for side in sides}
    if "bilateral" in certain or {"left", "right"} <= certain:
        return Known("bilateral", evidence=evidence)
    if any(len(sides) > 1 for sides in told):
        return OneOf(("unilateral", "bilateral"), evidence=evidence)
    return Known("unilateral", evidence=evidence)


# --- seen -------------------------------------------------------------------------------------------------------------
def _suspicious(findings: tuple[NodeFinding, ...], prior: tuple[PriorStudy, ...], source: Source) -> Fact:
    """A suspicious node on the imaging of this work-up, with the modality; one the order names counts as seen."""
    seen = [each for each in findings if each.value == "suspicious" and in_work_up(each, source)]
    if seen:
        modalities = {each.modality or "ultrasound" for each in seen}
        best = next((each for each in _MODALITIES if each in modalities), "other")
        return Known(best, evidence=tuple(dict.fromkeys(each.evidence for each in seen)))
    return none_seen(prior, source)


def _suspicious_after(findings: tuple[NodeFinding, ...], began: When | None, phase: Fact, source: Source) -> Fact:
    """A suspicious node seen after neoadjuvant therapy began; undated, or named by the order, it may be either."""
    if not _in_neoadjuvant_therapy(phase) and "neoadjuvant-completed" not in _candidates(phase):
        return Known("no")
    seen = [each for each in findings if each.value == "suspicious"]
    later = tuple(each.evidence for each in seen if _after(each, began))
    if later:
        return Known("yes", evidence=later)
    if any(each.on is None or began is None for each in seen):
        return Unknown(UnknownReason.NOT_RECORDED)
    if source.record.any_failed(*IMAGING_KEYS):
        return NOT_RETRIEVED
    return Known("no", assumed="no-suspicious-node-recorded")


# --- proven -----------------------------------------------------------------------------------------------------------
def _proven(findings: tuple[NodeFinding, ...]) -> Fact:
    proof = _with(findings, "proven")
    if proof:
        return Known("yes", evidence=proof)
    doubtful = _with(findings, "doubtful-metastasis")
    return Unknown(UnknownReason.NOT_RECORDED, evidence=doubtful) if doubtful else Known("no")


def _clinical_n(n: Fact, palpable: Fact, proven: Fact, said: tuple[Evidence, ...]) -> Fact:
    """Clinical N; a palpable or proven node, or the words "node-positive", make it positive where none is known."""
    positive = [fact for fact in (palpable, proven) if isinstance(fact, Known) and fact.value == "yes"]
    if not positive and not said:
        return n
    evidence = (*(each for fact in positive for each in fact.evidence), *said)
    if isinstance(n, Known):
        return n if n.value != "N0" else Unknown(UnknownReason.CONTRADICTORY, evidence=(*n.evidence, *evidence))
    if isinstance(n, Unknown) and n.reason is UnknownReason.CONTRADICTORY:
        return n
    return OneOf(NODE_POSITIVE, evidence=evidence)


def _positive_before(n: Fact, before: tuple[NodeFinding, ...]) -> Fact:
    """Node-positive before neoadjuvant therapy: by clinical N, palpation, imaging or biopsy of that time."""
    proof = _with(before, "proven", "palpable", "suspicious", "positive")
    if isinstance(n, Known) and n.value in NODE_POSITIVE:
        return Known("yes", evidence=(*n.evidence, *proof))
    node_negative = isinstance(n, Known) and n.value == "N0"
    if proof:
        contradicts = node_negative and not _with(before, "proven", "positive")
        return Unknown(UnknownReason.CONTRADICTORY, evidence=proof) if contradicts else Known("yes", evidence=proof)
    unclear = _with(before, "unclear", "doubtful-metastasis")
    if unclear:
        return Unknown(UnknownReason.NOT_RECORDED, evidence=unclear)
    return Known("no", evidence=n.evidence) if node_negative else NOT_RECORDED
