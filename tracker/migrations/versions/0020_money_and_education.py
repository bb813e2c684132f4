"""What payments, budget and people tell beside: acceptance, budget year, 大专 and above."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("staff", sa.Column("college", sa.Boolean()))
