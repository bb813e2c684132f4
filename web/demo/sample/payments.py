"""支付明细 and 预算: what was granted, what was paid, and whether in time; in 分 until it is written."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from web.demo.sample.scenario import Scenario
from web.demo.sample.staffing import POSTS
from web.demo.sample.tables import WrittenFile, write_workbook

LABOUR, OFFICE, POSTAGE = "劳务费", "办公费", "邮电费"
GRANTED, RECEIVED, RETURNED = "预算批复", "资金到位", "财政收回"
WAN_FEN = 1_000_000  # 万元
FIRST_COMPANY, SECOND_COMPANY = ("甲劳务公司", 10), ("乙劳务公司", 15)  # with the agreed day of the month
PAYMENT_HEADER = ("凭证号", "费用项目", "所属期间", "收款单位", "约定支付日", "实际支付日", "金额(元)")
BUDGET_HEADER = ("日期", "类型", "费用项目", "金额(万元)", "文号")


@dataclass(frozen=True)
class SamplePayment:
    voucher: str
    item: str
    period: str
    payee: str
    due: date
    paid: date
    amount_fen: int


@dataclass(frozen=True)
class BudgetEvent:
    day: date
    kind: str
    item: str
    amount_fen: int
    document: str


@dataclass(frozen=True)
class Accounts:
    """The year's budget events and payments up to the last month drawn."""

    budget: tuple[BudgetEvent, ...]
    payments: tuple[SamplePayment, ...]


def draw_accounts(scenario: Scenario) -> Accounts:
    """All that is granted is paid, but for the labour money returned at the end of the year."""
    rng = scenario.stream("accounts")
    labour, office = _draw_fen(rng, 6.2 * POSTS, 6.9 * POSTS), _draw_fen(rng, 12, 18)
    postage, returned = _draw_fen(rng, 6, 10), _draw_fen(rng, 1, 4)
    granted = {LABOUR: labour, OFFICE: office, POSTAGE: postage}
    budget = _draw_budget(rng, scenario.year, granted, returned)
    payments = _draw_labour(rng, scenario, labour - returned)
    payments += _draw_purchases(rng, scenario, office, postage)
    return Accounts(
        budget=tuple(event for event in budget if event.day < scenario.end),
        payments=tuple(payment for payment in payments if payment.due < scenario.end),
    )


def write_payments(folder: Path, scenario: Scenario, accounts: Accounts) -> WrittenFile:
    rows = (
        (each.voucher, each.item, each.period, each.payee, each.due, each.paid, each.amount_fen / 100)
        for each in accounts.payments
    )
    return write_workbook(folder / "支付明细.xlsx", "支付明细", PAYMENT_HEADER, rows, scenario.created)


def write_budget(folder: Path, scenario: Scenario, accounts: Accounts) -> WrittenFile:
    rows = (
        (event.day, event.kind, event.item, event.amount_fen / WAN_FEN, event.document)
        for event in accounts.budget
    )
    return write_workbook(folder / "预算.xlsx", "预算", BUDGET_HEADER, rows, scenario.created)


def _draw_fen(rng: Random, low_wan: float, high_wan: float) -> int:
    """An amount between two amounts in 万元, in whole hundreds of 元."""
    return rng.randint(round(low_wan * 100), round(high_wan * 100)) * WAN_FEN // 100


def _draw_budget(rng: Random, year: int, items: dict[str, int], returned: int) -> list[BudgetEvent]:
    granted = date(year, 1, rng.randint(8, 20))
    received = date(year, 2, rng.randint(1, 10))
    document = f"财行{rng.randint(1, 9)}号"
    return [
        *(BudgetEvent(granted, GRANTED, item, fen, document) for item, fen in items.items()),
        *(BudgetEvent(received, RECEIVED, item, fen, "额度1") for item, fen in items.items()),
        BudgetEvent(date(year, 12, rng.randint(26, 30)), RETURNED, LABOUR, returned, "收回1"),
    ]


def _draw_labour(rng: Random, scenario: Scenario, total_fen: int) -> list[SamplePayment]:
    """Twelve payments; some months late; another company, and another agreed day, from autumn on."""
    late = set(rng.sample(range(1, 13), rng.randint(4, 7)))
    change = rng.randint(8, 11)
    monthly = total_fen // 12
    payments = []
    for month in range(1, 13):
        company, day = FIRST_COMPANY if month < change else SECOND_COMPANY
        due = date(scenario.year, month, day)
        paid = due + timedelta(days=rng.randint(1, 11) if month in late else -rng.randint(0, 4))
        amount = monthly if month < 12 else total_fen - 11 * monthly
        voucher = f"ZF{due:%Y%m}01"
        payments.append(SamplePayment(voucher, LABOUR, scenario.label(month), company, due, paid, amount))
    return payments


def _draw_purchases(rng: Random, scenario: Scenario, office: int, postage: int) -> list[SamplePayment]:
    """Two payments each, due at the end of a month, all in time."""
    payments: list[SamplePayment] = []
    for item, payee, fen in ((OFFICE, "办公用品店", office), (POSTAGE, "电信公司", postage)):
        first = _draw_fen(rng, 0.4 * fen / WAN_FEN, 0.6 * fen / WAN_FEN)
        for month, amount in ((rng.randint(3, 6), first), (rng.randint(8, 11), fen - first)):
            due = scenario.end_of(month) - timedelta(days=1)
            paid = due - timedelta(days=rng.randint(1, 5))
            voucher = f"ZF{due:%Y%m}9{12 + len(payments)}"
            payments.append(SamplePayment(voucher, item, scenario.label(month), payee, due, paid, amount))
    return payments
