"""The store's schema: which revision a database is at, and bringing it to the one that this code reads and writes.

Several processes and replicas may start at once: one brings the schema up, the others wait for it.
"""

from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, Engine, inspect, text

from cds_service.store.engines import WRITES, StoreError

FORMER = "0001"
"""The revision of a store made by a version that knew no migrations."""

_LOCK = 0x6364732D  # any number that nobody else in this database uses; "cds-" in ASCII


class SchemaError(StoreError):
    """Raised when a store's schema is not one that this code can work with."""


def newest() -> str:
    """The revision that this code reads and writes."""
    return _revisions()[-1]


def revision_of(engine: Engine) -> str | None:
    """The revision a database is at; None for an empty one."""
    with engine.connect() as connection:
        return _revision(connection)


def check(engine: Engine) -> None:
    """Raise SchemaError unless the database is at the newest revision."""
    at = revision_of(engine)
    if at != newest():
        _refuse_unknown(at)
        raise SchemaError(
            f"its schema is at revision {at or 'none'}, and this version needs {newest()}: run cds-service migrate"
        )


def migrate(engine: Engine, to: str | None = None) -> tuple[str | None, str]:
    """Bring the database to a revision, up or down, by default the newest; the revision before and after.

    All steps or none. Raises SchemaError for a revision that this code does not know.
    """
    target = _known(to) if to is not None else newest()
    if revision_of(engine) == target:
        return target, target
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        # Looked at again: whoever held the lock may have done it all.
        before = _revision(connection)
        _refuse_unknown(before)
        # Only here: Alembic is a tenth of the memory of a server process, and of the time until it answers.
        from cds_service.store.steps import step

        step(connection, before, target)
    return before, target


def _revision(connection: Connection) -> str | None:
    tables = inspect(connection)
    if tables.has_table("alembic_version"):
        noted: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if noted is not None:
            return noted
    return FORMER if tables.has_table("consultations") else None


def _refuse_unknown(revision: str | None) -> None:
    if revision is not None and revision not in _revisions():
        raise SchemaError(
            f"its schema is at revision {revision}, which this version does not know; it knows them up to {newest()}. "
            "Run the version that made it, or let that one take the schema back: cds-service migrate --to "
            f"{newest()}"
        )


def _known(revision: str) -> str:
    if revision not in _revisions():
        raise SchemaError(f"there is no revision {revision}; there are {', '.join(_revisions())}")
    return revision


@cache
def _revisions() -> tuple[str, ...]:
    """Every revision, oldest first: numbers of four digits, so that they compare as they follow each other.

    They are the names of the files, which `store.steps` finds them in, too.
    """
    names = (each.name for each in files("cds_service.store.migrations.versions").iterdir())
    return tuple(sorted(name[1:5] for name in names if name.startswith("r") and name.endswith(".py")))
