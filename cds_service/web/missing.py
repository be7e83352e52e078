"""What is not there: a page for a reader, an OperationOutcome for a program."""

from collections.abc import Callable

import msgspec
from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from cds_service import __version__
from cds_service.knowledge.model import Knowledge
from cds_service.web.criteria.lookup import Search
from cds_service.web.layout import HEADERS, home_url, navigation

_OUTCOME = msgspec.json.encode(
    {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "not-found", "details": {"text": "nothing is here"}}],
    }
)


def answer_missing(pages: Blueprint, *, search: Search, knowledge: Knowledge) -> None:
    """Answers every address of the service that is not there; `search` finds what may have been meant."""
    pages.app_errorhandler(NotFound)(_handler(search, knowledge))


def _handler(search: Search, knowledge: Knowledge) -> Callable[[NotFound], Response]:
    def missing(error: NotFound) -> Response:
        if not _wants_page():
            return Response(_OUTCOME, status=404, mimetype="application/fhir+json")
        wanted = request.path.rsplit("/", 1)[-1]
        # Outside of every blueprint: what the frame shows has to be given to it here.
        page = render_template(
            "missing.html",
            found=search(wanted),
            topics=[topic for topic in knowledge.topics if topic.id in request.path],
            navigation=navigation,
            home_url=home_url,
            knowledge=knowledge,
            version=__version__,
        )
        return Response(page, status=404, headers=HEADERS)

    return missing


def _wants_page() -> bool:
    """Browsers name text/html; a program that takes anything gets what a program can read."""
    return not request.path.endswith(".json") and "text/html" in request.accept_mimetypes.values()
