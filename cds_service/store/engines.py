"""Connections to the store's database: SQLite in a file, or PostgreSQL. Knows no table."""

from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

WRITES = "writes"
"""Execution option of a connection that is going to write."""

PATIENCE_SECONDS = 5
"""How long SQLite waits for another writer."""

# libpq's own names (https://www.postgresql.org/docs/current/libpq-connect.html). A host that swallows packets must
# hold up nobody for longer than this.
_CONNECTING: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 30,
    "application_name": "cds-service",
}
_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}

SET_BY = "CDS_DATABASE_URL (or CDS_DATABASE_URL_FILE)"
_WRITTEN = (
    "write postgresql://user:password@host:5432/name, and in the password @ as %40, / as %2F, ? as %3F and % as %25"
)


class StoreError(Exception):
    """Raised when a store cannot be opened; says which, without its password."""


class StoreAway(Exception):
    """Raised when the database cannot do now what was asked of it; may say which kind of failure it was."""


def store_url(text: str) -> URL:
    """The URL of a store, with the driver that we use. Raises StoreError for one that cannot be read."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError
        # SQLAlchemy's own message repeats the URL, and with it the password.
        raise StoreError(f"{SET_BY}: the store's URL cannot be read: {_WRITTEN}") from None
    if url.get_backend_name() != "sqlite" and "@" in f"{url.host}/{url.database}":
        # What stands before the last @ is the end of a password, and would be told as the name of a host.
        raise StoreError(f"{SET_BY}: an @ too many in the store's URL: {_WRITTEN}")
    return url.set(drivername="postgresql+psycopg") if url.drivername in _POSTGRESQL else url


def told_url(url: URL) -> str:
    """A store's URL as one may print it: without its password, also where that is among the parameters."""
    return url.set(query={}).render_as_string()


def make_engine(url: URL, *, patience_seconds: float = PATIENCE_SECONDS, flushes: bool = True) -> Engine:
    """Connections to the database at a URL; none is made yet.

    For SQLite: `patience_seconds` is how long one waits for another writer; `flushes`: a commit is on the disk.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, patience_seconds, flushes)
    if url.get_backend_name() != "postgresql":
        raise StoreError("neither SQLite nor PostgreSQL")
    given = {name: value for name, value in _CONNECTING.items() if name not in url.query}
    return sqlalchemy.create_engine(
        url,
        pool_pre_ping=True,
        # Statements prepared on the server do not survive a connection pooler that hands connections round.
        connect_args={"prepare_threshold": None, **given},
        json_serializer=_json,
        json_deserializer=msgspec.json.decode,
    )


def _sqlite(url: URL, patience_seconds: float, flushes: bool) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sqlalchemy.create_engine(
        url,
        connect_args={"timeout": patience_seconds},
        json_serializer=_json,
        json_deserializer=msgspec.json.decode,
    )
    event.listen(engine, "connect", partial(_tune_sqlite, flushes=flushes))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tune_sqlite(connection: Any, _record: Any, *, flushes: bool) -> None:
    """Readers beside a writer; with `flushes`, not even a power cut loses what was stored."""
    # Transactions are begun below; Python's own way would begin none before DDL.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA synchronous={'FULL' if flushes else 'NORMAL'}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # One that reads first and then writes would be refused at once where another writes between; one that begins
    # as a writer waits its turn.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
