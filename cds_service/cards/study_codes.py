"""The code of a suggested study, in the code systems that the client itself writes; a site's own first."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cds_service.cards.loose import codings_of, object_of
from cds_service.coding import CPT, LOINC, Code, canonical_system
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import CodeMatch, Procedure, ProcedureCode


def code_of_study(former: Any, study: Procedure, knowledge: Knowledge, *, side: str | None = None) -> dict[str, Any]:
    """The study's CodeableConcept in each system of the former code, spelled as the client spells it.

    Where the client used a code system of its own, and the site's ConceptMaps name one code for the study, that comes
    first; beside it, and where no system of the client has a code, stands the study's own standard code. `side`: left
    or right, for a breast study that is to be of one breast.
    """
    kept = {name: value for name, value in object_of(former).items() if name in ("id", "extension")}
    systems = list(dict.fromkeys(system for system, _ in codings_of(former)))
    own = [(system, code) for system in systems if (code := _own_code(system, study, knowledge, side)) is not None]
    standard = [
        (system, code) for system in systems if (code := _code_in(canonical_system(system), study, side)) is not None
    ]
    if not standard:
        named = study.order_codes[0] if study.order_codes and side is None else None
        usual = named or _code_in(LOINC, study, side) or _code_in(CPT, study, side)
        standard = [(usual.system, usual)] if usual is not None else []
    codings = [{"system": system, "code": code.code, "display": study.name} for system, code in (*own, *standard)]
    return {**kept, **({"coding": codings} if codings else {}), "text": study.name}


def _code_in(system: str, study: Procedure, side: str | None) -> Code | None:
    """The code a study is ordered with in one system: the one named for it, else the best of those that match it."""
    named = next((code for code in study.order_codes if code.system == system), None)
    if named is not None and side is None:
        return named
    fits = [each for each in study.codes if each.code.system == system and _fitness(each, study, side) > 0]
    return max(fits, key=lambda each: _fitness(each, study, side)).code if fits else None


def _fitness(code: ProcedureCode, study: Procedure, side: str | None) -> int:
    """How well a code orders a study whose side stands in the body site; 0: not at all, and the first of equals."""
    if side is not None and code.match is CodeMatch.EXACT and code.laterality == side:
        return 3
    if side is None and code.match is CodeMatch.EXACT and code.laterality == "bilateral" and study.family == "breast":
        return 3  # CPT has a code per number of breasts; extent and follow-up of breast cancer look at both
    if code.laterality is not None:
        return 0
    # A code that needs a body site is right here, because the body site is written beside it.
    return {CodeMatch.EXACT: 2, CodeMatch.NEEDS_SITE: 1}.get(code.match, 0)


def _own_code(spelled: str, study: Procedure, knowledge: Knowledge, side: str | None) -> Code | None:
    """The site's one code for a study in one of its systems; None where there is none, or more than one fits as well.

    The system of a known code is never a site's own, whatever a map says of it.
    """
    system = canonical_system(spelled)
    fits = [(fitness, code) for fitness, code in _own_codes(study.id, knowledge, side) if code.system == system]
    if not fits or _code_in(system, study, side) is not None:
        return None
    best = max(fitness for fitness, _ in fits)
    named = [code for fitness, code in fits if fitness == best]
    return named[0] if len(named) == 1 else None


@lru_cache(maxsize=64)
def _own_codes(study_id: str, knowledge: Knowledge, side: str | None) -> tuple[tuple[int, Code], ...]:
    """The site's codes that name a study and no other, each with how well; searched once, for a map may be long."""
    return tuple(_fitting(knowledge.procedures[study_id], knowledge, side))


def _fitting(study: Procedure, knowledge: Knowledge, side: str | None) -> Iterator[tuple[int, Code]]:
    for own, meant in knowledge.translations.items():
        named = [pair for code in meant for pair in knowledge.studies_by_code.get(code, ())]
        if named and all(each.id == study.id for each, _ in named):
            fitness = max(_fitness(code, study, side) for _, code in named)
            if fitness > 0:
                yield fitness, own
