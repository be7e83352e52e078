"""Tokens that were used, so that each counts once."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; there may be one already, made before the store knew migrations."""
    op.create_table(
        "used_tokens",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("expires", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index("used_tokens_by_expiry", "used_tokens", ["expires"], if_not_exists=True)


def downgrade() -> None:
    """Forget them: a token that is still valid could be used once more."""
    op.drop_table("used_tokens")
