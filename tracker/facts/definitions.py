"""Adopted definitions, one row per indicator and version; and the proposals that they come from."""

from typing import Any

import orjson
import sqlalchemy as sa

from tracker.events.definitions import DefinitionAdopted, DefinitionProposalDecided, DefinitionProposed
from tracker.facts.fact import Fact, Row, Slots, fact_table

definitions = fact_table(
    "definitions",
    (DefinitionAdopted,),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("indicator", sa.Text, nullable=False),
    sa.Column("effective_from", sa.Text(collation="C"), nullable=False),  # the first month, 2024-01
    sa.Column("definition", sa.Text, nullable=False),  # the document as JSON, keys in order
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("approved_by", sa.Text, nullable=False),
    sa.Column("adopted_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("clause", sa.Text),
    # the adoption; seq is the newest of the indicator
    sa.Column("event_seq", sa.BigInteger, nullable=False, doc="事件号"),
    more_key=("version",),
    title="采用的口径",
)

definition_proposals = fact_table(
    "definition_proposals",
    (DefinitionProposed, DefinitionProposalDecided),
    sa.Column("indicator", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("definition", sa.Text, nullable=False),  # as above
    sa.Column("effective_from", sa.Text(collation="C"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("clause", sa.Text),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("proposed_at", sa.TIMESTAMP(timezone=True), nullable=False),
    # the proposal; seq is the newest of the two
    sa.Column("event_seq", sa.BigInteger, nullable=False, doc="事件号"),
    sa.Column("decision", sa.Text),  # adopted | rejected | withdrawn; None: waits for a decision
    sa.Column("version", sa.Integer),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("decision_reason", sa.Text),
    title="口径提案",
)


def _versions(slots: Slots) -> list[Row]:
    return [
        (
            told.data["version"],
            told.data["indicator"],
            told.data["effective_from"],
            _text(told.data["definition"]),
            told.data["proposed_by"],
            told.data["approved_by"],
            told.data["adopted_at"],
            told.data["reason"],
            told.data["clause"],
            told.seq,
        )
        for told in slots.values()
    ]


def _proposal(slots: Slots) -> list[Row]:
    if "proposed" not in slots:
        return []
    asked = slots["proposed"]
    told: dict[str, Any] = {**asked.data, **(slots["decided"].data if "decided" in slots else {})}
    told["definition"] = _text(asked.data["definition"])
    told["event_seq"] = asked.seq
    return [tuple(told.get(column.name) for column in list(definition_proposals.columns)[3:])]


def _text(document: Any) -> str:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


DEFINITIONS = Fact(table=definitions, kind="definition", days=(), rows=_versions)
PROPOSALS = Fact(table=definition_proposals, kind="definition_proposal", days=(), rows=_proposal)
FACTS = (DEFINITIONS, PROPOSALS)
