"""System actions, at the top level and where they stood before CDS Hooks 2.0, and PAMA ratings among them.

https://cds-hooks.hl7.org/2.0/#system-action, https://github.com/argonautproject/cds-hooks-for-pama
"""

from collections.abc import Iterator
from typing import Any

from cds_service.conformance.elements import a_filled_array, items, objects
from cds_service.conformance.findings import Finding, judge
from cds_service.conformance.orders import RATING, Drafts, is_rating, reference_of
from cds_service.conformance.suggestions import check_actions

_RATING_SYSTEM = "http://fhir.org/argonaut/CodeSystem/pama-rating"
_RATINGS = ("appropriate", "not-appropriate", "no-criteria-apply")


def check_system_actions(document: dict[str, Any], drafts: Drafts, created: set[str], place: str) -> Iterator[Finding]:
    """Both places; ids created at the top may be named again in the mirror, which is the same once more."""
    top = document.get("systemActions")
    extension = document.get("extension")
    mirror = extension.get("systemActions") if isinstance(extension, dict) else None
    yield from _check(top, f"{place}: systemActions", drafts, created, described=True)
    if mirror is None:
        return
    yield judge("E2", f"{place}: extension.systemActions", a_filled_array(mirror))
    if top is None:
        # The PAMA guide, which put them there before CDS Hooks had a place for them, asks for no description.
        yield from _check(mirror, f"{place}: extension.systemActions", drafts, created, described=False)
    else:
        yield judge("1.13/twice", f"{place}: extension.systemActions", None if top == mirror else "differ")


def _check(actions: Any, place: str, drafts: Drafts, created: set[str], *, described: bool) -> Iterator[Finding]:
    yield from check_actions(actions, place, drafts, created, described="1.13", required=described)
    for action, at in objects(actions, place):
        resource = action.get("resource")
        if isinstance(resource, dict) and _ratings(resource):
            yield judge("2.2", f"{at}.resource.extension", _unknown_rating(resource))
            draft = drafts.by_reference.get(reference_of(resource) or "")
            same = draft is not None and _without_rating(draft) == _without_rating(resource)
            yield judge("2.3", f"{at}.resource", None if same else "differs from the draft in more than its rating")


def _ratings(resource: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each, _ in objects(resource.get("extension"), "") if each.get("url") == RATING]


def _unknown_rating(resource: dict[str, Any]) -> str | None:
    for rating in _ratings(resource):
        concept = rating.get("valueCodeableConcept")
        codings = concept.get("coding") if isinstance(concept, dict) else None
        codes = [each.get("code") for each, _ in objects(codings, "") if each.get("system") == _RATING_SYSTEM]
        if len(codes) != 1 or codes[0] not in _RATINGS:
            return f"has {', '.join(map(repr, codes)) or 'no code'}, and not one of {', '.join(_RATINGS)}"
    return None


def _without_rating(resource: dict[str, Any]) -> dict[str, Any]:
    kept = [each for each in items(resource.get("extension")) if not is_rating(each)]
    rest = {name: value for name, value in resource.items() if name != "extension"}
    return {**rest, "extension": kept} if kept else rest
