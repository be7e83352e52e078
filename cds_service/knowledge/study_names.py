"""Which studies the words of an order name: the longest phrase decides, and one of another study names none."""

import re

from cds_service.knowledge.model import Knowledge

_SPACES = re.compile(r"[^a-z0-9]+")


def normalised(text: str) -> str:
    """Lower case, anything but letters and digits as one space, a space at both ends: " pet ct skull base "."""
    spelled = text.lower().replace("&", " and ").replace("w/wo", "without and with").replace("w/o", "without")
    spelled = spelled.replace("w/", "with ")
    return f" {_SPACES.sub(' ', spelled).strip()} "


def named_in(text: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Ids of the studies the longest phrase in this text names; empty where that phrase is of something else."""
    words = normalised(text)
    begun = [phrase for word in set(words.split()) for phrase in knowledge.phrases_by_word.get(word, ())]
    said = [phrase for phrase in begun if f" {phrase} " in words]
    known = [phrase for phrase in said if phrase in knowledge.studies_by_phrase]
    foreign = [phrase for phrase in said if phrase in knowledge.not_covered_phrases]
    if not known or max(map(len, foreign), default=0) >= max(map(len, known)):
        return ()
    longest = max(map(len, known))
    named = {id for phrase in known if len(phrase) == longest for id in knowledge.studies_by_phrase[phrase]}
    return tuple(id for id in knowledge.procedures if id in named)
