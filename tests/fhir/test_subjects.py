"""What came with the record and is somebody else's (docs/safety.md): by a number, or because it is of a relative."""

import json

import msgspec
import pytest

from cds_service.fhir.record import read_record
from cds_service.fhir.retrieved import KeyState
from cds_service.fhir.subjects import own_only

OURS = {"system": "urn:oid:1", "value": "A1 "}
PATIENT = {"resourceType": "Patient", "id": "p1", "identifier": [OURS, {"system": "urn:oid:1", "value": "A0"}, {}]}


def observation(**more):
    return {"resourceType": "Observation", "id": "o1", "status": "final", **more}


def by_number(system="urn:oid:1", value="A2", **more):
    return {"subject": {"identifier": {"system": system, "value": value}, **more}}


def read(found, patient=PATIENT):
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": found}]}
    key = {"Observation": "observations", "AllergyIntolerance": "allergies"}[found["resourceType"]]
    values = {"patient": patient, key: bundle}
    raw = {name: msgspec.Raw(json.dumps(value).encode()) for name, value in values.items()}
    record = own_only(read_record(raw, patient_id="p1"))
    return len(getattr(record, key)), record.states[key], [each.place for each in record.unreadable]


TAKEN, DROPPED = (1, KeyState.OK, []), (0, KeyState.PARTIAL, ["prefetch.observations"])


@pytest.mark.parametrize(
    ("found", "expected", "why"),
    [
        (observation(**by_number()), DROPPED, "a number that is not hers"),
        (observation(**by_number(value="A1")), TAKEN, "hers"),
        (observation(**by_number(value=" A0")), TAKEN, "another one of hers"),
        (observation(**by_number(system="urn:oid:2")), TAKEN, "of a system that she has none of"),
        (observation(**by_number(system=None)), TAKEN, "of no system"),
        (observation(**by_number(value=None)), TAKEN, "no number"),
        (observation(**by_number(reference="Patient/p1")), TAKEN, "the reference says whose it is"),
        (observation(), TAKEN, "no subject: it came in answer to a question about her"),
        (observation(subject={"display": "Smith, Mary"}), TAKEN, "names are written in many ways"),
        (
            {"resourceType": "AllergyIntolerance", "patient": by_number()["subject"]},
            (0, KeyState.PARTIAL, ["prefetch.allergies"]),
            "an allergy names its patient otherwise",
        ),
    ],
)
def test_whose_number_it_is(found, expected, why):
    assert read(found) == expected, why


def test_without_a_number_of_hers_none_is_somebody_elses():
    assert read(observation(**by_number()), {"resourceType": "Patient", "id": "p1"}) == TAKEN


@pytest.mark.parametrize(
    ("focus", "taken", "why"),
    [
        ([{"reference": "RelatedPerson/1"}], 0, "a relative"),
        ([{"reference": "https://ehr.example/fhir/Patient/p2"}], 0, "another patient"),
        ([{"reference": "urn:uuid:7", "type": "RelatedPerson"}], 0, "by its type"),
        ([{"reference": "#r"}], 0, "inside it"),
        ([{"reference": "#x"}], 1, "nowhere"),
        ([{"reference": "Patient/p1"}], 1, "the patient herself"),
        ([{"reference": "RelatedPerson/1"}, {"reference": "Patient/p1"}], 1, "both"),
        ([{"reference": "Condition/c"}], 1, "her cancer"),
        ([{"display": "Mother"}], 1, "in words: their reader tells"),
    ],
)
def test_who_is_in_focus(focus, taken, why):
    found = observation(focus=focus, contained=[{"resourceType": "RelatedPerson", "id": "r"}])
    assert read(found) == (taken, KeyState.OK, []), why
