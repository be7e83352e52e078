"""What one client meets: the services offered to it, and what answers them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from cds_service.hooks.feedback import Feedback
from cds_service.hooks.request import HookRequest
from cds_service.hooks.response import HookResponse
from cds_service.hooks.services import Service, discovery

Answer = Callable[[Service, HookRequest], HookResponse]
"""What stands behind the wire. A HookError that it raises (PreconditionFailed) becomes its OperationOutcome."""


TakeFeedback = Callable[[str, Sequence[Feedback]], None]
"""Keeps feedback sent to a service, by its id. When it returns all of it is kept; else it raises NotStored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a client is served. `services` by id, more than one where hooks share it; `discovered`: the discovery.

    `client` is its name, for counting. `take_feedback` is None where none is taken.
    """

    client: str
    services: Mapping[str, tuple[Service, ...]]
    answer: Answer
    discovered: bytes
    take_feedback: TakeFeedback | None = None


Identify = Callable[[str | None, str], Desk]
"""From the Authorization header and the path of a call to the caller's desk. Raises a HookError for a stranger."""


def make_desk(
    services: Iterable[Service],
    answer: Answer,
    *,
    client: str = "default",
    take_feedback: TakeFeedback | None = None,
) -> Desk:
    """The desk with these services. `answer` is called once per well-formed request."""
    known: dict[str, tuple[Service, ...]] = {}
    for service in services:
        known[service.id] = (*known.get(service.id, ()), service)
    told = discovery(each for found in known.values() for each in found)
    return Desk(
        client=client,
        services=known,
        answer=answer,
        discovered=msgspec.json.encode(told),
        take_feedback=take_feedback,
    )
