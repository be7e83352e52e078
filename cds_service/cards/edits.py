"""Edits of an order as it was received: another study, another reason; everything else stays.

Nothing of an order is lost (https://cds-hooks.hl7.org/2.0/#action: an update is the whole resource). What is replaced
is what names or describes the former study: `code`, `bodySite`, contrast and tracer in `orderDetail`, and the generated
narrative, which would otherwise go on showing that study. Numbers keep their digits: 1.00 stays 1.00.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from cds_service.coding import CPT, ICD10CM, LOINC, Code, canonical_code, canonical_system
from cds_service.knowledge.model import CodeMatch, Procedure, ProcedureCode

# Both are about one side of the body; other studies are not ordered by side, or show both.
_SIDED = ("axilla", "node-biopsy")
_SIDES = {"left": "Left axilla", "right": "Right axilla", "bilateral": "Both axillae"}

_HOW_TO = re.compile(
    r"contrast|gadol|gadob|gadot|iodin|iohex|iopam|iodix|\bFDG\b|\bF-?18\b|18F|fluorodeoxy|technetium|\bTc-?99|tracer",
    re.IGNORECASE,
)
"""Words of an order detail that say how to do one study and contradict another: contrast agents and tracers."""

_DIAGNOSES = ("C50", "D05", "Z85.3")
"""ICD-10-CM categories that say what the patient has, not why this study: kept when a reason is replaced."""


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


def change_study(resource: dict[str, Any], study: Procedure, ordered: Procedure | None, side: str | None) -> list[str]:
    """Turn the order into one for another study; gives what was changed, in words."""
    if ordered is not None and study.id == ordered.id:
        return []
    changes = [f"Changes the study to {study.name}"]
    resource["code"] = _code(resource.get("code"), study)
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


def _code(former: Any, study: Procedure) -> dict[str, Any]:
    """The study's code in each system the client used, spelled as the client spells it; else in the study's own."""
    kept = {name: value for name, value in _object(former).items() if name in ("id", "extension")}
    codings = [
        {"system": spelled, "code": code.code, "display": study.name}
        for spelled in _systems(former)
        if (code := _code_in(canonical_system(spelled), study)) is not None
    ]
    if not codings:
        own = study.order_codes[0] if study.order_codes else _code_in(LOINC, study) or _code_in(CPT, study)
        codings = [{"system": own.system, "code": own.code, "display": study.name}] if own is not None else []
    return {**kept, **({"coding": codings} if codings else {}), "text": study.name}


def _systems(code: Any) -> list[str]:
    codings = [_object(each) for each in _array(_object(code).get("coding"))]
    return list(dict.fromkeys(each["system"] for each in codings if isinstance(each.get("system"), str)))


def _code_in(system: str, study: Procedure) -> Code | None:
    """The code a study is ordered with in one system: the one named for it, else the best of those that match it."""
    named = next((code for code in study.order_codes if code.system == system), None)
    if named is not None:
        return named
    fits = [each for each in study.codes if each.code.system == system and _fitness(each, study) > 0]
    return max(fits, key=lambda each: _fitness(each, study)).code if fits else None


def _fitness(code: ProcedureCode, study: Procedure) -> int:
    """How well a code orders a study whose side stands in the body site; 0: not at all, and the first of equals."""
    if code.match is CodeMatch.EXACT and code.laterality == "bilateral" and study.family == "breast":
        return 3  # CPT has a code per number of breasts; extent and follow-up of breast cancer look at both
    if code.laterality is not None:
        return 0
    # A code that needs a body site is right here, because the body site is written beside it.
    return {CodeMatch.EXACT: 2, CodeMatch.NEEDS_SITE: 1}.get(code.match, 0)


def _body_site(
    resource: Mapping[str, Any], study: Procedure, ordered: Procedure | None, side: str | None
) -> str | None:
    """The new body site, or None where the former one still fits or there is none to say."""
    if _same_site(study, ordered) and resource.get("bodySite"):
        return None
    if study.family in _SIDED:
        return _SIDES.get(side or "", "Axilla")
    if _same_site(study, ordered) or not resource.get("bodySite") or not study.body_site:
        return None
    site = study.body_site.replace("-", " ")
    return site[:1].upper() + site[1:]


def _same_site(study: Procedure, ordered: Procedure | None) -> bool:
    return ordered is not None and study.body_site == ordered.body_site


def _drop_how_to(resource: dict[str, Any]) -> bool:
    """Remove order details about contrast and tracers; whether there were any."""
    details = _array(resource.get("orderDetail"))
    kept = [each for each in details if not any(_HOW_TO.search(word) for word in _words(each))]
    if len(kept) == len(details):
        return False
    resource["orderDetail"] = kept
    if not kept:
        del resource["orderDetail"]
    return True


def replace_reason(resource: dict[str, Any], reason: str, coding: Mapping[str, str]) -> str:
    """Say another reason and keep what the patient has: diagnoses by code, and references to conditions."""
    diagnoses = [
        {name: value for name, value in _object(each).items() if name != "text"}
        for each in _array(resource.get("reasonCode"))
        if _is_diagnosis(each)
    ]
    resource["reasonCode"] = [{"coding": [dict(coding)], "text": reason}, *diagnoses]
    return f'the reason becomes "{reason}"'


def _is_diagnosis(concept: Any) -> bool:
    codings = [_object(each) for each in _array(_object(concept).get("coding"))]
    codes = [
        canonical_code(each["system"], each["code"])
        for each in codings
        if isinstance(each.get("system"), str) and isinstance(each.get("code"), str)
    ]
    return any(each.system == ICD10CM and each.code.startswith(_DIAGNOSES) for each in codes)


def _words(concept: Any) -> list[str]:
    found = [_object(concept).get("text")]
    found += [_object(each).get("display") for each in _array(_object(concept).get("coding"))]
    return [each for each in found if isinstance(each, str)]


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _array(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
