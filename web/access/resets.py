"""Resets of somebody else's password or second factor: one administrator asks, another one confirms.

Who alone could give an account a new password could act as its person. A one-time password that its person
never replaced by one of her own is no such case. Where there is one administrator only, the command at the
machine does it, and the trail says so.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import class_row

from tracker.database import execute
from tracker.events.times import get_day
from web.access.people import Account, PersonProblem, list_accounts, read_grants
from web.access.rights import Right
from web.access.tables import account_resets

HOLDS = timedelta(hours=72)  # that a request waits for its second administrator
TITLES = {"password": "重置口令", "second_factor": "停用动态口令"}


@dataclass(frozen=True)
class AccountReset:
    """A request that nobody has decided on."""

    number: int
    login: str
    what: str
    asked_by: str
    asked_at: datetime

    @property
    def title(self) -> str:
        return TITLES[self.what]


def needs_second(account: Account, what: str) -> bool:
    """Whether a reset takes two: all but a new one-time password in place of one that was never replaced."""
    return what == "second_factor" or not account.must_change or bool(account.former)


def list_administrators(connection: psycopg.Connection[Any], today: date) -> list[str]:
    """The accounts that may confirm a reset today."""
    grants = read_grants(connection)
    return [
        one.login
        for one in list_accounts(connection)
        if one.active
        and any(
            Right.MANAGE_PEOPLE in held.role.rights and held.holds(today)
            for held in grants.get(one.login, [])
        )
    ]


def list_waiting_resets(
    connection: psycopg.Connection[Any], now: datetime, login: str | None = None
) -> list[AccountReset]:
    """Those that wait, the oldest first; of one account, or all."""
    table = account_resets.c
    columns = table.number, table.login, table.what, table.asked_by, table.asked_at
    rows = sa.select(*columns).where(table.decided_at.is_(None), table.asked_at > now - HOLDS)
    if login is not None:
        rows = rows.where(table.login == login)
    return execute(connection, rows.order_by(table.number), class_row(AccountReset)).fetchall()


def ask_reset(connection: psycopg.Connection[Any], login: str, what: str, *, by: str, now: datetime) -> None:
    """Notes the request. Raises: PersonProblem where one waits, or nobody else could confirm it."""
    if any(one.what == what for one in list_waiting_resets(connection, now, login)):
        raise PersonProblem(f"已有人申请{TITLES[what]}，请待另一位安全管理员批准。")
    if not set(list_administrators(connection, get_day(now))) - {by, login}:
        command = "reset-password" if what == "password" else "forget-second-factor"
        raise PersonProblem(
            f"{TITLES[what]}须两位安全管理员办理，目前没有另一位可以批准。"
            f"请在服务器上运行 hotline people {command} {login}，或先增设一位安全管理员。"
        )
    asked = sa.insert(account_resets).values(login=login, what=what, asked_by=by, asked_at=now)
    execute(connection, asked)


def confirm_reset(
    connection: psycopg.Connection[Any], login: str, number: int, *, by: str, now: datetime
) -> AccountReset:
    """The request, which `by` confirms. Raises: PersonProblem for whoever asked, or owns the account."""
    found = _get_waiting(connection, login, number, now)
    if by in (found.asked_by, login):
        raise PersonProblem(f"{found.title}须由申请人和账号本人以外的另一位安全管理员批准。")
    _decide(connection, number, by=by, now=now, confirmed=True)
    return found


def drop_reset(
    connection: psycopg.Connection[Any], login: str, number: int, *, by: str, now: datetime
) -> AccountReset:
    """The request, which is not carried out. Raises: PersonProblem where there is none."""
    found = _get_waiting(connection, login, number, now)
    _decide(connection, number, by=by, now=now, confirmed=False)
    return found


def _get_waiting(connection: psycopg.Connection[Any], login: str, number: int, now: datetime) -> AccountReset:
    found = next((one for one in list_waiting_resets(connection, now, login) if one.number == number), None)
    if found is None:
        raise PersonProblem("这项申请已经办过、撤销或过期，请重新申请。")
    return found


def _decide(
    connection: psycopg.Connection[Any], number: int, *, by: str, now: datetime, confirmed: bool
) -> None:
    table = account_resets
    decided = sa.update(table).values(decided_by=by, decided_at=now, confirmed=confirmed)
    open_ = sa.and_(table.c.number == number, table.c.decided_at.is_(None))
    if execute(connection, decided.where(open_)).rowcount == 0:
        raise PersonProblem("这项申请已经由别人办过。")
