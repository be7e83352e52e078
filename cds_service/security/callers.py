"""From a call to the desk that serves it: by a token that stands, or, where nobody is asked, by what a token says."""

from collections.abc import Mapping

from cds_service.hooks.desk import Desk, Identify
from cds_service.hooks.errors import Forbidden
from cds_service.security.gate import Gate, issuer_of


def known_callers(gate: Gate, desks: Mapping[str, Desk]) -> Identify:
    """Each client at its own desk (by name), and nobody else at any."""
    every = frozenset(service for desk in desks.values() for service in desk.services)

    def identify(authorization: str | None, path: str) -> Desk:
        desk = desks[gate.admit(authorization, path).name]
        if every.intersection(path.split("/")) - desk.services.keys():
            raise Forbidden(desk.client)
        return desk

    return identify


def anybody(usual: Desk, by_issuer: Mapping[str, Desk]) -> Identify:
    """Everybody at the usual desk, but where a token names an issuer that has one of its own. No token is verified."""

    def identify(authorization: str | None, path: str) -> Desk:
        if authorization is None or not by_issuer:
            return usual
        return by_issuer.get(issuer_of(authorization) or "", usual)

    return identify
