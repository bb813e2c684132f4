"""Measures of calls that nobody took, and of calling their callers back.

Source: 国办函〔2025〕66号 (missed calls are called back).
"""

import sqlalchemy as sa

from kpi.figures.measures.call_forks import count_ms
from kpi.figures.measures.calls import DAYS_COVERED
from kpi.figures.measures.certainty import declare_field
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, scale
from tracker.facts.calls import UNKNOWN, calls

HOURS = 24  # within which a call to the same number calls back

_outbound = calls.alias("outbound")
_over = sa.func.coalesce(calls.c.ended_at, calls.c.entered_at)
_day = sa.literal_column(f"INTERVAL '{HOURS} hours'", sa.Interval)
_not_taken = sa.and_(calls.c.direction == "inbound", sa.or_(calls.c.answered.is_not(True), UNKNOWN))
_called_back_at = (  # joined, not looked up call by call, for which an engine without indexes takes long
    sa.select(
        calls.c.center_id,
        calls.c.subject,
        sa.func.min(_outbound.c.entered_at, type_=sa.TIMESTAMP(timezone=True)).label("called_back_at"),
    )
    .select_from(calls)
    .join(
        _outbound,
        sa.and_(
            _outbound.c.center_id == calls.c.center_id,
            _outbound.c.caller == calls.c.caller,
            _outbound.c.direction == "outbound",
            _outbound.c.entered_at >= _over,
            _outbound.c.entered_at <= _over + _day,
        ),
    )
    .where(_not_taken)
    .group_by(calls.c.center_id, calls.c.subject)
    .subquery("callbacks")
)
_over_on = sa.cast(sa.func.timezone("Asia/Shanghai", _over), sa.Date)
_that_day, _next_day = DAYS_COVERED.alias("that_day"), DAYS_COVERED.alias("next_day")
_is_unseen = sa.and_(  # a call back may have been made on a day whose calls were not delivered
    _called_back_at.c.called_back_at.is_(None), sa.or_(_that_day.c.day.is_(None), _next_day.c.day.is_(None))
)
_missed = (
    sa.select(
        *(
            column
            for column in calls.c
            if column.name not in ("wait_ms", "talk_ms", "rating", "legs", "unknown")
        ),
        _called_back_at.c.called_back_at,
        _over.label("over_at"),
        (calls.c.unknown + sa.case((_is_unseen, " called_back_at "), else_="")).label("unknown"),
    )
    .select_from(calls)
    .outerjoin(_that_day, sa.and_(_that_day.c.center_id == calls.c.center_id, _that_day.c.day == _over_on))
    .outerjoin(
        _next_day, sa.and_(_next_day.c.center_id == calls.c.center_id, _next_day.c.day == _over_on + 1)
    )
    .outerjoin(
        _called_back_at,
        sa.and_(
            _called_back_at.c.center_id == calls.c.center_id, _called_back_at.c.subject == calls.c.subject
        ),
    )
    .where(_not_taken)
    .subquery("missed_calls")
)
declare_field(_missed.c.called_back_at, "其后24小时的话单", is_partly_known=True)

MISSED = Population(
    key="missed_calls", title="一通漏接的电话", rows=_missed, of=_missed, day=_missed.c.entered_on,
    columns=(
        ("进入系统", _missed.c.entered_at), ("结束", _missed.c.ended_at),
        ("第一次回拨", _missed.c.called_back_at),
        ("隔了（分钟）", scale(count_ms(_missed.c.over_at, _missed.c.called_back_at), 60_000, 1)),
    ),
    source="calls", facts=("calls", "covered_days"), regrouped=True, looks_ahead=True,
    suspects=sa.select(calls.c.center_id).where(sa.or_(UNKNOWN, calls.c.answered.is_not(True))),
)  # fmt: skip

POPULATIONS = (MISSED,)

_unanswered = sa.and_(
    _missed.c.queued.is_(True), _missed.c.answered.is_not(True), _missed.c.caller.is_not(None)
)
_called_back = sa.and_(_unanswered, _missed.c.called_back_at.is_not(None))

MEASURES = (
    Measure(
        key="calls_missed", title="漏接的电话", unit="通", among=MISSED, where=_unanswered,
        about="进入人工队列而座席没有接听、看得见来电号码的电话；同一号码几通漏接算几通。",
    ),
    Measure(
        key="calls_missed_called_back", title="回拨过的漏接电话", unit="通", among=MISSED, where=_called_back,
        shown_by="calls_missed_called_back",
        about=f"漏接的电话中，来电结束后{HOURS}小时内外呼过同一号码的，不论对方接没接。",
    ),
    Measure(
        key="callback_ms", title="从漏接到回拨的时长", unit="毫秒", among=MISSED, where=_called_back,
        value=count_ms(_missed.c.over_at, _missed.c.called_back_at),
        about="回拨过的漏接电话，从来电结束（没有结束时间的从进入系统）到第一次外呼同一号码的时长之和。",
    ),
)  # fmt: skip
