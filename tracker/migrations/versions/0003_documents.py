"""Documents, recordings, and control totals."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "documents",
        *_key(),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sm3", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("attached_by", sa.Text(), nullable=False),
        sa.Column("attached_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("attached_on", sa.Date(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", "subject"),
    )
    op.create_index("documents_about", "documents", ["center_id", "about"])
    op.create_table(
        "recordings",
        *_key(),
        sa.Column("call_subject", sa.Text(collation="C"), nullable=True),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("center_id", "subject"),
    )
    op.create_index("recordings_call", "recordings", ["center_id", "call_subject"])
    op.create_index("recordings_started", "recordings", ["center_id", "started_on"])
    op.create_table(
        "assertions",
        *_key(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("end_day", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("stated_by", sa.Text(), nullable=True),
        sa.Column("stated_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("center_id", "subject"),
    )


def _key() -> tuple[sa.Column[str], sa.Column[str], sa.Column[int]]:
    """The columns that every fact table begins with."""
    return (
        sa.Column("center_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
