"""The draft order on the page: what its form shows, and what the form makes of the draft."""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import msgspec

from cds_service.cards.edits import change_study
from cds_service.coding import ICD10CM, SNOMED, canonical_system
from cds_service.criteria.orders import study
from cds_service.facts.studies import Naming
from cds_service.fhir.orders import decode_service_request
from cds_service.fhir.resources import ServiceRequest
from cds_service.fhir.retrieved import Unreadable
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import Procedure

Json = dict[str, Any]

KEEP = "as-drafted"
"""What a field is set to that leaves the draft as it is."""

TYPED = "as-typed"
"""A study that is named in words only, as in an EHR with a free-text order."""

FAMILIES: Mapping[str, str] = {
    "systemic": "Whole body",
    "breast": "Breast",
    "axilla": "Axilla",
    "node-biopsy": "Axilla",
    "head": "Head",
}

_SIDES = {"left": "Left", "right": "Right", "bilateral": "Both sides"}
_ORGANS = {"axilla": "axilla", "node-biopsy": "axilla"}
_SYSTEMS = {"icd-10-cm": ICD10CM, "snomed": SNOMED}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason as the form shows it. `system`: a key of the form's code systems, or `text`; `words`: the text, or
    the code's display; `was`: its place in the draft it came from."""

    system: str = "text"
    code: str = ""
    words: str = ""
    was: int | None = None


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """The form as it was filled in. `study`: KEEP, TYPED or an id of procedures.yaml; `side`: KEEP, "" or a side."""

    study: str = KEEP
    typed: str = ""
    side: str = KEEP
    authored: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One study to choose from. `words`: what a search looks through."""

    id: str
    label: str
    words: str
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A draft as the form shows it. `study`: the option chosen; `drafted`: the draft's own words for its study, where
    no option says the same; `site`: its body site in words."""

    id: str
    study: str
    drafted: str
    site: str
    authored: str
    reasons: tuple[Reason, ...]
    referred: tuple[str, ...]


def options(knowledge: Knowledge) -> Sequence[tuple[str, Sequence[Option]]]:
    """Every study of the knowledge by ACR's name, under what it looks at."""
    found: dict[str, list[Option]] = {}
    for each in knowledge.procedures.values():
        family = FAMILIES.get(each.family, each.family)
        found.setdefault(family, []).append(_option(each, family))
    return tuple((family, tuple(listed)) for family, listed in found.items())


def _option(each: Procedure, family: str) -> Option:
    codes = (code.code.code for code in each.codes)
    words = " ".join((each.name, each.short, *each.phrases, *codes)).lower()
    return Option(id=each.id, label=each.name, words=words, family=family)


# --- from the draft to the form ---------------------------------------------------------------------------------------
def form(draft: Json, *, patient_id: str, knowledge: Knowledge) -> Form:
    """The form of a draft, whatever it holds."""
    named = _studies(draft, patient_id, knowledge)
    read = _read(draft, patient_id)
    return Form(
        id=_text(draft.get("id")),
        study=named[0] if len(named) == 1 else KEEP,
        drafted="" if len(named) == 1 else _words(draft.get("code")) or "No study yet",
        site=", ".join(filter(None, (_words(each) for each in _list(draft.get("bodySite"))))),
        authored=_text(draft.get("authoredOn"))[:10],
        reasons=tuple(_reason(each, at) for at, each in enumerate(_list(draft.get("reasonCode")))),
        referred=tuple(each.display or each.reference or "" for each in read.reason_reference) if read else (),
    )


def _studies(draft: Json, patient_id: str, knowledge: Knowledge) -> tuple[str, ...]:
    """The studies a draft may be, as the service reads it; none for a half of one."""
    read = _read(draft, patient_id)
    if read is None:
        return ()
    named = study(read, knowledge)
    return named.procedures if named.naming is Naming.FULL else ()


def _read(draft: Json, patient_id: str) -> ServiceRequest | None:
    raw = msgspec.Raw(msgspec.json.encode(draft))
    read = decode_service_request(raw, place="draft", patient_id=patient_id)
    return None if isinstance(read, Unreadable) else read


def _reason(concept: Any, at: int) -> Reason:
    coding = next((each for each in _list(_object(concept).get("coding")) if isinstance(each, dict)), {})
    system = canonical_system(_text(coding.get("system")))
    key = next((key for key, uri in _SYSTEMS.items() if uri == system), None)
    if key is None or not _text(coding.get("code")):
        return Reason(words=_words(concept), was=at)
    return Reason(system=key, code=_text(coding.get("code")), words=_words(concept), was=at)


# --- from the form to the draft ---------------------------------------------------------------------------------------
def edited(draft: Json, fields: Fields, *, patient_id: str, knowledge: Knowledge) -> Json:
    """The draft as the form says; what the form leaves alone stays as it was, to the last extension."""
    changed = deepcopy(draft)
    named = _studies(draft, patient_id, knowledge)
    ordered = knowledge.procedures[named[0]] if len(named) == 1 else None
    chosen = knowledge.procedures.get(fields.study)
    if chosen is not None and chosen is not ordered:
        change_study(changed, chosen, ordered=ordered, side=fields.side, knowledge=knowledge)
    elif fields.study == TYPED:
        changed["code"] = {"text": fields.typed.strip()[:200] or "Imaging"}
    if fields.side != KEEP:
        _set(changed, "bodySite", _body_site(fields.side, chosen or ordered))
    if _DATE.fullmatch(fields.authored) and fields.authored != _text(draft.get("authoredOn"))[:10]:
        changed["authoredOn"] = fields.authored
    reasons = _reasons(draft, fields.reasons)
    if reasons != _list(draft.get("reasonCode")):
        _set(changed, "reasonCode", reasons)
    return changed


def new_draft(id: str, *, patient_id: str, authored: str) -> Json:
    """An order of nothing yet."""
    draft: Json = {"resourceType": "ServiceRequest", "id": id, "status": "draft", "intent": "order"}
    draft["subject"] = {"reference": f"Patient/{patient_id}"}
    return {**draft, "authoredOn": authored} if _DATE.fullmatch(authored) else draft


def _set(resource: Json, name: str, value: list[Json]) -> None:
    """FHIR has no empty lists: what is empty is absent."""
    if value:
        resource[name] = value
    else:
        resource.pop(name, None)


def _body_site(side: str, of: Procedure | None) -> list[Json]:
    organ = _ORGANS.get(of.family if of is not None else "", "breast")
    if side not in _SIDES:
        return [{"text": organ.capitalize()}] if organ == "axilla" else []
    if side == "bilateral":
        return [{"text": "Both axillae" if organ == "axilla" else "Both breasts"}]
    return [{"text": f"{_SIDES[side]} {organ}"}]


def _reasons(draft: Json, reasons: Sequence[Reason]) -> list[Json]:
    former = _list(draft.get("reasonCode"))
    made = (_concept(each, former) for each in reasons)
    return [each for each in made if each]


def _concept(reason: Reason, former: Sequence[Any]) -> Json:
    at = reason.was
    if at is not None and 0 <= at < len(former) and _as_shown(_reason(former[at], at)) == _as_shown(reason):
        return _object(former[at])
    words, code, system = reason.words.strip(), reason.code.strip(), _SYSTEMS.get(reason.system)
    coding = {"coding": [{"system": system, "code": code, **({"display": words} if words else {})}]}
    return {**(coding if system and code else {}), **({"text": words} if words else {})}


def _as_shown(reason: Reason) -> tuple[str, str, str]:
    """What a field of one line makes no other: a browser takes out the ends of lines and the spaces around."""
    return reason.system, reason.code, re.sub(r"[\s\ufeff]+", "", reason.words)


# --- what JSON may hold -----------------------------------------------------------------------------------------------
def _words(concept: Any) -> str:
    """What a concept says: its text, else the first display, else the first code."""
    codings = [_object(each) for each in _list(_object(concept).get("coding"))]
    said = [
        _text(_object(concept).get("text")),
        *(_text(each.get(name)) for name in ("display", "code") for each in codings),
    ]
    return next((each for each in said if each), "")


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
