"""The demo's people: one a role, without passwords; the demo's own page lets them in."""

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from tracker.database import execute
from web.access import tables
from web.access.people import Account, Grant, add_person, change_account, give, list_accounts
from web.access.policy import TOTP_ROLES
from web.access.rights import Role

DEMO = "HOTLINE_DEMO"  # the application's own configuration, set by `hotline demo` alone
_BY = "hotline demo"

PEOPLE = (
    ("guanli", "演示·王管理", Role.MANAGER, "查看指标、导入、修改、提交月报"),
    ("luru", "演示·李录入", Role.CLERK, "数据填报和导入，只见“示例市”"),
    ("shenpi", "演示·赵审批", Role.APPROVER, "审批月报和更正"),
    ("pingjia", "演示·陈评价", Role.EVALUATOR, "只读，只见“示例市”今年，30 天有效"),
    ("anquan", "演示·周安全", Role.SECURITY_ADMIN, "管账号、授权和安全设置，不见业务数据"),
    ("xitong", "演示·吴系统", Role.SYSTEM_ADMIN, "看系统运行状况，不见业务数据"),
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
            change_account(connection, login, must_change=False)
            give(connection, login, _make_grant(role, center, today), by=_BY, now=now, today=today)
    table = tables.accounts.c
    of_demo = sa.and_(table.password == "", table.created_by == _BY)  # no password that could grow old
    execute(connection, sa.update(tables.accounts).values(password_changed_at=now).where(of_demo))
    _renew_visit(connection, today)
    none_asked = insert(tables.security_settings).values(name=TOTP_ROLES, value="")
    execute(connection, none_asked.on_conflict_do_nothing())  # the sign-in page says so


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
    table = tables.grants
    visit = sa.and_(table.c.role == Role.EVALUATOR, table.c.granted_by == _BY)
    renewed = {"end_day": today + timedelta(days=31), "years": [today.year]}
    execute(connection, sa.update(table).values(**renewed).where(visit))
