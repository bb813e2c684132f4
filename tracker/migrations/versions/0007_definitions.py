"""Adopted definitions of indicators; the first closing of a work order that was sent back."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "definitions",
        sa.Column("center_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Text(collation="C"), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("adopted_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", "subject", "version"),
    )
    op.add_column("work_orders", sa.Column("first_closed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    # exact where nothing was sent back; `hotline rebuild` fills in the others
    op.execute("UPDATE work_orders SET first_closed_at = closed_at WHERE redone = 0")
