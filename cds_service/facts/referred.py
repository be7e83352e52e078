"""What a resource says that an order refers to: in the record, or contained in the order.

One that cannot be found or read is a word that nobody understands: it is stated, and nobody can say what it is.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from cds_service.fhir.contained import said_in
from cds_service.fhir.references import CONTAINED, relative
from cds_service.fhir.resources import (
    CodeableConcept,
    Condition,
    ContainedResource,
    DiagnosticReport,
    DocumentReference,
    Observation,
    Reference,
    Resource,
    ServiceRequest,
    Unread,
)
from cds_service.fhir.retrieved import Record

UNREAD = CodeableConcept(text="unresolved")
"""Stands for what is stated and cannot be read."""

Held = Resource | ContainedResource

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

    What leads nowhere may say something, unless it is of a type that holds no finding of the patient (a coverage), or
    its display names something harmless. What the display of a diagnosis or a report says is not all that it says.
    """
    find = _finder(draft.contained, in_record)
    for reference in draft.supporting_info:
        found = find(reference.reference or "")
        contained = (reference.reference or "").startswith(CONTAINED)
        if reference.display:
            yield CodeableConcept(text=reference.display)
        if isinstance(found, Condition) and contained:
            yield from _said(found, find)
        elif isinstance(found, Unread) or (found is None and (contained or _may_say_more(reference))):
            yield UNREAD


def displays_in_support(draft: ServiceRequest, in_record: Find) -> Iterator[str]:
    """How supporting information is called that is neither in the record nor a mere paper."""
    find = _finder(draft.contained, in_record)
    for reference in draft.supporting_info:
        named = reference.display
        if named and find(reference.reference or "") is None and not (_says_nothing(reference) or _PAPER.search(named)):
            yield named


def _may_say_more(reference: Reference) -> bool:
    """Whether what is not there may say something that its display does not."""
    kind = _kind(reference)
    if _says_nothing(reference):
        return False
    if kind in _TELLING or not reference.display:
        return True
    return kind in _DOCUMENTS and not _PAPER.search(reference.display)


def _says_nothing(reference: Reference) -> bool:
    return _kind(reference) in _WITHOUT_FINDING


_TELLING = frozenset({"Condition", "DiagnosticReport"})
"""Types of which the record should hold each; an Observation of no code that we read is not asked for."""

_DOCUMENTS = frozenset({"DocumentReference", "Composition", "QuestionnaireResponse", "ClinicalImpression", "Binary"})
"""Types of which the name says little of what is in them."""

_WITHOUT_FINDING = frozenset(
    {
        *(
            "Patient",
            "RelatedPerson",
            "Practitioner",
            "PractitionerRole",
            "Organization",
            "Location",
            "HealthcareService",
        ),
        *("CareTeam", "Device", "Specimen", "Encounter", "EpisodeOfCare", "Appointment", "Schedule", "Slot", "Task"),
        *("Coverage", "CoverageEligibilityRequest", "CoverageEligibilityResponse", "Claim", "ClaimResponse", "Account"),
        *("Contract", "Consent", "InsurancePlan", "Provenance", "ServiceRequest", "Procedure", "ImagingStudy", "Goal"),
        *("Medication", "MedicationRequest", "MedicationAdministration", "MedicationStatement", "MedicationDispense"),
        *("AllergyIntolerance", "Immunization", "CarePlan", "FamilyMemberHistory"),
    }
)
"""Types that hold no finding of the patient, or none that the record would not hold: papers, people, what was done."""

_PAPER = re.compile(r"\b(consent|insurance|coverage|authori[sz]ation|directive|identification|driver|privacy)", re.I)
"""A document that says nothing of the patient's disease, by its name."""


def _kind(reference: Reference) -> str | None:
    return reference.type or relative(reference.reference or "").partition("/")[0]


def _finder(contained: Sequence[Held], in_record: Find) -> Find:
    inside = {f"#{each.id}": each for each in contained if each.id}

    def find(name: str) -> Held | None:
        return inside.get(name) or in_record(name)

    return find


def _said(resource: Held, find: Find) -> Iterator[CodeableConcept]:
    match resource:
        case Condition():
            yield resource.code or UNREAD
        case ContainedResource():
            yield from said_in(resource) or (UNREAD,)
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
