"""What happens to the store happens to no answer, and nothing acknowledged is lost: with real servers, killed."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests
import sqlalchemy

from cds_service.store.engines import make_engine, store_url
from cds_service.store.tables import consultations, feedback
from tests.support.postgres import Cluster
from tests.support.service import Service, wait_for


def column(url: str, of: sqlalchemy.Column[str]) -> list[str]:
    engine = make_engine(store_url(url))
    with engine.connect() as connection:
        found = list(connection.scalars(sqlalchemy.select(of)))
    engine.dispose()
    return found


class Load:
    """Clients that go on asking until they are told to stop."""

    def __init__(self, ask: Callable[[], requests.Response], *, clients: int = 4) -> None:
        self.answers: list[requests.Response] = []
        self._ask = ask
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def _run(self) -> None:
        while not self._ending.is_set():
            self.answers.append(self._ask())

    def more(self, count: int) -> None:
        """Wait for so many further answers."""
        target = len(self.answers) + count
        wait_for(lambda: len(self.answers) >= target)

    def end(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def own_cluster(postgres: Cluster) -> Iterator[Cluster]:
    """The server of all tests, running again whatever became of this one."""
    yield postgres
    postgres.ensure_running()


def test_a_database_that_is_stopped_under_load_costs_no_answer(own_cluster: Cluster, tmp_path: Path) -> None:
    """Rows go to the log alone meanwhile, and are counted; feedback is refused; then all is as before, by itself."""
    url = own_cluster.new_database()
    with Service(tmp_path, CDS_DATABASE_URL=url) as service:
        load = Load(service.order)
        load.more(20)
        own_cluster.stop()
        load.more(20)
        away = requests.get(f"{service.url}/readyz", timeout=10)
        refused = service.feedback("a-card")
        wait_for(lambda: service.lines("consultation not stored"))
        own_cluster.start()
        wait_for(lambda: service.feedback("a-card").status_code == 200)
        load.more(20)
        ready = requests.get(f"{service.url}/readyz", timeout=10)
        load.end()
        counted = requests.get(f"{service.url}/metrics", timeout=10).text
        service.stop()
    assert {answer.status_code for answer in load.answers} == {200}
    assert (away.status_code, ready.status_code) == (503, 200)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    lost = [line["consultation"]["consult_id"] for line in service.lines("consultation not stored")]
    kept = column(url, consultations.c.consult_id)
    assert len({*kept, *lost}) == len(load.answers)
    assert f'cds_rows_not_stored_total{{table="consultations"}} {float(len(lost))}' in counted
    assert column(url, feedback.c.card) == ["a-card"]


def test_a_database_that_hangs_costs_no_answer(postgres: Cluster, tmp_path: Path) -> None:
    """It accepts connections, and answers nothing on any: who asks for it waits a while, and orders for nothing.

    Readiness is asked again and again by those who run the service: not even that may use up its threads.
    """
    url = postgres.new_database()
    with Service(tmp_path, CDS_DATABASE_URL=url, CDS_QUIET_AFTER_OVERRIDE="24") as service:
        assert service.order().status_code == 200
        with postgres.paused():
            polls = [threading.Thread(target=requests.get, args=(f"{service.url}/readyz",)) for _ in range(8)]
            for poll in polls:
                poll.start()
            refused = service.feedback("a-card")
            began = time.monotonic()
            answers = [service.order() for _ in range(5)]
            took = time.monotonic() - began
            for poll in polls:
                poll.join()
        wait_for(lambda: service.feedback("a-card").status_code == 200)
        service.stop()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert [answer.status_code for answer in answers] == [200] * 5
    assert took < 5
    lost = [line["consultation"]["consult_id"] for line in service.lines("consultation not stored")]
    assert len({*column(url, consultations.c.consult_id), *lost}) == 6


@pytest.mark.parametrize("workers", [1, 2])
def test_a_service_killed_again_and_again_loses_nothing_acknowledged(tmp_path: Path, workers: int) -> None:
    """kill -9 in the middle of feedback: whoever was told that it is kept finds it there."""
    acknowledged: list[str] = []
    for _ in range(4):
        with Service(tmp_path, workers=workers) as service:
            load = Load(lambda: _told(service, acknowledged), clients=4)
            load.more(20)
            service.kill()
            load.end()
    stored = column(f"sqlite:///{tmp_path / 'cds-service.sqlite3'}", feedback.c.card)
    assert len(acknowledged) >= 40
    assert set(acknowledged) <= set(stored)


def _told(service: Service, acknowledged: list[str]) -> requests.Response:
    card = str(uuid4())
    try:
        answer = service.feedback(card)
    except requests.RequestException:
        return requests.Response()
    if answer.status_code == 200:
        acknowledged.append(card)
    return answer


def test_an_ordered_stop_finishes_what_runs_and_writes_what_waits(tmp_path: Path) -> None:
    """Every order that was answered is recorded."""
    with Service(tmp_path, workers=2) as service:
        answered: list[int] = []

        def ask() -> requests.Response:
            try:
                answer = service.order()
            except requests.ConnectionError:  # it does not listen any more
                return requests.Response()
            answered.append(answer.status_code)
            return answer

        load = Load(ask)
        load.more(20)
        service.stop()
        load.end()
    assert set(answered) == {200}
    assert len(column(f"sqlite:///{tmp_path / 'cds-service.sqlite3'}", consultations.c.uid)) == len(answered)
