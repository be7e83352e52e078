"""The body of a card: the question, why, what instead, what it rests on, radiation, what next, and the source.

GFM without HTML, for a narrow panel: few lines in each section. The same advice is here in words that suggestions offer
as actions, for clients without them.
"""

from collections.abc import Sequence

from cds_service.cards.alternatives import Alternative, Choice, is_pregnant
from cds_service.cards.asking import Asking, contradiction, lost, state
from cds_service.cards.markdown import escape, joined, ours, section
from cds_service.cards.notes import notes
from cds_service.cards.radiation import radiation
from cds_service.cards.resting import resting
from cds_service.cards.sources import sources, verdict, version
from cds_service.cards.targeted import Targeted
from cds_service.cards.text import either, leading, rating_words
from cds_service.cards.words import capital, listed, lowered, place
from cds_service.criteria.model import Assessment, VariantRating
from cds_service.facts.model import Known, Unknown
from cds_service.facts.unread import SAID
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.knowledge.model import Category, Knowledge, Variant
from cds_service.value import Value

_MOST_REASONS = 3
_MOST_ADVICE = 2
_MOST_STEPS = 3


def rated(assessment: Assessment, choice: Choice, *, cancels: bool, knowledge: Knowledge) -> str:
    """The detail of a card that gives a verdict. `cancels`: the card offers to cancel."""
    variants, open_between = leading(assessment), either(assessment)
    only = variants[0].variant if variants and not open_between else None
    same = _same_for_all(assessment, knowledge)
    return joined(
        [
            _asked(assessment),
            same.why,
            section("Note", notes(assessment)),
            section("Instead", _instead(only, choice, assessment, cancels=cancels)),
            resting(assessment, variants),
            radiation(assessment, knowledge),
            "" if is_pregnant(assessment) else same.next,
            same.sources,
        ]
    )


class _SameForAll(Value, frozen=True):
    """Sections that read the same for all patients with one rating."""

    why: str
    next: str
    sources: str


def _same_for_all(assessment: Assessment, knowledge: Knowledge) -> _SameForAll:
    kept = assessment.rating.told if assessment.rating is not None else {}
    key = (_SameForAll, assessment.procedure, knowledge.hash)
    found: _SameForAll | None = kept.get(key)
    if found is None:
        variants, open_between = leading(assessment), either(assessment)
        only = variants[0].variant if variants and not open_between else None
        found = kept[key] = _SameForAll(
            why=section("Why", _either(open_between) if open_between else _why(only)),
            next=section("Next", _next(only)),
            sources=sources(variants, knowledge, procedure=assessment.procedure),
        )
    return found


def appropriate(assessment: Assessment, *, knowledge: Knowledge) -> str:
    """The source alone: an appropriate order needs no more."""
    return sources(leading(assessment), knowledge, procedure=assessment.procedure)


def handoff(assessment: Assessment, unsaid: str, *, knowledge: Knowledge) -> str:
    """What an appropriate order should still say, and what follows from its result."""
    variants = leading(assessment)
    return joined(
        [
            f"The order does not say: {unsaid}. It helps to find the clipped node and to judge the response.",
            section("Note", notes(assessment)),
            resting(assessment, variants),
            section("Next", _next(variants[0].variant if variants and not is_pregnant(assessment) else None)),
            sources(variants, knowledge, procedure=assessment.procedure),
        ]
    )


def undecided(assessment: Assessment, asked: Asking, *, knowledge: Knowledge) -> str:
    """How the first missing fact is missing, what each answer to it would mean, and what else is open."""
    missing = assessment.rating.missing if assessment.rating is not None else ()
    others = [lowered(VOCABULARY[name].ask) for name in missing[1:]]
    forms = missing[:1] == ("procedure",)
    meanings = [f"{capital(escape(each.label))}: {each.said}" for each in asked.meanings]
    return joined(
        [
            _opening(assessment, missing, asked),
            _asked(assessment) if "question" not in missing else "",
            section("What each answer means", meanings),
            f"Also open: {listed(others)}." if others else "",
            section("Note", notes(assessment)),
            resting(assessment, asked.variants),
            sources(asked.variants, knowledge, procedure=None if forms else assessment.procedure),
        ]
    )


def disagreeing(assessment: Assessment, *, knowledge: Knowledge) -> str:
    """Both sides of a conflict; the choice is the clinician's."""
    variants = assessment.rating.variants if assessment.rating is not None else ()
    lines = [f"{ours(each.variant.title)} ({each.variant.id}): {verdict(each)}." for each in variants]
    return joined(
        [
            "More than one criterion describes this patient, and no missing fact would settle it.",
            _asked(assessment),
            section("Both sides", lines),
            section("Note", notes(assessment)),
            resting(assessment, variants),
            sources(leading(assessment), knowledge, procedure=assessment.procedure),
        ]
    )


def targeted(assessment: Assessment, study: Targeted, *, site: str, knowledge: Knowledge) -> str:
    """The study for one site; no verdict on the one ordered."""
    return joined(
        [
            f"Metastasis is suspected ({site}). The criteria for patients without symptoms do not apply, and this card "
            "does not rate the study ordered. A targeted study may answer the question more directly.",
            section("Targeted study", study.lines),
            section("Note", notes(assessment)),
            resting(assessment, ()),
            section("Source", [*study.sources, version(knowledge)]),
        ]
    )


def not_assessed(names: Sequence[str], places: Sequence[str], *, knowledge: Knowledge) -> str:
    """Which orders were not assessed, and what could not be read."""
    return joined(
        [
            "This is not advice for or against the study: it could not be assessed.",
            section("Not assessed", [escape(name) for name in names] if len(names) > 1 else []),
            section("Could not be read or retrieved", [capital(escape(place(each))) for each in sorted(places)]),
            version(knowledge),
        ]
    )


def alternative(each: Alternative, *, rated_for_lump: bool) -> str:
    """One alternative with its own rating, question and variant. `rated_for_lump`: one is about a new lump here."""
    if each.condition is not None:
        rated = ", and it is rated for that" if rated_for_lump else ""
        return f"{each.condition} {each.study.name}: the reason becomes “{each.reason}”{rated}."
    if each.rating is None:
        return f"{each.study.name}: not rated in pregnancy."
    question = VOCABULARY["question"].label(each.rating.question)
    ids = [held.variant.id for held in each.rating.variants if held.category is not None] or ["no variant"]
    return f"{each.study.name}: {rating_words(each.rating)} for {question} ({listed(ids, 'or')})."


def _asked(assessment: Assessment) -> str:
    if assessment.question is None:
        return ""
    how = "as the order states" if assessment.question_stated else "assumed: the order does not say"
    return f"Question: {VOCABULARY['question'].label(assessment.question)} ({how})."


def _why(variant: Variant | None) -> list[str]:
    return [ours(each) for each in variant.why[:_MOST_REASONS]] if variant is not None else []


def _either(variants: Sequence[VariantRating]) -> list[str]:
    """Which variant applies is open: each with its rating and its first reason."""
    return [" ".join([_if(each), *map(ours, each.variant.why[:1])]) for each in variants[:_MOST_REASONS]]


def _if(each: VariantRating) -> str:
    return f"If {lowered(ours(each.variant.title))} ({each.variant.id}): {verdict(each)}."


def _instead(variant: Variant | None, choice: Choice, assessment: Assessment, *, cancels: bool) -> list[str]:
    """What is offered and what is not, in words, and the variant's own advice."""
    pregnant = is_pregnant(assessment)
    lump = assessment.with_new_lump is not None
    offered = [alternative(each, rated_for_lump=lump) for each in choice.offered]
    advice = variant.instead if variant is not None and not pregnant else ()  # no variant is written for pregnancy
    useful = [each for each in advice if not _said_by_a_choice(each, choice, assessment, cancels=cancels)]
    doubts = [f"{each.study.name}: {each.doubt}." for each in choice.offered if each.doubt is not None]
    return [*offered, *doubts, *choice.withheld, *map(ours, useful[:_MOST_ADVICE])]


def _said_by_a_choice(advice: str, choice: Choice, assessment: Assessment, *, cancels: bool) -> bool:
    """Whether a choice of the card says it: to cancel ("No systemic staging."), or a study for another question."""
    if cancels and advice.startswith("No "):
        return True
    asked_beside = (
        each.study.name
        for each in choice.offered
        if each.rating is not None and each.rating.question != assessment.question
    )
    return any(advice.startswith(name) for name in asked_beside)


def _next(variant: Variant | None) -> list[str]:
    """What follows from results; not said in pregnancy, for which no variant is written."""
    if variant is None:
        return []
    return [f"{ours(each.result)}: {lowered(ours(each.step))}" for each in variant.next[:_MOST_STEPS]]


def _was_not_understood(assessment: Assessment, name: str) -> bool:
    """Whether a fact is open for nothing but texts that nobody understood: to record it closes nothing."""
    fact = assessment.facts[name] if assessment.facts is not None else None
    return isinstance(fact, Unknown) and bool(fact.evidence) and all(e.value in SAID for e in fact.evidence)


def _names_recurrence(assessment: Assessment) -> bool:
    """Whether the order itself names a recurrence."""
    fact = assessment.facts["local-recurrence"] if assessment.facts is not None else None
    ordered = {f"ServiceRequest/{assessment.order.draft.id}"} if assessment.order is not None else set()
    return isinstance(fact, Known) and any(not ordered.isdisjoint(each.resources) for each in fact.evidence)


def _opening(assessment: Assessment, missing: Sequence[str], asked: Asking) -> str:
    if not missing:
        return "Too much is open to rate this study."
    name = missing[0]
    if name == "question" and _names_recurrence(assessment):
        return (
            "The order names a recurrence, and leaves open whether the study is to look for it in breast and chest "
            "wall, or for distant disease: say which."
        )
    if name == "question" and {each.category for each in asked.meanings} == {Category.USUALLY_NOT}:
        return "It is not clear from the order what the study is for: give the reason in the order."
    if name == "question":
        return "The order does not say what the study is for, and the rating depends on it: give the reason there."
    if name == "procedure":
        return "The order leaves open which form of the study is meant, and the rating depends on it."
    against = contradiction(assessment, name)
    if against:
        return escape(against, longest=None)
    how = f"{VOCABULARY[name].ask}: {state(assessment, name)}."
    if lost(assessment, name) is not None:
        return f"{how} What could not be used proves nothing, so the study is not rated."
    what = "Look at what is named below" if _was_not_understood(assessment, name) else "Record it"
    return f"{how} {what}, or judge by the list."
