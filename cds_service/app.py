"""The composition root: everything real is chosen here, and only here. Contains no rule."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from flask import Flask

from cds_service.books import Books, open_books
from cds_service.clients import Client, common_protocols, default_client, load_clients, roles, shapes_by_issuer
from cds_service.fhir_access import FhirAccess, open_fhir_access
from cds_service.hooks.desk import Desk, make_desk
from cds_service.hooks.services import make_services
from cds_service.hooks.views import make_blueprint
from cds_service.judging import make_judge
from cds_service.knowledge.concept_maps import with_concept_maps
from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.pipeline import make_answer, observation_codes
from cds_service.security.callers import anybody, known_callers
from cds_service.security.opening import make_gate
from cds_service.security.policy import authenticates, cors_of
from cds_service.settings import Pages, Settings, SettingsError
from cds_service.store.engines import StoreError
from cds_service.store.replay import open_used_tokens
from cds_service.web.application import Application
from cds_service.web.areas import Area, served
from cds_service.web.health import DRAINING, make_health
from cds_service.web.metrics import make_metrics
from cds_service.web.report import make_report
from cds_service.web.sandbox.reading import Reader
from cds_service.web.views import make_pages

START_UP_ERRORS = (SettingsError, KnowledgeError, StoreError)
"""What `create_app` raises; each says in words what keeps the service from starting."""

Clock = Callable[[], datetime]


def create_app(
    settings: Settings,
    *,
    knowledge: Knowledge | None = None,
    metrics_dir: Path | None = None,
    clock: Clock = lambda: datetime.now(UTC),
) -> Flask:
    """The service as a WSGI application. Raises one of START_UP_ERRORS.

    `knowledge`: that of the settings' folder, where it has been loaded already. `metrics_dir`: where all processes of
    one service count together, and are told that it is going to end.
    """
    usual, clients = default_client(settings), load_clients(settings)
    known = _knowledge_of((usual, *clients), {settings.knowledge_path: knowledge} if knowledge is not None else {})
    _check_mute(settings, known.values())
    _check_studies(clients, known)
    played = roles(settings, clients)
    authenticated = authenticates(settings, clients)
    cors = cors_of(settings, authenticated=authenticated)
    fhir = open_fhir_access(settings, (usual, *clients))
    books = open_books(settings, metrics_dir)
    shown = known[usual.name]
    desk = partial(_desk, clock=clock, books=books, fhir=fhir, shown=shown)
    usual_desk = desk(usual, shown)
    app = Application("cds_service")
    app.extensions["store"] = books.store
    app.extensions["fhir"] = fhir
    if authenticated:
        gate = make_gate(settings, clients, open_used_tokens(settings.store_url), clock, books.meter)
        app.extensions["gate"] = gate
        identify = known_callers(gate, {each.name: desk(each, known[each.name]) for each in clients})
    else:
        own = {role.issuer: role.client for role in played if role.issuer}
        shapes = {**own, **shapes_by_issuer(settings, clients)}
        identify = anybody(usual_desk, {issuer: desk(shape, shown) for issuer, shape in shapes.items()})
    app.register_blueprint(
        make_blueprint(identify, cors=cors, max_body_bytes=settings.max_body_bytes, meter=books.meter)
    )
    draining = metrics_dir / DRAINING if metrics_dir is not None else None
    app.register_blueprint(
        make_health(shown, books.store, authenticated=authenticated, mode=settings.mode, draining=draining)
    )
    app.register_blueprint(make_metrics(books.meter, shown, settings.mode, token=settings.metrics_token))
    services = tuple(each for found in usual_desk.services.values() for each in found)
    areas = served(settings.pages, authenticated=authenticated)
    readers = [
        Reader(
            role=each,
            services=services,
            judge=make_judge(shown, settings, client=each.client, top_up=fhir.top_up(each.client)),
            clock=clock,
        )
        for each in played
    ]
    pages = make_pages(
        areas,
        shown,
        common_protocols(clients),
        readers,
        cors=cors,
        public_url=settings.public_url,
        muted=settings.mute,
        max_body_bytes=settings.max_body_bytes,
    )
    if Area.REPORT in areas:
        pages.register_blueprint(make_report(books.store, shown, tuple(known), clock))
    app.register_blueprint(pages)
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


def _desk(
    client: Client,
    knowledge: Knowledge,
    *,
    clock: Clock,
    books: Books,
    fhir: FhirAccess,
    shown: Knowledge,
) -> Desk:
    settings = books.settings
    services = make_services(observation_codes(knowledge), one_id=settings.one_service_id)
    offered = [service for service in services if not client.hooks or service.hook in client.hooks]
    answer = make_answer(
        knowledge,
        settings,
        clock,
        books.keep(client.name),
        client=client,
        top_up=fhir.top_up(client),
        patient_hash=books.patient_hash,
        overridden=books.store.overridden,
        criteria_url=criteria_url(settings, knowledge, shown=shown),
    )
    return make_desk(offered, answer, client=client.name, take_feedback=books.take_feedback(client.name, clock))


def criteria_url(settings: Settings, knowledge: Knowledge, *, shown: Knowledge) -> str | None:
    """Where a client's cards can be read further: the pages show one knowledge, and it may be another than theirs."""
    same = knowledge.hash == shown.hash and settings.pages is not Pages.OFF
    return f"{settings.public_url}/criteria" if settings.public_url is not None and same else None


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
