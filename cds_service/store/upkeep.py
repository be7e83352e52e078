"""What an administrator does to a store by hand: look at its schema, change it, delete what is old, count."""

from datetime import datetime

from cds_service.store.engines import WRITES
from cds_service.store.report import Report, read_report
from cds_service.store.rows import purge
from cds_service.store.schema import check, migrate
from cds_service.store.spans import Span
from cds_service.store.store import MIGRATION_PATIENCE_SECONDS, opened


def check_schema(url: str) -> None:
    """Raise StoreError unless the store is there, and its schema is the one this version needs."""
    with opened(url, make=False) as engine:
        check(engine)


def migrate_store(url: str, *, to: str | None = None) -> tuple[str | None, str]:
    """Bring a store's schema to a revision, by default the newest; the revision before and after. Raises StoreError."""
    with opened(url, patience_seconds=MIGRATION_PATIENCE_SECONDS) as engine:
        return migrate(engine, to)


def purge_store(url: str, *, before: datetime) -> int:
    """Delete what is older than a moment; how many rows it was. Raises StoreError."""
    deleted = 0
    with opened(url, make=False) as engine:
        check(engine)
        writing = engine.execution_options(**{WRITES: True})
        while True:
            # A portion at a time: the service that runs beside goes on writing in between.
            with writing.begin() as connection:
                portion = purge(connection, before)
            if not portion:
                return deleted
            deleted += portion


def report_of(url: str, span: Span) -> Report:
    """What happened in a span of time. Raises StoreError."""
    with opened(url, make=False) as engine:
        check(engine)
        with engine.connect() as connection:
            return read_report(connection, span)
