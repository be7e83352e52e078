"""What was shown, what people did with it, and the codes that map to nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NEW = (
    # column, its type, and what it is in a row of before
    ("uid", sa.String(36), "'former-' || id"),
    ("client", sa.String(64), "'default'"),
    ("assumed", sa.JSON, "'[]'"),
    ("mode", sa.String(16), "'shown'"),
    ("fhir_failures", sa.Integer, "0"),
    ("stages", sa.JSON, "'{}'"),
)


def upgrade() -> None:
    """Widen consultations, and make the other tables."""
    op.add_column("consultations", sa.Column("patient", sa.String(64)))
    for name, type_, _ in _NEW:
        op.add_column("consultations", sa.Column(name, type_))
    op.execute(f"UPDATE consultations SET {', '.join(f'{name} = {former}' for name, _, former in _NEW)}")
    with op.batch_alter_table("consultations") as table:
        for name, type_, _ in _NEW:
            table.alter_column(name, existing_type=type_, nullable=False)
    op.create_index("consultations_by_uid", "consultations", ["uid"], unique=True)
    op.create_index("consultations_by_patient", "consultations", ["patient", "procedure"])
    _make_cards()
    _make_feedback()
    op.create_table(
        "unmapped_codes",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("client", sa.String(64), primary_key=True),
        sa.Column("system", sa.String(128), primary_key=True),
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("orders", sa.Integer, nullable=False),
    )


def _make_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("consultation", sa.String(36), nullable=False),
        sa.Column("card", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("indicator", sa.String(16), nullable=False),
        sa.Column("variants", sa.JSON, nullable=False),
        sa.Column("study", sa.String(64)),
        sa.Column("msv", sa.JSON),
        sa.Column("suggestions", sa.JSON, nullable=False),
    )
    op.create_index("cards_by_consultation", "cards", ["consultation", "card"], unique=True)
    op.create_index("cards_by_card", "cards", ["card"])


def _make_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("card", sa.String(128), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.JSON, nullable=False),
        sa.Column("reason_system", sa.String(256)),
        sa.Column("reason_code", sa.String(128)),
        sa.Column("reasoned", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text),
    )
    op.create_index("feedback_by_digest", "feedback", ["digest"], unique=True)
    op.create_index("feedback_by_card", "feedback", ["card"])
    op.create_index("feedback_by_received", "feedback", ["received"])


def downgrade() -> None:
    """Back to consultations alone, as they were; feedback is lost."""
    for table in ("unmapped_codes", "feedback", "cards"):
        op.drop_table(table)
    op.drop_index("consultations_by_uid", "consultations")
    op.drop_index("consultations_by_patient", "consultations")
    with op.batch_alter_table("consultations") as widened:
        for name in ("patient", *(name for name, _, _ in _NEW)):
            widened.drop_column(name)
