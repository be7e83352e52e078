"""The command line: `cds-service COMMAND`. Exit codes: 0 done, 1 what was asked for failed, 2 wrong use."""

from cds_service.cli.commands import main

__all__ = ["main"]
