"""Writing to the tables: what is new is inserted, what is there stays as it is; on SQLite and PostgreSQL alike."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from cds_service.store.consultations import CardRow, Consultation, card_rows
from cds_service.store.tables import cards, consultations, feedback, unmapped_codes

PURGED_AT_ONCE = 1000

Unmapped = Mapping[tuple[str, str, str], int]
"""Client, system and code → how many orders."""

_OF_CONSULTATION = tuple(column.name for column in consultations.columns if column.name != "id")


def insert_consultations(connection: Connection, rows: Sequence[Consultation]) -> None:
    """Keep consultations with their cards; those that are kept already are passed over."""
    values = [consultation_values(row) for row in rows]
    connection.execute(_insert_new(connection, consultations, "uid"), values)
    shown = [_card_values(row, card) for row, card in card_rows(rows)]
    if shown:
        connection.execute(_insert_new(connection, cards, "consultation", "card"), shown)


def insert_feedback(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep feedback; what was told before is passed over."""
    connection.execute(_insert_new(connection, feedback, "digest"), [dict(row) for row in rows])


def add_unmapped(connection: Connection, day: date, counts: Unmapped) -> None:
    """Add to the day's counts of codes that map to nothing."""
    keys = [column.name for column in unmapped_codes.primary_key]
    new = _insert(connection, unmapped_codes)
    adding = new.on_conflict_do_update(
        index_elements=keys, set_={"orders": unmapped_codes.c.orders + new.excluded.orders}
    )
    # In one order everywhere, or two writers would wait for each other for ever.
    connection.execute(
        adding,
        [
            {"day": day, "client": client, "system": system, "code": code, "orders": orders}
            for (client, system, code), orders in sorted(counts.items())
        ],
    )


def purge(connection: Connection, before: datetime) -> int:
    """Delete a portion of what is older than a moment; how many rows it was, 0 when nothing is left."""
    old = select(consultations.c.uid).where(consultations.c.time < before).limit(PURGED_AT_ONCE)
    uids = connection.scalars(old).all()
    if uids:
        connection.execute(delete(cards).where(cards.c.consultation.in_(uids)))
        connection.execute(delete(consultations).where(consultations.c.uid.in_(uids)))
    told = _purge_portion(connection, feedback, feedback.c.received, before)
    counted = connection.execute(delete(unmapped_codes).where(unmapped_codes.c.day < before.date())).rowcount
    return len(uids) + told + counted


def retention_limit(now: datetime, days: int) -> datetime:
    """Before when rows are not kept."""
    return now.astimezone(UTC) - timedelta(days=days)


def consultation_values(row: Consultation) -> dict[str, Any]:
    """A row as the columns have it."""
    return {name: getattr(row, name) for name in _OF_CONSULTATION}


def _card_values(row: Consultation, card: CardRow) -> dict[str, Any]:
    return {
        "consultation": row.uid,
        "card": card.card,
        "kind": card.kind,
        "indicator": card.indicator,
        "variants": card.variants,
        "study": card.study,
        "msv": card.msv,
        "suggestions": card.suggestions,
    }


def _purge_portion(connection: Connection, table: Table, time: Column[Any], before: datetime) -> int:
    portion = select(table.c.id).where(time < before).limit(PURGED_AT_ONCE)
    return connection.execute(delete(table).where(table.c.id.in_(portion))).rowcount


def _insert_new(connection: Connection, table: Table, *unique: str) -> Any:
    return _insert(connection, table).on_conflict_do_nothing(index_elements=list(unique))


def _insert(connection: Connection, table: Table) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)
