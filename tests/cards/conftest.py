"""Makes the builders of this folder a fixture: test files are not importable from each other."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge

_HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def make() -> ModuleType:
    """The builders: hand-made knowledge, facts, assessments and drafts."""
    spec = importlib.util.spec_from_file_location("cards_builders", _HERE / "builders.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The knowledge that ships."""
    return load_knowledge(_HERE.parents[1] / "knowledge")
