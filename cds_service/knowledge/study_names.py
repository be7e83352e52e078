"""Which studies the words of an order name: the longest phrase decides, and one of another study names none."""

import re

from cds_service.knowledge.model import Knowledge

_SPACES = re.compile(r"[^a-z0-9]+")


_SIDES = frozenset({"left", "right", "bilateral", "lt", "rt"})
"""A side does not change which study it is: "core biopsy left axillary node"."""


def normalised(text: str) -> str:
    """Lower case, words apart by one space and one at both ends, without sides: " pet ct skull base "."""
    spelled = text.lower().replace("&", " and ").replace("w/wo", "without and with").replace("w/o", "without")
    spelled = spelled.replace("w/", "with ")
    words = _SPACES.sub(" ", spelled).split()
    return f" {' '.join(word for word in words if word not in _SIDES)} "


def named_in(text: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Ids of the studies the longest phrase in this text names; empty where that phrase is of something else."""
    return knowledge.studies_named_before.recall(text, lambda text: _named_in(text, knowledge))


def _named_in(text: str, knowledge: Knowledge) -> tuple[str, ...]:
    said = _phrases_in(text, knowledge)
    known = [phrase for phrase in said if phrase in knowledge.studies_by_phrase]
    foreign = [phrase for phrase in said if phrase in knowledge.not_covered_phrases]
    if not known or max(map(len, foreign), default=0) >= max(map(len, known)):
        return ()
    longest = max(map(len, known))
    named = {id for phrase in known if len(phrase) == longest for id in knowledge.studies_by_phrase[phrase]}
    return tuple(id for id in knowledge.procedures if id in named)


def names_any(text: str, knowledge: Knowledge) -> bool:
    """Whether the words of this text name some study, rated or not."""
    return bool(_phrases_in(text, knowledge))


def _phrases_in(text: str, knowledge: Knowledge) -> list[str]:
    words = normalised(text)
    begun = [phrase for word in set(words.split()) for phrase in knowledge.phrases_by_word.get(word, ())]
    return [phrase for phrase in begun if f" {phrase} " in words]
