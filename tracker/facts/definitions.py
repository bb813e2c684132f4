"""Adopted definitions: one row per indicator and version."""

import orjson
import sqlalchemy as sa

from tracker.facts.fact import Fact, Row, Slots, fact_table

definitions = fact_table(
    "definitions",
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("indicator", sa.Text, nullable=False),
    sa.Column("effective_from", sa.Text(collation="C"), nullable=False),  # the first month, 2024-01
    sa.Column("definition", sa.Text, nullable=False),  # the document as JSON, keys in order
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("approved_by", sa.Text, nullable=False),
    sa.Column("adopted_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("clause", sa.Text),
    sa.Column("event_seq", sa.BigInteger, nullable=False),  # the adoption; seq is the newest of the indicator
    more_key=("version",),
)


def _versions(slots: Slots) -> list[Row]:
    return [
        (
            told.data["version"],
            told.data["indicator"],
            told.data["effective_from"],
            orjson.dumps(told.data["definition"], option=orjson.OPT_SORT_KEYS).decode(),
            told.data["proposed_by"],
            told.data["approved_by"],
            told.data["adopted_at"],
            told.data["reason"],
            told.data["clause"],
            told.seq,
        )
        for told in slots.values()
    ]


DEFINITIONS = Fact(table=definitions, kind="definition", days=(), rows=_versions)
