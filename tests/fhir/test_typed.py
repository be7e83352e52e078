"""A draft order from its bytes."""

import json

import msgspec
import pytest

from cds_service.fhir.orders import decode_service_request
from cds_service.fhir.resources import CodeableConcept, Coding, Reference, ServiceRequest, Unreadable

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
