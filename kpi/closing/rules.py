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


class RuleCounts(NamedTuple):
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
class ClosingRule:
    """What must hold of a source. `broken` gives a sentence where it does not."""

    key: str
    title: str
    source: str
    broken: Callable[[RuleCounts], str | None]
    remedy: str


def _check_orders_balance(n: RuleCounts) -> str | None:
    """期初未结+本期受理 = 本期办结+期末未结."""
    there, gone = n.orders_open_before + n.orders_accepted, n.orders_closed + n.orders_open_after
    if there == gone:
        return None
    return (
        f"期初未结{n.orders_open_before:,}+本期受理{n.orders_accepted:,}={there:,}，"
        f"而本期办结{n.orders_closed:,}+期末未结{n.orders_open_after:,}={gone:,}，两边不等"
    )


def _check_staff_balance(n: RuleCounts) -> str | None:
    """期初在岗+入职−离职 = 期末在岗."""
    due = n.staff_before + n.staff_joined - n.staff_left
    if due == n.staff_after:
        return None
    return (
        f"期初在岗{n.staff_before}+入职{n.staff_joined}−离职{n.staff_left}={due}人，"
        f"而期末在岗{n.staff_after}人，两边不等"
    )


def _require_none(name: str, text: str) -> Callable[[RuleCounts], str | None]:
    """A count that must be 0."""

    def broken(n: RuleCounts) -> str | None:
        count = getattr(n, name)
        return f"{count:,}{text}" if count else None

    return broken


RULES = (
    ClosingRule(
        "calls_order", "应答早于进入队列的电话", "calls",
        _require_none("calls_answered_before_queued", "通电话的应答时间早于进入队列"),
        "请供应商核对这些电话的时间后重新导出。",
    ),
    ClosingRule(
        "calls_end", "结束早于进入系统的电话", "calls",
        _require_none("calls_ended_before_entered", "通电话的结束时间早于进入系统"),
        "请供应商核对这些电话的时间后重新导出。",
    ),
    ClosingRule(
        "orders_balance", "工单期初期末不平", "work_orders", _check_orders_balance,
        "多为有办结无受理、或办结早于受理的工单；请补报受理记录或修改时间。",
    ),
    ClosingRule(
        "orders_closed_before_accepted", "办结早于受理的工单", "work_orders",
        _require_none("orders_closed_before_accepted", "件工单的办结时间早于受理时间"),
        "请核对这些工单的时间后重新导出。",
    ),
    ClosingRule(
        "orders_due_before_accepted", "时限早于受理的工单", "work_orders",
        _require_none("orders_due_before_accepted", "件工单的办结时限早于受理时间"),
        "请核对这些工单的受理时间和办结时限后重新导出。",
    ),
    ClosingRule(
        "orders_followed_up_before_closed", "回访早于办结的工单", "work_orders",
        _require_none("orders_followed_up_before_closed", "件工单的回访时间早于办结时间"),
        "请核对这些工单的办结时间和回访时间后重新导出。",
    ),
    ClosingRule(
        "staff_balance", "人员增减不平", "roster", _check_staff_balance,
        "多为离职日期早于入职日期；请修改花名册后重新导入。",
    ),
    ClosingRule(
        "training_attendance", "实到多于应到的培训", "training",
        _require_none("trainings_overfull", "场培训的实到人数多于应到人数"),
        "请核对培训签到后修改。",
    ),
    ClosingRule(
        "inspections_known", "找不到话单的质检", "inspections",
        _require_none("inspections_without_call", "条质检找不到对应的话单"),
        "请补报这些电话的话单，或修改质检记录的流水号。",
    ),
    ClosingRule(
        "survey_returns", "收回多于发放的问卷", "survey_issues",
        _require_none("surveys_overfull", "次发放的回收份数多于发放份数"),
        "请核对问卷发放记录后修改。",
    ),
)  # fmt: skip


def count_by_month(
    connection: sa.Connection, center: str, months: Iterable[Month]
) -> dict[Month, RuleCounts]:
    """The counts of each of several months. One statement, whatever their number."""
    wanted = list(months)
    first, end = min(one.first_day for one in wanted), max(one.end_day for one in wanted)
    lines: dict[str, list[_FlowLine]] = {}
    for what, *line in connection.execute(_COUNTS, {"center": center, "first": first, "end": end}).all():
        lines.setdefault(what, []).append(_FlowLine(*line))
    return {month: _build_counts(lines, str(month)) for month in wanted}


class _FlowLine(NamedTuple):
    """Things of a kind that came in one month and went in another."""

    came: str | None  # 2023-05
    went: str | None
    number: int
    wrong: int  # those of them that break a rule of their own


def _build_counts(lines: Mapping[str, Sequence[_FlowLine]], month: str) -> RuleCounts:
    orders, people = lines.get("orders", ()), lines.get("staff", ())
    late = sum(one.wrong for one in orders if month in (one.came, one.went))
    alone = {
        what: _sum_lines(line for line in lines.get(what, ()) if line.came == month)
        for what in ("calls", "inspections", "trainings", "surveys", "disordered")
    }
    small = (alone[what][0] for what in ("inspections", "trainings", "surveys"))
    others = (*alone["calls"], *small, *alone["disordered"])
    return RuleCounts(*_compute_balance(orders, month), late, *_compute_balance(people, month), *others)


def _sum_lines(lines: Iterable[_FlowLine]) -> tuple[int, int]:
    rows = list(lines)
    return sum(one.number for one in rows), sum(one.wrong for one in rows)


def _compute_balance(lines: Sequence[_FlowLine], month: str) -> tuple[int, int, int, int]:
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


def _select_orders() -> sa.Select[Any]:
    table = work_orders.c
    reversed_ = _count_where(table.closed_at < table.accepted_at)
    return _select_lines("orders", work_orders, table.accepted_on, table.closed_on, wrong=reversed_)


def _select_staff() -> sa.Select[Any]:
    return _select_lines("staff", staff, staff.c.joined_on, staff.c.left_on)


def _select_calls() -> sa.Select[Any]:
    day, early, over = calls.c.entered_on, _count_where(ANSWERED_TOO_SOON), _count_where(ENDED_TOO_SOON)
    lines = _select_lines("calls", calls, day, number=early, wrong=over)
    return lines.where(day >= _FIRST, day < _END, DISORDERED)


def _select_disordered() -> sa.Select[Any]:
    day, due, called = (
        work_orders.c.accepted_on,
        _count_where(DUE_TOO_SOON),
        _count_where(FOLLOWED_UP_TOO_SOON),
    )
    lines = _select_lines("disordered", work_orders, day, number=due, wrong=called)
    return lines.where(day >= _FIRST, day < _END, sa.or_(DUE_TOO_SOON, FOLLOWED_UP_TOO_SOON))


def _select_others() -> Iterator[sa.Select[Any]]:
    """One count of each of three small tables."""
    inspected, training, issued = inspections.c, trainings.c, survey_issues.c
    is_known = sa.exists().where(calls.c.center_id == _CENTER, calls.c.subject == inspected.call_subject)
    for what, table, day, wrong in (
        ("inspections", inspections, inspected.inspected_on, ~is_known),
        ("trainings", trainings, training.held_on, training.attended > training.due),
        ("surveys", survey_issues, issued.issued_on, issued.returned > issued.issued),
    ):
        yield _select_lines(what, table, day).where(day >= _FIRST, day < _END, wrong)


def _select_lines(
    what: str,
    table: sa.Table,
    came: sa.Column[Any],
    went: sa.Column[Any] | None = None,
    *,
    number: sa.ColumnElement[int] | None = None,
    wrong: sa.ColumnElement[int] | None = None,
) -> sa.Select[Any]:
    """The columns of a line, by the months in which things came and went."""
    months = [_to_month(came), sa.cast(sa.null(), sa.Text) if went is None else _to_month(went)]
    counts = [sa.func.count() if number is None else number, sa.literal(0) if wrong is None else wrong]
    columns: list[Any] = [sa.literal(what), *months, *counts]
    by = months[: 1 if went is None else 2]
    return sa.select(*columns).where(table.c.center_id == _CENTER).group_by(*by)


def _to_month(day: sa.Column[Any]) -> sa.ColumnElement[str]:
    return sa.func.substr(sa.cast(day, sa.Text), 1, 7)


def _count_where(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count().filter(sa.and_(*conditions))


_COUNTS = sa.union_all(
    _select_orders(), _select_staff(), _select_calls(), _select_disordered(), *_select_others()
)
