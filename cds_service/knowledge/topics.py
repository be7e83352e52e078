"""Builds a topic from its file: variants, conditions, rating rows, and the rules between them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.conditions import ConditionReader
from cds_service.knowledge.faults import Fault
from cds_service.knowledge.model import Category, NextStep, RatingRow, Source, Topic, Variant, Yield
from cds_service.knowledge.yaml import Document, Path

_SCORES = {
    Category.USUALLY_NOT: range(1, 4),
    Category.MAY_BE: range(4, 7),
    Category.USUALLY: range(7, 10),
}
DISAGREEMENT_SCORE = 5


class TopicReader:
    """Reads one topic file whose shape the schema has already approved."""

    def __init__(self, document: Document, procedures: Collection[str], faults: list[Fault]) -> None:
        self.document = document
        self.procedures = procedures
        self.faults = faults
        self.conditions = ConditionReader(document, faults)

    def read(self) -> Topic:
        """The topic; a variant whose conditions cannot be read is left out, with its faults noted."""
        value = self.document.value
        if f"topics/{value['id']}.yaml" != self.document.file:
            self._fault(("id",), f"the file of topic {value['id']} must be topics/{value['id']}.yaml")
        read = [self._variant(variant, ("variants", index)) for index, variant in enumerate(value["variants"])]
        variants = tuple(variant for variant in read if variant is not None)
        return Topic(id=value["id"], title=value["title"], source=Source(**value["source"]), variants=variants)

    def _variant(self, value: Mapping[str, Any], path: Path) -> Variant | None:
        topic = self.document.value["id"]
        if not value["id"].startswith(f"{topic}-v"):
            self._fault((*path, "id"), f"a variant of topic {topic} is called {topic}-v<number>")
        when = self.conditions.read(value["when"], (*path, "when"))
        questions = tuple(value["questions"])
        rows = {
            procedure: self._row(procedure, row, questions, (*path, "ratings", procedure))
            for procedure, row in value["ratings"].items()
        }
        if when is None:
            return None
        return Variant(
            id=value["id"],
            title=value["title"],
            questions=questions,
            when=when,
            ratings=rows,
            yields_to=tuple(
                Yield(to=entry["variant"], because=entry["because"]) for entry in value.get("yields-to", [])
            ),
            why=tuple(value.get("why", [])),
            instead=tuple(value.get("instead", [])),
            next=tuple(NextStep(result=step["result"], step=step["step"]) for step in value.get("next", [])),
            pitfalls=tuple(value.get("pitfalls", [])),
            notes=tuple(value.get("notes", [])),
            sources=tuple(value["sources"]),
        )

    def _row(self, procedure: str, row: Mapping[str, Any], questions: tuple[str, ...], path: Path) -> RatingRow:
        category = Category(row["category"])
        disagreement = bool(row.get("disagreement", False))
        own = tuple(row.get("questions", questions))
        self._check_row(procedure, row, category, disagreement, own, questions, path)
        return RatingRow(
            procedure=procedure,
            category=category,
            score=row["score"],
            basis=tuple(row["basis"]),
            questions=own,
            when=self.conditions.read(row["when"], (*path, "when")) if "when" in row else None,
            needs=tuple(row.get("needs", [])),
            disagreement=disagreement,
            note=row.get("note"),
        )

    def _check_row(
        self,
        procedure: str,
        row: Mapping[str, Any],
        category: Category,
        disagreement: bool,
        own: tuple[str, ...],
        questions: tuple[str, ...],
        path: Path,
    ) -> None:
        if procedure not in self.procedures:
            self._fault(path, f"no such study in procedures.yaml: {procedure}")
        if row["score"] not in _SCORES[category]:
            span = _SCORES[category]
            self._fault((*path, "score"), f"{category.label} is {span[0]} to {span[-1]}, not {row['score']}")
        if disagreement and (category is not Category.MAY_BE or row["score"] != DISAGREEMENT_SCORE):
            self._fault((*path, "disagreement"), "a disagreement is always may be appropriate, score 5")
        if stray := [question for question in own if question not in questions]:
            self._fault((*path, "questions"), f"the variant does not answer {', '.join(stray)}")
        if unknown := [fact for fact in row.get("needs", []) if fact not in VOCABULARY]:
            self._fault((*path, "needs"), f"no such fact: {', '.join(unknown)}")

    def _fault(self, path: Path, message: str) -> None:
        self.faults.append(self.document.fault(path, message))


def faults_between(topics: Iterable[tuple[Document, Topic]]) -> list[Fault]:
    """What only shows when all topics are seen together: ids used twice, precedence to nowhere or in a circle."""
    placed = list(topics)
    faults: list[Fault] = []
    places: dict[str, tuple[Document, int]] = {}
    for document, _ in placed:
        # Positions in the file, not in the topic: a variant with faults is missing from the topic.
        for index, written in enumerate(document.value["variants"]):
            if written["id"] in places:
                faults.append(document.fault(("variants", index, "id"), f"the variant {written['id']} is there twice"))
            places.setdefault(written["id"], (document, index))
    variants = {variant.id: variant for _, topic in placed for variant in topic.variants}
    for variant in variants.values():
        document, index = places[variant.id]
        for number, entry in enumerate(variant.yields_to):
            path = ("variants", index, "yields-to", number)
            if entry.to not in places:
                faults.append(document.fault(path, f"no such variant: {entry.to}"))
            elif variant.id in _displacers(entry.to, variants):
                faults.append(document.fault(path, f"{variant.id} and {entry.to} yield to each other in a circle"))
    return faults


def _displacers(start: str, variants: Mapping[str, Variant]) -> set[str]:
    """Every variant that `start` yields to, directly or through others; itself only where it is in a circle."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        variant = variants.get(waiting.pop())
        for entry in variant.yields_to if variant else ():
            if entry.to not in found:
                found.add(entry.to)
                waiting.append(entry.to)
    return found
