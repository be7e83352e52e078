"""Checks a knowledge file against its JSON Schema and says what is wrong in words its author can read."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from cds_service.knowledge.faults import Fault
from cds_service.knowledge.yaml import Document


@cache
def _validator(schema_file: Path) -> Any:
    # That the schema itself is one is checked by a test, not at every start.
    return jsonschema.Draft202012Validator(json.loads(schema_file.read_text(encoding="utf-8")))


def schema_faults(document: Document, schema_file: Path) -> Iterator[Fault]:
    """Every place where the document departs from the schema."""
    for error in _validator(schema_file).iter_errors(document.value):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            yield from (document.fault((*path, key), message) for key, message in _unknown_keys(error))
        else:
            yield document.fault(path, _in_words(error))


def _in_words(error: jsonschema.ValidationError) -> str:
    instance, wanted, schema = _plain(error.instance), _plain(error.validator_value), _plain(error.schema)
    shown = _shown(instance)
    match error.validator:
        case "required":
            missing = next(key for key in wanted if key not in instance)
            return f"the key {missing} is missing"
        case "enum":
            return f"{shown} is not one of: {_listed(wanted)}"
        case "type":
            return f"{shown} must be {_listed([wanted])}"
        case "pattern":
            return f"{shown} is not written as {schema.get('description', wanted)}"
        case "minItems" | "minProperties" | "minLength":
            return "must not be empty" if wanted == 1 else f"must have at least {wanted} entries"
        case "maxItems":
            return f"must have at most {wanted} entries"
        case "maxLength":
            return f"is longer than {wanted} characters: a card is narrow"
        case "minimum" | "maximum":
            return f"{shown} is not within {schema['minimum']} to {schema.get('maximum', 'any number')}"
        case "uniqueItems":
            return "says the same thing twice"
        case _:
            return error.message


def _plain(value: Any) -> Any:
    """The library types its attributes as possibly unset; on an error it reports they are set."""
    return value


def _unknown_keys(error: jsonschema.ValidationError) -> Iterator[tuple[str, str]]:
    """Each key that does not belong there, so that the fault can stand at its own line."""
    instance, schema = _plain(error.instance), _plain(error.schema)
    known = sorted(schema.get("properties", {})) or ["ids in lower case with hyphens"]
    for key in instance:
        if key not in schema.get("properties", {}) and not _matches(key, schema.get("patternProperties", {})):
            yield key, f"unknown key; known here: {_listed(known)}"


def _matches(key: str, patterns: Iterable[str]) -> bool:
    return any(re.search(pattern, key) for pattern in patterns)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values)
