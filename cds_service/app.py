"""The composition root: everything real is chosen here, and only here. Contains no rule."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from flask import Flask

from cds_service.clients import Client, default_client, load_clients
from cds_service.egress.urls import Base, base_of
from cds_service.fhir.client import Limits
from cds_service.fhir.lanes import Lane, open_lanes
from cds_service.fhir.retrieve import TopUp, make_top_up
from cds_service.hooks.desk import Desk, Identify, make_desk
from cds_service.hooks.services import make_services
from cds_service.hooks.views import make_blueprint
from cds_service.knowledge.concept_maps import with_concept_maps
from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.metrics import NOT_STORED, Meter
from cds_service.pipeline import make_answer, observation_codes
from cds_service.settings import Settings, SettingsError
from cds_service.store.engines import StoreError
from cds_service.store.keeping import make_keep, make_take_feedback
from cds_service.store.patients import Hash, no_hash, own_key, patient_hash
from cds_service.store.store import Store, open_store
from cds_service.web.health import make_health
from cds_service.web.metrics import make_metrics
from cds_service.web.report import make_report
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
    one service count together.
    """
    usual, clients = default_client(settings), load_clients(settings)
    known = _knowledge_of((usual, *clients), {settings.knowledge_path: knowledge} if knowledge is not None else {})
    _check_mute(settings, known.values())
    _check_studies(clients, known)
    _check_quiet(settings)
    listed = {each.name: _fhir_servers(each, settings) for each in (usual, *clients)}
    hashed = _patient_hash(settings)
    meter = Meter(metrics_dir)
    store = _open_store(settings, meter)
    books = Books(store=store, meter=meter, patient_hash=hashed, clock=clock)
    lanes = open_lanes(
        (base for bases in listed.values() for base in bases),
        reach=settings.fhir_reach,
        ca_file=settings.ca_file,
        calls=settings.fhir_connections,
    )
    desks = {
        each.name: _desk(each, known[each.name], settings, books, _top_up(lanes, listed[each.name], settings))
        for each in (usual, *clients)
    }
    app = Flask("cds_service", static_folder=None)  # the pages bring their own files
    app.extensions["store"] = store
    app.extensions["lanes"] = lanes
    app.register_blueprint(make_blueprint(_identify(desks, usual), max_body_bytes=settings.max_body_bytes, meter=meter))
    app.register_blueprint(make_health(known[usual.name], store, mode=settings.mode))
    app.register_blueprint(make_metrics(meter, known[usual.name], settings.mode))
    services = tuple(each for found in desks[usual.name].services.values() for each in found)
    pages = make_pages(services, known[usual.name])
    pages.register_blueprint(make_report(store, known[usual.name], tuple(desks), clock))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Where what happens is written down, and the clock it happens by."""

    store: Store
    meter: Meter
    patient_hash: Hash
    clock: Clock


def _desk(client: Client, knowledge: Knowledge, settings: Settings, books: Books, top_up: TopUp) -> Desk:
    answer = make_answer(
        knowledge,
        settings,
        books.clock,
        make_keep(books.store, books.meter, client=client.name),
        client=client,
        top_up=top_up,
        patient_hash=books.patient_hash,
        overridden=books.store.overridden,
    )
    take_feedback = make_take_feedback(
        books.store, books.meter, books.clock, client=client.name, comment_length=settings.comment_length
    )
    services = make_services(observation_codes(knowledge), one_id=settings.one_service_id)
    return make_desk(services, answer, client=client.name, take_feedback=take_feedback)


def _open_store(settings: Settings, meter: Meter) -> Store:
    return open_store(
        settings.store_url,
        migration=settings.migrate,
        retention_days=settings.retention_days,
        lost=lambda table, rows: meter.add(NOT_STORED, table, by=rows),
    )


def _patient_hash(settings: Settings) -> Hash:
    if not settings.patient_hash:
        return no_hash
    return patient_hash(settings.hash_key or own_key(settings.data_dir))


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


def _identify(desks: Mapping[str, Desk], usual: Client) -> Identify:
    def identify(authorization: str | None, path: str) -> Desk:
        return desks[usual.name]

    return identify


def _check_studies(clients: Iterable[Client], known: Mapping[str, Knowledge]) -> None:
    """A misspelled study would otherwise never be offered, or without its protocol."""
    for client in clients:
        named = {*client.preference_list, *client.protocols}
        unknown = named - known[client.name].procedures.keys()
        if unknown:
            raise SettingsError(f"CDS_CLIENTS: {client.name}: the knowledge has no study {', '.join(sorted(unknown))}")


def _check_quiet(settings: Settings) -> None:
    """Without the hash nobody could tell whose warning was overridden."""
    if settings.quiet_after_override is not None and not settings.patient_hash:
        raise SettingsError("CDS_QUIET_AFTER_OVERRIDE: needs the hash of the patient, and CDS_PATIENT_HASH is off")


def _check_mute(settings: Settings, known: Iterable[Knowledge]) -> None:
    """A misspelled variant would otherwise stay loud without a word."""
    unknown = settings.mute - {variant.id for knowledge in known for variant in knowledge.variants}
    if unknown:
        raise SettingsError(f"CDS_MUTE: the knowledge has no variant {', '.join(sorted(unknown))}")
