"""What the interface answers, as models from which its description is made.

Numbers are texts: exact decimals, or a fraction (60/61) where no decimal is exact. None is null: unknown.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from ingest.events.received import EventState
from ingest.events.taking_in import VerdictName


class SentFile(BaseModel):
    """表单里的一个文件。"""

    file: bytes


class TableAnswer(BaseModel):
    """文件里的一张表。"""

    sheet: str | None = Field(description="工作表；事件是它们的 type")
    kind: str = Field(description="识别出的文件种类")
    profile: str = Field(description="导入方案")
    delivery: str | None = Field(description="导入编号；没有新增任何记录时为 null")
    as_of: datetime = Field(description="数据截至时间")
    rows: int = Field(description="数据行")
    accepted: int = Field(description="采用的行")
    quarantined: int = Field(description="未导入的行")
    new: int = Field(description="新增的事件")
    changed: int = Field(description="取代旧值的事件")
    same: int = Field(description="与已有相同，不重复计")
    stale: int = Field(description="比已有的旧，留存不采用")
    problems: list[str] = Field(description="前几条问题数据的原因和处理办法")
    doubtful: int = Field(description="已采用、但有内容没有读懂的行；没有读懂的一项记为不明")
    doubts: list[str] = Field(description="前几处没有读懂的内容和处理办法")
    lacking: list[str] = Field(description="没有的列，以及因此无法核实的指标")
    glance: list[str] = Field(description="所涉月份合计多少，供人看一眼是否对得上")


class QuestionAnswer(BaseModel):
    """文件会动已有编号的日期、身份或内容，等人回答。"""

    number: int | None = Field(description="待答问题的序号；在“待答问题”页或用 hotline questions 回答")
    code: str
    sentence: str = Field(description="问什么")
    examples: list[str] = Field(description="至多三个例子")


class FileReport(BaseModel):
    """文件导入的结果。"""

    file_name: str
    sha256: str = Field(description="收到的字节的 SHA-256")
    size: int = Field(description="字节数")
    center: str
    tables: list[TableAnswer]
    notes: list[str] = Field(description="没有采用的部分")
    question: QuestionAnswer | None = Field(description="待答问题；没有时为 null")


class FileState(BaseModel):
    """一份文件办到哪一步。"""

    file: str = Field(description="文件任务的编号")
    file_name: str
    size: int
    state: Literal["queued", "running", "done", "failed", "waiting", "interrupted", "given_up"] = Field(
        description="queued 排队，running 导入中，done 已导入，failed 读取失败，waiting 等人在“导入”页处理，"
        "interrupted 中断且没有写入，given_up 已放弃"
    )
    title: str = Field(description="同上，中文")
    phase: str
    share: float = Field(description="已读的份额，0 至 1")
    problem: str | None = Field(description="哪里、什么问题、怎么办；没有时为 null")
    sha256: str | None
    tables: list[TableAnswer] = Field(description="导入以后的结果；此前为空")
    notes: list[str]


class EventAnswer(BaseModel):
    """一条事件的结论。"""

    index: int = Field(description="在请求里的第几条，从 1 起")
    source: str | None
    id: str | None
    verdict: VerdictName = Field(
        description="accepted 已采用，duplicate 以前收过、这次不变，held 留存待人回答，"
        "refused 没有采用，conflict 编号相同而内容不同、没有采用"
    )
    before: EventState | None = Field(description="duplicate 的，第一次的结论")
    problems: list[str] = Field(description="哪里、什么问题、怎么办；accepted 的，是采用了但有一项不明的地方")
    delivery: str | None = Field(description="导入编号；没有新增记录时为 null")
    sha256: str | None = Field(description="留存原文的文件")
    row: int | None = Field(description="在该文件里的第几条，从 1 起")


class EventsAnswer(BaseModel):
    """一次请求里全部事件的结论。"""

    center: str
    accepted: int
    duplicate: int
    held: int
    refused: int
    conflict: int
    events: list[EventAnswer]
    tables: list[TableAnswer] = Field(description="新收的事件，按 type 各成一张表")


class GapAnswer(BaseModel):
    """缺失内容和处理办法。"""

    code: str
    source: str
    source_title: str
    sentence: str
    remedy: str


class FigureAnswer(BaseModel):
    """一个指标在一个统计期的数。"""

    indicator: str
    title: str
    center: str
    period: str
    value: str | None = Field(description="无法核实、不适用时为 null，不是 0")
    unit: str
    numerator: str | None
    denominator: str | None = Field(description="本指标是数量、没有分母的，为 null")
    status: str = Field(description="可核实、部分可核实、无法核实、不适用")
    coverage: str | None = Field(description="数据完整率，四位小数，只舍不入；还没到期的为 null")
    reason: str
    gaps: list[GapAnswer]
    low: str | None = Field(description="最差或最少")
    high: str | None = Field(description="最好或最多")
    bounds: str | None = Field(description="上下限是什么")
    attainment: str | None = Field(description="达标、未达标、未定、不判；没有目标的为 null")
    attainment_remark: str | None
    provisional: bool = Field(description="期间尚未结束")
    lock: str = Field(description="未锁定、已锁定、已更正")
    vintage: int
    code: str = Field(description="溯源码")
    definition_version: int
    source: str = Field(description="口径出处")
    log_seq: int = Field(description="算到日志的第几号")
    computed_at: datetime


class FiguresAnswer(BaseModel):
    """一个统计期的指标；还没有开始或还没有计算的不在其中。"""

    center: str
    period: str
    head_seq: int = Field(description="日志现在到第几号")
    computed_seq: int | None = Field(description="指标算到第几号；每分钟补算一次")
    current: bool = Field(description="两者相同：没有尚未计入的记录")
    figures: list[FigureAnswer]


class RowAnswer(BaseModel):
    """一行明细，和它出自的文件。"""

    subject: str = Field(description="对象")
    seq: int = Field(description="记录号")
    day: date = Field(description="归属日期")
    counted: str = Field(description="计入什么")
    adds: str = Field(description="计多少")
    cells: dict[str, Any] = Field(description="列名 → 值；姓名和号码是脱敏标识，文字里的号码已脱敏")
    delivery: str | None = Field(description="导入编号")
    file_name: str | None
    sha256: str | None = Field(description="文件字节的 SHA-256")
    row: int | None = Field(description="文件里的第几行")


class RowsAnswer(BaseModel):
    """指标的分子或分母由哪些行组成。"""

    center: str
    period: str
    indicator: str
    side: str
    columns: list[str]
    count: int = Field(description="全部行数，不论分页")
    total: str = Field(description="全部行合计")
    divisor: int = Field(description="按几个月平均；1 为不平均")
    number: str | None = Field(description="指标上的分子或分母")
    agrees: bool | None = Field(description="行加起来是否等于它；无从比对的为 null")
    page: int
    pages: int
    rows: list[RowAnswer]


class CoverageUnitAnswer(BaseModel):
    """一天，或按月报送的来源的一个月。"""

    first_day: date
    state: str = Field(description="有数据、零报告、部分、待报、缺、未到期、不适用、启用前")
    lacking: int = Field(description="缺几个单位")
    held: int = Field(description="可能属于它而未导入的行")


class SourceCoverageAnswer(BaseModel):
    """一个来源一年的报送情况。"""

    source: str
    title: str
    unit: str
    expected: int
    backed: int
    coverage: str | None = Field(description="数据完整率，四位小数，只舍不入；什么都还没到期的为 null")
    missing: str = Field(description="缺哪些；不缺为空")
    remedy: str
    as_of: datetime | None = Field(description="数据截至；从未报送为 null")
    units: list[CoverageUnitAnswer]


class CoverageAnswer(BaseModel):
    """一年里各来源的报送情况。"""

    center: str
    year: int
    sources: list[SourceCoverageAnswer]


class DefinitionAnswer(BaseModel):
    """一个指标现行的口径。"""

    indicator: str
    title: str
    group: str
    unit: str
    version: int
    card: dict[str, str] = Field(description="口径卡：栏目 → 内容")


class DefinitionsAnswer(BaseModel):
    """全部指标现行的口径。"""

    center: str
    definitions: list[DefinitionAnswer]


class CodeAnswer(BaseModel):
    """溯源码指的数，和现在显示的数。"""

    figure: FigureAnswer
    since: datetime = Field(description="何时算出或锁定")
    since_seq: int
    stands: bool = Field(description="现在显示的还是它")
    now: FigureAnswer | None


class CodesAnswer(BaseModel):
    """这个溯源码指的数；通常只有一个。"""

    center: str
    code: str
    found: list[CodeAnswer]


class ScoreAnswer(BaseModel):
    """一个三级指标的得分。"""

    code: str
    title: str
    weight: str
    actual: str
    rule_points: str | None = Field(description="按规则；没有可评的为 null")
    rule_reason: str | None
    panel_points: str | None = Field(description="专家打分的平均；没有的为 null")
    points: str
    reason: str
    verdict: str = Field(description="按规则、相符、专家评定、偏离规则、无法核对、待补")
    unverifiable: bool
    low: str | None = Field(description="部分可核实的，最差得分")
    high: str | None


class ScoresAnswer(BaseModel):
    """按一个评价方案的得分。"""

    center: str
    year: int
    scheme: str
    title: str
    total: str
    low: str
    high: str
    full: str = Field(description="满分")
    rating: str
    items: list[ScoreAnswer]


class SchemeAnswer(BaseModel):
    """一个评价方案。"""

    scheme: str
    title: str


class SchemesAnswer(BaseModel):
    """全部评价方案，和这一年选定的。"""

    center: str
    year: int
    chosen: str | None
    schemes: list[SchemeAnswer]
