"""What tests of several folders need."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings

from tests.support.in_process import in_process
from tests.support.postgres import database_url, postgres

__all__ = ["database_url", "postgres"]

# A busy machine is no fault: what must be quick is measured in benchmarks/.
settings.register_profile("here", settings.default, deadline=None)
settings.load_profile("here")


# What starts servers, browsers and databases, and waits for them, runs beside what computes: it comes first, then the
# largest files. Else one worker is left with it at the end. The Makefile tells xdist to keep this order.
_WAITING = ("web", "deploy", "store", "security", "fhir", "hooks", "egress", "conformance", "properties")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the files that take longest first; within a file nothing moves."""
    tests = Counter(item.path for item in items)

    def late(item: pytest.Item) -> tuple[bool, int, str]:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        waits = folder in _WAITING or folder in ("test_cli.py", "test_soak.py")
        return (not waits, -tests[item.path], str(item.path))

    items.sort(key=late)


@pytest.fixture
def serving() -> Iterator[Callable[[Flask], str]]:
    """Serves an application on a free port, and gives its base URL."""
    with ExitStack() as running:
        yield lambda app: f"http://{running.enter_context(in_process(app))}"
