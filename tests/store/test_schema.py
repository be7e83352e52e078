"""The schema of the store: brought up to date at a start, by one of many, without loss; and back again."""

import multiprocessing
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from cds_service.settings import Migrate
from cds_service.store.engines import StoreError, make_engine, store_url
from cds_service.store.schema import SchemaError, check, migrate, newest, revision_of
from cds_service.store.store import bring_up, open_store
from cds_service.store.tables import consultations, metadata


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(store_url(database_url))
    yield made
    made.dispose()


FORMER = """
    CREATE TABLE consultations (
        id {id} NOT NULL PRIMARY KEY, time {moment} NOT NULL, hook VARCHAR(32) NOT NULL, service VARCHAR(64) NOT NULL,
        consult_id VARCHAR(128) NOT NULL, hook_instance VARCHAR(128) NOT NULL, procedure VARCHAR(64),
        question VARCHAR(32), outcome VARCHAR(32) NOT NULL, category VARCHAR(32), score INTEGER,
        variants JSON NOT NULL, missing JSON NOT NULL, knowledge VARCHAR(64) NOT NULL, duration_ms FLOAT NOT NULL);
    CREATE INDEX consultations_by_time ON consultations (time);
    INSERT INTO consultations (time, hook, service, consult_id, hook_instance, procedure, question, outcome, category,
        score, variants, missing, knowledge, duration_ms)
    VALUES ('2026-11-16 09:30:00{offset}', 'order-select', 'breast-imaging-order-select', 'consult-1', 'instance-1',
        'fdg-pet-ct', 'distant', 'rated', 'usually-not-appropriate', 2, '["310-v2"]', '[]', 'hash', 1.5)
"""
"""A store as version 0.1 made it: with its own create_all, and without a word about revisions."""


def make_former(engine: Engine) -> None:
    own = {"sqlite": ("INTEGER", "DATETIME", ".000000"), "postgresql": ("SERIAL", "TIMESTAMP WITH TIME ZONE", "+00")}
    id, moment, offset = own[engine.dialect.name]
    with engine.begin() as connection:
        for statement in FORMER.format(id=id, moment=moment, offset=offset).split(";"):
            connection.execute(text(statement.replace(":", r"\:")))


def differences(engine: Engine) -> list[object]:
    """Where a database is not as the tables are declared."""
    options = {"compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_the_steps_lead_to_the_tables_as_they_are_declared(engine: Engine) -> None:
    """A column added to one and not to the other would be found by a hospital."""
    assert migrate(engine) == (None, newest())
    assert differences(engine) == []


def test_each_step_is_named_by_its_revision() -> None:
    """The newest is told by the names of the files, without Alembic; Alembic goes by what stands in them."""
    config = Config()
    config.set_main_option("script_location", "cds_service.store:migrations")
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert all(step.module.__name__.startswith(f"r{step.revision}_") for step in steps)
    assert newest() == steps[0].revision


def test_a_store_that_is_up_to_date_is_opened_without_alembic(engine: Engine, database_url: str) -> None:
    """Every start but the first: it would cost each server process 11 MB, and the start a third of a second."""
    migrate(engine)
    opened = """if True:
        import sys
        from cds_service.store.store import open_store
        open_store(sys.argv[1]).close()
        assert "alembic" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", opened, database_url], check=True, timeout=60)


def test_the_comparison_sees_a_difference(engine: Engine) -> None:
    """The test above is no better than what compares."""
    migrate(engine)
    with engine.begin() as connection:
        Operations(MigrationContext.configure(connection)).add_column(
            "cards", sqlalchemy.Column("odd", sqlalchemy.Text)
        )
    assert differences(engine)


def test_a_store_of_before_is_adopted_without_loss(engine: Engine, database_url: str) -> None:
    make_former(engine)
    open_store(database_url).close()
    assert differences(engine) == []
    with engine.connect() as connection:
        (row,) = connection.execute(sqlalchemy.select(consultations)).mappings()
    kept = {name: row[name] for name in ("consult_id", "variants", "score", "uid", "client", "mode", "patient")}
    assert kept == {
        "consult_id": "consult-1",
        "variants": ["310-v2"],
        "score": 2,
        "uid": "former-1",
        "client": "default",
        "mode": "shown",
        "patient": None,
    }
    assert row["time"].isoformat() == "2026-11-16T09:30:00+00:00"


def test_steps_lead_back_and_forth(engine: Engine) -> None:
    """Rolling back a version keeps what the former one knew."""
    make_former(engine)
    migrate(engine)
    assert migrate(engine, "0001") == (newest(), "0001")
    assert inspect(engine).get_table_names() == ["alembic_version", "consultations"]
    assert migrate(engine) == ("0001", newest())
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.select(consultations.c.consult_id)).scalars().all() == ["consult-1"]


def test_the_last_step_back_leaves_nothing(engine: Engine) -> None:
    migrate(engine)
    assert migrate(engine, "0001") == (newest(), "0001")
    assert migrate(engine, "0001") == ("0001", "0001")


def test_a_revision_that_does_not_exist_is_named(engine: Engine) -> None:
    with pytest.raises(SchemaError, match=r"^there is no revision 0099; there are 0001, "):
        migrate(engine, "0099")


@pytest.mark.parametrize("migration", list(Migrate))
def test_a_newer_schema_refuses_to_start(engine: Engine, database_url: str, migration: Migrate) -> None:
    """This code would write rows that the newer one cannot read, or fail at the first order."""
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"revision 9999, which this version does not know; it knows them up to"):
        bring_up(database_url, migration)


def test_an_older_schema_is_only_checked_where_it_is_to_be(engine: Engine, database_url: str) -> None:
    """Some sites let nobody but their database's administrator change a schema."""
    with pytest.raises(StoreError, match="its schema is at revision none, and this version needs"):
        bring_up(database_url, Migrate.CHECK)
    migrate(engine, "0001")
    with pytest.raises(StoreError, match=r"revision 0001, and this version needs .*: run cds-service migrate"):
        bring_up(database_url, Migrate.CHECK)
    assert revision_of(engine) == "0001"
    migrate(engine)
    check(engine)


def test_a_step_that_fails_leaves_the_schema_as_it_was(engine: Engine) -> None:
    """All steps or none: a column in the way must not leave half a schema."""
    migrate(engine, "0001")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE feedback (id INTEGER PRIMARY KEY)"))
    with pytest.raises(sqlalchemy.exc.SQLAlchemyError):
        migrate(engine)
    assert revision_of(engine) == "0001"
    assert {column["name"] for column in inspect(engine).get_columns("consultations")}.isdisjoint({"uid", "mode"})


def _start(url: str, barrier: "multiprocessing.synchronize.Barrier", failed: "multiprocessing.Queue[str]") -> None:
    barrier.wait()
    try:
        open_store(url).close()
    except Exception as error:
        failed.put(f"{type(error).__name__}: {error}")
    else:
        failed.put("")


@pytest.mark.parametrize("former", [False, True], ids=["new", "former"])
def test_many_that_start_at_once_do_not_collide(engine: Engine, database_url: str, former: bool) -> None:
    """Every worker of every replica opens the store at the same moment."""
    if former:
        make_former(engine)
    spawn = multiprocessing.get_context("spawn")
    barrier, failed = spawn.Barrier(4), spawn.Queue()
    starting = [spawn.Process(target=_start, args=(database_url, barrier, failed)) for _ in range(4)]
    for each in starting:
        each.start()
    told = [failed.get(timeout=60) for _ in starting]
    for each in starting:
        each.join()
    failed.close()
    failed.join_thread()
    assert told == ["", "", "", ""]
    assert differences(engine) == []
