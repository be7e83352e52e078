"""Every row of the protocol that concerns a service has a test that carries its id."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from cds_service.conformance.rules import RULES, rows_of
from tests.conformance.rows import NOT_SHOWN, ROWS, TRACE

ROOT = Path(__file__).parent.parent.parent

HELD = {row for rule in RULES.values() if rule.id not in NOT_SHOWN for row in rows_of(rule)}
"""Rows of rules that our own service is seen to keep (test_own_service.py)."""

NODES = sorted({(row, node) for row, nodes in TRACE.items() for node in nodes if not node.startswith("check:")})
CHECKS = sorted({(row, node.removeprefix("check:")) for row, nodes in TRACE.items() for node in nodes} - set(NODES))


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_tested(row: str) -> None:
    """By the check of our own service, or by a test named in TRACE."""
    assert row in HELD or row in TRACE


@pytest.mark.parametrize(("row", "node"), NODES)
def test_a_named_test_is_there_and_carries_the_id(row: str, node: str) -> None:
    """Whoever changes the test sees which row it holds."""
    assert row in ROWS
    path, _, name = node.partition("::")
    tests = _tests(ROOT / path)
    assert name in tests, f"{path} has no test {name}"
    assert _carries(tests[name], row), f"{node} says nothing of {row}"


@pytest.mark.parametrize(("row", "rule"), CHECKS)
def test_a_named_rule_is_there_and_kept(row: str, rule: str) -> None:
    """And our own service is seen to keep it."""
    assert row in ROWS
    assert rule in RULES
    assert rule not in NOT_SHOWN


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_from_a_row(rule: str) -> None:
    """No rule of the check is of our own making."""
    named = {row for row in rows_of(RULES[rule]) if not row.startswith("INF-2.0#")}
    assert rule in ROWS or rule.partition("/")[0] in ROWS
    assert named & ROWS.keys()
    assert RULES[rule].says


def test_what_is_not_shown_is_a_rule() -> None:
    """A rule that was renamed would be held by nobody."""
    assert NOT_SHOWN.keys() <= RULES.keys()


# --- reading tests --------------------------------------------------------------------------------------------------
@cache
def _tests(path: Path) -> dict[str, str]:
    """The source of each test of a file, decorators and all, by its name: `test_x`, or `TestX::test_y`."""
    source = path.read_text()
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for each in inner:
            if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
                name = f"{node.name}::{each.name}" if isinstance(node, ast.ClassDef) else each.name
                first = min([each.lineno, *(decorator.lineno for decorator in each.decorator_list)])
                found[name] = "\n".join(source.splitlines()[first - 1 : each.end_lineno])
    return found


def _carries(source: str, row: str) -> bool:
    """Whether the id stands in a text, spelled as a name may spell it, alone or within a range: q1_to_q6."""
    text, wanted = _words(source), _words(row)
    if f" {wanted.strip()} " in text:
        return True
    letter, number = wanted.strip()[:1], wanted.strip()[1:]
    ranges = re.findall(rf" {letter}(\d+) to {letter}(\d+) ", text)
    return number.isdigit() and any(int(low) <= int(number) <= int(high) for low, high in ranges)


def _words(text: str) -> str:
    return f" {' '.join(re.findall('[a-z0-9]+', text.lower()))} "


@pytest.mark.parametrize(
    ("source", "row", "carried"),
    [
        ("def test_d1_discovery(): pass", "D1", True),
        ("def test_d11_discovery(): pass", "D1", False),
        ("def test_q1_to_q6_a_request(): pass", "Q4", True),
        ("def test_q1_to_q6_a_request(): pass", "Q7", False),
        ("def test_cds_resp_3_links(): pass", "cds-resp-3", True),
        ("def test_cds_resp_3_links(): pass", "cds-resp-1", False),
        ('@mark("1.9/icon")\ndef test_x(): pass', "1.9/icon", True),
        ("def test_x(): pass", "D1", False),
    ],
)
def test_the_reader_of_ids_sees_them(source: str, row: str, carried: bool) -> None:
    """This table is no better than what reads the tests."""
    assert _carries(source, row) is carried


def test_the_reader_of_tests_sees_their_decorators(tmp_path: Path) -> None:
    """Also within a class; helpers are no tests."""
    file = tmp_path / "test_it.py"
    file.write_text("def help(): pass\n\nclass TestA:\n    @mark('D1')\n    def test_b(self):\n        pass\n")
    assert _tests(file) == {"TestA::test_b": "    @mark('D1')\n    def test_b(self):\n        pass"}
