"""What a drawing depends on: centre, year, last month, size and seed."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

CENTRE_CODE = re.compile(r"\w[\w.-]*")


class UnusableScenario(ValueError):
    """Names the argument that no year can be drawn from."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One centre's year up to and including month `through`.

    All times are Beijing time without an offset, as the vendor writes them.

    Raises: UnusableScenario."""

    center: str
    year: int
    through: int = 12
    calls_per_day: int = 110  # inbound, mean of a whole year
    seed: int = 1
    generated_at: datetime | None = None  # None: when a file would have been exported

    def __post_init__(self) -> None:
        if not CENTRE_CODE.fullmatch(self.center):
            raise UnusableScenario(f"center {self.center!r}: use letters, digits, '-', '_' or '.'")
        if not 2000 <= self.year <= 2100:
            raise UnusableScenario(f"year {self.year}: use 2000 to 2100")
        if not 1 <= self.through <= 12:
            raise UnusableScenario(f"through {self.through}: use 1 to 12")
        if self.calls_per_day < 1:
            raise UnusableScenario(f"calls_per_day {self.calls_per_day}: use 1 or more")

    def stream(self, *names: object) -> Random:
        """The random numbers of one kind of thing.

        Streams are independent of each other and of `through`: a longer drawing begins like a shorter one."""
        return Random("/".join(map(str, (self.seed, self.center, self.year, *names))))

    @property
    def months(self) -> range:
        return range(1, self.through + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    @property
    def end(self) -> date:
        """The first day that is not drawn."""
        return self.end_of(self.through)

    @property
    def created(self) -> datetime:
        """The creation time that the workbooks of the whole year carry."""
        return self.get_creation_time(self.through)

    def get_creation_time(self, month: int) -> datetime:
        """The creation time that a month's workbook carries."""
        return self.generated_at or self.get_export_time(month)

    def label(self, month: int) -> str:
        return f"{self.year}-{month:02d}"

    def end_of(self, month: int) -> date:
        """The first day after the month."""
        return date(self.year, month, monthrange(self.year, month)[1]) + timedelta(days=1)

    def list_month_days(self, month: int) -> Iterator[date]:
        return list_days(date(self.year, month, 1), self.end_of(month))

    def days(self) -> Iterator[date]:
        return list_days(self.first_day, self.end)

    def get_export_time(self, month: int) -> datetime:
        """When a month's work orders are exported: the end of the 5th of the next month (exclusive)."""
        return datetime.combine(self.end_of(month), datetime.min.time()) + timedelta(days=5)


def list_days(first: date, end: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((end - first).days))
