"""Rules that a month's data must keep, as pure functions of counts. `RULES` is the registry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from tracker.facts.calls import calls
from tracker.facts.daily_counts import inspections
from tracker.facts.staffing import staff, trainings
from tracker.facts.surveys import survey_issues
from tracker.facts.work_orders import work_orders
from tracker.periods import Month


class Counted(NamedTuple):
    """What the rules look at, each counted on its own from the facts."""

    orders_open_before: int  # accepted earlier, not closed then
    orders_accepted: int
    orders_closed: int
    orders_open_after: int
    orders_closed_before_accepted: int
    staff_before: int
    staff_joined: int
    staff_left: int
    staff_after: int
    calls_answered_before_queued: int
    calls_ended_before_entered: int
    inspections_without_call: int
    trainings_overfull: int
    surveys_overfull: int


@dataclass(frozen=True)
class Rule:
    """What must hold of a source. `broken` gives a sentence where it does not."""

    key: str
    source: str
    broken: Callable[[Counted], str | None]
    remedy: str


def _orders_balance(n: Counted) -> str | None:
    """期初未结+本期受理 = 本期办结+期末未结."""
    there, gone = n.orders_open_before + n.orders_accepted, n.orders_closed + n.orders_open_after
    if there == gone:
        return None
    return (
        f"期初未结{n.orders_open_before:,}+本期受理{n.orders_accepted:,}={there:,}，"
        f"而本期办结{n.orders_closed:,}+期末未结{n.orders_open_after:,}={gone:,}，两边不等"
    )


def _staff_balances(n: Counted) -> str | None:
    """期初在岗+入职−离职 = 期末在岗."""
    due = n.staff_before + n.staff_joined - n.staff_left
    if due == n.staff_after:
        return None
    return (
        f"期初在岗{n.staff_before}+入职{n.staff_joined}−离职{n.staff_left}={due}人，"
        f"而期末在岗{n.staff_after}人，两边不等"
    )


def _none(name: str, told: str) -> Callable[[Counted], str | None]:
    """A count that must be 0."""

    def broken(n: Counted) -> str | None:
        count = getattr(n, name)
        return f"{count:,}{told}" if count else None

    return broken


RULES = (
    Rule(
        "calls_order", "calls", _none("calls_answered_before_queued", "通电话的应答时间早于进入队列"),
        "请供应商核对这些电话的时间后重新导出。",
    ),
    Rule(
        "calls_end", "calls", _none("calls_ended_before_entered", "通电话的结束时间早于进入系统"),
        "请供应商核对这些电话的时间后重新导出。",
    ),
    Rule(
        "orders_balance", "work_orders", _orders_balance,
        "多半是有办结而无受理、或办结早于受理的工单：请补导受理记录或更正时间。",
    ),
    Rule(
        "orders_closed_before_accepted", "work_orders",
        _none("orders_closed_before_accepted", "件工单的办结时间早于受理时间"),
        "请核对这些工单的时间后重新导出。",
    ),
    Rule(
        "staff_balance", "roster", _staff_balances,
        "多半是离职日期早于入职日期：请更正花名册后重新导入。",
    ),
    Rule(
        "training_attendance", "training", _none("trainings_overfull", "场培训的实到人数多于应到人数"),
        "请核对培训签到后更正。",
    ),
    Rule(
        "inspections_known", "inspections", _none("inspections_without_call", "条质检找不到对应的话单"),
        "请补导这些电话的话单，或更正质检记录的流水号。",
    ),
    Rule(
        "survey_returns", "survey_issues", _none("surveys_overfull", "次发放的回收份数多于发放份数"),
        "请核对问卷发放记录后更正。",
    ),
)  # fmt: skip


def count(connection: sa.Connection, center: str, month: Month) -> Counted:
    """The counts of a month. One statement."""
    found = (_orders(center, month), _staff(center, month), _calls(center, month), _others(center, month))
    columns = [column for part in found for column in part.columns]
    beside: sa.FromClause = found[0]
    for part in found[1:]:
        beside = beside.join(part, sa.true())
    return Counted(*connection.execute(sa.select(*columns).select_from(beside)).one())


def _orders(center: str, month: Month) -> sa.Subquery:
    table, first, end = work_orders.c, month.first_day, month.end_day
    before_accepted = sa.and_(
        table.closed_at < table.accepted_at,
        sa.or_(*(sa.and_(day >= first, day < end) for day in (table.closed_on, table.accepted_on))),
    )
    return (
        sa.select(
            _many(table.accepted_on < first, sa.or_(table.closed_on.is_(None), table.closed_on >= first)),
            _many(table.accepted_on >= first, table.accepted_on < end),
            _many(table.closed_on >= first, table.closed_on < end),
            _many(table.accepted_on < end, sa.or_(table.closed_on.is_(None), table.closed_on >= end)),
            _many(before_accepted),
        )
        .where(table.center_id == center)
        .subquery()
    )


def _staff(center: str, month: Month) -> sa.Subquery:
    table, first, end = staff.c, month.first_day, month.end_day
    return (
        sa.select(
            _many(table.joined_on < first, sa.or_(table.left_on.is_(None), table.left_on >= first)),
            _many(table.joined_on >= first, table.joined_on < end),
            _many(table.left_on >= first, table.left_on < end),
            _many(table.joined_on < end, sa.or_(table.left_on.is_(None), table.left_on >= end)),
        )
        .where(table.center_id == center)
        .subquery()
    )


def _calls(center: str, month: Month) -> sa.Subquery:
    table = calls.c
    counts = sa.select(_many(table.answered_at < table.queued_at), _many(table.ended_at < table.entered_at))
    in_month = sa.and_(table.entered_on >= month.first_day, table.entered_on < month.end_day)
    return counts.where(table.center_id == center, in_month).subquery()


def _others(center: str, month: Month) -> sa.Subquery:
    """One count of each of three small tables."""
    inspected, held, issued = inspections.c, trainings.c, survey_issues.c
    known = sa.exists().where(calls.c.center_id == center, calls.c.subject == inspected.call_subject)
    return sa.select(
        _number(inspections, center, month, inspected.inspected_on, ~known),
        _number(trainings, center, month, held.held_on, held.attended > held.due),
        _number(survey_issues, center, month, issued.issued_on, issued.returned > issued.issued),
    ).subquery()


def _many(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count().filter(sa.and_(*conditions))


def _number(
    table: sa.Table, center: str, month: Month, day: sa.Column[Any], wrong: sa.ColumnElement[bool]
) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(table)
        .where(table.c.center_id == center, day >= month.first_day, day < month.end_day, wrong)
        .scalar_subquery()
    )
