"""Calls are found by the number that called, in the order of time."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0025"


def upgrade() -> None:
    op.create_index(
        "calls_inbound",
        "calls",
        ["center_id", "caller", "entered_at"],
        postgresql_where=sa.text("direction = 'inbound'"),
    )
