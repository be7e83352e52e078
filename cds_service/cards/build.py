"""From assessments to cards: one card per assessed order, by the outcome (design, section 6).

Pure: the same arguments give the same cards, ids included.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from cds_service.cards import detail, text
from cds_service.cards.asking import asking
from cds_service.cards.exclusions import drafted_studies
from cds_service.cards.identity import derived_id
from cds_service.cards.making import GUIDELINE, Setting, card_extension, make
from cds_service.cards.markdown import plain
from cds_service.cards.presentation import Presentation
from cds_service.cards.rated import ORDER_SIGN, appropriate, may_be, usually_not
from cds_service.cards.shapes import topic
from cds_service.cards.targeted import TARGETED
from cds_service.criteria.model import Assessment, Outcome
from cds_service.facts.vocabulary import VOCABULARY
from cds_service.hooks.response import Card, Source
from cds_service.knowledge.model import Category, Knowledge
from cds_service.value import Value

_USUAL = Presentation()


class Withheld(StrEnum):
    """Why a card that was made is not shown."""

    MUTED = "muted"  # the site shows none for its variants
    QUIET = "quiet"  # the same warning was overridden with a reason not long ago


class Said(Value, frozen=True, kw_only=True):
    """What there is to say about one order.

    `offered`: ids of the studies that the first suggestions of the card would order instead, in their order.
    """

    assessment: Assessment
    card: Card | None = None
    offered: tuple[str, ...] = ()
    withheld: Withheld | None = None


def say(
    assessments: Sequence[Assessment],
    *,
    drafts: Mapping[str, msgspec.Raw],
    hook: str,
    hook_instance: str,
    knowledge: Knowledge,
    today: date,
    presentation: Presentation = _USUAL,
    quiet: frozenset[str] = frozenset(),
) -> tuple[Said, ...]:
    """What there is to say about each order, in the order of the assessments; `shown` gives the cards of the answer.

    `drafts` maps `ServiceRequest/<id>` to the JSON of every draft of the request; `quiet` names orders (the same way)
    whose card is withheld this time. All orders that were not assessed share a card. Raises ValueError if a warning
    would rest on a rating that does not allow it: a fault of ours.
    """
    setting = Setting(
        drafts=drafts,
        hook=hook,
        hook_instance=hook_instance,
        knowledge=knowledge,
        today=today,
        presentation=presentation,
    )
    ordered = frozenset(each.procedure for each in assessments if each.procedure is not None)
    taken = ordered | _other_drafts(assessments, setting)
    said: list[Said] = []
    for assessment in assessments:
        card, offered = _card(assessment, setting, taken)
        withheld = _withheld(assessment, presentation.muted, quiet)
        said.append(Said(assessment=assessment, card=card, offered=offered, withheld=withheld))
        taken |= frozenset(offered if withheld is None else ())
    failed = [each for each in assessments if each.outcome is Outcome.NOT_ASSESSED]
    if not failed:
        return tuple(said)
    told = _not_assessed(failed, setting)
    return tuple(
        msgspec.structs.replace(each, card=told) if each.assessment.outcome is Outcome.NOT_ASSESSED else each
        for each in said
    )


def shown(said: Sequence[Said]) -> tuple[Card, ...]:
    """The cards of an answer; the one for all orders that were not assessed comes once, and last."""
    first: list[Card] = []
    last: list[Card] = []
    for each in said:
        if each.card is not None and each.withheld is None:
            (last if each.assessment.outcome is Outcome.NOT_ASSESSED else first).append(each.card)
    return (*first, *last[:1])


def _withheld(assessment: Assessment, muted: frozenset[str], quiet: frozenset[str]) -> Withheld | None:
    if _is_muted(assessment, muted):
        return Withheld.MUTED
    return Withheld.QUIET if assessment.reference in quiet else None


def _other_drafts(assessments: Sequence[Assessment], setting: Setting) -> frozenset[str]:
    judged = {each.reference for each in assessments} | {each.with_reference for each in assessments}
    others = {name: raw for name, raw in setting.drafts.items() if name not in judged}
    return drafted_studies(others, setting.knowledge) if others else frozenset()


def _is_muted(assessment: Assessment, muted: frozenset[str]) -> bool:
    """Whether a site has muted every variant that gives this card its reason."""
    variants = text.leading(assessment)
    if assessment.outcome is not Outcome.RATED:
        variants = tuple(each for each in variants if each.category is Category.USUALLY_NOT)
    return bool(variants) and all(each.variant.id in muted for each in variants)


def _card(assessment: Assessment, setting: Setting, taken: frozenset[str]) -> tuple[Card | None, tuple[str, ...]]:
    """The card for one order, if there is something to say, and the studies it offers."""
    match assessment.outcome, assessment.category:
        case Outcome.RATED, Category.USUALLY_NOT:
            return usually_not(assessment, setting, taken)
        case Outcome.RATED, Category.MAY_BE:
            return may_be(assessment, setting, taken)
        case Outcome.RATED, _:
            return appropriate(assessment, setting), ()
        case Outcome.INSUFFICIENT, _:
            return _undecided(assessment, setting), ()
        case Outcome.CONFLICTING, _:
            return _disagreeing(assessment, setting), ()
        case Outcome.NO_CRITERIA, _:
            return _targeted(assessment, setting), ()
        case _:  # not covered says nothing; not assessed has one card for all such orders
            return None, ()


def _undecided(assessment: Assessment, setting: Setting) -> Card | None:
    rating = assessment.rating
    if rating is None or Category.USUALLY_NOT not in {*rating.categories, *(each.category for each in rating.answers)}:
        return None
    if rating.disputed:  # no answer would be usually not appropriate: at worst the criteria disagree
        return None
    asked = asking(assessment, setting.knowledge)
    summary = text.undecided(text.study_name(assessment, setting.knowledge), assessment, asked)
    body = detail.undecided(assessment, asked, knowledge=setting.knowledge)
    return make(assessment, setting, purpose="insufficient", summary=summary, body=body, variants=asked.variants)


def _disagreeing(assessment: Assessment, setting: Setting) -> Card | None:
    rating = assessment.rating
    if rating is None or Category.USUALLY_NOT not in rating.categories:
        return None
    summary = text.disagreeing(text.study_name(assessment, setting.knowledge), assessment)
    body = detail.disagreeing(assessment, knowledge=setting.knowledge)
    return make(assessment, setting, purpose="conflicting", summary=summary, body=body)


def _targeted(assessment: Assessment, setting: Setting) -> Card | None:
    """At order-sign, a systemic study where metastasis is suspected at a known place: the study for that place."""
    study, facts = setting.study(assessment), assessment.facts
    if setting.hook != ORDER_SIGN or study is None or study.family != "systemic" or facts is None:
        return None
    site = facts.value("metastasis-site")
    named = TARGETED.get(str(site))
    suspected = facts.value("metastasis-suspected") not in (None, "none")
    if named is None or not suspected or study.id in named.procedures:
        return None
    label = VOCABULARY["metastasis-site"].label(str(site))
    return make(
        assessment,
        setting,
        purpose="targeted",
        summary=text.targeted(text.study_name(assessment, setting.knowledge), label, named.first),
        body=detail.targeted(assessment, named, site=label, knowledge=setting.knowledge),
    )


def _not_assessed(failed: Sequence[Assessment], setting: Setting) -> Card:
    """One card for every order that could not be assessed: a failure never looks like an empty answer."""
    names = [text.study_name(each, setting.knowledge) for each in failed]
    known = list(dict.fromkeys(name for name in names if name != text.UNNAMED))
    what = f"{len(failed)} orders" if len(failed) > 1 else next(iter(known), "Imaging order")
    places = {place for each in failed for place in each.unreadable}
    presentation = setting.presentation
    named = presentation.shape.named_topics
    body = detail.not_assessed(known, sorted(places), knowledge=setting.knowledge)
    return Card(
        uuid=derived_id(setting.hook_instance, "not-assessed", *(each.reference for each in failed)),
        summary=text.not_assessed(what, sorted(places)),
        indicator="info",
        source=Source(label=presentation.source_label, topic=topic("not-assessed") if named else GUIDELINE),
        detail=plain(body) if presentation.plain_text else body,
        extension=card_extension((each.reference for each in failed), presentation),
    )
