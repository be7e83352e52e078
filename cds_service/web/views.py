"""The pages: what a person opens in a browser. Put together here; each is a blueprint of its own."""

from collections.abc import Sequence

from flask import Blueprint, render_template

from cds_service import __version__
from cds_service.hooks.services import Service
from cds_service.knowledge.model import Knowledge
from cds_service.web.layout import with_layout


def make_pages(services: Sequence[Service], knowledge: Knowledge) -> Blueprint:
    """Every page, under one frame and with its headers."""
    pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static")
    with_layout(pages, knowledge=knowledge, version=__version__)

    @pages.get("/")
    def home() -> str:
        return render_template("home.html", services=services)

    return pages
