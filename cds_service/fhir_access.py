"""Which FHIR servers each client's record may be fetched from, chosen from the settings at the start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds_service.clients import Client
from cds_service.egress.urls import Base, base_of
from cds_service.fhir.client import Limits
from cds_service.fhir.lanes import Lane, open_lanes
from cds_service.fhir.retrieve import TopUp, make_top_up
from cds_service.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirAccess:
    """The lanes to all servers that any client lists, shared by those that list the same one."""

    lanes: Mapping[Base, Lane]
    settings: Settings

    def top_up(self, client: Client) -> TopUp:
        """What adds to this client's records what prefetch lacks."""
        return make_top_up(
            self.lanes,
            map(base_of, client.fhir_servers),
            budget_ms=self.settings.fhir_budget_ms,
            limits=Limits(max_bytes=self.settings.fhir_max_bytes, max_pages=self.settings.fhir_max_pages),
            openly=self.settings.fhir_open,
            not_there=client.not_on_server,
        )

    def close(self) -> None:
        """Ends what waits for the servers, and the connections to them."""
        for lane in self.lanes.values():
            lane.close()


def open_fhir_access(settings: Settings, clients: Iterable[Client]) -> FhirAccess:
    """Nothing is called yet. Raises SettingsError for a server that would never be called, or a useless CDS_CA_FILE."""
    bases = {base for client in clients for base in _listed(client, settings)}
    try:
        lanes = open_lanes(bases, reach=settings.fhir_reach, ca_file=settings.ca_file, calls=settings.fhir_connections)
    except OSError:
        raise SettingsError("CDS_CA_FILE: holds no certificates that can be read") from None
    return FhirAccess(lanes=lanes, settings=settings)


def _listed(client: Client, settings: Settings) -> tuple[Base, ...]:
    try:
        found = tuple(map(base_of, client.fhir_servers))
    except ValueError as error:
        raise SettingsError(f"FHIR servers of {client.name}: {error}") from None
    for base in found:
        if base.scheme == "http" and not base.local and not settings.fhir_plain_http:
            raise SettingsError(f"FHIR servers of {client.name}: {base.url} is not https; see CDS_FHIR_PLAIN_HTTP")
    return found
