"""What happened in a span of time, counted from the store: the figures of the report, and no word about any patient.

An order may be assessed several times before it is signed; the figures count assessments, by hook.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, func, select

from cds_service.store.answers import Answers, read_answers
from cds_service.store.spans import Span, most_first, within
from cds_service.store.tables import cards, consultations, unmapped_codes

TOP = 20
"""Codes that map to nothing, the most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCount:
    """Assessments that ended alike, at one hook."""

    hook: str
    outcome: str
    category: str | None
    assessments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantCount:
    """Assessments in which a variant held or could hold; one with several variants counts for each."""

    variant: str
    outcome: str
    category: str | None
    assessments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCount:
    """Cards of one kind about one variant. `mode`: shown, or why not. `variant` is None where there is none."""

    mode: str
    kind: str
    variant: str | None
    cards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCount:
    """Orders with a code that maps to nothing."""

    system: str
    code: str
    orders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """Assessments of one day (UTC), and the warnings among them, shown or not."""

    day: date
    assessments: int
    warnings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures. `missing`: names of facts, by how many assessments lacked them. `made`: cards by mode and kind."""

    span: Span
    assessments: int
    outcomes: tuple[OutcomeCount, ...]
    variants: tuple[VariantCount, ...]
    made: tuple[tuple[str, str, int], ...]
    cards: tuple[CardCount, ...]
    answers: Answers
    missing: tuple[tuple[str, int], ...]
    unmapped: tuple[CodeCount, ...]
    days: tuple[DayCount, ...]

    def warnings(self, mode: str = "shown") -> int:
        """Warnings that were shown, or were not for a reason."""
        return sum(count for of, kind, count in self.made if (of, kind) == (mode, "warning"))


def read_report(connection: Connection, span: Span) -> Report:
    """The figures of a span of time."""
    where = tuple(within(span))
    outcomes = tuple(_outcomes(connection, where))
    made = Counter[tuple[str, str]]()
    by_variant = Counter[tuple[str, str, str | None]]()
    for mode, kind, variants, count in connection.execute(_card_groups(where)):
        made[mode, kind] += count
        for variant in json.loads(variants) or [None]:
            by_variant[mode, kind, variant] += count
    return Report(
        span=span,
        assessments=sum(each.assessments for each in outcomes),
        outcomes=outcomes,
        variants=tuple(_variants(connection, where)),
        made=tuple((*key, count) for key, count in sorted(made.items())),
        cards=tuple(
            CardCount(mode=mode, kind=kind, variant=variant, cards=count)
            for (mode, kind, variant), count in most_first(by_variant)
        ),
        answers=read_answers(connection, span),
        missing=tuple(_missing(connection, where)),
        unmapped=tuple(_unmapped(connection, span)),
        days=tuple(_days(connection, where)),
    )


def _outcomes(connection: Connection, where: Sequence[ColumnElement[bool]]) -> Iterator[OutcomeCount]:
    columns = (consultations.c.hook, consultations.c.outcome, consultations.c.category)
    for hook, outcome, category, count in connection.execute(_counted(*columns, where=where)):
        yield OutcomeCount(hook=hook, outcome=outcome, category=category, assessments=count)


def _variants(connection: Connection, where: Sequence[ColumnElement[bool]]) -> Iterator[VariantCount]:
    columns = (_text(consultations.c.variants), consultations.c.outcome, consultations.c.category)
    counts = Counter[tuple[str, str, str | None]]()
    for variants, outcome, category, count in connection.execute(_counted(*columns, where=where)):
        for variant in json.loads(variants):
            counts[variant, outcome, category] += count
    for (variant, outcome, category), count in most_first(counts):
        yield VariantCount(variant=variant, outcome=outcome, category=category, assessments=count)


def _card_groups(where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    columns = (consultations.c.mode, cards.c.kind, _text(cards.c.variants))
    joined = cards.join(consultations, consultations.c.uid == cards.c.consultation)
    return select(*columns, func.count()).select_from(joined).where(*where).group_by(*columns)


def _missing(connection: Connection, where: Sequence[ColumnElement[bool]]) -> Iterator[tuple[str, int]]:
    counts = Counter[str]()
    for missing, count in connection.execute(_counted(_text(consultations.c.missing), where=where)):
        for fact in json.loads(missing):
            counts[fact] += count
    yield from most_first(counts)


def _unmapped(connection: Connection, span: Span) -> Iterator[CodeCount]:
    orders = func.sum(unmapped_codes.c.orders)
    query = select(unmapped_codes.c.system, unmapped_codes.c.code, orders).group_by(
        unmapped_codes.c.system, unmapped_codes.c.code
    )
    if span.since is not None:
        query = query.where(unmapped_codes.c.day >= span.since.date())
    if span.until is not None:
        query = query.where(unmapped_codes.c.day < span.until.date())
    if span.client is not None:
        query = query.where(unmapped_codes.c.client == span.client)
    ordered = query.order_by(orders.desc(), unmapped_codes.c.system, unmapped_codes.c.code).limit(TOP)
    for system, code, count in connection.execute(ordered):
        yield CodeCount(system=system, code=code, orders=count)


def _days(connection: Connection, where: Sequence[ColumnElement[bool]]) -> Iterator[DayCount]:
    time = consultations.c.time
    day = func.date(func.timezone("UTC", time) if connection.dialect.name == "postgresql" else time)
    warned = select(cards.c.id).where(cards.c.consultation == consultations.c.uid, cards.c.kind == "warning").exists()
    query = select(day, func.count(), func.count().filter(warned)).where(*where).group_by(day).order_by(day)
    for on, count, warnings in connection.execute(query):
        yield DayCount(day=date.fromisoformat(str(on)), assessments=count, warnings=warnings)


def _counted(*columns: ColumnElement[Any], where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return select(*columns, func.count()).where(*where).group_by(*columns).order_by(func.count().desc(), *columns)


def _text(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A JSON column as text, which can be grouped by."""
    return cast(column, Text)
