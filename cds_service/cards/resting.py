"""What a card rests on: the patient's own facts with their evidence, what was assumed, and what could not be used.

Evidence is the only text here that may come from a record; all of it is escaped. A birth date is never shown.
"""

from collections.abc import Iterable, Sequence

from cds_service.cards.asking import describe_values
from cds_service.cards.markdown import escape, joined, section
from cds_service.cards.words import assumptions, capital, finding, listed, place
from cds_service.criteria.conditions import facts_of
from cds_service.criteria.model import Assessment, VariantRating
from cds_service.facts.model import Evidence, Fact, Known, OneOf, Unknown, UnknownReason
from cds_service.facts.vocabulary import VOCABULARY

_MOST_DATES = 3
"""More dates of evidence for one fact than this are not read by anybody."""
_MOST_CANDIDATES = 3
_UNDATED_DIAGNOSIS = ("diagnosed", "")
_BECAUSE = " \N{EN DASH} "

WITHOUT_VARIANTS = frozenset({"cancer", "disease-phase", "stage-group", "metastasis-suspected"})
"""What a card without any variant rests on."""


def resting(assessment: Assessment, variants: Sequence[VariantRating]) -> str:
    """Three sections: the facts these variants read, as recorded; what was assumed; what could not be used."""
    read = frozenset(name for each in variants for name in facts_of(each.variant.when)) or WITHOUT_VARIANTS
    known = [_line(name, found, assessment) for name, found in assessment.evidence.items() if found and name in read]
    assumed = [name for name in assessment.assumed if name != "question"]  # the question has a line of its own
    return joined(
        [
            section("This rests on", known),
            section("Assumed", assumptions(assumed)),
            section("Could not be used", _unusable(assessment)),
        ]
    )


def _unusable(assessment: Assessment) -> list[str]:
    """The places of the record that could not be read, or are another patient's, in clinical words."""
    return [escape(capital(place(each))) for each in sorted(set(assessment.unreadable))]


def _line(name: str, found: Sequence[Evidence], assessment: Assessment) -> str:
    """One fact: "Clinical stage at diagnosis: stage IA", and what makes it so: "cT1 and cN0 2026-10-20"."""
    spec = VOCABULARY[name]
    if name == "age-years":
        age = assessment.facts.value(name) if assessment.facts is not None else None
        return f"{spec.ask}: {age:g} years" if isinstance(age, int | float) else f"{spec.ask}: recorded"
    fact = assessment.facts[name] if assessment.facts is not None else None
    said = _said(name, fact)
    # "cT1" says T1 already, "ER positive" says positive: the record's own spelling is the better one.
    if isinstance(fact, Known) and any(_says(each.value, str(fact.value), said) for each in found):
        said = ""
    if not said:
        shown = _parenthesised(found)
        return shown if shown.startswith(spec.ask) else f"{spec.ask}: {shown}"
    named = capital(said) if spec.ask.lower() in said.lower() else f"{spec.ask}: {said}"
    return f"{named}{_BECAUSE}{_by_date(found)}"


def _says(evidence: str, value: str, label: str) -> bool:
    return evidence.lower().endswith(value.lower()) or finding(evidence) == label


def _said(name: str, fact: Fact | None) -> str:
    match fact:
        case Known(value=value, assumed=assumed):
            label = f"{value:g} {VOCABULARY[name].unit}" if isinstance(value, float) else VOCABULARY[name].label(value)
            return f"taken as {label}" if assumed else label
        case OneOf(candidates=candidates, assumed=assumed):
            label = describe_values(name, candidates) if len(candidates) <= _MOST_CANDIDATES else ""
            return f"taken as {label}" if assumed and label else label
        case Unknown(reason=UnknownReason.CONTRADICTORY):
            return "contradictory"
        case Unknown(reason=UnknownReason.NOT_RECORDED):
            return "not confirmed"
        case _:
            return ""


def _parenthesised(found: Iterable[Evidence]) -> str:
    """ "stage IA (2026-10-20)": values of one date share it."""
    groups = _groups(found)
    return "; ".join(f"{listed(values)} ({on})" if on else listed(values) for on, values in groups)


def _by_date(found: Iterable[Evidence]) -> str:
    """ "cT1 and cN0 2026-10-20"."""
    return "; ".join(f"{listed(values)} {on}".rstrip() for on, values in _groups(found))


def _groups(found: Iterable[Evidence]) -> list[tuple[str, list[str]]]:
    """Values by date, each said once; a value without a date adds nothing where it stands with one."""
    pairs = dict.fromkeys((_called(each), (each.date or "")[:10]) for each in found)
    dated = {value for value, on in pairs if on}
    kept = [(value, on) for value, on in pairs if on or value not in dated]
    if len(kept) > 1:
        kept = [each for each in kept if each != _UNDATED_DIAGNOSIS]
    by_date: dict[str, list[str]] = {}
    for value, on in kept:
        said = "no date of diagnosis" if (value, on) == _UNDATED_DIAGNOSIS else escape(value)
        by_date.setdefault(escape(on), []).append(said)
    return list(by_date.items())[:_MOST_DATES]


def _called(evidence: Evidence) -> str:
    said = finding(evidence.value)
    return f"{said} ({evidence.of})" if evidence.of is not None else said
