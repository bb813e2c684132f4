"""A list that holds less than the one before it: what is said of that, and what must be asked.

What a newer list leaves out counts on, as nobody said that it is no more.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import psycopg

from ingest.changes.repeated_numbers import DROPPED, ProposedChange, QuestionCollector
from tracker.events.staffing import PostsEstablished
from tracker.facts.names import names
from tracker.names import fold_name

_ALIKE = 0.9  # of the days of two lists are the same: the later one is the earlier one corrected
_COUNTED = {
    "calls": ("calls", "entered_on", "个来电"),
    "work_orders": ("work_orders", "accepted_on", "张工单"),
    "payments": ("payments", "due_on", "笔支付"),
    "budget": ("budget", "moved_on", "笔预算变动"),
    "training": ("trainings", "held_on", "次培训"),
}


def word_fewer_rows(
    connection: psycopg.Connection[Any], center: str, kind: str, days: Counter[date], *, again: bool
) -> str | None:
    """Says where a list has fewer rows of its days than the log holds of them.

    `days`: its rows by day; `again`: whether most of it was known before. Of earlier days a list of orders
    mostly holds those alone that changed: it, as all but calls, is held against one of the very same days."""
    if not again or kind not in _COUNTED:
        return None
    if kind != "calls" and not _has_days_of_another(connection, center, kind, days):
        return None
    table, day, unit = _COUNTED[kind]
    rows = connection.execute(
        f"SELECT {day}, count(*) FROM {table} WHERE center_id = %s AND {day} = ANY(%s) GROUP BY 1",
        (center, list(days)),
    )
    fewer = {day: logged - days[day] for day, logged in rows.fetchall() if logged > days[day]}
    if not fewer:
        return None
    which = f"{min(fewer)}" if len(fewer) == 1 else f"{min(fewer)} 至 {max(fewer)} 的 {len(fewer)} 天"
    return f"{which}，这份文件比已在册的少 {sum(fewer.values()):,} {unit}；少的仍然计入，请核对。"


def _has_days_of_another(
    connection: psycopg.Connection[Any], center: str, source: str, days: Counter[date]
) -> bool:
    """Whether a delivery that stands holds, but for a few, the same days."""
    found = connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE day = ANY(%s)) FROM covered_days"
        " WHERE center_id = %s AND source = %s AND rows > 0 GROUP BY subject",
        (list(days), center, source),
    )
    return any(same >= _ALIKE * max(all_, len(days)) for all_, same in found.fetchall())


def list_dropped_posts(
    connection: psycopg.Connection[Any], center: str, listed: Collection[str], since: date
) -> list[tuple[str, int]]:
    """The posts in force, each with its number, that a list of posts in force since a day leaves out.

    None where the list has a post that was never heard of: it may be one of them under a new name, which the
    figures take account of."""
    found = connection.execute(
        f"SELECT known_as, called FROM {names.name} WHERE center_id = %s AND sort = 'post'"
        " AND first_day <= %s AND (end_day IS NULL OR end_day > %s)",
        (center, since, since),
    )
    called = dict(found.fetchall())
    rows = connection.execute(
        "SELECT DISTINCT ON (post) post, headcount FROM posts WHERE center_id = %s AND effective_on < %s"
        " ORDER BY post, effective_on DESC",
        (center, since),
    ).fetchall()
    in_force = {called.get(post, post): (post, headcount) for post, headcount in rows}
    now = {called.get(post, post) for post in map(fold_name, listed)}
    if not in_force or not now <= in_force.keys():
        return []
    return [(post, number) for name, (post, number) in sorted(in_force.items()) if number and name not in now]


def settle_dropped_posts(
    asking: QuestionCollector, dropped: list[tuple[str, int]], since: date
) -> Iterator[PostsEstablished]:
    """Asks whether posts are no more, or were not listed; as somebody said, they are none from the day on."""
    for post, headcount in dropped if not asking.answer.new else ():
        if asking.answer.same:
            yield PostsEstablished(effective_on=since, post=post, headcount=0)
        else:
            subject, key = f"posts/{post}/{since}", "headcount"
            change = ProposedChange(
                sort=DROPPED, row=None, subject=subject, field=key, before=headcount, after=None
            )
            asking.note(change)
