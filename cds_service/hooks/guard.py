"""The output guard: the last look at an answer before it leaves. What it refuses is never sent.

Rules: https://cds-hooks.hl7.org/2.0/#cds-service-response and the invariants of the specification's own models
(cds-resp-1 … cds-resp-7). A refusal is our bug; the client gets an OperationOutcome, never an empty list of cards.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NoReturn
from urllib.parse import urlsplit

import msgspec

from cds_service.hooks.emptiness import refuse_empty_values
from cds_service.hooks.errors import ResponseRefused
from cds_service.hooks.request import HookRequest
from cds_service.hooks.response import Action, Card, Coding, HookResponse, Link, Suggestion

LONGEST_SUMMARY = 139

_INDICATORS = {"info", "warning", "critical"}
_SELECTION_BEHAVIORS = {"at-most-one", "any"}
_LINK_TYPES = {"absolute", "smart"}

# What Markdown would read as HTML: an unescaped `<` before a name, a slash, `!` or `?` (GFM 6.6, 4.6).
_HTML = re.compile(r"(?<!\\)(?:\\\\)*<[A-Za-z/!?]")
_MARKDOWN_LINK = re.compile(r"(?<!\\)\]\(\s*<?([^)\s>]*)")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")

_ENCODER = msgspec.json.Encoder()


def encode_response(response: HookResponse) -> bytes:
    """The answer as it goes over the wire. The same value gives the same bytes: fields and keys keep their order."""
    return _ENCODER.encode(response)


def guarded_response(response: HookResponse, request: HookRequest) -> bytes:
    """The bytes of an answer that keeps every rule; raises ResponseRefused, with place and rule, for any other."""
    drafts = {f"{draft.resource_type}/{draft.id}" for draft in request.drafts if draft.id is not None}
    created: set[str] = set()
    for index, card in enumerate(response.cards):
        _check_card(card, f"cards[{index}]")
        _check_suggestions(card, f"cards[{index}]", drafts, created)
    _check_uuids(response.cards)
    if response.system_actions is not msgspec.UNSET:
        _check_actions(response.system_actions, "systemActions", drafts, created)
    encoded = encode_response(response)
    refuse_empty_values(encoded)
    return encoded


def _check_card(card: Card, place: str) -> None:
    _check_summary(card.summary, f"{place}.summary")
    if card.indicator not in _INDICATORS:
        _refuse(f"{place}.indicator", "must be info, warning or critical")
    _check_line(card.source.label, f"{place}.source.label")
    for name, url in (("url", card.source.url), ("icon", card.source.icon)):
        if url is not None:
            _check_url(url, f"{place}.source.{name}")
    if card.detail is not None:
        _check_detail(card.detail, f"{place}.detail")
    _check_override_reasons(card.override_reasons, f"{place}.overrideReasons")
    for index, link in enumerate(card.links):
        _check_link(link, f"{place}.links[{index}]")


def _check_summary(summary: str, place: str) -> None:
    _check_line(summary, place)
    if len(summary) > LONGEST_SUMMARY:
        _refuse(place, f"must be under {LONGEST_SUMMARY + 1} characters")
    if _has_html(summary):
        _refuse(place, "must be plain text")


def _check_detail(detail: str, place: str) -> None:
    if _has_html(detail):
        _refuse(place, "must hold no HTML")
    for target in _MARKDOWN_LINK.findall(detail) if "](" in detail else ():
        _check_url(target, place)


def _has_html(text: str) -> bool:
    return "<" in text and _HTML.search(text) is not None


def _check_override_reasons(reasons: Sequence[Coding], place: str) -> None:
    # cds-resp-4: code, system and display, all three.
    for index, reason in enumerate(reasons):
        if not (reason.code and reason.system and reason.display):
            _refuse(f"{place}[{index}]", "must have code, system and display (cds-resp-4)")
    if len({(reason.system, reason.code) for reason in reasons}) < len(reasons):
        _refuse(place, "must not repeat a reason")


def _check_link(link: Link, place: str) -> None:
    _check_line(link.label, f"{place}.label")
    _check_url(link.url, f"{place}.url")
    if link.type not in _LINK_TYPES:
        _refuse(f"{place}.type", "must be absolute or smart")


def _check_suggestions(card: Card, place: str, drafts: set[str], created: set[str]) -> None:
    # cds-resp-6: selectionBehavior is required with suggestions, and means nothing without.
    if bool(card.suggestions) != (card.selection_behavior is not None):
        _refuse(f"{place}.selectionBehavior", "must be present if, and only if, there are suggestions (cds-resp-6)")
    if card.selection_behavior is not None and card.selection_behavior not in _SELECTION_BEHAVIORS:
        _refuse(f"{place}.selectionBehavior", "must be at-most-one or any")
    recommended = sum(suggestion.is_recommended for suggestion in card.suggestions)
    if recommended > 1 and card.selection_behavior == "at-most-one":
        _refuse(f"{place}.suggestions", "at most one may be recommended under at-most-one (cds-resp-1)")
    for index, suggestion in enumerate(card.suggestions):
        _check_suggestion(suggestion, f"{place}.suggestions[{index}]", drafts, created)


def _check_suggestion(suggestion: Suggestion, place: str, drafts: set[str], created: set[str]) -> None:
    _check_line(suggestion.label, f"{place}.label")
    _check_actions(suggestion.actions, f"{place}.actions", drafts, created)


def _check_actions(actions: Iterable[Action], place: str, drafts: set[str], created: set[str]) -> None:
    for index, action in enumerate(actions):
        _check_action(action, f"{place}[{index}]", drafts, created)


def _check_action(action: Action, place: str, drafts: set[str], created: set[str]) -> None:
    _check_line(action.description, f"{place}.description")
    match action.type:
        case "create":
            _check_create(action, place, drafts, created)
        case "update":
            if _written(action, place) not in drafts:
                _refuse(f"{place}.resource", "an update must be of a draft order of the request")
        case "delete":
            _check_delete(action, place, drafts)
        case _:
            _refuse(f"{place}.type", "must be create, update or delete")


def _check_create(action: Action, place: str, drafts: set[str], created: set[str]) -> None:
    reference = _written(action, place)
    if reference in drafts or reference in created:
        _refuse(f"{place}.resource.id", "a created resource needs an id of its own")
    created.add(reference)


def _check_delete(action: Action, place: str, drafts: set[str]) -> None:
    # cds-resp-2: a delete names its target by resourceId and carries no resource.
    if action.resource is not None or action.resource_id is None:
        _refuse(place, "a delete must have resourceId and no resource (cds-resp-2)")
    if action.resource_id not in drafts:
        _refuse(f"{place}.resourceId", "a delete must be of a draft order of the request")


def _written(action: Action, place: str) -> str:
    """`Type/id` of the resource that a create or update carries."""
    if action.resource is None or action.resource_id is not None:
        _refuse(place, f"an action to {action.type} must have resource and no resourceId")
    resource_type, id = action.resource.get("resourceType"), action.resource.get("id")
    if not (isinstance(resource_type, str) and resource_type and isinstance(id, str) and id):
        _refuse(f"{place}.resource", "must have resourceType and id")
    return f"{resource_type}/{id}"


def _check_uuids(cards: Iterable[Card]) -> None:
    """Feedback names cards and suggestions by uuid alone, so each must be one, and no two the same."""
    seen: set[str] = set()
    for index, card in enumerate(cards):
        _check_uuid(card.uuid, f"cards[{index}].uuid", seen)
        for number, suggestion in enumerate(card.suggestions):
            _check_uuid(suggestion.uuid, f"cards[{index}].suggestions[{number}].uuid", seen)


def _check_uuid(uuid: str, place: str, seen: set[str]) -> None:
    canonical = uuid.lower()
    if not _UUID.fullmatch(canonical):
        _refuse(place, "must be a UUID")
    if canonical in seen:
        _refuse(place, "must be unique in the answer")
    seen.add(canonical)


def _check_line(text: str, place: str) -> None:
    if not text.strip():
        _refuse(place, "must not be empty")
    if _CONTROL.search(text):
        _refuse(place, "must be a single line")


def _check_url(url: str, place: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        _refuse(place, "must be an absolute http(s) URL")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        _refuse(place, "must be an absolute http(s) URL")


def _refuse(place: str, rule: str) -> NoReturn:
    raise ResponseRefused(place, rule)
