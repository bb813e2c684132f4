"""Calls that were turned away before anybody could take them; platforms out of use, and planned outages."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("calls", sa.Column("blocked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("calls", "blocked", server_default=None)
