"""The store keeps what was assessed, and never stands in the way of an answer."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from msgspec.structs import replace
from sqlalchemy import Engine

from cds_service.store import writer as module
from cds_service.store.consultations import CardRow, Consultation, Offer
from cds_service.store.engines import StoreError, make_engine, store_url
from cds_service.store.store import Store, StoreState, open_store
from cds_service.store.tables import cards, consultations, unmapped_codes, used_tokens

TIME = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
CARD = CardRow(
    card="11111111-1111-4111-8111-111111111111",
    kind="warning",
    indicator="warning",
    variants=("310-v2",),
    study="fdg-pet-ct",
    msv=(10.0, 30.0),
    suggestions=(
        Offer(uuid="21111111-1111-4111-8111-111111111111", does="replace", study="us-axilla", msv=(0.0, 0.0)),
        Offer(uuid="31111111-1111-4111-8111-111111111111", does="cancel"),
    ),
)
ROW = Consultation(
    uid="01111111-1111-4111-8111-111111111111",
    time=TIME,
    client="default",
    hook="order-select",
    service="breast-imaging-order-select",
    consult_id="consult-1",
    hook_instance="instance-1",
    outcome="rated",
    knowledge="hash",
    duration_ms=1.5,
    patient="f" * 64,
    procedure="fdg-pet-ct",
    question="distant",
    category="usually-not-appropriate",
    score=2,
    variants=("310-v2",),
    assumed=("m0",),
    stages={"facts": 0.5, "assess": 1.0},
    cards=(CARD,),
)


def several(count: int) -> list[Consultation]:
    return [replace(ROW, uid=f"{number:036}", cards=()) for number in range(count)]


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Another look at the same database."""
    made = make_engine(store_url(database_url))
    yield made
    made.dispose()


def stored(engine: Engine, table: sqlalchemy.Table = consultations) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(sqlalchemy.select(table)).mappings()]


def test_a_consultation_is_kept_as_it_was(store: Store, engine: Engine) -> None:
    """Everything that a report will count is there, and nothing else."""
    store.record([ROW])
    store.close()
    assert stored(engine) == [
        {
            "id": 1,
            "uid": "01111111-1111-4111-8111-111111111111",
            "time": TIME,
            "client": "default",
            "hook": "order-select",
            "service": "breast-imaging-order-select",
            "consult_id": "consult-1",
            "hook_instance": "instance-1",
            "patient": "f" * 64,
            "procedure": "fdg-pet-ct",
            "question": "distant",
            "outcome": "rated",
            "category": "usually-not-appropriate",
            "score": 2,
            "variants": ["310-v2"],
            "missing": [],
            "assumed": ["m0"],
            "knowledge": "hash",
            "mode": "shown",
            "fhir_failures": 0,
            "duration_ms": 1.5,
            "stages": {"facts": 0.5, "assess": 1.0},
        }
    ]


def test_a_card_is_kept_with_what_each_suggestion_does(store: Store, engine: Engine) -> None:
    """So that feedback, which names ids alone, can be read."""
    store.record([ROW])
    store.close()
    assert stored(engine, cards) == [
        {
            "id": 1,
            "consultation": ROW.uid,
            "card": CARD.card,
            "kind": "warning",
            "indicator": "warning",
            "variants": ["310-v2"],
            "study": "fdg-pet-ct",
            "msv": [10.0, 30.0],
            "suggestions": [
                {"uuid": CARD.suggestions[0].uuid, "does": "replace", "study": "us-axilla", "msv": [0.0, 0.0]},
                {"uuid": CARD.suggestions[1].uuid, "does": "cancel", "study": None, "msv": None},
            ],
        }
    ]


def test_the_same_consultation_is_kept_once(store: Store, engine: Engine) -> None:
    """A client that sends a request again, together with others or later, is no second order."""
    store.record([ROW, ROW])
    store.close()
    again = open_store(engine.url.render_as_string(hide_password=False))
    again.record([ROW, replace(ROW, uid="other")])
    again.close()
    assert sorted(row["uid"] for row in stored(engine)) == [ROW.uid, "other"]
    assert len(stored(engine, cards)) == 2


def test_an_outcome_without_a_rating_is_kept_too(store: Store, engine: Engine) -> None:
    """Not being able to tell is a result: which facts are missing is what a site wants to know."""
    undecided = replace(ROW, outcome="insufficient-information", category=None, score=None, missing=("stage-group",))
    store.record([undecided])
    store.close()
    assert [(row["category"], row["score"], row["missing"]) for row in stored(engine)] == [
        (None, None, ["stage-group"])
    ]


def test_closing_writes_what_still_waits(store: Store, engine: Engine) -> None:
    """A stop in the middle of a busy day loses nothing."""
    count = module.BATCH * 2 + 1
    store.record(several(count))
    store.close()
    assert len(stored(engine)) == count


def test_a_store_may_be_closed_twice(store: Store) -> None:
    """Whoever stops the service need not know whether it has been closed."""
    store.close()
    store.close()


def test_what_was_kept_is_there_after_a_restart(store: Store, engine: Engine, database_url: str) -> None:
    """Opening makes what is missing, and leaves what is there."""
    store.record([ROW])
    store.close()
    open_store(database_url).close()
    assert len(stored(engine)) == 1


def test_codes_that_map_to_nothing_are_added_up(store: Store, engine: Engine, database_url: str) -> None:
    """By day, client and code; a later process adds to the same day."""
    store.count_unmapped("default", [("urn:x", "A"), ("urn:x", "B")])
    store.count_unmapped("default", [("urn:x", "A")])
    store.close()
    again = open_store(database_url)
    again.count_unmapped("default", [("urn:x", "A")])
    again.close()
    counted = {(row["client"], row["system"], row["code"]): row["orders"] for row in stored(engine, unmapped_codes)}
    assert counted == {("default", "urn:x", "A"): 3, ("default", "urn:x", "B"): 1}


def test_unmapped_codes_are_bounded(store: Store, engine: Engine) -> None:
    """A client that sends a new code with every order does not fill the memory."""
    for number in range(module.MOST_UNMAPPED + 10):
        store.count_unmapped("default", [("urn:x", str(number))])
    store.close()
    assert len(stored(engine, unmapped_codes)) == module.MOST_UNMAPPED


# --- what cannot be stored --------------------------------------------------------------------------------------------
class Lost:
    """Counts the rows that are in the log alone."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(self, table: str, rows: int) -> None:
        self.rows += rows


def test_a_row_that_cannot_be_stored_is_in_the_log_and_counted(
    database_url: str, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """Recording what was said never breaks saying it, and is not lost; the patient's hash is for the store alone."""
    lost = Lost()
    store = open_store(database_url, lost=lost)
    with engine.begin() as connection:
        consultations.drop(connection)
    with caplog.at_level(logging.ERROR):
        store.record([ROW])
        store.close()
    (line,) = caplog.records
    assert (line.getMessage(), lost.rows) == ("consultation not stored", 1)
    assert line.told["consultation"]["consult_id"] == "consult-1"
    assert line.told["consultation"]["cards"] == (CARD,)
    assert "patient" not in line.told["consultation"]


def test_a_row_that_the_database_refuses_costs_only_itself(
    store: Store, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """Rows share a transaction, not their fate."""
    odd = replace(ROW, uid="odd", stages={"decode": object()})  # type: ignore[dict-item]
    with caplog.at_level(logging.ERROR):
        store.record([odd, *several(5)])
        store.close()
    assert len(stored(engine)) == 5
    assert [record.getMessage() for record in caplog.records] == ["consultation not stored"]


def test_a_store_that_does_not_keep_up_delays_no_answer(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """When no more rows may wait, they go to the log."""
    store.close()  # nobody writes any more
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0)
    with caplog.at_level(logging.ERROR):
        store.record([ROW] * (module.CAPACITY + 1))
    (line,) = caplog.records
    assert line.told["reason"] == "too many wait for the store"


def test_a_full_disk_costs_rows_and_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """They are in the log; when there is room again, the next ones are stored."""
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    lost = Lost()
    store = open_store(url, lost=lost)
    pages = 1000

    def limited(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    sqlalchemy.event.listen(store._engine, "connect", limited)
    store._engine.dispose()
    engine = make_engine(store_url(url))
    pages = _pages(engine)
    with caplog.at_level(logging.ERROR):
        store.record(several(2000))
        _wait_for(lambda: len(stored(engine)) + lost.rows == 2000)
    full, pages = lost.rows, 100_000
    store._engine.dispose()
    store.record([ROW])
    store.close()
    after = stored(engine)
    engine.dispose()
    assert 0 < full == lost.rows
    assert ROW.uid in {row["uid"] for row in after}


def _pages(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA page_count").scalar_one()) + 10


def _wait_for(condition: Any) -> None:
    done = threading.Event()
    for _ in range(500):
        if condition():
            return
        done.wait(0.02)
    pytest.fail("what was waited for did not come within ten seconds")


# --- reaching it ------------------------------------------------------------------------------------------------------
def test_a_store_says_whether_it_can_be_reached(tmp_path: Path) -> None:
    """Readiness depends on it."""
    store = open_store(f"sqlite:///{tmp_path / 'new' / 'store.sqlite3'}")
    assert store.state() is StoreState.REACHABLE
    store.close()  # the next use opens a connection anew
    for file in (tmp_path / "new").iterdir():
        file.unlink()
    (tmp_path / "new").rmdir()
    assert store.state() is StoreState.UNREACHABLE


def test_asking_whether_a_store_takes_rows_leaves_none(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is asked, and by how many processes at once."""
    monkeypatch.setattr("cds_service.store.store.TOOK_SECONDS", 0.0)
    with ThreadPoolExecutor(4) as pool:
        states = set(pool.map(lambda _: store.state(), range(20)))
    with engine.connect() as connection:
        rows = connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(used_tokens))
    assert (states, rows) == ({StoreState.REACHABLE}, 0)


def test_a_store_is_not_written_to_each_time_somebody_asks(store: Store, engine: Engine) -> None:
    """Readiness asks nobody who he is: whoever asks without end must not keep the disk busy."""
    written: list[str] = []
    sqlalchemy.event.listen(store._engine, "before_cursor_execute", lambda *of: written.append(of[2].split()[0]))
    assert {store.state() for _ in range(20)} == {StoreState.REACHABLE}
    assert (written.count("INSERT"), written.count("SELECT")) == (1, 20)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:////proc/nowhere/store.sqlite3", r"cannot open the store at sqlite:////proc/nowhere/.*: "),
        (
            "mysql://user:secret@host/db",
            r"cannot open the store at mysql://user:\*\*\*@host/db: neither SQLite nor Post",
        ),
        (
            "postgres://user:secret@127.0.0.1:1/db",
            r"cannot open the store at postgresql\+psycopg://user:\*\*\*@.*refused",
        ),
        # libpq takes a password as a parameter, too
        (
            "postgresql://user@127.0.0.1:1/db?password=secret",
            r"cannot open the store at [^?]*127\.0\.0\.1:1/db: .*refused",
        ),
        (
            "sqlite:////tmp/store.sqlite3?timeout=soon",
            r"cannot open the store at .*: a parameter cannot be used: .*'soon'",
        ),
        ("user:secret@host", "the store's URL cannot be read: write postgresql://user:password@host"),
        ("postgresql://user:secret@host:port/db", "the store's URL cannot be read: write postgresql://"),
        ("postgresql://user:secret/db", "the store's URL cannot be read: write postgresql://"),  # no host at all
        ("postgresql://user:a@b:secret@host/db", "the store's URL cannot be read: .*in the password @ as %40"),
        ("postgresql://user:a@secret@127.0.0.1:1/db", "an @ too many in the store's URL: .*in the password @ as %40"),
        ("postgresql://user:a@b/secret@127.0.0.1:1/db", "an @ too many in the store's URL: .*in the password @ as %40"),
    ],
)
def test_a_store_that_cannot_be_opened_is_named_without_its_password(url: str, message: str) -> None:
    """The message is read by people who may not know the password, and names what to change."""
    with pytest.raises(StoreError, match=message) as raised:
        open_store(url)
    assert "secret" not in str(raised.value)
    assert "CDS_DATABASE_URL (or CDS_DATABASE_URL_FILE)" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "user", "password"),
    [
        ("postgresql://user:a%40b%2Fc@host/db", "user", "a@b/c"),
        ("postgresql://user:a/b@host/db", "user", "a/b"),
        ("postgresql://user@server:pw@host/db", "user@server", "pw"),  # as managed databases name their users
    ],
)
def test_what_only_looks_odd_in_a_url_is_taken(text: str, user: str, password: str) -> None:
    """An @ has two readings only where a password holds it."""
    url = store_url(text)
    assert (url.username, url.password, url.host, url.database) == (user, password, "host", "db")


def test_a_file_may_have_an_at_in_its_path() -> None:
    """It holds no password."""
    assert store_url("sqlite:////srv/cds@site/store.sqlite3").database == "/srv/cds@site/store.sqlite3"


@pytest.mark.parametrize("spelling", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_postgresql_is_found_however_it_is_spelled(spelling: str) -> None:
    """Hosting companies hand out `postgres://`, SQLAlchemy's books say `postgresql+psycopg://`."""
    assert store_url(f"{spelling}u:p@h/d").drivername == "postgresql+psycopg"


def test_a_commit_is_on_the_disk(tmp_path: Path) -> None:
    """SQLite's own default for a write-ahead log would lose the last commits in a power cut."""
    engine = make_engine(store_url(f"sqlite:///{tmp_path / 'store.sqlite3'}"))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL
    engine.dispose()
