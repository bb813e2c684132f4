"""The ways in which a delivery writes numbers, where none before wrote them so."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("spellings", sa.Text()))
