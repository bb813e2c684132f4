"""The last deadline of an order, beside the one by which it is judged; posts held, and names, over time."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("last_deadline_at", sa.TIMESTAMP(timezone=True)))
    op.add_column("work_orders", sa.Column("last_due_on", sa.Date()))
    op.create_index("work_orders_last_due", "work_orders", ["center_id", "last_due_on"])
    op.create_table(
        "staff_posts",
        sa.Column("center_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("end_day", sa.Date()),
        sa.Column("post", sa.Text()),
        sa.PrimaryKeyConstraint("center_id", "subject", "first_day"),
    )
    op.create_table(
        "names",
        sa.Column("center_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("known_as", sa.Text(collation="C"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("end_day", sa.Date()),
        sa.Column("called", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", "subject", "known_as", "first_day"),
    )
