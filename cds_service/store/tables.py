"""The tables of the store. No request bodies, no patient text: what was assessed, and what came of it.

The schema is brought about by the migrations beside this module; a test holds the two to each other.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware in Python and in UTC, also where the database (SQLite) knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as it is written; an aware one only."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as it is read."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

consultations = Table(
    "consultations",
    metadata,
    Column("id", Integer, primary_key=True),
    # The same for the same order, asked in the same call with the same result: what is repeated is kept once.
    Column("uid", String(36), nullable=False),
    Column("time", UtcDateTime, nullable=False),
    Column("client", String(64), nullable=False),
    Column("hook", String(32), nullable=False),
    Column("service", String(64), nullable=False),
    Column("consult_id", String(128), nullable=False),
    Column("hook_instance", String(128), nullable=False),
    Column("patient", String(64)),
    Column("procedure", String(64)),
    Column("question", String(32)),
    Column("outcome", String(32), nullable=False),
    Column("category", String(32)),
    Column("score", Integer),
    Column("variants", JSON, nullable=False),
    Column("missing", JSON, nullable=False),
    Column("assumed", JSON, nullable=False),
    Column("knowledge", String(64), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("fhir_failures", Integer, nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("stages", JSON, nullable=False),
    Index("consultations_by_uid", "uid", unique=True),
    Index("consultations_by_time", "time"),
    Index("consultations_by_patient", "patient", "procedure"),
)

cards = Table(
    "cards",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("consultation", String(36), nullable=False),  # its uid
    Column("card", String(36), nullable=False),  # its uuid, by which feedback names it
    Column("kind", String(16), nullable=False),
    Column("indicator", String(16), nullable=False),
    Column("variants", JSON, nullable=False),
    Column("study", String(64)),
    Column("msv", JSON(none_as_null=True)),
    Column("suggestions", JSON, nullable=False),
    Index("cards_by_consultation", "consultation", "card", unique=True),
    Index("cards_by_card", "card"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),  # of everything told: the same feedback sent again is kept once
    Column("received", UtcDateTime, nullable=False),
    Column("client", String(64), nullable=False),
    Column("service", String(64), nullable=False),
    Column("card", String(128), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("accepted", JSON, nullable=False),
    Column("reason_system", String(256)),
    Column("reason_code", String(128)),
    Column("reasoned", Boolean, nullable=False),  # a reason or a comment was given, whether or not it is kept
    Column("comment", Text),
    Index("feedback_by_digest", "digest", unique=True),
    Index("feedback_by_card", "card"),
    Index("feedback_by_received", "received"),
)

unmapped_codes = Table(
    "unmapped_codes",
    metadata,
    Column("day", Date, primary_key=True),
    Column("client", String(64), primary_key=True),
    Column("system", String(128), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("orders", Integer, nullable=False),
)

# Hashes of tokens, so that each counts once; a row is of no use after `expires` (seconds since 1970).
used_tokens = Table(
    "used_tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("expires", BigInteger, nullable=False),
    Index("used_tokens_by_expiry", "expires"),
)
