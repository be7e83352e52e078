"""What the tables of this folder mean on the wire: an item is the FHIR resource it says, and a slip is an error."""

from typing import Any

import pytest

from tests.support.items import Json, concept, resources
from tests.support.rows import draft, request

Items = list[Any]
SCT = "http://snomed.info/sct"


def made(*items: Any) -> Items:
    return list(resources(list(items), {"ill": [{"condition": "sct:49727002"}]}))


def test_a_code_words_or_both_make_one_concept() -> None:
    cough = {"system": SCT, "code": "49727002", "display": "Cough"}
    assert concept("sct:49727002=Cough") == {"coding": [cough]}
    assert concept("Cough, dry") == {"text": "Cough, dry"}
    assert concept(["http://local|X=y", "words"]) == {
        "coding": [{"system": "http://local", "code": "X", "display": "y"}],
        "text": "words",
    }


def test_a_name_stands_for_the_items_of_a_patient() -> None:
    assert made("ill") == made({"condition": "sct:49727002"})


def test_t_and_n_are_an_observation_each() -> None:
    values = [each["valueCodeableConcept"]["coding"][0]["code"] for each in made({"tnm": "T2 N1"})]
    assert values == ["1228929004", "1229973008"]
    (pathologic,) = made({"tnm": "N1", "written": "pathologic"})
    assert pathologic["code"]["coding"][0]["code"] == "21900-6"
    assert pathologic["valueCodeableConcept"]["coding"][0]["code"] == "1229951001"


def test_elements_are_added_and_taken_away() -> None:
    (found,) = made({"condition": "Cough", "with": {"onsetString": "last week"}, "without": ["subject"], "id": "c1"})
    assert (found["onsetString"], found["id"], "subject" in found) == ("last week", "c1", False)


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ({"condition": "Cough", "onsett": "2026-01-01"}, TypeError),  # an unknown field
        ({"conditions": "Cough"}, KeyError),  # an unknown kind
        ({"tnm": "T9"}, KeyError),  # a category without a code
    ],
)
def test_a_slip_in_an_item_is_an_error(item: Json, error: type[Exception]) -> None:
    with pytest.raises(error):
        made(item)


def test_what_is_contained_in_an_order_is_its_reason() -> None:
    found = draft({"order": "pet-ct", "contained": [{"condition": "Cough"}]})
    assert found["reasonReference"] == [{"reference": f"#{found['contained'][0]['id']}"}]
    assert found["code"]["coding"][0]["code"] == "78815"


def test_a_request_holds_every_key_but_the_missing_ones() -> None:
    row = {"drafts": ["pet-ct"], "patient-items": ["ill"], "missing": ["allergies"], "prefetch": {"carePlans": "null"}}
    body = request(row, {"ill": [{"condition": "Cough"}]})
    assert body["hook"] == "order-select"
    assert body["context"]["selections"] == ["ServiceRequest/order-1"]
    assert "allergies" not in body["prefetch"]
    assert body["prefetch"]["carePlans"] is None
    assert body["prefetch"]["conditions"]["total"] == 1
    assert "selections" not in request({**row, "signed": True}, {"ill": []})["context"]
