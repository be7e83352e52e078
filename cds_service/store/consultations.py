"""What is kept of one assessed order: no request body, no patient text. Made from an answer; knows no database."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec

from cds_service.cards.build import Said
from cds_service.cards.extension import consult_id
from cds_service.cards.identity import derived_id
from cds_service.cards.suggestions import suggested_study
from cds_service.coding import Code
from cds_service.criteria.model import Assessment, Outcome
from cds_service.hooks.request import HookRequest
from cds_service.hooks.response import Card, Suggestion
from cds_service.hooks.services import Service
from cds_service.knowledge.model import Category, Knowledge
from cds_service.stages import Stages
from cds_service.value import Value

SHOWN = "shown"
SHADOW = "shadow"
"""The modes of a consultation, besides those of a card that is withheld (`cards.build.Withheld`)."""

LONGEST_ID = 128

Band = tuple[float, float]
"""Low and high, in mSv."""


class Offer(Value, frozen=True, kw_only=True):
    """One suggestion of a card.

    `does`: cancel, replace (the order by one for `study`), add (an order for it, the former one stays) or note.
    """

    uuid: str
    does: str
    study: str | None = None
    msv: Band | None = None


class CardRow(Value, frozen=True, kw_only=True):
    """One card as it was made, by the uuid that feedback will name. `study` is the one ordered, `msv` its band."""

    card: str
    kind: str
    indicator: str
    variants: tuple[str, ...]
    study: str | None
    msv: Band | None
    suggestions: tuple[Offer, ...]


class Consultation(Value, frozen=True, kw_only=True):
    """One assessed order. `variants`, `missing`, `assumed` are ids and names; `knowledge` is the content hash in force.

    `uid` is the same for the same order, asked in the same call with the same result. `patient`: the keyed hash.
    `mode`: whether its card was shown, or why not. `stages`: milliseconds.
    """

    uid: str
    time: datetime
    client: str
    hook: str
    service: str
    consult_id: str
    hook_instance: str
    outcome: str
    knowledge: str
    duration_ms: float
    patient: str | None = None
    procedure: str | None = None
    question: str | None = None
    category: str | None = None
    score: int | None = None
    variants: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    mode: str = SHOWN
    fhir_failures: int = 0
    stages: dict[str, float] = msgspec.field(default_factory=dict)
    cards: tuple[CardRow, ...] = ()


class Answered(Value, frozen=True, kw_only=True):
    """A request that has been answered, as far as anything of it is to be kept or counted.

    `client` is its name, `patient` the keyed hash. `unmapped`: codes of orders that map to nothing. `failures`: kinds
    of what could not be read of the record. `shadow`: no card was shown.
    """

    service: Service
    request: HookRequest
    client: str
    knowledge: Knowledge
    time: datetime
    stages: Stages
    said: tuple[Said, ...] = ()
    patient: str | None = None
    unmapped: tuple[Code, ...] = ()
    failures: tuple[str, ...] = ()
    shadow: bool = False


def consultations(answered: Answered) -> tuple[Consultation, ...]:
    """One for each assessed order, with the card that was made for it."""
    return tuple(_consultation(each, answered) for each in answered.said)


def _consultation(said: Said, call: Answered) -> Consultation:
    assessment, request = said.assessment, call.request
    rating = assessment.rating
    category = assessment.category
    variants = tuple(each.variant.id for each in rating.variants) if rating is not None else ()
    return Consultation(
        uid=_uid(assessment, variants, call),
        time=call.time,
        client=call.client,
        hook=request.hook,
        service=call.service.id,
        consult_id=kept_id(consult_id(assessment, request.hook_instance)),
        hook_instance=kept_id(request.hook_instance),
        patient=call.patient,
        procedure=assessment.procedure,
        question=assessment.question,
        outcome=assessment.outcome.value,
        category=category.value if category is not None else None,
        score=rating.score if rating is not None and category is not None else None,
        variants=variants,
        missing=rating.missing if rating is not None else (),
        assumed=assessment.assumed,
        knowledge=call.knowledge.hash,
        mode=_mode(said, shadow=call.shadow),
        fhir_failures=len(call.failures),
        duration_ms=call.stages.total_ms,
        stages=call.stages.ms,
        cards=(_card(said.card, said, variants, call.knowledge),) if said.card is not None else (),
    )


def _uid(assessment: Assessment, variants: Sequence[str], call: Answered) -> str:
    request = call.request
    return derived_id(
        call.client,
        call.service.id,
        request.hook,
        request.hook_instance,
        call.patient or "",
        assessment.reference,
        assessment.procedure or "",
        assessment.question or "",
        assessment.outcome.value,
        *variants,
    )


def _mode(said: Said, *, shadow: bool) -> str:
    if said.card is not None and said.withheld is not None:
        return said.withheld.value
    return SHADOW if shadow else SHOWN


# --- cards ------------------------------------------------------------------------------------------------------------
def _card(card: Card, said: Said, variants: tuple[str, ...], knowledge: Knowledge) -> CardRow:
    ordered = said.assessment.procedure
    return CardRow(
        card=card.uuid,
        kind=_kind(said.assessment, card),
        indicator=card.indicator,
        variants=variants,
        study=ordered,
        msv=_msv(ordered, knowledge),
        suggestions=tuple([_offer(each, card.uuid, said, knowledge) for each in card.suggestions]),
    )


def _offer(suggestion: Suggestion, card: str, said: Said, knowledge: Knowledge) -> Offer:
    kinds = {action.type for action in suggestion.actions}
    if kinds == {"delete"}:
        return Offer(uuid=suggestion.uuid, does="cancel")
    study = suggested_study(suggestion.uuid, card, said.offered)
    if study is None or study == said.assessment.procedure:
        return Offer(uuid=suggestion.uuid, does="note")
    return Offer(
        uuid=suggestion.uuid,
        does="add" if "create" in kinds else "replace",
        study=study,
        msv=_msv(study, knowledge),
    )


_KINDS = {
    Outcome.INSUFFICIENT: "question",
    Outcome.CONFLICTING: "conflict",
    Outcome.NO_CRITERIA: "targeted",
    Outcome.NOT_ASSESSED: "not-assessed",
}


def _kind(assessment: Assessment, card: Card) -> str:
    """What a card is for."""
    if assessment.outcome is not Outcome.RATED:
        return _KINDS[assessment.outcome]
    if assessment.category is Category.USUALLY:
        return "handoff" if card.suggestions else "appropriate"
    return "warning" if card.indicator == "warning" else "better"


def _msv(study: str | None, knowledge: Knowledge) -> Band | None:
    known = knowledge.procedures.get(study or "")
    return known.msv if known is not None else None


# --- what others wrote ------------------------------------------------------------------------------------------------
def kept_id(text: str, longest: int = LONGEST_ID) -> str:
    """An identifier as the store keeps it; one that is too long, or no line of text, by its digest."""
    if len(text) <= longest and text.isprintable():
        return text
    return f"sha256:{sha256(text.encode(errors='surrogatepass')).hexdigest()}"


_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


def kept_code(code: Code) -> tuple[str, str]:
    """System and code as they are counted; what is no code, and may be anybody's words, goes without its letters."""
    system = code.system if _SYSTEM.fullmatch(code.system) else "(no URI)" if code.system else "(no system)"
    return system, code.code if _CODE.fullmatch(code.code) else "(free text)" if code.code else "(no code)"


_SYSTEM = re.compile(r"(?:https?://|urn:)[A-Za-z0-9._~:/#?&=%-]{1,120}")


def card_rows(rows: Iterable[Consultation]) -> Iterator[tuple[Consultation, CardRow]]:
    """Every card with the consultation that it belongs to."""
    return ((row, card) for row in rows for card in row.cards)
