"""What stands inside a resource is read as if it stood beside it, with the day of the resource."""

import json

import msgspec
import pytest

from cds_service.fhir.contained import with_contents
from cds_service.fhir.record import read_record
from cds_service.fhir.retrieved import Record

KEYS = {
    "Condition": "conditions",
    "Observation": "observations",
    "Procedure": "procedures",
    "MedicationRequest": "medicationRequests",
    "MedicationAdministration": "medicationAdministrations",
    "CarePlan": "carePlans",
    "DiagnosticReport": "diagnosticReports",
}
INSIDE = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "ALP"}}
PERIOD = {"start": "2026-05-02"}
HERE = {"reference": "#o"}


def read(type, *inside, **elements) -> Record:
    held = {"resourceType": type, "id": "h", "contained": list(inside or (INSIDE,)), **elements}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": held}]}
    raw = msgspec.Raw(json.dumps(bundle).encode())
    return with_contents(read_record({KEYS[type]: raw}, patient_id="p1"))


def results(record):
    return [each for each in record.observations if each.id is None]


@pytest.mark.parametrize(
    ("type", "dated", "day", "start"),
    [
        ("DiagnosticReport", {"effectiveDateTime": "2026-05-01"}, "2026-05-01", None),
        ("DiagnosticReport", {"effectivePeriod": PERIOD}, None, "2026-05-02"),
        ("Observation", {"effectiveDateTime": "2026-05-01"}, "2026-05-01", None),
        ("Observation", {"effectiveInstant": "2026-05-01T08:00:00Z"}, "2026-05-01T08:00:00Z", None),
        ("Procedure", {"performedDateTime": "2026-05-01"}, "2026-05-01", None),
        ("Procedure", {"performedPeriod": PERIOD}, None, "2026-05-02"),
        ("MedicationRequest", {"authoredOn": "2026-05-01"}, "2026-05-01", None),
        ("MedicationAdministration", {"effectivePeriod": PERIOD}, None, "2026-05-02"),
        ("CarePlan", {"created": "2026-05-01"}, "2026-05-01", None),
        ("CarePlan", {"created": "2026-05-01", "period": PERIOD}, None, "2026-05-02"),
        ("Condition", {"recordedDate": "2026-05-01", "stage": [{"assessment": [HERE]}]}, "2026-05-01", None),
    ],
)
def test_a_result_of_no_day_has_that_of_what_holds_it(type, dated, day, start):
    (found,) = results(read(type, **dated))
    period = found.effective_period
    assert (found.effective_date_time, period.start if period else None) == (day, start)
    (own,) = results(read(type, {**INSIDE, "effectiveDateTime": "2026-04-01"}, **dated))
    assert (own.effective_date_time, own.effective_period) == ("2026-04-01", None), "its own, where it names one"


def test_the_stage_of_a_diagnosis_is_about_it():
    (found,) = results(read("Condition", stage=[{"assessment": [HERE]}]))
    assert [each.reference for each in found.focus] == ["Condition/h"]


@pytest.mark.parametrize(
    ("type", "elements", "why"),
    [
        ("Condition", {"evidence": [{"detail": [HERE]}]}, "what a diagnosis rests on is as old as it"),
        ("MedicationRequest", {"reasonReference": [HERE]}, "a reason"),
        ("Procedure", {"reasonReference": [HERE]}, "likewise"),
        ("Procedure", {"complicationDetail": [HERE]}, "a complication"),
        ("CarePlan", {"addresses": [HERE]}, "what a plan is for"),
        ("CarePlan", {"activity": [{"detail": {"reasonReference": [HERE]}}]}, "what an activity is for"),
    ],
)
def test_what_is_a_reason_is_no_result(type, elements, why):
    assert not results(read(type, **elements)), why


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ({**INSIDE, "status": "entered-in-error"}, "it never was"),
        ({**INSIDE, "subject": {"reference": "Patient/p2"}}, "somebody else's"),
        ({**INSIDE, "resourceType": "Specimen"}, "no Observation"),
    ],
)
def test_what_is_none_of_her_results(inside, why):
    assert not results(read("DiagnosticReport", inside)), why


@pytest.mark.parametrize(
    "odd",
    [
        {"resourceType": "PractitionerRole", "code": [{"text": "Surgeon"}]},
        {"resourceType": "Task", "focus": {"reference": "Observation/1"}},
        {"resourceType": "Contract", "subject": [{"reference": "Patient/p1"}]},
        {"resourceType": "ServiceRequest", "bodySite": [{"text": "Breast"}]},
        {"resourceType": "Observation", "bodySite": [{"text": "Breast"}], "code": "x"},
    ],
)
def test_what_other_types_write_otherwise_costs_nothing(odd):
    record = read("Observation", odd, INSIDE)
    assert not record.unreadable
    assert "ALP" in [each.code.text for each in results(record) if each.code]


def test_a_report_inside_is_one_of_the_record():
    inside = {"resourceType": "DiagnosticReport", "id": "o", "status": "final", "conclusion": "Normal."}
    record = read("Procedure", inside, performedDateTime="2026-05-01", report=[HERE])
    assert [(each.conclusion, each.effective_date_time) for each in record.diagnostic_reports] == [
        ("Normal.", "2026-05-01")
    ]


@pytest.mark.parametrize("type", ["MedicationRequest", "MedicationAdministration"])
def test_a_drug_is_named_by_what_is_inside(type):
    mixed = {"resourceType": "Medication", "id": "o", "ingredient": [{"itemCodeableConcept": {"text": "Doxorubicin"}}]}
    key = {"MedicationRequest": "medication_requests"}.get(type, "medication_administrations")

    def drug(**elements):
        (order,) = getattr(read(type, mixed, **elements), key)
        return order.medication_codeable_concept.text if order.medication_codeable_concept else None

    assert drug(medicationReference=HERE) == "Doxorubicin"
    assert drug(medicationReference={"reference": "#x"}) is None, "leads nowhere"
    assert drug(medicationReference={"reference": "Medication/o"}) is None, "is another one"
    assert drug(medicationReference=HERE, medicationCodeableConcept={"text": "Letrozole"}) == "Letrozole"
    coded = {**mixed, "code": {"text": "AC", "coding": [{"code": "1"}]}}
    (order,) = getattr(read(type, coded, medicationReference=HERE), key)
    assert (order.medication_codeable_concept.text, len(order.medication_codeable_concept.coding)) == (
        "AC, Doxorubicin",
        1,
    )
