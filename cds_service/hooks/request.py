"""The CDS Hooks request as a value (https://cds-hooks.hl7.org/2.0/#http-request_1). Knows no clinical word."""

from dataclasses import dataclass, field

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
