"""What the other drafts of a session say of the patient, whatever they ask: symptoms, findings, another cancer, nodes.

What they ask is theirs: an order's question comes from its own words alone.
"""

from collections.abc import Iterator

from cds_service.facts.diagnoses import Diagnosis, Disease, affirms_recurrence, disease_of
from cds_service.facts.mentions import Kind
from cds_service.facts.referred import said_by, said_in_support
from cds_service.facts.sides import side_of
from cds_service.facts.source import Source, codes_of, reason_concepts, reference_to, texts_of
from cds_service.fhir.resources import (
    CarePlan,
    CodeableConcept,
    Drafted,
    ServiceRequest,
)


def told_by(draft: Drafted, source: Source) -> tuple[CodeableConcept, ...]:
    """Everything a draft gives as reason or says beside naming what it orders."""
    return source.once(_told, draft)


def named_by(draft: Drafted) -> tuple[str, ...]:
    """What an order names in words: "MRI spine for back pain" names more than the study."""
    return texts_of(draft.code, *draft.order_detail) if isinstance(draft, ServiceRequest) else ()


def reasons_beside(draft: Drafted, source: Source) -> tuple[CodeableConcept, ...]:
    """What another draft gives as its reasons: codes, and what its references lead to."""
    match draft:
        case ServiceRequest():
            return reason_concepts(draft, source.referred)
        case CarePlan():
            details = (activity.detail for activity in draft.activity if activity.detail is not None)
            reasons = (reason for detail in details for reason in detail.reason_code)
            return (*said_by(draft.addresses, (), source.referred), *reasons)
    contained = getattr(draft, "contained", ())
    return (*draft.reason_code, *said_by(draft.reason_reference, contained, source.referred))


def written_in(draft: Drafted) -> tuple[str, ...]:
    """What is written on a draft in sentences; a title, and what a drug or a test is called, are names."""
    words: list[str | None] = [note.text for note in draft.note]
    if isinstance(draft, CarePlan):
        words += [draft.description, *(each.detail.description for each in draft.activity if each.detail is not None)]
    return tuple(text for text in words if text)


def _told(draft: Drafted, source: Source) -> tuple[CodeableConcept, ...]:
    said = reasons_beside(draft, source)
    names: tuple[str | None, ...] = ()
    match draft:
        case ServiceRequest():
            names = (draft.patient_instruction,)
            said = (*said, *said_in_support(draft, source.referred))
        case CarePlan():
            names = (draft.title, *_activities(draft))
    return (*said, *(CodeableConcept(text=text) for text in (*names, *written_in(draft)) if text))


def _activities(plan: CarePlan) -> Iterator[str]:
    for activity in plan.activity:
        yield from texts_of(activity.detail.code) if activity.detail is not None else ()


# --- diagnoses --------------------------------------------------------------------------------------------------------
_COUNTS = frozenset(
    {
        Disease.METASTASIS,
        Disease.NODE_METASTASIS,
        Disease.AMBIGUOUS_METASTASIS,
        Disease.RECURRENCE,
        Disease.INFLAMMATORY,
        Disease.OTHER_MALIGNANCY,
    }
)
"""What is said of the disease beyond the cancer itself, its treatment and its follow-up: those the record tells."""

_LOCAL = frozenset({"breast-lump", "axillary-lump", "axillary-node-palpable", "axillary-lymphadenopathy"})


def diagnoses_beside(source: Source) -> Iterator[Diagnosis]:
    """The diagnoses that other drafts name and that speak against a warning."""
    for draft in source.beside:
        yield from source.once(_diagnoses, draft)


def _diagnoses(draft: Drafted, source: Source) -> tuple[Diagnosis, ...]:
    return tuple(
        each for concept in told_by(draft, source) for each in _diagnosed(concept, reference_to(draft), source)
    )


def _diagnosed(concept: CodeableConcept, reference: str, source: Source) -> Iterator[Diagnosis]:
    disease = Disease.RECURRENCE if _recurs(concept, source) else disease_of(concept, source)
    if _is_local(concept, source) if disease is Disease.OTHER else _is_named(disease, concept, source):
        yield Diagnosis(
            disease=disease,
            reference=reference,
            concept=concept,
            sets=source.sets_of(concept),
            words=source.said(concept),
            side=side_of(source, concept),
            certain=disease is not Disease.RECURRENCE or affirms_recurrence(concept, source),
        )


def _is_named(disease: Disease, concept: CodeableConcept, source: Source) -> bool:
    if disease is Disease.OTHER_MALIGNANCY and not codes_of(concept):
        # "Cancer" alone is no other cancer.
        return any(reading.affirmed(Kind.OTHER_MALIGNANCY) for reading in source.said(concept))
    return disease in _COUNTS


def _recurs(concept: CodeableConcept, source: Source) -> bool:
    """Whether words say that the cancer is, or may be, back, be it found in follow-up; "r/o recurrence" only asks."""
    return any(
        mention.may_hold and mention.detail != "asked"
        for reading in source.said(concept)
        for mention in reading.of(Kind.RECURRENCE)
    )


def _is_local(concept: CodeableConcept, source: Source) -> bool:
    """Whether it is a lump, or a node that is not said to be normal."""
    return not _LOCAL.isdisjoint(source.sets_of(concept)) or any(
        mention.may_hold and mention.value != "normal"
        for reading in source.said(concept)
        for mention in reading.of(Kind.LOCAL_SYMPTOM, Kind.NODE)
    )
