"""The table of rows that were not taken. Whoever reads files fills it; whoever closes a month counts it."""

import sqlalchemy as sa

from tracker.database import metadata

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("delivery", sa.Text, primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),  # of the file, header counted
    sa.Column("column", sa.Text, primary_key=True),  # title as printed; "" where the whole row is meant
    sa.Column("value", sa.Text, nullable=False),  # personal values masked
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("remedy", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
)
