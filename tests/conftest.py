"""What tests of several folders need."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from hypothesis import settings
from werkzeug.serving import make_server

from tests.support.postgres import database_url, postgres

__all__ = ["database_url", "postgres"]

# A busy machine is no fault: what must be quick is measured in benchmarks/.
settings.register_profile("here", settings.default, deadline=None)
settings.load_profile("here")


@pytest.fixture
def serving() -> Iterator[Callable[[Flask], str]]:
    """Serves an application on a free port, and gives its base URL."""
    running = []

    def serve(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()
