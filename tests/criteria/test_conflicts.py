"""Where two topics hold together and nothing decides: every such patient there can be, found by filling in all facts.

Not by reading the files, as `lint` does, but by asking matching itself: with nothing on record, the worlds of a study
and a question are all the patients that the knowledge can tell apart.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cds_service.criteria.conditions import Cell, Span
from cds_service.criteria.matching import rate
from cds_service.criteria.model import Outcome, Rating
from cds_service.criteria.worlds import World, plan, worlds
from cds_service.facts.model import Facts, Known
from cds_service.facts.vocabulary import QUESTIONS
from cds_service.knowledge.cases import load_cases
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Category

ROOT = Path(__file__).parents[2]
KNOWLEDGE = load_knowledge(ROOT / "knowledge")

Pair = tuple[str, ...]
Differing = tuple[Pair, str, str]
"""The variants that hold together, the study and the question."""

# Where both topics rate the study, and not alike. Each has a reason in accepted-conflicts.yaml.
BOTH_RATE_IT = {
    (("235-v1", "310-v3"), "fdg-pet-ct", "breast"),
    (("235-v5", "286-v8"), "us-axilla", "axilla"),
    (("235-v5", "286-v8"), "mri-breast-without-and-with-contrast", "axilla"),
}

# Where one topic rates a study usually not appropriate and the other has no row for it: that silence is no verdict,
# and blocks the warning of the first.
ONE_IS_SILENT = {
    ("235-v1", "310-v1"): "before therapy, CT or a bone scan for the breast: topic 310 rates them, topic 235 does not",
    ("235-v1", "310-v3"): "likewise in stage IIB-III",
    ("235-v5", "286-v8"): "after therapy, CT or a biopsy of a node: each topic has rows the other has not",
    ("235-v6", "310-v4"): "suspected metastasis before therapy: topic 235 rates the body, topic 310 the breast too",
    ("235-v6", "310-v5"): "likewise",
}


@pytest.fixture(scope="module")
def patients() -> dict[tuple[str, str], list[World]]:
    """Every patient the knowledge can tell apart, by study and question."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cds_service.criteria.worlds.MOST_WORLDS", 10**6)  # a request gives up far earlier
        return {
            (study, question): list(worlds(plan(study, question, KNOWLEDGE), Facts({})))
            for study in KNOWLEDGE.procedures
            for question in QUESTIONS
        }


def _said(world: World) -> set[Category | None]:
    return {row.category if row is not None else None for _, row in world.holding}


def _differing(patients: dict[tuple[str, str], list[World]]) -> Iterator[tuple[Differing, World]]:
    """The patients in whom some variant rates the study and another one, or none of its rows, says otherwise."""
    for (study, question), found in patients.items():
        for world in found:
            said = _said(world)
            if len(said) > 1 and (len(said - {None}) > 1 or Category.USUALLY_NOT in said):
                held = tuple(sorted(variant.id for variant, _ in world.holding))
                yield (held, study, question), world


def _rated(study: str, question: str, world: World) -> Rating:
    """The rating of one such patient, every fact that matters known."""
    facts = {name: Known(_of(cell)) for name, cell in world.settled.items()}
    return rate(study, question, Facts(facts), KNOWLEDGE)


def _of(cell: Cell) -> str | float:
    if isinstance(cell, Span):
        return cell.at_most if cell.at_most < float("inf") else cell.over + 1
    return min(cell.values)


def test_two_topics_differ_in_these_patients_and_in_no_others(patients: dict[tuple[str, str], list[World]]) -> None:
    found = {where for where, world in _differing(patients) if len(_said(world) - {None}) > 1}

    assert found == BOTH_RATE_IT


def test_one_topic_is_silent_in_these_and_in_no_others(patients: dict[tuple[str, str], list[World]]) -> None:
    found = {where[0] for where, world in _differing(patients) if None in _said(world)}

    assert found == set(ONE_IS_SILENT)


def test_each_of_them_gets_both_sides_and_no_verdict(patients: dict[tuple[str, str], list[World]]) -> None:
    """Rated for every one of these patients: conflicting, both variants named, no category."""
    differing = list(_differing(patients))
    assert len(differing) > 100

    for (held, study, question), world in differing:
        rating = _rated(study, question, world)

        assert (rating.outcome, rating.category) == (Outcome.CONFLICTING, None), (held, study, question)
        assert {each.variant.id for each in rating.variants} == set(held)


def test_nobody_else_is_told_that_the_criteria_conflict(patients: dict[tuple[str, str], list[World]]) -> None:
    """And the other way round: where several variants hold and agree, nobody hears of a conflict."""
    differing = {(study, question, id(world)) for (_, study, question), world in _differing(patients)}

    for (study, question), found in patients.items():
        for world in found:
            if (study, question, id(world)) not in differing and len(world.holding) > 1:
                assert _rated(study, question, world).outcome is not Outcome.CONFLICTING, (study, question)


def test_every_conflict_has_its_reason_its_case_and_its_patient() -> None:
    """The reason in accepted-conflicts.yaml, a case beside the topic, a golden fixture."""
    accepted = yaml.safe_load((ROOT / "knowledge/accepted-conflicts.yaml").read_text(encoding="utf-8"))["accepted"]
    reasons = {(tuple(sorted(each["variants"])), study) for each in accepted for study in each["studies"]}
    cases = {
        (tuple(sorted(variant for variant, state in case.variants.items() if state == "holds")), case.study)
        for case in load_cases(ROOT / "knowledge")
        if case.outcome == "conflicting-criteria"
    }
    told = {
        (tuple(sorted(variant["id"] for variant in judged["variants"])), judged["procedure"])
        for path in (ROOT / "fixtures").glob("*/response.json")
        for judged in json.loads(path.read_text(encoding="utf-8")).get("extension", {}).get(_EXTENSION, [])
        if judged["outcome"] == "conflicting-criteria"
    }

    assert reasons == cases == told == {(pair, study) for pair, study, _ in BOTH_RATE_IT}


_EXTENSION = "cds-service.assessments"
