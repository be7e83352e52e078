"""What an action does to the draft orders of the request: nothing lost, nothing mistaken, ids of their own.

https://cds-hooks.hl7.org/2.0/#action, and for orders https://hl7.org/fhir/us/davinci-crd/STU2/cards.html.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cds_service.conformance.elements import items, objects
from cds_service.conformance.findings import Finding, judge

RATING = "http://fhir.org/argonaut/Extension/pama-rating"

REFERENCE = re.compile(r"[A-Z][A-Za-z]+/\S+")

_MAY_GO = frozenset({"bodySite", "orderDetail", "text"})
"""Elements that describe the former study, and may go with it."""

_CHOICES = ("medication", "code")
"""Elements of several types, whose type may change: medicationReference for medicationCodeableConcept."""

_WHOSE = ("subject", "encounter", "requester", "intent", "status", "authoredOn", "_authoredOn", "priority")
"""Elements that no alternative has a reason to touch."""

_LISTS = ("extension", "modifierExtension", "identifier", "contained", "note", "supportingInfo", "basedOn")
"""Lists that may grow and lose nothing."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """The draft orders by `Type/id`; `meant`: those that the request asks about."""

    by_reference: dict[str, dict[str, Any]] = field(default_factory=dict)
    meant: frozenset[str] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        """The resource types of the drafts."""
        return frozenset(reference.partition("/")[0] for reference in self.by_reference)


def drafts_of(body: dict[str, Any]) -> Drafts:
    """The drafts of a request, as far as they can be read."""
    context = body.get("context")
    context = context if isinstance(context, dict) else {}
    bundle = context.get("draftOrders")
    found: dict[str, dict[str, Any]] = {}
    for entry, _ in objects(bundle.get("entry") if isinstance(bundle, dict) else None, ""):
        resource = entry.get("resource")
        if isinstance(resource, dict) and resource.get("id"):
            found[f"{resource.get('resourceType')}/{resource['id']}"] = resource
    if "selections" not in context:
        return Drafts(found, frozenset(found))
    named = {str(name).removeprefix("urn:uuid:") for name in items(context["selections"])}
    meant = {each for each in found if named & {each, each.partition("/")[2]} or _ends_with(named, each)}
    return Drafts(found, frozenset(meant))


def _ends_with(named: set[str], reference: str) -> bool:
    return any(name.endswith(f"/{reference}") for name in named)


def reference_of(resource: Any) -> str | None:
    """`Type/id` of a resource that has both."""
    if not isinstance(resource, dict):
        return None
    kind, id = resource.get("resourceType"), resource.get("id")
    return f"{kind}/{id}" if isinstance(kind, str) and isinstance(id, str) and kind and id else None


def is_rating(extension: Any) -> bool:
    """Whether an extension is one of those that hold a PAMA rating."""
    url = extension.get("url") if isinstance(extension, dict) else None
    return isinstance(url, str) and url.startswith(RATING)


def check_update(resource: dict[str, Any], place: str, drafts: Drafts) -> Iterator[Finding]:
    """S1, S2 and H2 for the resource of an update."""
    yield from check_target(reference_of(resource), resource.get("resourceType"), place, drafts)
    draft = drafts.by_reference.get(reference_of(resource) or "")
    if draft is not None:
        lost = list(_lost(draft, resource))
        yield judge("S1", place, f"loses or changes {', '.join(lost)} of the draft" if lost else None)


def check_target(reference: str | None, kind: Any, place: str, drafts: Drafts) -> Iterator[Finding]:
    """S2 and H2: what is updated or deleted is a draft, and one that was asked about."""
    if not isinstance(kind, str) or kind not in drafts.kinds:
        return
    known = reference in drafts.by_reference
    yield judge("S2", place, None if known else f"{reference or 'a resource without id'} is not in draftOrders")
    if known and len(drafts.by_reference) > 1:
        yield judge("H2", place, None if reference in drafts.meant else f"{reference} was not selected")


def check_create(resource: dict[str, Any], place: str, drafts: Drafts, created: set[str]) -> Iterator[Finding]:
    """S3. `created`: the references created before in this answer, to which this one is added."""
    reference = reference_of(resource)
    used = reference is not None and (reference in drafts.by_reference or reference in created)
    yield judge("S3", place, f"{reference} is the id of another order" if used else None)
    if reference is not None:
        created.add(reference)
    former = [each for key, each in drafts.by_reference.items() if key.startswith(f"{resource.get('resourceType')}/")]
    if former:
        yield judge("S3/draft", place, _no_draft(resource, former))


def _no_draft(resource: dict[str, Any], former: list[dict[str, Any]]) -> str | None:
    if resource.get("status") != "draft":
        return "status is not draft"
    if not resource.get("intent"):
        return "has no intent"
    if resource.get("subject") not in [each.get("subject") for each in former]:
        return "is for another subject, or for none"
    meta = resource.get("meta")
    if isinstance(meta, dict) and meta.get("versionId"):
        return "has a meta.versionId, which only a server assigns"
    identifiers = [each for order in former for each in items(order.get("identifier"))]
    if any(each in identifiers for each in items(resource.get("identifier"))):
        return "has the identifier of the order it replaces"
    return None


def _lost(draft: dict[str, Any], updated: dict[str, Any]) -> Iterator[str]:
    for name, value in draft.items():
        if name in _LISTS and isinstance(value, list):
            yield from _lost_items(name, value, updated.get(name))
        elif name in _WHOSE:
            if value != updated.get(name):
                yield name
        elif name not in updated and name not in _MAY_GO and not _as_another_type(name, updated):
            yield name


def _as_another_type(name: str, updated: dict[str, Any]) -> bool:
    return any(name.startswith(choice) and other.startswith(choice) for choice in _CHOICES for other in updated)


def _lost_items(name: str, former: list[Any], now: Any) -> Iterator[str]:
    for index, item in enumerate(former):
        # A new rating takes the place of an old one.
        if item not in items(now) and not is_rating(item):
            yield f"{name}[{index}]"
