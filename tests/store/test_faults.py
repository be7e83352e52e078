"""What happens to the store happens to no answer, and nothing acknowledged is lost: with real servers, killed."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import requests
import sqlalchemy
from psycopg import sql

from cds_service.cli.stopping import STOP_SECONDS
from cds_service.store.engines import make_engine, store_url
from cds_service.store.tables import consultations, feedback
from tests.support.postgres import Cluster
from tests.support.service import SELECT, Service, wait_for


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

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Finish what has begun; a second call does nothing."""
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


def test_a_service_that_ends_while_its_database_hangs_has_told_the_log_every_row(
    postgres: Cluster, tmp_path: Path
) -> None:
    """Before it is killed for taking too long."""
    url = postgres.new_database()
    with Service(tmp_path, CDS_DATABASE_URL=url) as service:
        with postgres.paused():
            assert [service.order().status_code for _ in range(5)] == [200] * 5
            service.stop()
        lost = {line["consultation"]["consult_id"] for line in service.lines("consultation not stored")}
    wait_for(lambda: len({*lost, *column(url, consultations.c.consult_id)}) == 5)


KILLS = 30 if os.environ.get("CDS_LONG_TESTS") else 2
"""How often a worker is killed: with CDS_LONG_TESTS=1 for two minutes."""

CRASH_LOOP_SECONDS = 6
"""Two deaths of one worker within that time, and the service ends."""


def test_a_worker_killed_again_and_again_is_replaced_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """The other one answers meanwhile; only what the killed one was doing is lost, and its caller knows."""
    acknowledged: list[str] = []
    with Service(tmp_path, workers=2) as service, Load(lambda: _told(service, acknowledged)) as load:
        for number in range(KILLS):
            load.more(20)
            oldest = wait_for(lambda: len(service.workers()) == 2 and service.workers()[0])
            os.kill(oldest, signal.SIGKILL)
            wait_for(lambda oldest=oldest: oldest not in service.workers())
            load.more(5)
            wait_for(lambda: len(service.workers()) == 2)
            if number:
                time.sleep(CRASH_LOOP_SECONDS / 2)  # they are killed in turn
        load.more(20)
        load.end()
        service.stop()
    refused = [answer for answer in load.answers if answer.status_code not in (200, None)]
    stored = column(f"sqlite:///{tmp_path / 'cds-service.sqlite3'}", feedback.c.card)
    assert refused == []
    assert len(acknowledged) >= 20 * KILLS
    assert set(acknowledged) <= set(stored)


def test_a_service_whose_workers_keep_dying_ends_for_its_manager_to_restart(tmp_path: Path) -> None:
    """A worker that dies as soon as it is there would otherwise be made for ever, and nobody told."""
    with Service(tmp_path) as service:
        assert service.feedback("before").status_code == 200
        while service.process.poll() is None:
            for worker in service.workers():
                os.kill(worker, signal.SIGKILL)
            time.sleep(0.05)
        assert service.process.returncode == 1
    with Service(tmp_path, port=service.port) as again:
        assert again.order().status_code == 200
    assert column(f"sqlite:///{tmp_path / 'cds-service.sqlite3'}", feedback.c.card) == ["before"]


def test_server_processes_end_with_the_main_process_that_was_killed(tmp_path: Path) -> None:
    """Out of memory, `kill -9`: else they would answer on, unsupervised, and keep the port from a new start."""
    with Service(tmp_path, workers=2) as service:
        assert [service.order().status_code for _ in range(4)] == [200] * 4
        workers = service.workers()
        service.process.kill()
        service.process.wait(timeout=30)
        wait_for(lambda: not any(map(_lives, workers)), seconds=10)
    assert len(workers) == 2
    assert len(column(f"sqlite:///{tmp_path / 'cds-service.sqlite3'}", consultations.c.uid)) == 4
    with Service(tmp_path, port=service.port) as again:
        assert again.order().status_code == 200


def test_a_request_without_end_does_not_keep_them(tmp_path: Path) -> None:
    """Half a body, and no more of it: what an ordered stop waits for no longer than ten seconds."""
    with Service(tmp_path) as service:
        (worker,) = service.workers()
        with socket.create_connection(("127.0.0.1", service.port)) as line:
            line.sendall(f"POST /cds-services/{SELECT} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{{".encode())
            assert service.order().status_code == 200
            service.process.kill()
            service.process.wait(timeout=30)
            wait_for(lambda: not _lives(worker), seconds=20)


def _lives(process: int) -> bool:
    """Whether it runs; one that has ended, and that nobody has asked about, does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system takes root")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Leaves not a byte."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return filler


def test_a_full_disk_costs_no_answer(small_disk: Path, tmp_path: Path) -> None:
    """Rows go to the log alone, feedback is refused, counting goes on, and so does a worker that is made meanwhile."""
    with Service(tmp_path, CDS_DATA_DIR=str(small_disk)) as service:
        assert (service.order().status_code, service.feedback("before").status_code) == (200, 200)
        wait_for(lambda: service.lines("assessed"))
        filler = fill(small_disk)
        during = [service.order().status_code for _ in range(10)]
        refused = service.feedback("during")
        wait_for(lambda: len(service.lines("consultation not stored")) == 10)
        wait_for(lambda: readiness(service) == (503, "unwritable"))
        counted = requests.get(f"{service.url}/metrics", timeout=10)
        (killed,) = service.workers()
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: [worker for worker in service.workers() if worker != killed])
        wait_for(lambda: _answered(service))
        filler.unlink()
        wait_for(lambda: service.feedback("after").status_code == 200)
        assert service.order().status_code == 200
        wait_for(lambda: readiness(service) == (200, "reachable"))
        service.stop()
    url = f"sqlite:///{small_disk / 'cds-service.sqlite3'}"
    assert during == [200] * 10
    assert refused.status_code == 503
    assert 'cds_rows_not_stored_total{table="consultations"} 10.0' in counted.text
    assert {*column(url, feedback.c.card)} == {"before", "after"}
    lost = len(service.lines("consultation not stored"))
    assert len(column(url, consultations.c.uid)) == 1 + 10 + 1 + 1 - lost


def readiness(service: Service) -> tuple[int, str]:
    """What whoever watches the service is told of its store."""
    answer = requests.get(f"{service.url}/readyz", timeout=10)
    return answer.status_code, answer.json()["store"]


def test_a_server_that_may_only_be_read_is_not_ready(postgres: Cluster, tmp_path: Path) -> None:
    """A standby after a failover: it answers, and takes no row. Somebody has to be told, also while nobody orders."""
    url = postgres.new_database()
    name = url.rpartition("/")[2]
    with Service(tmp_path, CDS_DATABASE_URL=url) as service:
        assert readiness(service) == (200, "reachable")
        _run_sql(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        wait_for(lambda: readiness(service) == (503, "unwritable"))
        assert (service.order().status_code, service.feedback("a-card").status_code) == (200, 503)
        _run_sql(url, "SET default_transaction_read_only = off", f"ALTER DATABASE {name} RESET ALL")
        wait_for(lambda: readiness(service) == (200, "reachable"))
        wait_for(lambda: service.feedback("a-card").status_code == 200)
        service.stop()


def _run_sql(url: str, *statements: str) -> None:
    """As an administrator, who ends all other connections, too: what is set counts for new ones."""
    with psycopg.connect(url, autocommit=True) as connection:
        for each in statements:
            connection.execute(sql.SQL(each))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_file_that_may_only_be_read_is_not_ready(tmp_path: Path) -> None:
    """Left behind by a restore, or on a disk that was mounted anew for reading."""
    with Service(tmp_path) as service:
        service.stop()
    file = tmp_path / "cds-service.sqlite3"
    for each in tmp_path.glob("cds-service.sqlite3-*"):
        each.unlink()
    if subprocess.run(["chattr", "+i", str(file)], capture_output=True, check=False).returncode:
        pytest.skip("a file that not even root may write takes root and a file system that knows such")
    try:
        with Service(tmp_path) as service:
            wait_for(lambda: readiness(service) == (503, "unwritable"))
            assert service.order().status_code == 200
            service.stop()
    finally:
        subprocess.run(["chattr", "-i", str(file)], check=True)


def _answered(service: Service) -> bool:
    try:
        return service.order().status_code == 200
    except requests.RequestException:
        return False


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


def test_a_stop_ends_a_server_process_that_is_only_starting(tmp_path: Path) -> None:
    """It would miss the signal, answer on until it is killed after ten seconds, and lose what it has not written."""
    with Service(tmp_path, workers=2) as service:
        wait_for(lambda: len(service.workers()) == 2)
        before = set(service.workers())
        os.kill(min(before), signal.SIGKILL)
        wait_for(lambda: set(service.workers()) - before)  # its successor takes half a second to start
        began = time.monotonic()
        service.stop()
    assert time.monotonic() - began < STOP_SECONDS / 2


def test_a_service_that_is_to_end_says_so_before_it_does(tmp_path: Path) -> None:
    """A balancer has the time to send calls elsewhere; those that come are answered, and recorded."""
    with Service(tmp_path, workers=2, CDS_DRAIN_SECONDS="2") as service:
        service.process.send_signal(signal.SIGTERM)
        wait_for(lambda: requests.get(f"{service.url}/healthz", timeout=10).status_code == 503, seconds=1.5)
        ready = requests.get(f"{service.url}/readyz", timeout=10)
        assert (ready.status_code, ready.json()["status"]) == (503, "draining")
        assert service.order().status_code == 200
        assert service.process.wait(timeout=12) == 0
    assert len(column(f"sqlite:///{tmp_path / 'cds-service.sqlite3'}", consultations.c.uid)) == 1


def test_told_twice_a_service_ends_at_once(tmp_path: Path) -> None:
    with Service(tmp_path, CDS_DRAIN_SECONDS="60") as service:
        service.process.send_signal(signal.SIGTERM)
        wait_for(lambda: requests.get(f"{service.url}/healthz", timeout=10).status_code == 503)
        service.stop()
