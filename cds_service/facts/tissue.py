"""What a record says of the tissue of a cancer beside the name of its entry: Observations of its histology, what was
seen of an inflammatory cancer, the evidence of the entry, and what pathology concluded.
"""

import re
from collections.abc import Iterator

from cds_service.facts.breast_elsewhere import names_elsewhere
from cds_service.facts.breast_reports import is_of_the_past
from cds_service.facts.breast_studies import names_sample, of_breast_or_axilla
from cds_service.facts.dates import When
from cds_service.facts.entry_evidence import rests_on
from cds_service.facts.episodes import Cancer
from cds_service.facts.given_for import entries_of
from cds_service.facts.histology import ELSEWHERE, Tissue, coded_tissues, tissues
from cds_service.facts.mentions import Kind
from cds_service.facts.model import Evidence
from cds_service.facts.observations import (
    WORK_UP_BEFORE_DAYS,
    affirmed_by_value,
    affirms,
    belongs,
    denies,
    has_result,
    observed,
    stated_in,
)
from cds_service.facts.record_suspicions import read_elsewhere
from cds_service.facts.sides import same_side, side_of
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.stage_statements import says_nothing
from cds_service.facts.studies import date_of, names_axilla
from cds_service.facts.suspicion import Suspicion
from cds_service.fhir.resources import CodeableConcept, DiagnosticReport, Observation, ObservationComponent
from cds_service.fhir.retrieved import Record
from cds_service.value import Value


class Told(Value, frozen=True, kw_only=True):
    """What is said of the tissue of one cancer: by its histology and its entry, and by reports of samples."""

    stated: frozenset[Tissue] = frozenset()
    reported: frozenset[Tissue] = frozenset()
    evidence: tuple[Evidence, ...] = ()

    @property
    def inflammatory(self) -> bool:
        """Whether anything says, even in doubt, that the cancer is inflammatory."""
        return Tissue.INFLAMMATORY in self.stated | self.reported

    def in_situ(self, *, measured: bool) -> bool:
        """Whether all that is said is carcinoma in situ. Of a tumour whose T is known (`measured`) a report may be of
        the first sample, or of the component; its histology is not.
        """
        if not {Tissue.INVASIVE, Tissue.INFLAMMATORY}.isdisjoint(self.stated | self.reported):
            return False
        return Tissue.IN_SITU in self.stated or (Tissue.IN_SITU in self.reported and not measured)


def tissue_told(cancer: Cancer, others: tuple[Cancer, ...], source: Source) -> Told:
    """Everything said of the tissue of this cancer."""
    stated, reported, evidence = set[Tissue](), set[Tissue](), list[Evidence]()
    for observation, said in source.once(_on_record, source.record):
        if belongs(observation, cancer, others, source) and not _is_of_another_part(observation):
            stated |= said
            evidence.append(_shown(observation))
    listed: frozenset[str] | None = None
    for each in cancer.named_by:
        if each.condition is None or not (each.condition.evidence or each.condition.contained):
            continue
        listed = entries_of(source) if listed is None else listed
        stated |= {tissue for concept in rests_on(each.condition, listed) for tissue in source.alike(tissues, concept)}
    for report, said in source.once(_in_reports, source.record):
        if _is_of(report, cancer, source):
            reported |= said
            on = date_of(report)
            evidence.append(
                Evidence(value="histology", resources=(reference_to(report),), date=on.text if on is not None else None)
            )
    return Told(stated=frozenset(stated), reported=frozenset(reported), evidence=tuple(dict.fromkeys(evidence)))


def _is_of_another_part(observation: Observation) -> bool:
    """Whether an Observation names another part of the body: "Cervical histology: carcinoma in situ"."""
    concepts = (observation.code, observation.body_site, observation.value_codeable_concept)
    return any(names_elsewhere(text) for text in (*texts_of(*concepts), observation.value_string or ""))


def _shown(observation: Observation) -> Evidence:
    on = observed(observation)
    return Evidence(value="histology", resources=(reference_to(observation),), date=on.text if on is not None else None)


def of_tissue(since: When | None, source: Source) -> Iterator[Suspicion]:
    """Histology by code that is more than a first cancer of the breast, and signs of an inflammatory cancer that came
    well after the one known `since`, as its recurrence may look.
    """
    for observation, said in source.once(_on_record, source.record):
        on = observed(observation)
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            continue
        nodal = said <= {Tissue.SECONDARY} and is_of_axilla(observation, source)
        days = source.windows.new_disease_days
        later = since is not None and (on is None or since.surely_older(days, on.earliest))
        if (not ELSEWHERE.isdisjoint(said) and not nodal) or (Tissue.INFLAMMATORY in said and later):
            yield Suspicion(kind=None, site="other", evidence=_shown(observation))


def nodes_by_tissue(source: Source) -> Iterator[Observation]:
    """The Observations whose histology is that of a metastasis in the axilla."""
    for observation, said in source.once(_on_record, source.record):
        if Tissue.SECONDARY in said and is_of_axilla(observation, source):
            yield observation


def is_of_axilla(observation: Observation, source: Source) -> bool:
    """Whether an Observation is of the axilla, by its name or by where it was made."""
    return names_axilla([each for each in (observation.code, observation.body_site) if each is not None], source)


# --- Observations -----------------------------------------------------------------------------------------------------
_HISTOLOGY = re.compile(r"histolog|morpholog|(?:tumou?r|cancer) type", re.IGNORECASE)
_INFLAMED = re.compile(r"inflam|\bibc\b|peau|orange", re.IGNORECASE)
_BEHAVIOURS = {"2": Tissue.IN_SITU, "6": Tissue.SECONDARY, "9": Tissue.SECONDARY}
"""Digits of behaviour of ICD-O-3 where they stand by themselves."""


def _on_record(record: Record, source: Source) -> tuple[tuple[Observation, frozenset[Tissue]], ...]:
    """The Observations that say anything of tissue, with what they say."""
    found = [
        (each, frozenset[Tissue]().union(*(_stated(stated, source) for stated in stated_in(each))))
        for each, sets in source.telling_observations
        if has_result(each) and not read_elsewhere(sets)  # a category of T says nothing of tissue
    ]
    return tuple([(observation, said) for observation, said in found if said])


def _stated(stated: Observation | ObservationComponent, source: Source) -> frozenset[Tissue]:
    value, text = stated.value_codeable_concept, stated.value_string
    if stated.value_quantity is not None:  # most by far: a number names no tissue
        return frozenset()
    if denies(stated) or says_nothing(value, (text,) if text else ()):
        return frozenset()
    values = [each for each in (value, CodeableConcept(text=text) if text else None) if each is not None]
    names = texts_of(stated.code)
    if source.has("histology-observation", stated.code) or any(map(_HISTOLOGY.search, names)):
        alone = {_BEHAVIOURS.get((each.code or "").strip(" /")) for value in values for each in value.coding}
        found = frozenset[Tissue]().union(*(source.alike(tissues, each) for each in values))
        return found | frozenset([each for each in alone if each is not None])
    found = frozenset[Tissue]().union(*map(coded_tissues, values))
    return found | {Tissue.INFLAMMATORY} if _is_inflamed(stated, names, texts_of(*values), source) else found


def _is_inflamed(
    stated: Observation | ObservationComponent, names: tuple[str, ...], words: tuple[str, ...], source: Source
) -> bool:
    """Whether name and value together say that a cancer is inflammatory, or looks so: "Peau d'orange: left breast"."""
    there = affirmed_by_value(stated) or (isinstance(stated, Observation) and affirms(stated))
    texts = names if there else (*words, *(f"{name}: {word}" for name in names for word in words))
    return any(
        mention.value == "inflammatory" and mention.may_hold
        for reading in source.readings(*filter(_INFLAMED.search, texts))
        for mention in reading.of(Kind.BREAST_CANCER)
    )


# --- reports ----------------------------------------------------------------------------------------------------------
def _in_reports(record: Record, source: Source) -> tuple[tuple[DiagnosticReport, frozenset[Tissue]], ...]:
    """The reports of samples of the breast, with what they conclude, as far as they say anything of tissue."""
    found = [
        (report, _concluded(report, source))
        for report in record.diagnostic_reports
        if report.code is not None
        and source.alike(names_sample, report.code)
        and of_breast_or_axilla(report, source)
        and not is_of_the_past(report, source)
    ]
    return tuple([(report, said) for report, said in found if said])


def _concluded(report: DiagnosticReport, source: Source) -> frozenset[Tissue]:
    coded = frozenset[Tissue]().union(*(source.alike(tissues, each) for each in report.conclusion_code))
    reading = source.read(report.conclusion)
    mentions = reading.of(Kind.BREAST_CANCER)
    said = tissues(CodeableConcept(text=report.conclusion), source) if report.conclusion and mentions else frozenset()
    if any(each.may_hold and each.value == "unspecified" for each in mentions):
        said -= {Tissue.IN_SITU}  # "carcinoma" beside it may be invasive
    staged = any(each.t in ("T1", "T2", "T3", "T4") for each in reading.staging)
    return coded | said | (frozenset([Tissue.INVASIVE]) if staged else frozenset())


def _is_of(report: DiagnosticReport, cancer: Cancer, source: Source) -> bool:
    """Whether a report may be of this cancer: of its side, and no older than its work-up."""
    on = date_of(report)
    if on is not None and cancer.since is not None and on.surely_older(WORK_UP_BEFORE_DAYS, cancer.since.earliest):
        return False
    return same_side(side_of(source, report.code), cancer.side)
