"""From the bytes of a POST to a `HookRequest` (https://cds-hooks.hl7.org/2.0/#http-request_1).

Lenient in what nobody needs: unknown elements, extensions of any form, nulls. Strict in what decides whose record
and which orders are meant. Whatever a client sends, the outcome is a request or a BadRequest.
"""

import re
from collections.abc import Sequence
from typing import Any, TypedDict

import msgspec

from cds_service.egress.urls import base_of
from cds_service.hooks.drafts import MOST, all_drafts, read_entries, selected_drafts
from cds_service.hooks.errors import ROOT, BadRequest
from cds_service.hooks.members import (
    FAULTS,
    members,
    optional_object,
    optional_string,
    required_items,
    required_object,
    required_string,
    string,
    utf8,
    written_closely,
)
from cds_service.hooks.request import Draft, FhirAuthorization, HookRequest
from cds_service.hooks.services import ORDER_SELECT, Service

# RFC 6750 and then some: nothing that could end a header or begin another.
_TOKEN = re.compile(r"[\x21-\x7e]+")


def decode_request(body: bytes, *, services: Sequence[Service]) -> HookRequest:
    """The request in `body`, addressed to one of `services`: those with the id that was called.

    Raises BadRequest, and nothing else.
    """
    envelope, prefetch = _opened(utf8(body))
    hook = required_string(envelope, "hook", ROOT)
    if hook not in {service.hook for service in services}:
        raise BadRequest("hook", f"this service answers {' and '.join(service.hook for service in services)}")
    context = required_object(envelope, "context", ROOT)
    drafts, unresolved = _drafts(context, hook)
    patient_id = _patient_id(context)
    return HookRequest(
        hook=hook,
        # Not checked to be a UUID: some clients send other unique strings, and we never rely on its form.
        hook_instance=required_string(envelope, "hookInstance", ROOT),
        patient_id=patient_id,
        user_id=required_string(context, "userId", "context"),
        encounter_id=optional_string(context, "encounterId", "context"),
        fhir_server=optional_string(envelope, "fhirServer", ROOT),
        fhir_authorization=_authorization(envelope, patient_id),
        drafts=drafts,
        prefetch=optional_object(envelope, "prefetch", ROOT) if prefetch is None else prefetch,
        unresolved_selections=unresolved,
    )


class _Envelope(TypedDict, total=False):
    """A request as nearly every sender writes it."""

    hook: msgspec.Raw
    hookInstance: msgspec.Raw
    fhirServer: msgspec.Raw
    fhirAuthorization: msgspec.Raw
    context: msgspec.Raw
    prefetch: dict[str, msgspec.Raw]


_ENVELOPE = msgspec.json.Decoder(_Envelope)


def _opened(body: bytes) -> tuple[dict[str, msgspec.Raw], dict[str, msgspec.Raw] | None]:
    """The members of the request and, as it is nearly all of it, those of `prefetch` in the same pass where that does.

    It does where nothing stands between members, no other member is sent, and none is twice: their lengths say so.
    """
    try:
        envelope: dict[str, Any] = {**_ENVELOPE.decode(body)}
    except FAULTS:
        return members(body, ROOT), None
    prefetch = envelope.pop("prefetch", None)
    if not prefetch or len(body) != written_closely(envelope) + len(_PREFETCH) + written_closely(prefetch):
        return members(body, ROOT), None
    return envelope, prefetch


_PREFETCH = ',"prefetch":'


def _patient_id(context: dict[str, msgspec.Raw]) -> str:
    # A bare id by the hook definitions, yet clients send `Patient/x`.
    patient_id = required_string(context, "patientId", "context").removeprefix("Patient/")
    if not patient_id:
        raise BadRequest("context.patientId", "must not be empty")
    return patient_id


def _authorization(envelope: dict[str, msgspec.Raw], patient_id: str) -> FhirAuthorization | None:
    place = "fhirAuthorization"
    given = optional_object(envelope, place, ROOT)
    if not given:
        return None
    token = required_string(given, "access_token", place)
    if not _TOKEN.fullmatch(token):
        raise BadRequest(f"{place}.access_token", "must be a bearer token")
    if (optional_string(given, "token_type", place) or "Bearer").lower() != "bearer":
        raise BadRequest(f"{place}.token_type", "must be Bearer")
    allowed = optional_string(given, "patient", place)
    if allowed is not None and allowed.removeprefix("Patient/") != patient_id:
        raise BadRequest(f"{place}.patient", "must be context.patientId")
    try:
        base_of(required_string(envelope, "fhirServer", ROOT))
    except ValueError:
        raise BadRequest("fhirServer", "must be an http(s) URL") from None
    return FhirAuthorization(access_token=token)


def _drafts(context: dict[str, msgspec.Raw], hook: str) -> tuple[tuple[Draft, ...], tuple[str, ...]]:
    entries = read_entries(context)
    if hook != ORDER_SELECT:
        return all_drafts(entries), ()
    selections = required_items(context, "selections", "context")
    if len(selections) > MOST:
        raise BadRequest("context.selections", f"more than {MOST} selections")
    return selected_drafts(
        entries, [string(raw, f"context.selections[{index}]") for index, raw in enumerate(selections)]
    )
