"""The workbook's sheets of gaps and notes."""

from datetime import datetime

import sqlalchemy as sa

from kpi.figures.coverage import SourceCoverage, compute_source_coverage
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import DayState
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.sources import SOURCES
from kpi.handover.xlsx_writer import StyledCell
from tracker.events.times import BEIJING, get_day
from tracker.periods import Year

GAPS = (
    "数据来源", "应报", "已报", "计量单位", "缺失", "最早缺失", "数据截止时间", "影响指标", "处理办法",
)  # fmt: skip
NOTES = ("项目", "内容")


def list_gap_rows(
    connection: sa.Connection, center: str, year: Year, now: datetime
) -> list[list[StyledCell]]:
    """What is missing in the year, since when, what it affects, and what mends it."""
    today = get_day(now)
    backing = read_backing(connection, center, year.first_day, year.end_day, today)
    months = [month for month in year.months if month.first_day < today]
    found = (
        [compute_source_coverage(backing, source, months) for source in SOURCES.values()] if months else []
    )
    return [_make_gap_row(backing, one) for one in found if one.missing]


def list_note_rows(center: str, year: Year, now: datetime, head: tuple[int, str]) -> list[list[StyledCell]]:
    """Whose figures these are, and how to read them; `head` is the number and hash of the log's end."""
    return [
        ["中心", center],
        ["年度", year.label],
        ["导出时间", f"{now.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}（北京时间）"],
        ["数据日志", f"第{head[0]}号，哈希值 {head[1]}"],
        ["时间", "日期和月份按北京时间划分；尚未结束的日期不计入，所在期间标为未结束。"],
        [Status.VERIFIABLE.value, "应报数据均已报送。"],
        [Status.PARTLY.value, "部分数据未报送；数字只含已报送的部分，能估计的另列最差和最好的结果。"],
        [Status.UNVERIFIABLE.value, "没有证明，不给出数字；不等于0。"],
        [
            Status.NOT_APPLICABLE.value,
            "有证明，但没有可除的分母，或本期尚无应报送的数据；不等于0，也不等于100%。",
        ],
        ["数据完整率", "实际报送天数（小时、月）÷应报送天数（小时、月），不封顶，也不补齐。"],
        ["年度和季度", "比率是各月分子之和÷分母之和，不是各月比率的平均；累计指标从1月算起。"],
        [
            "与各月公布数",
            "有月份锁定以后，季度、年度的数字与各月公布的数字合计是否一致；不一致的写明相差多少、哪个月变过。",
        ],
        [
            "锁定",
            "未锁定：月份未锁定，会随新报数据变动；已锁定：以锁定时为准；已更正：锁定后经两人批准更正过。",
        ],
        ["溯源码", "每个数字都有，由它的内容算出；在页面上方的搜索框中输入，找回这个数字、它的行和口径。"],
        ["数值", "四舍五入到所示位数；分子、分母是精确数。"],
        ["核对", "在指标页面点击分子、分母，列出每个数字的明细，行数与数字相等。"],
    ]


def _make_gap_row(backing: Backing, one: SourceCoverage) -> list[StyledCell]:
    as_of = backing.as_of.get(one.source.delivery)
    affected = [indicator.title for indicator in INDICATORS.values() if one.source.key in indicator.needs]
    return [
        one.source.title,
        one.expected,
        one.backed,
        one.source.unit,
        one.named.removeprefix(DayState.MISSING),
        min(one.missing).isoformat(),
        f"{as_of.astimezone(BEIJING):%Y-%m-%d %H:%M}" if as_of else "从未报送",
        "、".join(affected),
        one.source.remedy,
    ]
