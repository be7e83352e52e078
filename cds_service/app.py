"""The composition root: everything real is chosen here, and only here. Contains no rule."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from flask import Flask

from cds_service.clients import Client, default_client, load_clients
from cds_service.fhir.retrieve import TopUp
from cds_service.fhir_access import open_fhir_access
from cds_service.hooks.desk import Desk, Identify, make_desk
from cds_service.hooks.services import make_services
from cds_service.hooks.views import make_blueprint
from cds_service.knowledge.concept_maps import with_concept_maps
from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.pipeline import make_answer, observation_codes, windows_of
from cds_service.settings import Settings, SettingsError
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
    fhir = open_fhir_access(settings, (usual, *clients))
    store = open_store(settings.store_url)
    by_name = {each.name: each for each in (usual, *clients)}
    shown = known[usual.name]
    desks = {
        name: _desk(
            each,
            known[name],
            settings,
            clock,
            store,
            top_up=fhir.top_up(each),
            criteria_url=criteria_url(settings, known[name], shown=shown),
        )
        for name, each in by_name.items()
    }
    app = Flask("cds_service", static_folder=None)  # the pages bring their own files
    app.extensions["store"] = store
    app.extensions["fhir"] = fhir
    app.register_blueprint(make_blueprint(_identify(desks, usual), max_body_bytes=settings.max_body_bytes))
    app.register_blueprint(make_health(shown, store))
    services = tuple(each for found in desks[usual.name].services.values() for each in found)
    app.register_blueprint(
        make_pages(
            services,
            shown,
            by_name[usual.name].protocols,
            windows=windows_of(settings),
            clock=clock,
            max_body_bytes=settings.max_body_bytes,
        )
    )
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
    settings: Settings,
    clock: Clock,
    store: Store,
    *,
    top_up: TopUp | None,
    criteria_url: str | None,
) -> Desk:
    services = make_services(observation_codes(knowledge), one_id=settings.one_service_id)
    answer = make_answer(
        knowledge, settings, clock, store.record, client=client, top_up=top_up, criteria_url=criteria_url
    )
    return make_desk(services, answer)


def criteria_url(settings: Settings, knowledge: Knowledge, *, shown: Knowledge) -> str | None:
    """Where a client's cards can be read further: the pages show one knowledge, and it may be another than theirs."""
    same = knowledge.hash == shown.hash
    return f"{settings.public_url}/criteria" if settings.public_url is not None and same else None


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


def _check_mute(settings: Settings, known: Iterable[Knowledge]) -> None:
    """A misspelled variant would otherwise stay loud without a word."""
    unknown = settings.mute - {variant.id for knowledge in known for variant in knowledge.variants}
    if unknown:
        raise SettingsError(f"CDS_MUTE: the knowledge has no variant {', '.join(sorted(unknown))}")
