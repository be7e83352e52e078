"""Symptoms and findings that an entry of the problem list holds beside its name: the evidence it rests on, what its
stage was assessed by, how it began, where it is, and what it contains.

What is said there is said of this very disease, and nobody says what it means for the cancer.
"""

import re
from collections.abc import Iterable, Iterator

from cds_service.facts.advanced import stages_advanced
from cds_service.facts.diagnoses import OF_BREAST, Course, Diagnosis
from cds_service.facts.given_for import displayed, entries_of, may_give
from cds_service.facts.histology import names_another
from cds_service.facts.model import Evidence
from cds_service.facts.source import Source, texts_of
from cds_service.facts.suspicion import Suspicion, suspected, tells_of_another
from cds_service.facts.telling_procedures import names_far_part
from cds_service.fhir.contained import said_in
from cds_service.fhir.resources import CodeableConcept, Condition


def of_entry_evidence(found: Iterable[Diagnosis], source: Source) -> Iterator[Suspicion]:
    """What entries rest on, as far as it may mean metastasis."""
    listed: frozenset[str] | None = None
    for each in found:
        condition = each.condition
        if condition is None or not may_give(condition):
            continue
        if listed is None:
            listed = entries_of(source)
        of_cancer = each.disease in OF_BREAST
        if of_cancer:
            concepts = tuple(rests_on(condition, listed))
            told = _is_suspected(concepts, source) or _is_advanced(concepts, source) or _lies_elsewhere(condition)
        else:
            told = each.course is Course.ACTIVE and _is_suspected(_told_of_another(each, listed, source), source)
        if told:
            evidence = Evidence(
                value="evidence of the cancer" if of_cancer else "evidence of an entry",
                resources=(each.reference,),
                date=each.since.text if each.since is not None else None,
            )
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _is_suspected(concepts: Iterable[CodeableConcept], source: Source) -> bool:
    return any(source.alike(suspected, concept) or _names_another_cancer(concept, source) for concept in concepts)


def _names_another_cancer(concept: CodeableConcept, source: Source) -> bool:
    if source.has("other-malignancy", concept) or source.alike(names_another, concept):
        return True
    return any(tells_of_another(text, source) for text in texts_of(concept))


def _is_advanced(concepts: Iterable[CodeableConcept], source: Source) -> bool:
    """Whether what a cancer rests on states an advanced stage: "Stage IIIB, T4bN1"."""
    return any(stages_advanced(reading) for concept in concepts for reading in source.said(concept))


def rests_on(condition: Condition, listed: frozenset[str]) -> Iterator[CodeableConcept]:
    """What an entry names beside itself; `listed`: the entries of the problem list, which are read as such."""
    for evidence in condition.evidence:
        yield from evidence.code
        yield from displayed(evidence.detail, listed)
    for stage in condition.stage:
        yield from displayed(stage.assessment, listed)
    for contained in condition.contained:
        yield from said_in(contained)
    yield from (CodeableConcept(text=text) for text in (condition.onset_string, condition.abatement_string) if text)


def _lies_elsewhere(condition: Condition) -> bool:
    """Whether a breast cancer is said to be in a part where only a metastasis of it can be."""
    return any(map(names_far_part, texts_of(*condition.body_site)))


def _told_of_another(diagnosis: Diagnosis, listed: frozenset[str], source: Source) -> Iterator[CodeableConcept]:
    """What another disease rests on. What an old entry rests on is as old, unless it is called new, and was answered
    since; another cancer is one still. (Metastases are read in `facts.given_for`, however old.)
    """
    if diagnosis.condition is None:
        return
    since = diagnosis.since
    old = since is not None and since.surely_older(source.windows.work_up_days, source.today)
    for concept in rests_on(diagnosis.condition, listed):
        if not old or _names_another_cancer(concept, source) or any(map(_NEW.search, texts_of(concept))):
            yield concept


_NEW = re.compile(r"\b(?:new|wors|now|recent|increas|progress|acute)", re.IGNORECASE)
