"""How far back a full list of people tells who had left."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("leavers_since", sa.Date()))
