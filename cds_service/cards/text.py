"""The one line of a card: study, verdict, reason, in under 140 characters of plain text of our own.

No text of a record enters here: facts are said by the words of the vocabulary, variants by their titles.
"""

from collections.abc import Iterable, Sequence

from cds_service.cards.alternatives import Alternative, floor
from cds_service.cards.words import listed, lowered
from cds_service.criteria.model import Assessment, Rating, VariantRating, VariantState
from cds_service.facts.model import VOCABULARY, Facts, Known, OneOf, Unknown, UnknownReason
from cds_service.knowledge.model import Category, Knowledge

LONGEST = 139
"""`summary` is under 140 characters (https://cds-hooks.hl7.org/2.0/#card-attributes)."""

UNNAMED = "This study"

_STATES = {
    UnknownReason.NOT_RETRIEVED: "could not be retrieved",
    UnknownReason.NOT_RECORDED: "is not recorded",
    UnknownReason.UNREADABLE: "could not be read",
    UnknownReason.CONTRADICTORY: "is recorded in ways that contradict each other",
}


def study_name(assessment: Assessment, knowledge: Knowledge) -> str:
    """The ordered study for a narrow card; where the order leaves its form open, what all forms have in common."""
    rating = assessment.rating
    if rating is not None and "procedure" in rating.missing:
        names = [each.label for each in rating.answers]
        return common_stem(names) or UNNAMED
    forms = assessment.order.procedures if assessment.order is not None else ()
    if len(forms) > 1:
        return common_stem([knowledge.procedures[each].name for each in forms]) or UNNAMED
    study = knowledge.procedures.get(assessment.procedure or "")
    return study.short if study is not None else UNNAMED


def common_stem(names: Sequence[str]) -> str:
    """The words that all names begin with: "MRI breast" of the forms with and without contrast."""
    stem: list[str] = []
    for words in zip(*(name.split() for name in names), strict=False):
        if len(set(words)) > 1 or words[0] in ("with", "without"):
            break
        stem.append(words[0])
    return " ".join(stem)


def not_appropriate(name: str, assessment: Assessment) -> str:
    """Usually not appropriate, and for whom."""
    return fitting(f"{name} usually not appropriate", reasons(assessment))


def better_exists(name: str, category: Category, better: Sequence[Alternative], assessment: Assessment) -> str:
    """A verdict with the study that is rated higher; without one, with its reason."""
    others = [f"{each.study.short} is {rating_words(each.rating)}" for each in better if each.rating is not None]
    return fitting(f"{name} {category.label}", [*others[:1], *reasons(assessment)])


def undecided(name: str, assessment: Assessment) -> str:
    """The fact that would decide, and why it is asked."""
    missing = assessment.rating.missing if assessment.rating is not None else ()
    if not missing:
        return fitting(f"{name} may be usually not appropriate", ["more must be known to say"])
    if missing[0] == "question":
        return first_fitting(
            [f"{name}: what is it for? Its rating depends on the question", f"{name}: what is it for?"]
        )
    if missing[0] == "procedure":
        return first_fitting([f"{name}: which form of the study? Its rating depends on that", f"{name}: which form?"])
    asked = f"{VOCABULARY[missing[0]].ask} {fact_state(assessment.facts, missing[0])}"
    return first_fitting(
        [
            f"{name}: {lowered(asked)}, and it decides whether the study is usually not appropriate",
            f"{name}: {lowered(asked)}, and it decides the rating",
            f"{name}: {lowered(VOCABULARY[missing[0]].ask)} decides the rating",
        ]
    )


def disagreeing(name: str, assessment: Assessment) -> str:
    """Two criteria that say different things of one study."""
    variants = assessment.rating.variants if assessment.rating is not None else ()
    ranked = sorted({each.category for each in variants if each.category is not None}, key=lambda each: each.rank)
    said = [each.label for each in ranked] + ["not rated"] * any(each.category is None for each in variants)
    return fitting(f"{name}: criteria apply that disagree", [" or ".join(said)])


def fact_state(facts: Facts | None, name: str) -> str:
    """How a fact is not known: "is not recorded", "leaves open stage IIA or stage IIB"."""
    match facts[name] if facts is not None else None:
        case Unknown(reason=reason):
            return _STATES[reason]
        case OneOf(candidates=candidates) if len(candidates) <= 3:
            return f"leaves open {listed([VOCABULARY[name].label(each) for each in candidates], 'or')}"
        case _:
            return "is not specific enough"


def rating_words(rating: Rating | None) -> str:
    """A rating in words: "usually appropriate (9/9)", "may be or usually appropriate"."""
    if rating is None:
        return "not rated yet"
    if rating.category is not None:
        return f"{rating.category.label} ({rating.score}/9)" if rating.score is not None else rating.category.label
    return "may be or usually appropriate" if floor(rating) is Category.MAY_BE else "not rated"


def reasons(assessment: Assessment) -> list[str]:
    """Why a verdict, for whom: in the patient's own facts where they say it, else by the criteria's title."""
    titles = [lowered(each.variant.title) for each in leading(assessment)]
    return [*_patient_words(assessment), *titles]


def leading(assessment: Assessment) -> tuple[VariantRating, ...]:
    """The variants that carry the rating, those that hold for certain first."""
    variants = assessment.rating.variants if assessment.rating is not None else ()
    rated = [each for each in variants if each.category is not None]
    return tuple(sorted(rated, key=lambda each: (each.state is not VariantState.HOLDS, each.score or 0)))


def fitting(start: str, reasons: Iterable[str]) -> str:
    """The start with the first reason that fits."""
    return first_fitting([*(f"{start}: {reason}" for reason in reasons), start])


def first_fitting(forms: Sequence[str]) -> str:
    """The first form short enough; the last one, cut at a word, if none is."""
    for form in forms:
        if len(form) <= LONGEST:
            return form
    return forms[-1][: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def _patient_words(assessment: Assessment) -> list[str]:
    facts = assessment.facts
    if facts is None or assessment.question != "distant" or facts.value("metastasis-suspected") != "none":
        return []
    phases = set(facts.candidates("disease-phase"))
    if phases == {"surveillance"}:
        return ["follow-up after breast cancer without symptoms of metastasis"]
    stage = _stage(facts)
    if phases <= {"new", "neoadjuvant-planned"} and stage is not None:
        return [f"{stage} breast cancer without symptoms of metastasis"]
    return []


def _stage(facts: Facts) -> str | None:
    match facts["stage-group"]:
        case Known(value=value):
            return f"stage {value}"
        case OneOf(candidates=candidates) if len(candidates) <= 3:
            return f"stage {listed(list(candidates), 'or')}"
        case _:
            return None
