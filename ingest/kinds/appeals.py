"""考核申诉: one row an appeal by which an order, a call, or its rating is to be left out of assessment."""

from collections.abc import Callable
from datetime import date
from typing import Any

from ingest.cells import Vocabulary, memoize, read_brief, read_day, read_id, text
from ingest.kinds.glance import Glance, count_if
from ingest.kinds.kind import Build, Lookalike, Reading, TableKind, check_order
from ingest.kinds.order_fields import ORDER_NAMES
from ingest.recognition.fields import Field, add_titles
from tracker.events.appeals import Appeal, CallExclusionAppealed, ExclusionAppealed

RESULTS = {
    "yes": "同意剔除 同意 通过 审核通过 申诉成功 成功 已剔除 剔除 是 不纳入考核",
    "no": "不同意 不通过 审核不通过 未通过 驳回 申诉失败 失败 不予剔除 不剔除 否 撤回 已撤回 纳入考核",
    "": "待审核 审核中 未审核 申诉中 待审批",
}  # fmt: skip
SCOPES = {
    "all": "整通电话 整通 全部 通话 电话 误拨 误拨剔除 误拨电话 骚扰 骚扰电话"
    " 骚扰电话剔除 测试 测试电话 通话剔除",
    "rating": "只剔除评价 评价 评价剔除 满意度 满意度剔除 差评 差评剔除 不满意 误评 误评剔除",
}  # fmt: skip


def _list_fields(cost: str, names_of_units: str) -> tuple[Field, ...]:
    """The columns that lists of appeals have whatever they are about.

    `cost`: the indicator that needs the day of the decision; `names_of_units`: more titles of who asked."""
    return (
        Field(
            key="asked_on", read=read_day, required=True, happened=True,
            names="申诉时间 申请时间 申请日期",
        ),
        Field(key="asked_by", read=memoize(text), names=f"申请单位 申诉部门 申请部门 {names_of_units}"),
        Field(key="reason", read=read_brief, names="申诉原因 剔除原因 剔除理由 申请理由 不合理原因"),
        Field(
            key="granted", title="审核结果", read=Vocabulary(RESULTS), required=True, filled=False,
            names="申诉结果 审批结果 申诉状态 考核申诉状态 是否剔除 处理结果",
        ),
        Field(
            key="decided_on", read=read_day, happened=True, cost=cost,
            names="审核时间 审批时间 审批日期 剔除时间 认定时间",
        ),
        Field(key="decided_by", read=memoize(text), names="审核单位 审批人 审批单位 审核部门 认定人"),
    )  # fmt: skip


ORDER_FIELDS = add_titles(
    (ExclusionAppealed,),
    Field(key="order_id", read=read_id, required=True, names=ORDER_NAMES),
    *_list_fields("剔除工单数", "承办单位"),
)
CALL_FIELDS = add_titles(
    (CallExclusionAppealed,),
    Field(
        key="call_id", read=read_id, required=True,
        names="来电流水号 呼叫流水号 话单流水号 话务流水号 通话ID 呼叫ID 录音流水号 callid",
    ),
    Field(key="scope", read=Vocabulary(SCOPES), names="剔除类型 申诉类型 剔除类别 申诉类别"),
    *_list_fields("剔除通话数", "申诉班组 申请班组"),
)  # fmt: skip


def _make_build(appeal: type[Appeal], fields: tuple[Field, ...]) -> Callable[[Reading], Build]:
    """What makes one event an appeal of its row."""
    keys = [field.key for field in fields]

    def build(reading: Reading) -> Build:
        def events(*values: Any) -> tuple[Appeal]:
            row = dict(zip(keys, values, strict=True))
            check_order(row["asked_on"], row["decided_on"], "decided_on", ("申诉日期", "审核日期"))
            granted = row.pop("granted")
            return (appeal(**row, granted=None if granted is None else granted == "yes"),)

        return events

    return build


def _day(event: Appeal) -> date:
    return event.asked_on


APPEALS = TableKind(
    name="appeals",
    called="申诉 剔除",
    source="appeals",
    fields=ORDER_FIELDS,
    build=_make_build(ExclusionAppealed, ORDER_FIELDS),
    has_state=True,
    remarks="申诉 剔除 考核 审核",
    mark="申诉 剔除",
    dated_by="asked_on",
    day=_day,
    when_repeated="同一张工单同一天的申诉只能有一行，请删去不对的一行",
    glance=Glance(table="appeals", day="asked_on", thing="件申诉", parts=(count_if("excluded", "同意剔除"),)),
)
CALL_APPEALS = TableKind(
    name="call_appeals",
    called="通话考核申诉 通话申诉 话务申诉 评价剔除 误拨剔除",
    source="call_appeals",
    fields=CALL_FIELDS,
    build=_make_build(CallExclusionAppealed, CALL_FIELDS),
    has_state=True,
    remarks="申诉 剔除 考核 审核 通话",
    mark="申诉 剔除",
    lookalikes=(Lookalike(title="工单的考核申诉", by="工单", unless="scope"),),
    dated_by="asked_on",
    day=_day,
    when_repeated="同一通电话同一天的申诉只能有一行，请删去不对的一行",
    glance=Glance(
        table="call_appeals", day="asked_on", thing="件申诉", parts=(count_if("excluded", "同意剔除"),)
    ),
)
KINDS = (APPEALS, CALL_APPEALS)
