"""A delivery says of which days it tells all."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column(
        "covered_days", sa.Column("is_whole", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.alter_column("covered_days", "is_whole", server_default=None)
