"""The one line of a card: study, verdict, reason, in under 140 characters of plain text of our own.

No text of a record enters here: facts are said by the words of the vocabulary, variants by their titles.
"""

from collections.abc import Iterable, Sequence

from cds_service.cards.alternatives import Alternative, floor
from cds_service.cards.asking import Asking, Meaning, common_stem, describe_values, fact_name, lost, state
from cds_service.cards.words import capital, listed, lowered, place, short
from cds_service.criteria.model import Assessment, Rating, VariantRating, VariantState
from cds_service.facts.model import Facts, Known, OneOf
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.model import Category, Knowledge

LONGEST = 139
"""`summary` is under 140 characters (https://cds-hooks.hl7.org/2.0/#card-attributes)."""

UNNAMED = "This study"

_IN_BREAST = VOCABULARY["question"].label("breast")
_UNTREATED = {"new", "neoadjuvant-planned"}


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
    return short(study) if study is not None else UNNAMED


def not_appropriate(name: str, assessment: Assessment) -> str:
    """Usually not appropriate, and for whom."""
    return fitting(f"{name} usually not appropriate", reasons(assessment))


def better_exists(name: str, category: Category, better: Sequence[Alternative], assessment: Assessment) -> str:
    """A verdict with the study that is rated higher; without one, with its reason."""
    rated = [each for each in better if each.rating is not None]
    others = [f"{lowered(short(each.study))} {_is(each.rating)}{rating_words(each.rating)}" for each in rated]
    return fitting(f"{name} {category.label}", [*others[:1], *reasons(assessment)])


def _is(rating: Rating | None) -> str:
    """ "US axilla is usually appropriate", and "US axilla may be appropriate"."""
    return "" if rating is not None and floor(rating) is Category.MAY_BE else "is "


def undecided(name: str, assessment: Assessment, asked: Asking) -> str:
    """The fact that would decide, how it is missing, and what its answers would mean."""
    missing = assessment.rating.missing if assessment.rating is not None else ()
    if not missing:
        return f"{name} cannot be rated: too much is open, and it may be usually not appropriate"
    if missing[0] == "question":
        return _purpose(name, assessment, asked)
    if missing[0] == "procedure":
        what = "contrast" if all("contrast" in each.label for each in asked.meanings) else "form of the study"
        return _verdicts([f"{name}: {what} not stated"], "", asked, f"{name}: which form of the study?")
    fact = fact_name(missing[0])
    part = lost(assessment, missing[0])
    if part is not None:
        words = [f"{each} could not be used, which leaves {fact} open" for each in (part, "part of the record")]
        return fitting(f"{name} not rated", words)
    how = state(assessment, missing[0])
    starts = [
        f"{name}: {fact} {each}"
        for each in ((how, "not clear") if how.startswith(("may be", "open, as a")) else (how,))
    ]
    return _verdicts(starts, "if ", asked, f"{name}: {fact} decides the rating")


def _verdicts(starts: Sequence[str], link: str, asked: Asking, last: str) -> str:
    """The longest form that fits: with every verdict, with those against, without; a shorter start before none."""
    rated = [each for each in asked.meanings if each.category is not None]
    against = [each for each in rated if each.category is Category.USUALLY_NOT]
    start = starts[0]
    return first_fitting(
        [
            *(
                f"{each}; {', '.join(_verdict(meaning, link) for meaning in some)}"
                for each in starts
                for some in (rated, against)
                if some
            ),
            f"{start}, and it decides whether the study is usually not appropriate",
            f"{start}, and it decides the rating",
            last,
        ]
    )


def _verdict(each: Meaning, link: str) -> str:
    label = each.category.label if each.category is not None else each.said
    return f"{label} {link}{lowered(each.label)}"


def _purpose(name: str, assessment: Assessment, asked: Asking) -> str:
    """What the study is for decides; for a patient with another active cancer, for which of them."""
    by_category: dict[Category, list[str]] = {}
    for each in asked.meanings:
        if each.category is not None:
            by_category.setdefault(each.category, []).append("the breast" if each.label == _IN_BREAST else each.label)
    facts = assessment.facts
    # Only what would warn if no other cancer were there may say "for breast cancer": else it says for which questions.
    asked_for = VOCABULARY["question"].label(assessment.question or "distant")
    other = facts is not None and facts.value("other-malignancy") == "yes"
    if other and set(by_category) == {Category.USUALLY_NOT} and any(each.label == asked_for for each in asked.meanings):
        which = f"{name}: for which cancer?"
        return first_fitting([f"{which} Another one is active; for breast cancer usually not appropriate", which])
    said = ", ".join(f"{category.label} for {listed(labels, 'or')}" for category, labels in by_category.items())
    against = by_category.get(Category.USUALLY_NOT, [])
    least = f"{Category.USUALLY_NOT.label} for {listed(against, 'or')}" if against else ""
    asks = f"{name}: what is it for?"
    return first_fitting(
        [*(f"{asks} {capital(each)}" for each in (said, least) if each), f"{asks} Its rating depends on that", asks]
    )


def disagreeing(name: str, assessment: Assessment) -> str:
    """Two criteria that say different things of one study."""
    variants = assessment.rating.variants if assessment.rating is not None else ()
    ranked = sorted({each.category for each in variants if each.category is not None}, key=lambda each: each.rank)
    unrated = any(each.category is None for each in variants)
    said = [each.label for each in ranked] + ["not rated"] * unrated
    why = "one of the criteria does not rate it" if unrated and len(ranked) == 1 else "criteria apply that disagree"
    return fitting(f"{name} {' or '.join(said)}", [why])


def targeted(name: str, site: str, first: str) -> str:
    """The study for the place of a suspected metastasis; no verdict on the one ordered."""
    said = f"metastasis suspected ({site}), targeted study is {first}"
    return first_fitting([f"{name}: {said}", capital(said)])


def not_assessed(what: str, places: Iterable[str]) -> str:
    """A study that could not be assessed, and the part of the record that failed if it is one."""
    named = list(dict.fromkeys(place(each) for each in places))
    part = named[0] if len(named) == 1 else "part of the record"
    return first_fitting(
        [f"{what} not assessed for appropriateness: {each} could not be read" for each in (part, "part of the record")]
    )


def rating_words(rating: Rating | None) -> str:
    """A rating in words: "usually appropriate (9/9)", "may be or usually appropriate"."""
    if rating is None:
        return "not rated"
    if rating.category is not None:
        return f"{rating.category.label} ({rating.score}/9)" if rating.score is not None else rating.category.label
    return "may be or usually appropriate" if floor(rating) is Category.MAY_BE else "not rated"


def reasons(assessment: Assessment) -> list[str]:
    """Why a verdict, for whom: in the patient's own facts where they say it, else by the criteria's title."""
    open_between = either(assessment)
    if open_between:
        ids = sorted(each.variant.id for each in open_between)
        return [*_patient_words(assessment), f"whichever of {listed(ids)} applies"]
    return [*_patient_words(assessment), *(lowered(each.variant.title) for each in leading(assessment))]


def leading(assessment: Assessment) -> tuple[VariantRating, ...]:
    """The variants that carry the rating, those that hold for certain first."""
    return assessment.rating.leading if assessment.rating is not None else ()


def either(assessment: Assessment) -> tuple[VariantRating, ...]:
    """The leading variants where it is open which of several applies; none where one holds for certain."""
    found = leading(assessment)
    certain = any(each.state is VariantState.HOLDS for each in found)
    return found if len(found) > 1 and not certain else ()


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
    stage = _stage(facts)
    if phases == {"surveillance"}:
        return ["follow-up after breast cancer without symptoms of metastasis"]
    if phases <= {*_UNTREATED, "surveillance"} and "surveillance" in phases:
        said = "breast cancer, new or in follow-up, without symptoms of metastasis"
        return [f"{stage} {said}", said] if stage is not None else [said]
    if phases <= _UNTREATED and stage is not None:
        return [f"{stage} breast cancer without symptoms of metastasis"]
    return []


def _stage(facts: Facts) -> str | None:
    match facts["stage-group"]:
        case Known() | OneOf():
            candidates = facts.candidates("stage-group")
            return describe_values("stage-group", candidates) if len(candidates) <= 3 else None
        case _:
            return None
