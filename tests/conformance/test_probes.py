"""What the check sends is what an EHR might send: whoever checks others must not be at fault himself."""

import json
from typing import Any
from uuid import UUID

import pytest

from cds_service.conformance import synthetic
from cds_service.conformance.contexts import EXERCISED, KNOWN, ORDER_HOOKS
from cds_service.conformance.discovery import Service
from cds_service.conformance.elements import empties
from cds_service.conformance.probes import make_body, make_probes
from cds_service.conformance.refusals import make_faults
from cds_service.conformance.resources import fhir_fault
from cds_service.conformance.variations import WHOLE

PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    "user": "{{context.userId}}",
    "role": "PractitionerRole/{{userPractitionerRoleId}}",
    "conditions": "Condition?patient={{context.patientId}}",
    "reports": "DiagnosticReport?patient={{context.patientId}}",
}


def service(hook: str) -> Service:
    return Service(id="x", hook=hook, prefetch=PREFETCH)


def resources(value: Any) -> list[Any]:
    """Every outermost FHIR resource in a body, those in Bundles one by one."""
    if isinstance(value, dict) and value.get("resourceType") == "Bundle":
        return [entry["resource"] for entry in value.get("entry", [])]
    if isinstance(value, dict) and "resourceType" in value:
        return [value]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [found for child in children for found in resources(child)]


@pytest.mark.parametrize("hook", EXERCISED)
def test_inf_crd_service_request_validation(hook: str) -> None:
    """INF/crd_service_request_validation: required fields, context, prefetch; and each resource is valid FHIR."""
    body = make_body(service(hook))
    assert body["hook"] == hook
    assert str(UUID(body["hookInstance"])) == body["hookInstance"]
    required = set(KNOWN[hook].tokens) - set(KNOWN[hook].optional)
    assert required <= body["context"].keys()
    assert body["prefetch"].keys() == PREFETCH.keys()
    assert list(empties(body, "")) == []
    assert [fault for each in resources(body) if (fault := fhir_fault(each))] == []


@pytest.mark.parametrize("hook", ORDER_HOOKS)
def test_inf_crd_service_request_validation_of_drafts(hook: str) -> None:
    """Drafts have ids, are about the patient, and what is selected is there."""
    context = make_body(service(hook))["context"]
    drafts = [entry["resource"] for entry in context["draftOrders"]["entry"]]
    assert all(each["subject"] == {"reference": f"Patient/{context['patientId']}"} for each in drafts)
    references = [f"{each['resourceType']}/{each['id']}" for each in drafts]
    assert context.get("selections", references) == references


def test_prefetch_is_answered_by_template() -> None:
    """A read by a resource of its type, a search by a searchset, also of nothing."""
    prefetch = make_body(service("order-select"))["prefetch"]
    kinds = {key: (value["resourceType"], value.get("total")) for key, value in prefetch.items()}
    assert kinds == {
        "patient": ("Patient", None),
        "user": ("Practitioner", None),
        "role": ("PractitionerRole", None),
        "conditions": ("Bundle", 1),
        "reports": ("Bundle", 0),
    }


@pytest.mark.parametrize("kind", synthetic.other_kinds(), ids=lambda each: each["resourceType"])
def test_drafts_of_other_kinds_are_valid(kind: synthetic.Resource) -> None:
    """They are to be refused by nobody for being wrong."""
    assert fhir_fault(kind) is None


def test_no_two_requests_share_a_hook_instance() -> None:
    """Q2: a service may keep them apart by it."""
    bodies = [probe.body for probe in make_probes(service("order-select"))]
    assert len({body["hookInstance"] for body in bodies}) == len(bodies) > 20


@pytest.mark.parametrize("hook", EXERCISED)
def test_every_probe_differs_from_the_whole_request(hook: str) -> None:
    """A change that changes nothing looks at nothing."""
    first, *others = make_probes(service(hook))
    assert first.name == WHOLE
    for probe in others:
        same = {**probe.body, "hookInstance": first.body["hookInstance"]} == first.body
        assert not same or probe.content_type != first.content_type, probe.name


@pytest.mark.parametrize("hook", EXERCISED)
def test_no_stranger_is_ever_called_or_named(hook: str) -> None:
    """RFC 2606: whatever address a request holds is nobody's."""
    sent = [probe.sent for probe in make_probes(service(hook))]
    sent += [fault.body for fault in make_faults(make_body(service(hook)), hook)]
    text = b"\n".join(sent).decode(errors="replace")
    known = ("http://terminology.hl7.org", "http://snomed.info", "http://www.ama-assn.org")
    hosts = {part.split('"')[0] for part in text.split("http")[1:]}
    addresses = {f"http{each}" for each in hosts}
    assert [each for each in addresses if not each.startswith(known) and ".invalid" not in each] == []


def test_a_body_is_sent_as_it_is() -> None:
    """Q10: in UTF-8, and not escaped to ASCII, which would try nothing."""
    (probe,) = (each for each in make_probes(service("order-select")) if each.rule == "Q10")
    assert "医生".encode() in probe.sent
    assert json.loads(probe.sent) == probe.body
