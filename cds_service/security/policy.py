"""Whether callers must say who they are: asked once, before the service starts."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from cds_service.clients import Client
from cds_service.hooks.cors import ANY, Cors, is_loopback
from cds_service.settings import Auth, Settings, SettingsError

_SAY = "set CDS_PUBLIC_URL, and CDS_CLIENTS with issuers and keys, or CDS_AUTH=off to answer anybody"


def authenticates(settings: Settings, clients: Sequence[Client]) -> bool:
    """Whether every call needs a token. Raises SettingsError where one is needed and nobody could have one."""
    if settings.auth is Auth.OFF:
        return False
    faults = list(_missing(settings, clients))
    if settings.auth is Auth.AUTO and faults:
        if is_loopback(settings.host):
            return False
        raise SettingsError(f"CDS_HOST: {settings.host} is reached from beyond this machine: {_SAY}")
    if faults:
        raise SettingsError("\n".join(f"CDS_AUTH=on: {fault}" for fault in faults))
    return True


def _missing(settings: Settings, clients: Sequence[Client]) -> Iterator[str]:
    if settings.public_url is None:
        yield "CDS_PUBLIC_URL says what tokens must be made for, and is not set"
    if not any(client.issuers for client in clients):
        yield "CDS_CLIENTS has no client with issuers"
    for client in clients:
        if client.issuers and not client.jku and client.jwks is None:
            yield f"CDS_CLIENTS: {client.name} has issuers, and neither jku nor jwks to verify them with"


def cors_of(settings: Settings, *, authenticated: bool) -> Cors:
    """Which web pages may call. Raises SettingsError for `*` where more than this machine could be read by them."""
    private = is_loopback(settings.host) and not authenticated
    if ANY in settings.cors_origins and not private:
        raise SettingsError("CDS_CORS_ORIGINS: * is for a service on loopback without authentication; name the origins")
    own = _own_origin(settings) if private else frozenset()
    return Cors(origins=settings.cors_origins | own, local=private, closed=private)


def _own_origin(settings: Settings) -> frozenset[str]:
    """That of our own pages, behind a proxy: where pages of others may not send, they must."""
    if settings.public_url is None:
        return frozenset()
    parts = urlsplit(settings.public_url.lower())
    return frozenset({f"{parts.scheme}://{parts.netloc}"})
