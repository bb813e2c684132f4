"""Rules that a month's data must keep, as pure functions of counts. `RULES` is the registry."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from tracker.facts.calls import ANSWERED_TOO_SOON, DISORDERED, ENDED_TOO_SOON, calls
from tracker.facts.daily_counts import inspections
from tracker.facts.staffing import staff, trainings
from tracker.facts.surveys import survey_issues
from tracker.facts.work_orders import DUE_TOO_SOON, FOLLOWED_UP_TOO_SOON, work_orders
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
    orders_due_before_accepted: int
    orders_followed_up_before_closed: int


@dataclass(frozen=True)
class Rule:
    """What must hold of a source. `broken` gives a sentence where it does not."""

    key: str
    title: str
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
        "calls_order", "应答早于进入队列的电话", "calls",
        _none("calls_answered_before_queued", "通电话的应答时间早于进入队列"),
        "请供应商核对这些电话的时间后重新导出。",
    ),
    Rule(
        "calls_end", "结束早于进入系统的电话", "calls",
        _none("calls_ended_before_entered", "通电话的结束时间早于进入系统"),
        "请供应商核对这些电话的时间后重新导出。",
    ),
    Rule(
        "orders_balance", "收支不平的工单", "work_orders", _orders_balance,
        "多半是有办结而无受理、或办结早于受理的工单：请补导受理记录或更正时间。",
    ),
    Rule(
        "orders_closed_before_accepted", "办结早于受理的工单", "work_orders",
        _none("orders_closed_before_accepted", "件工单的办结时间早于受理时间"),
        "请核对这些工单的时间后重新导出。",
    ),
    Rule(
        "orders_due_before_accepted", "时限早于受理的工单", "work_orders",
        _none("orders_due_before_accepted", "件工单的办结时限早于受理时间"),
        "请核对这些工单的受理时间和办结时限后重新导出。",
    ),
    Rule(
        "orders_followed_up_before_closed", "回访早于办结的工单", "work_orders",
        _none("orders_followed_up_before_closed", "件工单的回访时间早于办结时间"),
        "请核对这些工单的办结时间和回访时间后重新导出。",
    ),
    Rule(
        "staff_balance", "增减不平的人员", "roster", _staff_balances,
        "多半是离职日期早于入职日期：请更正花名册后重新导入。",
    ),
    Rule(
        "training_attendance", "实到多于应到的培训", "training",
        _none("trainings_overfull", "场培训的实到人数多于应到人数"),
        "请核对培训签到后更正。",
    ),
    Rule(
        "inspections_known", "找不到话单的质检", "inspections",
        _none("inspections_without_call", "条质检找不到对应的话单"),
        "请补导这些电话的话单，或更正质检记录的流水号。",
    ),
    Rule(
        "survey_returns", "收回多于发放的问卷", "survey_issues",
        _none("surveys_overfull", "次发放的回收份数多于发放份数"),
        "请核对问卷发放记录后更正。",
    ),
)  # fmt: skip


def count(connection: sa.Connection, center: str, months: Iterable[Month]) -> dict[Month, Counted]:
    """The counts of each of several months. One statement, whatever their number."""
    asked = list(months)
    first, end = min(one.first_day for one in asked), max(one.end_day for one in asked)
    told: dict[str, list[_Line]] = {}
    for what, *line in connection.execute(_COUNTS, {"center": center, "first": first, "end": end}).all():
        told.setdefault(what, []).append(_Line(*line))
    return {month: _counted(told, str(month)) for month in asked}


class _Line(NamedTuple):
    """Things of a kind that came in one month and went in another."""

    came: str | None  # 2023-05
    went: str | None
    number: int
    wrong: int  # those of them that break a rule of their own


def _counted(told: Mapping[str, Sequence[_Line]], month: str) -> Counted:
    orders, people = told.get("orders", ()), told.get("staff", ())
    late = sum(one.wrong for one in orders if month in (one.came, one.went))
    alone = {
        what: _added(line for line in told.get(what, ()) if line.came == month)
        for what in ("calls", "inspections", "trainings", "surveys", "disordered")
    }
    small = (alone[what][0] for what in ("inspections", "trainings", "surveys"))
    others = (*alone["calls"], *small, *alone["disordered"])
    return Counted(*_balance(orders, month), late, *_balance(people, month), *others)


def _added(lines: Iterable[_Line]) -> tuple[int, int]:
    found = list(lines)
    return sum(one.number for one in found), sum(one.wrong for one in found)


def _balance(lines: Sequence[_Line], month: str) -> tuple[int, int, int, int]:
    """There before, came, went, there after; each counted on its own."""

    def many(holds: Callable[[str, str], bool]) -> int:
        return sum(one.number for one in lines if holds(one.came or _NEVER, one.went or _NEVER))

    return (
        many(lambda came, went: came < month <= went),
        many(lambda came, _: came == month),
        many(lambda _, went: went == month),
        many(lambda came, went: came <= month < went),
    )


_NEVER = "~"  # later than any month


_CENTER, _FIRST, _END = (
    sa.bindparam("center", type_=sa.Text),
    sa.bindparam("first", type_=sa.Date),
    sa.bindparam("end", type_=sa.Date),
)


def _orders() -> sa.Select[Any]:
    table = work_orders.c
    reversed_ = _many(table.closed_at < table.accepted_at)
    return _lines("orders", work_orders, table.accepted_on, table.closed_on, wrong=reversed_)


def _staff() -> sa.Select[Any]:
    return _lines("staff", staff, staff.c.joined_on, staff.c.left_on)


def _calls() -> sa.Select[Any]:
    day, early, over = calls.c.entered_on, _many(ANSWERED_TOO_SOON), _many(ENDED_TOO_SOON)
    found = _lines("calls", calls, day, number=early, wrong=over)
    return found.where(day >= _FIRST, day < _END, DISORDERED)


def _disordered() -> sa.Select[Any]:
    day, due, called = work_orders.c.accepted_on, _many(DUE_TOO_SOON), _many(FOLLOWED_UP_TOO_SOON)
    found = _lines("disordered", work_orders, day, number=due, wrong=called)
    return found.where(day >= _FIRST, day < _END, sa.or_(DUE_TOO_SOON, FOLLOWED_UP_TOO_SOON))


def _others() -> Iterator[sa.Select[Any]]:
    """One count of each of three small tables."""
    inspected, held, issued = inspections.c, trainings.c, survey_issues.c
    known = sa.exists().where(calls.c.center_id == _CENTER, calls.c.subject == inspected.call_subject)
    for what, table, day, wrong in (
        ("inspections", inspections, inspected.inspected_on, ~known),
        ("trainings", trainings, held.held_on, held.attended > held.due),
        ("surveys", survey_issues, issued.issued_on, issued.returned > issued.issued),
    ):
        yield _lines(what, table, day).where(day >= _FIRST, day < _END, wrong)


def _lines(
    what: str,
    table: sa.Table,
    came: sa.Column[Any],
    went: sa.Column[Any] | None = None,
    *,
    number: sa.ColumnElement[int] | None = None,
    wrong: sa.ColumnElement[int] | None = None,
) -> sa.Select[Any]:
    """The columns of a line, by the months in which things came and went."""
    months = [_month(came), sa.cast(sa.null(), sa.Text) if went is None else _month(went)]
    counts = [sa.func.count() if number is None else number, sa.literal(0) if wrong is None else wrong]
    columns: list[Any] = [sa.literal(what), *months, *counts]
    by = months[: 1 if went is None else 2]
    return sa.select(*columns).where(table.c.center_id == _CENTER).group_by(*by)


def _month(day: sa.Column[Any]) -> sa.ColumnElement[str]:
    return sa.func.substr(sa.cast(day, sa.Text), 1, 7)


def _many(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count().filter(sa.and_(*conditions))


_COUNTS = sa.union_all(_orders(), _staff(), _calls(), _disordered(), *_others())
