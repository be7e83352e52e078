"""The pages: what a person opens in a browser. Put together here; each is a blueprint of its own."""

from collections.abc import Collection, Mapping, Sequence

from flask import Blueprint, redirect, url_for

from cds_service import __version__
from cds_service.knowledge.model import Knowledge
from cds_service.web.areas import Area
from cds_service.web.criteria.catalogue import make_catalogue
from cds_service.web.criteria.lookup import make_search
from cds_service.web.criteria.views import make_criteria
from cds_service.web.dose_calculator import make_dose
from cds_service.web.filters import FILTERS
from cds_service.web.layout import with_layout
from cds_service.web.missing import answer_missing
from cds_service.web.openapi import make_openapi
from cds_service.web.sandbox.reading import Reader
from cds_service.web.sandbox.views import make_sandbox


def make_pages(
    areas: Collection[Area],
    knowledge: Knowledge,
    protocols: Mapping[str, str],
    readers: Sequence[Reader],
    *,
    public_url: str | None = None,
    muted: frozenset[str] = frozenset(),
    max_body_bytes: int,
) -> Blueprint:
    """The pages of these areas, but the report's, under one frame and with its headers.

    `protocols`: id of a study → URL of the site's protocol. `readers`: of the requests that the sandbox sends, the
    first as the usual caller. `public_url`: what pages call this service, if it is known. `muted`: variants whose
    cards the site has switched off.
    """
    pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static")
    with_layout(pages, knowledge=knowledge, version=__version__, public_url=public_url)
    catalogue = make_catalogue(knowledge, protocols)
    search = make_search(catalogue, knowledge)
    for name, written in FILTERS.items():
        pages.add_app_template_filter(written, name)
    if Area.SANDBOX in areas:
        pages.register_blueprint(make_sandbox(readers, muted=muted, max_body_bytes=max_body_bytes))
    elif Area.CRITERIA in areas:
        pages.add_url_rule("/", "front", lambda: redirect(url_for("pages.criteria.index")))
    if Area.CRITERIA in areas:
        pages.register_blueprint(make_criteria(catalogue, search))
    if Area.DOSE in areas:
        pages.register_blueprint(make_dose(catalogue, search, knowledge))
    pages.register_blueprint(make_openapi(catalogue, (each.id for each in readers[0].services)))
    answer_missing(pages, search=search, knowledge=knowledge, areas=areas)
    return pages
