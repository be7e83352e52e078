"""`cds-service purge`: deletes what is older than it should be."""

from datetime import UTC, datetime

import click

from cds_service.cli.stores import settings_in_force
from cds_service.store.rows import retention_limit
from cds_service.store.upkeep import purge_store


@click.command()
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(0, 36500),
    metavar="DAYS",
    help="Delete what is older than so many days. [CDS_RETENTION_DAYS]",
)
def purge(days: int | None) -> None:
    """Delete consultations, feedback and counts that are older than they should be.

    A service with CDS_RETENTION_DAYS does so by itself, once an hour.
    """
    with settings_in_force() as settings:
        kept_for = days if days is not None else settings.retention_days
        if kept_for is None:
            raise click.UsageError("say how old: --older-than DAYS, or set CDS_RETENTION_DAYS")
        deleted = purge_store(settings.store_url, before=retention_limit(datetime.now(UTC), kept_for))
    click.echo(f"{deleted} rows older than {kept_for} days deleted")
