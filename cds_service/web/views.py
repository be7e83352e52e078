"""The pages: what a person opens in a browser. Put together here; each is a blueprint of its own."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, render_template

from cds_service import __version__
from cds_service.hooks.services import Service
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Pages, Settings
from cds_service.web.layout import with_layout
from cds_service.web.sandbox.views import make_sandbox


def sandbox_allowed(pages: Pages, *, authenticated: bool) -> bool:
    """Whether the pages that take a patient's data are served. `authenticated`: calls need a token, which a page in a
    browser has none of."""
    return pages is Pages.ON or (pages is Pages.AUTO and not authenticated)


def make_pages(
    services: tuple[Service, ...],
    knowledge: Knowledge,
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    sandbox: bool,
) -> Blueprint:
    """Every page, under one frame and with its headers. `sandbox`: with those that take a patient's data."""
    pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static")
    with_layout(pages, knowledge=knowledge, version=__version__)
    if sandbox:
        pages.register_blueprint(make_sandbox(services, knowledge, settings, clock))
        return pages

    @pages.get("/")
    def home() -> str:
        return render_template("home.html", services=services)

    return pages
