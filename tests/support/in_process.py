"""An application served over real HTTP from a thread of the test's own process."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

Application = Callable[..., Iterable[bytes]]


class _Quiet(WSGIRequestHandler):
    def log(self, *arguments: Any, **more: Any) -> None:
        """A hundred lines for each service would bury what a test says."""


@contextmanager
def in_process(app: Application, *, host: str = "127.0.0.1", **options: Any) -> Iterator[str]:
    """The address ("127.0.0.1:8000") at which an application is served meanwhile. `options`: of Werkzeug's server."""
    server = make_server(host, 0, _whole(app), threaded=True, request_handler=_Quiet, **options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _whole(app: Application) -> Application:
    """The application with bodies that are read to their end before they are sent.

    Werkzeug's server does not close the body of an answer where the browser went away meanwhile: a file stays open.
    """

    def served(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        body = app(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            if hasattr(body, "close"):
                body.close()

    return served
