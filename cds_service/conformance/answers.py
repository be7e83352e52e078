"""The answer to a well-formed request, from its status to its last action.

https://cds-hooks.hl7.org/2.0/#cds-service-response
"""

from collections.abc import Iterator
from typing import Any

from cds_service.conformance.cards import check_card, check_uuids
from cds_service.conformance.elements import Element, a_filled_array, an_array, check_elements, empties, kind, objects
from cds_service.conformance.findings import Finding, judge, skipped
from cds_service.conformance.orders import drafts_of
from cds_service.conformance.probes import Probe
from cds_service.conformance.refusals import check_refusal
from cds_service.conformance.system_actions import check_system_actions
from cds_service.conformance.variations import Body
from cds_service.conformance.wire import Answer, Reply, Silence, read_json, wrong_type

_ENVELOPE = (
    Element("cards", "E1", an_array, required=True),
    Element("systemActions", "E2", a_filled_array),
)


def check_answer(answer: Answer, probe: Probe, place: str) -> Iterator[Finding]:
    """Whether a probe was answered, and every rule for the answer. `place`: the call."""
    if isinstance(answer, Silence):
        yield skipped(probe.rule, place, answer.why) if answer.gave_up else judge(probe.rule, place, answer.why)
        return
    if answer.status == 200:
        yield from _check_success(answer, probe, place)
        return
    yield from _check_status(answer, probe, place)
    yield from check_refusal(answer, place)


def _check_status(answer: Reply, probe: Probe, place: str) -> Iterator[Finding]:
    if answer.status == 204:
        yield judge("E3", place, "answered 204")
        yield judge(probe.rule, place, None)
    elif answer.status == 412:
        fault = None if probe.may_refuse else "answered 412, although every key was answered"
        yield judge("E4", place, fault)
        yield judge(probe.rule, place, None)
    else:
        yield judge(probe.rule, place, f"answered {answer.status}")


def _check_success(answer: Reply, probe: Probe, place: str) -> Iterator[Finding]:
    document, fault = read_json(answer)
    yield judge("E1/json", place, fault or wrong_type(answer, "application/json"))
    yield judge("E3", place, None)
    yield judge("E4", place, None)
    if fault:
        return
    yield judge("E1", place, None if isinstance(document, dict) else f"the body is {kind(document)}, not an object")
    if isinstance(document, dict):
        yield judge(probe.rule, place, None)
        yield from check_document(document, probe.body, place)


def check_document(document: dict[str, Any], body: Body, place: str) -> Iterator[Finding]:
    """The body of a 200, held against the request it answers."""
    drafts = drafts_of(body)
    yield from check_elements(document, _ENVELOPE, place)
    holes = list(empties(document, "", allowed=("cards",)))
    yield judge("Q9", place, f"null or empty: {', '.join(holes)}" if holes else None)
    created: set[str] = set()
    for card, at in objects(document.get("cards"), f"{place}: cards"):
        yield from check_card(card, at, drafts, created)
    yield from check_uuids(document, place)
    yield from check_system_actions(document, drafts, created, place)
