"""Every input that the fuzzer found worth keeping (`python -m tests.fuzz`) still keeps the rules."""

import json

import pytest

from cds_service.app import create_app
from cds_service.hooks.errors import BadRequest
from cds_service.settings import Settings
from tests.support.oracles import CORPORA, TARGETS, decodes

SAVED = {name: sorted((CORPORA / name).iterdir()) for name in TARGETS}


@pytest.mark.parametrize("name", TARGETS)
def test_every_saved_input_keeps_the_rules(name: str) -> None:
    target = TARGETS[name]()
    for path in SAVED[name]:
        try:
            target.check(path.read_bytes())
        except Exception as error:
            pytest.fail(f"{path.name}: {error!r}")


def test_a_refusal_of_the_decoder_is_the_answer_of_the_service(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What cannot be decoded is a 400 with an OperationOutcome that names the place; the rest is answered."""
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("data")))
    client = app.test_client()
    for path in SAVED["decoder"]:
        body = path.read_bytes()
        found = decodes(body)
        hook = "order-select" if isinstance(found, BadRequest) else found.hook
        answer = client.post(f"/cds-services/breast-imaging-{hook}", data=body)
        expected = (400,) if isinstance(found, BadRequest) else (200, 400, 412)
        assert answer.status_code in expected, path.name
        assert json.loads(answer.data)
    app.extensions["store"].close()


@pytest.mark.parametrize(("name", "fewest"), [("decoder", 15), ("text", 80)])
def test_there_is_something_to_replay(name: str, fewest: int) -> None:
    assert len(SAVED[name]) >= fewest
