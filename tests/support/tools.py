"""Programs that some tests need beside Python's packages: found, or the reason to skip; in CI a missing one fails."""

import os
import shutil

import pytest


def needed(program: str, why: str) -> str:
    """The path of a program. Skips the test without it, saying why; where CI=true, fails it instead."""
    path = shutil.which(program)
    if path is not None:
        return path
    message = f"{program} is not installed: {why}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
