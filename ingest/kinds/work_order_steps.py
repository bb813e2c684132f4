"""工单流转记录: one row a step of an order's life."""

from datetime import date, datetime
from typing import Any

from ingest.cells import (
    Vocabulary,
    is_to_the_minute,
    make_moment_reader,
    memoize,
    read_brief,
    read_id,
    text,
    to_unmarked,
)
from ingest.kinds.kind import Build, Reading, RowProblem, TableKind
from ingest.kinds.order_fields import (
    BY_CITIZENS,
    ORDER_NAMES,
    ORDERS_AT_A_GLANCE,
    SATISFACTION_WORDS,
    SOLVED_WORDS,
)
from ingest.recognition.fields import Field, add_titles
from tracker.events.event import leave_out
from tracker.events.times import get_day
from tracker.events.work_orders import (
    WorkOrderAccepted,
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderDispatched,
    WorkOrderEvent,
    WorkOrderExtended,
    WorkOrderFollowedUp,
    WorkOrderPaused,
    WorkOrderReassigned,
    WorkOrderRedone,
    WorkOrderResumed,
    WorkOrderReturned,
    WorkOrderSigned,
    WorkOrderUrged,
)

STEP_WORDS = {
    "accepted": "受理 登记 建单 立单 创建 创建工单 工单受理 工单登记 新建",
    "dispatched": "派单 派遣 派发 转办 交办 分派 下派 派件 工单派发 派单成功",
    "signed": "签收 接单 接收 部门签收 单位签收",
    "returned": "退单 退回 退件 同意退单 退单成功",
    "reassigned": "改派 重新派单 重派 转派 改派成功",
    "extended": "延期 同意延期 延期通过 延期批准 延期审批通过",
    "urged": "督办 催办 催单 领导督办",
    "paused": "暂停 挂起 中止 待补充 等待补充 待补正 工单暂停 工单挂起 暂停办理 同意挂起 同意暂停 挂起成功"
    " 暂停计时",
    "resumed": "恢复 恢复办理 继续办理 解除挂起 解挂 取消挂起 取消暂停 解除暂停 恢复计时 补充完成 已补充"
    " 补正完成 处理中 办理中",
    "closed": "办结 结案 办理完成 已办结 单位办结 答复办结 部门办结",
    "cancelled": "作废 撤销 撤单 取消 注销 工单作废 工单撤销",
    "followed_up": "回访 回访完成 电话回访",
    "redone": "重办 退回重办 发回重办 重新办理 返工",
    "other": "归档 审核 备注 查看 打印 抄送 暂存 提交 转交 评价 反馈 阶段反馈 申请延期"
    " 延期申请 拒绝延期 延期驳回 申请退单 退单申请 拒绝退单 退单驳回 待派遣 撤回 申请挂起"
    " 挂起申请 拒绝挂起 挂起驳回 申请暂停 暂停申请 拒绝暂停 暂停驳回",
}  # fmt: skip

FIELDS = add_titles(
    (WorkOrderReturned, WorkOrderFollowedUp),
    Field(key="order_id", read=read_id, required=True, names=ORDER_NAMES),
    Field(
        key="action", title="环节", read=Vocabulary(STEP_WORDS), required=True,
        names="操作 操作类型 流转环节 办理环节 处理环节 步骤 动作 流程节点 节点名称 环节名称 action",
    ),
    Field(
        key="at", title="操作时间", read=make_moment_reader(date_only="start", marked=True), required=True,
        names="流转时间 处理时间 环节时间 办理时间 步骤时间 发生时间 操作日期 actiontime",
    ),
    Field(
        key="step", title="步骤序号", read=read_id, vital=True,
        names="流转序号 环节序号 步骤编号 操作序号 顺序号 stepno seq",
    ),
    Field(
        key="unit", title="接收单位", read=memoize(text),
        names="承办单位 办理单位 目标单位 处理单位 责任单位 接收部门 流转单位",
    ),
    Field(key="reason", read=read_brief, names="退单原因 延期原因 改派原因 督办原因"),
    Field(
        key="deadline_at", title="延期后时限", read=make_moment_reader(date_only="end"),
        names="延期至 办结时限 新时限 截止时间",
    ),
    Field(
        key="solved", read=Vocabulary(SOLVED_WORDS), names="解决情况 回访结果",
        remarks=BY_CITIZENS,
    ),
    Field(
        key="satisfaction", read=Vocabulary(SATISFACTION_WORDS),
        names="是否满意 满意情况", remarks=BY_CITIZENS,
    ),
)  # fmt: skip


def build_step(reading: Reading) -> Build:
    """One event a step that is a milestone; steps such as 归档 are read and tell nothing that is counted."""

    def events(
        order_id: str,
        action: str,
        at: datetime,
        step: str | None,
        unit: str | None,
        reason: str | None,
        deadline_at: datetime | None,
        solved: str | None,
        satisfaction: str,
    ) -> tuple[WorkOrderEvent, ...]:
        if action == "other" and (solved is not None or satisfaction is not None):
            raise RowProblem(
                "action",
                "不算回访，这一行却有解决情况或满意度",
                "这个环节就是回访的，请在导入页的“列对应关系”中指定；不是的，请删去这一行的解决情况和满意度",
            )
        if action == "other":
            reading.notices["流转记录里不计入的环节（归档、审核、申请等）。"] += 1
            return ()
        values: dict[str, Any] = {"order_id": order_id, "at": to_unmarked(at), "step": step or at.isoformat()}
        if action == "closed":
            return (WorkOrderClosed(**values, unit=unit, to_the_minute=is_to_the_minute(at)),)
        if action == "followed_up":
            return (_build_follow_up(values, solved, satisfaction),)
        if action in _WITH_REASON:
            return (_WITH_REASON[action](**values, unit=unit, reason=reason),)
        if action == "extended":
            return (WorkOrderExtended(**values, deadline_at=deadline_at, reason=reason),)
        if action == "resumed":
            return (WorkOrderResumed(**values),)
        if action in _OF_ORDER:
            return (_OF_ORDER[action](**values, reason=reason),)
        if action == "accepted":
            accepted = WorkOrderAccepted(**values, unit=unit, tells=[])
            leave_out(
                accepted,
                (
                    "kind",
                    "topic",
                    "call_id",
                    "channel",
                    "cancelled",
                    "deadline_at",
                    "deadline_basis",
                    "pauses_extend",
                ),
            )
            return (accepted,)
        return (_WITH_UNIT[action](**values, unit=unit),)

    return events


_OF_ORDER: dict[str, type[WorkOrderUrged | WorkOrderPaused | WorkOrderCancelled]] = {
    "urged": WorkOrderUrged,
    "paused": WorkOrderPaused,
    "cancelled": WorkOrderCancelled,
}
_WITH_REASON: dict[str, type[WorkOrderReturned | WorkOrderReassigned]] = {
    "returned": WorkOrderReturned,
    "reassigned": WorkOrderReassigned,
}
_WITH_UNIT: dict[str, type[WorkOrderDispatched | WorkOrderSigned | WorkOrderRedone]] = {
    "dispatched": WorkOrderDispatched,
    "signed": WorkOrderSigned,
    "redone": WorkOrderRedone,
}


def _build_follow_up(
    values: dict[str, Any], solved: str | None, satisfaction: str | None
) -> WorkOrderFollowedUp:
    if solved == "unreached":
        return WorkOrderFollowedUp(**values, reached=False)
    answered = solved is not None or satisfaction is not None
    return WorkOrderFollowedUp(
        **values,
        reached=True if answered else None,
        solved=None if solved is None else solved == "solved",
        satisfaction=satisfaction,
    )


def _get_day(event: WorkOrderEvent) -> date:
    assert event.at is not None
    return get_day(event.at)


WORK_ORDER_STEPS = TableKind(
    name="work_order_steps",
    called="流转 办理过程 办理环节",
    thing="work_order",
    title="工单流转记录",
    source="work_orders",
    fields=FIELDS,
    build=build_step,
    remarks="工单 诉求 受理 登记 派单 转办 交办 办理 处理 流转 环节 承办",
    has_state=True,
    mark="工单 诉求 受理 承办 办理 流转 环节",
    dated_by="at",
    day=_get_day,
    backs_days=False,
    glance=ORDERS_AT_A_GLANCE,
)

KINDS = (WORK_ORDER_STEPS,)
