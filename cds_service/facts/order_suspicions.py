"""Suspicions from the order and the other drafts of its session."""

from collections.abc import Iterator

import msgspec

from cds_service.facts import unread
from cds_service.facts.beside import named_by, told_by
from cds_service.facts.given_for import extended, is_for_distant_disease, is_sample_elsewhere
from cds_service.facts.model import Evidence
from cds_service.facts.referred import UNREAD, said_in_support
from cds_service.facts.source import Source, reference_to, texts_of
from cds_service.facts.suspicion import Suspicion, of_names, of_texts, suspected, tells_of_another
from cds_service.fhir.resources import CodeableConcept, Drafted, ServiceRequest


def of_order(source: Source) -> Iterator[Suspicion]:
    """What the order names, in its reasons by code or in any of its words."""
    for draft in source.drafts:
        evidence = Evidence(value="named in the order", resources=(reference_to(draft),))
        yield from _of_reasons(source.reasons_of(draft), evidence, source)
        beside = tuple(extended(draft.extension))
        yield from _of_reasons(beside, evidence, source)
        if source.has("other-malignancy", *beside) or any(tells_of_another(each, source) for each in _besides(draft)):
            yield Suspicion(kind=None, site="other", evidence=evidence)
        named = (*texts_of(draft.code, *draft.order_detail), draft.patient_instruction, *_besides(draft))
        yield from of_texts((*source.words_of(draft), *named), evidence, source)
        supported = tuple(said_in_support(draft, source.referred))
        yield from _of_told(supported, evidence, source, unread_as=unread.SUPPORT)


def _besides(draft: ServiceRequest) -> Iterator[str]:
    """Where else an order may name something: its category, when it is needed, what it follows, in which visit, its
    extensions."""
    yield from texts_of(*draft.category, draft.as_needed_codeable_concept)
    seen = () if draft.encounter is None else (draft.encounter,)
    besides = (*draft.based_on, *draft.replaces, *draft.relevant_history, *seen)
    yield from (each.display for each in besides if each.display)
    extensions = (*draft.extension, *(each for concept in draft.reason_code for each in concept.extension))
    yield from texts_of(*extended(extensions))


def of_beside(source: Source) -> Iterator[Suspicion]:
    """What the other drafts of the session name, whatever they are for. A reason that cannot be read may be one."""
    for draft in source.beside:
        yield from source.once(_of_draft, draft)


def _of_draft(draft: Drafted, source: Source) -> tuple[Suspicion, ...]:
    evidence = Evidence(value="named in another draft", resources=(reference_to(draft),))
    named = named_by(draft)
    said = (
        *_of_told(told_by(draft, source), evidence, source, unread_as=unread.WORDS),
        *of_names(named, evidence, source),
        *of_texts(_besides(draft) if isinstance(draft, ServiceRequest) else (), evidence, source),
    )
    if any(is_for_distant_disease(text) or is_sample_elsewhere(text) for text in named):
        return (*said, Suspicion(kind=None, site="other", evidence=evidence))
    return said


def _of_reasons(reasons: tuple[CodeableConcept, ...], evidence: Evidence, source: Source) -> Iterator[Suspicion]:
    for concept in reasons:
        for each in source.alike(suspected, concept):
            yield msgspec.structs.replace(each, evidence=evidence)


def _of_told(
    told: tuple[CodeableConcept, ...], evidence: Evidence, source: Source, *, unread_as: str
) -> Iterator[Suspicion]:
    yield from _of_reasons(told, evidence, source)
    if UNREAD in told:
        yield Suspicion(kind=None, site="other", evidence=msgspec.structs.replace(evidence, value=unread_as))
