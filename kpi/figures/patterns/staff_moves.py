"""People month by month: in post at the month's end, joined, left, beside the established posts."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from kpi.figures.coverage import list_counted_months
from kpi.figures.coverage_reading import read_monthly_backing
from kpi.figures.measures import MEASURES
from kpi.figures.patterns.grouped import GroupSums, SummedMeasure, add_up_groups, sum_groups
from kpi.figures.patterns.splits import MONTH, POST
from kpi.figures.sums import list_spans
from tracker.periods import Month, Year

_KEYS = ("staff_at_month_end", "staff_joined", "staff_left", "posts_at_month_end")


@dataclass(frozen=True)
class StaffMonth:
    """A month's people; None where no roster (or no established posts) backs it."""

    month: Month
    in_post: int | None
    joined: int | None
    left: int | None
    posts: int | None


@dataclass(frozen=True)
class StaffMoves:
    """A year's people by month and post."""

    year: Year
    groups: list[GroupSums]
    rosters: tuple[Month, ...]  # months that a roster backs
    established: tuple[Month, ...]  # months with posts in force

    @property
    def posts(self) -> list[str]:
        return sorted({group.values[1] for group in self.groups if group.values[1]})

    def months(self, post: str | None = None) -> list[StaffMonth]:
        """All twelve, of all posts or one."""
        selected = [one for one in self.groups if post in (None, one.values[1])]
        sums = add_up_groups(selected, lambda values: values[0])
        nothing = (0,) * len(_KEYS)
        return [self._build_month(month, sums.get(month.first_day, nothing)) for month in self.year.months]

    def _build_month(self, month: Month, sums: tuple[int, ...]) -> StaffMonth:
        in_post, joined, left, posts = sums
        is_delivered = month in self.rosters
        return StaffMonth(
            month,
            in_post if is_delivered else None,
            joined if is_delivered else None,
            left if is_delivered else None,
            posts if month in self.established else None,
        )


def read_staff_moves(connection: sa.Connection, center: str, year: Year, today: date) -> StaffMoves:
    """The months of a year that have ended by `today`, and whose roster was delivered after their end."""
    backing = read_monthly_backing(connection, center, year.first_day, year.end_day, today)
    spans = list_spans(year.months, today)
    groups = sum_groups(
        connection, center, [SummedMeasure(MEASURES[key], spans) for key in _KEYS], [MONTH, POST]
    )
    rosters, established = (list_counted_months(backing, [need], year.months) for need in ("roster", "posts"))
    return StaffMoves(year, groups, rosters, established)
