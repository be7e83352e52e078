"""Distant disease as facts: whether metastasis is suspected, and where; what proves it; the laboratory beside it."""

from collections.abc import Iterator
from datetime import date, timedelta

from cds_service.facts.attached_texts import of_attached_texts
from cds_service.facts.cancer_notes import of_cancer_entries, of_stage_notes
from cds_service.facts.diagnoses import OF_BREAST, Diagnosis, Disease
from cds_service.facts.draft_words import of_draft_words
from cds_service.facts.entry_evidence import of_entry_evidence
from cds_service.facts.episodes import Cancer
from cds_service.facts.given_symptoms import of_allergies, of_given
from cds_service.facts.laboratory import LiverTests, liver_tests, raised_before, raised_calcium, tumor_marker
from cds_service.facts.mentions import Kind, Meant
from cds_service.facts.model import NOT_RETRIEVED, Evidence, Fact, Known, Unknown, UnknownReason
from cds_service.facts.order_notes import of_order_notes
from cds_service.facts.order_suspicions import of_beside, of_order
from cds_service.facts.plan_suspicions import of_plans
from cds_service.facts.record_suspicions import of_diagnoses, of_observations
from cds_service.facts.report_suspicions import of_reports
from cds_service.facts.source import Source, reference_to
from cds_service.facts.stage import shown
from cds_service.facts.stage_marks import every_mark
from cds_service.facts.strange_results import of_strange_results
from cds_service.facts.suspicion import Suspicion
from cds_service.facts.telling_procedures import of_telling_procedures
from cds_service.facts.tissue import of_tissue
from cds_service.facts.vital_values import of_vital_values
from cds_service.facts.written_observations import of_written_observations
from cds_service.value import Value

RECORD_KEYS = ("conditions", "observations", "diagnosticReports")
"""Where a symptom, a value or a finding may stand: none of them may have failed where absence is to mean none."""

_MOST_TELLING_FIRST = ("symptom", "sign", "imaging-finding", "laboratory")


class Distant(Value, frozen=True, kw_only=True):
    """What is known of distant disease: the facts, and what proves metastasis, if anything does."""

    suspected: Fact
    site: Fact
    liver_tests: Fact
    tumor_marker: Fact
    proof: tuple[Evidence, ...]


def distant_disease(
    found: tuple[Diagnosis, ...],
    cancer: Cancer | None,
    others: tuple[Cancer, ...],
    source: Source,
    operated: date | None = None,
) -> Distant:
    """Distant disease of one patient as seen from one cancer; None where no cancer is on record.

    `operated`: the day of its first operation.
    """
    since = cancer.since if cancer is not None else None
    sides = frozenset([each.side for each in (cancer, *others) if each is not None])
    liver = liver_tests(since, source)
    treated_by = _treated_by(found, cancer, source)
    if operated is not None and treated_by is not None:
        operated = min(operated, treated_by)  # an operation of later, of what had been treated before
    suspicions = (
        *of_diagnoses(
            found,
            since,
            sides,
            source,
            liver=liver,
            operated=operated,
            treated_by=treated_by,
        ),
        *of_observations(since, source),
        *of_cancer_entries(found, since, source),
        *of_stage_notes(source),
        *of_order_notes(source),
        *of_draft_words(source),
        *of_reports(since, sides, source, liver=liver, operated=operated),
        *of_attached_texts(since, source),
        *of_written_observations(since, source),
        *of_tissue(since, source),
        *of_vital_values(source),
        *of_strange_results(source),
        *of_order(source),
        *of_beside(source),
        *of_given(source),
        *of_allergies(source),
        *of_telling_procedures(source),
        *of_plans(source),
        *of_entry_evidence(found, source),
        *_of_laboratory(liver),
        *(Suspicion(kind="laboratory", site="bone", evidence=each) for each in raised_calcium(since, source)),
        *(Suspicion(kind=None, site="other", evidence=each) for each in raised_before(since, source)),
    )
    as_before = tuple(dict.fromkeys(each.evidence for each in suspicions if each.as_before))
    suspicions = tuple([each for each in suspicions if not each.as_before])
    return Distant(
        suspected=_suspected(suspicions, as_before, source),
        site=_site(suspicions),
        liver_tests=liver.fact,
        tumor_marker=tumor_marker(found, source),
        proof=tuple(dict.fromkeys(_proof(found, source))),
    )


def _treated_by(found: tuple[Diagnosis, ...], cancer: Cancer | None, source: Source) -> date | None:
    """The day by which a cancer known as history alone was treated: by the first entry that says so (Z85.3, Z08), and
    at the latest when follow-up begins; None for any other cancer.
    """
    if cancer is None or {each.disease for each in cancer.named_by} != {Disease.HISTORY}:
        return None
    entries = [
        each.since.earliest
        for each in found
        if each.since is not None and (each.disease is Disease.HISTORY or "follow-up-encounter" in each.sets)
    ]
    return min([*entries, source.today - timedelta(days=source.windows.surveillance_days)])


def _of_laboratory(liver: LiverTests) -> Iterator[Suspicion]:
    if isinstance(liver.fact, Known) and liver.fact.value == "abnormal":
        yield Suspicion(kind="laboratory", site="liver", evidence=liver.fact.evidence[0])
    for evidence in liver.unjudged:
        yield Suspicion(kind=None, site="other", evidence=evidence)


def _suspected(suspicions: tuple[Suspicion, ...], as_before: tuple[Evidence, ...], source: Source) -> Fact:
    named = {each.kind for each in suspicions if each.kind is not None}
    if named:
        kind = next(kind for kind in _MOST_TELLING_FIRST if kind in named)
        evidence = (each.evidence for each in suspicions if each.kind is not None)
        return Known(kind, evidence=tuple(dict.fromkeys(evidence)))
    if suspicions:
        evidence = (each.evidence for each in suspicions)
        return Unknown(UnknownReason.NOT_RECORDED, evidence=tuple(dict.fromkeys(evidence)))
    if source.record.any_failed(*RECORD_KEYS):
        return NOT_RETRIEVED
    if as_before:
        return Known("none", evidence=as_before, assumed="older-complaint-unchanged")
    return Known("none", assumed="no-symptoms-recorded")


def _site(suspicions: tuple[Suspicion, ...]) -> Fact:
    """The one place that is suspected; "other" where there are several, or none that has a study of its own."""
    sites = {each.site for each in suspicions if each.kind is not None} - {"other"}
    return Known(sites.pop() if len(sites) == 1 else "other")


def _proof(found: tuple[Diagnosis, ...], source: Source) -> Iterator[Evidence]:
    """What proves metastasis: its code, M1 or stage IV, even once resolved, for stage IV stays stage IV (E24)."""
    for diagnosis in found:
        if diagnosis.disease is Disease.METASTASIS and diagnosis.certain:
            date = diagnosis.since.text if diagnosis.since else None
            yield Evidence(value="distant metastasis", resources=(diagnosis.reference,), date=date)
    breast = [each for each in found if each.disease in OF_BREAST]  # "stage IV" of a kidney is none
    yield from (shown(mark) for mark in every_mark(breast, source) if mark.values in (("M1",), ("IV",)))
    for draft in source.drafts:
        said = (mention for reading in source.order_readings(draft) for mention in reading.of(Kind.METASTASIS))
        if any(mention.meant in (Meant.AFFIRMED, Meant.HISTORICAL) for mention in said):
            yield Evidence(value="metastasis named in the order", resources=(reference_to(draft),))
