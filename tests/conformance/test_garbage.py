"""Whatever JSON a service says, the check has findings and no failure of its own."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.conformance.answers import check_answer, check_document
from cds_service.conformance.discovery import Service, check_discovery, services_of
from cds_service.conformance.elements import empties
from cds_service.conformance.findings import make_report
from cds_service.conformance.probes import make_probes
from cds_service.conformance.refusals import check_refusal
from cds_service.conformance.wire import Caller, Reply
from tests.support.model_service import Switches, make_service

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)

CLIENT = make_service(Switches()).test_client()
DISCOVERED = CLIENT.get("/cds-services").json
SERVICE = Service(id="model-select", hook="order-select", prefetch=DISCOVERED["services"][0]["prefetch"])
PROBE = make_probes(SERVICE)[0]
ANSWER = CLIENT.post("/cds-services/model-select", data=PROBE.sent).json
REFUSAL = CLIENT.post("/cds-services/model-select", data=b"{").json


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for name, child in children for deeper in paths(child, (*path, name)))]


def with_garbage(document: Any) -> st.SearchStrategy[Any]:
    """The document with any JSON at any place."""
    return st.builds(lambda path, value: _replaced(document, path, value), st.sampled_from(paths(document)), ANY_JSON)


def _replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copied = deepcopy(document)
    owner = copied
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = value
    return copied


def reply(document: Any, status: int = 200) -> Reply:
    body = json.dumps(document).encode()
    return Reply(status=status, headers={"Content-Type": "application/json"}, body=body, seconds=0.1)


@settings(max_examples=400, deadline=None)
@given(with_garbage(ANSWER))
def test_any_answer_is_judged(document: Any) -> None:
    """At any place of an answer that was good."""
    assert make_report("http://x", [], check_answer(reply(document), PROBE, "POST /x")).results


@settings(max_examples=100, deadline=None)
@given(with_garbage(PROBE.body))
def test_a_good_answer_to_any_request_is_judged(body: Any) -> None:
    """Users bring requests of their own; those that are no object are refused before."""
    if isinstance(body, dict):
        assert list(check_document(deepcopy(ANSWER), body, "POST /x"))


@settings(max_examples=200, deadline=None)
@given(with_garbage(DISCOVERED))
def test_any_discovery_is_judged(document: Any) -> None:
    """And the services that can be called are found in it."""

    class Deaf(Caller):
        def call(self, *arguments: Any, **more: Any) -> Reply:
            return reply(document)

    assert list(check_discovery("http://x", reply(document), Deaf(timeout=1)))
    assert all(isinstance(each.id, str) for each in services_of(reply(document)))


@settings(max_examples=100, deadline=None)
@given(with_garbage(REFUSAL))
def test_any_refusal_is_judged(document: Any) -> None:
    """Also an OperationOutcome whose issues are none."""
    assert list(check_refusal(reply(document, 400), "POST /x"))


def test_q9_fhir_aligns_arrays_by_nulls() -> None:
    """A null beside a value is no hole: the extension of the other value stands at the same index."""
    aligned = {"given": ["A", None], "_given": [None, {"id": "x"}], "none": [None, None], "deep": [{"a": ""}]}
    assert list(empties(aligned, "")) == ["none[0]", "none[1]", "deep[0].a"]
