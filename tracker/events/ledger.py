"""The log's own bookkeeping: what was delivered, confirmed, reported as nothing, voided."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event, Json, leave_out
from tracker.events.title import Title

BASES = {  # what tells of which state of the world a delivery speaks
    "given": "导入时指定",
    "file name": "文件名",
    "workbook": "工作簿属性",
    "import": "导入时刻",
    "form": "表单提交时刻",
    "events": "事件自带的时间",
}


@dataclass(frozen=True, kw_only=True)
class DeliveryImported(Event):
    """A file, form or API call was taken in; written last, in the transaction of its rows.

    Source: the import itself.
    """

    type: ClassVar[str] = "delivery.imported"
    type_title: ClassVar[str] = "导入来源文件"
    source: ClassVar[str] = "ledger"

    delivery: Annotated[str, Title("导入编号", code=True)]
    of: Annotated[str, Title("数据来源")]  # the source its rows belong to, for example calls
    file_name: Annotated[str, Title("文件名")]
    sha256: Annotated[str, Title("SHA-256", code=True)]
    size: Annotated[int, Title("文件大小（字节）")]  # bytes
    profile: Annotated[str, Title("导入方案")]
    as_of: Annotated[datetime, Title("数据截至")]  # the state of the world the file speaks of
    # given | file name | workbook | import | form | events
    as_of_basis: Annotated[str, Title("截至时间的依据", words=BASES)]
    imported_at: Annotated[datetime, Title("导入时间")]
    rows: Annotated[int, Title("行数")]  # data rows read
    new: Annotated[int, Title("新增行数")]
    changed: Annotated[int, Title("变更行数")]
    same: Annotated[int, Title("相同行数")]
    stale: Annotated[int, Title("过期版本未采用行数")]
    quarantined: Annotated[int, Title("未导入行数")]
    # Beijing day → rows of that day; what coverage is judged by
    days: Annotated[dict[str, Json], Title("涉及日期与行数", code=True)]
    # rows not taken in: [first day, last day, rows, of them about things told of otherwise], both days
    # included; where the last number is absent, nobody noted it
    held_back: Annotated[list[Json] | None, Title("未导入的行", code=True)] = None
    # keys of the kind's fields that the delivery has columns for
    fields: Annotated[list[Json] | None, Title("来源文件里有的列")] = None
    # who brought the file or filled in the form; None: a machine
    entered_by: Annotated[str | None, Title("录入人")] = None
    # the letter's numbers: item, told by it, read; None: it said none
    stated: Annotated[list[Json] | None, Title("报送单合计")] = None
    # what a person said of its numbers: same | new | new day | … | new file; None: nothing was asked
    ruling: Annotated[str | None, Title("编号问题的答复")] = None
    # ways of writing the numbers of things that no delivery before had
    spellings: Annotated[list[str] | None, Title("编号的新写法", code=True)] = None
    # of a full list: from when on it tells who left; None: it does not
    leavers_since: Annotated[date | None, Title("离职信息起自")] = None
    # those of `days` of which a few rows came along, and others are missing
    aside: Annotated[list[Json] | None, Title("只带来少数行的日期")] = None
    # title of the form that was filled in; None: a file
    form: Annotated[str | None, Title("表单")] = None

    @property
    def subject(self) -> str:
        return f"delivery/{self.delivery}"

    @property
    def occurred_at(self) -> datetime:
        return self.imported_at


@dataclass(frozen=True, kw_only=True)
class StatementsConfirmed(Event):
    """Rows of a later delivery said again what is held; `events` lists inclusive ranges of seq."""

    type: ClassVar[str] = "statements.confirmed"
    type_title: ClassVar[str] = "后续报送再次确认"
    source: ClassVar[str] = "ledger"

    delivery: Annotated[str, Title("导入编号", code=True)]
    part: Annotated[int, Title("部分", code=True)]  # a delivery of many batches confirms in parts
    events: Annotated[list[Json], Title("事件范围", code=True)]  # [[first, last], …]
    confirmed_as_of: Annotated[datetime, Title("确认时点")]

    @property
    def subject(self) -> str:
        return f"delivery/{self.delivery}"

    @property
    def slot(self) -> str:
        return f"confirmed/{self.part}"

    @property
    def occurred_at(self) -> datetime:
        return self.confirmed_as_of


@dataclass(frozen=True, kw_only=True)
class NothingToReport(Event):
    """A person signed that a source had nothing on a day, or no change in a month (零报告)."""

    type: ClassVar[str] = "source.nothing_to_report"
    type_title: ClassVar[str] = "零报告"
    source: ClassVar[str] = "ledger"

    of: Annotated[str, Title("数据来源")]
    first_day: Annotated[date, Title("起始日")]
    end_day: Annotated[date, Title("截止日（不含）")]  # exclusive
    signed_by: Annotated[str, Title("确认人")]
    signed_at: Annotated[datetime, Title("签收时间")]
    remark: Annotated[str | None, Title("备注")]

    @property
    def subject(self) -> str:
        return f"zero_report/{self.of}/{self.first_day.isoformat()}/{self.end_day.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.signed_at


@dataclass(frozen=True, kw_only=True)
class EventVoided(Event):
    """A statement, or all statements of a delivery, no longer count; the record stays readable."""

    type: ClassVar[str] = "event.voided"
    type_title: ClassVar[str] = "作废"
    source: ClassVar[str] = "ledger"

    event_seq: Annotated[int | None, Title("记录号")]  # exactly one of event_seq and delivery is given
    delivery: Annotated[str | None, Title("导入编号", code=True)]
    reason: Annotated[str, Title("原因")]
    voided_by: Annotated[str, Title("作废人")]
    voided_at: Annotated[datetime, Title("作废时间")]
    # the source of a statement, and its day; left out where none is counted by a day
    of: Annotated[str | None, Title("数据来源")] = None
    day: Annotated[date | None, Title("日期")] = None

    def __post_init__(self) -> None:
        leave_out(self, (name for name in ("of", "day") if self.__dict__[name] is None))

    @property
    def subject(self) -> str:
        return f"void/{self.event_seq}" if self.delivery is None else f"delivery/{self.delivery}"

    @property
    def slot(self) -> str:
        return "" if self.delivery is None else "voided"

    @property
    def occurred_at(self) -> datetime:
        return self.voided_at


@dataclass(frozen=True, kw_only=True)
class RowsSettled(Event):
    """Rows of a delivery that had been held back are missing no more: a later delivery holds them, or
    somebody looked and answers for it. None are settled any more once that later delivery is voided.

    Source: the import of the later delivery, or its voiding; a person at the machine or on a page.
    """

    type: ClassVar[str] = "rows.settled"
    type_title: ClassVar[str] = "了结问题数据"
    source: ClassVar[str] = "ledger"

    delivery: Annotated[str, Title("导入编号", code=True)]  # whose rows were held back
    part: Annotated[
        str, Title("部分", code=True)
    ]  # the later delivery, or a number in the order of the answers
    # [first day, last day, rows, known], as in DeliveryImported.held_back
    settled: Annotated[list[Json], Title("了结的行", code=True)]
    reason: Annotated[str, Title("原因")]
    settled_by: Annotated[str | None, Title("了结人")]  # None: the later delivery
    settled_at: Annotated[datetime, Title("了结时间")]

    @property
    def subject(self) -> str:
        return f"delivery/{self.delivery}"

    @property
    def slot(self) -> str:
        return f"settled/{self.part}"

    @property
    def occurred_at(self) -> datetime:
        return self.settled_at


@dataclass(frozen=True, kw_only=True)
class RowsPlacedAnew(Event):
    """Rows of a delivery that are still held back may be of more days than was known: a later delivery tells
    of the things that they speak of.

    Source: the import of the later delivery.
    """

    type: ClassVar[str] = "rows.placed_anew"
    type_title: ClassVar[str] = "问题数据归日变动"
    source: ClassVar[str] = "ledger"

    delivery: Annotated[str, Title("导入编号", code=True)]  # whose rows were held back
    part: Annotated[str, Title("部分", code=True)]  # the later delivery
    # [first day, last day, rows, known], as in DeliveryImported.held_back
    spans_before: Annotated[list[Json], Title("原来可能的日期", code=True)]
    spans_after: Annotated[list[Json], Title("现在可能的日期", code=True)]
    placed_at: Annotated[datetime, Title("变动时间")]

    @property
    def subject(self) -> str:
        return f"delivery/{self.delivery}"

    @property
    def slot(self) -> str:
        return f"placed/{self.part}"

    @property
    def occurred_at(self) -> datetime:
        return self.placed_at


@dataclass(frozen=True, kw_only=True)
class DeliveryHeld(Event):
    """A file asks what nobody but a person can answer; until then nothing of it is taken in, and its rows are
    missing.

    Source: the import itself.
    """

    type: ClassVar[str] = "delivery.held"
    type_title: ClassVar[str] = "文件待答"
    source: ClassVar[str] = "ledger"

    sha256: Annotated[str, Title("SHA-256", code=True)]
    file_name: Annotated[str, Title("文件名")]
    question: Annotated[str, Title("所问")]  # code of what it asks
    # [source, first day, last day, rows], both days included
    held: Annotated[list[Json], Title("未导入的行")]
    held_at: Annotated[datetime, Title("待答时间")]

    @property
    def subject(self) -> str:
        return f"held_delivery/{self.sha256[:16]}"

    @property
    def occurred_at(self) -> datetime:
        return self.held_at


@dataclass(frozen=True, kw_only=True)
class DeliveryReleased(Event):
    """A file that asked was taken in as somebody answered, or is not wanted: it holds up nothing any more.

    Source: a person at the machine or on a page.
    """

    type: ClassVar[str] = "delivery.released"
    type_title: ClassVar[str] = "待答文件放行"
    source: ClassVar[str] = "ledger"

    sha256: Annotated[str, Title("SHA-256", code=True)]
    answer: Annotated[str, Title("回答")]  # same | new … | dropped | unasked: it asks nothing any more
    released_by: Annotated[str | None, Title("回答人")]
    released_at: Annotated[datetime, Title("放行时间")]

    @property
    def subject(self) -> str:
        return f"held_delivery/{self.sha256[:16]}"

    @property
    def occurred_at(self) -> datetime:
        return self.released_at


TYPES = (
    DeliveryImported,
    DeliveryHeld,
    DeliveryReleased,
    RowsSettled,
    RowsPlacedAnew,
    StatementsConfirmed,
    NothingToReport,
    EventVoided,
)
THINGS = {"delivery": "来源文件", "held_delivery": "待答文件", "zero_report": "零报告", "void": "作废"}
SOURCES = {"ledger": "系统登记"}
