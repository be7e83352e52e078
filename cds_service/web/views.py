"""What is not the protocol: the page at `/`, and the two health checks."""

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, render_template

from cds_service import __version__
from cds_service.hooks.services import Service
from cds_service.knowledge.model import Knowledge
from cds_service.store.store import Store


def make_pages(services: Sequence[Service], knowledge: Knowledge, store: Store) -> Blueprint:
    """`/`, `/healthz` (the process answers) and `/readyz` (it can do its work)."""
    pages = Blueprint("pages", __name__, template_folder="templates")

    @pages.get("/")
    def home() -> str:
        return render_template("home.html", services=services, knowledge=knowledge, version=__version__)

    @pages.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok", version=__version__)

    @pages.get("/readyz")
    def readyz() -> tuple[Response, int]:
        # The service does not start without knowledge, so that the store is all that can be missing.
        reachable = store.reachable()
        body = {
            "status": "ready" if reachable else "not-ready",
            "knowledge": {"version": knowledge.version, "hash": knowledge.hash},
            "store": "reachable" if reachable else "unreachable",
        }
        return jsonify(body), 200 if reachable else 503

    return pages
