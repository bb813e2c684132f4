"""Orders that were cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for name in ("cancelled", "lapsed"):
        op.add_column("work_orders", sa.Column(name, sa.Boolean(), nullable=False, server_default="false"))
        op.alter_column("work_orders", name, server_default=None)
    op.add_column("work_orders", sa.Column("cancelled_at", sa.TIMESTAMP(timezone=True)))
