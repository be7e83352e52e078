"""The well-formed requests that a service is sent: an ordinary one, and its variations."""

import json
from copy import deepcopy
from dataclasses import dataclass
from uuid import uuid4

from cds_service.conformance import synthetic
from cds_service.conformance.contexts import ORDER_DISPATCH, ORDER_HOOKS, ORDER_SELECT
from cds_service.conformance.discovery import Service
from cds_service.conformance.synthetic import ORDER_ID, PATIENT_ID, USER
from cds_service.conformance.variations import VARIATIONS, Body, Variation


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A request to be answered. `rule` is broken when it is not; `may_refuse`: 412 is an answer too."""

    name: str
    rule: str
    body: Body
    may_refuse: bool = False
    content_type: str = "application/json"

    @property
    def sent(self) -> bytes:
        """The body as it goes over the wire."""
        return json.dumps(self.body, ensure_ascii=False).encode()


def make_body(service: Service) -> Body:
    """A whole, ordinary request for a service, every key of its prefetch answered."""
    prefetch = {key: synthetic.filled(template) for key, template in service.prefetch.items()}
    body: Body = {"hook": service.hook, "hookInstance": str(uuid4()), "context": _context(service.hook)}
    return {**body, "prefetch": prefetch} if prefetch else body


def make_probes(service: Service) -> tuple[Probe, ...]:
    """Every probe for a service; none for a hook whose context we cannot write.

    A service that declares no prefetch never said what it needs, and may refuse any.
    """
    return tuple(
        Probe(
            name=variation.name,
            rule=variation.rule,
            body=body,
            may_refuse=variation.may_refuse or not service.prefetch,
            content_type=variation.content_type,
        )
        for variation in VARIATIONS
        if service.hook in variation.hooks and (body := _varied(variation, service)) is not None
    )


def _varied(variation: Variation, service: Service) -> Body | None:
    body = deepcopy(make_body(service))
    return None if variation.make(body) is False else body


def _context(hook: str) -> Body:
    if hook == ORDER_DISPATCH:
        orders = [f"ServiceRequest/{ORDER_ID}"]
        return {"patientId": PATIENT_ID, "dispatchedOrders": orders, "performer": "Practitioner/conformance-performer"}
    context: Body = {"userId": USER, "patientId": PATIENT_ID}
    if hook in ORDER_HOOKS:
        context["draftOrders"] = synthetic.drafts([synthetic.order()])
    if hook == ORDER_SELECT:
        context["selections"] = [f"ServiceRequest/{ORDER_ID}"]
    return context
