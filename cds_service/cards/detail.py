"""The body of a card: why, what it rests on, what was assumed, radiation, what instead, what next, and the source.

GFM without HTML, for a narrow panel. What may come from a record (evidence, dates, places) is escaped; the rest is the
knowledge's and ours. The same advice is here in words that suggestions offer as actions, for clients without them.
"""

from collections.abc import Sequence

from cds_service.cards.alternatives import Alternative, Choice
from cds_service.cards.markdown import escape, joined, ours, section
from cds_service.cards.targeted import Targeted
from cds_service.cards.text import fact_state, leading, rating_words
from cds_service.cards.words import ASSUMPTIONS, assumption, listed, lowered, place
from cds_service.criteria.conditions import facts_of
from cds_service.criteria.model import Answer, Assessment, VariantRating, VariantState
from cds_service.facts.model import VOCABULARY, Evidence, Facts, Known, OneOf
from cds_service.knowledge.model import Category, Knowledge, Procedure, Topic, Variant

_BASIS = {
    "article": "the project's source articles",
    "acr-page": "ACR's topic page",
    "acr-dataset": "a third-party copy of ACR's tables",
}
_FEW = 4
"""List items a narrow panel can bear."""


def rated(assessment: Assessment, choice: Choice, *, knowledge: Knowledge) -> str:
    """The detail of a card that gives a verdict."""
    variants = leading(assessment)
    first = variants[0].variant if variants else None
    return joined(
        [
            _asked(assessment),
            section("Why", [ours(each) for each in first.why[:_FEW]] if first is not None else []),
            section("Note", notes(assessment)),
            section("Instead", _instead(first, choice, knowledge)),
            _rests_on(assessment),
            _radiation(assessment, knowledge),
            section("Next", _next(first)),
            sources(assessment, knowledge),
        ]
    )


def handoff(assessment: Assessment, remark: str, *, knowledge: Knowledge) -> str:
    """What an appropriate order should still say, and what follows from its result."""
    first = next((each.variant for each in leading(assessment)), None)
    return joined(
        [
            section("Note", [remark, *notes(assessment)]),
            _rests_on(assessment),
            section("Next", _next(first)),
            sources(assessment, knowledge),
        ]
    )


def undecided(assessment: Assessment, *, knowledge: Knowledge) -> str:
    """What each answer to the first missing fact would mean, and what else is open."""
    rating = assessment.rating
    missing, answers = (rating.missing, rating.answers) if rating is not None else ((), ())
    opening = _opening(assessment, missing)
    others = [lowered(VOCABULARY[name].ask) for name in missing[1:]]
    return joined(
        [
            opening,
            _asked(assessment) if "question" not in missing else "",
            section("What each answer would mean", [_answer(each) for each in answers]),
            f"Also open: {listed(others)}." if others else "",
            section("Note", notes(assessment)),
            _rests_on(assessment),
            sources(assessment, knowledge),
        ]
    )


def disagreeing(assessment: Assessment, *, knowledge: Knowledge) -> str:
    """Both sides of a conflict; the choice is the clinician's."""
    variants = assessment.rating.variants if assessment.rating is not None else ()
    lines = [f"{ours(each.variant.title)} ({each.variant.id}): {_verdict(each)}." for each in variants]
    return joined(
        [
            "More than one criterion describes this patient, and no missing fact would settle it.",
            _asked(assessment),
            section("Both sides", lines),
            section("Note", notes(assessment)),
            _rests_on(assessment),
            sources(assessment, knowledge),
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
            _rests_on(assessment),
            section("Source", [*study.sources, _version(knowledge)]),
        ]
    )


def not_assessed(names: Sequence[str], places: Sequence[str], *, knowledge: Knowledge) -> str:
    """Which orders were not assessed, and what could not be read."""
    return joined(
        [
            "This is not advice for or against the study: it could not be assessed.",
            section("Not assessed", [escape(name) for name in names]),
            section("Could not be read or retrieved", [escape(place(each)) for each in sorted(places)]),
            _version(knowledge),
        ]
    )


def notes(assessment: Assessment) -> list[str]:
    """Sentences for what is special in this patient or this order."""
    facts = assessment.facts
    said = [ours(each) for each in assessment.order.caveats] if assessment.order is not None else []
    rows = [each.variant.ratings.get(assessment.procedure or "") for each in leading(assessment)]
    said += [ours(row.note) for row in rows if row is not None and row.note is not None]
    if assessment.rating is not None and assessment.rating.disagreement:
        said.append("The expert panel disagreed on this rating.")
    if facts is None:
        return said
    if facts.value("pregnant") == "yes":
        said.append("A pregnancy is recorded; these criteria were not written for it. Only ultrasound is offered here.")
    if facts.value("tumor-marker-raised") == "yes":
        said.append("A raised tumour marker alone is not a reason for systemic imaging without symptoms.")
    if facts.value("liver-tests") == "isolated-alkaline-phosphatase":
        said.append(
            "Alkaline phosphatase alone is mildly raised: without symptoms and with other liver tests normal, this "
            "does not call for systemic imaging; fractionating it may help."
        )
    if assessment.question == "distant" and assessment.category is Category.USUALLY_NOT and _aggressive_iia(facts):
        said.append(
            "Triple-negative or HER2-positive disease at stage IIA: the rating stays, and an exception is decided case "
            "by case with the multidisciplinary team."
        )
    return said


def sources(assessment: Assessment, knowledge: Knowledge) -> str:
    """Topic, variant, score and what the rating row rests on, with the version of the knowledge."""
    lines = [_source_line(each, assessment, knowledge) for each in leading(assessment)]
    return section("Source", [*lines, _version(knowledge)])


def topic_of(variant: Variant, knowledge: Knowledge) -> Topic | None:
    """The topic a variant belongs to."""
    topic = variant.id.rpartition("-v")[0]  # <ACR topic id>-v<number>
    return next((each for each in knowledge.topics if each.id == topic), None)


def _asked(assessment: Assessment) -> str:
    if assessment.question is None:
        return ""
    how = "as the order states" if assessment.question_stated else "assumed: the order does not say"
    return f"Question: {VOCABULARY['question'].label(assessment.question)} ({how})."


def _instead(first: Variant | None, choice: Choice, knowledge: Knowledge) -> list[str]:
    advice = [ours(each) for each in first.instead[:_FEW]] if first is not None else []
    return [*(alternative(each) for each in choice.offered), *choice.withheld, *advice]


def alternative(each: Alternative) -> str:
    """One alternative with its own rating, question and variant."""
    if each.rating is None:
        return f"{each.condition} {each.study.name}: the reason becomes “{each.reason}”, and it is rated for that."
    question = VOCABULARY["question"].label(each.rating.question)
    ids = [held.variant.id for held in each.rating.variants if held.category is not None] or ["no variant"]
    return f"{each.study.name}: {rating_words(each.rating)} for {question} ({listed(ids, 'or')})."


def _rests_on(assessment: Assessment) -> str:
    """The facts on record and those assumed, as far as the variants read them; the extension holds all of them."""
    relevant = _read_by_variants(assessment)
    known = [
        f"{VOCABULARY[name].ask}: {listed([_evidence(each) for each in found], 'and')}"
        for name, found in assessment.evidence.items()
        if found and name in relevant
    ]
    assumed = [_assumed(name) for name in assessment.assumed if _concerns(name, assessment, relevant)]
    return joined([section("This rests on", known), section("Assumed", assumed)])


def _read_by_variants(assessment: Assessment) -> frozenset[str]:
    """The facts that the variants of the rating ask about; without variants, all there are."""
    variants = assessment.rating.variants if assessment.rating is not None else ()
    if not variants:
        return frozenset(VOCABULARY)
    return frozenset(name for each in variants for name in facts_of(each.variant.when))


def _concerns(assumed: str, assessment: Assessment, relevant: frozenset[str]) -> bool:
    """Whether an assumption is worth a line: not the question, which has its own, nor one about facts nobody read."""
    facts = assessment.facts
    if assumed == "question" or facts is None:
        return assumed != "question"
    about = {name for name in facts if getattr(facts[name], "assumed", None) == assumed}
    return not about or bool(about & relevant)


def _assumed(name: str) -> str:
    """The sentence for an assumption; a name without one is shown as plain text."""
    return ASSUMPTIONS.get(name) or escape(assumption(name))


def _evidence(each: Evidence) -> str:
    return f"{escape(each.value)} ({escape(each.date[:10])})" if each.date else escape(each.value)


def _radiation(assessment: Assessment, knowledge: Knowledge) -> str:
    study = knowledge.procedures.get(assessment.procedure or "")
    if study is None:
        return ""
    own = f"ACR level {study.radiation}, {_band(study.msv)} mSv." if _radiates(study) else "none from this study."
    before = [
        known.msv
        for each in assessment.prior_imaging
        if (known := knowledge.procedures.get(each.procedure)) is not None
        and known.msv is not None
        and _radiates(known)
    ]
    low, high = sum(band[0] for band in before), sum(band[1] for band in before)
    so_far = (
        f" Recorded imaging so far: {len(before)} {'study' if len(before) == 1 else 'studies'} with radiation, "
        f"together about {low:g} to {high:g} mSv."
        if before
        else ""
    )
    return f"**Radiation**: {own}{so_far}"


def _radiates(study: Procedure) -> bool:
    return study.msv is not None and study.msv[1] > 0


def _band(msv: tuple[float, float] | None) -> str:
    low, high = msv or (0.0, 0.0)
    return f"under {high:g}" if low == 0 else f"{low:g} to {high:g}"


def _next(first: Variant | None) -> list[str]:
    return [f"{ours(each.result)}: {ours(each.step)}" for each in first.next[:_FEW]] if first is not None else []


def _opening(assessment: Assessment, missing: Sequence[str]) -> str:
    if not missing:
        return "Too much is open to rate this study."
    if missing[0] == "question":
        return (
            "The order does not say what the study is for, and the rating depends on it: give the reason in the order."
        )
    if missing[0] == "procedure":
        return "The order leaves open which form of the study is meant, and the rating depends on it."
    asked = VOCABULARY[missing[0]].ask
    state = fact_state(assessment.facts, missing[0])
    return f"{asked} {state}, and it decides the rating. Record it, or judge by the list below."


def _answer(each: Answer) -> str:
    said = each.category.label if each.category is not None else "not rated by this alone"
    return f"{escape(each.label)}: {said}"


def _verdict(each: VariantRating) -> str:
    label = each.category.label if each.category is not None else "not rated"
    return f"{label} ({each.score}/9)" if each.score is not None else label


def _source_line(each: VariantRating, assessment: Assessment, knowledge: Knowledge) -> str:
    topic = topic_of(each.variant, knowledge)
    row = each.variant.ratings.get(assessment.procedure or "")
    basis = listed([_BASIS.get(name, name) for name in row.basis]) if row is not None and row.basis else ""
    state = "" if each.state is VariantState.HOLDS else ", possible"
    published = f"{topic.source.publisher}, {ours(topic.title)}. {_citation(topic)}" if topic is not None else ""
    rests = f"; rating from {basis}" if basis else ""
    return f"{published}Variant {each.variant.id}{state}: {ours(each.variant.title)}; {_verdict(each)}{rests}."


def _citation(topic: Topic) -> str:
    # The knowledge writes `not-found` where the publication of a topic could not be established.
    return f"{ours(topic.source.citation)}. " if topic.source.citation != "not-found" else ""


def _version(knowledge: Knowledge) -> str:
    return f"Knowledge version {knowledge.version}."


def _aggressive_iia(facts: Facts) -> bool:
    receptors = [facts.value(name) for name in ("er", "pr", "her2")]
    aggressive = receptors == ["negative"] * 3 or facts.value("her2") == "positive"
    new = set(facts.candidates("disease-phase")) <= {"new", "neoadjuvant-planned"}
    staged = isinstance(facts["stage-group"], Known | OneOf) and "IIA" in facts.candidates("stage-group")
    return aggressive and new and staged
