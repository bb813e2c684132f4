"""考核申诉: one row an appeal by which a work order is to be left out of assessment."""

from datetime import date

from ingest.cells import Vocabulary, memoize, read_brief, read_day, read_id, text
from ingest.kinds.glance import Glance, count_if
from ingest.kinds.kind import Build, Reading, TableKind, check_order
from ingest.kinds.order_fields import ORDER_NAMES
from ingest.recognition.fields import Field, add_titles
from tracker.events.appeals import ExclusionAppealed

RESULTS = {
    "yes": "同意剔除 同意 通过 审核通过 申诉成功 成功 已剔除 剔除 是 不纳入考核",
    "no": "不同意 不通过 审核不通过 未通过 驳回 申诉失败 失败 不予剔除 不剔除 否 撤回 已撤回 纳入考核",
    "": "待审核 审核中 未审核 申诉中 待审批",
}  # fmt: skip

FIELDS = add_titles(
    (ExclusionAppealed,),
    Field(key="order_id", read=read_id, required=True, names=ORDER_NAMES),
    Field(key="asked_on", read=read_day, required=True, happened=True, names="申诉时间 申请时间 申请日期"),
    Field(key="asked_by", read=memoize(text), names="申请单位 申诉部门 申请部门 承办单位"),
    Field(key="reason", read=read_brief, names="申诉原因 剔除原因 剔除理由 申请理由 不合理原因"),
    Field(
        key="granted", title="审核结果", read=Vocabulary(RESULTS), required=True, filled=False,
        names="申诉结果 审批结果 申诉状态 考核申诉状态 是否剔除 处理结果",
    ),
    Field(
        key="decided_on", read=read_day, happened=True, cost="剔除工单数",
        names="审核时间 审批时间 审批日期 剔除时间 认定时间",
    ),
    Field(key="decided_by", read=memoize(text), names="审核单位 审批人 审批单位 审核部门 认定人"),
)  # fmt: skip


def build(reading: Reading) -> Build:
    """One event an appeal."""

    def events(
        order_id: str,
        asked_on: date,
        asked_by: str | None,
        reason: str | None,
        granted: str | None,
        decided_on: date | None,
        decided_by: str | None,
    ) -> tuple[ExclusionAppealed]:
        check_order(asked_on, decided_on, "decided_on", ("申诉日期", "审核日期"))
        appeal = ExclusionAppealed(
            order_id=order_id, asked_on=asked_on, asked_by=asked_by, reason=reason,
            granted=None if granted is None else granted == "yes", decided_on=decided_on,
            decided_by=decided_by,
        )  # fmt: skip
        return (appeal,)

    return events


def _day(event: ExclusionAppealed) -> date:
    return event.asked_on


APPEALS = TableKind(
    name="appeals",
    called="申诉 剔除",
    source="appeals",
    fields=FIELDS,
    build=build,
    has_state=True,
    remarks="申诉 剔除 考核 审核",
    mark="申诉 剔除",
    dated_by="asked_on",
    day=_day,
    when_repeated="同一张工单同一天的申诉只能有一行，请删去不对的一行",
    glance=Glance(table="appeals", day="asked_on", thing="件申诉", parts=(count_if("excluded", "同意剔除"),)),
)
KINDS = (APPEALS,)
