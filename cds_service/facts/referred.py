"""What a resource says that an order refers to: in the record, or contained in the order.

One that cannot be found or read is a word that nobody understands: it is stated, and nobody can say what it is.
"""

from collections.abc import Callable, Iterator, Sequence

from cds_service.fhir.references import CONTAINED, relative
from cds_service.fhir.resources import (
    CodeableConcept,
    Condition,
    Contained,
    DiagnosticReport,
    DocumentReference,
    Observation,
    Record,
    Reference,
    Resource,
    ServiceRequest,
    Unread,
)

UNREAD = CodeableConcept(text="unresolved")
"""Stands for what is stated and cannot be read."""

Held = Resource | Contained

Find = Callable[[str], Held | None]
"""Finds what a reference, as written, leads to."""


def by_reference(record: Record) -> dict[str, Held]:
    """The Conditions, Observations and reports of a record by `Type/id`."""
    every = (*record.conditions, *record.observations, *record.diagnostic_reports)
    return {f"{type(each).__name__}/{each.id}": each for each in every if each.id}


def said_by(references: Sequence[Reference], contained: Sequence[Held], in_record: Find) -> Iterator[CodeableConcept]:
    """What is said where these references lead; its display of one that leads nowhere."""
    find = _finder(contained, in_record)
    for reference in references:
        found = find(reference.reference or "")
        if found is not None:
            yield from _said(found, find)
        else:
            yield CodeableConcept(text=reference.display) if reference.display else UNREAD


def said_in_support(draft: ServiceRequest, in_record: Find) -> Iterator[CodeableConcept]:
    """What the supporting information of an order says that is not read as a part of the record.

    Much else than findings supports an order (a coverage, a consent): what leads nowhere may say something only where
    it is a diagnosis or a report, or is contained and was not read.
    """
    find = _finder(draft.contained, in_record)
    for reference in draft.supporting_info:
        found = find(reference.reference or "")
        contained = (reference.reference or "").startswith(CONTAINED)
        if reference.display:
            yield CodeableConcept(text=reference.display)
        if isinstance(found, Condition) and contained:
            yield from _said(found, find)
        elif isinstance(found, Unread) or (found is None and (contained or _kind(reference) in _TELLING)):
            yield UNREAD


_TELLING = frozenset({"Condition", "DiagnosticReport"})
"""Types of which the record should hold each; an Observation of no code that we read is not asked for."""


def _kind(reference: Reference) -> str | None:
    return reference.type or relative(reference.reference or "").partition("/")[0]


def _finder(contained: Sequence[Held], in_record: Find) -> Find:
    inside = {f"#{each.id}": each for each in contained if each.id}

    def find(name: str) -> Held | None:
        return inside.get(name) or in_record(name)

    return find


def _said(resource: Held, find: Find) -> Iterator[CodeableConcept]:
    match resource:
        case Condition() | Contained():
            yield resource.code or UNREAD
        case Observation():
            yield from _observed(resource)
        case DiagnosticReport():
            yield from _reported(resource, find)
        case DocumentReference(description=str(description)):
            yield from (CodeableConcept(text=description), UNREAD)  # the document itself is not read
        case _:
            yield UNREAD


def _observed(observation: Observation) -> Iterator[CodeableConcept]:
    yield observation.code or UNREAD
    if observation.value_codeable_concept is not None:
        yield observation.value_codeable_concept
    if observation.value_string:
        yield CodeableConcept(text=observation.value_string)


def _reported(report: DiagnosticReport, find: Find) -> Iterator[CodeableConcept]:
    """What a report concludes, and its results; what study it was is no reason."""
    if not report.conclusion and not report.conclusion_code:
        yield UNREAD
    if report.conclusion:
        yield CodeableConcept(text=report.conclusion)
    yield from report.conclusion_code
    for result in report.result:
        found = find(result.reference or "")
        yield from _observed(found) if isinstance(found, Observation) else (UNREAD,)
