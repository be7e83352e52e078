"""Which resources count: those that are about the context's patient, and of things that were ever so."""

from cds_service.fhir.references import CONTAINED, points_to
from cds_service.fhir.resources import AllergyIntolerance, Condition, Patient, Resource

FOREIGN = "belongs to another patient"

_NEVER_WAS = frozenset({"entered-in-error", "refuted"})


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


def exists(resource: Resource) -> bool:
    """Whether what the resource says was ever so: entered in error, or refuted, it was not."""
    if isinstance(resource, (Condition, AllergyIntolerance)):
        verification = resource.verification_status
        return verification is None or _NEVER_WAS.isdisjoint([coding.code for coding in verification.coding])
    return getattr(resource, "status", None) not in _NEVER_WAS
