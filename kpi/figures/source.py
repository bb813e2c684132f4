"""A source that figures rest on, and the rhythm in which it is expected."""

from dataclasses import dataclass
from enum import StrEnum

from tracker import events


class Rhythm(StrEnum):
    """What one unit of coverage is, and what backs it."""

    DAILY = "daily"  # a day: a delivery that holds rows of it and was made after it ended, or a zero report
    HOURLY = "hourly"  # an hour: at least one row of it
    MONTHLY = "monthly"  # a month: a delivery that reaches back to it (`Reach`), or a zero report, after it
    STANDING = "standing"  # a month: a level that was fixed before its end and holds until changed
    SURVEY = "survey"  # a round in the year: rows in the period; a shorter period without one expects none

    @property
    def unit(self) -> str:
        return {"daily": "天", "hourly": "小时", "survey": "轮"}.get(self.value, "个月")


class Reach(StrEnum):
    """From which month on a delivery of a monthly source tells all there was, up to its as-of time."""

    ROW = "row"  # that of its first row
    SPARSE = "sparse"  # January of its first row's year where its rows are of several months; else as ROW
    LEAVERS = "leavers"
    """A full list with leaving dates: January of the year in which the first person joined. One without tells
    who is in post and not who was: only what has come about since the full list before it."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Something that is delivered."""

    key: str
    title: str = ""  # as the source of its events is called, if not said
    rhythm: Rhythm
    remedy: str  # what mends a gap
    delivered_as: str = ""  # the source named by deliveries, where it is another
    reach: Reach = Reach.ROW  # of one that comes by the month
    begun: str = ""  # of one whose rows last: what they are called by how they begin
    optional: bool = False  # a centre may have none: nothing is owed before the month in which it first came
    carried_remedy: str = ""  # what mends that nobody knows which of them began before a period

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", self.title or events.SOURCES[self.delivery])

    @property
    def delivery(self) -> str:
        return self.delivered_as or self.key

    @property
    def unit(self) -> str:
        return self.rhythm.unit


DELIVER_LIST = "请报送含缺少月份、月末以后导出的明细；确无发生的，请签零报告。"
"""The remedy for a month of which a list is missing."""
