"""A patient who does not exist, and the orders written for them.

The orders are for breast imaging, which is what we know; other services are given their own requests by their users.
"""

import re
from typing import Any

PATIENT_ID = "conformance-patient"
ORDER_ID = "conformance-order-1"
OTHER_ORDER_ID = "conformance-order-2"
USER = "Practitioner/conformance-user"
UNKNOWN_EXTENSION = "https://conformance.invalid/kept"

FAMILY_NAME = "Quillfeather-Brandywine"
BIRTH_DATE = "1961-04-05"
NOTE = "Prefers the morning, says the tall neighbour with the red bicycle."

PATIENT_WORDS = (FAMILY_NAME, BIRTH_DATE, NOTE)
"""What no error may repeat."""

# https://www.rfc-editor.org/rfc/rfc2606: a name that never resolves, so that no stranger is ever called.
FHIR_SERVER = "https://fhir.conformance.invalid/r4"

Resource = dict[str, Any]

_TOKEN = re.compile(r"\{\{.*?\}\}")
_ANY_TOKEN = "conformance-token"


def order(id: str = ORDER_ID) -> Resource:
    """A draft with much in it that no service knows, to see whether it is still there in an update."""
    return {
        "resourceType": "ServiceRequest",
        "id": id,
        "meta": {"tag": [{"system": "https://conformance.invalid/tags", "code": "kept"}]},
        "extension": [
            {"url": UNKNOWN_EXTENSION, "valueString": "kept"},
            {"url": f"{UNKNOWN_EXTENSION}-too", "extension": [{"url": "inner", "valueDecimal": 1.5}]},
        ],
        "identifier": [{"system": "https://conformance.invalid/orders", "value": id}],
        "status": "draft",
        "intent": "order",
        "category": [{"text": "Imaging"}],
        "priority": "routine",
        "code": _concept("http://www.ama-assn.org/go/cpt", "78815", "PET/CT, skull base to mid-thigh"),
        "subject": {"reference": f"Patient/{PATIENT_ID}"},
        "encounter": {"reference": "Encounter/conformance-encounter"},
        "authoredOn": "2026-11-16",
        "_authoredOn": {"extension": [{"url": UNKNOWN_EXTENSION, "valueString": "kept"}]},
        "requester": {"reference": USER, "display": "Synthetic user"},
        "reasonCode": [_CANCER],
        "note": [{"text": NOTE}],
    }


def other_order(id: str = OTHER_ORDER_ID) -> Resource:
    """A draft for another study."""
    code = _concept("http://www.ama-assn.org/go/cpt", "77066", "Diagnostic mammography, bilateral")
    return {**order(id), "code": code}


def bare_order() -> Resource:
    """A draft with what FHIR demands, and a code in words alone."""
    return {
        "resourceType": "ServiceRequest",
        "id": ORDER_ID,
        "status": "draft",
        "intent": "plan",
        "code": {"text": "PET/CT, skull base to mid-thigh"},
        "subject": {"reference": f"Patient/{PATIENT_ID}"},
    }


def other_kinds() -> list[Resource]:
    """Drafts that order no imaging."""
    subject = {"reference": f"Patient/{PATIENT_ID}"}
    return [
        {
            "resourceType": "MedicationRequest",
            "id": "conformance-medication",
            "status": "draft",
            "intent": "order",
            "medicationCodeableConcept": {"text": "Tablets as before"},
            "subject": subject,
        },
        {
            "resourceType": "DeviceRequest",
            "id": "conformance-device",
            "intent": "order",
            "codeCodeableConcept": {"text": "Walking stick"},
            "subject": subject,
        },
        {
            "resourceType": "NutritionOrder",
            "id": "conformance-nutrition",
            "status": "draft",
            "intent": "order",
            "patient": subject,
            "dateTime": "2026-11-16",
            "oralDiet": {"type": [{"text": "Usual diet"}]},
        },
    ]


def filled(template: str) -> Resource:
    """What a client's own FHIR server might answer to a prefetch template: a resource, or a searchset."""
    kind, _, rest = template.partition("?")
    if rest or ("/" not in template and not _TOKEN.fullmatch(template)):
        return searchset([each for each in _record() if each["resourceType"] == kind])
    kind = "Practitioner" if _TOKEN.match(template) else template.partition("/")[0]
    known = [each for each in _record() if each["resourceType"] == kind]
    return known[0] if known else {"resourceType": kind, "id": _TOKEN.sub(_ANY_TOKEN, template).partition("/")[2]}


def drafts(orders: list[Resource]) -> Resource:
    """`context.draftOrders` with these orders."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in orders]}


def searchset(resources: list[Resource]) -> Resource:
    """A search's answer (https://hl7.org/fhir/R4/bundle.html#searchset)."""
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(resources)}
    if resources:
        bundle["entry"] = [{"resource": each, "search": {"mode": "match"}} for each in resources]
    return bundle


def operation_outcome(severity: str = "error", code: str = "exception") -> Resource:
    """What a failed query leaves in prefetch."""
    issue = {"severity": severity, "code": code, "details": {"text": "Synthetic outcome"}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _record() -> list[Resource]:
    subject = {"reference": f"Patient/{PATIENT_ID}"}
    return [
        {
            "resourceType": "Patient",
            "id": PATIENT_ID,
            "name": [{"family": FAMILY_NAME, "given": ["Synthetic"]}],
            "gender": "female",
            "birthDate": BIRTH_DATE,
        },
        {
            "resourceType": "Condition",
            "id": "conformance-condition",
            "clinicalStatus": _status("condition-clinical", "active"),
            "verificationStatus": _status("condition-ver-status", "confirmed"),
            "code": _CANCER,
            "stage": [{"summary": _STAGE}],
            "subject": subject,
            "onsetDateTime": "2026-10-20",
        },
        {"resourceType": "Practitioner", "id": USER.partition("/")[2], "name": [{"text": "Synthetic user"}]},
        {
            "resourceType": "Encounter",
            "id": "conformance-encounter",
            "status": "in-progress",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": subject,
        },
    ]


def _status(system: str, code: str) -> Resource:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}


def _concept(system: str, code: str, display: str) -> Resource:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


_CANCER = _concept("http://snomed.info/sct", "254837009", "Malignant neoplasm of breast")
_STAGE = _concept("http://snomed.info/sct", "1222724007", "American Joint Commission on Cancer stage IA")
