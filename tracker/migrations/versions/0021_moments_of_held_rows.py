"""The moment that a row held back tells, by which numbers given twice on a day are told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("quarantine", sa.Column("moment", sa.TIMESTAMP(timezone=True)))
