"""The ACR knowledge as values: variants with their conditions and rating rows, studies, value sets, phrases.

Made by `knowledge.load` from the files of `knowledge/`; frozen. Knows fact names, but no patient.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from cds_service.coding import Code
from cds_service.knowledge.breast_words import BreastWords
from cds_service.knowledge.findings import Findings
from cds_service.knowledge.note_words import NoteWords
from cds_service.knowledge.operators import Condition
from cds_service.knowledge.record_words import RecordWords
from cds_service.knowledge.studies import Procedure, ProcedureCode
from cds_service.knowledge.value_sets import ValueSets, staging_codes
from cds_service.memory import Memory


class Category(StrEnum):
    """ACR appropriateness categories; scores 1-3, 4-6, 7-9.

    https://www.acr.org/Clinical-Resources/ACR-Appropriateness-Criteria
    """

    USUALLY_NOT = "usually-not-appropriate"
    MAY_BE = "may-be-appropriate"
    USUALLY = "usually-appropriate"

    @property
    def rank(self) -> int:
        """0 for usually not appropriate up to 2 for usually appropriate."""
        return _RANKS[self]

    @property
    def label(self) -> str:
        """The category as ACR writes it."""
        return _LABELS[self]


_RANKS = {Category.USUALLY_NOT: 0, Category.MAY_BE: 1, Category.USUALLY: 2}
_LABELS = {
    Category.USUALLY_NOT: "usually not appropriate",
    Category.MAY_BE: "may be appropriate",
    Category.USUALLY: "usually appropriate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingRow:
    """How one variant rates one study.

    `questions`: narrows the variant's own where a row belongs to only some of them. `when`: the row applies only
    then. `needs`: facts that must be recorded, not assumed, before this row may rate. `basis`: article, acr-page,
    acr-dataset. `disagreement`: the panel disagreed (category is then may be appropriate, score 5).
    """

    procedure: str
    category: Category
    score: int
    basis: tuple[str, ...]
    questions: tuple[str, ...]
    when: Condition | None = None
    needs: tuple[str, ...] = ()
    disagreement: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """A variant that displaces this one when both hold, with the clinical reason."""

    to: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What usually follows a result: `result` and `step` are short clinical phrases."""

    result: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One ACR variant: who it is about, which questions it answers, how it rates which study."""

    id: str
    title: str
    questions: tuple[str, ...]
    when: Condition
    ratings: Mapping[str, RatingRow]
    yields_to: tuple[Yield, ...] = ()
    why: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    next: tuple[NextStep, ...] = ()
    pitfalls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def row(self, procedure: str, question: str) -> RatingRow | None:
        """The rating row of a study for a question, or None where this variant does not rate it for that."""
        row = self.ratings.get(procedure)
        return row if row is not None and question in row.questions else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a topic was published."""

    publisher: str
    citation: str
    doi: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One ACR topic file."""

    id: str
    title: str
    source: Source
    variants: tuple[Variant, ...]


@dataclass(frozen=True, kw_only=True, eq=False)  # one object is one knowledge; no slots: what is derived is kept
class Knowledge:
    """All that is known, with its version and content hash."""

    version: str
    hash: str
    topics: tuple[Topic, ...]
    procedures: Mapping[str, Procedure]
    value_sets: ValueSets
    findings: Findings
    record_words: RecordWords = field(default_factory=RecordWords)
    breast_words: BreastWords = field(default_factory=dict)
    note_words: NoteWords = field(default_factory=NoteWords)
    not_covered: Mapping[Code, str] = field(default_factory=dict)
    """Codes known to name something else than a rated study, with the reason: text must not override them."""
    not_covered_phrases: Mapping[str, str] = field(default_factory=dict)
    """Phrases of order text that name something else, with the reason; the longest phrase found decides."""
    translations: Mapping[Code, tuple[Code, ...]] = field(default_factory=dict)
    """A site's own codes, and the codes that mean the same (`knowledge.concept_maps`)."""

    @property
    def concepts(self) -> Mapping[str, Mapping[Code, str]]:
        """Value set id → code → display, of the codes that are written out."""
        return {set_id: self.value_sets.concepts(set_id) for set_id in self.value_sets}

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """Every variant of every topic, in file order."""
        return tuple(variant for topic in self.topics for variant in topic.variants)

    @cached_property
    def studies_by_code(self) -> Mapping[Code, tuple[tuple[Procedure, ProcedureCode], ...]]:
        """Every study a code names or may name, in file order."""
        found: dict[Code, tuple[tuple[Procedure, ProcedureCode], ...]] = {}
        for procedure in self.procedures.values():
            for entry in procedure.codes:
                found[entry.code] = (*found.get(entry.code, ()), (procedure, entry))
        return MappingProxyType(found)

    @cached_property
    def studies_by_phrase(self) -> Mapping[str, tuple[str, ...]]:
        """Every study a phrase names or may name, in file order."""
        found: dict[str, tuple[str, ...]] = {}
        for procedure in self.procedures.values():
            for phrase in procedure.phrases:
                found[phrase] = (*found.get(phrase, ()), procedure.id)
        return MappingProxyType(found)

    @cached_property
    def displayed_sides(self) -> Mapping[Code, str]:
        """The side that our own display of a code names ("Mastectomy of left breast"): senders may leave theirs out."""
        found: dict[Code, str] = {}
        for name in self.value_sets:
            for code, display in self.value_sets.concepts(name).items():
                words = display.lower().split()
                side = next((side for side in ("bilateral", "left", "right") if side in words), None)
                if side is not None:
                    found[code] = side
        return MappingProxyType(found)

    @cached_property
    def phrases_by_word(self) -> Mapping[str, tuple[str, ...]]:
        """Every phrase that names a study, or something else, by its first word."""
        found: dict[str, tuple[str, ...]] = {}
        for phrase in (*self.studies_by_phrase, *self.not_covered_phrases):
            word = phrase.split(" ", 1)[0]
            found[word] = (*found.get(word, ()), phrase)
        return MappingProxyType(found)

    @cached_property
    def meanings(self) -> Memory[dict[object, Any]]:
        """What each reader made of the concepts that it met: by concept, then by reader."""
        return Memory()

    @cached_property
    def studies_named_before(self) -> Memory[tuple[str, ...]]:
        """The studies that words of orders were found to name (`knowledge.study_names`)."""
        return Memory()

    @cached_property
    def staging_codes(self) -> Mapping[Code, str]:
        """Value codes of stage, T, N and M to how they are written: "cT1c", "IIA"."""
        return staging_codes(self.value_sets)
