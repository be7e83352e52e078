"""Synthetic FHIR R4 patients: one clinical story told in the dialect of different electronic records.

A `PatientStory` says what is true of the patient; `record` writes it as FHIR resources the way one kind of EHR would,
and `prefetch` hands them over under the service's prefetch keys. Knows no ACR variant and nothing of the service.

Dialects: `icd10`: the minimal EHR: Patient and Conditions only, ICD-10-CM, staging in `Condition.stage`;
`snomed`: SNOMED CT Conditions, staging coded on the Condition; `mcode`: mCODE STU4: staging as Observations with
SNOMED CT types and AJCC values, joined by `focus`; `loinc`: as Synthea writes: one histology- and side-neutral
Condition, LOINC staging with generic values, no focus; `epic`: OIDs for code systems, absolute references, an empty
search as a Bundle that holds only a warning.
"""

from typing import Any

from tests.support import vocabulary as words
from tests.support.dialects import Json, Writer, concept
from tests.support.story import Order, PatientStory
from tests.support.vocabulary import ICD, SCT

BASE = "https://ehr.example.org/fhir"
DIALECTS = ("icd10", "snomed", "mcode", "loinc", "epic")

KEYS = {
    "conditions": "Condition",
    "observations": "Observation",
    "procedures": "Procedure",
    "medicationRequests": "MedicationRequest",
    "medicationAdministrations": "MedicationAdministration",
    "carePlans": "CarePlan",
    "diagnosticReports": "DiagnosticReport",
    "allergies": "AllergyIntolerance",
}
"""Prefetch keys and what they hold, besides `patient` (the service's contract with clients)."""


def record(story: PatientStory, dialect: str) -> list[Json]:
    """The story as FHIR resources, Patient first."""
    resources = list(Writer(story, dialect).resources())
    return [_as_epic(resource) for resource in resources] if dialect == "epic" else resources


def collection(resources: list[Json]) -> Json:
    """The record as one collection Bundle, every entry with its address."""
    entries = [{"fullUrl": f"{BASE}/{_reference(resource)}", "resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def prefetch(resources: list[Json], dialect: str) -> Json:
    """The prefetch an EHR of this dialect sends: the minimal one knows only Patient and Conditions."""
    keys = {"conditions": KEYS["conditions"]} if dialect == "icd10" else KEYS
    found: Json = {"patient": resources[0]}
    for key, type_ in keys.items():
        found[key] = searchset([item for item in resources if item["resourceType"] == type_], dialect)
    return found


def searchset(resources: list[Json], dialect: str = "snomed") -> Json:
    """A search result; Epic answers an empty one with a warning in it."""
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(resources)}
    if resources:
        bundle["entry"] = [
            {"fullUrl": f"{BASE}/{_reference(item)}", "resource": item, "search": {"mode": "match"}}
            for item in resources
        ]
    elif dialect == "epic":
        bundle["entry"] = [{"resource": _no_results(), "search": {"mode": "outcome"}}]
    return bundle


def service_request(order: Order, story: PatientStory, dialect: str) -> Json:
    """The draft order as this dialect's EHR writes it."""
    study = words.STUDIES[order.study]
    system = ICD if dialect in ("icd10", "epic") else SCT
    draft: Json = {
        "resourceType": "ServiceRequest",
        "id": order.id,
        "status": "draft",
        "intent": "order",
        "code": {"coding": [study.coding()], "text": order.text or study.display},
        "subject": {"reference": f"Patient/{story.name}"},
        "authoredOn": order.authored,
    }
    reasons: list[Json] = [concept(words.CONCEPTS[reason].term(system)) for reason in order.reasons]
    if order.reason_text:
        reasons.append({"text": order.reason_text})
    if reasons:
        draft["reasonCode"] = reasons
    if order.site:
        draft["bodySite"] = [{"text": order.site}]
    if order.note:
        draft["note"] = [{"text": order.note}]
    return _as_epic(draft) if dialect == "epic" else draft


def _reference(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _no_results() -> Json:
    issue = {"severity": "warning", "code": "processing", "details": {"text": "Resource request returns no results."}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _as_epic(value: Any) -> Any:
    """OIDs for code systems and absolute references, everywhere in a resource."""
    if isinstance(value, list):
        return [_as_epic(item) for item in value]
    if not isinstance(value, dict):
        return value
    spelled = {name: _as_epic(item) for name, item in value.items()}
    if isinstance(spelled.get("system"), str):
        spelled["system"] = words.OIDS.get(spelled["system"], spelled["system"])
    if isinstance(spelled.get("reference"), str):
        spelled["reference"] = f"{BASE}/{spelled['reference']}"
    return spelled
