"""The store keeps what was assessed, and never stands in the way of an answer."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from cds_service.store import store as module
from cds_service.store.consultations import Consultation
from cds_service.store.store import Store, StoreError, open_store
from cds_service.store.tables import consultations

ROW = Consultation(
    time=datetime(2026, 11, 16, 9, 30, tzinfo=UTC),
    hook="order-select",
    service="breast-imaging-order-select",
    consult_id="consult-1",
    hook_instance="instance-1",
    outcome="rated",
    knowledge="hash",
    duration_ms=1.5,
    procedure="fdg-pet-ct",
    question="distant",
    category="usually-not-appropriate",
    score=2,
    variants=("310-v2",),
    missing=(),
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new' / 'store.sqlite3'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def _stored(url: str) -> list[dict[str, Any]]:
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(sqlalchemy.select(consultations)).mappings()]
    engine.dispose()
    return rows


def test_a_consultation_is_kept_as_it_was(store: Store, url: str) -> None:
    """Everything that a report will count is there, and nothing else."""
    store.record([ROW])
    store.close()
    assert _stored(url) == [
        {
            "id": 1,
            "time": datetime(2026, 11, 16, 9, 30),  # SQLite knows no time zone: UTC
            "hook": "order-select",
            "service": "breast-imaging-order-select",
            "consult_id": "consult-1",
            "hook_instance": "instance-1",
            "procedure": "fdg-pet-ct",
            "question": "distant",
            "outcome": "rated",
            "category": "usually-not-appropriate",
            "score": 2,
            "variants": ["310-v2"],
            "missing": [],
            "knowledge": "hash",
            "duration_ms": 1.5,
        }
    ]


def test_an_outcome_without_a_rating_is_kept_too(store: Store, url: str) -> None:
    """Not being able to tell is a result: which facts are missing is what a site wants to know."""
    store.record(
        [replace(ROW, outcome="insufficient-information", category=None, score=None, missing=("stage-group",))]
    )
    store.close()
    assert [(row["category"], row["score"], row["missing"]) for row in _stored(url)] == [(None, None, ["stage-group"])]


def test_closing_writes_what_still_waits(store: Store, url: str) -> None:
    """A stop in the middle of a busy day loses nothing."""
    for _ in range(module.BATCH * 2 + 1):
        store.record([ROW])
    store.close()
    assert len(_stored(url)) == module.BATCH * 2 + 1


def test_a_store_may_be_closed_twice(store: Store) -> None:
    """Whoever stops the service need not know whether it has been closed."""
    store.close()
    store.close()


def test_what_was_kept_is_there_after_a_restart(store: Store, url: str) -> None:
    """Opening makes what is missing, and leaves what is there."""
    store.record([ROW])
    store.close()
    open_store(url).close()
    assert len(_stored(url)) == 1


def test_a_row_that_cannot_be_stored_is_in_the_log(store: Store, url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Recording what was said never breaks saying it, and is not lost."""
    engine = sqlalchemy.create_engine(url)
    consultations.drop(engine)
    engine.dispose()
    with caplog.at_level(logging.ERROR):
        store.record([ROW])
        store.close()
    (line,) = caplog.messages
    assert line.startswith("consultation not stored (OperationalError): ")
    assert '"consult_id": "consult-1"' in line


def test_a_store_that_does_not_keep_up_delays_no_answer(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """When no more rows may wait, they go to the log."""
    store.close()  # nobody writes any more
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0)
    with caplog.at_level(logging.ERROR):
        store.record([ROW] * (module.CAPACITY + 1))
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("consultation not stored (too many wait for the store): ")


def test_a_store_says_whether_it_can_be_reached(store: Store, tmp_path: Path) -> None:
    """Readiness depends on it."""
    assert store.reachable()
    store.close()  # the next use opens a connection anew
    for file in (tmp_path / "new").iterdir():
        file.unlink()
    (tmp_path / "new").rmdir()
    assert not store.reachable()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:////proc/nowhere/store.sqlite3", r"cannot open the store at sqlite:////proc/nowhere/.*: "),
        ("nonsense://user:secret@host/db", r"cannot open the store at nonsense://user:\*\*\*@host/db: "),
        ("user:secret@host", r"^the store's URL cannot be read$"),
    ],
)
def test_a_store_that_cannot_be_opened_is_named_without_its_password(url: str, message: str) -> None:
    """The message is read by people who may not know the password."""
    with pytest.raises(StoreError, match=message) as raised:
        open_store(url)
    assert "secret" not in str(raised.value)
