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

Find = Callable[[Reference], Held | None]


def said_by(references: Sequence[Reference], contained: Sequence[Held], record: Record) -> Iterator[CodeableConcept]:
    """What is said where these references lead; its display of one that leads nowhere."""
    if not references:
        return
    find = finder(contained, record)
    for reference in references:
        found = find(reference)
        if found is not None:
            yield from _said(found, find)
        else:
            yield CodeableConcept(text=reference.display) if reference.display else UNREAD


def said_in_support(draft: ServiceRequest, record: Record) -> Iterator[CodeableConcept]:
    """What the supporting information of an order says that is not read as a part of the record.

    Much else than findings supports an order (a coverage, a consent): what leads nowhere may say something only where
    it is a diagnosis or a report, or is contained and was not read.
    """
    if not draft.supporting_info:
        return
    find = finder(draft.contained, record)
    for reference in draft.supporting_info:
        found = find(reference)
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


def finder(contained: Sequence[Held], record: Record) -> Find:
    """Finds what a reference leads to among the Conditions, Observations and reports of a record, and the contained."""
    every = (*record.conditions, *record.observations, *record.diagnostic_reports)
    held: dict[str, Held] = {f"{type(each).__name__}/{each.id}": each for each in every if each.id}
    held |= {f"#{each.id}": each for each in contained if each.id}

    def find(reference: Reference) -> Held | None:
        name = reference.reference or ""
        return held.get(name) or held.get(relative(name))

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
        found = find(result)
        yield from _observed(found) if isinstance(found, Observation) else (UNREAD,)
