"""Synthetic requests of any size, the same on every run: patients who are warned about, and a chart around each.

The order and the cancer are those of a golden fixture. What is added is what charts are full of: vital signs, blood
counts, vaccinations, old colds. None of it may change the answer, which is therefore known in advance.

Patients are numbered. Each has ids and days of her own, another part of the codes of everyday medicine, and words that
are written of nobody else: in a chart of 17 KB in three places.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]

FIXTURE = Path(__file__).parents[1] / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json"
SCT, LOINC, RXNORM, CVX = (
    "http://snomed.info/sct",
    "http://loinc.org",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://hl7.org/fhir/sid/cvx",
)

# Codes and displays as Synthea writes them (https://github.com/synthetichealth/synthea), of which none bears on cancer.
CONDITIONS = (
    ("38341003", "Hypertensive disorder, systemic arterial (disorder)"),
    ("162864005", "Body mass index 30+ - obesity (finding)"),
    ("15777000", "Prediabetes"),
    ("55822004", "Hyperlipidemia"),
    ("444814009", "Viral sinusitis (disorder)"),
    ("195662009", "Acute viral pharyngitis (disorder)"),
    ("10509002", "Acute bronchitis (disorder)"),
    ("75498004", "Acute bacterial sinusitis (disorder)"),
    ("65363002", "Otitis media"),
    ("160903007", "Full-time employment (finding)"),
    ("73595000", "Stress (finding)"),
    ("423315002", "Limited social contact (finding)"),
    ("224299000", "Received higher education (finding)"),
    ("314529007", "Medication review due (situation)"),
)
MEASUREMENTS = (
    ("8302-2", "Body Height", 165.1, "cm"),
    ("29463-7", "Body Weight", 71.4, "kg"),
    ("39156-5", "Body mass index (BMI) [Ratio]", 26.2, "kg/m2"),
    ("8480-6", "Systolic Blood Pressure", 121.0, "mm[Hg]"),
    ("8462-4", "Diastolic Blood Pressure", 78.0, "mm[Hg]"),
    ("8867-4", "Heart rate", 71.0, "/min"),
    ("9279-1", "Respiratory rate", 14.0, "/min"),
    ("2339-0", "Glucose", 88.0, "mg/dL"),
    ("6299-2", "Urea Nitrogen", 12.0, "mg/dL"),
    ("38483-4", "Creatinine", 0.8, "mg/dL"),
    ("2947-0", "Sodium", 140.0, "mmol/L"),
    ("6298-4", "Potassium", 4.2, "mmol/L"),
    ("2093-3", "Total Cholesterol", 182.0, "mg/dL"),
    ("6690-2", "Leukocytes [#/volume] in Blood by Automated count", 6.8, "10*3/uL"),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", 13.4, "g/dL"),
    ("4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", 40.2, "%"),
)
PROCEDURES = (
    ("430193006", "Medication Reconciliation (procedure)"),
    ("710824005", "Assessment of health and social care needs (procedure)"),
    ("171207006", "Depression screening (procedure)"),
    ("454711000124102", "Depression screening using Patient Health Questionnaire Two-Item score (procedure)"),
    ("428211000124100", "Assessment of substance use (procedure)"),
)
DRUGS = (
    ("314076", "lisinopril 10 MG Oral Tablet"),
    ("310798", "Hydrochlorothiazide 25 MG Oral Tablet"),
    ("860975", "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet"),
    ("314231", "Simvastatin 10 MG Oral Tablet"),
    ("308182", "Amoxicillin 250 MG Oral Capsule"),
)
REPORTS = (
    ("51990-0", "Basic metabolic panel - Blood", "All values within the reference interval."),
    ("57698-3", "Lipid panel with direct LDL - Serum or Plasma", "Lipids at goal."),
    ("58410-2", "CBC panel - Blood by Automated count", "Unremarkable complete blood count."),
)
KEYS = {
    "Condition": "conditions",
    "Observation": "observations",
    "Procedure": "procedures",
    "MedicationRequest": "medicationRequests",
    "DiagnosticReport": "diagnosticReports",
}
# Of twenty resources: what a Synthea chart holds, encounters and claims left out, as prefetch leaves them out.
MIX = (
    *("Observation", "Condition", "Observation", "Procedure", "Observation"),
    *("DiagnosticReport", "Observation", "Condition", "Observation", "MedicationRequest"),
    *("Observation", "Procedure", "Observation", "Observation", "Condition"),
    *("Observation", "Procedure", "Observation", "MedicationRequest", "Observation"),
)


def request_with(resources: int, only: str | None = None, *, person: int = 0) -> Json:
    """The request of the fixture with so many more resources in its prefetch, of one type or of the usual mix."""
    body = _of_person(person)
    patient = body["context"]["patientId"]
    for resource in _chart(resources, patient, only, person):
        bundle = body["prefetch"][KEYS[resource["resourceType"]]]
        bundle.setdefault("entry", []).append({"resource": resource, "search": {"mode": "match"}})
        bundle["total"] = len(bundle["entry"])
    return body


def request_of(size: int, *, person: int = 0) -> Json:
    """The request with as much of a chart as makes its compact JSON about so many bytes."""
    return request_with(_resources_of(size), person=person)


@cache
def _resources_of(size: int) -> int:
    empty, full = (len(encoded(request_with(count))) for count in (0, 200))
    return max(0, round((size - empty) / ((full - empty) / 200)))


def encoded(body: Json) -> bytes:
    """A request as it goes over the wire."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _of_person(person: int) -> Json:
    """The request of the fixture, of another patient with the same cancer, some days earlier."""
    written = FIXTURE.read_text("utf-8").replace("s4-ia-mcode", f"patient-{person:06}")
    earlier = timedelta(days=person % 61)
    body: Json = json.loads(_DAY.sub(lambda day: str(date.fromisoformat(day[0]) - earlier), written))
    return body


def _chart(count: int, patient: str, only: str | None, person: int) -> Iterator[Json]:
    for number in range(count):
        kind = only or MIX[number % len(MIX)]
        own = {"resourceType": kind, "id": f"{patient}-chart-{number}", "subject": {"reference": f"Patient/{patient}"}}
        made = own | _ELEMENTS[kind](number + 7 * person)
        yield made | _in_own_words(made, f"{person:06}-{number}")


def _in_own_words(made: Json, visit: str) -> Json:
    """What is written of this patient and of nobody else: beside the code of a Condition, in the words of a report."""
    match made["resourceType"]:
        case "Condition":
            return {"code": made["code"] | {"text": f"{made['code']['text']}, visit {visit}"}}
        case "DiagnosticReport":
            return {"conclusion": f"{made['conclusion']} Accession {visit}."}
        case _:
            return {}


def _day(number: int) -> str:
    """A day in the ten years before the cancer; resources come in no particular order."""
    year, month, day = 2016 + number * 7 % 10, 1 + number * 5 % 12, 1 + number * 11 % 28
    return f"{year}-{month:02}-{day:02}"


def _concept(system: str, code: str, display: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def _condition(number: int) -> Json:
    return {
        "clinicalStatus": _status("condition-clinical", "resolved"),
        "verificationStatus": _status("condition-ver-status", "confirmed"),
        "category": [_concept(f"{_HL7}/condition-category", "encounter-diagnosis", "Encounter Diagnosis")],
        "code": _concept(SCT, *CONDITIONS[number % len(CONDITIONS)]),
        "onsetDateTime": f"{_day(number)}T08:30:00+00:00",
        "abatementDateTime": f"{_day(number)}T09:30:00+00:00",
        "recordedDate": f"{_day(number)}T08:30:00+00:00",
    }


_HL7 = "http://terminology.hl7.org/CodeSystem"


def _status(system: str, code: str) -> Json:
    return {"coding": [{"system": f"{_HL7}/{system}", "code": code}]}


def _observation(number: int) -> Json:
    code, display, value, unit = MEASUREMENTS[number % len(MEASUREMENTS)]
    quantity = {"value": round(value + number % 9 / 10, 2), "unit": unit, "system": "http://unitsofmeasure.org"}
    return {
        "status": "final",
        "category": [_concept(f"{_HL7}/observation-category", "vital-signs", "Vital signs")],
        "code": _concept(LOINC, code, display),
        "effectiveDateTime": f"{_day(number)}T08:35:00+00:00",
        "issued": f"{_day(number)}T08:35:00.512+00:00",
        "valueQuantity": quantity | {"code": unit},
    }


def _procedure(number: int) -> Json:
    return {
        "status": "completed",
        "code": _concept(SCT, *PROCEDURES[number % len(PROCEDURES)]),
        "performedPeriod": {"start": f"{_day(number)}T08:30:00+00:00", "end": f"{_day(number)}T08:45:00+00:00"},
    }


def _medication_request(number: int) -> Json:
    return {
        "status": "stopped",
        "intent": "order",
        "medicationCodeableConcept": _concept(RXNORM, *DRUGS[number % len(DRUGS)]),
        "authoredOn": f"{_day(number)}T08:40:00+00:00",
    }


def _report(number: int) -> Json:
    code, display, conclusion = REPORTS[number % len(REPORTS)]
    return {
        "status": "final",
        "code": _concept(LOINC, code, display),
        "effectiveDateTime": f"{_day(number)}T08:35:00+00:00",
        "conclusion": conclusion,
    }


_ELEMENTS = {
    "Condition": _condition,
    "Observation": _observation,
    "Procedure": _procedure,
    "MedicationRequest": _medication_request,
    "DiagnosticReport": _report,
}
