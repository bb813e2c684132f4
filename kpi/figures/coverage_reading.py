"""Reads what has been delivered, once for a span of years."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from kpi.figures.coverage_inputs import REPORTED, Backing, DeliverySpan
from kpi.figures.rollup import daily_measures
from kpi.figures.sources import SOURCES, Reach, Rhythm, Source
from tracker.events.times import get_day, get_day_start
from tracker.facts.daily_counts import daily_counts
from tracker.facts.declarations import declarations
from tracker.facts.deliveries import covered_days, deliveries, held_back
from tracker.facts.platform import probes
from tracker.facts.staffing import posts
from tracker.facts.surveys import survey_answers, survey_issues
from tracker.periods import Month

_ZONE = "Asia/Shanghai"

_NOTHING = Backing(
    today=date.min, days={}, hours={}, reported={}, as_of={}, told={}, unchanged_months={}, posts_from=None,
    survey_months={},
)  # fmt: skip


def read_backing(connection: sa.Connection, center: str, first: date, end: date, today: date) -> Backing:
    """The backing of a centre from the day `first` to before `end`; days before `today` have ended.

    One statement.
    """
    by_table = _read_rows(connection, _select_everything(center, first, end))
    return replace(
        _build_monthly_backing(by_table, today),
        days=_group_by_day(by_table["covered"]),
        hours={row.day: row.number for row in by_table["probed"]},
        platforms={row.name: row.as_of for row in by_table["platforms"]},
        begun={row.name: row.day for row in by_table["begun"]},
        left_out=[(row.name, row.day, row.last_day) for row in by_table["left out"]],
        reported={name: _find_filled_days(by_table, name) for name in REPORTED},
        survey_months={
            source: {Month.of(row.day) for row in by_table["surveyed"] if row.name == source}
            for source, _ in _SURVEYED
        },
        held={
            source: [(row.day, row.last_day, row.number) for row in by_table["held"] if row.name == source]
            for source in {row.name for row in by_table["held"]}
        },
    )


def read_monthly_backing(
    connection: sa.Connection, center: str, first: date, end: date, today: date
) -> Backing:
    """The part of the backing that decides which months of monthly sources enter a figure."""
    signed = _select_covered(center, first, end, covered_days.c.rows == 0)
    return _build_monthly_backing(
        _read_rows(connection, sa.union_all(signed, *_select_undated(center))), today
    )


def read_backed_days(
    connection: sa.Connection, center: str, source: Source, first: date, end: date
) -> set[date]:
    """The days of a daily source that are backed."""
    reported = [_select_reported(center, first, end)] if source.key in REPORTED else []
    covered_by = _select_covered(center, first, end, covered_days.c.source == source.delivery)
    by_table = _read_rows(connection, sa.union_all(covered_by, *reported))
    filled = {source.key: _find_filled_days(by_table, source.key)} if reported else {}
    backing = replace(_NOTHING, days=_group_by_day(by_table["covered"]), reported=filled)
    covered = backing.days.get(source.delivery, {})
    return {day for day in covered if backing.count_delivered(source, day)}


def find_newest_year(connection: sa.Connection, center: str, today: date) -> int | None:
    """The last year, up to this one, that calls or orders were delivered for; None where none were."""
    days = sa.select(sa.func.max(covered_days.c.day)).where(
        covered_days.c.center_id == center,
        covered_days.c.source.in_(("calls", "work_orders")),
        covered_days.c.is_whole,
        covered_days.c.day <= today,
    )
    newest = connection.scalar(days)
    return None if newest is None else newest.year


_Rows = dict[str, list[Any]]  # what the rows tell → rows of (of, …) as in _TYPES
_Select = sa.Select[Any]


def _read_rows(connection: sa.Connection, selects: sa.CompoundSelect[Any]) -> _Rows:
    """All that several tables tell, in one statement."""
    by_table: _Rows = {
        of: []
        for of in (
            "begun", "covered", "delivered", "held", "left out", "monthly", "opened", "platforms", "posts",
            "probed", "reported", "surveyed",
        )
    }  # fmt: skip
    for row in connection.execute(selects).all():
        by_table[row[0]].append(row)
    return by_table


@lru_cache(maxsize=64)  # pages ask for the same year again and again
def _select_everything(center: str, first: date, end: date) -> sa.CompoundSelect[Any]:
    return sa.union_all(
        _select_covered(center, first, end),
        *_select_undated(center),
        _select_begun(center),
        _select_probed(center, first, end),
        _select_platforms(center, end),
        _select_left_out(center),
        _select_reported(center, first, end),
        *_select_surveyed(center, first, end),
        _select_held_back(center, end),
    )


def _select_columns(of: str, **columns: Any) -> _Select:
    """A select of the columns named, and nothing in the others."""
    whole = {name: columns.get(name, sa.null()) for name in _TYPES}
    return sa.select(
        sa.literal(of).label("of"),
        *(sa.cast(column, _TYPES[name]).label(name) for name, column in whole.items()),
    )


_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "name": sa.Text(),
    "day": sa.Date(),
    "last_day": sa.Date(),
    "number": sa.BigInteger(),
    "as_of": sa.TIMESTAMP(timezone=True),
    "subject": sa.Text(),
}


def _select_covered(center: str, first: date, end: date, *only: sa.ColumnElement[bool]) -> _Select:
    """Rows by source and day covered after it had ended, and when it was last signed as nothing to report.

    No number where a signature is all there is and rows from before the day's end speak against it.
    """
    table = covered_days.c
    latest, ended = sa.func.max(table.as_of), sa.func.timezone(_ZONE, sa.cast(table.day + 1, sa.TIMESTAMP))
    most, whole = (
        sa.func.max(table.rows),
        sa.func.max(table.rows).filter(table.as_of >= ended, table.rows > 0, table.is_whole),
    )
    return (
        _select_columns(
            "covered",
            name=table.source,
            day=table.day,
            number=sa.func.coalesce(whole, sa.case((most == 0, most))),
            as_of=latest.filter(table.rows == 0),
        )
        .where(table.center_id == center, table.day >= first, table.day < end, *only)
        .group_by(table.source, table.day)
        .having(latest >= ended)
    )


def _group_by_day(covered: Iterable[Any]) -> dict[str, dict[date, int]]:
    """Source → day → rows."""
    days: dict[str, dict[date, int]] = {}
    for row in covered:
        if row.number is not None:
            days.setdefault(row.name, {})[row.day] = row.number
    return days


def _build_monthly_backing(by_table: _Rows, today: date) -> Backing:
    return replace(
        _NOTHING,
        today=today,
        as_of={row.name: row.as_of for row in by_table["delivered"]},
        told={
            name: build_spans(SOURCES[name].reach, rows)
            for name, rows in _group_by_source(by_table["monthly"]).items()
        },
        unchanged_months=_find_unchanged_months(by_table["covered"]),
        posts_from=next((row.day for row in by_table["posts"]), None),
        opened=next((row.day for row in by_table["opened"]), None),
    )


def _find_unchanged_months(covered: Iterable[Any]) -> dict[str, set[Month]]:
    """Months wholly covered by zero reports signed after their end."""
    days = Counter(
        (row.name, Month.of(row.day))
        for row in covered
        if row.as_of is not None and row.as_of >= get_day_start(Month.of(row.day).end_day)
    )
    unchanged: dict[str, set[Month]] = {}
    for (source, month), count in days.items():
        if count == month.days:
            unchanged.setdefault(source, set()).add(month)
    return unchanged


def _group_by_source(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """The deliveries of each source, oldest state of the world first."""
    by_source: dict[str, list[Any]] = {}
    for row in sorted(rows, key=lambda row: (row.as_of, row.number)):
        by_source.setdefault(row.name, []).append(row)
    return by_source


def build_spans(reach: Reach, rows: Sequence[Any]) -> list[DeliverySpan]:
    """The months that the deliveries of one source tell of."""
    spans: list[DeliverySpan] = []
    for row in rows:
        if row.day is None:  # a list without leaving dates: it tells what has changed since the one before
            before = next((one for one in reversed(rows) if one.as_of < row.as_of), row)
            since = get_day(before.as_of - timedelta(microseconds=1)).replace(day=1)
            last = max(row, before, key=lambda one: one.number)
        else:
            in_one_month = reach is Reach.SPARSE and Month.of(row.day) == Month.of(row.last_day)
            by_row = reach is Reach.ROW or in_one_month
            since = row.day.replace(day=1) if by_row else date(row.day.year, 1, 1)
            last = row
        spans.append(DeliverySpan(since, row.as_of, last.subject, last.number))
    return spans


def read_monthly_spans(connection: sa.Connection, center: str, source: Source) -> list[DeliverySpan]:
    """The months that the deliveries of a monthly source tell of."""
    rows = connection.execute(_select_monthly(center).where(deliveries.c.source == source.delivery)).all()
    return [
        span for of_source in _group_by_source(rows).values() for span in build_spans(source.reach, of_source)
    ]


def _select_monthly(center: str) -> _Select:
    """Each delivery of a monthly source that holds rows, with its first and last day, or of a full list
    the day from which on it tells who left."""
    table = deliveries.c
    lists = [one.delivery for one in SOURCES.values() if one.reach is Reach.LEAVERS]
    first = sa.case((table.source.in_(lists), table.leavers_since), else_=table.first_day)
    columns = {"as_of": table.as_of, "subject": table.subject, "number": table.seq}
    return _select_columns("monthly", name=table.source, day=first, last_day=table.last_day, **columns).where(
        table.center_id == center,
        table.source.in_(_MONTHLY),
        table.as_of_basis != "form",
        table.voided.is_(False),
        table.first_day.is_not(None),
    )


_DAILY = [one.delivery for one in SOURCES.values() if one.rhythm in (Rhythm.DAILY, Rhythm.HOURLY)]
_MONTHLY = [one.delivery for one in SOURCES.values() if one.rhythm is Rhythm.MONTHLY]


def _select_undated(center: str) -> tuple[_Select, ...]:
    """The latest as-of time of each delivered source, what the monthly ones tell of, the first day with
    established posts, and that of the centre."""
    latest = select_latest(center).subquery("latest")
    return (
        _select_columns("delivered", name=latest.c.source, as_of=latest.c.as_of),
        _select_monthly(center),
        _select_columns("posts", day=sa.func.min(posts.c.effective_on)).where(posts.c.center_id == center),
        _select_opening(center),
    )


_OPTIONAL = [one.delivery for one in SOURCES.values() if one.optional]


def _select_begun(center: str) -> _Select:
    """The first day that each optional source ever told of, by rows or a signature."""
    table = covered_days.c
    return (
        _select_columns("begun", name=table.source, day=sa.func.min(table.day))
        .where(table.center_id == center, table.source.in_(_OPTIONAL))
        .group_by(table.source)
    )


def _select_opening(center: str) -> _Select:
    """The day on which the centre says that it opened; a day of which something came is no day before it."""
    came = sa.select(sa.func.min(covered_days.c.day)).where(
        covered_days.c.center_id == center, covered_days.c.source.in_(_DAILY), covered_days.c.rows > 0
    )
    return _select_columns(
        "opened", day=sa.func.least(declarations.c.first_day, came.scalar_subquery())
    ).where(declarations.c.center_id == center, declarations.c.topic == "opened", declarations.c.holds)


def select_latest(center: str) -> _Select:
    """(source, as_of): the latest as-of time of each delivered source.

    Voided deliveries do not count, and a form about one thing says nothing of all others."""
    return (
        sa.select(deliveries.c.source, sa.func.max(deliveries.c.as_of).label("as_of"))
        .where(
            deliveries.c.center_id == center,
            deliveries.c.voided.is_(False),
            deliveries.c.as_of_basis != "form",
        )
        .group_by(deliveries.c.source)
    )


def _select_probed(center: str, first: date, end: date) -> _Select:
    table = daily_measures.c
    return _select_columns("probed", day=table.day, number=table.value).where(
        table.center_id == center, table.measure == "probe_hours", table.day >= first, table.day < end
    )


def _select_platforms(center: str, end: date) -> _Select:
    """Each platform that was probed before `end`, and when first."""
    table = probes.c
    return (
        _select_columns("platforms", name=table.platform, as_of=sa.func.min(table.at))
        .where(table.center_id == center, table.probed_on < end)
        .group_by(table.platform)
    )


def _select_left_out(center: str) -> _Select:
    """The days from which on, and before which, a centre does not count a platform."""
    table = declarations.c
    return _select_columns(
        "left out", name=table.known_as, day=table.first_day, last_day=table.end_day
    ).where(table.center_id == center, table.topic == "platform", table.holds.is_(False))


def _select_held_back(center: str, end: date) -> _Select:
    """Rows held back that may be of a day before `end`, by the days that they may be of."""
    table = held_back.c
    columns = {"name": table.source, "day": table.first_day, "last_day": table.last_day}
    return (
        _select_columns("held", **columns, number=sa.func.sum(table.rows))
        .where(table.center_id == center, table.first_day < end)
        .group_by(*columns.values())
    )


def _select_reported(center: str, first: date, end: date) -> _Select:
    """Each day's counts that were not left empty, as bits in the order of REPORTED."""
    table = daily_counts.c
    bits: Any = sum(
        sa.case((table[name].is_not(None), 1 << place), else_=0) for place, name in enumerate(REPORTED)
    )
    return _select_columns("reported", day=table.counted_on, number=bits).where(
        table.center_id == center, table.counted_on >= first, table.counted_on < end
    )


def _find_filled_days(by_table: _Rows, name: str) -> set[date]:
    """The days on which a daily count was not left empty."""
    bit = 1 << REPORTED.index(name)
    return {row.day for row in by_table["reported"] if row.number & bit}


_SURVEYED = (("survey_answers", survey_answers.c.answered_on), ("survey_issues", survey_issues.c.issued_on))


def _select_surveyed(center: str, first: date, end: date) -> Iterator[_Select]:
    for source, day in _SURVEYED:
        select = _select_columns("surveyed", name=sa.literal(source), day=day)
        yield select.where(day.table.c.center_id == center, day >= first, day < end).distinct()
