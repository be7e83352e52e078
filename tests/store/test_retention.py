"""What is older than it should be is deleted, in portions, by the service itself or by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
import sqlalchemy
from sqlalchemy import Engine

from cds_service.store import rows as module
from cds_service.store.engines import WRITES, StoreError, make_engine, store_url
from cds_service.store.rows import add_unmapped, insert_consultations, insert_feedback, retention_limit
from cds_service.store.store import Store, open_store
from cds_service.store.tables import cards, consultations, feedback, metadata, unmapped_codes, used_tokens
from cds_service.store.upkeep import migrate_store, purge_store
from tests.store.test_feedback import OVERRIDDEN, rows
from tests.store.test_store import ROW
from tests.support.service import wait_for

NOW = datetime.now(UTC)
PURGED = {consultations, cards, feedback, unmapped_codes}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A store with something of every kind, a hundred days old and of today."""
    migrate_store(database_url)
    made = make_engine(store_url(database_url))
    with made.execution_options(**{WRITES: True}).begin() as connection:
        for days in (100, 0):
            when = NOW - timedelta(days=days)
            insert_consultations(
                connection, [msgspec.structs.replace(ROW, uid=f"{days}-{number}", time=when) for number in range(5)]
            )
            insert_feedback(connection, rows(replace(OVERRIDDEN, at=when), received=when))
            add_unmapped(connection, when.date(), {("default", "urn:x", "A"): 1})
    yield made
    made.dispose()


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
            if table in PURGED
        }


WHOLE = {"consultations": 10, "cards": 10, "feedback": 2, "unmapped_codes": 2}
HALF = {"consultations": 5, "cards": 5, "feedback": 1, "unmapped_codes": 1}


def test_what_is_old_goes_with_all_that_belongs_to_it(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In portions smaller than what there is: none is forgotten."""
    monkeypatch.setattr(module, "PURGED_AT_ONCE", 2)
    assert counts(engine) == WHOLE
    assert purge_store(database_url, before=NOW - timedelta(days=30)) == 7
    assert counts(engine) == HALF
    assert purge_store(database_url, before=NOW - timedelta(days=30)) == 0


def test_what_is_not_older_stays(engine: Engine, database_url: str) -> None:
    """To the moment: what is exactly as old as allowed is kept."""
    with engine.connect() as connection:
        oldest = connection.scalar(sqlalchemy.select(sqlalchemy.func.min(consultations.c.time)))
    assert oldest is not None
    purge_store(database_url, before=oldest)
    assert counts(engine)["consultations"] == 10
    purge_store(database_url, before=oldest + timedelta(microseconds=1))
    assert counts(engine)["consultations"] == 5


@pytest.mark.parametrize(("days", "left"), [(30, HALF), (101, WHOLE), (None, WHOLE)])
def test_the_service_purges_by_itself(
    engine: Engine, database_url: str, days: int | None, left: dict[str, int]
) -> None:
    store: Store = open_store(database_url, retention_days=days)
    if left is HALF:
        wait_for(lambda: counts(engine) == left)
    store.record([msgspec.structs.replace(ROW, uid="new", cards=())])
    store.close()
    assert counts(engine) == {**left, "consultations": left["consultations"] + 1}


def test_a_limit_is_so_many_days_back() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert retention_limit(now, 1) == datetime(2026, 11, 19, 12, tzinfo=UTC)
    assert retention_limit(now, 1).date() == date(2026, 11, 19)


def test_a_store_that_does_not_exist_is_not_made_to_be_purged(tmp_path: object) -> None:
    with pytest.raises(StoreError, match="there is no such file"):
        purge_store(f"sqlite:///{tmp_path}/none.sqlite3", before=NOW)


def test_every_table_is_purged() -> None:
    """A table that is added one day is not to keep for ever what the others give up."""
    by_itself = {used_tokens}  # each by its own time of expiry
    assert set(metadata.tables.values()) == PURGED | by_itself
