"""The description of the HTTP surface: valid, complete, and true of what the service answers."""

import json
import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cds_service.web.openapi import paths
from tests.web.conftest import ROOT

NOT_DESCRIBED = {
    "pages.static": "the files of pages: no address to rely on",
    "pages.sandbox.patient": "the sandbox page's own, for its script",
    "pages.sandbox.record": "the sandbox page's own, for its script",
    "pages.sandbox.shown_chart": "the sandbox page's own, for its script",
    "pages.sandbox.order": "the sandbox page's own, for its script",
    "pages.sandbox.cards": "the sandbox page's own, for its script",
    "pages.sandbox.explain": "the sandbox page's own, for its script",
    "cds_hooks.nothing": "what answers 404 below a service",
}
"""Routes that the description leaves out, with the reason."""

EXAMPLES = 25
"""Requests of each kind for each operation."""

WRITTEN = json.loads((ROOT / "cds_service" / "web" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [(path, method) for path, item in WRITTEN["paths"].items() for method in item]

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.mimetype == "application/json"
    return dict(answer.json)


def test_it_is_valid(description: dict[str, Any]) -> None:
    """https://spec.openapis.org/oas/v3.1.0"""
    assert description["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(description).validate()


def test_every_public_route_is_described(app: Flask, description: dict[str, Any]) -> None:
    """Method by method, and nothing is described that is not there."""
    served = {
        (path, method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in NOT_DESCRIBED
        for path in paths([rule.rule])
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(path, method) for path, item in description["paths"].items() for method in item}


def test_what_is_left_out_exists(app: Flask) -> None:
    assert set(NOT_DESCRIBED) <= {rule.endpoint for rule in app.url_map.iter_rules()}


def test_every_operation_says_what_it_is(description: dict[str, Any]) -> None:
    operations = [each for item in description["paths"].values() for each in item.values()]
    assert all(each["summary"] and each["tags"] and each["responses"] for each in operations)
    ids = [each["operationId"] for each in operations]
    assert len(ids) == len(set(ids))


def test_names_are_those_of_the_wire(description: dict[str, Any]) -> None:
    """The schemas are made of our classes; a client sees camelCase, and never null."""
    for name, schema in description["components"]["schemas"].items():
        for member, value in schema.get("properties", {}).items():
            assert re.fullmatch(r"[a-z][A-Za-z]*", member), (name, member)
            assert value != {"type": "null"}
            assert {"type": "null"} not in value.get("anyOf", ()), (name, member)
        assert not re.search(r"`[a-z]+_[a-z_]+`", schema.get("description", "")), name


def test_below_a_path_it_names_that_path(app: Flask) -> None:
    body = app.test_client().get("/openapi.json", base_url="http://localhost/cds").json
    assert body["servers"] == [{"url": "/cds"}]


# --- requests made of it ---------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def surface(app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_request_breaks_it(surface: Any, path: str, method: str, mode: GenerationMode) -> None:
    """As described, or against it: no 5xx, and status, type and content of the answer are as described."""
    if path not in surface.raw_schema["paths"]:
        pytest.skip("not served as this service is configured")
    operation = surface[path][method]
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.path_parameters):
        pytest.skip("nothing is asked that could be wrong")

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def fuzz(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    fuzz()
