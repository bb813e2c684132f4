"""What the facts of a delivery's months come to, in sentences that a person can check by eye."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import psycopg

from ingest.kinds.glance import Glance
from ingest.kinds.kind import TableKind
from tracker.events.times import BEIJING, get_day
from tracker.periods import Month

SHOWN_MONTHS = 2  # the newest of a delivery; the month before them stands beside


def word_months(
    connection: psycopg.Connection[Any], center: str, kind: TableKind, days: Iterable[date], as_of: datetime
) -> tuple[str, ...]:
    """The newest months of a delivery, a sentence each, and beside them the month before."""
    months = sorted({Month.of(day) for day in days})[-SHOWN_MONTHS:]
    if not months:
        return ()
    if kind.name == "roster":
        return _word_people(connection, center, get_day(as_of - timedelta(microseconds=1)))
    if kind.glance is None:
        return ()
    before = _get_month_before(months[0])
    sentences = _word_sentences(connection, center, kind.glance, before, months[-1])
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
