"""The last deadline of an order, beside the one by which it is judged."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("last_deadline_at", sa.TIMESTAMP(timezone=True)))
    op.add_column("work_orders", sa.Column("last_due_on", sa.Date()))
    op.create_index("work_orders_last_due", "work_orders", ["center_id", "last_due_on"])
