"""What the page asks of the order form, and what the form is rendered with."""

from typing import Any

import msgspec

from cds_service.fhir.faults import FAULTS
from cds_service.hooks.drafts import DEEPEST, deeper_than
from cds_service.hooks.errors import ROOT, BadRequest
from cds_service.hooks.request import HookRequest
from cds_service.knowledge.model import Knowledge
from cds_service.web.sandbox.ordering import KEEP, TYPED, Fields, Json, edited, form, new_draft, options


class Drafted(msgspec.Struct, frozen=True, rename="camel"):
    """What the page asks of the order form: a draft, how the form was filled in, and whose order it is."""

    patient_id: str
    draft: dict[str, Any] | None = None
    fields: Fields | None = None
    new: str = ""
    authored: str = ""


def read_drafted(body: bytes) -> Drafted:
    """What the page asks. Raises BadRequest."""
    try:
        asked = msgspec.json.decode(body, type=Drafted)
    except FAULTS:
        raise BadRequest(ROOT, "expected a draft, and how the form was filled in") from None
    if deeper_than(DEEPEST, asked.draft):
        raise BadRequest("draft", "nested too deeply")
    return asked


def drafted(asked: Drafted, knowledge: Knowledge) -> Json:
    """The draft as the form says, or a new one."""
    draft = asked.draft or new_draft(asked.new or "order-1", patient_id=asked.patient_id, authored=asked.authored)
    if asked.fields is None:
        return draft
    return edited(draft, asked.fields, patient_id=asked.patient_id, knowledge=knowledge)


def first_draft(read: HookRequest | None) -> dict[str, Any] | None:
    """The draft the form begins with: the first ServiceRequest that is asked about."""
    if read is None:
        return None
    orders = [each for each in read.drafts if each.resource_type == "ServiceRequest" and each.problem is None]
    chosen = next((each for each in orders if each.selected), orders[0] if orders else None)
    return msgspec.json.decode(chosen.raw) if chosen is not None else None


def form_of(draft: Json | None, patient_id: str, knowledge: Knowledge) -> dict[str, Any]:
    """What `_order.html` needs; without a draft, there is no form."""
    return {
        "form": form(draft, patient_id=patient_id, knowledge=knowledge) if draft is not None else None,
        "options": options(knowledge),
        "KEEP": KEEP,
        "TYPED": TYPED,
    }
