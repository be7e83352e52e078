"""A Bundle that somebody brings: read as a FHIR server would take it in, refused with the place, never a traceback."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.web.sandbox.brought import UnusableBundle
from cds_service.web.sandbox.bundles import KEYS, read_bundle

FOREIGN = json.loads(Path(__file__).with_name("foreign.json").read_text())
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1970-02-03"}

Json = dict[str, Any]


def _bundle(*resources: Any, **members: Any) -> bytes:
    entries = [{"resource": each} for each in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries, **members}).encode()


def _faults(text: bytes) -> list[str]:
    with pytest.raises(UnusableBundle) as refused:
        read_bundle(text)
    return [f"{each.place}: {each.problem}" for each in refused.value.faults]


def test_a_transaction_is_taken_in_as_a_server_does() -> None:
    """Ids come from fullUrl, references to a fullUrl become relative, and every key is there, empty or not."""
    brought = read_bundle(json.dumps(FOREIGN).encode())
    condition = brought.prefetch["conditions"]["entry"][0]["resource"]
    assert brought.patient_id == "0f3c1c1e-0d57-4e4e-9d53-6f2d7b1a0001"
    assert condition["id"] == "0f3c1c1e-0d57-4e4e-9d53-6f2d7b1a0002"
    assert condition["subject"] == {"reference": f"Patient/{brought.patient_id}"}
    stage = brought.prefetch["observations"]["entry"][0]["resource"]
    assert stage["focus"] == [{"reference": f"Condition/{condition['id']}"}]
    assert brought.prefetch["procedures"] == {"resourceType": "Bundle", "type": "searchset", "total": 0}
    assert brought.unused == {"Encounter": 1, "Claim": 1, "Organization": 1}
    assert brought.warnings == ()


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (b"", ["line 1, column 1: not JSON: expecting value"]),
        (b'{"resourceType": "Bundle",\n  "entry": [,]}', ["line 2, column 13: not JSON: expecting value"]),
        (b"\xff\xfe", ["the text: not UTF-8"]),
        (b'{"a": "\\ud800"}', ["the text: not JSON: a number or a character that JSON does not have"]),
        (b'{"a": NaN}', ["the text: not JSON: a number or a character that JSON does not have"]),
        (b"[" * 100_000, ["the text: nested too deeply"]),
        (b"[]", ["the text: expected a JSON object, a FHIR Bundle"]),
        (b"{}", ["resourceType: expected Bundle"]),
        (b'{"resourceType": "<script>"}', ["resourceType: expected Bundle"]),
        (b'{"resourceType": "Patient"}', ["resourceType: expected Bundle, not Patient"]),
        (
            b'{"hook": "order-select", "prefetch": {}}',
            ["resourceType: expected Bundle: this is a call of CDS Hooks, which holds no Bundle of its own"],
        ),
        (
            b'{"resourceType": "Patient"}\n{"resourceType": "Condition"}\n',
            ["line 2: NDJSON, one resource in each line: expected one Bundle that holds them"],
        ),
        (b'{"resourceType": "Bundle"}', ["entry: expected a list of at least one entry"]),
        (b'{"resourceType": "Bundle", "entry": {}}', ["entry: expected a list of at least one entry"]),
        (
            _bundle(PATIENT, type="history"),
            ["type: expected one of batch, collection, document, message, searchset, transaction"],
        ),
        (_bundle({"resourceType": "Condition"}), ["entry: holds no Patient"]),
        (
            _bundle(PATIENT, {"resourceType": "Patient"}),
            [
                "entry[0].resource: one of several Patients; a record is of one",
                "entry[1].resource: one of several Patients; a record is of one",
            ],
        ),
        (
            b'{"resourceType": "Bundle", "entry": [7, {}, {"resource": 1}, {"resource": {"resourceType": "x y"}}]}',
            [
                "entry: holds no Patient",
                "entry[0]: expected an object",
                "entry[1].resource: required",
                "entry[2].resource: expected an object",
                "entry[3].resource.resourceType: expected the name of a resource type",
            ],
        ),
    ],
)
def test_what_cannot_be_used_says_where(text: bytes, faults: list[str]) -> None:
    """All of it at once, as a person mends a file; never a text of the record."""
    assert _faults(text) == faults


def test_one_bad_entry_costs_only_itself() -> None:
    """And it is named: the service will not be able to use it."""
    deep: Json = {"resourceType": "Condition"}
    inner = deep
    for _ in range(120):
        inner["x"] = {}
        inner = inner["x"]
    brought = read_bundle(
        _bundle(
            PATIENT,
            {"resourceType": "Condition", "code": {"text": "fine"}, "subject": {"reference": "Patient/p"}},
            {"resourceType": "Condition", "onsetDateTime": 2026},
            {"resourceType": "Procedure", "subject": {"reference": "Patient/somebody-else"}},
            deep,
        )
    )
    assert [f"{each.place}: {each.problem}" for each in brought.warnings] == [
        "entry[4].resource: nested too deeply",
        "entry[2].resource: onsetDateTime: expected string",
        "entry[3].resource: belongs to another patient",
    ]
    assert len(brought.prefetch["conditions"]["entry"]) == 2


LINK = [{"relation": "self", "url": "https://a.example/1"}, {"relation": "next", "url": "https://a.example/2"}]
WITHHELD = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "suppressed"}]}
HINT = {"resourceType": "OperationOutcome", "issue": [{"severity": "information", "code": "informational"}]}


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        (_bundle(PATIENT, link=LINK), "link[1]: the record goes on on another page, which is not here"),
        (_bundle(PATIENT, type="searchset", total=900), "total: 900 resources were found, and 1 are here"),
        (_bundle(PATIENT, WITHHELD), "entry[1].resource: says that part of the record could not be read"),
        (_bundle(PATIENT, {"id": "x"}), "entry[1].resource.resourceType: expected the name of a resource type"),
        (
            _bundle(PATIENT, {"resourceType": "MedicationRequest", "medication": {"concept": {"text": "x"}}}),
            "entry[1].resource.medication: of FHIR R5; this service reads R4",
        ),
        (
            _bundle(PATIENT, {"resourceType": "Procedure", "context": {"reference": "Encounter/1"}}),
            "entry[1].resource.context: of FHIR STU3; this service reads R4",
        ),
        (
            _bundle(PATIENT, {"resourceType": "MedicationOrder"}),
            "entry[1].resource.resourceType: MedicationOrder is of FHIR DSTU2; this service reads R4",
        ),
        (
            _bundle(PATIENT, {"resourceType": "Condition", "clinicalStatus": "active"}),
            "entry[1].resource.clinicalStatus: a code by itself is of FHIR STU3 or older; this service reads R4",
        ),
    ],
)
def test_what_is_missing_is_not_taken_as_absent(text: bytes, warned: str) -> None:
    """It could be a symptom or a therapy: every part of the record says that there is more of it."""
    brought = read_bundle(text)
    assert warned in [f"{each.place}: {each.problem}" for each in brought.warnings]
    assert all(brought.prefetch[key]["total"] > len(brought.prefetch[key].get("entry", ())) for key in KEYS)


def test_a_record_that_is_whole_says_so() -> None:
    """A hint beside it changes nothing, and `$everything` counts what it found."""
    brought = read_bundle(_bundle(PATIENT, HINT, type="searchset", total=1))
    assert brought.warnings == ()
    assert all(brought.prefetch[key]["total"] == 0 for key in KEYS)


def test_a_large_record_is_read_in_good_time() -> None:
    """Some megabytes, as years of laboratory results are."""
    laboratory = {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/p"}}
    text = _bundle(PATIENT, *({**laboratory, "id": f"o{n}", "note": [{"text": "x" * 400}]} for n in range(5_000)))
    assert len(text) > 2_000_000
    began = time.process_time()  # whatever else the machine does
    assert read_bundle(text).prefetch["observations"]["total"] == 5_000
    assert time.process_time() - began < 2


def test_an_id_that_is_none_is_made() -> None:
    """A resource without id or fullUrl can still be pointed at on the page."""
    brought = read_bundle(_bundle({**PATIENT, "id": "../etc"}, {"resourceType": "Condition"}))
    assert brought.patient_id == "entry-0"
    assert brought.prefetch["conditions"]["entry"][0]["resource"]["id"] == "entry-1"


@pytest.mark.parametrize("path", sorted(Path("fixtures").glob("*/bundle.json")), ids=lambda path: path.parent.name)
def test_our_own_patients_can_be_brought_too(path: Path) -> None:
    """What an EHR would send of a record, and what the page makes of its Bundle, hold the same resources."""
    sent = json.loads(path.with_name("request.json").read_text())
    brought = read_bundle(path.read_bytes())
    assert brought.patient_id == sent["context"]["patientId"]
    if sent["prefetch"].get("observations", {}).get("resourceType") == "Bundle":
        listed = [entry["resource"]["id"] for entry in sent["prefetch"]["observations"].get("entry", [])]
        found = [entry["resource"]["id"] for entry in brought.prefetch["observations"].get("entry", [])]
        assert [each for each in listed if each in found] == found


_NAMES = st.sampled_from(["resourceType", "id", "entry", "resource", "reference", "fullUrl"]) | st.text()
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(_NAMES, inner),
    max_leaves=20,
)


@given(_JSON)
def test_no_json_breaks_it(value: Any) -> None:
    """Whatever stands in a Bundle, it is read or refused with a fault."""
    for text in (_bundle(PATIENT, value), _bundle({**PATIENT, "name": value}), json.dumps(value).encode()):
        try:
            faults = read_bundle(text).warnings
        except UnusableBundle as refused:
            faults = refused.faults
        assert all(each.place and each.problem for each in faults)
