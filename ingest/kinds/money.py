"""支付明细 and 预算."""

import re
from datetime import date

from ingest.cells import (
    CellParser,
    CellProblem,
    Column,
    Vocabulary,
    add_empty_words,
    read_amount_fen,
    read_day,
    read_id,
    text,
    to_halfwidth,
    to_plain,
)
from ingest.cells.text import NOTHING
from ingest.kinds.glance import Glance, add_money, count_if, omit_if_unknown
from ingest.kinds.kind import Build, Reading, RowProblem, TableKind
from ingest.kinds.paid import STATE_WORDS, VOIDED_WORDS, Settlement
from ingest.recognition.fields import Field, add_titles
from tracker.events.event import leave_out
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.tabular import Cell

MOVEMENTS = {
    "approved": "预算批复 年初预算 预算下达 批复 预算 核定预算 指标下达 年初批复",
    "received": "资金到位 到位 资金拨付 财政拨款 拨付 到账 资金到账 财政拨付 资金下达",
    "adjusted": "预算调整 调整 年中调整",
    "increased": "调增 预算调增 追加 预算追加 调增预算 追加预算",
    "reduced": "调减 预算调减 核减 预算核减 压减 预算压减 调减预算",
    "carried": "上年结转 结转 年初结转 上年结余 结转资金 结转结余 上年结转资金 上年结转结余",
    "returned": "财政收回 收回 上缴 退回 结余上缴 资金收回 交回财政",
}  # fmt: skip

DIRECTIONS = {
    "up": "调增 增加 增 追加 上调 调增预算 + 正",
    "down": "调减 减少 减 核减 压减 下调 扣减 调减预算 - 负",
}  # fmt: skip

_YEAR = re.compile(r"(20\d\d)\s*(?:年度?|财政年度|预算年度)?")


def _read_year(column: Column) -> CellParser:
    """A year: 2024, 2024年, 2024年度."""

    def parse(cell: Cell) -> int | None:
        written = to_plain(cell)
        if written in NOTHING:
            return None
        found = _YEAR.fullmatch(to_halfwidth(written))
        if found is None:
            raise CellProblem("不是年度", "请填四位数的年份，如 2024")
        return int(found[1])

    return parse


UNPAID = "未支付"  # is written where the day of a payment would stand


def _read_paid_day(column: Column) -> CellParser:
    """The day of a payment; `UNPAID` where a word says that there was none."""
    read = read_day(column)

    def parse(cell: Cell) -> date | str | None:
        if isinstance(cell, str) and to_plain(cell) in (UNPAID, "未付", "待支付", "待付", "尚未支付"):
            return UNPAID
        on: date | None = read(cell)
        return on

    return parse


PAYMENT_FIELDS = add_titles(
    (PaymentRecorded,),
    Field(
        key="voucher", title="凭证号", read=read_id, vital=True,
        names="支付凭证号 凭证编号 支付单号 付款单号 支付令号 业务单号",
    ),
    Field(
        key="item", read=text, required=True,
        names="支付项目 款项名称 项目名称 支出项目 费用类别 用途 款项用途 费用名称",
    ),
    Field(
        key="for_period", read=text,
        names="费用所属期 所属月份 费用期间 所属期 结算期间 费用月份",
    ),
    Field(key="payee", read=text, names="收款人 收款方 供应商 服务商 乙方 收款单位名称"),
    Field(
        key="due_on", title="约定支付日", read=read_day, required=True,
        names="应付日期 应支付日期 合同约定支付日 约定付款日 约定支付日期 约定付款日期 计划支付日"
        " 合同支付日 应付款日期 计划支付日期 计划付款日期 计划付款日",
    ),
    Field(
        key="paid_on", read=_read_paid_day, happened=True,
        names="支付日期 付款日期 实付日期 实际付款日 实际支付日期 实际付款日期 到账日期 支付时间"
        " 付款时间",
        cost="支付及时率、平均逾期天数、逾期未付金额、预算执行率（占到位资金）等",
        remarks="支付 付款 款项 费用 资金 银行 国库 回单 到账 凭证",
    ),
    Field(
        key="goods_accepted_on", happened=True,
        read=add_empty_words("未验收 待验收 无须验收 不验收 无需验收", read_day),
        names="验收时间 验收日 验收合格日期 验收合格日 交付验收日期 履约验收日期 服务验收日期",
        cost="法定期限内支付率（验收后30日）",
    ),
    Field(
        key="amount_fen", read=read_amount_fen, required=True, additive=True,
        names="支付金额 付款金额 应付金额 合计金额 实付金额",
    ),
    Field(
        key="paid_fen", title="已付金额", read=read_amount_fen, additive=True,
        names="已支付金额 已付款金额 累计已付 累计已付金额 累计支付金额 累计付款金额 已付款 已付",
    ),
    Field(
        key="unpaid_fen", title="未付金额", read=read_amount_fen, additive=True,
        names="未支付金额 未付款金额 欠付金额 尚欠金额 尚未支付金额 剩余应付 剩余应付金额 待付金额"
        " 未付款 未付",
    ),
    Field(
        key="state", title="支付状态", read=Vocabulary(STATE_WORDS), vital=True,
        names="付款状态 状态 支付结果 付款结果 款项状态 凭证状态 单据状态 支付情况 付款情况 是否支付"
        " 是否已支付 是否付款 是否已付款",
    ),
)  # fmt: skip

BUDGET_FIELDS = add_titles(
    (BudgetMoved,),
    Field(
        key="moved_on", read=read_day, required=True,
        names="发生日期 批复日期 下达日期 业务日期 时间 到位日期",
    ),
    Field(
        key="movement", title="类型", read=Vocabulary(MOVEMENTS), required=True,
        names="业务类型 变动类型 预算类型 事项 资金类型",
    ),
    Field(
        key="item", read=text, required=True,
        names="预算项目 项目 支出项目 项目名称 费用类别",
    ),
    Field(
        key="amount_fen", read=read_amount_fen, required=True, additive=True,
        names="预算金额 批复金额 下达金额 变动金额",
    ),
    Field(
        key="budget_year", read=_read_year, names="年度 所属年度 预算年份 财政年度 所属预算年度",
    ),
    Field(
        key="direction", title="调整方向", read=Vocabulary(DIRECTIONS), vital=True,
        names="方向 增减方向 变动方向 增减 调增调减 增减类型 调整类型",
    ),
    Field(
        key="state", title="状态", read=Vocabulary(VOIDED_WORDS), vital=True,
        names="单据状态 指标状态 预算状态 文件状态",
    ),
    Field(key="document", read=text, names="文件号 批复文号 指标文号 依据 文件文号"),
)  # fmt: skip


def build_payments(reading: Reading) -> Build:
    """One event a sum due, paid or not, or a refund, whose amount is negative; a void one is due on no day.

    Without a voucher it is known by item, period, payee and due day. Below one with a voucher, a sum without
    voucher and day of payment may be of the same group of merged cells, of which a text file keeps the first
    line alone."""
    above: PaymentRecorded | None = None  # the last one with a voucher, while its group may go on

    def events(
        voucher: str | None,
        item: str,
        for_period: str | None,
        payee: str | None,
        due_on: date,
        paid_on: date | str | None,
        goods_accepted_on: date | None,
        amount_fen: int,
        paid_fen: int | None,
        unpaid_fen: int | None,
        state: str | None,
    ) -> tuple[PaymentRecorded]:
        nonlocal above
        is_told = paid_on is not None
        day_told = paid_on if isinstance(paid_on, date) else None
        paid_on = Settlement(state, paid_fen, unpaid_fen).paid_on(day_told, amount_fen, reading)
        if amount_fen < 0 and paid_on is None:
            raise RowProblem(
                "paid_on", "是空的，而金额是负数", "退款请填实际退回的那一天；不是退款请改正金额"
            )
        known_by = "/".join((item, for_period or "", payee or "", due_on.isoformat()))
        payment = PaymentRecorded(
            payment_id=voucher or known_by,
            item=item,
            for_period=for_period,
            payee=payee,
            due_on=due_on,
            paid_on=paid_on,
            goods_accepted_on=goods_accepted_on,
            amount_fen=amount_fen,
            voided=state == "voided",
        )
        if "state" not in reading.present:
            leave_out(payment, ("voided",))
        if voucher is not None:
            above = payment
        elif above is not None and not _may_be_merged(above, payment):
            above = None
        elif above is not None and above.paid_on and not is_told and "paid_on" in reading.present:
            reading.doubts.append(_MERGED)
        return (payment,)

    return events


_MERGED = RowProblem(
    "paid_on",
    "和凭证号都是空的，而上面同一收款单位、同一天应付的一笔已经支付：像是合并的单元格只留下了第一行",
    "请取消合并、逐行填写后重新导出；确实没有支付的，请填“未支付”",
)


def _may_be_merged(above: PaymentRecorded, below: PaymentRecorded) -> bool:
    """Whether a payment may be of the group of one above it: what it tells of payee, period and due day is
    the same."""
    alike = ((above.payee, below.payee), (above.for_period, below.for_period))
    return below.due_on == above.due_on and all(other in (None, one) for one, other in alike)


def build_budget(reading: Reading) -> Build:
    """One event a document and item; only an adjustment may be negative, and is where its words say 减."""

    def events(
        moved_on: date,
        movement: str,
        item: str,
        amount_fen: int,
        budget_year: int | None,
        direction: str | None,
        state: str | None,
        document: str | None,
    ) -> tuple[BudgetMoved]:
        movement = _apply_direction(movement, direction, amount_fen)
        if movement == "reduced":
            amount_fen = -abs(amount_fen)
        elif amount_fen < 0 and movement != "adjusted":
            raise RowProblem(
                "amount_fen",
                "是负数",
                "只有预算调整、调减可以是负数；收回请用类型“财政收回”并填正数",
            )
        if movement in ("increased", "reduced"):
            movement = "adjusted"
        moved = BudgetMoved(
            moved_on=moved_on,
            movement=movement,
            item=item,
            amount_fen=amount_fen,
            document=document,
            budget_year=budget_year,
            voided=state == "voided",
        )
        if "state" not in reading.present:
            leave_out(moved, ("voided",))
        return (moved,)

    return events


def _apply_direction(movement: str, direction: str | None, amount_fen: int) -> str:
    """The movement with what a column of its own says of its direction.

    Raises: RowProblem where the word, the sign and the direction deny each other."""
    if direction is None:
        return movement
    towards = {"up": "increased", "down": "reduced"}
    if movement == "adjusted" and (amount_fen >= 0 or direction == "down"):
        return towards[direction]
    if movement in ("increased", "reduced"):
        contradicts = movement != towards[direction]
    else:
        contradicts = movement == "adjusted" or direction == "down"
    if contradicts:
        remedy = "请核对类型、调整方向和金额的正负，修改后重新报送该行"
        raise RowProblem("direction", "与类型或金额的正负矛盾", remedy, doubtful=("movement",))
    return movement


def _get_payment_day(event: PaymentRecorded) -> date:
    return event.due_on


def _get_budget_day(event: BudgetMoved) -> date:
    return event.moved_on


PAYMENTS = TableKind(
    name="payments",
    called="支付 拨付 付款 资金 经费 报销",
    thing="payment",
    source="payments",
    fields=PAYMENT_FIELDS,
    build=build_payments,
    mark="支付 付款 应付",
    remarks="支付 付款 款项 费用 资金",
    dated_by="due_on",
    day=_get_payment_day,
    past=False,
    counted=True,
    glance=Glance(
        table="payments",
        day="due_on",
        thing="笔应付款",
        parts=(
            add_money("合计"),
            omit_if_unknown("paid_on", count_if("paid_on IS NOT NULL", "已付")),
            add_money("已付金额", "paid_on IS NOT NULL"),
        ),
    ),
)
BUDGET = TableKind(
    name="budget",
    called="预算",
    source="budget",
    fields=BUDGET_FIELDS,
    build=build_budget,
    remarks="预算 资金 指标 费用",
    mark="预算 批复 下达 到位 指标 文号 文件 费用 变动 资金",
    dated_by="moved_on",
    day=_get_budget_day,
    past=False,
    counted=True,
    glance=Glance(
        table="budget",
        day="moved_on",
        thing="笔预算变动",
        parts=tuple(
            add_money(words, f"movement = '{movement}'")
            for movement, words in (
                ("approved", "批复"),
                ("received", "到位"),
                ("adjusted", "调整"),
                ("carried", "结转"),
                ("returned", "收回"),
            )
        ),
    ),
)

KINDS = (PAYMENTS, BUDGET)
