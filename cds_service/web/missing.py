"""What is not there, or is switched off: a page for a reader, an OperationOutcome for a program."""

from collections.abc import Callable, Collection

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from cds_service import __version__
from cds_service.hooks.errors import NothingHere, operation_outcome
from cds_service.knowledge.model import Knowledge
from cds_service.web.areas import WHY_OFF, Area, area_of
from cds_service.web.criteria.lookup import Search
from cds_service.web.layout import HEADERS, home_url, navigation


def answer_missing(pages: Blueprint, *, search: Search, knowledge: Knowledge, areas: Collection[Area]) -> None:
    """Answers every address of the service that is not there; `search` finds what may have been meant.

    `areas`: those that are served. Who asks for another learns which setting switched it off.
    """
    pages.app_errorhandler(NotFound)(_handler(search, knowledge, areas))


def _handler(search: Search, knowledge: Knowledge, areas: Collection[Area]) -> Callable[[NotFound], Response]:
    def missing(error: NotFound) -> Response:
        area = area_of(request.path)
        off = WHY_OFF[area] if area is not None and area not in areas else None
        if not _wants_page():
            return Response(operation_outcome(NothingHere(off)), status=404, mimetype="application/fhir+json")
        browsable = Area.CRITERIA in areas
        # Outside of every blueprint: what the frame shows has to be given to it here.
        page = render_template(
            "missing.html",
            off=off,
            found=search(request.path.rsplit("/", 1)[-1]) if browsable else None,
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
