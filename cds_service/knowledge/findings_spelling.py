"""Finds the clinical word that a mistyped one was meant to be: one letter more, less, other, or two exchanged.

The first letter must agree, and words of fewer than four letters are left alone. A word is found by what is left of it
when one letter is taken away (symmetric deletion), so that the cost does not grow with the vocabulary.
"""

from collections.abc import Iterable

SHORTEST = 4
"""The shortest mistyped word that is looked up; the word it was meant to be has one letter more at least."""


class Spelling:
    """Words by their deletions. `known` words are never taken for mistyped ones."""

    __slots__ = ("_by_deletion", "_longest", "known")

    def __init__(self, known: frozenset[str], targets: Iterable[str]) -> None:
        self.known = known
        found: dict[str, list[str]] = {}
        for word in targets:
            if len(word) > SHORTEST and word.isalpha():
                for left in (word, *_deletions(word)):
                    found.setdefault(left, []).append(word)
        self._by_deletion = found
        self._longest = max(map(len, found), default=0) + 1

    def meant(self, word: str) -> str:
        """The word that was meant, or the word itself."""
        if not SHORTEST <= len(word) <= self._longest or word in self.known or not word.isalpha():
            return word
        first, lefts = word[0], [word, *_deletions(word)]
        if self._by_deletion.keys().isdisjoint(lefts):
            return word
        for left in lefts:
            for target in self._by_deletion.get(left, ()):
                if target[0] == first and _one_slip(word, target):
                    return target
        return word


def _deletions(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(1, len(word))]


def _one_slip(word: str, target: str) -> bool:
    """Whether one letter added, left out, changed, or two neighbours exchanged make one of the other."""
    if len(word) > len(target):
        word, target = target, word
    at = 0
    while at < len(word) and word[at] == target[at]:
        at += 1
    if len(word) < len(target):
        return word[at:] == target[at + 1 :]
    changed = word[at + 1 :] == target[at + 1 :]
    return changed or (
        word[at + 1 : at + 2] + word[at : at + 1] == target[at : at + 2] and word[at + 2 :] == target[at + 2 :]
    )
