"""Resources that are written in another release of FHIR than R4: what gives them away, and where it stands.

What R4 does not know is ignored where records are read, so that a therapy written in R5 would look like none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_R4 = "this service reads R4"

# https://hl7.org/fhir/R5/diff.html, https://hl7.org/fhir/R4/diff.html (against STU3) and
# https://hl7.org/fhir/STU3/diff.html (against DSTU2), of the types that this service reads.
_MEMBERS: Mapping[str, Mapping[str, str]] = {
    "MedicationRequest": {"medication": "R5", "context": "STU3"},
    "MedicationAdministration": {"medication": "R5", "occurenceDateTime": "R5", "occurencePeriod": "R5"},  # spelled so
    "Procedure": {"occurrenceDateTime": "R5", "occurrencePeriod": "R5", "notDone": "STU3", "context": "STU3"},
    "Condition": {"participant": "R5", "assertedDate": "STU3", "dateRecorded": "DSTU2", "patient": "DSTU2"},
    "Observation": {"triggeredBy": "R5", "context": "STU3", "comment": "STU3", "comments": "DSTU2"},
    "DiagnosticReport": {"context": "STU3", "codedDiagnosis": "STU3"},
    "CarePlan": {"context": "STU3"},
    "AllergyIntolerance": {"assertedDate": "STU3", "substance": "DSTU2"},
    "Patient": {"animal": "STU3"},
}

_TYPES: Mapping[str, str] = {
    "ProcedureRequest": "STU3",
    "ReferralRequest": "STU3",
    "DiagnosticOrder": "DSTU2",
    "MedicationOrder": "DSTU2",
}
"""Types that R4 no longer has."""


def foreign_release(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The places in a resource that are of another release, each with which, in words."""
    kind = resource.get("resourceType", "")
    if kind in _TYPES:
        yield "resourceType", f"{kind} is of FHIR {_TYPES[kind]}; {_R4}"
    for member, release in _MEMBERS.get(kind, {}).items():
        if member in resource:
            yield member, f"of FHIR {release}; {_R4}"
    if isinstance(resource.get("clinicalStatus"), str):
        yield "clinicalStatus", f"a code by itself is of FHIR STU3 or older; {_R4}"
