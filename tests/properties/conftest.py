"""What properties are checked on: every scenario of `fixtures/`, sent to the service as a whole."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.settings import Settings

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]


class Service:
    """The service, asked in process."""

    def __init__(self, post: Callable[[str, bytes], Any]) -> None:
        self._post = post

    def answer(self, request: Json) -> Json:
        """The answer to a request, which must be a good one."""
        given = self._post(f"/cds-services/breast-imaging-{request['hook']}", json.dumps(request).encode())
        assert given.status_code == 200, given.get_data(as_text=True)
        return dict(json.loads(given.data))

    def send(self, service: str, body: bytes) -> Any:
        """Whatever comes back."""
        return self._post(f"/cds-services/breast-imaging-{service}", body)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("data")))
    client = app.test_client()
    yield Service(lambda path, body: client.post(path, data=body))
    app.extensions["store"].close()


class Requests(dict[str, Json]):
    """The requests of all scenarios, by name."""

    def __repr__(self) -> str:
        return f"<{len(self)} requests>"  # hypothesis shows the arguments of a failing example


@pytest.fixture(scope="session")
def requests() -> Requests:
    folders = sorted((ROOT / "fixtures").glob("*/request.json"))
    return Requests({path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in folders})
