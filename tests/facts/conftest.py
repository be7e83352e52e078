"""The knowledge we ship, and the facts of a record made of a few resources."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cds_service.facts.extract import extract
from cds_service.facts.model import Facts, OrderFacts
from cds_service.facts.source import Source
from cds_service.fhir.resources import Resource
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from tests.support import resources as make


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge(Path(__file__).parents[2] / "knowledge")


@pytest.fixture
def source_of(knowledge: Knowledge) -> Callable[..., Source]:
    """Makes a Source of resources; a PET/CT ordered for staging unless `draft` is given."""

    def made(*resources: Resource, **more: Any) -> Source:
        draft = more.pop("draft", None) or make.order()
        return make.source(knowledge, draft, *resources, **more)

    return made


@pytest.fixture
def extracted(source_of: Callable[..., Source]) -> Callable[..., OrderFacts]:
    def made(*resources: Resource, **more: Any) -> OrderFacts:
        return extract(source_of(*resources, **more))

    return made


@pytest.fixture
def facts_of(extracted: Callable[..., OrderFacts]) -> Callable[..., Facts]:
    """The facts of the one cancer on record."""

    def made(*resources: Resource, **more: Any) -> Facts:
        episodes = extracted(*resources, **more).episodes
        assert len(episodes) == 1, "two cancers: say which"
        return episodes[0].facts

    return made
