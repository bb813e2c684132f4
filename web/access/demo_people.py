"""The demo's people: one a role, without passwords; the demo's own page lets them in."""

from datetime import date, datetime, timedelta
from typing import Any

import psycopg

from web.access.people import Account, Grant, add_person, give, list_accounts
from web.access.rights import Role

DEMO = "HOTLINE_DEMO"  # the application's own configuration, set by `hotline demo` alone
_BY = "hotline demo"

PEOPLE = (
    ("guanli", "演示·王管理", Role.MANAGER, "看指标、导入、更正、提交月报"),
    ("luru", "演示·李录入", Role.CLERK, "填报和导入，只见“示例市”"),
    ("shenpi", "演示·赵审批", Role.APPROVER, "审批月报和更正"),
    ("pingjia", "演示·陈评价", Role.EVALUATOR, "只读，只见“示例市”今年，30 天有效"),
    ("anquan", "演示·周安全", Role.SECURITY_ADMIN, "管账号和授权，不见业务数据"),
    ("xitong", "演示·吴系统", Role.SYSTEM_ADMIN, "管系统设置，不见业务数据"),
    ("shenji", "演示·郑审计", Role.AUDIT_ADMIN, "查审计日志，不见业务数据"),
)
ABOUT = {login: f"{role.label}：{about}" for login, _, role, about in PEOPLE}


def add_demo_people(connection: psycopg.Connection[Any], center: str, now: datetime) -> None:
    """Those of them who are missing; the clerk and the evaluator are of one centre."""
    logins = {account.login for account in list_accounts(connection)}
    today = now.date()
    for login, name, role, _ in PEOPLE:
        if login not in logins:
            add_person(connection, login, name, by=_BY, now=now)
            connection.execute("UPDATE accounts SET must_change = false WHERE login = %s", (login,))
            give(connection, login, _make_grant(role, center, today), by=_BY, now=now, today=today)
    connection.execute(  # they have no password that could grow old
        "UPDATE accounts SET password_changed_at = %s WHERE password = '' AND created_by = %s", (now, _BY)
    )
    _renew_visit(connection, today)


def list_demo_people(connection: psycopg.Connection[Any]) -> list[Account]:
    """Those whom the demo's page offers, in the order of their declaration."""
    found = {account.login: account for account in list_accounts(connection) if account.created_by == _BY}
    return [found[login] for login, *_ in PEOPLE if login in found]


def _make_grant(role: Role, center: str, today: date) -> Grant:
    if role is Role.EVALUATOR:
        return Grant(role, center, frozenset({today.year}), today, today + timedelta(days=31))
    return Grant(role, center if role is Role.CLERK else None, None, today, None)


def _renew_visit(connection: psycopg.Connection[Any], today: date) -> None:
    """The evaluator's visit begins anew with each start of the demo."""
    connection.execute(
        "UPDATE grants SET end_day = %s, years = ARRAY[%s] WHERE role = %s AND granted_by = %s",
        (today + timedelta(days=31), today.year, Role.EVALUATOR, _BY),
    )
