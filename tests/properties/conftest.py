"""What properties are checked on: every scenario of `fixtures/` and a cohort of patients with records as complete as
records are, sent to the service as a whole. Every answer is held against the rules of the wire."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.conformance.answers import check_document
from cds_service.conformance.findings import Outcome
from cds_service.settings import Settings
from tests.support.changes import COHORT, FIXTURES, NAMES, Name
from tests.support.cohort import Patient, cohort
from tests.support.make_fixtures import request as request_of

Json = dict[str, Any]


class Service:
    """The service, asked in process."""

    def __init__(self, post: Callable[[str, bytes], Any]) -> None:
        self._post = post

    def answer(self, request: Json, *, legal: bool = True) -> Json:
        """The answer to a request, which must be a good one; of `legal` FHIR, so must the answer be."""
        given = self._post(f"/cds-services/breast-imaging-{request['hook']}", json.dumps(request).encode())
        assert given.status_code == 200, given.get_data(as_text=True)
        answer = dict(json.loads(given.data))
        broken = [each for each in check_document(answer, request, "answer") if each.outcome is Outcome.FAIL]
        assert not (legal and broken)
        return answer

    def send(self, service: str, body: bytes) -> Any:
        """Whatever comes back."""
        return self._post(f"/cds-services/breast-imaging-{service}", body)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    yield from _served(Settings(data_dir=tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="session")
def forgetful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service that judges each request as if it were the first."""
    yield from _served(Settings(data_dir=tmp_path_factory.mktemp("data"), remember_seconds=0))


def _served(settings: Settings) -> Iterator[Service]:
    app = create_app(settings)
    client = app.test_client()
    yield Service(lambda path, body: client.post(path, data=body))
    app.extensions["store"].close()


@cache
def patients() -> tuple[Patient, ...]:
    """The cohort, the same in every run."""
    return tuple(cohort(COHORT, seed=7))


class Requests(dict[Name, Json]):
    """The requests of all scenarios, by name, and those of the cohort, by number."""

    def __repr__(self) -> str:
        return f"<{len(self)} requests>"  # hypothesis shows the arguments of a failing example


@pytest.fixture(scope="session")
def requests() -> Requests:
    found = Requests({name: json.loads((FIXTURES / name / "request.json").read_text("utf-8")) for name in NAMES})
    found.update({number: request_of(patient.told) for number, patient in enumerate(patients())})
    return found
