"""Edits of an order as it was received: another study in place of the one ordered; everything else stays.

Nothing of an order is lost (https://cds-hooks.hl7.org/2.0/#action: an update is the whole resource). What is replaced
is what names or describes the former study: `code`, `bodySite`, contrast and tracer in `orderDetail`, and the generated
narrative, which would otherwise go on showing that study. Numbers keep their digits: 1.00 stays 1.00.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from cds_service.cards.loose import array_of, words_of
from cds_service.cards.study_codes import code_of_study
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import Procedure

# Both are about one side of the body; other studies are not ordered by side, or show both.
_SIDED = ("axilla", "node-biopsy")
_SIDES = {"left": "Left axilla", "right": "Right axilla", "bilateral": "Both axillae"}

_HOW_TO = re.compile(
    r"contrast|gadol|gadob|gadot|iodin|iohex|iopam|iodix|\bFDG\b|\bF-?18\b|18F|fluorodeoxy|technetium|\bTc-?99|tracer",
    re.IGNORECASE,
)
"""Words of an order detail that say how to do one study and contradict another: contrast agents and tracers."""


def read_resource(draft: msgspec.Raw) -> dict[str, Any] | None:
    """A fresh copy of an order's JSON with every number as it was written; None if it is not a JSON object.

    Nulls and empty values, which some clients send and no CDS Hooks answer may hold, are left out: they say nothing.
    """
    try:
        resource: dict[str, Any] = _RESOURCE.decode(draft)
    except msgspec.DecodeError:
        return None
    if _MAY_BE_EMPTY.search(draft) is None:
        return resource
    return {name: kept for name, value in resource.items() if not _is_empty(kept := _without_empty(value))}


_MAY_BE_EMPTY = re.compile(rb'null|""|\[\s*\]|\{\s*\}')
"""Most orders hold none of these, and need no walk to leave out what is empty."""


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: kept for name, each in value.items() if not _is_empty(kept := _without_empty(each))}
    if isinstance(value, list):
        # FHIR aligns an array of primitives with that of their extensions by nulls: a null beside a value stays.
        items = [kept for each in value if (kept := _without_empty(each)) is None or not _is_empty(kept)]
        return items if any(each is not None for each in items) else []
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _faithful(digits: str) -> float | msgspec.Raw:
    """A number that would be written otherwise (1.00, 1e3) keeps its bytes: FHIR decimals carry their precision."""
    value = float(digits)
    return value if msgspec.json.encode(value) == digits.encode() else msgspec.Raw(digits.encode())


_RESOURCE = msgspec.json.Decoder(dict[str, Any], float_hook=_faithful)


def change_study(
    resource: dict[str, Any],
    study: Procedure,
    *,
    ordered: Procedure | None,
    side: str | None,
    knowledge: Knowledge,
) -> list[str]:
    """Turn the order into one for another study; gives what was changed, in words.

    `side`: of the tumour for the axilla; for a breast study only where it is to be of one side.
    """
    if ordered is not None and study.id == ordered.id:
        return []
    changes = [f"Changes the study to {study.name}"]
    resource["code"] = code_of_study(
        resource.get("code"), study, knowledge, side=side if study.family == "breast" else None
    )
    if "text" in resource:
        resource["text"] = {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">Order: {study.name}</div>',
        }
    site = _body_site(resource, study, ordered, side)
    if site is not None:
        resource["bodySite"] = [{"text": site}]
        changes.append(f"body site: {site}")
    elif not _same_site(study, ordered) and resource.pop("bodySite", None) is not None:
        changes.append("drops the body site of the former study")
    if study.family in _SIDED and side not in _SIDES:
        changes.append("side left open, as the side of the tumour is not recorded")
    if _drop_how_to(resource):
        changes.append("drops the contrast or tracer instruction")
    return changes


def _body_site(
    resource: Mapping[str, Any], study: Procedure, ordered: Procedure | None, side: str | None
) -> str | None:
    """The new body site, or None where the former one still fits or there is none to say."""
    if _same_site(study, ordered) and resource.get("bodySite"):
        return None
    if study.family in _SIDED:
        return _SIDES.get(side or "", "Axilla")
    if study.family == "breast" and side is not None:
        return f"{side.capitalize()} breast"
    if _same_site(study, ordered) or not resource.get("bodySite") or not study.body_site:
        return None
    site = study.body_site.replace("-", " ")
    return site[:1].upper() + site[1:]


def _same_site(study: Procedure, ordered: Procedure | None) -> bool:
    return ordered is not None and study.body_site == ordered.body_site


def _drop_how_to(resource: dict[str, Any]) -> bool:
    """Remove order details about contrast and tracers; whether there were any."""
    details = array_of(resource.get("orderDetail"))
    kept = [each for each in details if not any(_HOW_TO.search(word) for word in words_of(each))]
    if len(kept) == len(details):
        return False
    resource["orderDetail"] = kept
    if not kept:
        del resource["orderDetail"]
    return True
