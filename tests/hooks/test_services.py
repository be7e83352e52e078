"""Discovery and its prefetch templates (cds-hooks.md 1.1, 1.2)."""

import re

import pytest

from cds_service.coding import LOINC, SNOMED, Code
from cds_service.hooks.services import discovery, make_services

CODES = [Code(LOINC, "21908-9"), Code(SNOMED, "399537006"), Code(LOINC, "21908-9"), Code("urn:oid:1.2", "a b&c|d")]
SERVICES = make_services(CODES)
KEYS = [
    "patient",
    "conditions",
    "observations",
    "procedures",
    "medicationRequests",
    "medicationAdministrations",
    "carePlans",
    "diagnosticReports",
    "allergies",
]

# P1-P5: a relative read or search by type; the only tokens are root-level primitives of the context that every client
# has (P7: not encounterId); parameters by equality, no `_include`, `_has`, chain or modifier.
TOKEN = r"\{\{context\.patientId\}\}"
PARAMETER = r"_?[a-z]+(?:-[a-z]+)*=(?:" + TOKEN + r"|[A-Za-z0-9.:/%|,_-]+)"
TEMPLATE = re.compile(rf"[A-Z][A-Za-z]+(?:/{TOKEN}|\?{PARAMETER}(?:&{PARAMETER})*)")


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
@pytest.mark.parametrize("key", KEYS)
def test_p1_to_p7_every_template_is_legal(service, key):
    assert TEMPLATE.fullmatch(service.prefetch[key])


@pytest.mark.parametrize(
    "template",
    [
        "Patient/{{context.draftOrders.ServiceRequest.id}}",
        "Condition?patient={{context.selections}}",
        "Condition?encounter={{context.encounterId}}",
        "Condition?_has:Observation:patient:code=1",
        "Observation?patient={{context.patientId}}&date=ge{{today() - 90 days}}",
        "https://ehr/Patient/{{context.patientId}}",
        "Condition?patient.name=x",
    ],
    ids=["p3-drafts", "p3-selections", "p7-encounter", "p5-has", "p8-today", "p1-absolute", "p5-chain"],
)
def test_the_grammar_refuses_what_clients_choke_on(template):
    assert not TEMPLATE.fullmatch(template)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_d11_the_keys_are_a_stable_contract(service):
    assert list(service.prefetch) == KEYS


def test_observations_are_bounded_by_the_codes_given_each_once_and_in_order():
    assert SERVICES[0].prefetch["observations"] == (
        "Observation?patient={{context.patientId}}&_count=1000"
        "&code=http://loinc.org|21908-9,http://snomed.info/sct|399537006,urn:oid:1.2|a%20b%26c%7Cd"
    )


def test_conditions_of_any_status_are_asked_for():
    assert SERVICES[0].prefetch["conditions"] == "Condition?patient={{context.patientId}}&_count=1000"


def test_observations_are_never_asked_for_without_bound():
    with pytest.raises(ValueError, match="no codes"):
        make_services([])


def test_d2_d3_discovery_lists_each_service_with_its_required_fields():
    entries = discovery(SERVICES)["services"]
    assert [(entry["id"], entry["hook"]) for entry in entries] == [
        ("breast-imaging-order-select", "order-select"),
        ("breast-imaging-order-sign", "order-sign"),
    ]
    for entry in entries:
        assert all(
            isinstance(entry[name], str) and entry[name] for name in ("description", "title", "usageRequirements")
        )


def test_d7_version_is_that_of_the_specification():
    assert {entry["version"] for entry in discovery(SERVICES)["services"]} == {"2.0.1"}


def test_d9_no_two_services_share_an_id():
    ids = [entry["id"] for entry in discovery(SERVICES)["services"]]
    assert len(set(ids)) == len(ids)


def test_d2_no_services_is_an_empty_list():
    assert discovery([]) == {"services": []}


def test_what_discovery_hands_out_is_a_copy():
    entry = discovery(SERVICES)["services"][0]
    entry["prefetch"]["patient"] = "Everything"
    assert discovery(SERVICES)["services"][0]["prefetch"]["patient"] == "Patient/{{context.patientId}}"
