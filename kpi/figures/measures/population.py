"""Populations: the rows that measures count among, each placed on one day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

SqlColumn = sa.ColumnElement[Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Population:
    """A FROM clause with the day that places its rows, and what a row list shows of them.

    The same population gives a measure's number and the rows behind it.
    """

    key: str
    title: str  # what one row is
    rows: sa.FromClause
    of: sa.FromClause  # the part of `rows` that has center_id, subject and seq
    day: sa.ColumnElement[date]
    columns: tuple[tuple[str, SqlColumn], ...]  # Chinese title, value
    source: str  # whose coverage backs it, one of SOURCES
    facts: tuple[str, ...]  # the fact tables it is made of
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # column title → code → Chinese
    unit: str = "行"  # what a row is in the files it comes from; 天, 小时 where many make one
    rolled: bool = False  # grows with traffic: its daily sums are kept in daily_measures
    regrouped: bool = False  # rows that another population holds too, placed or grouped otherwise
    since: SqlColumn | None = None  # the first day that a row can be of, where its day may be untold
    suspects: sa.Select[Any] | None = None
    """Facts that may make rows of the population tell less than all; None: the rows of `of` say so.

    With a column `day` they bound the doubt: only rows of that day, of the day after it and of so many days
    more as the population `reaches` can be in doubt for such a fact.
    """
    carried: bool = False  # a row may have begun in a month before that of its day, and counts in this one
    over_midnight: bool = False  # a row may be placed on the day after that of its fact
    reaches: int = 0  # so many days after its own, fewer than a month has, a row may make others count
    looks_ahead: bool = False  # a row may tell of what came about on the day after
    compared: bool = False  # one row a day, which is compared with those of other days and never added up
    at: SqlColumn | None = (
        None  # the time whose Beijing day `day` is, where no column of the fact holds the day
    )
    by_month: bool = False  # one row for each thing and month, placed on the month's last day; needs `months`

    @property
    def center_id(self) -> SqlColumn:
        return self.of.c.center_id

    @property
    def subject(self) -> SqlColumn:
        return self.of.c.subject

    @property
    def seq(self) -> SqlColumn:
        return self.of.c.seq


def scale(whole: SqlColumn, divisor: int, places: int) -> SqlColumn:
    """An integer of small units as a decimal of larger ones, for showing: 分 as 元."""
    return sa.cast(sa.cast(whole, sa.Numeric) / divisor, sa.Numeric(20, places))


months = sa.table(
    "months",
    sa.column("first_day", sa.Date),
    sa.column("last_day", sa.Date),
    sa.column("end_day", sa.Date),  # the first day after the month
)
"""The months asked for. It is no table of the database: each statement brings it along (`sums.calendar`)."""
