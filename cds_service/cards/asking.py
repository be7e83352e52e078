"""What a card that asks says of the missing fact: how it is missing, and what each answer would mean.

A fact can be missing because nobody recorded it, because part of the record could not be used, or because the record
contradicts itself; each is said as what it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cds_service.cards.words import listed, lowered, place
from cds_service.criteria.conditions import Values
from cds_service.criteria.matching import describe, rate
from cds_service.criteria.model import Answer, Assessment, Outcome, Rating, VariantRating
from cds_service.facts import staging, unread
from cds_service.facts.model import Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.model import Category, Knowledge

_STATES = {
    UnknownReason.NOT_RETRIEVED: "could not be retrieved",
    UnknownReason.NOT_RECORDED: "not recorded",
    UnknownReason.UNREADABLE: "could not be read",
    UnknownReason.CONTRADICTORY: "recorded in ways that contradict each other",
}

_SHORT = {
    "stage-group": "stage",
    "tumor-size-mm": "tumour size",
    "node-suspicious-on-imaging": "suspicious axillary node on imaging",
    "axilla-imaged": "imaging of the axilla",
    "axilla-imaged-before-therapy": "imaging of the axilla before therapy",
    "metastasis-suspected": "symptoms of metastasis",
}
"""Facts named in fewer words than the vocabulary asks for them."""

_PROGNOSTIC = " A recorded group may be AJCC prognostic; ACR's variants are read here as anatomic groups."

_RECORDED_GROUP = re.compile(r"stage (0|I{1,3}[ABC]?|IV)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one answer would mean: `category` is None where no criteria apply or more must be known, as `said` says."""

    label: str
    category: Category | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Every answer to the missing fact, those with a rating first, and the variants that rate them."""

    meanings: tuple[Meaning, ...]
    variants: tuple[VariantRating, ...]


def asking(assessment: Assessment, knowledge: Knowledge) -> Asking:
    """What each answer to the first missing fact would mean."""
    rating = assessment.rating
    if rating is None or not rating.missing:
        return Asking(meanings=(), variants=rating.variants if rating is not None else ())
    if rating.missing[0] == "procedure" and assessment.facts is not None:
        return _forms(rating, assessment.facts, knowledge)
    found = [_meaning(each) for each in _supported(rating, assessment.facts)]
    return Asking(meanings=tuple(sorted(found, key=lambda each: each.category is None)), variants=rating.variants)


def fact_name(name: str) -> str:
    """A fact for the one line of a card: "stage", "clinical nodal status at diagnosis"."""
    return _SHORT.get(name) or lowered(VOCABULARY[name].ask)


def state(assessment: Assessment, name: str) -> str:
    """How a fact is not known: "not recorded", "may be IIA or IIB", "open, as clinical N is not recorded"."""
    facts = assessment.facts
    if facts is None:
        return _STATES[UnknownReason.NOT_RECORDED]
    fact = facts[name]
    if isinstance(fact, Unknown):
        return _unknown(fact, name, assessment)
    if isinstance(fact, OneOf) and fact.assumed is None:
        lacking = _lacking(facts) if name == "stage-group" and not _recorded(fact) else None
        candidates = describe_values(name, fact.candidates).removeprefix("stage ")
        return f"open, as {lacking}" if lacking else f"may be {candidates}"
    return _STATES[UnknownReason.NOT_RECORDED]  # assumed, and not to be judged on an assumption


def contradiction(assessment: Assessment, name: str) -> str:
    """What the record says against what, in a sentence; nothing where it does not contradict itself."""
    fact = assessment.facts[name] if assessment.facts is not None else None
    if not (isinstance(fact, Unknown) and fact.reason is UnknownReason.CONTRADICTORY):
        return ""
    values = list(dict.fromkeys(each.value for each in fact.evidence))
    recorded = [each for each in values if _RECORDED_GROUP.fullmatch(each)]
    computed = _computed(assessment.facts) if assessment.facts is not None else frozenset()
    if name == "stage-group" and recorded and len(computed) == 1 and not computed & _recorded(fact):
        others = [each for each in values if each not in recorded] or ["T and N"]
        against = f"{listed(recorded)} is recorded, but {listed(others)} make {describe_values(name, tuple(computed))}"
    else:
        against = f"{listed(values)} do not agree" if len(values) > 1 else "its entries do not agree"
    return f"The record contradicts itself: {against}.{_PROGNOSTIC if recorded else ''}"


def _unknown(fact: Unknown, name: str, assessment: Assessment) -> str:
    if fact.reason is UnknownReason.CONTRADICTORY:
        computed = _computed(assessment.facts) if name == "stage-group" and assessment.facts is not None else None
        recorded = _recorded(fact)
        by_t_and_n = computed and recorded and computed.isdisjoint(recorded) and len(fact.evidence) > 1
        return "contradicted by T and N" if by_t_and_n else _STATES[fact.reason]
    if fact.reason is UnknownReason.NOT_RECORDED:
        said = [unread.SAID.get(each.value) for each in fact.evidence]
        if said and all(said):
            return f"open, as {said[0]}"
        return "not confirmed" if fact.evidence else _STATES[fact.reason]
    what = lost(assessment, name)
    return f"unknown, as {what} could not be used" if what else _STATES[fact.reason]


def lost(assessment: Assessment, name: str) -> str | None:
    """The part of the record that could not be used and may hold the fact; None where that is not why it is missing."""
    fact = assessment.facts[name] if assessment.facts is not None and name in VOCABULARY else None
    failed = isinstance(fact, Unknown) and fact.reason in (UnknownReason.NOT_RETRIEVED, UnknownReason.UNREADABLE)
    if not failed or not assessment.unreadable:
        return None
    places = list(dict.fromkeys(place(each) for each in assessment.unreadable))
    return places[0] if len(places) == 1 else "part of the record"


def _lacking(facts: Facts) -> str | None:
    """Which of T and N is missing and how, where the other is there and the stage hangs on it."""
    both = (("clinical T", facts["clinical-t"]), ("clinical N", facts["clinical-n"]))
    missing = [(name, fact.reason) for name, fact in both if isinstance(fact, Unknown)]
    if len(missing) != 1:
        return None
    name, reason = missing[0]
    how = _STATES[reason]
    return f"{name} {how}" if reason in (UnknownReason.NOT_RETRIEVED, UnknownReason.UNREADABLE) else f"{name} is {how}"


def _supported(rating: Rating, facts: Facts | None) -> Sequence[Answer]:
    """The answers; of a stage that contradicts itself, only what the record supports, if that can be told."""
    fact = facts["stage-group"] if facts is not None and rating.missing[0] == "stage-group" else None
    if facts is None or not isinstance(fact, Unknown) or fact.reason is not UnknownReason.CONTRADICTORY:
        return rating.answers
    computed = _computed(facts)
    groups = _recorded(fact) | computed
    supported = [(each, [group for group in each.values if group in groups]) for each in rating.answers]
    kept = [
        Answer(
            values=tuple(values),
            label=describe_values("stage-group", tuple(values)),
            category=each.category,
            variants=each.variants,
        )
        for each, values in supported
        if values
    ]
    return kept if computed and len(groups) > 1 and len(kept) > 1 else rating.answers


def _recorded(fact: Unknown | OneOf) -> frozenset[str]:
    """The stage groups that the evidence of a stage writes out."""
    written = (_RECORDED_GROUP.fullmatch(each.value) for each in fact.evidence)
    return frozenset(group for found in written if found is not None for group in staging.lettered(found[1]))


def _computed(facts: Facts) -> frozenset[str]:
    """The groups that T and N make, where both are known well enough."""
    t, n = facts["clinical-t"], facts["clinical-n"]
    if not (isinstance(t, Known | OneOf) and isinstance(n, Known | OneOf)):
        return frozenset()
    return staging.possible_groups(facts.candidates("clinical-t"), facts.candidates("clinical-n"))


@lru_cache(maxsize=512)  # of the vocabulary's own words, and so always the same few
def describe_values(name: str, values: tuple[str, ...]) -> str:
    """Clinical words for some values of a fact: "stage IIA or IIB"."""
    return describe(name, [Values(frozenset(values))])


def _meaning(answer: Answer) -> Meaning:
    if answer.category is not None:
        said = answer.category.label
    elif answer.disagreeing:
        sides = ["not rated" if each is None else each.label for each in answer.disagreeing]
        said = f"the criteria disagree ({' or '.join(sides)})"
    else:
        said = "depends on further facts" if answer.variants else "these criteria do not apply"
    return Meaning(label=answer.label, category=answer.category, said=said)


# --- which form of the study --------------------------------------------------------------------------------------
def _forms(rating: Rating, facts: Facts, knowledge: Knowledge) -> Asking:
    """Each form the order leaves open, as matching rates it for the question the card names."""
    forms = [rate(each.values[0], rating.question, facts, knowledge) for each in rating.answers]
    stem = common_stem([each.label for each in rating.answers])
    found = [
        _form(form, answer.label.removeprefix(stem).strip() or answer.label, facts)
        for form, answer in zip(forms, rating.answers, strict=True)
    ]
    variants = {each.variant.id: each for form in forms for each in form.variants}
    return Asking(
        meanings=tuple(sorted(found, key=lambda each: each.category is None)), variants=tuple(variants.values())
    )


def _form(rating: Rating, label: str, facts: Facts) -> Meaning:
    # In pregnancy only "usually not appropriate" carries over (design, "From facts to outcome", 6).
    carried = rating.category is Category.USUALLY_NOT or facts.value("pregnant") != "yes"
    if rating.outcome is not Outcome.RATED or rating.category is None or not carried:
        return Meaning(label=label, category=None, said="not rated in this patient")
    return Meaning(label=label, category=rating.category, said=f"{rating.category.label} ({rating.score}/9)")


def common_stem(names: Sequence[str]) -> str:
    """The words that all names begin with: "MRI breast" of the forms with and without contrast."""
    stem: list[str] = []
    for words in zip(*(name.split() for name in names), strict=False):
        if len(set(words)) > 1 or words[0] in ("with", "without"):
            break
        stem.append(words[0])
    return " ".join(stem)
