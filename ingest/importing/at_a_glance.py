"""What the facts of a delivery's months come to, in sentences that a person can check by eye."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg

from tracker.events.times import BEIJING, get_day
from tracker.facts.calls import BY_AN_AGENT
from tracker.periods import Month

SHOWN_MONTHS = 2  # the newest of a delivery; the month before them stands beside

SentencePart = tuple[str, str]  # an aggregate in SQL, and its words


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What of a fact table is told of a month."""

    table: str
    day: str  # the column that places a row in its month
    thing: str  # its measure word and name
    at: str | None = None  # the column of its time, where there is one
    where: str = "true"
    parts: tuple[SentencePart, ...] = ()
    daily: bool = False  # whether as many a day is worth saying


def _count_if(condition: str, words: str) -> SentencePart:
    return f"count(*) FILTER (WHERE {condition})", f"{words} {{:,}}"


def _total(column: str, words: str, unit: str, condition: str = "true") -> SentencePart:
    return f"sum({column}) FILTER (WHERE {condition})", f"{words} {{:,}} {unit}"


def _add_money(words: str, condition: str = "true") -> SentencePart:
    return f"sum(amount_fen) FILTER (WHERE {condition}) / 100.0", f"{words} {{:,.2f}} 元"


def _omit_if_unknown(field: str, part: SentencePart) -> SentencePart:
    """A part that is left out where no row tells a field."""
    sql, words = part
    return f"CASE WHEN bool_or(position(' {field} ' IN unknown) = 0) THEN {sql} END", words


def _omit_if_none(part: SentencePart) -> SentencePart:
    sql, words = part
    return f"nullif({sql}, 0)", words


_OPEN = "closed_at IS NULL AND NOT cancelled AND position(' closed_at ' IN unknown) = 0"
_ORDERS = Glance(
    table="work_orders", day="accepted_on", at="accepted_at", thing="件工单", daily=True,
    parts=(
        _omit_if_unknown("closed_at", _count_if("closed_at IS NOT NULL", "已办结")),
        _omit_if_unknown("closed_at", _count_if(_OPEN, "未办结")),
        _omit_if_none(_count_if("cancelled", "作废")),
        _omit_if_none(_count_if("kind = '投诉'", "投诉")),
        _omit_if_none(_count_if("kind = '咨询'", "咨询")),
    ),
)  # fmt: skip
_SURE = f"(position(' {BY_AN_AGENT} ' IN unknown) = 0)"  # that an agent answered, if anybody did
GLANCES: Mapping[str, Glance] = {  # by name of the kind
    "calls": Glance(
        table="calls", day="entered_on", at="entered_at", where="direction = 'inbound'", thing="个来电",
        daily=True,
        parts=(
            _omit_if_unknown("answered", _count_if(f"answered AND {_SURE}", "接通")),
            _omit_if_none(_count_if(f"NOT {_SURE}", "是不是坐席接的不明")),
            (
                f"round(avg(talk_ms) FILTER (WHERE answered AND {_SURE}) / 1000)",
                "平均通话 {:,} 秒",
            ),
        ),
    ),
    "work_orders": _ORDERS,
    "work_order_steps": _ORDERS,
    "posts": Glance(
        table="posts", day="effective_on", thing="个岗位", parts=(_total("headcount", "核定", "人"),)
    ),
    "payments": Glance(
        table="payments", day="due_on", thing="笔应付款",
        parts=(
            _add_money("合计"),
            _omit_if_unknown("paid_on", _count_if("paid_on IS NOT NULL", "已付")),
            _add_money("已付金额", "paid_on IS NOT NULL"),
        ),
    ),
    "budget": Glance(
        table="budget", day="moved_on", thing="笔预算变动",
        parts=tuple(
            _add_money(words, f"movement = '{movement}'")
            for movement, words in (
                ("approved", "批复"), ("received", "到位"), ("adjusted", "调整"),
                ("carried", "结转"), ("returned", "收回"),
            )
        ),
    ),
    "probes": Glance(
        table="probes", day="probed_on", at="at", thing="次巡检", daily=True, parts=(_count_if("up", "正常"),)
    ),
    "survey_answers": Glance(
        table="survey_answers", day="answered_on", thing="份问卷",
        parts=tuple(
            _omit_if_unknown(field, _count_if(field, words))
            for field, words in (("aware", "知晓"), ("can_use", "会用"), ("satisfied", "满意"))
        ),
    ),
    "survey_issues": Glance(
        table="survey_issues", day="issued_on", thing="次问卷发放",
        parts=(_total("issued", "发放", "份"), _total("returned", "回收", "份")),
    ),
    "daily_counts": Glance(
        table="daily_counts", day="counted_on", thing="天日报",
        parts=(
            _total("messages", "短信", "条"), _total("cases", "办件", "件"), _total("visits", "接待", "人次"),
        ),
    ),
    "training": Glance(
        table="trainings", day="held_on", thing="场培训",
        parts=(_total("due", "应到", "人次"), _total("attended", "实到", "人次")),
    ),
    "inspections": Glance(
        table="inspections", day="inspected_on", thing="通质检", parts=(_count_if("passed", "合格"),)
    ),
    "recordings": Glance(
        table="recordings", day="started_on", at="started_at", thing="条录音", daily=True,
        parts=(("round(avg(duration_ms) / 1000)", "平均时长 {:,} 秒"),),
    ),
    "appeals": Glance(
        table="appeals", day="asked_on", thing="件申诉", parts=(_count_if("excluded", "同意剔除"),)
    ),
    "call_appeals": Glance(
        table="call_appeals", day="asked_on", thing="件申诉", parts=(_count_if("excluded", "同意剔除"),)
    ),
    "knowledge": Glance(table="knowledge", day="changed_on", thing="条知识库更新"),
    "agent_states": Glance(
        table="agent_states", day="started_on", at="started_at", thing="条座席状态", daily=True,
        parts=(("count(DISTINCT agent)", "{:,} 个坐席"),),
    ),
    "contracted_seats": Glance(
        table="contracted_seats", day="effective_on", thing="个约定时段",
        parts=(("max(seats)", "最多 {:,} 席"),),
    ),
    "control_totals": Glance(table="assertions", day="first_day", thing="项对账数"),
}  # fmt: skip


def word_months(
    connection: psycopg.Connection[Any], center: str, kind: str, days: Iterable[date], as_of: datetime
) -> tuple[str, ...]:
    """The newest months of a delivery, a sentence each, and beside them the month before."""
    months = sorted({Month.of(day) for day in days})[-SHOWN_MONTHS:]
    if not months:
        return ()
    if kind == "roster":
        return _word_people(connection, center, get_day(as_of - timedelta(microseconds=1)))
    before = _get_month_before(months[0])
    sentences = _word_sentences(connection, center, GLANCES[kind], before, months[-1])
    questions = [f"{sentences[month]}对吗？" for month in reversed(months) if month in sentences]
    return (*questions, f"上月：{sentences[before]}") if before in sentences else tuple(questions)


def _word_sentences(
    connection: psycopg.Connection[Any], center: str, glance: Glance, first: Month, last: Month
) -> dict[Month, str]:
    at = glance.at or glance.day
    columns = "".join(f", {sql}" for sql, _ in glance.parts)
    rows = connection.execute(
        f"""
        SELECT month, count(*), min({at}), max({at}), min(on_day), max(on_day),
            max({glance.day}) - min({glance.day}) + 1 - count(DISTINCT {glance.day}){columns}
        FROM (
            SELECT *, date_trunc('month', {glance.day})::date AS month,
                count(*) OVER (PARTITION BY {glance.day}) AS on_day
            FROM {glance.table}
            WHERE center_id = %s AND {glance.day} >= %s AND {glance.day} < %s AND {glance.where}
        ) AS those GROUP BY month
        """,
        (center, first.first_day, last.end_day),
    )
    return {Month.of(row[0]): _word_sentence(glance, *row) for row in rows.fetchall()}


def _word_sentence(
    glance: Glance,
    month: date,
    rows: int,
    first: Any,
    last: Any,
    least: int,
    most: int,
    without: int,
    *counts: Any,
) -> str:
    phrases = [
        words.format(count)
        for (_, words), count in zip(glance.parts, counts, strict=True)
        if count is not None
    ]
    if glance.daily:
        phrases.append(f"每天 {least:,}{f' 至 {most:,}' if most > least else ''} {glance.thing[0]}")
        phrases += [f"其间 {without:,} 天一{glance.thing[0]}也没有"] if without else []
    span = (
        f"{_format_moment(first)} 至 {_format_moment(last, day_alone=True)}"
        if first != last
        else _format_moment(first)
    )
    return (
        f"{Month.of(month).label} {rows:,} {glance.thing}（{span}）{''.join(f'，{one}' for one in phrases)}。"
    )


def _format_moment(at: date | datetime, *, day_alone: bool = False) -> str:
    local = at.astimezone(BEIJING) if isinstance(at, datetime) else at
    day = f"{local.day}日" if day_alone else f"{local.month}月{local.day}日"
    return f"{day} {local:%H:%M}" if isinstance(local, datetime) else day


def _get_month_before(month: Month) -> Month:
    return Month.of(month.first_day - timedelta(days=1))


def _word_people(connection: psycopg.Connection[Any], center: str, last: date) -> tuple[str, ...]:
    """Who is in post at the end of the day that a roster speaks of, and of the month before it."""
    month = Month.of(last)
    before = _get_month_before(month)
    sentences = []
    for first, day in ((month.first_day, last), (before.first_day, month.first_day - timedelta(days=1))):
        [(there, joined, left)] = connection.execute(
            """
            SELECT count(*) FILTER (WHERE joined_on <= %(day)s AND coalesce(left_on > %(day)s, true)),
                count(*) FILTER (WHERE joined_on BETWEEN %(first)s AND %(day)s),
                count(*) FILTER (WHERE left_on BETWEEN %(first)s AND %(day)s)
            FROM staff WHERE center_id = %(center)s
            """,
            {"center": center, "first": first, "day": day},
        ).fetchall()
        sentences.append(
            f"{day.year}年{day.month}月{day.day}日在岗 {there:,} 人，"
            f"当月入职 {joined:,} 人、离职 {left:,} 人。"
        )
    return f"{sentences[0]}对吗？", f"上月末：{sentences[1]}"
