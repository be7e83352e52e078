"""Suggestions: an order for another study, none at all, or the same one with a note; what changes is said in words."""

from collections.abc import Iterable

import msgspec

from cds_service.cards.alternatives import NEW_LUMP, NEW_LUMP_CODING, Alternative
from cds_service.cards.edits import change_study, read_resource
from cds_service.cards.identity import derived_id
from cds_service.cards.reasons import replace_reason
from cds_service.cards.words import lowered
from cds_service.criteria.model import Assessment
from cds_service.hooks.response import Action, Suggestion
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import Procedure


def alternative_suggestion(
    assessment: Assessment,
    alternative: Alternative,
    *,
    draft: msgspec.Raw,
    ordered: Procedure | None,
    knowledge: Knowledge,
    name: str,
    label: str,
    recommended: bool,
    card_id: str,
) -> Suggestion | None:
    """Another study under the same order id; the second half of a pair is deleted. None if the draft is not JSON.

    `name`: the study ordered, as the card names it.
    """
    resource = read_resource(draft)
    if resource is None:
        return None
    study = alternative.study
    side = _removed_breast(assessment) if study.family == "breast" else _side(assessment)
    changes = change_study(resource, study, ordered=ordered, side=side, knowledge=knowledge)
    if alternative.reason is not None:
        changes.append(replace_reason(resource, alternative.reason, NEW_LUMP_CODING, knowledge))
    update = Action(type="update", description=f"{'; '.join(changes)}. Everything else stays.", resource=resource)
    return Suggestion(
        label=label,
        uuid=_alternative_id(card_id, alternative.study.id, alternative.reason),
        is_recommended=recommended,
        actions=(update, *_removal_of_partner(assessment, name)),
    )


def suggested_study(suggestion_id: str, card_id: str, offered: Iterable[str]) -> str | None:
    """The study that a suggestion of a card orders, if it is one of those offered; all by their ids."""
    ids = ((study, _alternative_id(card_id, study, reason)) for study in offered for reason in (None, NEW_LUMP))
    return next((study for study, id in ids if id == suggestion_id), None)


def _alternative_id(card_id: str, study: str, reason: str | None) -> str:
    return derived_id(card_id, "alternative", study, reason or "")


def cancel_suggestion(assessment: Assessment, *, name: str, recommended: bool, card_id: str) -> Suggestion:
    """Take the order away, and its other half with it. `name`: the study ordered, as the card names it."""
    return Suggestion(
        label=f"Cancel {lowered(name)}",
        uuid=derived_id(card_id, "cancel"),
        is_recommended=recommended,
        actions=_removals(assessment, name),
    )


def note_suggestion(*, draft: msgspec.Raw, note: str, label: str, what: str, card_id: str) -> Suggestion | None:
    """The same order with one more note; None if the draft is not JSON."""
    resource = read_resource(draft)
    if resource is None:
        return None
    resource["note"] = [*resource.get("note", []), {"text": note}]
    return Suggestion(
        label=label,
        uuid=derived_id(card_id, "note"),
        actions=(Action(type="update", description=f"Adds a note: {what}. Everything else stays.", resource=resource),),
    )


def _removals(assessment: Assessment, name: str) -> tuple[Action, ...]:
    said = f"Removes the order for {lowered(name)}"
    removals = [Action(type="delete", description=said, resource_id=assessment.reference)]
    return (*removals, *_removal_of_partner(assessment, name))


def _removal_of_partner(assessment: Assessment, name: str) -> tuple[Action, ...]:
    """A study ordered as a pair goes as a pair."""
    if assessment.with_reference is None:
        return ()
    said = f"Removes the other half of the order for {lowered(name)}"
    return (Action(type="delete", description=said, resource_id=assessment.with_reference),)


def _removed_breast(assessment: Assessment) -> str | None:
    """The side of a breast that was removed, if the order is about it: without a side it would be about the other."""
    facts = assessment.facts
    if facts is None or facts.value("breast-surgery") != "mastectomy":
        return None
    side = facts.value("order-laterality")
    return str(side) if side in ("left", "right") else None


def _side(assessment: Assessment) -> str | None:
    value = assessment.facts.value("laterality") if assessment.facts is not None else None
    return str(value) if value is not None else None
