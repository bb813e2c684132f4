"""Calls that were turned away before anybody could take them; when platforms are known to have been down."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("calls", sa.Column("blocked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("calls", "blocked", server_default=None)
    op.create_table(
        "outages",
        sa.Column("center_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("down_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("down_on", sa.Date(), nullable=False),
        sa.Column("up_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", "subject"),
    )
