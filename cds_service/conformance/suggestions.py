"""Suggestions and actions (https://cds-hooks.hl7.org/2.0/#suggestion, #action), held against the drafts they change."""

from collections.abc import Iterator
from typing import Any

from cds_service.conformance.elements import (
    Element,
    a_boolean,
    a_filled_array,
    a_text,
    a_uuid,
    check_elements,
    kind,
    objects,
    one_of,
    shown,
)
from cds_service.conformance.findings import Finding, judge
from cds_service.conformance.orders import REFERENCE, Drafts, check_create, check_target, check_update
from cds_service.conformance.resources import fhir_fault


def check_suggestions(card: dict[str, Any], place: str, drafts: Drafts, created: set[str]) -> Iterator[Finding]:
    """The suggestions of a card, and what they ask of the card itself."""
    suggestions = card.get("suggestions")
    if not suggestions:
        return
    missing = None if card.get("selectionBehavior") else "has suggestions and no selectionBehavior"
    yield judge("cds-resp-6", place, missing)
    if card.get("selectionBehavior") == "at-most-one":
        recommended = sum(each.get("isRecommended") is True for each, _ in objects(suggestions, ""))
        yield judge("cds-resp-1", place, f"{recommended} suggestions are recommended" if recommended > 1 else None)
    for suggestion, at in objects(suggestions, f"{place}.suggestions"):
        yield from check_elements(suggestion, _SUGGESTION, at)
        sent = "is sent" if "actionSelectionBehavior" in suggestion else None
        yield judge("1.10/actionSelectionBehavior", at, sent)
        yield from check_actions(suggestion.get("actions"), f"{at}.actions", drafts, created, described="cds-resp-5")


def check_actions(
    actions: Any, place: str, drafts: Drafts, created: set[str], *, described: str, required: bool = True
) -> Iterator[Finding]:
    """Actions of a suggestion, or system actions. `described`: the rule on their description, and if it must be."""
    description = Element("description", described, a_text, required=required)
    for action, at in objects(actions, place):
        yield from check_elements(action, (*_ACTION, description), at)
        match action.get("type"):
            case "create" | "update":
                yield from _check_written(action, at, drafts, created)
            case "delete":
                yield from _check_delete(action, at, drafts)


def _check_written(action: dict[str, Any], place: str, drafts: Drafts, created: set[str]) -> Iterator[Finding]:
    resource = action.get("resource")
    yield judge("1.10/resource", f"{place}.resource", _no_resource(resource))
    if not isinstance(resource, dict):
        return
    yield judge("Q10/resource", f"{place}.resource", fhir_fault(resource))
    if action["type"] == "update":
        yield from check_update(resource, f"{place}.resource", drafts)
    else:
        yield from check_create(resource, f"{place}.resource", drafts, created)


def _check_delete(action: dict[str, Any], place: str, drafts: Drafts) -> Iterator[Finding]:
    reference = action.get("resourceId")
    fault = None if reference else "has no resourceId"
    yield judge("cds-resp-2", place, fault or ("has a resource, too" if "resource" in action else None))
    if isinstance(reference, str):
        yield from check_target(reference, reference.partition("/")[0], f"{place}.resourceId", drafts)


def _no_resource(value: Any) -> str | None:
    if value is None:
        return "is missing"
    if not isinstance(value, dict):
        return f"is {kind(value)}, not an object"
    return None if isinstance(value.get("resourceType"), str) else "has no resourceType"


# --- the tables of the specification --------------------------------------------------------------------------------
def _a_reference(value: Any) -> str | None:
    fits = isinstance(value, str) and REFERENCE.fullmatch(value)
    return None if fits else f"is {shown(value)}, not Type/id"


_SUGGESTION = (
    Element("label", "1.10/label", a_text, required=True),
    Element("uuid", "1.10/uuid", a_uuid),
    Element("isRecommended", "1.10/isRecommended", a_boolean),
    Element("actions", "1.10/actions", a_filled_array),
    Element("actionSelectionBehavior", "cds-resp-7", one_of("all", "any", "at-most-one")),
)

_ACTION = (
    Element("type", "1.10/type", one_of("create", "update", "delete"), required=True),
    # What it must be depends on the type; 1.0 let a delete put the id here.
    Element("resource", "1.10/resource", lambda _: None),
    Element("resourceId", "1.10/resourceId", _a_reference),
)
