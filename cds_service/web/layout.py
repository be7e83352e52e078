"""What every page has in common: the frame's navigation, and the headers that keep a page to itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for

PAGES: Mapping[str, str] = {
    "pages.sandbox.page": "Sandbox",
    "pages.criteria.index": "Criteria",
    "pages.dose.page": "Dose",
    "pages.report.page": "Report",
}
"""The endpoints of the navigation, in its order. One that this service does not have is left out."""

# https://www.w3.org/TR/CSP3/: nothing but our own files, no inline script or style, in nobody's frame.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Sent with every page and every file of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One entry of the navigation; `current`: the page shown is it or lies below it."""

    label: str
    url: str
    current: bool


def navigation() -> Iterator[Link]:
    """The pages of this service, as links."""
    shown = request.blueprint or ""
    for endpoint, label in PAGES.items():
        if endpoint in current_app.view_functions:
            yield Link(label=label, url=url_for(endpoint), current=shown == endpoint.rpartition(".")[0])


def home_url() -> str:
    """The address of the front page; a proxy may serve us below a path of its own."""
    return f"{request.script_root}/"


def with_layout(pages: Blueprint, **shared: object) -> Blueprint:
    """The blueprint with the frame's headers, and with what the frame shows; those below it have both too."""

    @pages.after_request
    def keep_to_itself(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    @pages.context_processor
    def frame() -> dict[str, Any]:
        return {"navigation": navigation, "home_url": home_url, **shared}

    return pages
