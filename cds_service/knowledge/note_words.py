"""Reads `note-words.yaml`: the words by which a sentence of a note may be of distant disease."""

import re
from collections.abc import Iterator, Sequence

from cds_service.knowledge.faults import Fault
from cds_service.knowledge.word_lists import List, pattern_of
from cds_service.knowledge.word_patterns import phrases_of
from cds_service.knowledge.yaml import Document
from cds_service.value import Value


class NoteWords(Value, frozen=True):
    """`parts`, in small letters, are found wherever they stand; `words` as their notation says."""

    parts: tuple[str, ...] = ()
    words: re.Pattern[str] = re.compile("(?!)")

    def finds(self, sentence: str) -> bool:
        """Whether a sentence holds one of them."""
        lowered = sentence.lower()
        return any(part in lowered for part in self.parts) or self.words.search(sentence) is not None


_PATH = ("matters", "lists")


def read_note_words(document: Document, faults: list[Fault]) -> NoteWords:
    """The words in a document that its schema approves; faults are noted, and then nothing of it may be used."""
    lists = document.value["matters"]["lists"]
    words = pattern_of(lists, document, _PATH, faults)
    parts = [*_parts(lists, document, faults)]
    # All begin where a word does; to look there alone halves what they cost.
    return NoteWords(tuple(parts), re.compile(rf"\b(?:{words.pattern})", re.IGNORECASE))


def _parts(lists: Sequence[List], document: Document, faults: list[Fault]) -> Iterator[str]:
    listed = [(part, index) for index, each in enumerate(lists) for part in phrases_of(each.get("parts", ""))]
    for part, index in listed:
        shorter = next((other for other, _ in listed if other != part and other in part), None)
        if part != part.lower():
            faults.append(document.fault((*_PATH, index), f'"{part}" must be in small letters'))
        if shorter is not None:
            faults.append(document.fault((*_PATH, index), f'"{part}" is found by "{shorter}" already'))
        yield part
    for index, each in enumerate(lists):
        begun = ("words", "phrases", "first")
        inside = [phrase for key in begun for phrase in phrases_of(each.get(key, "")) if phrase.startswith("-")]
        if inside:
            faults.append(document.fault((*_PATH, index), f'"{inside[0]}" is found inside words: list it as a part'))
