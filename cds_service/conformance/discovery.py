"""The discovery endpoint (https://cds-hooks.hl7.org/2.0/#discovery), and the services that it lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cds_service.conformance.contexts import KNOWN
from cds_service.conformance.elements import Element, a_text, an_array, check_elements, empties, kind, objects, shown
from cds_service.conformance.findings import Finding, judge
from cds_service.conformance.templates import check_template
from cds_service.conformance.wire import Answer, Caller, Reply, Silence, read_json, wrong_type

PATH = "/cds-services"
PLACE = f"GET {PATH}"

# https://semver.org/, and how 3.0's own model of discovery writes versions.
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?(?:-[0-9A-Za-z.-]+)?|STU[123]")
_ID = re.compile(r"[^\s/?#]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that can be called; `prefetch`: its templates by key."""

    id: str
    hook: str
    version: str = ""
    prefetch: dict[str, str] = field(default_factory=dict)


def services_of(answer: Answer) -> tuple[Service, ...]:
    """The services that are listed well enough to be called, each once."""
    document, _ = read_json(answer)
    found: dict[tuple[str, str], Service] = {}
    for entry, _ in objects(document.get("services") if isinstance(document, dict) else None, ""):
        id, hook, prefetch = entry.get("id"), entry.get("hook"), entry.get("prefetch")
        if _unusable_id(id) is None and isinstance(id, str) and isinstance(hook, str):
            templates = prefetch if isinstance(prefetch, dict) else {}
            texts = {key: each for key, each in templates.items() if isinstance(each, str)}
            service = Service(id=id, hook=hook, version=str(entry.get("version", "")), prefetch=texts)
            found.setdefault((id, hook), service)
    return tuple(found.values())


def check_discovery(base: str, answer: Answer, caller: Caller) -> Iterator[Finding]:
    """Everything that is held of discovery. `answer`: to the first call of it."""
    yield judge("D1", PLACE, _redirected(answer))
    yield judge("D1/slash", f"{PLACE}/", _redirected(caller.call("GET", f"{base}{PATH}/")))
    document, fault = read_json(answer)
    if fault or not isinstance(document, dict):
        yield judge("D2", PLACE, fault or f"the body is {kind(document)}, not an object")
    if isinstance(answer, Reply) and answer.status == 200:
        yield judge("D2/json", PLACE, wrong_type(answer, "application/json"))
        again = caller.call("GET", f"{base}{PATH}")
        same = isinstance(again, Reply) and again.body == answer.body
        yield judge("D11", PLACE, None if same else "says something else when asked again")
    if isinstance(document, dict):
        yield from _check_document(document)


def _redirected(answer: Answer) -> str | None:
    if isinstance(answer, Silence):
        return answer.why
    if 300 <= answer.status < 400:
        return f"answered {answer.status}, to {answer.headers.get('Location', 'nowhere')}"
    return None


def _check_document(document: dict[str, Any]) -> Iterator[Finding]:
    yield from check_elements(document, _DOCUMENT, PLACE, unknown="E9/discovery")
    holes = list(empties(document, "", allowed=("services",)))
    yield judge("Q9/discovery", PLACE, f"null or empty: {', '.join(holes)}" if holes else None)
    seen: set[tuple[str, str]] = set()
    for entry, place in objects(document.get("services"), f"{PLACE}: services"):
        yield from check_elements(entry, _SERVICE, place, unknown="E9/discovery")
        yield from _check_version(entry, f"{place}.hookVersion")
        yield from _check_prefetch(entry, f"{place}.prefetch")
        key = (str(entry.get("hook")), str(entry.get("id")))
        yield judge("D9", place, f"{key[1]} is there twice for {key[0]}" if key in seen else None)
        seen.add(key)


def _check_version(entry: dict[str, Any], place: str) -> Iterator[Finding]:
    context = KNOWN.get(str(entry.get("hook")))
    if context is not None and "hookVersion" in entry:
        fault = f"is {shown(entry['hookVersion'])}, and the hook's is {context.version}"
        yield judge("D8", place, None if entry["hookVersion"] == context.version else fault)


def _check_prefetch(entry: dict[str, Any], place: str) -> Iterator[Finding]:
    prefetch = entry.get("prefetch")
    for key, template in prefetch.items() if isinstance(prefetch, dict) else ():
        if isinstance(template, str):
            yield from check_template(
                template,
                hook=str(entry.get("hook")),
                version=str(entry.get("version", "")),
                place=f"{place}.{key}",
            )


# --- the table of the specification ---------------------------------------------------------------------------------
def _unusable_id(value: Any) -> str | None:
    fault = a_text(value)
    return fault or (None if _ID.fullmatch(value) else f"{shown(value)} cannot stand in a URL")


def _no_version(value: Any) -> str | None:
    fits = isinstance(value, str) and _VERSION.fullmatch(value)
    return None if fits else f"is {shown(value)}, not a version such as 2.0.1"


def _no_templates(value: Any) -> str | None:
    if not isinstance(value, dict):
        return f"is {kind(value)}, not an object"
    if not value:
        return "is empty, and should be absent"
    return next((f"{key} is {kind(each)}, not a string" for key, each in value.items() if a_text(each)), None)


_DOCUMENT = (Element("services", "D2", an_array, required=True),)

_SERVICE = (
    Element("hook", "D3/hook", a_text, required=True),
    Element("title", "D4", a_text, required=True),
    Element("description", "D3/description", a_text, required=True),
    Element("id", "D3/id", _unusable_id, required=True),
    Element("prefetch", "D5", _no_templates),
    Element("usageRequirements", "D6", a_text),
    Element("version", "D7", _no_version),
    Element("hookVersion", "D8", a_text),
)
