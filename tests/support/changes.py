"""What properties are said of: requests to start from, what an answer decides, and how a record is changed."""

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st

Json = dict[str, Any]
Name = str | int
"""A scenario of `fixtures/`, or the number of a patient of the cohort."""

FIXTURES = Path(__file__).parents[2] / "fixtures"
COHORT = 450
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/request.json"))
WARNED = [name for name in NAMES if '"indicator": "warning"' in (FIXTURES / name / "response.json").read_text("utf-8")]

# The same examples in every run; PROPERTY_EXAMPLES=5000 looks further, at other ones each time.
LOOKING_FURTHER = "PROPERTY_EXAMPLES" in os.environ
every = settings(
    max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "60")),
    derandomize=not LOOKING_FURTHER,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
wider = settings(every, max_examples=every.max_examples * 3)

scenarios: st.SearchStrategy[Name] = st.sampled_from(WARNED) | st.sampled_from(NAMES) | st.integers(0, COHORT - 1)
"""A third of them are fixtures that get a warning: most of what is said here is about warnings."""


# --- what was answered ------------------------------------------------------------------------------------------------
def assessments(answer: Json) -> list[Json]:
    """What the answer says of each order."""
    return list(answer.get("extension", {}).get("cds-service.assessments", []))


def verdicts(answer: Json) -> list[tuple[Any, ...]]:
    """What was decided, without ids and evidence; how many were warned of is counted among hypothesis' statistics."""
    event("a warning" if warned(answer) else "no warning")
    return [
        (
            each["order"],
            each["outcome"],
            each.get("category"),
            each.get("score"),
            sorted((variant["id"], variant["state"]) for variant in each.get("variants", [])),
            sorted(each.get("missing", [])),
        )
        for each in assessments(answer)
    ]


def warned(answer: Json) -> set[str]:
    """The orders that a card warns of."""
    return {
        reference["reference"]
        for card in answer["cards"]
        if card["indicator"] == "warning"
        for reference in card["extension"]["davinci-crd.associated-resource"]
    }


def no_more_warned(before: Json, after: Json) -> bool:
    """Whether a change brought no warning; what was there to lose and to bring is counted."""
    event(f"{'a warning' if warned(before) else 'no warning'} before, {'one' if warned(after) else 'none'} after")
    return warned(after) <= warned(before)


# --- what is changed --------------------------------------------------------------------------------------------------
def bundles(request: Json) -> dict[str, Json]:
    """The prefetched search results that hold entries."""
    held = request.get("prefetch") or {}
    return {
        key: value
        for key, value in held.items()
        if isinstance(value, dict) and value.get("resourceType") == "Bundle" and value.get("entry")
    }


def add(request: Json, key: str, resource: Json) -> None:
    """One more resource of the patient, as an EHR would send it."""
    owner = "patient" if key == "allergies" else "subject"
    resource = {**resource, owner: {"reference": f"Patient/{request['context']['patientId']}"}}
    value = (request.get("prefetch") or {}).get(key)
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
        value = {"resourceType": "Bundle", "type": "searchset", "total": 0}
        request.setdefault("prefetch", {})[key] = value
    value["entry"] = [*value.get("entry", []), {"resource": resource}]
    if isinstance(value.get("total"), int):
        value["total"] += 1


def drafts(request: Json) -> Iterator[Json]:
    """The draft ServiceRequests."""
    for entry in request["context"]["draftOrders"]["entry"]:
        if entry.get("resource", {}).get("resourceType") == "ServiceRequest":
            yield entry["resource"]


def with_reason(request: Json, words: str) -> Json:
    """The request with one more reason on each order, typed."""
    changed = copy.deepcopy(request)
    for draft in drafts(changed):
        reasons = draft.get("reasonCode")
        draft["reasonCode"] = [*(reasons if isinstance(reasons, list) else []), {"text": words}]
    return changed


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every member and item, with what holds it."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in held:
        yield value, key
        yield from places(inner)


def copied(value: Json) -> Json:
    """A copy to change."""
    return dict(json.loads(json.dumps(value)))
