"""Consultations, as the service made them before it knew migrations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "consultations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hook", sa.String(32), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("consult_id", sa.String(128), nullable=False),
        sa.Column("hook_instance", sa.String(128), nullable=False),
        sa.Column("procedure", sa.String(64)),
        sa.Column("question", sa.String(32)),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("category", sa.String(32)),
        sa.Column("score", sa.Integer),
        sa.Column("variants", sa.JSON, nullable=False),
        sa.Column("missing", sa.JSON, nullable=False),
        sa.Column("knowledge", sa.String(64), nullable=False),
        sa.Column("duration_ms", sa.Float, nullable=False),
    )
    op.create_index("consultations_by_time", "consultations", ["time"])


def downgrade() -> None:
    """Drop the table, and with it everything recorded."""
    op.drop_table("consultations")
