"""What the commands about the store have in common: which store it is, and how its troubles are told."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from cds_service.settings import Settings, SettingsError, from_environment
from cds_service.store.engines import StoreError


@contextmanager
def settings_in_force() -> Iterator[Settings]:
    """The settings; what is wrong with them or with the store ends the command, in words."""
    try:
        yield from_environment(os.environ)
    except (SettingsError, StoreError) as error:
        raise click.ClickException(str(error)) from None
