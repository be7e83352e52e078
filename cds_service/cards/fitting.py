"""Suggestions as a kind of client can carry them out. What it cannot is left out: the detail says it in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from cds_service.cards import pama
from cds_service.cards.alternatives import Alternative
from cds_service.cards.identity import derived_id
from cds_service.cards.presentation import Presentation
from cds_service.cards.shapes import PREFERENCE_LIST
from cds_service.coding import SNOMED
from cds_service.criteria.model import Rating
from cds_service.hooks.response import Action, Suggestion

DIAGNOSIS = MappingProxyType({"system": SNOMED, "code": "254837009", "display": "Malignant neoplasm of breast"})
"""What a patient with invasive cancer has, of the value set `breast-cancer-unspecified`: it asks for no other study."""

_REASON_ADDED = "Adds breast cancer as the reason, because the order had none in a code."

_OF_THE_FORMER_ORDER = ("identifier", "meta", "requisition", "replaces", "text")
"""What a new order must not claim to be."""


def fitted_alternative(
    suggestion: Suggestion,
    alternative: Alternative,
    presentation: Presentation,
    *,
    rating: Rating | None,
    consult: Callable[[], str],
    invasive: bool,
) -> Suggestion | None:
    """A suggested order as the client takes it, or None.

    `rating`: the one the order will have; `consult` gives the id of the consultation; `invasive`: what the patient has.
    """
    shape = presentation.shape
    update, *others = suggestion.actions
    if not shape.updates:
        item = presentation.preference_list.get(alternative.study.id)
        return _created(suggestion, update, item, alternative) if item is not None else None
    if others and not shape.deletes:
        return None
    if not shape.rates_suggestions and presentation.pama_identifier is None:
        return suggestion
    if rating is None and alternative.condition is not None:
        return None if shape.rates_suggestions else suggestion
    extensions = pama.suggested(rating, consult=consult(), identifier=presentation.pama_identifier)
    resource = dict(update.resource or {})
    pama.put(resource, extensions)
    if shape.needs_coded_reason and not _reason_is_coded(resource):
        if not invasive:
            return None
        resource["reasonCode"] = [*resource.get("reasonCode", ()), {"coding": [dict(DIAGNOSIS)]}]
        update = msgspec.structs.replace(update, description=f"{update.description} {_REASON_ADDED}")
    return _replaced(suggestion, [msgspec.structs.replace(update, resource=resource), *others])


def _reason_is_coded(resource: Mapping[str, Any]) -> bool:
    reasons = resource.get("reasonCode")
    return isinstance(reasons, list) and any(isinstance(each, dict) and each.get("coding") for each in reasons)


def fitted_cancel(suggestion: Suggestion, presentation: Presentation) -> Iterator[Suggestion]:
    """The cancellation as the client takes it: none, one, or one for each order."""
    shape = presentation.shape
    if not shape.deletes:
        return
    if not shape.single_action or len(suggestion.actions) == 1:
        yield suggestion
        return
    for index, action in enumerate(suggestion.actions):
        yield Suggestion(
            label=action.description,
            uuid=derived_id(suggestion.uuid, str(index)),
            is_recommended=suggestion.is_recommended,
            actions=(action,),
        )


def fitted_note(suggestion: Suggestion | None, presentation: Presentation) -> Suggestion | None:
    """An order with a note, for a client that replaces orders."""
    return suggestion if presentation.shape.updates else None


def _created(suggestion: Suggestion, update: Action, item: str, alternative: Alternative) -> Suggestion:
    """A new order by the client's own item; the former one stays, and the description says so."""
    former: Mapping[str, Any] = update.resource or {}
    resource = {name: value for name, value in former.items() if name not in _OF_THE_FORMER_ORDER}
    resource["id"] = derived_id(suggestion.uuid, "order")
    resource["status"] = "draft"
    resource["code"] = {
        "coding": [{"system": PREFERENCE_LIST, "code": item, "display": alternative.study.name}],
        "text": alternative.study.name,
    }
    description = f"{suggestion.label}. The order on screen stays: remove it by hand if this replaces it"
    return _replaced(suggestion, [Action(type="create", description=description, resource=resource)])


def _replaced(suggestion: Suggestion, actions: Sequence[Action]) -> Suggestion:
    return msgspec.structs.replace(suggestion, actions=tuple(actions))
