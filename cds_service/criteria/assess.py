"""From an order and its facts to one assessment: the question, the rating, the safety rules around it.

Pure. The rules are those of the design's section "From facts to outcome"; each is a function of its own.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from cds_service.criteria.conditions import facts_of
from cds_service.criteria.matching import rate
from cds_service.criteria.model import Answer, Assessment, ImagingOrder, Outcome, Rating
from cds_service.facts.model import Episode, Evidence, Facts, Known, OneOf, OrderFacts, Unknown
from cds_service.facts.vocabulary import QUESTIONS, VOCABULARY
from cds_service.knowledge.model import Category, Knowledge, Variant
from cds_service.knowledge.studies import Procedure

ADULT_YEARS = 18


def assess(order: ImagingOrder, order_facts: OrderFacts, knowledge: Knowledge) -> Assessment:
    """Assess one order. Never raises on any facts; what cannot be decided is an outcome with its reason."""
    episode, rating = verdict(order.procedures, order_facts, knowledge)
    covered = any(each.asked.covered for each in order_facts.episodes)
    facts = episode.facts
    return Assessment(
        order=order,
        reference=order.reference,
        with_reference=f"ServiceRequest/{order.partner.id}" if order.partner is not None else None,
        outcome=rating.outcome if covered else Outcome.NOT_COVERED,
        procedure=rating.procedure,
        question=rating.question if covered else None,
        question_stated=episode.asked.stated if covered else None,
        rating=rating if covered else None,
        facts=facts,
        assumed=_assumed(order_facts, episode, rating, knowledge),
        evidence=_evidence(facts, rating, knowledge),
        unreadable=order_facts.unreadable,
        prior_imaging=order_facts.prior_imaging,
        alternatives=_alternatives(rating, episode, knowledge) if covered else (),
        with_new_lump=_with_new_lump(rating, facts, knowledge) if covered else None,
    )


def verdict(procedures: Sequence[str], order_facts: OrderFacts, knowledge: Knowledge) -> tuple[Episode, Rating]:
    """The rating of an order, and the cancer that decides it. `procedures`: the studies it may be."""
    return _combined([(episode, _judge(procedures, episode, knowledge)) for episode in order_facts.episodes])


def _judge(procedures: Sequence[str], episode: Episode, knowledge: Knowledge) -> Rating:
    """Rate an order that may leave open which study it is (a breast MRI that omits contrast)."""
    ratings = [_judge_one(procedure, episode, knowledge) for procedure in procedures]
    first = ratings[0]
    if len({(each.outcome, each.category) for each in ratings}) == 1:
        return first
    answers = tuple(
        Answer(values=(each.procedure,), label=knowledge.procedures[each.procedure].name, category=each.category)
        for each in ratings
    )
    return Rating(
        procedure=first.procedure,
        question=first.question,
        outcome=Outcome.INSUFFICIENT,
        missing=("procedure",),
        answers=answers,
        categories=frozenset().union(*(each.categories for each in ratings)),
    )


def _judge_one(procedure: str, episode: Episode, knowledge: Knowledge) -> Rating:
    study = knowledge.procedures[procedure]
    asked, facts = episode.asked, episode.facts
    question = asked.question or default_question(study, facts)
    rating = rate(procedure, question, facts, knowledge)
    if asked.stated and not asked.names_cancer and facts.value("other-malignancy") != "no":
        rating = _of_which_cancer(rating)
    if facts.value("cancer") == "none":
        rating = _of_no_cancer(rating)
    elif not asked.stated:
        rating = _under_assumed_question(rating, study, facts, knowledge, unclear=asked.unclear)
    return _adult_and_not_pregnant(rating, facts)


def default_question(study: Procedure, facts: Facts) -> str:
    """What a study asks when its order does not say."""
    treated = set(facts.candidates("disease-phase")) <= {"adjuvant", "surveillance", "recurrence"}
    if treated and study.after_treatment_question is not None:
        return study.after_treatment_question
    return study.default_question


def _under_assumed_question(
    rating: Rating, study: Procedure, facts: Facts, knowledge: Knowledge, *, unclear: bool
) -> Rating:
    """Usually not appropriate under a question nobody stated stands only if no other one rates the study higher."""
    if rating.outcome is Outcome.RATED and rating.category is Category.USUALLY_NOT:
        others = _for_other_questions(rating, study, facts, knowledge)
        higher = any(_may_be_higher(other) for other in others)
        another_cancer = facts.value("other-malignancy") != "no"
        if higher or another_cancer or unclear or study.family == "breast":
            besides = "another cancer" if another_cancer else "another disease" if unclear else None
            if besides is None and study.family == "breast":
                besides = "another reason"
            return _ask_question(rating, [rating, *others], besides=besides)
    # Where metastasis is suspected, that is the question; there is nothing to ask.
    free_of_suspicion = facts.value("metastasis-suspected") == "none"
    if rating.outcome is Outcome.NO_CRITERIA and not rating.variants and free_of_suspicion:
        others = _for_other_questions(rating, study, facts, knowledge)
        if any(other.category is Category.USUALLY_NOT for other in others):
            return _ask_question(rating, others, besides=VOCABULARY["question"].label(rating.question))
    return rating


def _may_be_higher(other: Rating) -> bool:
    """Whether some way of filling in the open facts rates the study higher, or nobody can say."""
    too_open = other.outcome is Outcome.INSUFFICIENT and other.categories <= {None}
    return too_open or any(category is not None and category.rank > 0 for category in other.categories)


def _of_which_cancer(rating: Rating) -> Rating:
    """With another active cancer, "staging" that names neither may be of the other."""
    if rating.outcome is Outcome.RATED and rating.category is Category.USUALLY_NOT:
        return _ask_question(rating, [rating], besides="another cancer")
    return rating


def _of_no_cancer(rating: Rating) -> Rating:
    """A record that names no breast cancer does not prove that there is none: it is asked before it warns."""
    if rating.outcome is not Outcome.RATED or rating.category is not Category.USUALLY_NOT:
        return rating
    variants = tuple(each.variant.id for each in rating.variants)
    answers = (
        Answer(values=("none",), label=VOCABULARY["cancer"].label("none"), category=rating.category, variants=variants),
        Answer(values=("invasive",), label=VOCABULARY["cancer"].label("invasive"), category=None, variants=variants),
    )
    return _undecided(rating, "cancer", answers, rating.categories | {None})


def _for_other_questions(rating: Rating, study: Procedure, facts: Facts, knowledge: Knowledge) -> list[Rating]:
    asked = (each for each in QUESTIONS if each != rating.question and _may_ask(study, each, facts))
    return [rate(rating.procedure, each, facts, knowledge) for each in asked]


def _may_ask(study: Procedure, question: str, facts: Facts) -> bool:
    """Whether anybody would order a study for a question: no breast study looks for distant disease, and one of the
    axilla is taken to do so only in follow-up (design, "From facts to outcome", 2; facts C17)."""
    if question != "distant" or study.family in ("systemic", "head"):
        return True
    return study.family != "breast" and "surveillance" in facts.candidates("disease-phase")


def _ask_question(rating: Rating, ratings: Sequence[Rating], *, besides: str | None = None) -> Rating:
    """Take the rating back and ask what the study is for. `besides`: what else it may be for, without a rating."""
    elsewhere = (Answer(values=(), label=besides, category=None),) if besides is not None else ()
    answers = tuple(
        Answer(
            values=(each.question,),
            label=VOCABULARY["question"].label(each.question),
            category=each.category,
            variants=tuple(variant.variant.id for variant in each.variants),
        )
        for each in ratings
        if each.categories != {None}
    )
    return replace(
        _undecided(
            rating, "question", (*answers, *elsewhere), frozenset().union(*(each.categories for each in ratings))
        ),
        variants=tuple(variant for each in ratings for variant in each.variants),
    )


def _undecided(
    rating: Rating, missing: str, answers: tuple[Answer, ...], categories: frozenset[Category | None]
) -> Rating:
    """The rating taken back: one fact, which matching does not know of, would decide."""
    return replace(
        rating,
        outcome=Outcome.INSUFFICIENT,
        category=None,
        score=None,
        disagreement=False,
        missing=(missing,),
        answers=answers,
        categories=categories,
    )


def _adult_and_not_pregnant(rating: Rating, facts: Facts) -> Rating:
    """The criteria are written for adults; in pregnancy only "usually not appropriate" carries over."""
    age = facts.value("age-years")
    imprecise = isinstance(facts["age-years"], Unknown) and bool(facts["age-years"].evidence)
    if imprecise and rating.outcome is Outcome.RATED:
        return _ask_age(rating)
    child = isinstance(age, int | float) and age < ADULT_YEARS
    pregnant = facts.value("pregnant") == "yes"
    carries_over = rating.outcome is Outcome.RATED and rating.category is Category.USUALLY_NOT
    if child or (pregnant and not carries_over):
        return Rating(
            procedure=rating.procedure,
            question=rating.question,
            outcome=Outcome.NO_CRITERIA,
            categories=frozenset({None}),
        )
    return rating


def _ask_age(rating: Rating) -> Rating:
    """The birth date on record leaves open whether the patient is an adult."""
    answers = (
        Answer(values=(), label="under 18 years", category=None),
        Answer(values=(), label="18 years or more", category=rating.category),
    )
    return _undecided(rating, "age-years", answers, rating.categories | {None})


def _combined(judged: Sequence[tuple[Episode, Rating]]) -> tuple[Episode, Rating]:
    """One verdict for a patient with several cancers: usually not appropriate only where all of them agree.

    Otherwise the episode that supports the study most decides: with two cancers the higher stage asks the question.
    Of equals the higher stage speaks (facts E26), then the latest diagnosis.
    """
    return max(reversed(judged), key=lambda pair: (_support(pair[1]), _stage(pair[0])))


def _stage(episode: Episode) -> int:
    """The place of the highest stage that a cancer may have; the lowest where it is not known."""
    fact = episode.facts["stage-group"]
    if not isinstance(fact, Known | OneOf):
        return -1
    return max(_STAGES.index(each) for each in episode.facts.candidates("stage-group"))


_STAGES = VOCABULARY["stage-group"].domain


def _support(rating: Rating) -> int:
    """How far a rating is from a warning; one that could not be made is nearer only than "appropriate"."""
    if rating.category is not None:
        return {Category.USUALLY_NOT: 0, Category.MAY_BE: 3, Category.USUALLY: 4}[rating.category]
    return 1 if rating.outcome is Outcome.NO_CRITERIA else 2


ALWAYS_SHOWN = frozenset({"cancer", "disease-phase", "stage-group", "clinical-m", "metastasis-suspected"})
"""Facts that every answer rests on, whatever its variants read."""


def _assumed(order_facts: OrderFacts, episode: Episode, rating: Rating, knowledge: Knowledge) -> tuple[str, ...]:
    """What was taken as true for lack of a record, as far as this answer rests on it."""
    names = [*order_facts.assumed]
    for name in _read(rating, knowledge):
        fact = episode.facts[name]
        if not isinstance(fact, Unknown) and fact.assumed is not None:
            names.append(fact.assumed)
    if not episode.asked.stated and "question" not in rating.missing:
        names.append("question")
    return tuple(dict.fromkeys(names))


def _evidence(facts: Facts, rating: Rating, knowledge: Knowledge) -> dict[str, tuple[Evidence, ...]]:
    """The evidence of every fact this answer rests on; of all facts where no variant can hold."""
    names = _read(rating, knowledge) if rating.variants else VOCABULARY
    return {name: evidence for name in names if (evidence := facts[name].evidence)}


def _read(rating: Rating, knowledge: Knowledge) -> tuple[str, ...]:
    """The facts the variants of a rating read, in the order of the vocabulary."""
    return _facts_read(tuple([each.variant.id for each in rating.variants]), knowledge)


@lru_cache(maxsize=512)
def _facts_read(variants: tuple[str, ...], knowledge: Knowledge) -> tuple[str, ...]:
    of_variant = _facts_of_variants(knowledge)
    read = ALWAYS_SHOWN.union(*(of_variant[each] for each in variants))
    return tuple(name for name in VOCABULARY if name in read)


@lru_cache(maxsize=8)
def _facts_of_variants(knowledge: Knowledge) -> dict[str, frozenset[str]]:
    return {variant.id: frozenset(facts_of(variant.when)) for variant in knowledge.variants}


def _alternatives(rating: Rating, episode: Episode, knowledge: Knowledge) -> tuple[Rating, ...]:
    """Ratings of the studies that could be ordered instead, each for the question it would answer.

    For the same question, what the variants that hold rate higher; beside it ultrasound of the axilla and the yearly
    mammogram, for their own questions. Only those that are never usually not appropriate.
    """
    if rating.outcome is not Outcome.RATED or rating.category is Category.USUALLY:
        return ()
    wanted = dict.fromkeys(
        (study, rating.question) for each in rating.variants for study in _rated_higher(each.variant)
    )
    wanted |= dict.fromkeys((each.id, "axilla") for each in knowledge.procedures.values() if each.family == "axilla")
    if "surveillance" in episode.facts.candidates("disease-phase"):
        breast = (each for each in knowledge.procedures.values() if each.after_treatment_question == "local-recurrence")
        wanted |= dict.fromkeys((each.id, "local-recurrence") for each in breast)
    made = (
        rate(study, question, episode.facts, knowledge)
        for study, question in wanted
        if (study, question) != (rating.procedure, rating.question)
        and _would_ask(knowledge.procedures[study], episode) == question
    )
    return tuple(each for each in made if each.categories <= {Category.MAY_BE, Category.USUALLY})


def _would_ask(study: Procedure, episode: Episode) -> str:
    """What another study would ask in the same order: its words stay, and may say more than the study's default."""
    return dict(episode.asked.of_family).get(study.family) or default_question(study, episode.facts)


def _with_new_lump(rating: Rating, facts: Facts, knowledge: Knowledge) -> Rating | None:
    """How ultrasound of the axilla, offered in follow-up should there be a new lump, would then be rated."""
    if rating.category is not Category.USUALLY_NOT or "surveillance" not in facts.candidates("disease-phase"):
        return None
    if facts.value("pregnant") == "yes":
        return None
    study = next((each.id for each in knowledge.procedures.values() if each.family == "axilla"), None)
    lump = facts.replaced({"axillary-lump": Known("unilateral")})
    found = rate(study, "axilla", lump, knowledge) if study is not None else None
    return found if found is not None and found.outcome is Outcome.RATED else None


def _rated_higher(variant: Variant) -> tuple[str, ...]:
    return tuple(row.procedure for row in variant.ratings.values() if row.category is not Category.USUALLY_NOT)
