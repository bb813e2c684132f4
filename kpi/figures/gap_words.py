"""Gaps in words: what is missing, and what mends it."""

from collections.abc import Iterable
from functools import lru_cache

from kpi.figures.day_runs import name_runs
from kpi.figures.day_states import DayState
from kpi.figures.gap import Gap, GapCode
from kpi.figures.sources import SOURCES

_STATES = {GapCode.MISSING: DayState.MISSING, GapCode.OWED: DayState.OWED}
_UNKNOWN = "（结转未知）"


def word_gaps(gaps: Iterable[Gap]) -> str:
    """All of them, without a full stop: 话单缺8月12日；工单有3行未导入，没有计入."""
    return "；".join(map(word_gap, gaps))


def word_units(gaps: Iterable[Gap]) -> str:
    """Units of one source that are missing or owed, without its title: 缺8月12日，待报11月5日."""
    return "，".join(f"{_STATES[gap.code]}{_name_titles(gap)}" for gap in gaps)


@lru_cache(maxsize=10_000)
def word_gap(gap: Gap) -> str:
    """One gap, without a full stop: 话单缺8月12日、8月13日."""
    source = SOURCES[gap.source]
    match gap.code:
        case GapCode.MISSING | GapCode.OWED:
            return f"{source.title}{word_units((gap,))}"
        case GapCode.NOTHING:
            return f"{source.title}应报{gap.count}{source.unit}，均未报送"
        case GapCode.CARRIED_NEVER:
            return f"本期以前{source.begun}未报送{_UNKNOWN}"
        case GapCode.CARRIED_MISSING:
            return f"上月{source.begun}缺{_name_titles(gap)}{_UNKNOWN}"
        case GapCode.CARRIED_EARLIER:
            return f"更早{source.begun}缺{_name_titles(gap)}{_UNKNOWN}"
        case GapCode.NEIGHBOURS:
            return f"本期以前的{source.title}缺{_name_titles(gap)}，与它们前后相连的不明"
        case GapCode.NOT_TOLD_APART:
            sentences = "；".join(f"{source.title}里没有一行是{title}" for title in gap.titles)
            return f"{sentences}，无法判断来源是否区分"
        case _:
            return f"{source.title}{_word_rows(gap)}"


def find_remedy(gap: Gap) -> str:
    """What mends a gap, in a sentence."""
    source = SOURCES[gap.source]
    match gap.code:
        case GapCode.MISSING | GapCode.OWED | GapCode.NOTHING | GapCode.NEIGHBOURS:
            return source.remedy
        case GapCode.CARRIED_NEVER | GapCode.CARRIED_MISSING | GapCode.CARRIED_EARLIER:
            return source.carried_remedy
        case _:
            return _REMEDIES[gap.code]


def _name_titles(gap: Gap) -> str:
    return name_runs(SOURCES[gap.source].rhythm, gap.runs)


def _word_rows(gap: Gap) -> str:
    rows, field = f"有{gap.count:,}{gap.unit}", "、".join(f"“{title}”" for title in gap.titles)
    match gap.code:
        case GapCode.ROWS_HELD:
            return f"{rows}未导入，没有计入"
        case GapCode.ROWS_ASKED:
            return f"{rows}在待答的文件里，没有计入"
        case GapCode.UNSETTLED:
            return f"{rows}以后未再报送，当时还没有办结，后来怎样不明"
        case GapCode.LEAVING_UNTOLD:
            return "里有人是否离职、何时离职不明"
        case GapCode.TOPIC_UNDECLARED:
            of = f"（{gap.count:,}{gap.unit}）" if gap.count else ""
            return f"的{field}还没有在统计设定里说明{of}"
        case _ if gap.misread:
            return f"{rows}的{field}不明（其中{gap.misread:,}{gap.unit}无法识别）"
        case _ if gap.unit != Gap.unit:
            return f"{rows}的{field}不全"
        case _:
            return f"{rows}没有{field}" if gap.count else f"没有{field}一列"


_REMEDIES = {
    GapCode.ROWS_HELD: "请修改问题数据后重新导入；经核对无遗漏的，可以了结。",
    GapCode.ROWS_ASKED: "请在“待答问题”页面回答。",
    GapCode.COLUMN_UNTOLD: "请在导出文件中加上该列，重新导出本期数据后导入。",
    GapCode.FIELD_LACKING: "请补全这些行的该项内容，重新导出后导入。",
    GapCode.FIELD_MISREAD: "请按“问题数据”的说明修改无法识别的内容，或回答导入时的问题，重新导入。",
    GapCode.LEAVING_UNTOLD: "名单中缺少的人员，请说明是否离职"
    "（页面“待答问题”）；花名册里没有写离职日期的，请补全后重新导入。",
    GapCode.TOPIC_UNDECLARED: "请在“统计设定”中说明，只需说明一次。",
    GapCode.UNSETTLED: "请报送期末以后重新导出的工单，含当时尚未办结的。",
    GapCode.NOT_TOLD_APART: "请向平台供应商核实导出文件能否区分；不能区分的，该指标无法计算。",
}
