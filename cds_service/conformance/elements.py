"""One JSON object held against the specification's table of its elements: presence, type, allowed values.

A table is data and looks like the specification's. What else an object holds is a misspelling more often than not.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cds_service.conformance.findings import Finding, judge

Fault = Callable[[Any], str | None]
"""What is wrong with a value; None if nothing is."""


@dataclass(frozen=True, slots=True)
class Element:
    """One row of a table: `rule` is broken where the element is required and missing, or has a fault."""

    name: str
    rule: str
    fault: Fault
    required: bool = False


def check_elements(
    value: dict[str, Any], table: Collection[Element], place: str, *, unknown: str = "E9"
) -> Iterator[Finding]:
    """Every element of the table, and what is not in it. `unknown`: the rule that forbids other elements."""
    for element in table:
        at = f"{place}.{element.name}"
        if element.name in value:
            yield judge(element.rule, at, element.fault(value[element.name]))
        elif element.required:
            yield judge(element.rule, at, "is missing")
    if "extension" in value:
        yield judge("J14", f"{place}.extension", an_object(value["extension"]))
    others = sorted(value.keys() - {element.name for element in table} - {"extension"})
    yield judge(
        unknown, place, f"has {', '.join(map(repr, others))}, which CDS Hooks does not know" if others else None
    )


def objects(value: Any, place: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects of an array with their places; what is no array, or no object, is reported by its table."""
    for index, item in enumerate(items(value)):
        if isinstance(item, dict):
            yield item, f"{place}[{index}]"


def items(value: Any) -> list[Any]:
    """The items of an array; none of what is no array."""
    return value if isinstance(value, list) else []


def empties(value: Any, place: str, *, allowed: Collection[str] = ()) -> Iterator[str]:
    """The places of null and of empty values below `value`; `allowed`: places that may be empty arrays.

    An array of FHIR primitives may hold nulls beside a value: it is aligned with that of their extensions.
    """
    children: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        children = ((f"{place}.{name}" if place else name, child) for name, child in value.items())
    elif isinstance(value, list):
        aligned = any(child is not None for child in value)
        children = ((f"{place}[{i}]", child) for i, child in enumerate(value) if child is not None or not aligned)
    for where, child in children:
        if child in (None, "", [], {}) and not (child == [] and where in allowed):
            yield where
        else:
            yield from empties(child, where)


# --- what a value may be --------------------------------------------------------------------------------------------
def a_text(value: Any) -> str | None:
    """A string that says something."""
    if not isinstance(value, str):
        return f"is {kind(value)}, not a string"
    return None if value.strip() else "is empty"


def a_boolean(value: Any) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else f"is {kind(value)}, not true or false"


def an_object(value: Any) -> str | None:
    """A JSON object."""
    return None if isinstance(value, dict) else f"is {kind(value)}, not an object"


def an_array(value: Any) -> str | None:
    """A JSON array of objects, perhaps empty."""
    if not isinstance(value, list):
        return f"is {kind(value)}, not an array"
    return next((f"[{i}] is {kind(item)}, not an object" for i, item in enumerate(value) if an_object(item)), None)


def a_filled_array(value: Any) -> str | None:
    """A JSON array of objects with something in it."""
    return "is empty, and should be absent" if value == [] else an_array(value)


def a_uuid(value: Any) -> str | None:
    """A UUID in its usual form, with or without urn:uuid:."""
    if not isinstance(value, str):
        return f"is {kind(value)}, not a string"
    bare = value.removeprefix("urn:uuid:").lower()
    try:
        return None if str(UUID(bare)) == bare else "is no UUID"
    except ValueError:
        return "is no UUID"


def an_absolute_url(value: Any) -> str | None:
    """A URL with a scheme of the Web and a host."""
    if not isinstance(value, str):
        return f"is {kind(value)}, not a string"
    try:
        parts = urlsplit(value)
    except ValueError:
        return "is no URL"
    return None if parts.scheme in ("http", "https") and parts.hostname else "is no absolute http(s) URL"


def one_of(*values: str) -> Fault:
    """One of these strings."""

    def fault(value: Any) -> str | None:
        return None if value in values else f"is {shown(value)}, not one of {', '.join(values)}"

    return fault


def kind(value: Any) -> str:
    """What JSON calls a value."""
    if value is None:
        return "null"
    names = {bool: "a boolean", str: "a string", dict: "an object", list: "an array"}
    return names.get(type(value), "a number")


def shown(value: Any) -> str:
    """A value in a report: short, and no object is spelled out."""
    return repr(value[:40]) if isinstance(value, str) else kind(value)
