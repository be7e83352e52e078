"""The one pass over a usual Bundle reads what taking it apart reads, and leaves everything else alone."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cds_service.fhir.keys import read_parts
from cds_service.fhir.resources import RESOURCES, Condition, Patient, Resource
from cds_service.fhir.retrieved import KeyState
from cds_service.fhir.shapes import take_apart
from cds_service.fhir.usual import read_alone, read_usual

REQUESTS = sorted((Path(__file__).parents[2] / "fixtures").glob("*/request.json"))
KINDS: dict[str, type[Resource]] = {kind.__name__: kind for kind in RESOURCES}
OWN = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}}
NEXT = {**OWN, "id": "c2"}
Json = dict[str, Any]


def bundle(*resources: Any, **members: Any) -> Json:
    entries = [{"resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries, **members}


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.parent.name)
def test_what_is_read_in_one_pass_is_what_is_read_part_by_part(path):
    request = json.loads(path.read_text(encoding="utf-8"))
    patient = request["context"]["patientId"]
    for key, value in (request.get("prefetch") or {}).items():
        for kind in KINDS.values():
            for whole in filter(None, (each(raw(value), kind, patient) for each in (read_usual, read_alone))):
                place = f"prefetch.{key}"
                read = read_parts(take_apart(raw(value), place), place=place, kind=kind, patient_id=patient)
                assert (whole.resources, whole.state, ()) == (read.resources, read.state, read.unreadable)


USUAL = [
    pytest.param(bundle(OWN), 1, KeyState.OK, id="a search result"),
    pytest.param(bundle(), 0, KeyState.EMPTY, id="nothing found"),
    pytest.param({"resourceType": "Bundle"}, 0, KeyState.EMPTY, id="not even entries"),
    pytest.param(bundle(OWN, type="collection"), 1, KeyState.OK, id="a collection"),
    pytest.param(bundle(OWN, OWN, total=1), 1, KeyState.OK, id="the same twice, counted once"),
    pytest.param(bundle(OWN, OWN), 1, KeyState.OK, id="the same twice, counted twice"),
    pytest.param(bundle(OWN, {**OWN, "meta": {"versionId": "2"}}), 1, KeyState.OK, id="two versions that say the same"),
    pytest.param(
        bundle({**OWN, "meta": {"profile": ["a"]}}, {**OWN, "meta": {"profile": ["b"]}}),
        1,
        KeyState.OK,
        id="the same under two profiles",
    ),
    pytest.param(
        bundle({"resourceType": "Condition"}, {"resourceType": "Condition"}), 2, KeyState.OK, id="without ids"
    ),
    pytest.param(
        bundle({**OWN, "verificationStatus": {"coding": [{"code": "refuted"}]}}),
        0,
        KeyState.OK,
        id="one that never was",
    ),
]


@pytest.mark.parametrize(("value", "count", "state"), USUAL)
def test_a_usual_bundle_is_read(value, count, state):
    whole = read_usual(raw(value), Condition, "p1")
    assert whole is not None
    assert (len(whole.resources), whole.state) == (count, state)


UNUSUAL = [
    pytest.param(None, id="null"),
    pytest.param(OWN, id="a resource by itself"),
    pytest.param([OWN], id="an array of resources"),
    pytest.param({**bundle(OWN), "resourceType": "Parameters"}, id="no Bundle"),
    pytest.param(bundle(OWN, type="transaction"), id="a Bundle of another type"),
    pytest.param(bundle(OWN, total=2), id="fewer than there are"),
    pytest.param(bundle(OWN, OWN, total=3), id="fewer than there are, and one twice"),
    pytest.param(bundle(OWN, {**OWN, "code": {"text": "other"}}), id="one id, two contents"),
    pytest.param(bundle(OWN, link=[{"relation": "next", "url": "https://ehr.example/2"}]), id="one page of several"),
    pytest.param(bundle(OWN, None), id="an entry without its resource"),
    pytest.param(bundle(OWN, {"id": "c2"}), id="a resource that does not say what it is"),
    pytest.param(bundle(OWN, {**NEXT, "resourceType": "Patient"}), id="what came along with the search"),
    pytest.param(bundle(OWN, {"resourceType": "OperationOutcome"}), id="a warning of the server"),
    pytest.param(bundle(OWN, {**NEXT, "subject": {"reference": "Patient/p2"}}), id="somebody else's"),
    pytest.param(bundle(OWN, {**NEXT, "code": "C50"}), id="an element of another form"),
    pytest.param(bundle(OWN, {**NEXT, "note": None}), id="a null where a list belongs"),
]


@pytest.mark.parametrize("value", UNUSUAL)
def test_any_other_value_is_left_to_those_who_take_it_apart(value):
    """They know what became of the rest; here nothing may be taken as whole that is not."""
    assert read_usual(raw(value), Condition, "p1") is None


HER = {"resourceType": "Patient", "id": "p1"}


@pytest.mark.parametrize(
    "more", [{}, {"birthDate": "1970-01-01", "meta": {"profile": ["a"]}}, {"link": [{"type": "seealso"}]}]
)
def test_a_patient_by_herself_is_read(more):
    whole = read_alone(raw({**HER, **more}), Patient, "p1")
    assert whole is not None
    assert ([each.id for each in whole.resources], whole.state) == (["p1"], KeyState.OK)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({**HER, "id": "p2"}, id="somebody else"),
        pytest.param({**HER, "birthDate": 1970}, id="an element of another form"),
        pytest.param({**HER, "resourceType": "Person"}, id="something else"),
        pytest.param({"id": "p1"}, id="what does not say what it is"),
        pytest.param(bundle(HER), id="a Bundle"),
        pytest.param([HER], id="an array"),
        pytest.param(None, id="null"),
    ],
)
def test_whatever_is_not_the_patient_by_herself_is_left_to_the_others(value):
    assert read_alone(raw(value), Patient, "p1") is None
