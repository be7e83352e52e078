"""One card and everything in it but its actions (https://cds-hooks.hl7.org/2.0/#card-attributes)."""

import re
from collections.abc import Iterator
from typing import Any

from cds_service.conformance.elements import (
    Element,
    a_boolean,
    a_filled_array,
    a_text,
    a_uuid,
    an_absolute_url,
    an_object,
    check_elements,
    kind,
    objects,
    one_of,
)
from cds_service.conformance.findings import Finding, judge
from cds_service.conformance.orders import Drafts
from cds_service.conformance.suggestions import check_suggestions

SUMMARY_LIMIT = 140
ASSOCIATED = "davinci-crd.associated-resource"

# GFM 6.6 raw HTML and 4.6 HTML blocks; an escaped bracket and <https://...> are none.
_HTML = re.compile(r"(?<!\\)<(?:/?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>|!--|![A-Za-z]|\?)")
_CODE = re.compile(r"(`+)(?:.*?)\1", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_card(card: dict[str, Any], place: str, drafts: Drafts, created: set[str]) -> Iterator[Finding]:
    """Every rule for one card. `created`: ids of resources created before in this answer, which grow."""
    yield from check_elements(card, _CARD, place)
    yield from _check_texts(card, place)
    if isinstance(card.get("source"), dict):
        yield from check_elements(card["source"], _SOURCE, f"{place}.source")
        if isinstance(card["source"].get("topic"), dict):
            yield from check_elements(card["source"]["topic"], _CODING, f"{place}.source.topic")
    for reason, at in objects(card.get("overrideReasons"), f"{place}.overrideReasons"):
        yield from check_elements(reason, _REASON, at)
    for link, at in objects(card.get("links"), f"{place}.links"):
        yield from check_elements(link, _LINK, at)
        if "appContext" in link:
            alien = None if link.get("type") == "smart" else "is on a link that is not of type smart"
            yield judge("cds-resp-3", f"{at}.appContext", alien or a_text(link["appContext"]))
    yield from _check_association(card, place, drafts)
    yield from check_suggestions(card, place, drafts, created)


def check_uuids(document: dict[str, Any], place: str) -> Iterator[Finding]:
    """Feedback names cards and suggestions by uuid alone: each has one, and no two the same."""
    seen: dict[str, str] = {}
    for card, at in objects(document.get("cards"), f"{place}: cards"):
        for owner, where in ((card, at), *objects(card.get("suggestions"), f"{at}.suggestions")):
            uuid = owner.get("uuid")
            yield judge("F6", where, None if uuid else "has no uuid")
            if isinstance(uuid, str):
                yield judge("1.8/unique", f"{where}.uuid", f"is also that of {seen[uuid]}" if uuid in seen else None)
                seen.setdefault(uuid, where)


def _check_texts(card: dict[str, Any], place: str) -> Iterator[Finding]:
    summary, detail = card.get("summary"), card.get("detail")
    if isinstance(summary, str):
        long = f"has {len(summary)} characters" if len(summary) >= SUMMARY_LIMIT else None
        yield judge("1.8/length", f"{place}.summary", long)
        rich = bool(_CONTROL.search(summary) or _HTML.search(summary))
        yield judge("1.8/plain", f"{place}.summary", "has line breaks or HTML" if rich else None)
    if isinstance(detail, str):
        found = _HTML.search(_CODE.sub("", detail))
        yield judge("1.8/html", f"{place}.detail", f"has {found.group()[:30]}" if found else None)
    if card.get("suggestions"):
        yield judge("S7", place, None if detail else "has suggestions and no detail")


def _check_association(card: dict[str, Any], place: str, drafts: Drafts) -> Iterator[Finding]:
    extension = card.get("extension")
    if not isinstance(extension, dict) or ASSOCIATED not in extension or not drafts.by_reference:
        return
    named = extension[ASSOCIATED]
    meant = [each for each, _ in objects(named, "") if each.get("reference") in list(drafts.by_reference)]
    fits = bool(meant) and meant == named
    wrong = "is not an array of references to drafts of the request"
    yield judge("S6", f"{place}.extension.{ASSOCIATED}", None if fits else wrong)


# --- the tables of the specification --------------------------------------------------------------------------------
def _a_coding(value: Any) -> str | None:
    if not isinstance(value, dict):
        return f"is {kind(value)}, not an object"
    return next((f"{name} {a_text(value.get(name))}" for name in ("code", "system") if a_text(value.get(name))), None)


_CARD = (
    Element("uuid", "1.8/uuid", a_uuid),
    Element("summary", "1.8/summary", a_text, required=True),
    Element("detail", "1.8/detail", a_text),
    Element("indicator", "1.8/indicator", one_of("info", "warning", "critical"), required=True),
    Element("source", "1.8/source", an_object, required=True),
    Element("suggestions", "1.8/suggestions", a_filled_array),
    Element("selectionBehavior", "1.8/selectionBehavior", one_of("at-most-one", "any")),
    Element("overrideReasons", "1.8/overrideReasons", a_filled_array),
    Element("links", "1.8/links", a_filled_array),
)

_SOURCE = (
    Element("label", "1.9/label", a_text, required=True),
    Element("url", "1.9/url", an_absolute_url),
    Element("icon", "1.9/icon", an_absolute_url),
    Element("topic", "1.9/topic", _a_coding),
)

_CODING = (
    Element("code", "1.9/topic", a_text, required=True),
    Element("system", "1.9/topic", a_text, required=True),
    Element("display", "1.9/topic", a_text),
)

_REASON = (
    Element("code", "1.12", a_text, required=True),
    Element("system", "1.12", a_text, required=True),
    Element("display", "cds-resp-4", a_text, required=True),
)

_LINK = (
    Element("label", "1.11/label", a_text, required=True),
    Element("url", "1.11/url", an_absolute_url, required=True),
    Element("type", "1.11/type", one_of("absolute", "smart"), required=True),
    Element("appContext", "cds-resp-3", lambda _: None),
    Element("autolaunchable", "1.11/autolaunchable", a_boolean),
)
