"""Recordings of calls."""

import sqlalchemy as sa

from tracker.events.recordings import CallRecorded
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table, to_day

recordings = define_fact_table(
    "recordings",
    (CallRecorded,),
    sa.Column("call_subject", sa.Text(collation="C"), doc="对应通话"),  # None: the list does not say
    sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("started_on", sa.Date, nullable=False, doc="开始日期"),
    sa.Column("duration_ms", sa.BigInteger),
    sa.Column("agent", sa.Text),
)
sa.Index("recordings_call", recordings.c.center_id, recordings.c.call_subject)
sa.Index("recordings_started", recordings.c.center_id, recordings.c.started_on)


def _project_recording(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    call = data.get("call_id")
    return [
        (
            f"call/{call}" if call else None,
            data["started_at"],
            to_day(data["started_at"]),
            data.get("duration_ms"),
            data.get("agent"),
        )
    ]


RECORDINGS = FactTable(table=recordings, kind="recording", days=("started_on",), rows=_project_recording)
FACTS = (RECORDINGS,)
