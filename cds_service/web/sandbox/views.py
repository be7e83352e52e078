"""The sandbox over HTTP: its page, its patients, a card's Markdown, and why an order is rated as it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from flask import Blueprint, Response, render_template

from cds_service.facts.model import VOCABULARY
from cds_service.facts.source import Windows
from cds_service.hooks.decode import decode_request
from cds_service.hooks.errors import ROOT, BadRequest, HookError, operation_outcome, status_of
from cds_service.hooks.members import members, required
from cds_service.hooks.services import Service
from cds_service.knowledge.model import Knowledge
from cds_service.web.bodies import read_body
from cds_service.web.markdown import render_markdown
from cds_service.web.sandbox.explained import checked, explain

_PATIENTS = Path(__file__).parents[1] / "patients.json"
_DETAIL_BYTES = 1 << 18


class _Demo(msgspec.Struct):
    id: str
    group: str
    title: str


def make_sandbox(
    services: Sequence[Service],
    knowledge: Knowledge,
    *,
    windows: Windows,
    clock: Callable[[], datetime],
    max_body_bytes: int,
) -> Blueprint:
    """The pages of the sandbox; `services` are those that it fires at."""
    sandbox = Blueprint("sandbox", __name__)
    packed = _PATIENTS.read_bytes()
    patients = msgspec.json.decode(packed, type=list[_Demo])

    @sandbox.get("/")
    def page() -> str:
        return render_template("sandbox/page.html", services=services, patients=patients, knowledge=knowledge)

    @sandbox.get("/sandbox/patients.json")
    def listed() -> Response:
        return Response(packed, mimetype="application/json")

    @sandbox.post("/sandbox/markdown")
    def markdown() -> Response:
        try:
            text = read_body(_DETAIL_BYTES).decode()
        except UnicodeDecodeError:
            return _refused(BadRequest(ROOT, "not UTF-8"))
        except HookError as error:
            return _refused(error)
        return Response(render_markdown(text), mimetype="text/html")

    @sandbox.post("/sandbox/explain")
    def explained() -> Response:
        try:
            given = members(read_body(max_body_bytes), ROOT)
            request = decode_request(bytes(required(given, "request", ROOT)), services=services)
            overrides = checked(_overrides(given.get("overrides")))
        except HookError as error:
            return _refused(error)
        reading = explain(request, overrides, knowledge=knowledge, windows=windows, now=clock())
        return Response(
            render_template("sandbox/_explained.html", reading=reading, overrides=overrides, vocabulary=VOCABULARY)
        )

    return sandbox


def _overrides(raw: msgspec.Raw | None) -> dict[str, str]:
    try:
        return msgspec.json.decode(raw, type=dict[str, str]) if raw is not None else {}
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise BadRequest("overrides", "must be an object of facts and values") from None


def _refused(error: HookError) -> Response:
    return Response(operation_outcome(error), status=status_of(error), mimetype="application/fhir+json")
