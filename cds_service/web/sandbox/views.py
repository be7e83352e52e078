"""The sandbox over HTTP: the page at `/`, and what its script asks for. Parse, call one function, render.

The page's own script posts the hook to `/cds-services/…`, as an EHR does; nothing here stands between. No data is kept.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from flask import Blueprint, Response, abort, jsonify, render_template, request

from cds_service.criteria.what_if import NoSuchValue
from cds_service.hooks.errors import ROOT, BadRequest, HookError, operation_outcome, status_of
from cds_service.hooks.request import HookRequest
from cds_service.hooks.services import Service
from cds_service.knowledge.model import Knowledge
from cds_service.pipeline import windows_of
from cds_service.settings import Settings
from cds_service.web.bodies import read_body
from cds_service.web.markdown import render_markdown
from cds_service.web.sandbox.answer import INDICATORS, read_answer, told
from cds_service.web.sandbox.bundles import UnusableBundle, read_bundle
from cds_service.web.sandbox.chart import Chart, chart
from cds_service.web.sandbox.ordering import KEEP, TYPED, Fields, edited, form, new_draft, options
from cds_service.web.sandbox.patients import DEFAULT, FEATURED, packaged_patients
from cds_service.web.sandbox.reading import Reader
from cds_service.web.sandbox.why import choices, explained, read_asked

PROFILES = ("default", "sandbox", "epic")
"""The client profiles that the page offers; `static/sandbox-call.js` puts the choice into the call."""

USER = "Practitioner/example-oncologist"


class _Drafted(msgspec.Struct, frozen=True, rename="camel"):
    """What the page asks of the order form: a draft, how the form was filled in, and whose order it is."""

    patient_id: str
    draft: dict[str, Any] | None = None
    fields: Fields | None = None
    new: str = ""
    authored: str = ""


def make_sandbox(
    services: tuple[Service, ...], knowledge: Knowledge, settings: Settings, clock: Callable[[], datetime]
) -> Blueprint:
    """The page at `/` and what it asks for below `/sandbox`."""
    sandbox = Blueprint("sandbox", __name__)
    patients = packaged_patients()
    reader = Reader(services=services, knowledge=knowledge, windows=windows_of(settings), clock=clock)
    limit = settings.max_body_bytes

    @sandbox.get("/")
    def page() -> str:
        chosen = patients.by_id.get(request.args.get("patient", DEFAULT))
        body = patients.request(chosen.id) if chosen is not None else None
        read = reader.request(body) if body is not None else None
        return render_template(
            "sandbox.html",
            services=services,
            patients=patients,
            featured={id: title for id, title in FEATURED.items() if id in patients.by_id},
            chosen=chosen,
            asked_for=request.args.get("patient"),
            chart=_chart(read, reader) if read is not None else None,
            hook=read.hook if read is not None else services[0].hook,
            profiles=PROFILES,
            **_form_of(_first_draft(read), read.patient_id if read is not None else "", knowledge),
        )

    @sandbox.get("/sandbox/patients/<id>")
    def patient(id: str) -> Response:
        return Response(patients.request(id) or abort(404), mimetype="application/json")

    @sandbox.post("/sandbox/record")
    def record() -> Response:
        brought = read_bundle(read_body(limit))
        return jsonify(
            request={
                "hook": services[0].hook,
                "context": {
                    "userId": USER,
                    "patientId": brought.patient_id,
                    "selections": [],
                    "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": []},
                },
                "prefetch": brought.prefetch,
            },
            warnings=[{"place": each.place, "problem": each.problem} for each in brought.warnings],
            unused=brought.unused,
        )

    @sandbox.post("/sandbox/chart")
    def shown_chart() -> Response:
        made = _chart(reader.request(read_body(limit)), reader)
        return jsonify(line=render_template("_line.html", chart=made), chart=render_template("_chart.html", chart=made))

    @sandbox.post("/sandbox/order")
    def order() -> Response:
        asked = _decoded(read_body(limit), _Drafted)
        draft = asked.draft or new_draft(asked.new or "order-1", patient_id=asked.patient_id, authored=asked.authored)
        if asked.fields is not None:
            draft = edited(draft, asked.fields, patient_id=asked.patient_id, knowledge=knowledge)
        html = render_template("_order.html", **_form_of(draft, asked.patient_id, knowledge))
        return jsonify(draft=draft, html=html)

    @sandbox.post("/sandbox/cards")
    def cards() -> str:
        answer = read_answer(read_body(limit))
        assessed = tuple(told(answer, knowledge, muted=settings.mute))
        return render_template(
            "_cards.html", answer=answer, told=assessed, indicators=INDICATORS, markdown=render_markdown
        )

    @sandbox.post("/sandbox/explain")
    def explain() -> str:
        asked = read_asked(read_body(limit))
        return render_template(
            "_why.html", orders=tuple(explained(asked, reader)), given=asked.set, choices=tuple(choices())
        )

    @sandbox.errorhandler(HookError)
    def refused(error: HookError) -> Response:
        return Response(operation_outcome(error), status=status_of(error), mimetype="application/fhir+json")

    @sandbox.errorhandler(NoSuchValue)
    def no_such_value(error: NoSuchValue) -> Response:
        return refused(BadRequest(f"set.{error.fact}", error.problem))

    @sandbox.errorhandler(UnusableBundle)
    def unusable(error: UnusableBundle) -> tuple[Response, int]:
        return jsonify(faults=[{"place": each.place, "problem": each.problem} for each in error.faults]), 422

    return sandbox


def _decoded(body: bytes, kind: type[_Drafted]) -> _Drafted:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise BadRequest(ROOT, "expected a draft, and how the form was filled in") from None


def _chart(read: HookRequest, reader: Reader) -> Chart:
    source = reader.patient_source(read, reader.record(read))
    return chart(source, name=_name(read))


def _name(read: HookRequest) -> str:
    """The patient's name as the record writes it; the id where it has none."""
    try:
        patient = msgspec.json.decode(read.prefetch.get("patient", b"null"))
        name = patient["name"][0]
        said = name.get("text") or " ".join([*name.get("given", []), name.get("family", "")])
    except (msgspec.MsgspecError, LookupError, TypeError, AttributeError):
        said = ""
    return said.strip() or read.patient_id


def _first_draft(read: HookRequest | None) -> dict[str, Any] | None:
    """The draft the form begins with: the first ServiceRequest that is asked about."""
    if read is None:
        return None
    orders = [each for each in read.drafts if each.resource_type == "ServiceRequest" and each.problem is None]
    chosen = next((each for each in orders if each.selected), orders[0] if orders else None)
    return json.loads(bytes(chosen.raw)) if chosen is not None else None


def _form_of(draft: dict[str, Any] | None, patient_id: str, knowledge: Knowledge) -> dict[str, Any]:
    return {
        "form": form(draft, patient_id=patient_id, knowledge=knowledge) if draft is not None else None,
        "options": options(knowledge),
        "KEEP": KEEP,
        "TYPED": TYPED,
    }
