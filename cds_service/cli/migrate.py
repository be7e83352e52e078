"""`cds-service migrate`: brings the schema of the store to this version, or to another one."""

import click

from cds_service.cli.stores import settings_in_force
from cds_service.store.upkeep import check_schema, migrate_store


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail unless the schema is the one this version needs.")
@click.option(
    "--to", metavar="REV", help="Go up or down to this revision, such as 0001. What it has no place for goes."
)
def migrate(check: bool, to: str | None) -> None:
    """Bring the schema of the store up to date. The service does so itself at its start, unless CDS_MIGRATE=check."""
    if check and to is not None:
        raise click.UsageError("--check changes nothing: it goes without --to")
    with settings_in_force() as settings:
        if check:
            check_schema(settings.store_url)
            click.echo("the schema is up to date")
            return
        before, after = migrate_store(settings.store_url, to=to)
    click.echo(f"the schema is at revision {after}" + ("" if before == after else f"; it was at {before or 'none'}"))
