"""Reads the cases that lie beside the topics: a made-up patient, an order, and what must come of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.facts.model import NOT_RECORDED, Fact, Facts, Known, OneOf
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.faults import Fault, KnowledgeError, Unreadable
from cds_service.knowledge.load import CASES, checked_document
from cds_service.knowledge.yaml import Document
from cds_service.knowledge.yaml import Path as Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. `patient` names the base facts, `changed` the facts that differ from it.

    `variants`: id → holds, possible or out. `missing`: None where the case says nothing of it.
    """

    id: str
    description: str
    place: str
    patient: str
    changed: Mapping[str, Fact]
    facts: Facts
    study: str
    question: str
    outcome: str
    category: str | None
    score: int | None
    variants: Mapping[str, str]
    missing: tuple[str, ...] | None


def load_cases(folder: Path) -> tuple[Case, ...]:
    """Every case of a knowledge folder.

    Raises KnowledgeError with every fault as `file:line: path: message`.
    """
    faults: list[Fault] = []
    cases: list[Case] = []
    for path in sorted((folder / "topics").glob(f"*{CASES}")):
        file = path.relative_to(folder).as_posix()
        document = checked_document(folder, file, "cases.schema.json", faults)
        if document is not None:
            cases += _CaseReader(document, faults).read()
    seen: dict[str, str] = {}
    for case in cases:
        if case.id in seen:
            faults.append(Fault(case.place, 0, "", f"the case {case.id} is there twice, also at {seen[case.id]}"))
        seen[case.id] = case.place
    if faults:
        raise KnowledgeError(faults)
    return tuple(cases)


class _CaseReader:
    """Reads one case file whose shape the schema has already approved."""

    def __init__(self, document: Document, faults: list[Fault]) -> None:
        self.document = document
        self.faults = faults

    def read(self) -> list[Case]:
        value = self.document.value
        if self.document.file != f"topics/{value['topic']}{CASES}":
            self._fault(("topic",), f"the cases of topic {value['topic']} must be in topics/{value['topic']}{CASES}")
        patients = {name: self._facts(facts, ("patients", name)) for name, facts in value["patients"].items()}
        read = [self._case(case, patients, ("cases", index)) for index, case in enumerate(value["cases"])]
        for unused in sorted(set(patients) - {case["patient"] for case in value["cases"]}):
            self._fault(("patients", unused), "no case is about this patient")
        return [case for case in read if case is not None]

    def _case(self, written: Mapping[str, Any], patients: Mapping[str, Mapping[str, Fact]], path: Place) -> Case | None:
        changed = self._facts(written.get("but", {}), (*path, "but"))
        base = patients.get(written["patient"])
        if base is None:
            self._fault((*path, "patient"), f"no such patient: {written['patient']}")
            return None
        expect = written["expect"]
        if ("category" in expect) is not (expect["outcome"] == "rated"):
            self._fault((*path, "expect"), "a category belongs to the outcome rated, and to no other")
        return Case(
            id=written["id"],
            description=written["description"],
            place=f"{self.document.file}:{self.document.line(path)}",
            patient=written["patient"],
            changed=changed,
            facts=Facts({**base, **changed}),
            study=written["order"]["study"],
            question=written["order"]["question"],
            outcome=expect["outcome"],
            category=expect.get("category"),
            score=expect.get("score"),
            variants=expect["variants"],
            missing=tuple(expect["missing"]) if "missing" in expect else None,
        )

    def _facts(self, written: Mapping[str, Any], path: Place) -> dict[str, Fact]:
        found = {}
        for name, value in written.items():
            try:
                found[name] = _fact(name, value)
            except Unreadable as error:
                self._fault((*path, name), error.message)
        return found

    def _fault(self, path: Place, message: str) -> None:
        self.faults.append(self.document.fault(path, message))


def _fact(name: str, written: Any) -> Fact:
    """`IIA`, `[IIA, IIB]`, `unknown`, `18`, or `{assumed: none}` for what was taken as true for lack of a record."""
    if name not in VOCABULARY:
        raise Unreadable((), f"no such fact: {name}; facts: {', '.join(VOCABULARY)}")
    match written:
        case "unknown":
            return NOT_RECORDED
        case {"assumed": value, **rest} if not rest:
            return Known(_value(name, value), assumed=f"{name}-assumed")
        case dict():
            raise Unreadable((), "an assumed fact is written {assumed: <value>}")
        case list():
            if len(written) < 2 or VOCABULARY[name].is_number:
                raise Unreadable((), "one of several: a list of at least two values of the fact")
            return OneOf(tuple(str(_value(name, value)) for value in written))
        case _:
            return Known(_value(name, written))


def _value(name: str, value: Any) -> str | float:
    spec = VOCABULARY[name]
    if spec.is_number:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Unreadable((), f"{name} is a number of {spec.unit}")
        return value
    if value not in spec.domain:
        raise Unreadable((), f"{name} is never {value}: {', '.join(spec.domain)}")
    return str(value)
