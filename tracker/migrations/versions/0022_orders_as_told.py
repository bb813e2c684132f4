"""What no delivery can tell of an order's steps, and the deadline that it had before any extension."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("handling_s", sa.BigInteger()))
    op.add_column("work_orders", sa.Column("called_back", sa.Boolean()))
    op.add_column("work_orders", sa.Column("first_on_time", sa.Boolean()))
    op.add_column("work_orders", sa.Column("first_due_on", sa.Date()))
    op.add_column("work_orders", sa.Column("unextended_on_time", sa.Boolean()))
    op.add_column("work_orders", sa.Column("last_on_time", sa.Boolean()))
    untold = " dispatched_at signed_at returned reassigned extended urged redone first_closing "
    column = sa.Column("untold", sa.Text(), nullable=False, server_default=untold)  # until facts are rebuilt
    op.add_column("work_orders", column)
    op.alter_column("work_orders", "untold", server_default=None)
    op.create_index("work_orders_first_due", "work_orders", ["center_id", "first_due_on"])
    op.create_index(
        "work_orders_open",
        "work_orders",
        ["center_id", "due_on"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
