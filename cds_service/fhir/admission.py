"""Which resources count: those that are about the context's patient, and of things that were ever so."""

from collections.abc import Iterable
from typing import TypeVar

from cds_service.fhir.references import CONTAINED, points_to
from cds_service.fhir.resources import AllergyIntolerance, CodeableConcept, Condition, Patient, Resource

Kind = TypeVar("Kind", bound=Resource)

FOREIGN = "belongs to another patient"

NEVER_WAS = frozenset({"entered-in-error", "refuted"})
"""States of what never was so."""

# https://hl7.org/fhir/R4/valueset-condition-ver-status.html, …/valueset-allergyintolerance-verification.html
_VERIFICATIONS = frozenset({"unconfirmed", "provisional", "differential", "presumed", "confirmed", *NEVER_WAS})

_NOTHING: frozenset[str] = frozenset()
_ALONE: dict[str | None, frozenset[str]] = {code: frozenset({code}) for code in _VERIFICATIONS}


def stranger(resource: Resource, patient_id: str) -> str | None:
    """Why the resource is not known to be the patient's, or None.

    A resource without a subject came in answer to a question about the patient, and is taken to be the patient's.
    """
    if isinstance(resource, Patient):
        return None if resource.id == patient_id else FOREIGN
    subject = resource.patient if isinstance(resource, AllergyIntolerance) else getattr(resource, "subject", None)
    if subject is None or subject.reference is None or subject.reference == f"Patient/{patient_id}":
        return None
    if subject.reference.startswith(CONTAINED):
        return "the subject is a contained resource"
    return None if points_to(subject.reference, "Patient", patient_id) else FOREIGN


def verified(status: CodeableConcept | None) -> frozenset[str]:
    """What a verification status says, by codes, displays and text: "Entered in Error" is `entered-in-error`.

    Empty where there is none. What is no status of FHIR is as written, and counts where nothing else is said.
    """
    if status is None:
        return _NOTHING
    if len(status.coding) == 1 and not status.text and not status.coding[0].display:  # nearly all
        alone = _ALONE.get(status.coding[0].code)
        if alone is not None:
            return alone
    codings = (text for coding in status.coding for text in (coding.code, coding.display))
    said = frozenset([_status(text) for text in (*codings, status.text) if text and not text.isspace()])
    return said & _VERIFICATIONS or said


def _status(text: str) -> str:
    words = text.strip().lower().replace("_", "-").replace(" ", "-")
    return "confirmed" if words.startswith("confirmed") else words  # "Confirmed present" (SNOMED CT)


_VERIFIED = (Condition, AllergyIntolerance)


def exists(resource: Resource) -> bool:
    """Whether what the resource says was ever so: entered in error, or refuted, it was not."""
    if isinstance(resource, _VERIFIED):
        said = verified(resource.verification_status)
        return not said or not said <= NEVER_WAS
    return getattr(resource, "status", None) not in NEVER_WAS


def refuted(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Those that were looked into and ruled out, not those that were only written down by mistake."""
    return tuple([each for each in conditions if "refuted" in verified(each.verification_status)])


def existing(kind: type[Kind], resources: Iterable[Kind]) -> tuple[Kind, ...]:
    """Those of `kind` that were ever so, as `exists` says."""
    if kind in _VERIFIED:
        return tuple([each for each in resources if exists(each)])
    return tuple([each for each in resources if getattr(each, "status", None) not in NEVER_WAS])
