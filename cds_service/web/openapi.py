"""The description of our HTTP surface (https://spec.openapis.org/oas/v3.1.0), served at `/openapi.json`.

`openapi.json` beside this file says what each address takes and answers. What our own values look like is added from
the values themselves, and what this service does not serve, as it is configured, is left out.
"""

import inspect
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from flask import Blueprint, Response, current_app, request

from cds_service import __version__
from cds_service.hooks.response import HookResponse
from cds_service.web.criteria.catalogue import Catalogue
from cds_service.web.criteria.pages import IndexPage, SearchPage, StudyPage, TopicPage, VariantPage
from cds_service.web.dose_list import DosePage

_WRITTEN = Path(__file__).with_suffix(".json")
_VALUES = (HookResponse, IndexPage, SearchPage, TopicPage, VariantPage, StudyPage, DosePage)
_QUOTED = re.compile(r"`[a-z]+(?:_[a-z]+)+`")
_PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


def make_openapi(catalogue: Catalogue, services: Iterable[str]) -> Blueprint:
    """`/openapi.json`. `services`: the ids of our services."""
    openapi = Blueprint("openapi", __name__)
    known = {
        "ServiceId": sorted({*services}),
        "Topic": list(catalogue.topics),
        "Variant": list(catalogue.variants),
        "Study": list(catalogue.studies),
    }
    written = _with_ids(_with_values(msgspec.json.decode(_WRITTEN.read_bytes())), known)

    @openapi.get("/openapi.json")
    def description() -> Response:
        served = paths(rule.rule for rule in current_app.url_map.iter_rules())
        body = {
            **written,
            "servers": [{"url": request.script_root or "/"}],
            "paths": {path: item for path, item in written["paths"].items() if path in served},
        }
        return Response(msgspec.json.encode(body), mimetype="application/json")

    return openapi


def paths(rules: Iterable[str]) -> frozenset[str]:
    """Routes as they are written in a description: `/criteria/<topic>` is `/criteria/{topic}`."""
    return frozenset(_PARAMETER.sub(r"{\1}", rule) for rule in rules)


def _with_ids(written: dict[str, Any], known: Mapping[str, list[str]]) -> dict[str, Any]:
    """The description with the ids that a path may name, by parameter."""
    for name, ids in known.items():
        written["components"]["parameters"][name]["schema"]["enum"] = ids
    return written


def _with_values(written: Mapping[str, Any]) -> dict[str, Any]:
    """The description with our version and the schemas of our values."""
    _, values = msgspec.json.schema_components(_VALUES, ref_template="#/components/schemas/{name}")
    values["HookResponse"]["required"] = ["cards"]  # has a default, and is sent all the same
    components = written["components"]
    return {
        **written,
        "info": {**written["info"], "version": __version__},
        "components": {**components, "schemas": {**components["schemas"], **_as_on_the_wire(values)}},
    }


def _as_on_the_wire(schema: Any) -> Any:
    """A schema that msgspec made of our classes, in the names and the absences that a client sees."""
    if isinstance(schema, list):
        return [_as_on_the_wire(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "default" in schema:  # a field at its default is not sent, so that null never is
        kept = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
        bare = {name: each for name, each in schema.items() if name not in ("default", "anyOf")}
        return _as_on_the_wire(kept[0] if len(kept) == 1 else {**bare, "anyOf": kept} if kept else bare)
    return {
        name: _described(each) if name == "description" and isinstance(each, str) else _as_on_the_wire(each)
        for name, each in schema.items()
    }


def _described(docstring: str) -> str:
    return _QUOTED.sub(lambda found: _camel(found[0]), inspect.cleandoc(docstring))


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
