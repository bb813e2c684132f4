"""Whether a sum was paid: what the states and the further amounts of a payment's row say beside its day."""

from dataclasses import dataclass
from datetime import date

from ingest.kinds.kind import Reading, RowProblem

STATE_WORDS = {
    "standing": "正常 有效 生效 已生效 已审核 审核通过 已审批 审批通过 已入账 已记账 已登记 未作废"
    " 未撤销 未退款 未退汇",
    "paid": "已支付 支付成功 已付款 付款成功 支付完成 付款完成 成功 已到账 到账 付讫 已付讫 已付"
    " 已完成 完成 已结清 结清 已拨付 全额支付 全部支付 已全额支付 是",
    "unpaid": "未支付 未付款 未付 待支付 待付款 待付 支付中 付款中 处理中 办理中 审批中 审核中 待审批"
    " 待审核 未到账 已提交 已申请 未完成 暂缓支付 逾期未付 否",
    "failed": "支付失败 付款失败 失败 支付不成功 退汇 已退汇 退票 已退票 退回 已退回 被退回 支付退回"
    " 付款退回 银行退回 退汇退回 驳回 已驳回 已拒绝 拒绝",
    "partly": "部分支付 部分付款 已部分支付 已付部分 部分已付 未付清 未结清 未全额支付",
    "refunded": "退款 已退款 全额退款 部分退款",
    "voided": "作废 已作废 撤销 已撤销 取消 已取消 注销 已注销 无效 废弃 已废弃 删除 已删除",
}  # fmt: skip

VOIDED_WORDS = {
    "standing": "正常 有效 生效 已生效 执行 执行中 已执行 已下达 已批复 已到位 已审核 审核通过 已审批"
    " 审批通过 已完成 完成 已登记 未作废 未撤销",
    "voided": STATE_WORDS["voided"],
}  # fmt: skip

_CHECK = "请核对支付状态、已付金额和实际支付日；分几次支付的，请每次支付写一行"


@dataclass(frozen=True)
class Settlement:
    """What a row says besides of a sum due."""

    state: str | None
    paid_fen: int | None
    unpaid_fen: int | None

    def paid_on(self, paid_on: date | None, amount_fen: int, reading: Reading) -> date | None:
        """The day on which the whole sum was paid; None: it was not or, with a doubt noted, nobody knows.

        A payment that failed or came back is not paid. Of one that is paid in part, or whose state and day
        deny each other, the day is unknown."""
        if self.state in ("failed", "voided") or "paid_on" not in reading.present:
            return None if self.state in ("failed", "voided") else paid_on
        found = self._find_denial_by_state(paid_on, amount_fen) or self._find_denial_by_amounts(
            paid_on, amount_fen
        )
        if found is None:
            return paid_on
        key, rule = found
        reading.doubts.append(RowProblem(key, rule, _CHECK, doubtful=("paid_on",)))
        return None

    def _find_denial_by_state(self, paid_on: date | None, amount_fen: int) -> tuple[str, str] | None:
        if self.state == "partly":
            return "state", "说明只付了一部分，付清的日期不明"
        if self.state == "refunded" and amount_fen > 0:
            return "state", "说明已经退款，看不出这一笔是否仍算支付"
        if self.state == "unpaid" and paid_on is not None:
            return "state", "说明还没有支付，而实际支付日已经填写"
        if self.state == "paid" and paid_on is None:
            return "state", "说明已经支付，而实际支付日是空的"
        return None

    def _find_denial_by_amounts(self, paid_on: date | None, amount_fen: int) -> tuple[str, str] | None:
        key = "unpaid_fen" if self.paid_fen is None else "paid_fen"
        paid = self.paid_fen
        if self.unpaid_fen is not None:
            rest = amount_fen - self.unpaid_fen
            if paid is not None and paid != rest:
                return key, "与未付金额之和不等于应付的金额"
            paid = rest
        if paid is None or amount_fen <= 0:
            return None
        if 0 < paid < amount_fen:
            return key, "说明只付了一部分，付清的日期不明"
        if not 0 <= paid <= amount_fen:
            return key, "与应付的金额不符"
        if (paid == 0) == (paid_on is None):
            return None
        return (
            key,
            "说明还没有支付，而实际支付日已经填写" if paid == 0 else "说明已经付清，而实际支付日是空的",
        )
