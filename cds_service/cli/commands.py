"""The commands of `cds-service`, put together."""

from importlib import import_module

import click

from cds_service import __version__
from cds_service.start_up import uncollected

COMMANDS = ("serve", "fire", "check", "lint", "config", "report", "migrate", "purge")


class _Commands(click.Group):
    """Imports a command when it is asked for: a server process should not carry what only `lint` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        with uncollected():
            command: click.Command = getattr(import_module(f"cds_service.cli.{cmd_name}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cds-service")
def main() -> None:
    """Tells whether a breast-imaging order fits the ACR Appropriateness Criteria, over CDS Hooks."""
