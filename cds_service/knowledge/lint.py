"""Checks knowledge more deeply than loading does: one small linter per rule, each with a name and its own test.

Loading refuses what could not be used; linting finds what can be used and is still wrong.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TypeVar

from fhir.resources.R4B.valueset import ValueSet as FhirValueSet
from pydantic import ValidationError

from cds_service.facts.model import Fact, Known
from cds_service.knowledge.boxes import can_hold
from cds_service.knowledge.cases import Case, load_cases
from cds_service.knowledge.conditions import limits_of
from cds_service.knowledge.faults import Fault, KnowledgeError
from cds_service.knowledge.load import checked_document, load_knowledge
from cds_service.knowledge.model import Knowledge, Variant

Loaded = TypeVar("Loaded")

CONFLICTS = "accepted-conflicts.yaml"

Test = Callable[[str | float], bool]

STATES = ("holds", "out", "possible")

BOUNDARIES = (
    ("stage-group", "IIA", "IIB"),
    ("disease-phase", "neoadjuvant-running", "neoadjuvant-completed"),
)
"""Values of a closed domain between which the answer turns; limits of numbers are found in the conditions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A pair of variants that differ on purpose, with the studies concerned."""

    variants: tuple[str, str]
    studies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Everything the linters look at."""

    folder: Path
    knowledge: Knowledge
    cases: tuple[Case, ...]
    conflicts: tuple[Conflict, ...]


def lint(folder: Path) -> list[Fault]:
    """Every fault of a knowledge folder; those of loading alone where it cannot be loaded."""
    faults: list[Fault] = []
    knowledge = _gathered(load_knowledge, folder, faults)
    cases = _gathered(load_cases, folder, faults)
    conflicts = _conflicts(folder, faults)
    if knowledge is None or cases is None:
        return sorted(set(faults))
    subject = Subject(folder=folder, knowledge=knowledge, cases=cases, conflicts=conflicts)
    return sorted({*faults, *(fault for linter in LINTERS for fault in linter(subject))})


def studies_are_rated(subject: Subject) -> Iterator[Fault]:
    """A study that no variant rates has no place in procedures.yaml."""
    rated = {study for variant in subject.knowledge.variants for study in variant.ratings}
    for study in sorted(set(subject.knowledge.procedures) - rated):
        yield Fault("procedures.yaml", 0, f"procedures.{study}", "no variant rates this study")


def variants_are_reachable(subject: Subject) -> Iterator[Fault]:
    """A variant, or a row, whose conditions no patient can satisfy is a slip of the pen."""
    for variant in subject.knowledge.variants:
        if not can_hold(variant.when):
            yield _about(variant, "no patient can satisfy its conditions")
            continue
        for row in variant.ratings.values():
            if row.when is not None and not can_hold(variant.when, row.when):
                yield _about(variant, f"no patient of this variant can satisfy the conditions of {row.procedure}")


def conflicts_are_declared(subject: Subject) -> Iterator[Fault]:
    """Two variants that can hold together and rate a study differently need precedence, or a reason on record."""
    accepted = {(frozenset(each.variants), study) for each in subject.conflicts for study in each.studies}
    found = {
        (frozenset((one.id, other.id)), study): one
        for one, other in combinations(subject.knowledge.variants, 2)
        for study in _differences(one, other)
    }
    for (pair, study), variant in found.items():
        if (pair, study) not in accepted:
            yield _about(variant, f"{' and '.join(sorted(pair))} can hold together and differ on {study}")
    for pair, study in sorted(accepted - set(found), key=lambda each: (sorted(each[0]), each[1])):
        yield Fault(CONFLICTS, 0, "accepted", f"{' and '.join(sorted(pair))} do not differ on {study} any more")


def cases_are_known(subject: Subject) -> Iterator[Fault]:
    """A case speaks of studies and variants that exist."""
    variants = {variant.id for variant in subject.knowledge.variants}
    for case in subject.cases:
        if case.study not in subject.knowledge.procedures:
            yield Fault(case.place, 0, case.id, f"no such study: {case.study}")
        for unknown in sorted(set(case.variants) - variants):
            yield Fault(case.place, 0, case.id, f"no such variant: {unknown}")


def variants_have_cases(subject: Subject) -> Iterator[Fault]:
    """Each variant has a case in which it holds, one in which it does not, and one in which it only may."""
    for variant in subject.knowledge.variants:
        shown = {case.variants[variant.id] for case in subject.cases if variant.id in case.variants}
        for missing in [state for state in STATES if state not in shown]:
            yield _about(variant, f"has no case in which it is {missing}")


def boundaries_have_pairs(subject: Subject) -> Iterator[Fault]:
    """At each boundary two cases differ in that one fact alone: at the limit, and just past it."""
    for fact, limit in sorted({each for variant in subject.knowledge.variants for each in limits_of(variant.when)}):
        if not _has_pair(subject.cases, fact, _equal(limit), _just_past(limit)):
            yield Fault("topics", 0, fact, f"no pair of cases at {limit:g} and just past it")
    for fact, one, other in BOUNDARIES:
        if not _has_pair(subject.cases, fact, _equal(one), _equal(other)):
            yield Fault("topics", 0, fact, f"no pair of cases at {one} and {other}")


def variants_turn_on_one_fact(subject: Subject) -> Iterator[Fault]:
    """Each variant has a boundary pair of its own: one fact alone differs, and with it the variant holds or is out."""
    turning = {
        id
        for one, other in combinations(subject.cases, 2)
        for id in set(one.variants) & set(other.variants)
        # Which study is ordered does not decide whether a variant holds; what it is for does.
        if {one.variants[id], other.variants[id]} == {"holds", "out"}
        and one.question == other.question
        and len(_different(one, other)) == 1
    }
    for variant in subject.knowledge.variants:
        if variant.id not in turning:
            yield _about(variant, "has no pair of cases in which one fact alone decides whether it holds or is out")


def value_sets_are_fhir(subject: Subject) -> Iterator[Fault]:
    """Each value set is a ValueSet that FHIR R4 accepts."""
    for path in sorted((subject.folder / "value-sets").glob("*.json")):
        try:
            FhirValueSet.model_validate(json.loads(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            place = ".".join(str(step) for step in error.errors()[0]["loc"])
            yield Fault(f"value-sets/{path.name}", 0, place, f"not a FHIR R4 ValueSet: {error.errors()[0]['msg']}")


def phrases_are_clear(subject: Subject) -> Iterator[Fault]:
    """A phrase cannot name a study and be not covered at once, nor stand twice under one study."""
    for study in subject.knowledge.procedures.values():
        for phrase in sorted(set(study.phrases)):
            place = f"procedures.{study.id}.phrases"
            if phrase in subject.knowledge.not_covered_phrases:
                yield Fault("procedures.yaml", 0, place, f'"{phrase}" is also listed as not covered')
            if study.phrases.count(phrase) > 1:
                yield Fault("procedures.yaml", 0, place, f'"{phrase}" is there twice')


def organs_are_looked_at(subject: Subject) -> Iterator[Fault]:
    """Other diseases of an organ that no study looks at change nothing."""
    looked_at = {organ for study in subject.knowledge.procedures.values() for organ in study.looks_at}
    for organ in sorted(set(subject.knowledge.findings.organ_diseases) - looked_at):
        yield Fault("findings.yaml", 0, "organ-diseases", f"no study looks at {organ}")


def sentences_are_plain(subject: Subject) -> Iterator[Fault]:
    """Text of a variant goes on a card: no HTML, no Markdown of its own."""
    for variant in subject.knowledge.variants:
        steps = [part for step in variant.next for part in (step.result, step.step)]
        for line in [*variant.why, *variant.instead, *variant.pitfalls, *variant.notes, *steps, variant.title]:
            if any(mark in line for mark in "<>[]*_`#|"):
                yield _about(variant, f'"{line[:40]}…" is not plain text')


Linter = Callable[[Subject], Iterator[Fault]]

LINTERS: tuple[Linter, ...] = (
    studies_are_rated,
    variants_are_reachable,
    conflicts_are_declared,
    cases_are_known,
    variants_have_cases,
    boundaries_have_pairs,
    variants_turn_on_one_fact,
    value_sets_are_fhir,
    phrases_are_clear,
    organs_are_looked_at,
    sentences_are_plain,
)


def _differences(one: Variant, other: Variant) -> Iterator[str]:
    """The studies that two variants rate differently for a question of both, in some patient, without precedence."""
    if {entry.to for entry in one.yields_to} & {other.id} or {entry.to for entry in other.yields_to} & {one.id}:
        return
    for study, row in one.ratings.items():
        rival = other.ratings.get(study)
        if rival is None or rival.category is row.category or not set(row.questions) & set(rival.questions):
            continue
        if can_hold(one.when, other.when, row.when, rival.when):
            yield study


def _equal(wanted: str | float) -> Test:
    return lambda value: value == wanted


def _just_past(limit: float) -> Test:
    return lambda value: not isinstance(value, str) and limit < value <= limit + 1


def _has_pair(cases: Sequence[Case], fact: str, at: Test, past: Test) -> bool:
    before = [case for case in cases if _is(case.facts.get(fact), at)]
    after = [case for case in cases if _is(case.facts.get(fact), past)]
    return any(_only_differ_in(fact, one, other) for one in before for other in after)


def _is(fact: Fact | None, wanted: Test) -> bool:
    return isinstance(fact, Known) and wanted(fact.value)


def _only_differ_in(fact: str, one: Case, other: Case) -> bool:
    if (one.study, one.question) != (other.study, other.question):
        return False
    return _different(one, other) <= {fact} and one.variants != other.variants


def _different(one: Case, other: Case) -> set[str]:
    return {name for name in {*one.facts, *other.facts} if one.facts[name] != other.facts[name]}


def _conflicts(folder: Path, faults: list[Fault]) -> tuple[Conflict, ...]:
    document = checked_document(folder, CONFLICTS, "accepted-conflicts.schema.json", faults)
    written = document.value["accepted"] if document else []
    return tuple(
        Conflict(variants=(each["variants"][0], each["variants"][1]), studies=tuple(each["studies"]))
        for each in written
    )


def _gathered(load: Callable[[Path], Loaded], folder: Path, faults: list[Fault]) -> Loaded | None:
    try:
        return load(folder)
    except KnowledgeError as error:
        faults += error.faults
    return None


def _about(variant: Variant, message: str) -> Fault:
    return Fault(f"topics/{variant.id.split('-')[0]}.yaml", 0, variant.id, message)
