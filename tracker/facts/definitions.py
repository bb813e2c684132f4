"""Adopted definitions, one row per indicator and version; and the proposals that they come from."""

from typing import Any

import orjson
import sqlalchemy as sa

from tracker.events.definitions import DefinitionAdopted, DefinitionProposalDecided, DefinitionProposed
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table

definitions = define_fact_table(
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
    sa.Column("event_seq", sa.BigInteger, nullable=False, doc="记录号"),
    more_key=("version",),
    title="采用的口径",
)

definition_proposals = define_fact_table(
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
    sa.Column("event_seq", sa.BigInteger, nullable=False, doc="记录号"),
    sa.Column("decision", sa.Text),  # adopted | rejected | withdrawn; None: waits for a decision
    sa.Column("version", sa.Integer),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("decision_reason", sa.Text),
    title="口径变更申请",
)


def _project_versions(slots: Slots) -> list[FactRow]:
    return [
        (
            state.data["version"],
            state.data["indicator"],
            state.data["effective_from"],
            _to_text(state.data["definition"]),
            state.data["proposed_by"],
            state.data["approved_by"],
            state.data["adopted_at"],
            state.data["reason"],
            state.data["clause"],
            state.seq,
        )
        for state in slots.values()
    ]


def _project_proposal(slots: Slots) -> list[FactRow]:
    if "proposed" not in slots:
        return []
    proposal = slots["proposed"]
    values: dict[str, Any] = {**proposal.data, **(slots["decided"].data if "decided" in slots else {})}
    values["definition"] = _to_text(proposal.data["definition"])
    values["event_seq"] = proposal.seq
    return [tuple(values.get(column.name) for column in list(definition_proposals.columns)[3:])]


def _to_text(document: Any) -> str:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


DEFINITIONS = FactTable(table=definitions, kind="definition", days=(), rows=_project_versions)
PROPOSALS = FactTable(table=definition_proposals, kind="definition_proposal", days=(), rows=_project_proposal)
FACTS = (DEFINITIONS, PROPOSALS)
