"""Of which days a file tells all that there is, and of which a few rows came along with others.

A list of June holds the orders of May that changed in June, and the call that began a minute before it: such
rows back no day of their own. What a file's name speaks of is believed if it holds a fair share of that;
otherwise days are weighed by their rows.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from typing import Any

import psycopg

from tracker.tabular import FileRefused

DaySpan = tuple[date, date]  # the last day excluded

_NEAR = timedelta(days=2)  # calls so close to the days of a name belong to its edges
_GAP = timedelta(days=3)  # days without rows, or fewer, part no list
_FEW_IN_ALL = 5  # another stretch of days with so many times fewer rows came along
_FEW_ON_A_DAY = 10  # a first or last day with so many times fewer rows than others is none that is whole
_SHARE = 4  # with so many times fewer rows than usual a file is no list of all
_ENOUGH_DAYS = 10  # of which it is known what is usual
_LISTS_OF_ALL = ("roster", "posts")  # whose rows are of the days on which people came, posts began
_FACTS = {"calls": ("calls", "entered_on"), "work_orders": ("work_orders", "accepted_on")}


def find_partial_days(
    connection: psycopg.Connection[Any], center: str, source: str, days: Counter[date], named: DaySpan | None
) -> set[date]:
    """The days, of those that a delivery has rows of, of which it does not tell all.

    `days`: its rows by day, which are in the facts already; `named`: the days that its name speaks of."""
    inside = {day for day in days if named and named[0] <= day < named[1]}
    is_named = bool(inside) and 2 * sum(days[day] for day in inside) >= days.total()
    if source not in _FACTS:
        return days.keys() - inside if is_named and source not in _LISTS_OF_ALL else set()
    if not days:
        return set()
    usual = _count_usual_rows(connection, center, source)
    if is_named:
        edges: set[date] = set()
    else:
        inside = _find_main_stretch(days)
        edges = {min(inside), max(inside)}
    aside = days.keys() - inside
    if usual is not None:
        sparse = sum(days[day] for day in inside) * _SHARE < usual * len(inside)
        doubtful, times = (inside, _SHARE) if sparse else (edges, _FEW_ON_A_DAY)
        logged_rows = _count_known_rows(connection, center, source, doubtful)
        aside |= {day for day in doubtful if logged_rows[day] * times < usual}
    return aside


def check_days_named(days: Counter[date], named: DaySpan) -> None:
    """Raises: FileRefused for a list of calls, most of them of the days that its name speaks of, that holds
    some of days far from these: their year or month was misread, or mistyped."""
    inside = sum(rows for day, rows in days.items() if named[0] <= day < named[1])
    far = {day for day in days if not named[0] - _NEAR <= day < named[1] + _NEAR}
    if far and 2 * inside >= days.total():
        which = "、".join(map(str, sorted(far)[:3])) + ("等" if len(far) > 3 else "")
        last, calls = named[1] - timedelta(days=1), sum(days[day] for day in far)
        raise FileRefused(
            f"文件名说的是 {named[0]} 至 {last}，却有 {calls:,} 通电话在{which}："
            "多半年份或月份有误。请改正这些行；确实是那些天的，请单独成一个文件，或去掉文件名里的日期。"
        )


def find_unbacked(
    connection: psycopg.Connection[Any], center: str, source: str, days: set[date]
) -> set[date]:
    """Those of the days that no delivery backs."""
    rows = connection.execute(
        "SELECT day FROM covered_days WHERE center_id = %s AND source = %s AND is_whole AND day = ANY(%s)",
        (center, source, list(days)),
    )
    return days - {day for (day,) in rows.fetchall()}


def _find_main_stretch(days: Counter[date]) -> set[date]:
    """The days between the first and last one that the bulk of the rows is of."""
    stretches = list(_split_stretches(sorted(days)))
    most = max(sum(days[day] for day in stretch) for stretch in stretches)
    chosen = [
        day
        for stretch in stretches
        if sum(days[one] for one in stretch) * _FEW_IN_ALL >= most
        for day in stretch
    ]
    for end in (0, -1):
        while len(chosen) > 1 and days[chosen[end]] * _FEW_ON_A_DAY < median(
            days[day] for day in chosen if day != chosen[end]
        ):
            del chosen[end]
    return set(chosen)


def _split_stretches(days: list[date]) -> Iterator[list[date]]:
    """Days in order, parted where there is a longer gap."""
    stretch: list[date] = []
    for day in days:
        if stretch and day - stretch[-1] > _GAP + timedelta(days=1):
            yield stretch
            stretch = []
        stretch.append(day)
    yield stretch


def _count_usual_rows(connection: psycopg.Connection[Any], center: str, source: str) -> int | None:
    """How many rows a day usually has; None while too few days are known."""
    found = connection.execute(
        "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY rows), count(*) FROM"
        " (SELECT max(rows) AS rows FROM covered_days WHERE center_id = %s AND source = %s AND is_whole"
        " AND rows > 0 GROUP BY day) AS known",
        (center, source),
    ).fetchone()
    assert found is not None
    return found[0] if found[1] >= _ENOUGH_DAYS else None


def _count_known_rows(
    connection: psycopg.Connection[Any], center: str, source: str, days: set[date]
) -> Counter[date]:
    """Things in the facts, by day."""
    table, day = _FACTS[source]
    rows = connection.execute(
        f"SELECT {day}, count(*) FROM {table} WHERE center_id = %s AND {day} = ANY(%s) GROUP BY 1",
        (center, list(days)),
    )
    return Counter(dict(rows.fetchall()))
