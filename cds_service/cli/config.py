"""`cds-service config`: the settings in force, and where each comes from."""

import os

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from cds_service.settings import FILE, SettingsError, declarations, from_environment, shown, unknown_variables


@click.command()
def config() -> None:
    """Show the settings in force, secrets hidden."""
    try:
        settings = from_environment(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    table = Table("Variable", "Value", "From", Column("Meaning", overflow="fold"), box=None, pad_edge=False)
    for declared in declarations():
        given = any(os.environ.get(name, "").strip() for name in (declared.variable, f"{declared.variable}{FILE}"))
        value = shown(declared, getattr(settings, declared.name))
        table.add_row(declared.variable, Text(value), "environment" if given else "default", Text(declared.means))
    Console().print(table)
    for name in unknown_variables(os.environ):
        click.echo(f"{name} is set, but there is no such setting", err=True)
