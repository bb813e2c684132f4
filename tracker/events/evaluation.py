"""What people tell for the year-end evaluation: attested values, marks of experts, verdicts, the scheme."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from tracker.events.event import Event, Json
from tracker.events.title import Title

VERDICTS = {"accepted": "认可", "rejected": "不认可", "unverifiable": "无法核实"}
SEEN = {"matches": "相符", "differs": "不符", "missing": "未见原件"}


@dataclass(frozen=True, kw_only=True)
class IndicatorAttested(Event):
    """A person attested the actual value of an indicator of a scheme, with the documents that show it.

    Source: the attestation itself (填报), one per scheme, period and indicator; a later one holds.
    """

    type: ClassVar[str] = "indicator.attested"
    type_title: ClassVar[str] = "填报指标"
    source: ClassVar[str] = "evaluation"

    scheme: Annotated[str, Title("评价方案")]
    indicator: Annotated[str, Title("指标")]  # code of the third-level indicator in the scheme
    period: Annotated[str, Title("统计期")]  # 2023
    value: Annotated[str, Title("数值")]  # as the scheme's rule takes it: 98.95%, 是,是,否, 达成
    unit: Annotated[str, Title("单位")]
    attested_by: Annotated[str, Title("填报人")]
    attested_at: Annotated[datetime, Title("填报时间")]
    documents: Annotated[
        list[Json], Title("佐证材料（SHA-256）", code=True)
    ]  # SHA-256 of each document, in hex
    remark: Annotated[str | None, Title("备注")]
    # why it holds against what the log counts; None: then the log holds
    reason: Annotated[str | None, Title("原因")]

    @property
    def subject(self) -> str:
        return f"attestation/{self.scheme}/{self.period}/{self.indicator}"

    @property
    def occurred_at(self) -> datetime:
        return self.attested_at


@dataclass(frozen=True, kw_only=True)
class ExpertMarked(Event):
    """An expert of the panel marked an indicator of a scheme.

    Source: table of marks (专家打分表), one row per expert and indicator; a later mark holds.
    """

    type: ClassVar[str] = "expert.marked"
    type_title: ClassVar[str] = "专家打分"
    source: ClassVar[str] = "evaluation"

    scheme: Annotated[str, Title("评价方案")]
    indicator: Annotated[str, Title("指标")]
    period: Annotated[str, Title("统计期")]
    expert: Annotated[str, Title("专家")]
    points: Annotated[Decimal, Title("得分")]
    marked_at: Annotated[datetime, Title("打分时间")]
    remark: Annotated[str | None, Title("备注")]

    @property
    def subject(self) -> str:
        return f"expert_mark/{self.scheme}/{self.period}/{self.indicator}/{self.expert}"

    @property
    def occurred_at(self) -> datetime:
        return self.marked_at


@dataclass(frozen=True, kw_only=True)
class FigureJudged(Event):
    """An evaluator said whether she accepts a figure as it was shown to her.

    Source: the evaluator's room (评价核验). Every verdict stays; her later one on a figure holds.
    """

    type: ClassVar[str] = "figure.judged"
    type_title: ClassVar[str] = "核验结论"
    source: ClassVar[str] = "evaluation"

    indicator: Annotated[str, Title("指标")]
    period: Annotated[str, Title("统计期")]  # 2023, 2023-Q2 or 2023-05
    verdict: Annotated[str, Title("结论", words=VERDICTS)]  # accepted | rejected | unverifiable
    note: Annotated[str | None, Title("意见")]
    code: Annotated[str, Title("溯源码", code=True)]  # of the figure that she saw
    value: Annotated[str | None, Title("数值", code=True)]  # exactly as it was shown
    # what computing it again gave then; None: no value, or not computed again
    recomputed: Annotated[str | None, Title("重算的数值", code=True)]
    # the log's end at that time; None: it had not been computed again
    recomputed_seq: Annotated[int | None, Title("重算时的日志位置")]
    judged_by: Annotated[str, Title("评价人员")]
    login: Annotated[str, Title("登录名")]
    judged_at: Annotated[datetime, Title("核验时间")]

    @property
    def subject(self) -> str:
        return f"figure_verdict/{self.period}/{self.indicator}"

    @property
    def slot(self) -> str:
        return self.login

    @property
    def occurred_at(self) -> datetime:
        return self.judged_at


@dataclass(frozen=True, kw_only=True)
class RowSeen(Event):
    """An evaluator held a row of a drawn sample against its original.

    Source: the evaluator's room (评价核验), the list of a sample. Every one stays; her later one on a row
    holds.
    """

    type: ClassVar[str] = "row.seen"
    type_title: ClassVar[str] = "抽样核对"
    source: ClassVar[str] = "evaluation"

    year: Annotated[int, Title("年度")]
    seed: Annotated[str, Title("抽样种子", code=True)]  # by which the row was drawn
    # SHA-256 of the evidence package that it was drawn from
    package: Annotated[str, Title("证据包的SHA-256", code=True)]
    drawn: Annotated[int, Title("抽取行数")]  # rows of that sample
    row_seq: Annotated[int, Title("所核对的记录号")]  # the row's event
    row_hash: Annotated[str, Title("所核对事件的哈希值", code=True)]  # of that event
    seen: Annotated[str, Title("与原件核对", words=SEEN)]  # matches | differs | missing
    note: Annotated[str | None, Title("意见")]
    seen_by: Annotated[str, Title("核对人")]
    login: Annotated[str, Title("登录名")]
    seen_at: Annotated[datetime, Title("核对时间")]

    @property
    def subject(self) -> str:
        return f"row_check/{self.year}/{self.row_seq}"

    @property
    def slot(self) -> str:
        return self.login

    @property
    def occurred_at(self) -> datetime:
        return self.seen_at


@dataclass(frozen=True, kw_only=True)
class SchemeChosen(Event):
    """A centre's year is held against a scheme; a later choice holds. Source: the product's own pages."""

    type: ClassVar[str] = "scheme.chosen"
    type_title: ClassVar[str] = "选定评价方案"
    source: ClassVar[str] = "evaluation"

    period: Annotated[str, Title("统计期")]  # 2023
    scheme: Annotated[str, Title("评价方案")]
    chosen_by: Annotated[str, Title("选定人")]
    chosen_at: Annotated[datetime, Title("选定时间")]

    @property
    def subject(self) -> str:
        return f"chosen_scheme/{self.period}"

    @property
    def occurred_at(self) -> datetime:
        return self.chosen_at


TYPES = (IndicatorAttested, ExpertMarked, FigureJudged, RowSeen, SchemeChosen)
THINGS = {
    "attestation": "指标填报",
    "expert_mark": "专家打分",
    "figure_verdict": "核验结论",
    "row_check": "抽样核对",
    "chosen_scheme": "年度评价方案",
}
SOURCES = {"evaluation": "绩效评价"}
