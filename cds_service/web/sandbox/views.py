"""The sandbox over HTTP: the page at `/`, and what its script asks for. Parse, call one function, render.

The page's own script posts the hook to `/cds-services/…`, as an EHR does; nothing here stands between. No data is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Blueprint, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException

from cds_service.criteria.what_if import NoSuchValue
from cds_service.fhir.faults import FAULTS
from cds_service.hooks.cors import Cors
from cds_service.hooks.errors import BadRequest, Forbidden, HookError, ServiceFailed, operation_outcome, status_of
from cds_service.hooks.request import HookRequest
from cds_service.hooks.views import log_failure, read_body
from cds_service.web.markdown import render_markdown
from cds_service.web.sandbox.answer import INDICATORS, read_answer, told
from cds_service.web.sandbox.brought import UnusableBundle
from cds_service.web.sandbox.bundles import read_bundle
from cds_service.web.sandbox.chart import chart
from cds_service.web.sandbox.drafting import drafted, first_draft, form_of, read_drafted
from cds_service.web.sandbox.patients import DEFAULT, FEATURED, Patients, packaged_patients
from cds_service.web.sandbox.radiation import radiation
from cds_service.web.sandbox.reading import Reader
from cds_service.web.sandbox.why import choices, explained, read_asked

FRAGMENTS = ("line", "chart", "timeline", "dose")
"""What the page shows of a patient, each a template."""

USER = "Practitioner/example-oncologist"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What the views work with. `readers`: by the issuer that the page calls with."""

    readers: Mapping[str, Reader]
    patients: Patients
    limit: int
    muted: frozenset[str]

    @property
    def usual(self) -> Reader:
        """The reader of calls without a token."""
        return self.readers[""]

    @property
    def reader(self) -> Reader:
        """The reader of whom the page plays, `?as=` its issuer. Raises BadRequest."""
        reader = self.readers.get(request.args.get("as", ""))
        if reader is None:
            raise BadRequest("as", "nobody is known by that issuer")
        return reader


def make_sandbox(
    readers: Iterable[Reader], *, cors: Cors, muted: frozenset[str] = frozenset(), max_body_bytes: int
) -> Blueprint:
    """The page at `/` and what it asks for below `/sandbox`. `cors`: whose pages may send to the hooks, and so to
    these; `muted`: variants whose cards are switched off."""
    sandbox = Blueprint("sandbox", __name__)
    known = {reader.role.issuer: reader for reader in readers}
    desk = _Desk(readers=known, patients=packaged_patients(), limit=max_body_bytes, muted=muted)
    _add_patients(sandbox, desk)
    _add_order(sandbox, desk)
    _add_answer(sandbox, desk)

    # What a page of others may not ask of the hooks, it may not ask of what reads and judges as they do.
    @sandbox.before_request
    def refuse() -> Response | None:
        return _refused(Forbidden()) if cors.refuses(request.method, request.headers.get("Origin")) else None

    @sandbox.after_request
    def forget(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    sandbox.register_error_handler(HookError, _refused)
    sandbox.register_error_handler(NoSuchValue, _no_such_value)
    sandbox.register_error_handler(UnusableBundle, _unusable)
    sandbox.register_error_handler(Exception, _failed)
    return sandbox


# --- a patient --------------------------------------------------------------------------------------------------------
def _add_patients(sandbox: Blueprint, desk: _Desk) -> None:
    patients = desk.patients

    @sandbox.get("/")
    def page() -> str:
        return _page(request.args.get("patient"), desk)

    @sandbox.get("/sandbox/patients/<id>")
    def patient(id: str) -> Response:
        return Response(patients.request(id) or abort(404), mimetype="application/json")

    @sandbox.post("/sandbox/record")
    def record() -> Response:
        brought = read_bundle(read_body(desk.limit))
        hook = desk.usual.services[0].hook
        asked = {"hook": hook, "context": _context(brought.patient_id), "prefetch": brought.prefetch}
        return _json({"request": asked, "warnings": brought.warnings, "unused": brought.unused})

    @sandbox.post("/sandbox/chart")
    def shown_chart() -> Response:
        read = desk.reader.request(read_body(desk.limit))
        shown = _chart(read, desk.reader)
        return _json({name: render_template(f"_{name}.html", **shown) for name in FRAGMENTS})


def _page(id: str | None, desk: _Desk) -> str:
    reader, patients = desk.usual, desk.patients
    chosen = patients.by_id.get(id or DEFAULT)
    body = patients.request(chosen.id) if chosen is not None else None
    read = reader.request(body) if body is not None else None
    return render_template(
        "sandbox.html",
        services=reader.services,
        patients=patients,
        featured={id: title for id, title in FEATURED.items() if id in patients.by_id},
        chosen=chosen,
        asked_for=id,
        hook=read.hook if read is not None else reader.services[0].hook,
        roles=[each.role for each in desk.readers.values()],
        **(_chart(read, reader) if read is not None else {}),
        **form_of(first_draft(read), read.patient_id if read is not None else "", reader.knowledge),
    )


# --- an order, and its answer -----------------------------------------------------------------------------------------
def _add_order(sandbox: Blueprint, desk: _Desk) -> None:
    knowledge = desk.usual.knowledge

    @sandbox.post("/sandbox/order")
    def order() -> Response:
        asked = read_drafted(read_body(desk.limit))
        draft = drafted(asked, knowledge)
        html = render_template("_order.html", **form_of(draft, asked.patient_id, knowledge))
        return _json({"draft": draft, "html": html})


def _add_answer(sandbox: Blueprint, desk: _Desk) -> None:
    @sandbox.post("/sandbox/cards")
    def cards() -> str:
        answer = read_answer(read_body(desk.limit))
        return render_template(
            "_cards.html",
            answer=answer,
            told=tuple(told(answer, desk.usual.knowledge, muted=desk.muted)),
            indicators=INDICATORS,
            markdown=render_markdown,
            client=desk.reader.role.client,
        )

    @sandbox.post("/sandbox/explain")
    def explain() -> str:
        asked = read_asked(read_body(desk.limit))
        orders = tuple(explained(asked, desk.reader))
        return render_template("_why.html", orders=orders, given=asked.set, choices=tuple(choices()))


# --- refusals ---------------------------------------------------------------------------------------------------------
def _refused(error: HookError) -> Response:
    return Response(operation_outcome(error), status=status_of(error), mimetype="application/fhir+json")


def _no_such_value(error: NoSuchValue) -> Response:
    return _refused(BadRequest(f"set.{error.fact}", error.problem))


def _unusable(error: UnusableBundle) -> Response:
    return _json({"faults": error.faults}, status=422)


def _failed(error: Exception) -> Response | HTTPException:
    """Flask would log the exception's own words, which may be the record's."""
    if isinstance(error, HTTPException):
        return error
    log_failure(error, f"the call of {request.endpoint}")
    return _refused(ServiceFailed())


# --- what they have in common -----------------------------------------------------------------------------------------
def _json(value: object, *, status: int = 200) -> Response:
    """JSON with its members in their own order, as a reader of FHIR expects them."""
    return Response(msgspec.json.encode(value), status=status, mimetype="application/json")


def _context(patient_id: str) -> dict[str, Any]:
    """The context of a call before anything is ordered."""
    nothing = {"resourceType": "Bundle", "type": "collection", "entry": []}
    return {"userId": USER, "patientId": patient_id, "selections": [], "draftOrders": nothing}


def _chart(read: HookRequest, reader: Reader) -> dict[str, Any]:
    source = reader.patient_source(read)
    doses = radiation(source, reader.ordered(read))
    return {"chart": chart(source, name=_name(read)), "doses": tuple(doses)}


def _name(read: HookRequest) -> str:
    """The patient's name as the record writes it; the id where it has none that can be read."""
    try:
        name = msgspec.json.decode(read.prefetch.get("patient", b"null"))["name"][0]
        said = name.get("text") or " ".join([*name.get("given", []), name.get("family", "")])
        return said.strip() or read.patient_id
    except (*FAULTS, LookupError, TypeError, AttributeError):
        return read.patient_id
