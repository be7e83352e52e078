"""Writes the table of settings into docs/administrators.md: `python -m tests.support.settings_table`."""

import re
from pathlib import Path

from cds_service.settings import Declaration, declarations, shown

ADMINISTRATORS = Path(__file__).parents[2] / "docs" / "administrators.md"

_ROWS = re.compile(r"(?<=^\|---\|---\|---\|---\|\n)(?:\| `CDS_\w+` \|.*\n)+", re.MULTILINE)


def row(declared: Declaration) -> str:
    """One line of the table."""
    default = shown(declared, declared.default)
    told = f"`{default}`" if default else "unset"
    return f"| `{declared.variable}` | {declared.expected} | {told} | {declared.means} |\n"


def table() -> str:
    """Every row, in the order of declaration."""
    return "".join(map(row, declarations()))


def written(text: str) -> str:
    """The page with the table as it should be."""
    return _ROWS.sub(lambda _: table(), text, count=1)


if __name__ == "__main__":
    ADMINISTRATORS.write_text(written(ADMINISTRATORS.read_text(encoding="utf-8")), encoding="utf-8")
