"""Payments and budget movements."""

import re
from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from tracker.events import Payload
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.facts.fact import (
    FactRow,
    FactTable,
    Slots,
    define_fact_table,
    list_unknown,
    make_unknown_column,
    to_day,
)
from tracker.names import fold_name
from tracker.periods import Month
from tracker.workdays import Calendar, CalendarUnknown

_BY_PAYING = {"title": "实际支付日", "by": ("paid_on",)}
ROLLED = "rolled"  # unknown: whether the due day was a working day

payments = define_fact_table(
    "payments",
    (PaymentRecorded,),
    sa.Column("item", sa.Text, nullable=False),
    # as declarations name it
    sa.Column("item_folded", sa.Text(collation="C"), nullable=False, doc="费用项目（统一写法）"),
    sa.Column("for_period", sa.Text),
    # last day of the period; None: untold, or not understood
    sa.Column("for_month", sa.Date, doc="所属期间最后一天"),
    sa.Column("payee", sa.Text),
    sa.Column("due_on", sa.Date),  # None: a refund, which nobody owed
    sa.Column("paid_on", sa.Date, info={"by": ("paid_on",)}),  # None: unpaid
    sa.Column(
        "goods_accepted_on", sa.Date, info={"by": ("goods_accepted_on",)}
    ),  # None: nothing was accepted
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    # paid no later than due; None: unpaid, refund
    sa.Column("on_time", sa.Boolean, info=_BY_PAYING, doc="是否按时"),
    # the same where a due day off moves to the next working day
    sa.Column(
        "on_time_rolled",
        sa.Boolean,
        info={
            "title": "实际支付日",
            "by": ("paid_on", ROLLED),
            "titles": {ROLLED: "约定支付日是否工作日（没有该年的工作日历）"},
        },
        doc="是否按时（节假日顺延）",
    ),
    # calendar days after the due day; None: as on_time
    sa.Column("late_days", sa.Integer, info=_BY_PAYING, doc="逾期天数"),
    make_unknown_column(),
)

budget = define_fact_table(
    "budget",
    (BudgetMoved,),
    sa.Column("moved_on", sa.Date, nullable=False),
    # the day, or the nearest of the budget year; None: nobody knows of which year
    sa.Column("placed_on", sa.Date, info={"by": ("budget_year",)}, doc="计入的日期"),
    sa.Column("budget_year", sa.Integer),
    sa.Column("movement", sa.Text, nullable=False),  # approved | received | adjusted | returned | carried
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("document", sa.Text),
    make_unknown_column(),
)


def _project_payment(slots: Slots) -> list[FactRow]:
    data: Any = slots[""].data
    if data.get("voided"):
        return []
    due_on: Any = None if data["amount_fen"] < 0 else data["due_on"]
    late_days = _count_late_days(due_on, data.get("paid_on"))
    on_time = None if late_days is None else late_days == 0
    rolled = None if on_time is None else on_time or _is_in_time_rolled(due_on, data["paid_on"])
    item, for_period, payee = (data.get(name) for name in ("item", "for_period", "payee"))
    row = (
        item, fold_name(item), for_period, find_last_day(for_period), payee, due_on, data.get("paid_on"),
        to_day(data.get("goods_accepted_on")), data["amount_fen"], on_time, rolled, late_days,
    )  # fmt: skip
    lacking = (ROLLED,) if rolled is None and on_time is not None else ()
    return [(*row, list_unknown(data, ("paid_on", "goods_accepted_on"), lacking))]


def _count_late_days(due_on: str | None, paid_on: str | None) -> int | None:
    if due_on is None or paid_on is None:
        return None
    return max(0, (date.fromisoformat(paid_on) - date.fromisoformat(due_on)).days)


def _is_in_time_rolled(due_on: str, paid_on: str) -> bool | None:
    """Whether a payment after its due day came by the first working day from there; None: no calendar tells.

    Source: 民法典 art. 203."""
    due, paid = date.fromisoformat(due_on), date.fromisoformat(paid_on)
    try:
        return paid <= _load_calendar().add_working_days(due, 1, first_day="same")
    except CalendarUnknown:
        return None


@cache
def _load_calendar() -> Calendar:
    return Calendar.load()


_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_MONTH = re.compile(
    r"(?<!\d)(?:20\d\d\s*[-年./]\s*)?(0?[1-9]|1[0-2])\s*月|20\d\d\s*[-./]\s*(0?[1-9]|1[0-2])(?!\d)"
)
_COMPACT = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)")
_QUARTER = re.compile(r"第?\s*([一二三四1-4])\s*季度|Q([1-4])", re.IGNORECASE)


def find_last_day(period: str | None) -> str | None:
    """The last day of a period as people write it: 2023-01, 2023年1月, 202301, 2023年第一季度, 2023年.

    None where no year is told, or several."""
    text = fold_name(period) if period else ""
    compact = _COMPACT.findall(text)
    years = {year for year, _ in compact} | set(_YEAR.findall(text))
    if len(years) != 1:
        return None
    year = int(years.pop())
    if compact:
        return _find_month_end(year, max(int(month) for _, month in compact))
    months = [int(one or other) for one, other in _MONTH.findall(text)]
    if months:
        return _find_month_end(year, max(months))
    quarter = _QUARTER.search(text)
    if quarter:
        number = quarter[1] or quarter[2]
        return _find_month_end(
            year, 3 * ("一二三四".index(number) + 1 if number in "一二三四" else int(number))
        )
    return _find_month_end(year, 12) if re.fullmatch(r"20\d\d(年度?|全年|年全年)?", text) else None


def _find_month_end(year: int, month: int) -> str:
    return (Month(year, month).end_day - timedelta(days=1)).isoformat()


_IN_BRACKETS = re.compile(
    r"[〔\[【（(]\s*20\d\d\s*年?\s*[〕\]】）)]"
)  # 财预〔2024〕1号: the year of the document
_NEXT_YEAR = re.compile(r"提前下达|提前批|[下次明来]一?(?:年|财政年度)|(?:跨|隔)年")


def _has_other_year(data: Payload, year: int) -> bool:
    """Whether a movement's document or item says that it is of another year's budget than that of its day:
    提前下达2025年…. What is carried over names the year that it comes from."""
    text = fold_name(" ".join(str(data[key]) for key in ("document", "item") if data.get(key)))
    years = {int(found) for found in _YEAR.findall(_IN_BRACKETS.sub("", text))} - {year}
    if data["movement"] == "carried":
        years -= {year - 1}
    return bool(years or _NEXT_YEAR.search(text))


def _project_movement(slots: Slots) -> list[FactRow]:
    data: Any = slots[""].data
    if data.get("voided"):
        return []
    moved_on, year = date.fromisoformat(data["moved_on"]), data.get("budget_year")
    # what is approved or carried over in December is often the next year's budget
    of_either_year = data["movement"] in ("approved", "carried") and moved_on.month == 12
    open_year = year is None and (
        of_either_year or "budget_year" in (data.get("unclear") or ()) or _has_other_year(data, moved_on.year)
    )
    year = moved_on.year if year is None else year
    placed_on = min(max(moved_on, date(year, 1, 1)), date(year, 12, 31)).isoformat()
    return [
        (
            to_day(data["moved_on"]), None if open_year else placed_on, None if open_year else year,
            data["movement"], data["item"], data["amount_fen"], data.get("document"),
            list_unknown(data, (), ("budget_year",) if open_year else ()),
        ),
    ]  # fmt: skip


PAYMENTS = FactTable(
    table=payments,
    kind="payment",
    days=("due_on", "paid_on", "goods_accepted_on", "for_month"),
    rows=_project_payment,
)
BUDGET = FactTable(table=budget, kind="budget", days=("moved_on", "placed_on"), rows=_project_movement)
FACTS = (PAYMENTS, BUDGET)
