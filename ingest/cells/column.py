"""A delivered column, and what is wrong with a cell of it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tracker.tabular import Cell

CellParser = Callable[[Cell], Any]  # None: the cell says nothing; raises CellProblem


class CellProblem(ValueError):
    """A cell cannot be what its column holds. `rule` completes 值“…”, `remedy` says what to write."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(rule, remedy)
        self.rule = rule
        self.remedy = remedy


DateOrder = Literal["月日年", "日月年"]
DATE_ORDERS: tuple[DateOrder, ...] = ("月日年", "日月年")

BEIJING_TIME = "北京时间"  # how a profile names the zone of moments that say none, where it is ours
TIME_ZONES = (BEIJING_TIME, "UTC")  # those that a page offers

NoticeCounts = Counter[str]  # sentence about a reading → how many cells gave rise to it


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table that feeds a field."""

    index: int  # from 0; -1: a constant of the profile
    label: str  # as printed in the header
    unit: str | None = None  # from the header, the profile or the table's title
    dates: DateOrder | None = None  # of dates whose year stands last; None: they are in doubt
    zone: ZoneInfo | None = None  # of moments that say none; None: Beijing's
    half: int | None = None  # the column that says whether its hour, up to 12, is of the morning
    to_the_minute: bool = False  # its times all say 00 seconds: nobody wrote the seconds down
    only_days: bool = False  # its times are all midnight: of a day, nobody wrote the time down
    words: Mapping[str, str] = field(default_factory=dict)  # the vendor's word → the field's own
    empties: frozenset[str] = frozenset()  # further spellings of "nothing"
    separator: str = ""  # stands between the values of a cell, of which the first counts
    doubted: tuple[str, str] | None = None  # rule and remedy, where none of its cells is believed
    beside_unit: str | None = None  # some cells name this unit, so that bare numbers are in doubt
    no_numbers: frozenset[str] = frozenset()  # telephone numbers that stand for none
    notices: NoticeCounts = field(default_factory=NoticeCounts, compare=False)


ColumnReader = Callable[[Column], CellParser]  # compiles the parser of a column
