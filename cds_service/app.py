"""The composition root: everything real is chosen here, and only here. Contains no rule."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from flask import Flask

from cds_service.clients import Client, default_client, load_clients, shapes_by_issuer
from cds_service.egress.urls import Base, base_of
from cds_service.fhir.client import Limits
from cds_service.fhir.lanes import Lane, open_lanes
from cds_service.fhir.retrieve import TopUp, make_top_up
from cds_service.hooks.desk import Desk, make_desk
from cds_service.hooks.services import make_services
from cds_service.hooks.views import make_blueprint
from cds_service.knowledge.concept_maps import with_concept_maps
from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.pipeline import make_answer, observation_codes
from cds_service.security.callers import anybody, known_callers
from cds_service.security.opening import make_gate
from cds_service.security.policy import authenticates, cors_of
from cds_service.settings import Settings, SettingsError
from cds_service.store.replay import open_used_tokens
from cds_service.store.store import Store, StoreError, open_store
from cds_service.web.health import make_health
from cds_service.web.views import make_pages

START_UP_ERRORS = (SettingsError, KnowledgeError, StoreError)
"""What `create_app` raises; each says in words what keeps the service from starting."""

Clock = Callable[[], datetime]


def create_app(
    settings: Settings,
    *,
    knowledge: Knowledge | None = None,
    clock: Clock = lambda: datetime.now(UTC),
) -> Flask:
    """The service as a WSGI application. Raises one of START_UP_ERRORS.

    `knowledge`: that of the settings' folder, where it has been loaded already.
    """
    usual, clients = default_client(settings), load_clients(settings)
    known = _knowledge_of((usual, *clients), {settings.knowledge_path: knowledge} if knowledge is not None else {})
    _check_mute(settings, known.values())
    _check_studies(clients, known)
    listed = {each.name: _fhir_servers(each, settings) for each in (usual, *clients)}
    authenticated = authenticates(settings, clients)
    cors = cors_of(settings, authenticated=authenticated)
    store = open_store(settings.store_url)
    lanes = open_lanes(
        (base for bases in listed.values() for base in bases),
        reach=settings.fhir_reach,
        ca_file=settings.ca_file,
        calls=settings.fhir_connections,
    )

    def desk(client: Client, name: str) -> Desk:
        """A desk with the knowledge and the FHIR servers of the client of this name."""
        return _desk(client, known[name], settings, clock, store, _top_up(lanes, listed[name], settings))

    usual_desk = desk(usual, usual.name)
    app = Flask("cds_service", static_folder=None)  # the pages bring their own files
    app.url_map.merge_slashes = False  # it would redirect, to wherever the Host header says
    app.extensions["store"] = store
    app.extensions["lanes"] = lanes
    if authenticated:
        gate = make_gate(settings, clients, open_used_tokens(settings.store_url), clock)
        app.extensions["gate"] = gate
        identify = known_callers(gate, {each.name: desk(each, each.name) for each in clients})
    else:
        shapes = shapes_by_issuer(settings, clients)
        identify = anybody(usual_desk, {issuer: desk(shape, usual.name) for issuer, shape in shapes.items()})
    app.register_blueprint(make_blueprint(identify, cors=cors, max_body_bytes=settings.max_body_bytes))
    app.register_blueprint(make_health(known[usual.name], store, authenticated=authenticated))
    services = tuple(each for found in usual_desk.services.values() for each in found)
    app.register_blueprint(make_pages(services, known[usual.name], public_url=settings.public_url))
    return app


def _knowledge_of(clients: Iterable[Client], loaded: Mapping[Path, Knowledge]) -> dict[str, Knowledge]:
    """Every client's knowledge, by its name; what several share is read once."""

    @cache
    def read(folder: Path) -> Knowledge:
        return loaded.get(folder) or load_knowledge(folder)

    @cache
    def mapped(folder: Path, maps: tuple[Path, ...]) -> Knowledge:
        return with_concept_maps(read(folder), maps)

    return {each.name: mapped(each.knowledge_path, each.concept_maps) for each in clients}


def _desk(client: Client, knowledge: Knowledge, settings: Settings, clock: Clock, store: Store, top_up: TopUp) -> Desk:
    services = make_services(observation_codes(knowledge), one_id=settings.one_service_id)
    offered = [service for service in services if not client.hooks or service.hook in client.hooks]
    return make_desk(offered, make_answer(knowledge, settings, clock, store.record, client=client, top_up=top_up))


def _top_up(lanes: Mapping[Base, Lane], servers: Iterable[Base], settings: Settings) -> TopUp:
    limits = Limits(max_bytes=settings.fhir_max_bytes, max_pages=settings.fhir_max_pages)
    return make_top_up(lanes, servers, budget_ms=settings.fhir_budget_ms, limits=limits, openly=settings.fhir_open)


def _fhir_servers(client: Client, settings: Settings) -> tuple[Base, ...]:
    """The servers that a client lists. Raises SettingsError for one that would never be called."""
    try:
        found = tuple(map(base_of, client.fhir_servers))
    except ValueError as error:
        raise SettingsError(f"FHIR servers of {client.name}: {error}") from None
    for base in found:
        if base.scheme == "http" and not base.local and not settings.fhir_plain_http:
            raise SettingsError(f"FHIR servers of {client.name}: {base.url} is not https; see CDS_FHIR_PLAIN_HTTP")
    return found


def _check_studies(clients: Iterable[Client], known: Mapping[str, Knowledge]) -> None:
    """A misspelled study would otherwise never be offered, or without its protocol."""
    for client in clients:
        named = {*client.preference_list, *client.protocols}
        unknown = named - known[client.name].procedures.keys()
        if unknown:
            raise SettingsError(f"CDS_CLIENTS: {client.name}: the knowledge has no study {', '.join(sorted(unknown))}")


def _check_mute(settings: Settings, known: Iterable[Knowledge]) -> None:
    """A misspelled variant would otherwise stay loud without a word."""
    unknown = settings.mute - {variant.id for knowledge in known for variant in knowledge.variants}
    if unknown:
        raise SettingsError(f"CDS_MUTE: the knowledge has no variant {', '.join(sorted(unknown))}")
