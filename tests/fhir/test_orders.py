"""A draft order from its bytes, with what it contains: of any type, and never the order's undoing."""

import json
from typing import Any

import msgspec
import pytest

from cds_service.fhir.orders import decode_service_request
from cds_service.fhir.resources import (
    CodeableConcept,
    Coding,
    Condition,
    DiagnosticReport,
    Reference,
    Resource,
    ServiceRequest,
    Unread,
)
from cds_service.fhir.retrieved import Unreadable

Json = dict[str, Any]

PLACE = "context.draftOrders.entry[0].resource"


def decode(**elements):
    order = {"resourceType": "ServiceRequest", "id": "o1", **elements}
    return decode_service_request(msgspec.Raw(json.dumps(order).encode()), place=PLACE, patient_id="p1")


def test_an_order_is_read():
    order = decode(
        status="draft",
        intent="plan",
        code={"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "78815"}], "text": "PET/CT"},
        subject={"reference": "Patient/p1"},
        reasonReference=[{"reference": "Condition/c1"}],
        unknown=[{}],
    )
    assert order == ServiceRequest(
        id="o1",
        status="draft",
        intent="plan",
        code=CodeableConcept(coding=(Coding(system="http://www.ama-assn.org/go/cpt", code="78815"),), text="PET/CT"),
        subject=Reference(reference="Patient/p1"),
        reason_reference=(Reference(reference="Condition/c1"),),
    )


def test_sandbox_the_order_before_any_choice_is_read():
    order = decode(code={"coding": [{}]}, reasonCode=[])
    assert order == ServiceRequest(id="o1", code=CodeableConcept(coding=(Coding(),)))


def test_h8_an_order_with_nothing_but_its_id_is_read():
    assert decode() == ServiceRequest(id="o1")


@pytest.mark.parametrize("text_only", [{"reasonCode": [{"text": "staging"}]}, {"reasonCode": None}])
def test_peers_an_order_without_coded_reason_is_read(text_only):
    assert isinstance(decode(**text_only), ServiceRequest)


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"code": "78815"}, "code: expected object"),
        ({"reasonCode": [{"coding": {}}]}, "reasonCode[0].coding: expected array"),
        ({"subject": {"reference": "Patient/p2"}}, "belongs to another patient"),
    ],
)
def test_an_order_that_cannot_be_judged_says_why_and_where(elements, reason):
    assert decode(**elements) == Unreadable(place=PLACE, reason=reason)


def test_an_order_that_an_extension_may_turn_into_something_else_is_not_read():
    assert decode(modifierExtension=[{"url": "urn:negated", "valueBoolean": True}]) == Unreadable(
        place=PLACE, reason="modifierExtension: not understood"
    )


# --- contained --------------------------------------------------------------------------------------------------------
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
        (
            {"resourceType": "Condition", "id": "x", "modifierExtension": [{"url": "urn:x"}]},
            "it may mean another thing",
        ),
    ],
)
def test_what_is_of_no_use_costs_only_itself(contained: Json, why: str) -> None:
    other = {"resourceType": "Condition", "id": "c"}
    assert contents(contained, other) == (Unread(id="x"), Condition(id="c")), why


def test_what_is_no_resource_costs_only_itself() -> None:
    assert contents("Condition", {"resourceType": "Condition", "id": 5}, None) == (Unread(), Unread())


def test_contents_that_are_no_list_make_the_order_unreadable() -> None:
    assert isinstance(decoded("Condition"), Unreadable)


MASKED = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}


@pytest.mark.parametrize(
    ("reason", "unread", "why"),
    [
        ({"_text": MASKED}, True, "a word that is masked, as FHIR masks it"),
        ({"coding": [{"_code": MASKED}]}, True, "a code that is masked"),
        ({"concept": {"text": "Cough"}}, True, "as FHIR R5 writes it, under the name of R4"),
        ({"Text": "Cough"}, True, "no element of FHIR"),
        ({"deep": [[{"x": [[{"y": 1}]]}]]}, True, "at whatever depth"),
        ({}, False, "Cerner: an empty second reason"),
        ({"coding": [{}], "text": ""}, False, "the sandbox, before any choice"),
        ({"deep": [[{"x": [[]]}]]}, False, "nothing but empty things"),
        ({"text": "Cough"}, False, "a word that can be read"),
    ],
)
def test_a_reason_of_which_nothing_is_read_is_no_absence(reason: Any, unread: bool, why: str) -> None:
    order = decode(reasonCode=[{"text": "Staging"}, reason])
    assert isinstance(order, ServiceRequest)
    assert [bool(each.extension) for each in order.reason_code] == [False, unread], why
