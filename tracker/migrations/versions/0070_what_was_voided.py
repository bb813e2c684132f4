"""What was taken back says of which source and days it spoke, and why it was."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("voids", sa.Column("source", sa.Text()))
    op.add_column("voids", sa.Column("first_day", sa.Date()))
    op.add_column("voids", sa.Column("last_day", sa.Date()))
    op.add_column("voids", sa.Column("reason", sa.Text()))
