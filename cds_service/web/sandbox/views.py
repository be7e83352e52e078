"""The sandbox over HTTP: the page at `/`, and what its script asks for. Parse, call one function, render.

The page's own script posts the hook to `/cds-services/…`, as an EHR does; nothing here stands between. No data is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Blueprint, Response, abort, render_template, request

from cds_service.criteria.what_if import NoSuchValue
from cds_service.fhir.faults import FAULTS
from cds_service.hooks.drafts import DEEPEST, deeper_than
from cds_service.hooks.errors import ROOT, BadRequest, HookError, operation_outcome, status_of
from cds_service.hooks.request import HookRequest
from cds_service.knowledge.model import Knowledge
from cds_service.web.bodies import read_body
from cds_service.web.markdown import render_markdown
from cds_service.web.sandbox.answer import INDICATORS, read_answer, told
from cds_service.web.sandbox.bundles import UnusableBundle, read_bundle
from cds_service.web.sandbox.chart import chart
from cds_service.web.sandbox.ordering import KEEP, TYPED, Fields, edited, form, new_draft, options
from cds_service.web.sandbox.patients import DEFAULT, FEATURED, Patients, packaged_patients
from cds_service.web.sandbox.radiation import radiation
from cds_service.web.sandbox.reading import Reader
from cds_service.web.sandbox.why import choices, explained, read_asked

USER = "Practitioner/example-oncologist"


class _Drafted(msgspec.Struct, frozen=True, rename="camel"):
    """What the page asks of the order form: a draft, how the form was filled in, and whose order it is."""

    patient_id: str
    draft: dict[str, Any] | None = None
    fields: Fields | None = None
    new: str = ""
    authored: str = ""


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


def make_sandbox(readers: Iterable[Reader], *, muted: frozenset[str] = frozenset(), max_body_bytes: int) -> Blueprint:
    """The page at `/` and what it asks for below `/sandbox`. `muted`: variants whose cards are switched off."""
    sandbox = Blueprint("sandbox", __name__)
    known = {reader.role.issuer: reader for reader in readers}
    desk = _Desk(readers=known, patients=packaged_patients(), limit=max_body_bytes, muted=muted)
    _add_patients(sandbox, desk)
    _add_order(sandbox, desk)
    _add_answer(sandbox, desk)
    sandbox.register_error_handler(HookError, _refused)
    sandbox.register_error_handler(NoSuchValue, _no_such_value)
    sandbox.register_error_handler(UnusableBundle, _unusable)
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
        return _json({name: render_template(f"_{name}.html", **shown) for name in ("line", "chart", "dose")})


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
        **_form_of(_first_draft(read), read.patient_id if read is not None else "", reader.knowledge),
    )


# --- an order, and its answer -----------------------------------------------------------------------------------------
def _add_order(sandbox: Blueprint, desk: _Desk) -> None:
    knowledge = desk.usual.knowledge

    @sandbox.post("/sandbox/order")
    def order() -> Response:
        asked = _drafted(read_body(desk.limit))
        draft = asked.draft or new_draft(asked.new or "order-1", patient_id=asked.patient_id, authored=asked.authored)
        if asked.fields is not None:
            draft = edited(draft, asked.fields, patient_id=asked.patient_id, knowledge=knowledge)
        html = render_template("_order.html", **_form_of(draft, asked.patient_id, knowledge))
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


# --- what they have in common -----------------------------------------------------------------------------------------
def _json(value: object, *, status: int = 200) -> Response:
    """JSON with its members in their own order, as a reader of FHIR expects them."""
    return Response(msgspec.json.encode(value), status=status, mimetype="application/json")


def _context(patient_id: str) -> dict[str, Any]:
    """The context of a call before anything is ordered."""
    nothing = {"resourceType": "Bundle", "type": "collection", "entry": []}
    return {"userId": USER, "patientId": patient_id, "selections": [], "draftOrders": nothing}


def _drafted(body: bytes) -> _Drafted:
    try:
        asked = msgspec.json.decode(body, type=_Drafted)
    except FAULTS:
        raise BadRequest(ROOT, "expected a draft, and how the form was filled in") from None
    if deeper_than(DEEPEST, asked.draft):
        raise BadRequest("draft", "nested too deeply")
    return asked


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


def _first_draft(read: HookRequest | None) -> dict[str, Any] | None:
    """The draft the form begins with: the first ServiceRequest that is asked about."""
    if read is None:
        return None
    orders = [each for each in read.drafts if each.resource_type == "ServiceRequest" and each.problem is None]
    chosen = next((each for each in orders if each.selected), orders[0] if orders else None)
    return msgspec.json.decode(chosen.raw) if chosen is not None else None


def _form_of(draft: dict[str, Any] | None, patient_id: str, knowledge: Knowledge) -> dict[str, Any]:
    return {
        "form": form(draft, patient_id=patient_id, knowledge=knowledge) if draft is not None else None,
        "options": options(knowledge),
        "KEEP": KEEP,
        "TYPED": TYPED,
    }
