"""Cards for an order that was rated: the warning, the hint at a better study, and what an appropriate order should say.

A warning is built in one place, behind a check that the rating allows it.
"""

from functools import partial

import msgspec

from cds_service.cards import detail, handoff, text
from cds_service.cards.alternatives import Alternative, Choice, better_form, instead
from cds_service.cards.edits import read_resource
from cds_service.cards.extension import consult_id
from cds_service.cards.fitting import fitted_alternative, fitted_cancel, fitted_note
from cds_service.cards.making import Setting, card_id, make
from cds_service.cards.overrides import OVERRIDE_REASONS
from cds_service.cards.suggestions import alternative_suggestion, cancel_suggestion, note_suggestion
from cds_service.cards.words import listed, short
from cds_service.criteria.model import Assessment, Outcome, VariantState
from cds_service.hooks.response import Card, Suggestion
from cds_service.knowledge.model import Category

ORDER_SIGN = "order-sign"


def usually_not(assessment: Assessment, setting: Setting, taken: frozenset[str]) -> tuple[Card | None, tuple[str, ...]]:
    """A warning; an `info` without pressure while metastasis may be there, or a tumour marker is raised."""
    check_warrant(assessment)
    name = text.study_name(assessment, setting.knowledge)
    if _metastasis_possible(assessment):
        choice = better_form(assessment, knowledge=setting.knowledge, taken=taken, today=setting.today)
        summary = text.better_exists(name, Category.USUALLY_NOT, choice.offered, assessment)
        return _rated_card(assessment, setting, summary, choice, indicator="info"), _ids(choice)
    choice = instead(assessment, knowledge=setting.knowledge, taken=taken, today=setting.today)
    summary = text.not_appropriate(name, assessment)
    indicator = "info" if _marker_raised(assessment) else "warning"
    return _rated_card(assessment, setting, summary, choice, indicator=indicator), _ids(choice)


def check_warrant(assessment: Assessment) -> None:
    """Raise ValueError unless every variant that holds or may hold rates the study usually not appropriate.

    The engine's rating already says so; this is the same rule a second time, because a wrong warning does harm.
    """
    rating = assessment.rating
    if assessment.outcome is not Outcome.RATED or rating is None or rating.category is not Category.USUALLY_NOT:
        raise ValueError("a warning needs a rating of usually not appropriate")
    if any(each.category is not Category.USUALLY_NOT for each in rating.variants):
        raise ValueError("a warning needs every variant that may hold to rate the study usually not appropriate")
    certain = any(each.state is VariantState.HOLDS for each in rating.variants)
    covered = rating.categories == {Category.USUALLY_NOT}
    if not rating.variants or not (certain or covered) or rating.categories - {Category.USUALLY_NOT}:
        raise ValueError("a warning needs a variant that holds in every case left open")


def may_be(assessment: Assessment, setting: Setting, taken: frozenset[str]) -> tuple[Card | None, tuple[str, ...]]:
    """An `info` with the better-rated studies for the same question; nothing where there are none."""
    choice = better_form(assessment, knowledge=setting.knowledge, taken=taken, today=setting.today)
    if not choice.offered:
        return None, ()
    name = text.study_name(assessment, setting.knowledge)
    summary = text.better_exists(name, Category.MAY_BE, choice.offered, assessment)
    return _rated_card(assessment, setting, summary, choice, indicator="info"), _ids(choice)


def appropriate(assessment: Assessment, setting: Setting) -> Card | None:
    """At order-sign what the radiologist must be told; else nothing, unless the site wants to see it."""
    name = text.study_name(assessment, setting.knowledge)
    held = any(each.variant.id in handoff.VARIANTS for each in text.leading(assessment))
    draft = setting.drafts.get(assessment.reference)
    order = read_resource(draft) if draft is not None and held and setting.hook == ORDER_SIGN else None
    unsaid = handoff.unsaid(order) if order is not None else ()
    if draft is not None and unsaid:
        note_is_there = order is not None and handoff.has_blanks(order)
        return _handoff(assessment, setting, draft, unsaid, with_note=not note_is_there)
    if not setting.presentation.show_appropriate:
        return None
    summary = text.fitting(f"{name} usually appropriate", text.reasons(assessment))
    body = detail.appropriate(assessment, knowledge=setting.knowledge)
    return make(assessment, setting, purpose="appropriate", summary=summary, body=body)


def _handoff(
    assessment: Assessment, setting: Setting, draft: msgspec.Raw, unsaid: tuple[str, ...], *, with_note: bool
) -> Card:
    name = text.study_name(assessment, setting.knowledge)
    what = listed(unsaid)
    note = note_suggestion(
        draft=draft,
        note=handoff.note(unsaid),
        label="Add a note to fill in",
        what=f"{what}, with blanks to fill in",
        card_id=card_id(assessment, setting, "handoff"),
    )
    suggestion = fitted_note(note, setting.presentation) if with_note else None
    verdict = f"{name} usually appropriate after neoadjuvant therapy"
    return make(
        assessment,
        setting,
        purpose="handoff",
        summary=text.first_fitting([f"{each}: please state {what}" for each in (verdict, name)]),
        body=detail.handoff(assessment, what, knowledge=setting.knowledge),
        suggestions=(suggestion,) if suggestion is not None else (),
    )


def _rated_card(assessment: Assessment, setting: Setting, summary: str, choice: Choice, *, indicator: str) -> Card:
    """A verdict with its choices; cancel and override reasons belong to a warning alone."""
    id = card_id(assessment, setting, indicator)
    warns = indicator == "warning"
    pressing = warns or (assessment.category is Category.MAY_BE)
    # A yearly mammogram that is due does not answer what the body scan asked: there, to cancel is what is advised.
    # Ultrasound of the axilla is advised only where nothing answers what was asked.
    answers = [each for each in choice.offered if each.appropriate and not _answers_something_else(each, assessment)]
    same = [each for each in answers if each.rating is not None and each.rating.question == assessment.question]
    best = _top_rated(same or answers) if pressing else None
    suggestions = _alternatives(assessment, setting, choice, best, id)
    if warns:
        nothing_better = not (suggestions and answers)
        name = text.study_name(assessment, setting.knowledge)
        cancel = cancel_suggestion(assessment, name=name, recommended=nothing_better, card_id=id)
        suggestions = (*suggestions, *fitted_cancel(cancel, setting.presentation))
    return make(
        assessment,
        setting,
        purpose=indicator,
        id=id,
        summary=summary,
        body=detail.rated(
            assessment, choice, cancels=warns and setting.presentation.shape.deletes, knowledge=setting.knowledge
        ),
        indicator=indicator,
        suggestions=suggestions,
        override_reasons=OVERRIDE_REASONS if warns else (),
        studies=[each.study for each in choice.offered],
    )


def _top_rated(answers: list[Alternative]) -> Alternative | None:
    """The one to recommend (https://cds-hooks.hl7.org/2.0/#suggestion): of those that nothing speaks against, the
    highest score; of equals, the first."""
    clear = (each for each in answers if each.doubt is None)
    return max(clear, key=lambda each: each.rating.score or 0 if each.rating is not None else 0, default=None)


def _alternatives(
    assessment: Assessment, setting: Setting, choice: Choice, best: Alternative | None, card_id: str
) -> tuple[Suggestion, ...]:
    draft = setting.drafts.get(assessment.reference)
    if draft is None:
        return ()
    made = (_alternative(each, assessment, setting, draft, each is best, card_id) for each in choice.offered)
    return tuple(each for each in made if each is not None)


def _alternative(
    each: Alternative, assessment: Assessment, setting: Setting, draft: msgspec.Raw, best: bool, card_id: str
) -> Suggestion | None:
    suggestion = alternative_suggestion(
        assessment,
        each,
        draft=draft,
        ordered=setting.study(assessment),
        knowledge=setting.knowledge,
        name=text.study_name(assessment, setting.knowledge),
        label=_label(each, assessment),
        recommended=best,
        card_id=card_id,
    )
    if suggestion is None:
        return None
    return fitted_alternative(
        suggestion,
        each,
        setting.presentation,
        rating=each.rating if each.condition is None else assessment.with_new_lump,
        consult=partial(consult_id, assessment, setting.hook_instance),
        invasive=assessment.facts is not None and assessment.facts.value("cancer") == "invasive",
    )


def _label(alternative: Alternative, assessment: Assessment) -> str:
    name = short(alternative.study)
    if alternative.condition is not None and alternative.study.id == assessment.procedure:
        return f"{alternative.condition} State it as the reason"
    if alternative.condition is not None:
        return f"{alternative.condition} {name} instead"
    if alternative.rating is None:
        return f"{name} instead"
    return f"{name} instead: {text.rating_words(alternative.rating)}"


def _answers_something_else(alternative: Alternative, assessment: Assessment) -> bool:
    rating = alternative.rating
    return rating is not None and rating.question == "local-recurrence" and assessment.question == "distant"


def _ids(choice: Choice) -> tuple[str, ...]:
    return tuple(each.study.id for each in choice.offered)


def _metastasis_possible(assessment: Assessment) -> bool:
    """Whether metastasis is suspected, known, or cannot be excluded from what is recorded."""
    facts = assessment.facts
    if facts is None:
        return True
    return facts.value("metastasis-suspected") != "none" or "metastatic" in facts.candidates("disease-phase")


def _marker_raised(assessment: Assessment) -> bool:
    return assessment.facts is not None and assessment.facts.value("tumor-marker-raised") == "yes"
