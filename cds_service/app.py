"""The composition root: everything real is chosen here, and only here. Contains no rule."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from cds_service.hooks.services import make_services
from cds_service.hooks.views import make_blueprint
from cds_service.knowledge.concept_maps import with_concept_maps
from cds_service.knowledge.faults import KnowledgeError
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.pipeline import make_answer, observation_codes
from cds_service.settings import Settings, SettingsError
from cds_service.store.store import StoreError, open_store
from cds_service.web.health import make_health
from cds_service.web.views import make_pages, sandbox_allowed

START_UP_ERRORS = (SettingsError, KnowledgeError, StoreError)
"""What `create_app` raises; each says in words what keeps the service from starting."""


def create_app(
    settings: Settings,
    *,
    knowledge: Knowledge | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Flask:
    """The service as a WSGI application. Raises one of START_UP_ERRORS.

    `knowledge`: that of the settings' folder, where it has been loaded already.
    """
    knowledge = with_concept_maps(knowledge or load_knowledge(settings.knowledge_path), settings.concept_maps)
    _check_mute(settings, knowledge)
    store = open_store(settings.store_url)
    services = make_services(observation_codes(knowledge))
    answer = make_answer(knowledge, settings, clock, store.record)
    app = Flask("cds_service", static_folder=None)  # the pages bring their own files
    app.extensions["store"] = store
    app.register_blueprint(make_blueprint(services, answer, max_body_bytes=settings.max_body_bytes))
    app.register_blueprint(make_health(knowledge, store))
    sandbox = sandbox_allowed(settings.pages, authenticated=False)
    app.register_blueprint(make_pages(services, knowledge, settings, clock, sandbox=sandbox))
    return app


def _check_mute(settings: Settings, knowledge: Knowledge) -> None:
    """A misspelled variant would otherwise stay loud without a word."""
    unknown = settings.mute - {variant.id for variant in knowledge.variants}
    if unknown:
        raise SettingsError(f"CDS_MUTE: the knowledge has no variant {', '.join(sorted(unknown))}")
