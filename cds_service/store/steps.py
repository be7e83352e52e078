"""The steps from one revision of the store's schema to another, by Alembic."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

_LOCATION = "cds_service.store:migrations"


def step(connection: Connection, before: str | None, target: str) -> None:
    """Take the steps from the revision that the database is at (None: empty) to another, on this connection."""
    config = Config()
    config.set_main_option("script_location", _LOCATION)
    config.attributes["connection"] = connection
    if before is not None and MigrationContext.configure(connection).get_current_revision() is None:
        command.stamp(config, before)
    if before is None or target > before:
        command.upgrade(config, target)
    elif target < before:
        command.downgrade(config, target)
