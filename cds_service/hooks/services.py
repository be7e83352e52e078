"""The services we offer and what they ask of a client (https://cds-hooks.hl7.org/2.0/#discovery).

Prefetch keys are a stable contract: some clients never read discovery and configure them by hand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from cds_service.coding import Code

SPECIFICATION = "2.0.1"
"""The version of CDS Hooks we implement; not our own version."""

ORDER_SELECT = "order-select"
ORDER_SIGN = "order-sign"

SHARED_ID = "breast-imaging"
"""The id of both services for clients that tell replaced cards by it."""

PAGE = 1000
"""Resources asked for at once: a server's own page may hold 20, and a record that goes on elsewhere is partial."""

REQUIRED_KEYS = ("patient", "conditions")
"""Prefetch keys without which no order can be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One entry of discovery; `prefetch` maps a key to its template."""

    id: str
    hook: str
    title: str
    description: str
    usage_requirements: str
    prefetch: Mapping[str, str]


def make_services(observation_codes: Iterable[Code], *, one_id: bool = False) -> tuple[Service, ...]:
    """Our two services; Observations are asked for by the codes that the facts read.

    `one_id`: both have the same, by which a client knows that the cards of the later hook replace those of the earlier.
    Raises ValueError without codes: the query would then ask for every Observation of the patient.
    """
    prefetch = _prefetch(observation_codes)
    return (
        Service(
            id=SHARED_ID if one_id else "breast-imaging-order-select",
            hook=ORDER_SELECT,
            title="Breast imaging appropriateness, while ordering",
            description="Rates the selected breast imaging order by the ACR Appropriateness Criteria for this patient, "
            "and offers a better rated alternative where there is one.",
            usage_requirements=_USAGE,
            prefetch=prefetch,
        ),
        Service(
            id=SHARED_ID if one_id else "breast-imaging-order-sign",
            hook=ORDER_SIGN,
            title="Breast imaging appropriateness, before signing",
            description="Rates every breast imaging order about to be signed by the ACR Appropriateness Criteria for "
            "this patient, and offers a better rated alternative where there is one.",
            usage_requirements=_USAGE,
            prefetch=prefetch,
        ),
    )


def discovery(services: Iterable[Service]) -> dict[str, object]:
    """The body of the answer to discovery, as JSON values."""
    return {"services": [_entry(service) for service in services]}


def _entry(service: Service) -> dict[str, object]:
    entry: dict[str, object] = {
        "hook": service.hook,
        "id": service.id,
        "title": service.title,
        "description": service.description,
        "usageRequirements": service.usage_requirements,
        "version": SPECIFICATION,
    }
    if service.prefetch:
        entry["prefetch"] = dict(service.prefetch)
    return entry


def _prefetch(observation_codes: Iterable[Code]) -> dict[str, str]:
    codes = sorted({(code.system, code.code) for code in observation_codes})
    if not codes:
        raise ValueError("no codes to ask Observations by")
    return {
        "patient": "Patient/{{context.patientId}}",
        # No status filter: resolved and refuted problems, and Z85.3 among them, decide the phase of the disease.
        "conditions": _of_patient("Condition"),
        "observations": f"{_of_patient('Observation')}&code={','.join(_token(*code) for code in codes)}",
        "procedures": _of_patient("Procedure"),
        "medicationRequests": _of_patient("MedicationRequest"),
        "medicationAdministrations": _of_patient("MedicationAdministration"),
        "carePlans": _of_patient("CarePlan"),
        "diagnosticReports": _of_patient("DiagnosticReport"),
        "allergies": _of_patient("AllergyIntolerance"),
    }


def _of_patient(resource_type: str) -> str:
    return f"{resource_type}?patient={{{{context.patientId}}}}&_count={PAGE}"


def _token(system: str, code: str) -> str:
    """A FHIR token parameter's value, `system|code`, safe inside a URL (https://hl7.org/fhir/R4/search.html#token)."""
    return f"{quote(system, safe=':/')}|{quote(code, safe='')}"


_USAGE = (
    f"Needs a draft ServiceRequest and the prefetch keys {' and '.join(REQUIRED_KEYS)}, or access to a FHIR server "
    "that this service has been allowed to call; every other key makes the answer more certain, and the "
    "answer names what a missing one might have held. Not a qualified clinical decision support mechanism of the CMS."
)
