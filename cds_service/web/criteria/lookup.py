"""Search over the variants and studies: what is understood first (`query`), then words, the best match first.

A variant that what was said rules out is left out, unless nothing else is found.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.boxes import Box, Range, boxes
from cds_service.knowledge.model import Category, Knowledge, Variant
from cds_service.web.criteria import pages
from cds_service.web.criteria.catalogue import Catalogue
from cds_service.web.criteria.neighbours import disjoint
from cds_service.web.criteria.query import Query, Wanted, said, understand
from cds_service.web.criteria.words import Words, of_study, of_variant, telling

Search = Callable[[str], pages.SearchPage]

EXAMPLES = (
    "PET stage IIA",
    "bone scan",
    "after lumpectomy",
    "CT CAP follow-up",
    "suspicious axillary node",
    "78815",
    "C50.912",
)
"""Searches that show what can be looked for."""

_MOST_VARIANTS, _MOST_STUDIES, _MOST_SUGGESTIONS = 12, 6, 8
# Of the best score, and at the least: what is worse is noise.
_KEPT_VARIANTS, _KEPT_STUDIES, _LEAST = 0.3, 0.6, 0.8
# What counts how much, where a word counts up to 3.
_FACT, _QUESTION, _USUAL, _PER_CONDITION = 4.0, 2.0, 0.5, -0.05

_SPELLED = re.compile(r"[A-Za-z0-9]+")


def make_search(catalogue: Catalogue, knowledge: Knowledge) -> Search:
    """The search over these pages."""
    return _Index(catalogue, knowledge).search


class _Index:
    def __init__(self, catalogue: Catalogue, knowledge: Knowledge) -> None:
        self.catalogue = catalogue
        self.knowledge = knowledge
        self.boxes = {each.id: boxes(each.when) for each in knowledge.variants}
        self.by_id = {each.id: each for each in knowledge.variants}
        self.variants = [of_variant(each) for each in catalogue.variants.values()]
        self.studies = [of_study(each) for each in catalogue.studies.values()]
        # How much a word tells depends on what it is to tell apart.
        self.of_variants, self.of_studies = Words(self.variants), Words(self.studies)
        self.words = Words([*self.variants, *self.studies])
        self.often = Counter(id for variant in knowledge.variants for id in variant.ratings)

    def search(self, text: str) -> pages.SearchPage:
        query = understand(text, self.knowledge)
        spelled = {} if query.not_rated else self.words.spelled(telling(query.words))
        if spelled:
            query = understand(_SPELLED.sub(lambda each: spelled.get(each[0].lower(), each[0]), text), self.knowledge)
        words = () if query.not_rated else telling(query.words)
        studies = self._studies(query, words)
        fitting, ruled_out = self._scores(query, self._left_over(words, studies), studies)
        fits = [*query.variants] or _best(fitting, _KEPT_VARIANTS)
        found = fits or _best(ruled_out, _KEPT_VARIANTS)
        variants = self._rating_first(found, studies) if studies else found
        return pages.SearchPage(
            q=text,
            studies=tuple(self._found_study(id, query) for id in studies[:_MOST_STUDIES]),
            variants=tuple(self._found_variant(id, studies) for id in variants[:_MOST_VARIANTS]),
            more_variants=max(0, len(variants) - _MOST_VARIANTS),
            ruled_out=bool(found) and not fits,
            understood=_understood(query),
            not_rated=query.not_rated,
            spelled=spelled,
            suggestions=() if studies or variants else self._suggestions(words),
            knowledge=self.catalogue.index.knowledge,
        )

    # --- studies ------------------------------------------------------------------------------------------------------
    def _studies(self, query: Query, words: tuple[str, ...]) -> list[str]:
        """Those that are named, else those whose names share words with the search; often rated ones first."""
        if query.studies:
            return list(query.studies)
        named = [word for word in words if word not in query.explained]
        scores = {text.id: sum(self.of_studies.weight(word, text) for word in named) for text in self.studies}
        return _best({id: scores[id] for id in sorted(scores, key=lambda id: -self.often[id])}, _KEPT_STUDIES)

    def _found_study(self, id: str, query: Query) -> pages.FoundStudy:
        tally = Counter(each.ratings[id].category for each in self.knowledge.variants if id in each.ratings)
        return pages.FoundStudy(
            study=self.catalogue.studies[id].study,
            tally={category: tally[category] for category in reversed(Category) if tally[category]},
            as_code=query.codes.get(id),
        )

    # --- variants -----------------------------------------------------------------------------------------------------
    def _scores(
        self, query: Query, words: tuple[str, ...], studies: list[str]
    ) -> tuple[dict[str, float], dict[str, float]]:
        """How well each variant matches: those that fit what was said, and those that it rules out."""
        fitting: dict[str, float] = {}
        ruled_out: dict[str, float] = {}
        for variant, text in zip(self.knowledge.variants, self.variants, strict=True):
            matched, fits = _fit(self.boxes[variant.id], query.wanted)
            score = matched + sum(self.of_variants.weight(word, text) for word in words)
            score += _QUESTION * (not query.questions.isdisjoint(variant.questions))
            score += _USUAL * (score > 0 and self._usually_asked(variant, studies))
            (fitting if fits else ruled_out)[variant.id] = score
        return fitting, ruled_out

    def _left_over(self, words: tuple[str, ...], studies: list[str]) -> tuple[str, ...]:
        """The words that do not name the studies found."""
        named = {word for text in self.studies if text.id in studies for word in text.words}
        return tuple(word for word in words if not any(each.startswith(word) for each in named))

    def _rating_first(self, found: list[str], studies: list[str]) -> list[str]:
        """Those that rate a study asked for come first; where only studies were asked for, the best rated do."""
        candidates = found or sorted(self.by_id, key=lambda id: self._order_by_rating(self.by_id[id], studies))
        rating = [id for id in candidates if not self.by_id[id].ratings.keys().isdisjoint(studies)]
        return rating + [id for id in found if id not in rating]

    def _order_by_rating(self, variant: Variant, studies: list[str]) -> tuple[bool, int]:
        best = max((variant.ratings[each].score for each in studies if each in variant.ratings), default=0)
        return not self._usually_asked(variant, studies), -best

    def _usually_asked(self, variant: Variant, studies: list[str]) -> bool:
        """Whether a variant rates one of the studies for the question that it usually asks."""
        asked = ((each, self.knowledge.procedures[each].default_question) for each in studies)
        return any(variant.row(study, question) is not None for study, question in asked)

    def _found_variant(self, id: str, studies: list[str]) -> pages.FoundVariant:
        page = self.catalogue.variants[id]
        asked = tuple(each for each in page.ratings if each.study.id in studies)
        return pages.FoundVariant(variant=page.variant, ratings=asked)

    def _suggestions(self, words: tuple[str, ...]) -> tuple[str, ...]:
        near = [word for word in self.words.near(words) if word not in words]
        return tuple(dict.fromkeys([*near, *EXAMPLES]))[:_MOST_SUGGESTIONS]


def _best(scores: Mapping[str, float], kept_from: float) -> list[str]:
    """The ids with at least this part of the best score, best first; equals as they come."""
    least = max(_LEAST, kept_from * max(scores.values(), default=0.0))
    kept = [(id, score) for id, score in scores.items() if score >= least]
    return [id for id, _ in sorted(kept, key=lambda each: -each[1])]


def _fit(variant: tuple[Box, ...], wanted: Wanted) -> tuple[float, bool]:
    """How well a variant matches what was said, and whether it can hold: the best of its boxes."""
    best = (0.0, False)
    for box in variant:
        met = [fact for fact in wanted if fact in box and not disjoint(wanted[fact], box[fact])]
        fits = all(fact in met or fact not in box for fact in wanted)
        score = sum(_FACT + _narrowness(box[fact]) for fact in met)
        score += _PER_CONDITION * len(box) if met else 0.0  # of two that match alike, the more general one
        best = max(best, (score, fits), key=lambda each: (each[1], each[0]))
    return best


def _narrowness(allowed: frozenset[str] | Range) -> float:
    return 1.0 if isinstance(allowed, Range) else 1 / len(allowed)


def _understood(query: Query) -> tuple[str, ...]:
    spec = VOCABULARY["question"]
    facts = (said(fact, allowed) for fact, allowed in query.wanted.items())
    return (*facts, *(f"{spec.ask}: {spec.label(each)}" for each in sorted(query.questions)))
