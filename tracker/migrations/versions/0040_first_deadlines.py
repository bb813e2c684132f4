"""The deadline that an order had before any extension, to the second: whether it was cancelled before it."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("first_deadline_at", sa.TIMESTAMP(timezone=True)))
