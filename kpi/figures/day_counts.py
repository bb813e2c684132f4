"""What one day of a centre counts of a few measures, and the rows for which nobody can say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from kpi.figures.measures import MEASURES
from kpi.figures.unknowns_reading import is_in_doubt


@dataclass(frozen=True)
class DayCount:
    """A measure's sum over one day, in its unit."""

    certain: int
    doubtful: int  # rows that may or may not count, and are not in `certain`

    @property
    def is_nothing(self) -> bool:
        """Whether no row counts, and none may."""
        return not self.certain and not self.doubtful


def read_day_counts(
    connection: sa.Connection, center: str, day: date, measures: Collection[str]
) -> dict[str, DayCount]:
    """Each measure's count of the day, from the facts; `measures` are none of months. One statement."""
    keys = sorted(measures)
    counted = connection.execute(sa.union_all(*(_count_of(key, center, day) for key in keys)))
    return {key: DayCount(certain, doubtful) for key, certain, doubtful in counted}


def _count_of(key: str, center: str, day: date) -> sa.Select[Any]:
    measure = MEASURES[key]
    among = measure.among
    certain = sa.cast(measure.sum, sa.BigInteger)
    doubtful = sa.func.count().filter(is_in_doubt(measure))
    columns: Any = (sa.literal(key), certain, doubtful)
    counted = sa.select(*columns).select_from(among.rows)
    return counted.where(among.center_id == center, among.day == day)
