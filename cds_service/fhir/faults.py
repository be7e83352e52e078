"""Why a piece of JSON cannot be read, in our own words: the element and what it should be, never its content."""

import re

import msgspec

FAULTS = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
"""Everything msgspec raises on bytes it cannot read."""

_LOCATED = re.compile(r"^(?P<problem>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_EXPECTED = re.compile(r"^Expected `(?P<kinds>[^`]*)`")
_JSON_NAMES = {"str": "string", "int": "number", "float": "number", "bool": "boolean"}


def reason(error: Exception) -> str:
    """What is wrong and where, e.g. "stage[0].summary: expected object"."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    located = _LOCATED.match(str(error)) if isinstance(error, msgspec.ValidationError) else None
    if located is None:
        return "not JSON"
    problem = _problem(located["problem"])
    return f"{located['path']}: {problem}" if located["path"] else problem


def _problem(message: str) -> str:
    # Only what we know to be free of the record's own text is repeated.
    expected = _EXPECTED.match(message)
    if expected is None:
        return "has a value that cannot be read"
    kinds = [kind for kind in expected["kinds"].split(" | ") if kind != "null"]
    return f"expected {' or '.join(_JSON_NAMES.get(kind, kind) for kind in kinds)}"
