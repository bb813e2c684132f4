"""The log's tables: events, the head of each centre's chain, the batches they were written in."""

import sqlalchemy as sa

from tracker.schema import metadata

_TIME = sa.TIMESTAMP(timezone=True)

events = sa.Table(
    "events",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 … without a gap
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),  # calls, work_orders, roster, …; ledger for bookkeeping
    sa.Column("subject", sa.Text(collation="C"), nullable=False),
    sa.Column("slot", sa.Text(collation="C"), nullable=False),
    sa.Column("occurred_at", _TIME),  # when it happened
    sa.Column("recorded_at", _TIME, nullable=False),  # when we learned of it
    sa.Column("as_of", _TIME, nullable=False),  # the state of the world its delivery speaks of
    sa.Column("delivery", sa.Text),
    sa.Column("row", sa.Integer),  # row of the delivered file, counted from 1 with the header
    sa.Column("data", sa.Text, nullable=False),  # canonical JSON, verbatim as hashed
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
sa.Index("events_subject", events.c.center_id, events.c.subject)
sa.Index("events_delivery", events.c.center_id, events.c.delivery)

heads = sa.Table(
    "heads",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),  # 0: no event yet
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("first_seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", _TIME, nullable=False),
    sa.Column("merkle_root", sa.LargeBinary, nullable=False),
    sa.Column("head_hash", sa.LargeBinary, nullable=False),
)

touched_days = sa.Table(
    "touched_days",  # days of a fact table whose measures are to be counted again
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("fact", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
)

day_changes = sa.Table(
    "day_changes",  # which days of a fact table each batch moved: the way from a month to what changed it
    metadata,
    sa.Column("center_id", sa.Text, primary_key=True),
    sa.Column("fact", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("first_seq", sa.BigInteger, primary_key=True, autoincrement=False),  # inclusive
    sa.Column("last_seq", sa.BigInteger, nullable=False),
)
