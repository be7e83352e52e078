"""The text of a record that somebody brings along: JSON, or where it is not."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong and where: `place` is a path in the Bundle, such as `entry[3].resource`."""

    place: str
    problem: str


class UnusableBundle(ValueError):
    """Raised when no patient's record can be made of a text; `faults` says why, at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{each.place}: {each.problem}" for each in faults))
        self.faults = tuple(faults)


def read_json(text: bytes) -> dict[str, Any]:
    """The JSON object in a text. Raises UnusableBundle."""
    text = text.removeprefix(b"\xef\xbb\xbf")
    try:
        value = msgspec.json.decode(text)
    except RecursionError:
        raise UnusableBundle([Fault(place="the text", problem="nested too deeply")]) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UnusableBundle([_not_json(text)]) from None
    if not isinstance(value, dict):
        raise UnusableBundle([Fault(place="the text", problem="expected a JSON object, a FHIR Bundle")])
    return value


def _not_json(text: bytes) -> Fault:
    """Where a text stops being JSON, as an editor counts lines and columns."""
    if _is_ndjson(text):
        return Fault(place="line 2", problem="NDJSON, one resource in each line: expected one Bundle that holds them")
    try:
        json.loads(text.decode())
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        return Fault(place=f"line {error.lineno}, column {error.colno}", problem=problem)
    except UnicodeDecodeError:
        return Fault(place="the text", problem="not UTF-8")
    except RecursionError:
        return Fault(place="the text", problem="nested too deeply")
    return Fault(place="the text", problem="not JSON: a number or a character that JSON does not have")


def _is_ndjson(text: bytes) -> bool:
    """http://ndjson.org, as bulk exports of FHIR have it."""
    first, _, rest = text.strip().partition(b"\n")
    try:
        return bool(rest) and all(
            isinstance(msgspec.json.decode(each), dict) for each in (first, rest.partition(b"\n")[0])
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
