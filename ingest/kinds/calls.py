"""话单: one row a call, or one row a leg of a call."""

from datetime import date, timedelta
from typing import Any

from ingest.cells import ToTheMinute, to_unmarked
from ingest.kinds.call_checks import (
    check_answer,
    check_order,
    check_result,
    check_wait,
    is_no_person,
    read_rounding_ms,
)
from ingest.kinds.call_fields import AMBIGUOUS, FIELDS, OFFERS, UNANSWERED
from ingest.kinds.call_times import CallTimes, Row, is_told_by_moments, leave_out
from ingest.kinds.calls_in_columns import in_columns
from ingest.kinds.glance import Glance, count_if, omit_if_none, omit_if_unknown
from ingest.kinds.kind import Build, IdentityMarks, Reading, TableKind
from tracker.events.calls import CallEnded
from tracker.facts.calls import BY_AN_AGENT


def build(reading: Reading) -> Build:
    """One event a row; a row whose times contradict each other or its outcome is no call."""
    token = reading.token
    legs = reading.rules.legs
    longer = timedelta(milliseconds=read_rounding_ms(reading))
    longest_wait = timedelta(milliseconds=read_rounding_ms(reading, "wait_ms"))
    times = CallTimes(reading)
    names = [one.key for one in FIELDS]
    nothing: Row = dict.fromkeys(names)
    by_moments = is_told_by_moments(reading)

    def events(*values: Any) -> tuple[CallEnded]:
        row = times.complete(nothing | dict(zip(names, values, strict=False)))
        check_result(row, times.moments, legs)
        check_order(row, times)
        check_answer(row, longer)
        if row["wait_ms"] is not None and not by_moments:
            check_wait(row, times, longest_wait)
        leg = row["leg"]
        if leg is None and legs:
            leg = "/".join(filter(None, (row["entered_at"].isoformat(), row["agent"])))
        queued_at, answered_at = row["queued_at"], row["answered_at"]
        inbound = row["direction"] == "inbound"
        caller, callee = row["caller"], row["callee"]
        call = object.__new__(CallEnded)  # the __init__ of a frozen dataclass takes five times as long
        told = call.__dict__
        told.update(
            call_id=row["call_id"],
            leg=leg,
            direction=row["direction"],
            entered_at=to_unmarked(row["entered_at"]),
            queued_at=to_unmarked(queued_at),
            rang_at=to_unmarked(row["rang_at"]),
            answered_at=to_unmarked(answered_at),
            ended_at=to_unmarked(row["ended_at"]),
            talk_ms=row["talk_ms"],
            outcome=row["outcome"],
            agent=row["agent"],
            skill_group=row["skill_group"],
            caller=None if caller is None else token("phone", caller),
            callee=None if callee is None or inbound else token("phone", callee),
            rating=row["rating"],
        )
        if type(queued_at) is ToTheMinute or type(answered_at) is ToTheMinute:
            told["to_the_minute"] = True
        if not by_moments:
            told.update({key: row[key] for key in ("part", "queued", "answered", "wait_ms")})
            for key in times.leave_out(row):
                told.pop(key, None)
        return (call,)

    return events


def _day(event: CallEnded) -> date:
    return event.entered_at.date()  # parsed cells carry Beijing time


_SURE = f"(position(' {BY_AN_AGENT} ' IN unknown) = 0)"  # that an agent answered, if anybody did
CALLS = TableKind(
    name="calls",
    called="话单 话务 通话 来电 呼叫 接听 主叫 振铃 排队 CDR",
    thing="call",
    entire=True,
    source="calls",
    fields=FIELDS,
    build=build,
    in_columns=lambda reading: in_columns(reading, UNANSWERED, read_rounding_ms(reading), is_no_person),
    leave_out=leave_out,
    has_state=True,
    mark="queued_at queueing_ms skill_group agent outcome answered 坐席 座席 人工",
    one_of=("answered_at", "outcome", "answered", "part"),
    offers=OFFERS,
    derives=(
        "entered_at",
        "queued",
        "queued_at",
        "rang_at",
        "answered",
        "answered_at",
        "ended_at",
        "wait_ms",
        "talk_ms",
    ),
    ambiguous=AMBIGUOUS,
    remarks="通话 呼叫 来电 话务 话单",
    dated_by="entered_at",
    day=_day,
    marks=IdentityMarks(type=CallEnded.type, day="entered_at", who=("entered_at", "direction", "caller")),
    when_repeated='若平台按通话段导出，请在导入方案的 [rows] 下写 each = "leg"；否则请删去不对的一行',
    glance=Glance(
        table="calls",
        day="entered_on",
        at="entered_at",
        where="direction = 'inbound'",
        thing="个来电",
        daily=True,
        parts=(
            omit_if_unknown("answered", count_if(f"answered AND {_SURE}", "接通")),
            omit_if_none(count_if(f"NOT {_SURE}", "是否座席接听不明")),
            (
                f"round(avg(talk_ms) FILTER (WHERE answered AND {_SURE}) / 1000)",
                "平均通话 {:,} 秒",
            ),
        ),
    ),
)

KINDS = (CALLS,)
