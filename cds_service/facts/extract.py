"""From one order and the record around it to facts, one set for each cancer the order could be about.

The stages in order: diagnoses, cancers, treatment, then per cancer phase, stage, nodes, distant disease, and the
question the order asks of it.
"""

from collections.abc import Iterator
from functools import partial

from cds_service.facts.beside import diagnoses_beside
from cds_service.facts.brought import with_brought
from cds_service.facts.contrast_safety import contrast_safety
from cds_service.facts.diagnoses import (
    BREAST_CANCER,
    OF_BREAST,
    Diagnosis,
    Disease,
    affirms_recurrence,
    diagnoses,
    ruled_out_cancers,
    what_is_named,
)
from cds_service.facts.episode import Chart, episode
from cds_service.facts.episodes import Cancer, cancers, relevant
from cds_service.facts.given_for import distant_disease_given
from cds_service.facts.histology import names_no_carcinoma
from cds_service.facts.model import Fact, OrderFacts, Unknown
from cds_service.facts.no_cancer import no_cancer
from cds_service.facts.ordered_therapy import ordered_therapy
from cds_service.facts.other_diseases import may_be_for_another
from cds_service.facts.patient import patient_facts
from cds_service.facts.reasons import reasons
from cds_service.facts.sides import same_side
from cds_service.facts.source import Source, codes_of, reference_to
from cds_service.facts.studies import order_side, prior_studies
from cds_service.facts.treatment import treatment_events
from cds_service.facts.whole_reports import with_whole_reports

OPTIONAL_KEYS = (
    "observations",
    "procedures",
    "medicationRequests",
    "medicationAdministrations",
    "carePlans",
    "diagnosticReports",
)


def extract(source: Source) -> OrderFacts:
    """The facts of one order. Never raises on any record."""
    source = with_whole_reports(with_brought(source))
    recorded = diagnoses(source)
    given = distant_disease_given(source)
    found = (*recorded, *given, *_order_diagnoses(recorded, source), *diagnoses_beside(source))
    chart = Chart(
        found=found,
        events=(*treatment_events(found, source), *ordered_therapy(source)),
        reasons=reasons(source),
        prior=prior_studies(source),
        of_patient=patient_facts(found, source),
        safety=partial(contrast_safety, found, source),
        side=order_side(source),
        another=may_be_for_another(recorded, source),
    )
    every = relevant(_cancers(found, source))
    episodes = tuple(
        episode(cancer, tuple(each for each in every if each is not cancer), chart, source)
        for cancer in _asked_about(every, chart.side, source)
    )
    return OrderFacts(
        episodes=episodes or (no_cancer(chart, source),),
        assumed=tuple(_assumed(chart.of_patient, source)),
        unreadable=tuple(_unreadable(source)),
        prior_imaging=chart.prior,
    )


def _unreadable(source: Source) -> Iterator[str]:
    """The entries that could not be read, and the keys that failed as a whole or lack a page."""
    places = [each.place for each in source.record.unreadable]
    yield from places
    told = {place.split(".")[1].split("[")[0] for place in places if place.startswith(("prefetch.", "fhirServer."))}
    yield from (f"prefetch.{key}" for key in source.record.failed_keys if key not in told)


def _assumed(of_patient: dict[str, Fact], source: Source) -> Iterator[str]:
    for key in OPTIONAL_KEYS:
        if source.record.not_supplied(key):
            yield f"{key}-not-supplied"
    yield from (f"{kind}-not-read" for kind in source.record.unread_kinds)
    if isinstance(of_patient["age-years"], Unknown):
        yield "adult"


# --- which cancers ----------------------------------------------------------------------------------------------------
def _order_diagnoses(recorded: tuple[Diagnosis, ...], source: Source) -> Iterator[Diagnosis]:
    """Diagnoses that only the order names: its reason codes, and its words where the record holds no breast cancer."""
    has_cancer = any(each.disease in BREAST_CANCER for each in recorded)
    known_before = any(each.disease in OF_BREAST for each in recorded)
    ruled_out = () if known_before else ruled_out_cancers(source)
    for draft in source.drafts:
        for concept in source.reasons_of(draft):
            named = source.alike(what_is_named, concept)
            disease = named.disease
            if disease is Disease.OTHER or (disease is Disease.UNSPECIFIED and has_cancer):
                continue
            if disease is Disease.INVASIVE and has_cancer:
                continue
            if disease in (Disease.METASTASIS, Disease.OTHER_MALIGNANCY) and not codes_of(concept):
                continue  # free words are read with their negation, in facts.metastasis and facts.reasons
            yield Diagnosis(
                disease=disease,
                reference=reference_to(draft),
                concept=concept,
                sets=named.sets,
                words=named.words,
                side=named.side,
                certain=(disease is not Disease.RECURRENCE or affirms_recurrence(concept, source))
                and not (disease in OF_BREAST and any(same_side(named.side, each.side) for each in ruled_out)),
                carcinoma=disease not in BREAST_CANCER or not names_no_carcinoma(source, concept),
            )


def _cancers(found: tuple[Diagnosis, ...], source: Source) -> tuple[Cancer, ...]:
    """The breast cancers; a cancer known only as history is one too."""
    named = cancers(found, source)
    history = tuple(each for each in found if each.disease is Disease.HISTORY)
    if named or not history:
        return named
    return (Cancer(side=history[0].side, named_by=history, since=None),)


def _asked_about(every: tuple[Cancer, ...], side: str, source: Source) -> tuple[Cancer, ...]:
    """The cancers an order could be about: all for a study of the body, those of its side for breast and axilla."""
    if source.procedures[0].family in ("systemic", "head"):
        return every
    return tuple(cancer for cancer in every if same_side(cancer.side, side)) or every
