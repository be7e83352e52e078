"""The tables of the store. No request bodies, no patient text: what was assessed, and what came of it."""

from sqlalchemy import JSON, BigInteger, Column, DateTime, Float, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

consultations = Table(
    "consultations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("time", DateTime(timezone=True), nullable=False),
    Column("hook", String(32), nullable=False),
    Column("service", String(64), nullable=False),
    Column("consult_id", String(128), nullable=False),
    Column("hook_instance", String(128), nullable=False),
    Column("procedure", String(64)),
    Column("question", String(32)),
    Column("outcome", String(32), nullable=False),
    Column("category", String(32)),
    Column("score", Integer),
    Column("variants", JSON, nullable=False),
    Column("missing", JSON, nullable=False),
    Column("knowledge", String(64), nullable=False),
    Column("duration_ms", Float, nullable=False),
    Index("consultations_by_time", "time"),
)

# Hashes of tokens, so that each counts once; a row is of no use after `expires` (seconds since 1970).
used_tokens = Table(
    "used_tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("expires", BigInteger, nullable=False),
    Index("used_tokens_by_expiry", "expires"),
)
