"""The moment that a row held back tells, by which numbers given twice on a day are told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("quarantine", sa.Column("moment", sa.TIMESTAMP(timezone=True)))
