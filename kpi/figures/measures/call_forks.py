"""Measures by which other places count calls; counted from the facts when asked for.

A wait that ended without an answer runs from queue entry to the end of the call; where the call record has
no end, it is not taken as short.
"""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.calls import ANSWERED, BLOCKED, CALLS, OFFERED, SUSPECTS, UNANSWERED
from kpi.figures.measures.certainty import declare_field, is_certain, is_possible
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, SqlColumn
from tracker.facts.calls import calls

ANSWER_SECONDS = (15, 20, 30)
SHORT_SECONDS = (5, 10, 20)
EXITS = ("overflow", "voicemail", "callback_requested")

_abandoned = sa.and_(UNANSWERED, calls.c.outcome == "queue_abandoned")
_exited = sa.and_(UNANSWERED, calls.c.outcome.in_(EXITS))


def _to_interval(number: int) -> Any:
    return sa.literal_column(f"INTERVAL '{number} seconds'", sa.Interval)


def _has_ended_within(seconds: int) -> sa.ColumnElement[bool]:
    ended: sa.ColumnElement[bool] = calls.c.ended_at <= calls.c.queued_at + _to_interval(seconds)
    return ended


def _has_ended_under(seconds: int) -> sa.ColumnElement[bool]:
    ended: sa.ColumnElement[bool] = calls.c.ended_at < calls.c.queued_at + _to_interval(seconds)
    return ended


def _is_not(short: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Offered, and not an abandoned call as short as that; an unknown end is not short."""
    return sa.and_(OFFERED, sa.func.coalesce(sa.not_(sa.and_(_abandoned, short)), sa.true()))


_WAITED = sa.and_(OFFERED, sa.or_(calls.c.answered.is_(True), calls.c.ended_at.is_not(None)))


def _to_beijing_day(at: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.func.timezone("Asia/Shanghai", at), sa.Date)


def _place(key: str, title: str, at: sa.Column[Any]) -> Population:
    return Population(
        key=key, title=title, rows=calls, of=calls, day=_to_beijing_day(at), columns=CALLS.columns,
        source="calls", facts=("calls",), words=CALLS.words, regrouped=True, over_midnight=True, at=at,
        since=calls.c.entered_on,
    )  # fmt: skip


BY_QUEUE = _place("calls_by_queue", "一次通话，按进入队列的日期", calls.c.queued_at)
BY_END = _place("calls_by_end", "一次通话，按结束的日期", calls.c.ended_at)

_by_caller = (
    sa.select(
        calls.c.center_id,
        calls.c.entered_on,
        sa.func.min(calls.c.subject).label("subject"),
        sa.func.min(calls.c.seq).label("seq"),
        sa.func.count().filter(is_certain(OFFERED)).label("calls"),
        sa.func.count().filter(is_certain(ANSWERED)).label("answered"),
        sa.func.count().filter(is_possible(ANSWERED)).label("perhaps_answered"),
        sa.func.count().filter(calls.c.unknown.like("% caller %")).label("without_number"),
    )
    .where(is_possible(OFFERED))
    .group_by(calls.c.center_id, calls.c.entered_on, sa.func.coalesce(calls.c.caller, calls.c.subject))
    .subquery("calls_by_caller")
)
_caller_days = sa.select(
    *_by_caller.c,
    sa.literal(1).label("numbers"),
    (
        sa.case((_by_caller.c.calls == 0, " calls "), else_="")
        + sa.case(
            (sa.and_(_by_caller.c.answered == 0, _by_caller.c.perhaps_answered > 0), " answered "), else_=""
        )
        + sa.case((_by_caller.c.without_number > 0, " numbers "), else_="")
    ).label("unknown"),
).subquery("caller_days")
declare_field(_caller_days.c.calls, "是否进入人工队列")
declare_field(_caller_days.c.answered, "是否座席接听", is_partly_known=True)
declare_field(_caller_days.c.numbers, "主叫号码")
CALLER_DAYS = Population(
    key="caller_days", title="一个号码的一天", rows=_caller_days, of=_caller_days,
    day=_caller_days.c.entered_on,
    columns=(("来电（通）", _caller_days.c.calls), ("接听（通）", _caller_days.c.answered)),
    source="calls", facts=("calls",), regrouped=True, suspects=SUSPECTS,
)  # fmt: skip

POPULATIONS = (BY_QUEUE, BY_END, CALLER_DAYS)


def _count(
    key: str, title: str, where: sa.ColumnElement[bool], about: str, shown_by: str | None = None
) -> Measure:
    return Measure(
        key=f"calls_{key}", title=title, unit="通", among=CALLS, where=where, about=about, on_demand=True,
        shown_by=shown_by,
    )  # fmt: skip


def count_ms(start: SqlColumn, end: SqlColumn) -> SqlColumn:
    """Milliseconds between two moments."""
    parts = (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("milliseconds", 1))
    whole: Any = sum(
        sa.cast(sa.func.floor(sa.extract(part, end - start)), sa.BigInteger) * size for part, size in parts
    )
    return sa.cast(whole, sa.BigInteger)


def _build_measures(population: Population, key: str, when: str) -> tuple[Measure, Measure]:
    return (
        Measure(
            key=f"calls_offered_by_{key}", title=f"进入人工队列的电话（{when}）", unit="通", among=population,
            where=OFFERED, about=f"呼入且到达人工队列的电话，{when}归月。",
        ),
        Measure(
            key=f"calls_answered_by_{key}", title=f"人工接听的电话（{when}）", unit="通", among=population,
            where=ANSWERED, about=f"进入人工队列并由座席接听的电话，{when}归月。",
        ),
    )  # fmt: skip


MEASURES = (
    *(
        _count(
            f"answered_within_{limit}s", f"{limit}秒内接听的电话",
            sa.and_(ANSWERED, calls.c.wait_ms <= limit * 1000),
            f"从进入人工队列到座席应答不超过{limit}秒（含{limit}秒）的电话。",
        )
        for limit in ANSWER_SECONDS if limit != 15
    ),
    *(
        _count(
            f"answered_under_{limit}s", f"不到{limit}秒接听的电话",
            sa.and_(ANSWERED, calls.c.wait_ms < limit * 1000),
            f"从进入人工队列到座席应答不到{limit}秒（不含{limit}秒）的电话。",
        )
        for limit in ANSWER_SECONDS
    ),
    *(
        _count(
            f"abandoned_within_{limit}s", f"{limit}秒内挂断的电话",
            sa.and_(_abandoned, _has_ended_within(limit)),
            f"进入人工队列后{limit}秒内（含{limit}秒）来电人自己挂断的电话。",
        )
        for limit in ANSWER_SECONDS
    ),
    *(
        _count(
            f"offered_less_abandoned_within_{limit}s", f"人工请求，不计{limit}秒内挂断的",
            _is_not(_has_ended_within(limit)),
            f"进入人工队列的电话，除去{limit}秒内（含{limit}秒）来电人自己挂断的。",
        )
        for limit in ANSWER_SECONDS
    ),
    *(
        _count(
            f"offered_less_short_{limit}s", f"人工请求，不计不到{limit}秒挂断的",
            _is_not(_has_ended_under(limit)),
            f"进入人工队列的电话，除去不到{limit}秒来电人就自己挂断的。",
        )
        for limit in SHORT_SECONDS
    ),
    _count(
        "offered_less_exits", "人工请求，不计溢出、留言和预约回拨",
        sa.and_(OFFERED, sa.not_(sa.func.coalesce(_exited, sa.false()))),
        "进入人工队列的电话，除去没有接听而溢出、转留言或预约回拨的。",
        shown_by="calls_exited",
    ),
    _count(
        "callback_requested", "预约回拨的电话",
        sa.and_(UNANSWERED, calls.c.outcome == "callback_requested"),
        "进入人工队列、没有接听而预约了回拨的电话。",
        shown_by="calls_callback_requested",
    ),
    _count(
        "blocked", "拦截的来电", BLOCKED,
        "打进热线号码而被黑名单或并发限制拦截、没有接进来的电话，以呼叫结果为准。",
        shown_by="calls_blocked",
    ),
    _count(
        "exited", "溢出、留言和预约回拨的电话", _exited,
        "进入人工队列、没有接听而溢出、转留言或预约回拨的电话。",
    ),
    _count(
        "in_legs", "分段记录的电话", sa.and_(OFFERED, calls.c.legs > 1),
        "进入人工队列的电话中，话单按通话段记录、不止一段的。",
    ),
    Measure(
        key="calls_offered_legs", title="人工请求的各段", unit="通", among=CALLS, where=OFFERED,
        value=calls.c.legs, on_demand=True, shown_by="calls_in_legs",
        about="进入人工队列的电话，转接一次多算一段，每段算一通。",
    ),
    Measure(
        key="calls_wait_all_ms", title="全部人工请求的等待时长", unit="毫秒", among=CALLS, where=_WAITED,
        value=sa.case((ANSWERED, calls.c.wait_ms), else_=count_ms(calls.c.queued_at, calls.c.ended_at)),
        on_demand=True,
        about="人工接听的从进入人工队列到座席应答，没有接听的从进入人工队列到结束，时长之和；没有结束时间的未接电话不计。",
    ),
    _count(
        "waited", "看得出等待时长的人工请求", _WAITED,
        "进入人工队列的电话，除去没有接听也没有结束时间的。",
    ),
    Measure(
        key="calls_wait_with_ivr_ms", title="含语音导航的等待时长", unit="毫秒", among=CALLS, where=ANSWERED,
        value=count_ms(calls.c.entered_at, calls.c.answered_at), on_demand=True,
        about="人工接听的电话从进入系统到座席应答的时长之和，含语音导航。",
    ),
    *_build_measures(BY_QUEUE, "queue", "按进入队列的日期"),
    *_build_measures(BY_END, "end", "按结束的日期"),
    Measure(
        key="caller_days", title="来电号码", unit="个", among=CALLER_DAYS, where=_caller_days.c.calls > 0,
        value=_caller_days.c.numbers,
        about="当天进入过人工队列的号码，一个号码一天算一个；不知号码的每通算一个。",
    ),
    Measure(
        key="caller_days_answered", title="接通过的来电号码", unit="个", among=CALLER_DAYS,
        where=_caller_days.c.answered > 0, value=_caller_days.c.numbers,
        about="当天至少有一通由座席接听的号码。",
    ),
)  # fmt: skip
