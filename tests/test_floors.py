"""The fences of the code base (CONTRIBUTING.md): imports go downwards only, and each library has its place."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "cds_service"

FLOORS = {
    "cds_service": 0,  # the package itself: its version
    "cds_service.truth": 0,
    "cds_service.value": 0,
    "cds_service.memory": 0,
    "cds_service.coding": 0,
    "cds_service.settings": 0,
    "cds_service.logs": 0,
    "cds_service.metrics": 0,
    "cds_service.stages": 0,
    "cds_service.start_up": 0,
    "cds_service.egress": 0,
    "cds_service.hooks": 1,
    "cds_service.fhir": 1,
    "cds_service.facts.vocabulary": 1,  # which knowledge files are held to
    "cds_service.facts.model": 1,  # facts as values in it
    "cds_service.facts.mentions": 1,  # what a text can say, which the phrases of the knowledge name
    "cds_service.facts": 2,
    "cds_service.knowledge": 2,
    "cds_service.criteria": 3,
    "cds_service.cards": 4,
    "cds_service.store": 5,
    "cds_service.books": 5,
    "cds_service.security": 5,
    "cds_service.clients": 5,
    "cds_service.fhir_access": 5,
    "cds_service.judging": 5,
    "cds_service.judged_lately": 5,
    "cds_service.pipeline": 5,
    "cds_service.web": 6,
    "cds_service.app": 6,
    "cds_service.__main__": 7,
    "cds_service.conformance": 6,  # knows services from outside only, and is used by the command line alone
    "cds_service.cli": 6,
}
"""The floor of each unit; a module belongs to the longest name that it begins with."""

FENCES = {
    "flask": ("cds_service.app", "cds_service.web", "cds_service.hooks.views"),
    "werkzeug": ("cds_service.app", "cds_service.web", "cds_service.hooks.views"),
    "requests": ("cds_service.fhir", "cds_service.security", "cds_service.cli", "cds_service.conformance"),
    "urllib3": ("cds_service.egress", "cds_service.conformance"),
    "socket": ("cds_service.egress", "cds_service.cli"),
    "fhir": ("cds_service.fhir", "cds_service.knowledge.lint", "cds_service.conformance"),  # of fhir.resources
    "jsonschema": ("cds_service.knowledge",),
    "jwt": ("cds_service.security", "cds_service.conformance"),
    "cryptography": ("cds_service.security", "cds_service.conformance"),
    "sqlalchemy": ("cds_service.store",),
    "alembic": ("cds_service.store",),
    "prometheus_client": ("cds_service.web",),
    "granian": ("cds_service.cli",),
    "click": ("cds_service.cli",),
    "rich": ("cds_service.cli",),
    "markdown_it": ("cds_service.web",),
}
"""Where each library may be imported."""


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_module(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}


def _imports(source: str, modules: frozenset[str]) -> Iterator[str]:
    """Every module a source imports; `from package import name` names the module where there is one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules else str(node.module)


IMPORTS = {name: frozenset(_imports(path.read_text(), frozenset(MODULES))) for name, path in MODULES.items()}


def _within(module: str, unit: str) -> bool:
    return module == unit or module.startswith(f"{unit}.")


def _unit(module: str) -> str:
    units = [unit for unit in FLOORS if unit != PACKAGE and _within(module, unit)]
    return max(units, key=len, default=PACKAGE if module == PACKAGE else "")


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_floor(module: str) -> None:
    """A new package says where it stands before it is imported by anything."""
    assert _unit(module), f"{module} is on no floor of {Path(__file__).name}"


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_downwards(module: str) -> None:
    """No module knows anything of a floor above its own."""
    floor = FLOORS[_unit(module)]
    upward = {name for name in IMPORTS[module] if _within(name, PACKAGE) and FLOORS[_unit(name)] > floor}
    assert not upward


def test_no_two_units_need_each_other() -> None:
    """Neighbours on one floor may be used, but only one way."""
    needs = {unit: set[str]() for unit in FLOORS}
    for module, names in IMPORTS.items():
        needs[_unit(module)] |= {_unit(name) for name in names if _within(name, PACKAGE)} - {_unit(module)}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        pytest.fail(f"imports go round: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize(("library", "places"), FENCES.items())
def test_a_library_stays_in_its_place(library: str, places: tuple[str, ...]) -> None:
    """The core does not know how it is served, stored or shown."""
    users = {module for module, names in IMPORTS.items() if any(_within(name, library) for name in names)}
    assert {user for user in users if not any(_within(user, place) for place in places)} == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import flask.json", {"flask.json"}),
        ("from cds_service.hooks import views", {"cds_service.hooks.views"}),
        ("from cds_service.hooks import SERVICES", {"cds_service.hooks"}),
        ("def late():\n    import requests", {"requests"}),
    ],
)
def test_the_reader_of_imports_sees_them_all(source: str, found: set[str]) -> None:
    """These fences are no better than what reads the imports."""
    assert set(_imports(source, frozenset({"cds_service.hooks.views"}))) == found
