"""Where nobody is asked who he is, what a token says may bend the shape of an answer and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from flask import Flask

from cds_service.app import create_app
from cds_service.clients import SANDBOX, load_clients, shapes_by_issuer
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Profile, Settings
from tests.support.issuer import Issuer

ROOT = Path(__file__).parent.parent.parent
REQUEST = (ROOT / "fixtures" / "s4-pet-ct-stage-ia-mcode" / "request.json").read_bytes()
SELECT = "/cds-services/breast-imaging-order-select"
EHR = "https://ehr.example"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


@pytest.fixture
def make(knowledge: Knowledge, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    with ExitStack() as stack:

        def made(**settings: object) -> Flask:
            app = create_app(
                Settings(data_dir=tmp_path, **settings),
                knowledge=knowledge,
                clock=lambda: datetime(2026, 11, 20, tzinfo=UTC),
            )
            stack.callback(app.extensions["store"].close)
            return app

        yield made


def answer(app: Flask, issuer: str | None = None) -> bytes:
    """What a call gets, whose token anybody may have signed."""
    headers = {} if issuer is None else Issuer(issuer).bearer("https://wherever.example", exp=1, iat=0)
    found = app.test_client().post(SELECT, data=REQUEST, headers=headers)
    assert found.status_code == 200
    return found.data


def test_the_sandbox_gets_its_shape_without_a_setting(make: Callable[..., Flask]) -> None:
    """`make serve`, and the Sandbox beside it works (cds-hooks.md 3.3)."""
    app = make()
    assert answer(app, SANDBOX) == answer(make(profile=Profile.SANDBOX))
    assert answer(app, SANDBOX) != answer(app)
    assert answer(app, "https://stranger.example") == answer(app)


def test_a_profile_that_was_set_is_everybodys(make: Callable[..., Flask]) -> None:
    app = make(profile=Profile.DEFAULT)
    assert answer(app, SANDBOX) == answer(app)


@pytest.mark.parametrize("header", ["Bearer x.y.z", "Bearer", "Basic dTpw", "Bearer " + "a" * 9000])
def test_what_is_no_token_is_nobodys(make: Callable[..., Flask], header: str) -> None:
    found = make().test_client().post(SELECT, data=REQUEST, headers={"Authorization": header})
    assert found.status_code == 200


def test_a_named_client_lends_its_shape_and_nothing_else(tmp_path: Path) -> None:
    """Not its knowledge, not its codes, and above all not the FHIR servers that may be called for it."""
    (tmp_path / "own").mkdir()
    entry = {
        "name": "hospital",
        "issuers": [EHR],
        "profile": "epic",
        "knowledge": "own",
        "fhir-servers": ["https://fhir.hospital.example"],
        "prefetch-keys": {"conditions": "problems"},
        "preference-list": {"us-axilla": "31415"},
    }
    file = tmp_path / "clients.yaml"
    file.write_text(yaml.safe_dump({"clients": [entry]}))
    settings = Settings(clients=file, fhir_servers=frozenset({"https://fhir.example"}))
    shape = shapes_by_issuer(settings, load_clients(settings))[EHR]
    assert (shape.name, shape.profile) == ("default", Profile.EPIC)
    assert (shape.prefetch_aliases, shape.preference_list) == ({"problems": "conditions"}, {"us-axilla": "31415"})
    assert shape.fhir_servers == ("https://fhir.example",)
    assert shape.knowledge_path == settings.knowledge_path


def test_it_is_seen_that_nobody_is_asked(make: Callable[..., Flask]) -> None:
    assert make().test_client().get("/readyz").json["authentication"] == "off"
