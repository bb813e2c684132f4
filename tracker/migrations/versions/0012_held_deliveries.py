"""Deliveries held until a question is answered; since when the newest full list leaves a person out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "held_deliveries",
        sa.Column("number", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("center_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("answered_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("answered_by", sa.Text()),
        sa.Column("answer", sa.Text()),
    )
    op.create_index("held_deliveries_open", "held_deliveries", ["center_id", "sha256"])
    op.add_column("staff", sa.Column("last_listed_on", sa.Date()))
