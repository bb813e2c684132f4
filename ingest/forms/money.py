"""支付 by hand."""

from decimal import Decimal

from ingest.forms.form import Form, FormValues, use_kind
from ingest.kinds.money import PAYMENTS


def _make_subject(values: FormValues) -> str:
    """By its voucher, or by what it is for."""
    known_by = "/".join(values.get(key, "") for key in ("item", "for_period", "payee", "due_on"))
    return f"payment/{values.get('voucher') or known_by}"


PAYMENT = Form(
    name="payment",
    title="支付",
    about="每笔应付款一条：约定哪天付、实际哪天付。还没付的先空着实际支付日，付了以后更正补上。",
    kind=use_kind(PAYMENTS),
    asks=("voucher", "item", "for_period", "payee", "due_on", "paid_on", "goods_accepted_on", "amount_fen"),
    subject=_make_subject,
    identity=("voucher",),
    events=("payment.recorded",),
    hints={
        "voucher": "国库支付凭证号。还没有的，以项目、期间、收款单位和约定支付日识别。",
        "due_on": "合同约定的支付日。",
        "goods_accepted_on": "货物、工程或服务验收合格的那天；法定付款期限从这天起算。没有验收的空着。",
        "amount_fen": "单位：元，写到分。",
    },
    day="due_on",
    values_of=lambda data: {
        **data,
        "voucher": data["payment_id"],
        "amount_fen": f"{Decimal(str(data['amount_fen'])) / 100:.2f}",
    },
)
