"""A Bundle that somebody brings: read as a FHIR server would take it in, refused with the place, never a traceback."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.web.sandbox.bundles import UnusableBundle, read_bundle

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
    assert brought.prefetch["conditions"]["total"] == 2


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
