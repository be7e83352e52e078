"""A PostgreSQL server of the tests' own, thrown away afterwards; made with the binaries of this machine."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg
import pytest

USER = "tester"
_NUMBERS = count()


def binaries() -> Path | None:
    """Where initdb and postgres are, the newest first; None on a machine without them."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: -int(each.parent.name))
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    return next((each for each in [*installed, *on_path] if (each / "postgres").exists()), None)


class Cluster:
    """One server on a free port of this machine. It can be stopped and started again, on the same port."""

    def __init__(self, bin: Path, folder: Path) -> None:
        self._bin = bin
        self._data = folder / "data"
        self._log = folder / "log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        # initdb and postgres refuse to run as root.
        self._as = ["setpriv", *_other_user(folder)] if os.geteuid() == 0 else []
        self._run("initdb", "--auth=trust", "--no-sync", "--username", USER, "--encoding=UTF8", "--locale=C")

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories= -c fsync=off"
        options += " -c timezone=America/New_York"  # nobody here may rely on the server living in UTC
        self._run("pg_ctl", "--wait", "--log", str(self._log), "--options", options, "start")

    def stop(self) -> None:
        """Stop at once, whoever is connected."""
        self._run("pg_ctl", "--wait", "--mode=immediate", "stop")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hangs: accepts connections, and answers nothing on any."""
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        processes = [first, *map(int, children)]
        try:
            _signal(processes, signal.SIGSTOP)
            yield
        finally:
            _signal(reversed(processes), signal.SIGCONT)

    def ensure_running(self) -> None:
        """Start it, if it does not run."""
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                self.start()

    def new_database(self) -> str:
        """The URL of an empty database, as an administrator writes it."""
        name = f"test_{next(_NUMBERS)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def _url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._bin / program), "--pgdata", str(self._data), *arguments]
        # Not captured by a pipe: the server would keep it open.
        with self._log.with_suffix(".setup").open("w+") as said:
            done = subprocess.run(command, cwd="/", stdout=said, stderr=said, check=False, timeout=60)
            said.seek(0)
            assert done.returncode == 0, said.read()


def _signal(processes: Iterable[int], number: signal.Signals) -> None:
    for each in processes:
        with suppress(ProcessLookupError):  # ended meanwhile
            os.kill(each, number)


def _other_user(folder: Path) -> list[str]:
    entry = pwd.getpwnam("postgres" if _exists("postgres") else "nobody")
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]


def _exists(user: str) -> bool:
    return any(entry.pw_name == user for entry in pwd.getpwall())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running PostgreSQL. Where there is none to run, its tests are skipped; not so in CI."""
    bin = binaries()
    if bin is None:
        message = "PostgreSQL is not installed (Debian, Ubuntu: apt install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="cds-postgres-"))
    folder.chmod(0o755)
    cluster = Cluster(bin, folder)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind that the store knows."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'store.sqlite3'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database()
