"""Which unit held an order from when to when, and which one when it fell due; pauses."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "order_holdings",
        sa.Column("center_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("held_from", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text()),
        sa.Column("held_until", sa.TIMESTAMP(timezone=True)),
        sa.Column("ended_by", sa.Text()),
        sa.Column("ended_on", sa.Date()),
        sa.PrimaryKeyConstraint("center_id", "subject", "held_from"),
    )
    op.create_index("order_holdings_ended", "order_holdings", ["center_id", "ended_on"])
    op.add_column("work_orders", sa.Column("due_unit", sa.Text()))
    op.add_column("work_orders", sa.Column("last_due_unit", sa.Text()))
    op.execute("UPDATE work_orders SET due_unit = unit, last_due_unit = unit")
    op.add_column("work_orders", sa.Column("paused", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("work_orders", "paused", server_default=None)
    op.add_column("work_orders", sa.Column("prolonged", sa.Boolean()))
