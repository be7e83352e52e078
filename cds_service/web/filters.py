"""How pages write what values hold: a question, a band in mSv, where a rating was read, a code system."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

from cds_service.cards.radiation import Band, rounded
from cds_service.coding import CPT, HCPCS, LOINC, RADLEX, SNOMED
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.studies import CodeMatch

_TO = "\N{EN DASH}"

_BASIS = {
    "article": "source article",
    "acr-page": "ACR page",
    "acr-dataset": "copy of ACR's tables",
}

_SYSTEMS = {CPT: "CPT", HCPCS: "HCPCS", LOINC: "LOINC", RADLEX: "RadLex", SNOMED: "SNOMED CT"}

_MATCHES = {
    CodeMatch.EXACT: "this study",
    CodeMatch.NEAR: "near match: rated, and the card says so",
    CodeMatch.NEEDS_SITE: "only where the order names the axilla",
    CodeMatch.PARTIAL: "one half: rated with the other half",
    CodeMatch.ONE_OF: "leaves something open, e.g. contrast",
}


def question(id: str) -> str:
    """What a study is for, in words."""
    return VOCABULARY["question"].label(id)


def band(msv: Band | None) -> str:
    """A study's dose in a table: as a range, "no radiation", "not known"."""
    if msv is None:
        return "not known"
    low, high = msv
    if high == 0:
        return "no radiation"
    return f"{low:g}{_TO}{high:g} mSv" if low > 0 else f"under {high:g} mSv"


def sum_band(msv: Band) -> str:
    """A sum of doses in a table, rounded as on the card."""
    low, high = msv
    return f"{rounded(low)}{_TO}{rounded(high)} mSv" if high > 0 else "no radiation"


def basis(id: str) -> str:
    """Where a rating was read."""
    return _BASIS.get(id, id)


def system(uri: str) -> str:
    """A code system's usual name."""
    return _SYSTEMS.get(uri, uri)


def match(found: CodeMatch) -> str:
    """How well a code names a study."""
    return _MATCHES[found]


def grouped(items: Iterable[Any], attribute: str) -> list[tuple[Any, list[Any]]]:
    """Items that share an attribute, in the order in which each group first appears."""
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(attrgetter(attribute)(item), []).append(item)
    return list(groups.items())


FILTERS: Mapping[str, Callable[..., Any]] = {
    "question": question,
    "band": band,
    "sum_band": sum_band,
    "basis": basis,
    "system": system,
    "match": match,
    "grouped": grouped,
}
"""The filters of our templates, by name."""
