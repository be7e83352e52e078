"""What the README and the guides tell people to type or read exists."""

import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask

from cds_service.app import create_app
from cds_service.cli import main
from cds_service.settings import FILE, Settings, declarations

ROOT = Path(__file__).parent.parent
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]}
COMMANDS = main.list_commands(click.Context(main))
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

every_page = pytest.mark.parametrize("document", PAGES)


def test_the_first_screen_has_both_commands() -> None:
    """What it is, two commands, what you then see: on the first screen."""
    first = "\n".join(PAGES["README.md"].splitlines()[:40])
    assert "make serve" in first
    assert re.search(r"cds-service fire fixtures/\S+/request\.json", first)


def test_what_is_shown_is_what_one_sees(serving: Callable[[Flask], str], tmp_path: Path) -> None:
    """The card in the README is a real one; "…" stands for lines left out."""
    (shown,) = re.findall(r"^```\n(.*?)^```", PAGES["README.md"], re.MULTILINE | re.DOTALL)
    (request,) = re.findall(r"cds-service fire (fixtures/\S+)", PAGES["README.md"])
    app = create_app(Settings(data_dir=tmp_path))
    arguments = ["fire", str(ROOT / request), "--url", serving(app)]
    seen = CliRunner().invoke(main, arguments, env={"COLUMNS": "100"}).output
    app.extensions["store"].close()
    lines = [line.rstrip() for line in seen.splitlines()]
    assert [line for line in shown.splitlines() if line not in lines and line != "…"] == []


@every_page
def test_commands_exist(document: str) -> None:
    """No guide names a command of ours that is not there."""
    assert set(re.findall(r"\bcds-service ([a-z]+)\b(?= |`|$)", _typed(PAGES[document]))) <= set(COMMANDS)


@every_page
def test_make_targets_exist(document: str) -> None:
    """Nor a target of make."""
    assert set(re.findall(r"\bmake ([a-z]+)\b", _typed(PAGES[document]))) <= set(TARGETS)


@every_page
def test_settings_exist(document: str) -> None:
    """Nor a setting."""
    known = {declared.variable for declared in declarations()}
    known |= {f"{declared.variable}{FILE}" for declared in declarations() if declared.secret}
    assert set(re.findall(r"\bCDS_[A-Z_]*[A-Z]\b", PAGES[document])) <= known


@every_page
def test_files_exist(document: str) -> None:
    """Links lead somewhere, and files that commands take are there."""
    text = PAGES[document]
    linked = {(ROOT / document).parent / link for link in re.findall(r"\]\((?!https?:)([^)#]+)", text)}
    named = {ROOT / name for name in re.findall(r"\b(?:fixtures|docs|knowledge)/[\w./-]+\.\w+", text)}
    assert [path for path in linked | named if not path.exists()] == []


def _typed(text: str) -> str:
    """What a page shows as typed: indented lines, fenced blocks and code spans."""
    fenced = re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^ {4}(.*)$", text, re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", text)
    return "\n".join([*fenced, *indented, *spans])
