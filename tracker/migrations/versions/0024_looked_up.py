"""Calls out are found by the number called; a delivery says from which day to which it holds rows."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_index(
        "calls_outbound", "calls", ["center_id", "caller"], postgresql_where=sa.text("direction = 'outbound'")
    )
    op.add_column("deliveries", sa.Column("first_day", sa.Date()))
    op.add_column("deliveries", sa.Column("last_day", sa.Date()))
