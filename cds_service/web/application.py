"""Flask, without looking again at each call for what is the same as at the last. Knows no route and no view."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask, Request
from flask.ctx import RequestContext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

# All that `Map.bind_to_environ` reads of an environ.
_BOUND_BY = (
    "wsgi.url_scheme",
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_HOST",
    "SERVER_NAME",
    "SERVER_PORT",
    "HTTP_CONNECTION",
    "HTTP_UPGRADE",
)

_MOST = 64
"""Ways remembered; they are as long as callers make them."""


class Application(Flask):
    """Remembers the ways that the last calls took through the routes: nearly all take the same."""

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)  # the pages bring their own files
        self.url_map.merge_slashes = False  # it would redirect, to wherever the Host header says
        self.bound = lru_cache(_MOST)(self._bound)
        self.matched = lru_cache(_MOST)(_matched)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is: none of ours is a coroutine."""
        return func

    def request_context(self, environ: WSGIEnvironment) -> RequestContext:
        """What Flask knows of a call."""
        return _Context(self, environ)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """The routes as a call sees them, by whatever name it calls the host."""
        if request is None:
            return super().create_url_adapter(None)
        return self.bound(tuple(map(request.environ.get, _BOUND_BY)))

    def _bound(self, told: tuple[str | None, ...]) -> MapAdapter:
        environ = {name: value for name, value in zip(_BOUND_BY, told, strict=True) if value is not None}
        return self.url_map.bind_to_environ(environ, subdomain="")


class _Context(RequestContext):
    app: Application

    def match_request(self) -> None:
        """Where the call goes; no way that leads nowhere is remembered."""
        if self.url_adapter is None:
            return
        try:
            rule, arguments = self.app.matched(self.url_adapter)
        except HTTPException as error:
            self.request.routing_exception = error
        else:
            self.request.url_rule, self.request.view_args = rule, dict(arguments)


def _matched(routes: MapAdapter) -> tuple[Rule, Mapping[str, Any]]:
    return routes.match(return_rule=True)
