"""What the figures of a report are called: outcomes, cards, reasons, facts, studies and variants in words."""

from collections.abc import Mapping

from cds_service.cards.overrides import OVERRIDE_REASONS
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.model import Category, Knowledge
from cds_service.store.answers import IN_WORDS, NO_REASON, OTHER


def outcome_name(outcome: str, category: str | None) -> str:
    """How an assessment ended: by its category, where it has one."""
    return Category(category).label.capitalize() if category is not None else _OUTCOMES.get(outcome, outcome)


def card_name(kind: str) -> str:
    """What a card is for."""
    return _CARDS.get(kind, kind)


def reason_name(reason: str) -> str:
    """Why a card was overridden."""
    return _REASONS.get(reason, reason)


def fact_name(name: str) -> str:
    """A fact, as one would ask for it."""
    known = VOCABULARY.get(name)
    return known.ask if known is not None else name


def study_name(knowledge: Knowledge, id: str | None) -> str:
    """A study by its short name; one that is not known any more by its id."""
    known = knowledge.procedures.get(id or "")
    return known.short if known is not None else id or ""


def variant_names(knowledge: Knowledge, id: str) -> tuple[str, str]:
    """A variant's id and title."""
    titles = {each.id: each.title for each in knowledge.variants}
    return id, titles.get(id, "")


_OUTCOMES: Mapping[str, str] = {
    "insufficient-information": "A fact is missing",
    "conflicting-criteria": "Criteria disagree",
    "no-criteria-apply": "No criteria apply",
    "not-covered": "Not covered",
    "not-assessed": "Not assessed: the record could not be read",
}
_CARDS: Mapping[str, str] = {
    "warning": "Warning",
    "better": "Better study",
    "question": "Question",
    "conflict": "Disagreement",
    "targeted": "Targeted study",
    "handoff": "Hand-off note",
    "appropriate": "Appropriate",
    "not-assessed": "Not assessed",
}
DONE: Mapping[str, str] = {
    "cancel": "cancelled",
    "replace": "replaced",
    "add": "added, the order stays",
    "note": "order amended",
    "unknown": "not said",
}
"""What accepting a card came to."""

NOT_SHOWN: Mapping[str, str] = {"shadow": "shadow mode", "muted": "muted", "quiet": "quiet after an override"}
"""Why a card was not shown."""

_REASONS: Mapping[str, str] = {
    **{each.code: each.display or each.code for each in OVERRIDE_REASONS},
    NO_REASON: "None given",
    IN_WORDS: "In the user's own words",
    OTHER: "One of the client's own list",
}
