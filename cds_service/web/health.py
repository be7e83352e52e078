"""The two health checks: does the process answer, and can it do its work."""

from flask import Blueprint, Response, jsonify

from cds_service import __version__
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Mode
from cds_service.store.store import Store


def make_health(knowledge: Knowledge, store: Store, *, authenticated: bool, mode: Mode = Mode.LIVE) -> Blueprint:
    """`/healthz` (the process answers) and `/readyz` (it can do its work)."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok", version=__version__)

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        # The service does not start without knowledge, so that the store is all that can be missing.
        reachable = store.reachable()
        body = {
            "status": "ready" if reachable else "not-ready",
            "knowledge": {"version": knowledge.version, "hash": knowledge.hash},
            "store": "reachable" if reachable else "unreachable",
            "mode": mode.value,
            "authentication": "on" if authenticated else "off",
        }
        return jsonify(body), 200 if reachable else 503

    return health
