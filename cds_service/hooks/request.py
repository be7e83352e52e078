"""The CDS Hooks request as a value (https://cds-hooks.hl7.org/2.0/#http-request_1). Knows no clinical word."""

from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from cds_service.value import Value


class Draft(Value, frozen=True, kw_only=True):
    """One entry of `context.draftOrders`, its JSON kept whole for suggestions.

    `place`: "context.draftOrders.entry[0].resource". `resource_type` and `id` are None where they could not be read.
    `selected`: whether this request asks about it (order-select: named in `selections`; order-sign: always).
    """

    place: str
    raw: msgspec.Raw
    resource_type: str | None
    id: str | None
    selected: bool
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirAuthorization:
    """Leave to read the record (https://cds-hooks.hl7.org/2.0/#passing-the-access-token-to-the-cds-service).

    Good for this call only. `scope` is not kept: what EHRs write there differs too much to rely on, so one just tries.
    """

    access_token: str = field(repr=False)


class HookRequest(Value, frozen=True, kw_only=True):
    """A decoded, well-formed envelope. `prefetch` keeps the client's bytes per key; a key with `null` is `b"null"`.

    `fhir_server` is what the client wrote: a URL where `fhir_authorization` comes with it, else anything.
    """

    hook: str
    hook_instance: str
    patient_id: str
    user_id: str
    drafts: tuple[Draft, ...]
    encounter_id: str | None = None
    fhir_server: str | None = None
    fhir_authorization: FhirAuthorization | None = None
    prefetch: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict)
    unresolved_selections: tuple[str, ...] = ()


class Unasked(StrEnum):
    """Why a call asks about fewer orders than its sender may think: each is answered, and looks like "all is well"."""

    NO_DRAFTS = "no-drafts"  # context.draftOrders is empty, as where a scope for unsigned orders is missing
    NO_SELECTIONS = "no-selections"  # order-select needs one at least
    UNKNOWN_SELECTION = "unknown-selection"  # one that names no draft of the call
    NOT_R4 = "not-r4"  # an order as FHIR before R4 has them


_BEFORE_R4 = frozenset({"ProcedureRequest", "DiagnosticOrder", "DiagnosticRequest"})
"""http://hl7.org/fhir/STU3/procedurerequest.html; in R4 all of them are a ServiceRequest."""


def unasked(request: HookRequest) -> tuple[Unasked, ...]:
    """What keeps drafts of a call from being asked about, other than that they are no imaging orders."""
    if not request.drafts:
        return (Unasked.NO_DRAFTS,)
    found = []
    if request.unresolved_selections:
        found.append(Unasked.UNKNOWN_SELECTION)
    elif not any(draft.selected for draft in request.drafts):
        found.append(Unasked.NO_SELECTIONS)
    if any(draft.selected and draft.resource_type in _BEFORE_R4 for draft in request.drafts):
        found.append(Unasked.NOT_R4)
    return tuple(found)
