"""What rows of facts do not tell, and rows that were held back."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

WITH_UNKNOWN = ("calls", "work_orders", "staff", "payments", "survey_answers")


def upgrade() -> None:
    for table in WITH_UNKNOWN:
        op.add_column(table, sa.Column("unknown", sa.Text(), nullable=False, server_default=""))
        op.alter_column(table, "unknown", server_default=None)
    op.alter_column("staff", "education_verified", nullable=True)
    op.alter_column("payments", "due_on", nullable=True)
    for table, day in (("calls", "entered_on"), ("work_orders", "accepted_on")):
        op.create_index(
            f"{table}_unknown", table, ["center_id", day], postgresql_where=sa.text("unknown <> ''")
        )
    op.create_table(
        "held_back",
        sa.Column("center_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", "subject", "first_day", "last_day"),
    )
    op.add_column("quarantine", sa.Column("costs_row", sa.Boolean(), nullable=False, server_default="true"))
    op.alter_column("quarantine", "costs_row", server_default=None)
    op.add_column("quarantine", sa.Column("day", sa.Date(), nullable=True))
    op.add_column("quarantine", sa.Column("thing", sa.Text(), nullable=True))
    op.add_column("quarantine", sa.Column("settled_by", sa.Text(), nullable=True))
