"""The sources that figures rest on, and the rhythm in which each is expected. `SOURCES` is the registry."""

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


_ASK = "请交付含缺少月份、月末以后导出的明细；确无发生的，请签零报告。"


def _build_reported(key: str, title: str) -> Source:
    return Source(
        key=key,
        title=title,
        rhythm=Rhythm.DAILY,
        delivered_as="daily_counts",
        remedy=f"请补交缺少日期的日报并填写{title.removeprefix('日报')}一栏；当天确实没有的填0。",
    )


SOURCES: dict[str, Source] = {
    source.key: source
    for source in (
        Source(
            key="calls",
            rhythm=Rhythm.DAILY,
            remedy="请平台供应商补导缺少日期的话单；当天确无来电的，请签零报告。",
        ),
        Source(
            key="work_orders",
            rhythm=Rhythm.DAILY,
            remedy="请补导缺少日期的工单；当天确未受理工单的，请签零报告。",
            begun="受理的工单",
            carried_remedy="请交付上一个月起未办结的工单，或签写此前没有受理工单的零报告。",
        ),
        Source(
            key="agent_states",
            rhythm=Rhythm.DAILY,
            optional=True,
            remedy="请平台供应商补导缺少日期的座席状态日志；当天确无坐席签入的，请签零报告。",
        ),
        Source(
            key="probes",
            rhythm=Rhythm.HOURLY,
            remedy="请平台供应商补交各平台的巡检日志；没有巡检的小时无法补证，请尽快接通自动巡检。"
            "已停用的平台，请在“统计设定”里写明自哪天起不计入平台运转率。",
        ),
        Source(
            key="roster",
            rhythm=Rhythm.MONTHLY,
            reach=Reach.LEAVERS,
            remedy="请交付月末以后导出的花名册，列入已离职的人并填离职日期；确无变动的，请签零报告。",
        ),
        Source(
            key="posts",
            rhythm=Rhythm.STANDING,
            remedy="请交付岗位核定表，写明生效日期和核定人数。",
        ),
        Source(key="payments", rhythm=Rhythm.MONTHLY, remedy=_ASK),
        Source(
            key="budget",
            rhythm=Rhythm.MONTHLY,
            reach=Reach.SPARSE,
            remedy="请交付月末以后导出的当年预算；确无变动的，请签零报告。",
        ),
        Source(
            key="appeals",
            rhythm=Rhythm.MONTHLY,
            optional=True,
            remedy="请交付月末以后导出的考核申诉；确无申诉的，请签零报告。",
        ),
        Source(
            key="knowledge",
            rhythm=Rhythm.MONTHLY,
            optional=True,
            remedy="请交付月末以后导出的知识库更新记录；确无更新的，请签零报告。",
        ),
        Source(key="training", rhythm=Rhythm.MONTHLY, reach=Reach.SPARSE, remedy=_ASK),
        Source(key="inspections", rhythm=Rhythm.MONTHLY, remedy=_ASK),
        Source(
            key="survey_answers",
            rhythm=Rhythm.SURVEY,
            remedy="请交付本年度收回的问卷明细，每份一行。",
        ),
        Source(
            key="survey_issues",
            rhythm=Rhythm.SURVEY,
            remedy="请交付问卷发放记录，写明发放日期和份数。",
        ),
        _build_reported("messages", "日报发送短信数"),
        _build_reported("cases", "日报办件量"),
        _build_reported("visits", "日报接待人次"),
    )
}

_BY_HAND = (
    "leaves",
    "outages",
    "call_tallies",
    "names",
    "declarations",
    "contracted_seats",
)  # explain what was counted, and count for nothing
WITHOUT_RHYTHM = ("documents", "control_totals", "recordings", "lists", "closing", "evaluation", *_BY_HAND)
"""Sources of events that no figure is counted from: they prove, lock, score or are held against figures."""
