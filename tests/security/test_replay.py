"""A token counts once, among all processes; and while the store is away, in each of them (J9, J11)."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from cds_service.hooks.errors import Unavailable
from cds_service.security import replay as module
from cds_service.security.replay import SeenTokens, digest_of
from cds_service.store.engines import make_engine, store_url
from cds_service.store.replay import UsedTokens, open_used_tokens
from cds_service.store.store import open_store
from cds_service.store.tables import used_tokens
from tests.support.postgres import Cluster

NOW = 1_790_000_000
ISSUER = "https://ehr.example"


@dataclass
class Replica:
    """One server process, with connections of its own and a clock that a test sets."""

    url: str
    fallback: bool = True
    now: float = 100.0
    used: UsedTokens = field(init=False)
    seen: SeenTokens = field(init=False)

    def __post_init__(self) -> None:
        self.used = open_used_tokens(self.url)
        self.seen = SeenTokens(self.used, fallback=self.fallback, monotonic=lambda: self.now)

    def takes(self, jti: str, *, issuer: str = ISSUER, expires: float = NOW + 300, now: float = NOW) -> bool:
        return self.seen.first(issuer, jti, expires=expires, now=now)


class Sqlite:
    """A store in a file. Away, somebody writes to it without end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.url = f"sqlite:///{file}"

    def go(self) -> None:
        """Away."""
        self._writer = sqlite3.connect(self._file, isolation_level=None)
        self._writer.execute("BEGIN IMMEDIATE")

    def come_back(self) -> None:
        """As it was."""
        self._writer.close()


class Postgres:
    """A store on a server, which stops and starts."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.url = cluster.new_database()
        self.go, self.come_back = cluster.stop, cluster.start


Kind = Sqlite | Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kind]:
    if request.param == "sqlite":
        made: Kind = Sqlite(tmp_path / "store.sqlite3")
        open_store(made.url).close()
        yield made
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    made = Postgres(cluster)
    open_store(made.url).close()
    yield made
    cluster.ensure_running()


def rows(store: Kind) -> list[tuple[bytes, int]]:
    """What is in the table."""
    engine = make_engine(store_url(store.url))
    with engine.connect() as connection:
        found = [(bytes(digest), expires) for digest, expires in connection.execute(select(used_tokens))]
    engine.dispose()
    return found


@pytest.fixture
def replicas(store: Kind) -> Iterator[tuple[Replica, Replica]]:
    made = Replica(store.url), Replica(store.url)
    yield made
    for each in made:
        each.seen.close()


def test_a_token_counts_once_among_all(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas
    assert one.takes("a")
    assert [one.takes("a"), other.takes("a")] == [False, False]
    assert other.takes("b")


def test_the_same_name_from_another_issuer_is_another_token(replicas: tuple[Replica, Replica]) -> None:
    """Nor can one be written so that it looks like the other."""
    one, _ = replicas
    assert one.takes("b", issuer="a")
    assert one.takes("b", issuer="c")
    assert digest_of("ab", "c") != digest_of("a", "bc")


def test_many_at_once_are_let_in_once(replicas: tuple[Replica, Replica]) -> None:
    """A race between threads and processes."""
    results: list[bool] = []
    ready = threading.Barrier(16)

    def call(replica: Replica) -> None:
        ready.wait()
        results.append(replica.takes("a"))

    threads = [threading.Thread(target=call, args=(replicas[number % 2],)) for number in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(results) == [False] * 15 + [True]


def test_nothing_of_a_token_is_kept(store: Kind, replicas: tuple[Replica, Replica]) -> None:
    """A hash of 32 bytes, and when it may be forgotten: its expiry, and the leeway of clocks."""
    one, _ = replicas
    one.takes("the-jti")
    assert rows(store) == [(digest_of(ISSUER, "the-jti"), NOW + 361)]


def test_what_has_expired_is_forgotten(store: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table stays as small as the tokens that live."""
    monkeypatch.setattr("cds_service.store.replay.PURGE_SECONDS", 0)
    replica = Replica(store.url)
    for number in range(10):
        assert replica.takes(f"old-{number}")
    assert replica.takes("new", expires=NOW + 900, now=NOW + 600)
    replica.seen.close()
    assert [digest for digest, _ in rows(store)] == [digest_of(ISSUER, "new")]


def test_while_the_store_is_away_each_process_remembers(
    store: Kind, replicas: tuple[Replica, Replica], caplog: pytest.LogCaptureFixture
) -> None:
    """An outage costs no call, and is said once; what was used before it, and in it, is not taken again."""
    one, other = replicas
    assert one.takes("before")
    store.go()
    with caplog.at_level(logging.WARNING):
        assert [one.takes(name) for name in ("before", "during", "during")] == [False, True, False]
    assert [each.getMessage() for each in caplog.records] == [
        "the store of used tokens is away (OperationalError): each process remembers used tokens by itself"
    ]
    store.come_back()
    one.now += module.PAUSE_SECONDS
    assert one.takes("after")
    assert caplog.records[-1].getMessage() == "the store of used tokens is back"
    assert not other.takes("during"), "what was used in the outage was told to the others"


def test_a_store_that_failed_is_left_alone_for_a_while(store: Kind, replicas: tuple[Replica, Replica]) -> None:
    """So that calls do not wait for it one after the other."""
    one, _ = replicas
    store.go()
    assert one.takes("a")
    store.come_back()
    assert one.takes("b")
    assert rows(store) == []


def test_a_site_may_rather_not_answer(store: Kind) -> None:
    """CDS_REPLAY_FALLBACK=false: and the token, which was not used, is good when the store is back."""
    replica = Replica(store.url, fallback=False)
    store.go()
    with pytest.raises(Unavailable):
        replica.takes("a")
    store.come_back()
    replica.now += module.PAUSE_SECONDS
    assert replica.takes("a")
    replica.seen.close()


def test_a_process_remembers_only_so_much(
    store: Kind, replicas: tuple[Replica, Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an outage it rather refuses than forgets; otherwise the store remembers for it."""
    monkeypatch.setattr(module, "MOST", 3)
    one, _ = replicas
    for number in range(5):
        assert one.takes(f"known-{number}")
    assert not one.takes("known-0"), "forgotten here, and known to the store"
    store.go()
    for number in range(3):
        assert one.takes(f"away-{number}")
    with pytest.raises(Unavailable):
        one.takes("away-3")
    store.come_back()


def test_a_database_that_hangs_holds_up_no_call(postgres: Cluster, caplog: pytest.LogCaptureFixture) -> None:
    """Stopped in the middle, it closes no connection and ends no statement: a second, and then none."""
    url = postgres.new_database()
    open_store(url).close()
    replica = Replica(url)
    assert replica.takes("before")
    with postgres.paused():
        began = time.monotonic()
        assert [replica.takes(str(number)) for number in range(20)] == [True] * 20
        assert time.monotonic() - began < 3
        assert "the store of used tokens is away (no answer in time)" in caplog.text
    replica.seen.close()
