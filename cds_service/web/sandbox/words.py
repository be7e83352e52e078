"""Facts in words: value, what it rests on, and where it is not known, why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cds_service.cards.words import assumptions, finding
from cds_service.criteria.conditions import Values
from cds_service.criteria.matching import describe
from cds_service.facts.model import Evidence, Fact, Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.facts.vocabulary import VOCABULARY

WHY_UNKNOWN: Mapping[UnknownReason, str] = {
    UnknownReason.NOT_RETRIEVED: "that part of the record could not be retrieved",
    UnknownReason.NOT_RECORDED: "not recorded",
    UnknownReason.UNREADABLE: "an entry could not be read",
    UnknownReason.CONTRADICTORY: "the record contradicts itself",
}


class Basis(StrEnum):
    """What a fact rests on."""

    RECORDED = "recorded"
    ASSUMED = "assumed"  # for lack of a record, and said on the card
    SILENCE = "silence"  # what the vocabulary takes from a record that does not mention it
    NOTHING = "nothing"  # it is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One fact in words. `why`: how it is not known, what was assumed, or what silence means."""

    name: str
    label: str
    value: str
    basis: Basis
    why: str = ""
    evidence: tuple[Evidence, ...] = ()


def say(name: str, facts: Facts) -> Said:
    """One fact of these in words."""
    fact, spec = facts[name], VOCABULARY[name]
    why = ""
    if isinstance(fact, Unknown):
        why = WHY_UNKNOWN[fact.reason]
    elif fact.assumed is not None:
        why = assumptions([fact.assumed])[0]
    basis = _basis(name, fact)
    if basis is Basis.SILENCE:
        why = spec.absence
    return Said(name=name, label=spec.ask, value=value_of(name, fact), basis=basis, why=why, evidence=shown(fact))


def value_of(name: str, fact: Fact) -> str:
    """The value in clinical words: "stage IA", "stage IIA or IIB", "12 mm", "not known"."""
    spec = VOCABULARY[name]
    match fact:
        case Known(value=value) if spec.is_number:
            return f"{value:g} {spec.unit}"
        case Known(value=value):
            return spec.label(str(value))
        case OneOf(candidates=candidates):
            return describe(name, [Values(frozenset(candidates))])
        case Unknown():
            return "not known"


def shown(fact: Fact) -> tuple[Evidence, ...]:
    """The evidence of a fact, each resource and value once, in words a clinician uses."""
    told = (Evidence(value=finding(each.value), resources=each.resources, date=each.date) for each in fact.evidence)
    return tuple(dict.fromkeys(told))


def _basis(name: str, fact: Fact) -> Basis:
    if isinstance(fact, Unknown):
        return Basis.NOTHING
    if fact.assumed is not None:
        return Basis.ASSUMED
    # A value without evidence is what silence means, if it is normal or the one that the vocabulary says so of; else it
    # came with another fact: the side with the diagnosis.
    silent = isinstance(fact, Known) and (
        fact.value == "normal" or VOCABULARY[name].absence.startswith(str(fact.value))
    )
    return Basis.SILENCE if silent and not fact.evidence else Basis.RECORDED
