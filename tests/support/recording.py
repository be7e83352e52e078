"""What the pipeline keeps of a request, without a store."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cds_service.clients import default_client
from cds_service.hooks.decode import decode_request
from cds_service.hooks.response import HookResponse
from cds_service.hooks.services import make_services
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.pipeline import make_answer, observation_codes
from cds_service.settings import Settings
from cds_service.store.consultations import Answered, Consultation, consultations
from tests.support.service import ROOT

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@cache
def knowledge() -> Knowledge:
    """The knowledge that comes with the service."""
    return load_knowledge(ROOT / "knowledge")


def fixture(name: str, **members: Any) -> dict[str, Any]:
    """The request of a scenario, with members of its own."""
    request: dict[str, Any] = json.loads((ROOT / "fixtures" / name / "request.json").read_bytes())
    return {**request, **members}


def answer(
    body: dict[str, Any], *, overridden: Callable[..., bool] = lambda **warning: False, **settings: Any
) -> tuple[HookResponse, Answered]:
    """The answer to a request, and what is kept of it. `overridden` stands for the look-up in the store."""
    in_force = Settings(**settings)
    services = make_services(observation_codes(knowledge()))
    kept: list[Answered] = []
    respond = make_answer(
        knowledge(),
        in_force,
        lambda: NOW,
        kept.append,
        client=default_client(in_force),
        patient_hash=lambda client, patient: f"hash of {client} and {patient}" if in_force.patient_hash else None,
        overridden=overridden,
    )
    request = decode_request(json.dumps(body).encode(), services=services)
    response = respond(next(each for each in services if each.hook == request.hook), request)
    (answered,) = kept
    return response, answered


def rows(name: str, **settings: Any) -> tuple[Consultation, ...]:
    """What is kept of a scenario."""
    return consultations(answer(fixture(name), **settings)[1])
