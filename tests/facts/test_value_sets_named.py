"""Every value set that the facts name exists, and each is named: a misspelt name would silently match nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.facts import (
    diagnoses,
    laboratory,
    node_findings,
    other_diseases,
    reasons,
    record_suspicions,
    stage_marks,
    suspicion,
    therapy,
    told_treatment,
    tumor,
)
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.value_sets import STAGING_SETS
from cds_service.pipeline import OBSERVATION_SETS

PACKAGE = Path(__file__).parents[2] / "cds_service"


def _asked(source: str) -> Iterator[str]:
    """The names written out in calls of `has` and `matches`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("has", "matches"):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


FILES = (*sorted((PACKAGE / "facts").glob("*.py")), *sorted((PACKAGE / "criteria").glob("*.py")))
IN_CALLS = sorted({name for file in FILES for name in _asked(file.read_text())})
IN_TABLES = (
    *(name for name, _ in diagnoses._DISEASES),
    *(name for name, _, _ in stage_marks.STAGE_OBSERVATIONS),
    *(name for name, _, _ in suspicion._LISTED),
    *record_suspicions._READ_ELSEWHERE,
    *(name for name, _ in therapy._SETS),
    *(name for name, _, _ in told_treatment._STATUS_SETS),
    *(name for _, _, name in tumor._STATUSES),
    *node_findings.EVIDENT,
    *other_diseases.VALUE_SETS.values(),
    *reasons._SYMPTOM_SETS,
    *reasons._NEUTRAL_SETS,
    *OBSERVATION_SETS,
    *(f"{receptor}-observation" for receptor in ("er", "pr", "her2")),
    *("receptor-positive", "receptor-negative", laboratory.ALKALINE_PHOSPHATASE),
)


@pytest.mark.parametrize("name", sorted({*IN_CALLS, *IN_TABLES}))
def test_it_exists(name: str, knowledge: Knowledge) -> None:
    assert name in knowledge.value_sets


def _written(source: str) -> Iterator[str]:
    """Every text that stands in a source by itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_none_is_unused(knowledge: Knowledge) -> None:
    """A set that nobody asks for looks as if its codes were understood."""
    written = {text for file in FILES for text in _written(file.read_text())}
    assert set(knowledge.value_sets) - {*written, *IN_TABLES, *STAGING_SETS} == set()


def test_the_reader_of_calls_finds_them() -> None:
    """This test is no better than what reads the calls."""
    assert list(_asked("source.has('pregnancy', code); sets.matches(name, code)")) == ["pregnancy"]
    assert "disease-status-observation" in IN_CALLS
