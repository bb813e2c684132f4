"""The table of rows and fields that were not taken; whoever reads files fills it."""

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
    sa.Column("costs_row", sa.Boolean, nullable=False),  # False: the row is in, this field of it is unknown
    sa.Column("day", sa.Date),  # that a row held back counts on; None: its cell could not be read
    sa.Column("moment", sa.TIMESTAMP(timezone=True)),  # on that day; None: it tells none
    sa.Column(
        "thing", sa.Text
    ),  # subject of what a row held back tells of; None: its number could not be read
    sa.Column(
        "settled_by", sa.Text
    ),  # delivery, or person, that settled a row held back; None: still missing
    sa.Column("first_day", sa.Date),  # a row held back is of one of these days, both included
    sa.Column("last_day", sa.Date),
    sa.Column("known", sa.Boolean),  # whether it may speak of a thing that was told of otherwise
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
)
