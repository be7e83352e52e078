"""Every statement about axillary nodes on one side: in diagnoses, reports, observations and the order."""

import re
from collections.abc import Iterator

from cds_service.facts.breast_node_samples import nodal_metastases
from cds_service.facts.breast_observations import sentences
from cds_service.facts.breast_reports import is_malignant_node
from cds_service.facts.breast_statements import SIDES
from cds_service.facts.dates import When
from cds_service.facts.diagnoses import Course, Diagnosis, Disease
from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.model import Evidence
from cds_service.facts.observations import denies, has_result, observed
from cds_service.facts.sentences import sentences_of
from cds_service.facts.sides import same_side, side_of
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.studies import Study, date_of, recorded_study
from cds_service.facts.text_normal import denies_normal_nodes
from cds_service.facts.tissue import nodes_by_tissue
from cds_service.fhir.resources import CodeableConcept, DiagnosticReport
from cds_service.value import Value

BREAST_IMAGING = {
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
"""The studies that show an axilla, with their modality."""

EVIDENT = ("axillary-node-palpable", "axillary-lymphadenopathy")
"""Value sets of clinically evident nodes (seed S1: "palpable or otherwise clinically evident")."""
_EVIDENT = frozenset(EVIDENT)
_OF_ANYTHING = frozenset({"lymphadenopathy-unspecified", "axillary-lump"})
"""Value sets of what may be a node with cancer, or anything else."""


NODE_IN_A_REPORT = "axillary node in a report"
"""What a report that speaks of a node is called where it is evidence."""


class NodeFinding(Value, frozen=True, kw_only=True):
    """One statement about axillary nodes.

    `value`: palpable, suspicious, proven, positive, normal; unclear (enlarged nodes or a lump, nobody says of what);
    doubtful-metastasis (a provisional diagnosis).
    """

    value: str
    evidence: Evidence
    modality: str | None = None
    on: When | None = None


def node_findings(side: str, found: tuple[Diagnosis, ...], source: Source) -> tuple[NodeFinding, ...]:
    """Every statement about the axilla of this side."""
    return (
        *_of_diagnoses(side, found, source),
        *_of_reports(side, source),
        *_of_observations(side, source),
        *_of_sentences(side, source),
        *_of_order(source),
    )


def _of_diagnoses(side: str, found: tuple[Diagnosis, ...], source: Source) -> Iterator[NodeFinding]:
    for each in found:
        if each.course is not Course.OVER and same_side(each.side, side):
            date = each.since.text if each.since is not None else None
            for value, shown, modality in _said_by(each):
                evidence = Evidence(value=shown, resources=(each.reference,), date=date)
                yield NodeFinding(value=value, evidence=evidence, modality=modality, on=each.since)


def _said_by(each: Diagnosis) -> Iterator[tuple[str, str, str | None]]:
    """What a diagnosis says of the nodes, in our words, and on which modality they were seen."""
    if each.disease is Disease.NODE_METASTASIS:
        yield ("proven" if each.certain else "doubtful-metastasis"), "axillary node metastasis", None
        return
    if not _EVIDENT.isdisjoint(each.sets):
        yield "palpable", "axillary lymphadenopathy", None
        return
    said = [m for r in (*each.words, *each.noted) for m in r.affirmed(Kind.NODE)]
    for mention in said:
        # An enlarged node on a problem list was felt or seen; only where its words name a study was it seen.
        felt_or_seen = mention.value == "suspicious" and mention.detail is None
        yield ("unclear" if felt_or_seen else mention.value), "axillary node on record", mention.detail
    if not said and not _OF_ANYTHING.isdisjoint(each.sets):
        yield "unclear", "enlarged nodes or a lump", None


def _of_reports(side: str, source: Source) -> Iterator[NodeFinding]:
    for report in source.record.diagnostic_reports:
        said = list(_reported(report, source))
        # Most reports say nothing of nodes, and cost nothing more.
        if said and same_side(_side(report, source), side):
            on = date_of(report)
            seen_on = _modality(report, source)
            evidence = Evidence(value=NODE_IN_A_REPORT, resources=(reference_to(report),), date=on.text if on else None)
            for value, modality in said:
                yield NodeFinding(value=value, evidence=evidence, modality=modality or seen_on, on=on)


def _reported(report: DiagnosticReport, source: Source) -> Iterator[tuple[str, str | None]]:
    """What a report says of nodes, and the modality where its words name one."""
    sets = source.sets_of(*report.conclusion_code)
    if not _EVIDENT.isdisjoint(sets):
        yield "suspicious", None
    if "axillary-node-metastasis" in sets:
        yield "proven", None
    for reading in source.readings(report.conclusion, *texts_of(*report.conclusion_code)):
        for mention in reading.of(Kind.NODE):
            value = _in_report(mention)
            if value is not None:
                yield value, mention.detail
    if report.conclusion and denies_normal_nodes(report.conclusion):
        yield "suspicious", None
    yield from _sampled(report.conclusion or "")
    if is_malignant_node(report):
        yield "proven", "ultrasound"
    if any(nodal_metastases(report, SIDES, source)):
        yield "proven", None


_NODE = re.compile(r"axill|lymph ?node|\bnodes?\b|\bLNs?\b", re.IGNORECASE)
_SAMPLES = ("biops", "fna", "aspirat", "needle")
_SAMPLED = re.compile(r"biops|\bFNA\b|aspirat|needle", re.IGNORECASE)
_MALIGNANT = re.compile(r"positive for|malignant cells|metasta|carcinoma", re.IGNORECASE)
_BENIGN = re.compile(r"negative|benign|no (evidence|malign|metast)|recommend|suggest|advis|consider", re.IGNORECASE)


def _sampled(conclusion: str) -> Iterator[tuple[str, str | None]]:
    """A pathology report on an axillary node: it was found under ultrasound, and may prove the metastasis."""
    lowered = conclusion.lower()
    # Of most reports this says at once what a search takes ten times as long to say.
    if conclusion.isascii() and not any(word in lowered for word in _SAMPLES):
        return
    for sentence in sentences_of(conclusion):
        if _NODE.search(sentence) and _SAMPLED.search(sentence) and not _BENIGN.search(sentence):
            yield "normal", "ultrasound"
            if _MALIGNANT.search(sentence):
                yield "proven", None


def _side(report: DiagnosticReport, source: Source) -> str:
    """The side of the study; where it names none, the side its conclusion speaks of."""
    side = _study_of(report, source).laterality or side_of(source, report.code)
    if side != "unstated":
        return side
    return side_of(source, *report.conclusion_code, CodeableConcept(text=report.conclusion))


def _study_of(report: DiagnosticReport, source: Source) -> Study:
    return recorded_study(report.code, source)


def _in_report(mention: Mention) -> str | None:
    """A node in an imaging report that is called anything but normal has been seen and is suspicious."""
    if mention.meant is Meant.NEGATED:
        if mention.value == "normal":  # "nodes are not normal"
            return "suspicious"
        return "normal" if mention.value in ("suspicious", "positive", "palpable", "proven") else None
    if mention.meant in (Meant.FAMILY, Meant.HISTORICAL):
        return None
    return "suspicious" if mention.value in ("palpable", "positive") else mention.value


def _modality(report: DiagnosticReport, source: Source) -> str:
    study = _study_of(report, source)
    if study.procedures:
        return BREAST_IMAGING.get(study.procedures[0], "other")
    said = [
        mention.value for reading in source.readings(*texts_of(report.code)) for mention in reading.of(Kind.MODALITY)
    ]
    return next((value for value in said if value in ("mammography", "ultrasound", "mri")), "other")


_OBSERVED = (
    *((listed, "palpable") for listed in EVIDENT),
    ("axillary-node-metastasis", "proven"),
    *((listed, "unclear") for listed in _OF_ANYTHING),
)
_OBSERVED_SETS = frozenset(value_set for value_set, _ in _OBSERVED)


def _of_observations(side: str, source: Source) -> Iterator[NodeFinding]:
    for observation, of_code in source.telling_observations:
        sets = of_code | source.sets_of(observation.value_codeable_concept)
        worded = observation.value_string or observation.note
        if not worded and _OBSERVED_SETS.isdisjoint(sets):  # most, and they cost nothing more
            continue
        if not has_result(observation) or denies(observation):
            continue
        if not same_side(side_of(source, observation.body_site), side):
            continue
        for value_set, value in _OBSERVED:
            if value_set in sets:
                on = observed(observation)
                evidence = Evidence(
                    value=f"axillary node {value}",
                    resources=(reference_to(observation),),
                    date=on.text if on is not None else None,
                )
                yield NodeFinding(value=value, evidence=evidence, on=on)
        texts = (observation.value_string, *[note.text for note in observation.note])
        for mention in (m for reading in source.readings(*texts) for m in reading.affirmed(Kind.NODE)):
            on = observed(observation)
            evidence = Evidence(
                value="axillary node on record",
                resources=(reference_to(observation),),
                date=on.text if on is not None else None,
            )
            yield NodeFinding(value=mention.value, evidence=evidence, modality=mention.detail, on=on)


def _of_sentences(side: str, source: Source) -> Iterator[NodeFinding]:
    """What Observations of nodes say by name and value together: "FNA left axillary node: positive for malignancy"."""
    for each in sentences(source):
        if not _NODE.search(each.text):
            continue
        if same_side(side_of(source, each.observation.body_site, CodeableConcept(text=each.text)), side):
            said = [(node.value, node.detail) for node in source.read(each.text).affirmed(Kind.NODE)]
            for value, modality in (*said, *_sampled(each.text)):
                yield NodeFinding(value=value, evidence=each.evidence, modality=modality, on=observed(each.observation))
    for observation in nodes_by_tissue(source):
        if same_side(side_of(source, observation.code, observation.body_site), side):
            on = observed(observation)
            evidence = Evidence(
                value="axillary node metastasis",
                resources=(reference_to(observation),),
                date=on.text if on is not None else None,
            )
            yield NodeFinding(value="proven", evidence=evidence, on=on)


def _of_order(source: Source) -> Iterator[NodeFinding]:
    for draft in source.drafts:
        evidence = Evidence(value="axillary node named in the order", resources=(reference_to(draft),))
        sets = source.sets_of(*draft.reason_code)
        if not _EVIDENT.isdisjoint(sets):
            yield NodeFinding(value="palpable", evidence=evidence)
        if "axillary-node-metastasis" in sets:
            yield NodeFinding(value="proven", evidence=evidence)
        for reading in source.order_readings(draft):
            for mention in reading.of(Kind.NODE):
                if mention.meant in (Meant.AFFIRMED, Meant.UNCERTAIN, Meant.HISTORICAL):
                    yield NodeFinding(value=mention.value, evidence=evidence, modality=mention.detail)
                elif mention.meant is Meant.NEGATED and mention.value != "normal":
                    yield NodeFinding(value="normal", evidence=evidence)
