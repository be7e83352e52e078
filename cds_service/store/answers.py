"""What people did with the cards they were shown: accepted, overridden and why, studies and radiation avoided.

Feedback is matched to what was shown when it is read, not when it comes: it may come before the card is written.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from cds_service.cards.overrides import OVERRIDE_REASONS
from cds_service.hooks.feedback import FeedbackOutcome
from cds_service.store.consultations import Band
from cds_service.store.spans import Span, most_first, within
from cds_service.store.tables import cards, consultations, feedback

NO_REASON = "none"
IN_WORDS = "in-words"
OTHER = "other"
"""Reasons besides those we offer: none given, a comment alone, one of the client's own."""

_OFFERED = frozenset(each.code for each in OVERRIDE_REASONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Cards of one kind accepted alike: which study was ordered, what was done, and with which study instead.

    `does`: cancel, replace, add, note, or unknown where the client did not say which suggestion. `avoided`: mSv, from
    the bands of both studies; None where nothing was avoided or a band is not known.
    """

    kind: str
    ordered: str | None
    does: str
    study: str | None
    cards: int
    avoided: Band | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Feedback by the last word on each card. `overridden`: kind of card and reason. `unmatched`: no card of ours."""

    accepted: tuple[Accepted, ...] = ()
    overridden: tuple[tuple[str, str, int], ...] = ()
    unmatched: int = 0

    @property
    def studies_avoided(self) -> int:
        """Studies that were cancelled, or replaced by another."""
        return sum(each.cards for each in self.accepted if each.does in ("cancel", "replace"))

    @property
    def msv_avoided(self) -> Band:
        """The radiation of those, less that of what was ordered instead."""
        bands = [each.avoided for each in self.accepted if each.avoided is not None]
        return sum(low for low, _ in bands), sum(high for _, high in bands)

    def count(self, outcome: FeedbackOutcome, kind: str) -> int:
        """Cards of a kind that were accepted, or overridden."""
        if outcome is FeedbackOutcome.ACCEPTED:
            return sum(each.cards for each in self.accepted if each.kind == kind)
        return sum(count for of, _, count in self.overridden if of == kind)


def reason_of(code: str | None, *, reasoned: bool) -> str:
    """A reason as it is counted: one of ours by its code, one of the client's own as such."""
    if code is None:
        return IN_WORDS if reasoned else NO_REASON
    return code if code in _OFFERED else OTHER


def read_answers(connection: Connection, span: Span) -> Answers:
    """What was done with the cards of a span of time, whenever it was done."""
    accepted = Counter[tuple[str, str | None, str, str | None, Band | None]]()
    overridden = Counter[tuple[str, str]]()
    for row in _last_words(connection, tuple(within(span))):
        if row.outcome == FeedbackOutcome.OVERRIDDEN:
            overridden[row.kind, reason_of(row.reason_code, reasoned=row.reasoned)] += 1
        else:
            accepted[(row.kind, row.study, *_done(row))] += 1
    return Answers(
        accepted=tuple(
            Accepted(kind=kind, ordered=ordered, does=does, study=study, cards=count, avoided=_times(band, count))
            for (kind, ordered, does, study, band), count in most_first(accepted)
        ),
        overridden=tuple((*key, count) for key, count in most_first(overridden)),
        unmatched=_unmatched(connection, span),
    )


def _last_words(connection: Connection, where: Sequence[ColumnElement[bool]]) -> list[Any]:
    """For each card its last feedback, with the card it is about."""
    joined = feedback.join(cards, cards.c.card == feedback.c.card).join(
        consultations,
        (consultations.c.uid == cards.c.consultation) & (consultations.c.client == feedback.c.client),
    )
    query = (
        select(
            feedback.c.client,
            feedback.c.card,
            feedback.c.outcome,
            feedback.c.accepted,
            feedback.c.reason_code,
            feedback.c.reasoned,
            cards.c.kind,
            cards.c.study,
            cards.c.msv,
            cards.c.suggestions,
        )
        .select_from(joined)
        .where(*where)
        # The last row counts: of one card told by two services, the one whose service the feedback was sent to.
        .order_by(feedback.c.at, feedback.c.id, consultations.c.service == feedback.c.service)
    )
    last = {(row.client, row.card): row for row in connection.execute(query)}
    return list(last.values())


def _done(row: Any) -> tuple[str, str | None, Band | None]:
    """What accepting came to, the study instead, and the radiation avoided."""
    offers = {each["uuid"]: each for each in row.suggestions}
    taken = {offers[each]["does"]: offers[each] for each in row.accepted if each in offers}
    # A client that takes one action to a suggestion replaces by two: a new order, and the old one cancelled.
    instead = taken.get("replace") or (taken.get("add") if "cancel" in taken else None)
    if instead is not None:
        return "replace", instead["study"], _difference(row.msv, instead["msv"])
    does = next(iter(taken), "unknown")
    added: Mapping[str, Any] = taken.get("add", {})
    return does, added.get("study"), _difference(row.msv, (0.0, 0.0)) if does == "cancel" else None


def _difference(ordered: Sequence[float] | None, instead: Sequence[float] | None) -> Band | None:
    if ordered is None or instead is None:
        return None
    return ordered[0] - instead[1], ordered[1] - instead[0]


def _times(band: Band | None, count: int) -> Band | None:
    return None if band is None else (band[0] * count, band[1] * count)


def _unmatched(connection: Connection, span: Span) -> int:
    """Cards that feedback of this span told of, and that we never made for that client."""
    known = (
        select(cards.c.id)
        .join(consultations, consultations.c.uid == cards.c.consultation)
        .where(cards.c.card == feedback.c.card, consultations.c.client == feedback.c.client)
        .exists()
    )
    query = select(func.count(func.distinct(feedback.c.card))).where(~known)
    if span.since is not None:
        query = query.where(feedback.c.received >= span.since)
    if span.until is not None:
        query = query.where(feedback.c.received < span.until)
    if span.client is not None:
        query = query.where(feedback.c.client == span.client)
    return connection.scalar(query) or 0
