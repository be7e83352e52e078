"""The two health checks: does the process answer, and can it do its work."""

from pathlib import Path

from flask import Blueprint, Response, jsonify

from cds_service import __version__
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Mode
from cds_service.store.store import Store, StoreState

DRAINING = "draining"
"""The name of the file by which all processes of a service are told that it is going to end."""


def make_health(
    knowledge: Knowledge,
    store: Store,
    *,
    authenticated: bool,
    mode: Mode = Mode.LIVE,
    draining: Path | None = None,
) -> Blueprint:
    """`/healthz` (the process answers) and `/readyz` (it can do its work).

    `draining`: a file that is there while calls are answered still, but no more should be sent.
    """
    health = Blueprint("health", __name__)

    def stays() -> bool:
        return draining is None or not draining.exists()

    @health.get("/healthz")
    def healthz() -> tuple[Response, int]:
        going_on = stays()
        return jsonify(status="ok" if going_on else "draining", version=__version__), 200 if going_on else 503

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        # The service does not start without knowledge, so that the store is all that can be missing.
        state, going_on = store.state(), stays()
        ready = state is StoreState.REACHABLE and going_on
        body = {
            "status": "ready" if ready else "not-ready" if going_on else "draining",
            "knowledge": {"version": knowledge.version, "hash": knowledge.hash},
            "store": state.value,
            "mode": mode.value,
            "authentication": "on" if authenticated else "off",
        }
        return jsonify(body), 200 if ready else 503

    return health
