"""The pages: what a person opens in a browser. Put together here; each is a blueprint of its own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from flask import Blueprint, redirect, url_for

from cds_service import __version__
from cds_service.facts.source import Windows
from cds_service.hooks.services import Service
from cds_service.knowledge.model import Knowledge
from cds_service.web.criteria.catalogue import make_catalogue
from cds_service.web.criteria.lookup import make_search
from cds_service.web.criteria.views import make_criteria
from cds_service.web.dose_calculator import make_dose
from cds_service.web.filters import FILTERS
from cds_service.web.layout import with_layout
from cds_service.web.missing import answer_missing
from cds_service.web.openapi import make_openapi
from cds_service.web.sandbox.views import make_sandbox


def make_pages(
    services: Sequence[Service],
    knowledge: Knowledge,
    protocols: Mapping[str, str],
    *,
    public_url: str | None = None,
    windows: Windows,
    clock: Callable[[], datetime],
    max_body_bytes: int,
    sandbox: bool,
) -> Blueprint:
    """Every page, under one frame and with its headers.

    `protocols`: id of a study → URL of the site's protocol. `public_url`: what pages call this service, if it is known.
    `sandbox`: whether anybody may play the EHR; without it, the criteria are the front page.
    """
    pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static")
    with_layout(pages, knowledge=knowledge, version=__version__, public_url=public_url)

    catalogue = make_catalogue(knowledge, protocols)
    search = make_search(catalogue, knowledge)
    for name, written in FILTERS.items():
        pages.add_app_template_filter(written, name)
    if sandbox:
        pages.register_blueprint(
            make_sandbox(services, knowledge, windows=windows, clock=clock, max_body_bytes=max_body_bytes)
        )
    else:
        pages.add_url_rule("/", "front", lambda: redirect(url_for("pages.criteria.index")))
    pages.register_blueprint(make_criteria(catalogue, search))
    pages.register_blueprint(make_dose(catalogue, search, knowledge))
    pages.register_blueprint(make_openapi(catalogue, (each.id for each in services)))
    answer_missing(pages, search=search, knowledge=knowledge)
    return pages
