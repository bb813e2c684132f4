"""The rows of a month that break a rule: what the count of the rule counts, thing by thing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from kpi.closing.rules import RULES, ClosingRule
from tracker.facts.calls import ANSWERED_TOO_SOON, ENDED_TOO_SOON, calls
from tracker.facts.daily_counts import inspections
from tracker.facts.staffing import staff, trainings
from tracker.facts.surveys import survey_issues
from tracker.facts.work_orders import DUE_TOO_SOON, FOLLOWED_UP_TOO_SOON, work_orders
from tracker.periods import Month

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Violation:
    """A thing that breaks a rule, and the event that says so."""

    subject: str
    seq: int
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class ViolationPage:
    """A page of the things that break a rule in a month."""

    rule: ClosingRule
    columns: tuple[str, ...]
    rows: list[Violation]
    count: int  # things there are, whatever the page


class UnknownRule(LookupError):
    """没有这条规则。"""


def read_violations(
    connection: sa.Connection, center: str, month: Month, key: str, *, limit: int, offset: int = 0
) -> ViolationPage:
    """The things of a month that break a rule. Raises: UnknownRule."""
    rule = next((one for one in RULES if one.key == key), None)
    if rule is None:
        raise UnknownRule(f"没有编码为“{key}”的规则；规则有{'、'.join(one.key for one in RULES)}。")
    query = _QUERIES[key]
    table = query.table
    condition = sa.and_(table.c.center_id == center, query.wrong(month.first_day, month.end_day))
    columns = [column.label(f"c{place}") for place, (_, column) in enumerate(query.columns)]
    page = (
        sa.select(table.c.subject, table.c.seq, *columns)
        .where(condition)
        .order_by(*columns, table.c.subject)
        .limit(limit)
        .offset(offset)
    )
    count = connection.scalar(sa.select(sa.func.count()).select_from(table).where(condition))
    rows = [Violation(subject, seq, tuple(cells)) for subject, seq, *cells in connection.execute(page)]
    return ViolationPage(rule, tuple(title for title, _ in query.columns), rows, count or 0)


@dataclass(frozen=True, eq=False)
class _ViolationQuery:
    table: sa.Table
    columns: tuple[tuple[str, sa.Column[Any]], ...]
    wrong: Callable[[date, date], Condition]


def _limit_to_days(day: sa.Column[Any], wrong: Condition) -> Callable[[date, date], Condition]:
    return lambda first, end: sa.and_(day >= first, day < end, wrong)


def _match_unbalanced(came: sa.Column[Any], went: sa.Column[Any]) -> Callable[[date, date], Condition]:
    """What is there before or comes must go or be there after; a thing for which that does not hold."""

    def wrong(first: date, end: date) -> Condition:
        before = sa.and_(came < first, sa.or_(went.is_(None), went >= first))
        after = sa.and_(came < end, sa.or_(went.is_(None), went >= end))
        entered, gone = sa.and_(came >= first, came < end), sa.and_(went >= first, went < end)
        return _count_one_if(before) + _count_one_if(entered) != _count_one_if(gone) + _count_one_if(after)

    return wrong


def _count_one_if(condition: Condition) -> sa.ColumnElement[int]:
    return sa.case((condition, 1), else_=0)


def _match_reversed(first: date, end: date) -> Condition:
    table = work_orders.c
    days = (table.closed_on, table.accepted_on)
    in_month = sa.or_(*(sa.and_(day >= first, day < end) for day in days))
    return sa.and_(table.closed_at < table.accepted_at, in_month)


_accepted_closed = (("受理时间", work_orders.c.accepted_at), ("办结时间", work_orders.c.closed_at))
_call_of_inspection = sa.exists().where(
    calls.c.center_id == inspections.c.center_id, calls.c.subject == inspections.c.call_subject
)

_QUERIES = {
    "calls_order": _ViolationQuery(
        calls, (("进入队列", calls.c.queued_at), ("座席应答", calls.c.answered_at)),
        _limit_to_days(calls.c.entered_on, ANSWERED_TOO_SOON),
    ),
    "calls_end": _ViolationQuery(
        calls, (("进入系统", calls.c.entered_at), ("结束", calls.c.ended_at)),
        _limit_to_days(calls.c.entered_on, ENDED_TOO_SOON),
    ),
    "orders_balance": _ViolationQuery(
        work_orders, _accepted_closed, _match_unbalanced(work_orders.c.accepted_on, work_orders.c.closed_on)
    ),
    "orders_closed_before_accepted": _ViolationQuery(work_orders, _accepted_closed, _match_reversed),
    "orders_due_before_accepted": _ViolationQuery(
        work_orders, (("受理时间", work_orders.c.accepted_at), ("办结时限", work_orders.c.deadline_at)),
        _limit_to_days(work_orders.c.accepted_on, DUE_TOO_SOON),
    ),
    "orders_followed_up_before_closed": _ViolationQuery(
        work_orders,
        (("首次办结", work_orders.c.first_closed_at), ("回访时间", work_orders.c.followed_up_at)),
        _limit_to_days(work_orders.c.accepted_on, FOLLOWED_UP_TOO_SOON),
    ),
    "staff_balance": _ViolationQuery(
        staff, (("入职", staff.c.joined_on), ("离职", staff.c.left_on)),
        _match_unbalanced(staff.c.joined_on, staff.c.left_on),
    ),
    "training_attendance": _ViolationQuery(
        trainings, (("日期", trainings.c.held_on), ("应到（人）", trainings.c.due),
                    ("实到（人）", trainings.c.attended)),
        _limit_to_days(trainings.c.held_on, trainings.c.attended > trainings.c.due),
    ),
    "inspections_known": _ViolationQuery(
        inspections, (("质检日期", inspections.c.inspected_on), ("所属通话", inspections.c.call_subject)),
        _limit_to_days(inspections.c.inspected_on, ~_call_of_inspection),
    ),
    "survey_returns": _ViolationQuery(
        survey_issues, (("发放日期", survey_issues.c.issued_on), ("发放（份）", survey_issues.c.issued),
                        ("收回（份）", survey_issues.c.returned)),
        _limit_to_days(survey_issues.c.issued_on, survey_issues.c.returned > survey_issues.c.issued),
    ),
}  # fmt: skip
