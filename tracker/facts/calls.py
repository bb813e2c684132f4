"""Calls: one row per call, its legs laid together."""

from typing import Any

import sqlalchemy as sa

from tracker.facts.fact import Fact, Row, Slots, between_ms, day, fact_table

_TIME = sa.TIMESTAMP(timezone=True)

calls = fact_table(
    "calls",
    sa.Column("direction", sa.Text, nullable=False),  # inbound | outbound
    sa.Column("entered_on", sa.Date, nullable=False),  # places the call in its month
    sa.Column("entered_at", _TIME, nullable=False),
    sa.Column("queued_at", _TIME),  # None: never reached the agent queue
    sa.Column("answered_at", _TIME),
    sa.Column("ended_at", _TIME),
    sa.Column("wait_ms", sa.BigInteger),  # queue entry to answer; None unless queued and answered
    sa.Column("talk_ms", sa.BigInteger),
    sa.Column("outcome", sa.Text),
    sa.Column("agent", sa.Text),
    sa.Column("skill_group", sa.Text),
    sa.Column("caller", sa.Text),  # vault token
    sa.Column("rating", sa.Text),
    sa.Column("legs", sa.Integer, nullable=False),
)
sa.Index("calls_entered", calls.c.center_id, calls.c.entered_on)

ANSWERED_TOO_SOON = calls.c.answered_at < calls.c.queued_at
ENDED_TOO_SOON = calls.c.ended_at < calls.c.entered_at
DISORDERED = sa.or_(ANSWERED_TOO_SOON, ENDED_TOO_SOON)  # so few that an index of theirs spares reading a year
sa.Index("calls_disordered", calls.c.center_id, calls.c.entered_on, postgresql_where=DISORDERED)


def rows(slots: Slots) -> list[Row]:
    """One row; of several legs the earliest entry, queueing and answer and the latest end count."""
    legs = [told.data for told in slots.values()]
    first = legs[0] if len(legs) == 1 else _merged(legs)
    return [
        (
            first["direction"],
            day(first["entered_at"]),
            first["entered_at"],
            first["queued_at"],
            first["answered_at"],
            first["ended_at"],
            between_ms(first["queued_at"], first["answered_at"]),
            first["talk_ms"],
            first["outcome"],
            first["agent"],
            first["skill_group"],
            first["caller"],
            first["rating"],
            len(legs),
        )
    ]


def _merged(legs: list[Any]) -> dict[str, Any]:
    """A call of several legs: the leg that was answered first speaks for agent and outcome."""
    legs = sorted(legs, key=lambda leg: (leg["entered_at"], leg["leg"]))
    answered = sorted((leg for leg in legs if leg["answered_at"]), key=lambda leg: leg["answered_at"])
    speaking = answered[0] if answered else legs[-1]
    talked = [leg["talk_ms"] for leg in legs if leg["talk_ms"] is not None]
    return dict(speaking) | {
        "direction": legs[0]["direction"],
        "entered_at": legs[0]["entered_at"],
        "queued_at": min((leg["queued_at"] for leg in legs if leg["queued_at"]), default=None),
        "ended_at": max((leg["ended_at"] for leg in legs if leg["ended_at"]), default=None),
        "talk_ms": sum(talked) if talked else None,
        "caller": next((leg["caller"] for leg in legs if leg["caller"]), None),
        "rating": next((leg["rating"] for leg in reversed(legs) if leg["rating"]), None),
    }


# The row of a call of one leg as CSV without centre and seq, to be filled with the JSON of each value:
# subject (without its quotes), direction, day, times, waiting, talking, outcome, agent, group, caller, rating
ONE_LEG = b'"%b",%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,1'

CALLS = Fact(table=calls, kind="call", days=("entered_on",), rows=rows)
