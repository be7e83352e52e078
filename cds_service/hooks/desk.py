"""What one client meets: the services offered to it, and what answers them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from cds_service.hooks.request import HookRequest
from cds_service.hooks.response import HookResponse
from cds_service.hooks.services import Service, discovery

Answer = Callable[[Service, HookRequest], HookResponse]
"""What stands behind the wire. A HookError that it raises (PreconditionFailed) becomes its OperationOutcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a client is served. `discovered` is the body of its discovery."""

    services: Mapping[str, Service]
    answer: Answer
    discovered: bytes


Identify = Callable[[str | None, str], Desk]
"""From the Authorization header and the path of a call to the caller's desk. Raises a HookError for a stranger."""


def make_desk(services: Iterable[Service], answer: Answer) -> Desk:
    """The desk with these services. `answer` is called once per well-formed request."""
    known = {service.id: service for service in services}
    return Desk(services=known, answer=answer, discovered=msgspec.json.encode(discovery(known.values())))
