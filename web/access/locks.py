"""Locks: the one place that decides what a tried secret does to an account.

| state of the account | right | wrong |
|---|---|---|
| open | let in; the last secret asked for forgets failures | one failure more; the last allowed locks |
| locked | refused, the lock stays as it is | refused, the lock stays as it is |
| its lock has run out | as open, with no failures | the first failure |

The same table holds for signing in, for the present password at its change, and for codes of either kind.
Source: GB/T 22239-2019 8.1.4.1 b).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import psycopg

from web.access import sessions
from web.access.people import Account, change_account
from web.access.policy import read_policy
from web.access.trail import Action, record


@dataclass(frozen=True)
class RequestOrigin:
    """Where and when a request comes from."""

    now: datetime
    address: str
    agent: str = ""


class Secret(Enum):
    """What is tried; the value is what the trail says of a wrong one."""

    PASSWORD = "口令不正确"
    PRESENT_PASSWORD = "修改口令时原口令不正确"
    CONFIRMED_PASSWORD = "设置动态口令或恢复码时口令不正确"
    CODE = "动态口令不正确"
    RECOVERY_CODE = "恢复码不正确"


LOCKED = "账号锁定中"


def accept(
    connection: psycopg.Connection[Any], account: Account, secret: Secret, right: bool, asking: RequestOrigin
) -> bool:
    """Whether a tried secret lets its person on. What is refused is written down; the caller commits."""
    if account.locked(asking.now):
        note_refusal(connection, account, asking, LOCKED)
        return False
    if right:
        _forget_failures(connection, account, secret)
        return True
    _count_failure(connection, account, secret, asking)
    return False


def note_refusal(
    connection: psycopg.Connection[Any], account: Account, asking: RequestOrigin, why: str
) -> None:
    """Writes down that a secret was not even looked at."""
    record(
        connection, Action.SIGN_IN_FAILED, login=account.login, address=asking.address, now=asking.now,
        about=why, result="refused",
    )  # fmt: skip


def _forget_failures(connection: psycopg.Connection[Any], account: Account, secret: Secret) -> None:
    """A right password alone forgets no failures of somebody whose code is asked for next."""
    half_way = account.totp is not None and secret is Secret.PASSWORD
    failed = account.failed if half_way and account.locked_until is None else 0
    change_account(connection, account.login, failed=failed, locked_until=None)


def _count_failure(
    connection: psycopg.Connection[Any], account: Account, secret: Secret, asking: RequestOrigin
) -> None:
    policy = read_policy(connection)
    failed = (0 if account.locked_until else account.failed) + 1
    locks = failed >= policy.attempts
    until = asking.now + timedelta(minutes=policy.lock_minutes) if locks else None
    change_account(connection, account.login, failed=failed, locked_until=until)
    login, address, now = account.login, asking.address, asking.now
    record(
        connection, Action.SIGN_IN_FAILED, login=login, address=address, now=now, about=secret.value,
        result="failed",
    )  # fmt: skip
    if not locks:
        return
    minutes = {"minutes": policy.lock_minutes}
    record(connection, Action.LOCKED, login=login, address=address, now=now, about=login, details=minutes)
    if secret is not Secret.PASSWORD:  # tried inside a session, which may be in the wrong hands
        sessions.end_all(connection, account.login, now=asking.now, reason="closed")
