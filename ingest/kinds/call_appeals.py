"""通话考核申诉: one row an appeal by which a call, or its rating, is to be left out of assessment."""

from datetime import date

from ingest.cells import Vocabulary, memoize, read_brief, read_day, read_id, text
from ingest.kinds.appeals import RESULTS
from ingest.kinds.glance import Glance, count_if
from ingest.kinds.kind import Build, Lookalike, Reading, TableKind, check_order
from ingest.recognition.fields import Field, add_titles
from tracker.events.call_appeals import CallExclusionAppealed

SCOPES = {
    "all": "整通电话 整通 全部 通话 电话 误拨 误拨剔除 误拨电话 骚扰 骚扰电话"
    " 骚扰电话剔除 测试 测试电话 通话剔除",
    "rating": "只剔除评价 评价 评价剔除 满意度 满意度剔除 差评 差评剔除 不满意 误评 误评剔除",
}  # fmt: skip

FIELDS = add_titles(
    (CallExclusionAppealed,),
    Field(
        key="call_id", read=read_id, required=True,
        names="来电流水号 呼叫流水号 话单流水号 话务流水号 通话ID 呼叫ID 录音流水号 callid",
    ),
    Field(key="asked_on", read=read_day, required=True, happened=True, names="申诉时间 申请时间 申请日期"),
    Field(key="asked_by", read=memoize(text), names="申请单位 申诉部门 申请部门 申诉班组 申请班组"),
    Field(key="reason", read=read_brief, names="申诉原因 剔除原因 剔除理由 申请理由"),
    Field(key="scope", read=Vocabulary(SCOPES), names="剔除类型 申诉类型 剔除类别 申诉类别"),
    Field(
        key="granted", title="审核结果", read=Vocabulary(RESULTS), required=True, filled=False,
        names="申诉结果 审批结果 申诉状态 考核申诉状态 是否剔除 处理结果",
    ),
    Field(
        key="decided_on", read=read_day, happened=True, cost="剔除通话数",
        names="审核时间 审批时间 审批日期 剔除时间 认定时间",
    ),
    Field(key="decided_by", read=memoize(text), names="审核单位 审批人 审批单位 审核部门 认定人"),
)  # fmt: skip


def build(reading: Reading) -> Build:
    """One event an appeal."""

    def events(
        call_id: str,
        asked_on: date,
        asked_by: str | None,
        reason: str | None,
        scope: str | None,
        granted: str | None,
        decided_on: date | None,
        decided_by: str | None,
    ) -> tuple[CallExclusionAppealed]:
        check_order(asked_on, decided_on, "decided_on", ("申诉日期", "审核日期"))
        appeal = CallExclusionAppealed(
            call_id=call_id, asked_on=asked_on, asked_by=asked_by, reason=reason, scope=scope,
            granted=None if granted is None else granted == "yes", decided_on=decided_on,
            decided_by=decided_by,
        )  # fmt: skip
        return (appeal,)

    return events


def _day(event: CallExclusionAppealed) -> date:
    return event.asked_on


CALL_APPEALS = TableKind(
    name="call_appeals",
    source="call_appeals",
    fields=FIELDS,
    build=build,
    has_state=True,
    remarks="申诉 剔除 考核 审核 通话",
    mark="申诉 剔除",
    lookalikes=(Lookalike(title="工单的考核申诉", by="工单", unless="scope"),),
    dated_by="asked_on",
    glance=Glance(
        table="call_appeals", day="asked_on", thing="件申诉", parts=(count_if("excluded", "同意剔除"),)
    ),
    day=_day,
    when_repeated="同一通电话同一天的申诉只能有一行，请删去不对的一行",
)
KINDS = (CALL_APPEALS,)
