"""A draft order with what it contains: of any type, and never the order's undoing."""

import json
from typing import Any

import msgspec
import pytest

from cds_service.fhir.orders import decode_service_request
from cds_service.fhir.resources import Condition, DiagnosticReport, Resource, ServiceRequest, Unread, Unreadable

Json = dict[str, Any]


def decoded(contained: Any) -> ServiceRequest | Unreadable:
    order: Json = {"resourceType": "ServiceRequest", "id": "o", "contained": contained}
    return decode_service_request(msgspec.Raw(json.dumps(order).encode()), place="draft", patient_id="p1")


def contents(*contained: Any) -> tuple[Resource, ...]:
    order = decoded(list(contained))
    assert isinstance(order, ServiceRequest)
    return order.contained


def test_what_is_contained_is_typed() -> None:
    found = contents(
        {"resourceType": "Condition", "id": "c", "code": {"text": "Bone pain"}},
        {"resourceType": "DiagnosticReport", "id": "r", "conclusion": "Bone metastases"},
    )
    condition, report = found
    assert isinstance(condition, Condition)
    assert isinstance(report, DiagnosticReport)
    assert (condition.id, report.conclusion) == ("c", "Bone metastases")


@pytest.mark.parametrize(
    ("contained", "why"),
    [
        ({"resourceType": "Questionnaire", "id": "x", "code": [{"code": "1"}]}, "of a type that is not read"),
        ({"resourceType": 5, "id": "x"}, "of no type"),
        ({"resourceType": "Condition", "id": "x", "code": "Bone pain"}, "unreadable"),
        ({"resourceType": "Condition", "id": "x", "subject": {"reference": "Patient/p2"}}, "somebody else's"),
        ({"resourceType": "Observation", "id": "x", "status": "entered-in-error"}, "it was never so"),
    ],
)
def test_what_is_of_no_use_costs_only_itself(contained: Json, why: str) -> None:
    other = {"resourceType": "Condition", "id": "c"}
    assert contents(contained, other) == (Unread(id="x"), Condition(id="c")), why


def test_what_is_no_resource_costs_only_itself() -> None:
    assert contents("Condition", {"resourceType": "Condition", "id": 5}, None) == (Unread(), Unread())


def test_contents_that_are_no_list_make_the_order_unreadable() -> None:
    assert isinstance(decoded("Condition"), Unreadable)
