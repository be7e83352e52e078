"""What a clinician's choice on a card does to the drafts: the request as it would be sent the next time."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Json = dict[str, Any]


def chosen(request: Json, suggestion: Json) -> Json:
    """The same request after every action of one suggestion was applied to the drafts."""
    after = deepcopy(request)
    drafts = {_reference(entry["resource"]): entry["resource"] for entry in after["context"]["draftOrders"]["entry"]}
    for action in suggestion.get("actions", []):
        if action["type"] == "delete":
            drafts.pop(action["resourceId"])
        else:
            drafts[_reference(action["resource"])] = action["resource"]
    after["context"]["draftOrders"]["entry"] = [{"resource": resource} for resource in drafts.values()]
    if "selections" in after["context"]:
        after["context"]["selections"] = [each for each in after["context"]["selections"] if each in drafts]
    return after


def rewritten(suggestion: Json) -> Iterator[str]:
    """The orders a suggestion writes anew."""
    for action in suggestion.get("actions", []):
        if action["type"] != "delete":
            yield _reference(action["resource"])


def _reference(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource['id']}"
