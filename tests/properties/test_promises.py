"""What a card promises is kept: an alternative that is picked comes back as its button said."""

import copy
import re

from hypothesis import assume, event, given
from hypothesis import strategies as st

from tests.support.changes import Json, assessments, copied, scenarios, warned, wider, with_reason


@wider
@given(name=scenarios, also=st.sampled_from([None, None, "staging", "surveillance", "axilla", "per tumor board"]))
def test_a_suggested_order_is_rated_as_promised(service, requests, name, also):
    """Picked and sent again: with the category and score its button named, and never with a warning."""
    request = copied(requests[name]) if also is None else with_reason(requests[name], also)
    suggestions = [each for card in service.answer(request)["cards"] for each in card.get("suggestions", [])]
    assume(suggestions)
    for suggestion in suggestions:
        applied = _applied(request, suggestion["actions"])
        if applied is None:
            continue
        answer = service.answer(applied)
        changed = [each["resource"]["id"] for each in suggestion["actions"] if each["type"] == "update"]
        told = {each["order"]: each for each in assessments(answer)}
        event("an order rewritten" if changed else "an order cancelled")
        for id in changed:
            assert f"ServiceRequest/{id}" not in warned(answer), suggestion["label"]
            promised = re.search(r": (usually appropriate|may be appropriate) \((\d)/9\)", suggestion["label"])
            if promised is not None:
                rated = told[f"ServiceRequest/{id}"]
                assert rated.get("category") == promised[1].replace(" ", "-"), suggestion["label"]
                assert rated.get("score") == int(promised[2]), suggestion["label"]


def _applied(request: Json, actions: list[Json]) -> Json | None:
    """The request after its actions, as an EHR sends it; None where no order is left to judge."""
    after = copy.deepcopy(request)
    drafts = after["context"]["draftOrders"]["entry"]
    for action in actions:
        target = action["resource"]["id"] if "resource" in action else action["resourceId"].rpartition("/")[2]
        at = next(index for index, each in enumerate(drafts) if each["resource"]["id"] == target)
        if action["type"] == "update":
            drafts[at]["resource"] = action["resource"]
        else:
            del drafts[at]
    left = {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in drafts}
    if "selections" in after["context"]:
        after["context"]["selections"] = [each for each in after["context"]["selections"] if each in left]
    return after if drafts and after["context"].get("selections", True) else None
