"""The words of the pages: how much a word of a search counts in each, and which known word a misspelled one is."""

import difflib
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cds_service.facts.vocabulary import VOCABULARY
from cds_service.web.criteria import pages
from cds_service.web.criteria.wording import Criterion

_NAME, _SAID, _PROSE = 3.0, 2.0, 1.0  # a word in a title, in a condition or another name, in a sentence
_BEGUN = 0.6  # of a word of which only the beginning was given

_WORD = re.compile(r"[a-z0-9]+")
_SILENT_WORDS = (
    "a acr after an and appropriate appropriateness are as at be breast breasts by cancer criteria do for from "
    "has have her how i if imaging in is it my of on or order ordering patient rate rated rating scan should "
    "study test the this to what when which who why with woman women"
)
_SILENT = frozenset(_SILENT_WORDS.split())
"""Words of a search that tell no page from another, or do so only in a phrase: "breast MRI"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The words of one variant or study (`id`), each with the weight of the best place where it stands."""

    id: str
    words: Mapping[str, float]


class Words:
    """All words of some texts."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._spread = Counter(word for text in texts for word in text.words)
        self._names = sorted({word for text in texts for word, weight in text.words.items() if weight > _PROSE})
        self._count = len(texts)

    def spelled(self, words: Iterable[str]) -> dict[str, str]:
        """Words that no text holds, and the word of a name each is most likely meant to be."""
        found: dict[str, str] = {}
        for word in words:
            if len(word) > 3 and not any(known.startswith(word) for known in self._spread):
                close = difflib.get_close_matches(word, self._names, n=1, cutoff=0.8)
                if close:
                    found[word] = close[0]
        return found

    def near(self, words: Iterable[str]) -> list[str]:
        """Words of names that look a little like these."""
        return [close for word in words for close in difflib.get_close_matches(word, self._names, n=3, cutoff=0.7)]

    def weight(self, word: str, text: Text) -> float:
        """What a word counts in a text, up to the weight of its place: the more, the fewer texts have it."""
        exact = text.words.get(word)
        if exact is not None:
            return exact * self._rarity(word)
        if len(word) < 3:
            return 0.0
        begun = [weight * self._rarity(known) for known, weight in text.words.items() if known.startswith(word)]
        return _BEGUN * max(begun, default=0.0)

    def _rarity(self, word: str) -> float:
        """1 for a word of one text, less for one of many."""
        return math.log(1 + self._count / self._spread[word]) / math.log(1 + self._count)


def telling(words: Iterable[str]) -> tuple[str, ...]:
    """The words that tell something, each once."""
    return tuple(dict.fromkeys(word for word in words if len(word) > 1 and word not in _SILENT))


def of_variant(page: pages.VariantPage) -> Text:
    """The words of a variant's page."""
    spec = VOCABULARY["question"]
    questions = " ".join(spec.label(each) for each in page.variant.questions)
    prose = " ".join((*page.why, *page.instead, *page.pitfalls, *page.notes, *(each.result for each in page.next)))
    return _text(
        page.variant.id,
        (_NAME, page.variant.title),
        (_SAID, f"{_said(page.criteria)} {questions}"),
        (_PROSE, f"{page.topic_title} {prose}"),
    )


def of_study(page: pages.StudyPage) -> Text:
    """The words of a study's page."""
    names = " ".join((*page.names, page.body_site))
    return _text(page.study.id, (_NAME, f"{page.study.name} {page.study.short}"), (_SAID, names))


def _text(id: str, *places: tuple[float, str]) -> Text:
    words: dict[str, float] = {}
    for weight, text in places:
        for word in _WORD.findall(text.lower()):
            words.setdefault(word, weight)
    return Text(id=id, words=words)


def _said(criterion: Criterion) -> str:
    """What a condition says, without the names of its facts: many variants ask of the same."""
    return " ".join((criterion.said or "", *(_said(part) for part in criterion.parts)))
