"""What stands elsewhere in prefetch than under the key of its type: it is known, and tells nothing of what is not
there. cds-hooks.md R9 lets only our keys be sent; Epic's are set by hand at each site (5.1)."""

import json
import time

import msgspec
import pytest

from cds_service.fhir.record import read_record
from cds_service.fhir.retrieved import KeyState, Record
from cds_service.fhir.strays import with_strays

EMPTY, ERROR, NOT_RUN, OK, PARTIAL = KeyState.EMPTY, KeyState.ERROR, KeyState.NOT_RUN, KeyState.OK, KeyState.PARTIAL


def of_patient(id="c1", type="Condition", of="p1", **more):
    return {"resourceType": type, "id": id, "subject": {"reference": f"Patient/{of}"}, **more}


def bundle(*resources, type="searchset"):
    return {"resourceType": "Bundle", "type": type, "entry": [{"resource": each} for each in resources]}


def read(aliases=None, **prefetch) -> Record:
    values = {key: msgspec.Raw(json.dumps(value).encode()) for key, value in prefetch.items()}
    return with_strays(read_record(values, patient_id="p1", aliases=aliases or {}))


def ids(found):
    return [each.id for each in found]


OWN = of_patient("own")
NAUSEA = of_patient("c2", code={"text": "Nausea"})
LAB = of_patient("o1", "Observation", status="final")
MODIFIED = of_patient("c2", modifierExtension=[{"url": "urn:x", "valueBoolean": True}])
BROKEN = of_patient("c2", code=5)
AS_BATCH = bundle(bundle(NAUSEA), bundle(LAB), type="collection")


@pytest.mark.parametrize(
    ("prefetch", "conditions", "state", "why"),
    [
        ({"problems": bundle(NAUSEA)}, ["own", "c2"], OK, "a key that we do not know"),
        ({"problems": NAUSEA}, ["own", "c2"], OK, "the resource alone"),
        ({"problems": [NAUSEA, LAB]}, ["own", "c2"], OK, "a list"),
        ({"record": bundle(LAB, NAUSEA)}, ["own", "c2"], OK, "one Bundle for all"),
        ({"record": AS_BATCH}, ["own", "c2"], OK, "a Bundle of Bundles"),
        ({"observations": bundle(LAB, NAUSEA)}, ["own", "c2"], OK, "the key of another type"),
        ({"patient": bundle({"resourceType": "Patient", "id": "p1"}, NAUSEA)}, ["own", "c2"], OK, "beside the Patient"),
        ({"record": bundle(OWN)}, ["own"], OK, "the same again"),
        ({"record": bundle({**OWN, "code": {"text": "x"}})}, ["own"], PARTIAL, "the same id saying something else"),
        ({"record": bundle(NAUSEA, {**NAUSEA, "code": {"text": "x"}})}, ["own", "c2"], PARTIAL, "likewise, both there"),
        ({"record": bundle(BROKEN)}, ["own"], PARTIAL, "unreadable: it may say anything"),
        ({"record": bundle(MODIFIED)}, ["own"], PARTIAL, "modified by an extension that nobody knows"),
        ({"family": bundle(of_patient("c2", of="p2"))}, ["own"], OK, "of somebody else, asked for by nobody"),
        ({"record": bundle({**NAUSEA, "verificationStatus": {"text": "refuted"}})}, ["own"], OK, "never so"),
        ({"record": bundle(of_patient("e1", "Encounter"))}, ["own"], OK, "of a type that nobody reads"),
        ({"record": "words"}, ["own"], OK, "no resource at all"),
        ({"record": None}, ["own"], OK, "null"),
        ({"record": {"resourceType": "OperationOutcome"}}, ["own"], OK, "the failure of what we did not ask for"),
    ],
)
def test_a_resource_is_read_wherever_it_stands(prefetch, conditions, state, why):
    record = read(conditions=bundle(OWN), **prefetch)
    assert (ids(record.conditions), record.states["conditions"]) == (conditions, state), why
    assert record.strays == ()


@pytest.mark.parametrize(
    ("own", "state", "why"),
    [
        ({}, NOT_RUN, "the key was never asked for: of what else there is, nobody knows"),
        ({"observations": bundle()}, EMPTY, "the key says that there is nothing; the stray says more"),
        ({"observations": {"resourceType": "OperationOutcome"}}, ERROR, "asking failed, whatever else is there"),
    ],
)
def test_whether_a_key_was_read_whole_its_own_value_tells(own, state, why):
    record = read(record=bundle(LAB), **own)
    assert (ids(record.observations), record.states["observations"]) == (["o1"], state), why


def test_a_key_of_the_clients_own_name_is_read_once():
    record = read(aliases={"problems": "conditions"}, problems=bundle(NAUSEA))
    assert (ids(record.conditions), record.states["conditions"]) == (["c2"], OK)
    both = read(aliases={"problems": "conditions"}, problems=bundle(NAUSEA), conditions=bundle(OWN))
    assert ids(both.conditions) == ["own", "c2"], "ours counts, and the other is known"


def test_what_could_not_be_read_is_named_by_its_type_never_by_the_clients_words():
    (fault,) = read(conditions=bundle(OWN), **{"Jane Roe": bundle(BROKEN)}).unreadable
    assert fault.place == "prefetch.conditions"


@pytest.mark.parametrize(
    ("value", "kinds", "why"),
    [
        (of_patient("f1", "Flag"), ("Flag",), "a flag may name anything"),
        (
            bundle(of_patient("m1", "MedicationStatement"), of_patient("f1", "Flag")),
            ("Flag", "MedicationStatement"),
            "two",
        ),
        ({"resourceType": "Coverage"}, (), "a paper says nothing of the disease"),
        ({"resourceType": "Jane Roe"}, (), "no type, and no word of a client's is told"),
        (bundle(NAUSEA), (), "it is read"),
    ],
)
def test_what_is_not_read_is_named(value, kinds, why):
    assert read(conditions=bundle(OWN), more=value).unread_kinds == kinds, why


@pytest.mark.parametrize(("status", "refuted"), [("refuted", ["c2"]), ("entered-in-error", [])])
def test_what_was_ruled_out_is_known_as_that(status, refuted):
    ruled_out = {**NAUSEA, "verificationStatus": {"coding": [{"code": status}]}}
    assert ids(read(conditions=bundle(OWN), record=bundle(ruled_out)).refuted) == refuted, "elsewhere"
    assert ids(read(conditions=bundle(OWN, ruled_out)).refuted) == refuted, "under its key"
    apart = bundle(OWN, ruled_out, {"resourceType": "Encounter"})
    assert ids(read(conditions=apart).refuted) == refuted, "beside another type"


def test_a_thousand_of_them_cost_no_more_than_each_of_them():
    each = [of_patient(f"c{number}") for number in range(4000)]
    values = {"record": msgspec.Raw(json.dumps(bundle(*each)).encode())}
    began = time.perf_counter()
    record = with_strays(read_record(values, patient_id="p1"))
    assert len(record.conditions) == 4000
    assert time.perf_counter() - began < 1.5  # 16 million comparisons would take longer
