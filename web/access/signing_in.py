"""Signing in: password, lock, second factor. Whatever is wrong, the answer is the same and takes as long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import class_row

from tracker.database import execute
from tracker.vault import Vault
from web.access import passwords, second_factor, sessions, tables
from web.access.people import Account, change_account, find_account, set_password
from web.access.policy import Policy, read_policy
from web.access.sessions import Session
from web.access.trail import Action, record

UNKNOWN = "（不存在的登录名）"  # what was typed is not written down: it may be a password


@dataclass(frozen=True)
class RequestOrigin:
    """Where and when a request comes from."""

    now: datetime
    address: str
    agent: str = ""


@dataclass(frozen=True)
class PreviousSignIn:
    """The sign-in before this one, and how often somebody failed since."""

    at: datetime
    address: str
    failed: int


def sign_in(
    connection: psycopg.Connection[Any], login: str, password: str, asking: RequestOrigin
) -> str | None:
    """The token of a new session, or None; either is written down. The caller commits in both cases."""
    account = find_account(connection, login, for_update=True)
    right = passwords.is_password_of(account.password if account else "", password)
    if account is None:
        _note(connection, Action.SIGN_IN_FAILED, None, asking, about=UNKNOWN, result="failed")
        return None
    if account.locked(asking.now) or not account.active or _is_too_old(account, asking.now):
        _note(connection, Action.SIGN_IN_FAILED, account.login, asking, about=_explain(account, asking.now),
              result="refused")  # fmt: skip
        return None
    if not right:
        _fail(connection, account, asking, "口令不正确")
        return None
    failed = account.failed if account.totp and not account.locked_until else 0
    change_account(connection, account.login, failed=failed, locked_until=None)
    token = sessions.begin(
        connection, account.login, now=asking.now, address=asking.address, agent=asking.agent
    )
    if account.totp is None:
        _note(connection, Action.SIGNED_IN, account.login, asking)
    return token


def give_code(
    connection: psycopg.Connection[Any], session: Session, code: str, asking: RequestOrigin, vault: Vault
) -> bool:
    """Whether the second factor fits; after too many failures the account is locked and the session ended."""
    account = find_account(connection, session.person.login, for_update=True)
    assert account is not None
    secret = second_factor.open_secret(vault, account.login, account.totp or b"")
    step = None
    if secret and not account.locked(asking.now):
        step = second_factor.find_step(secret, code, now=asking.now, last=account.totp_step)
    if step is None:
        if _fail(connection, account, asking, "动态码不正确"):
            sessions.end_all(connection, account.login, now=asking.now, reason="closed")
        return False
    change_account(connection, account.login, failed=0, totp_step=step)
    sessions.verify(connection, session.session, asking.now)
    _note(connection, Action.SIGNED_IN, account.login, asking, details={"second_factor": True})
    return True


def find_previous_sign_in(connection: psycopg.Connection[Any], session: str) -> PreviousSignIn | None:
    """When and from where the person of a new session signed in before; None: never, or not fully in yet."""
    last, new = tables.sessions.alias("last"), tables.sessions.alias("new")
    accounts, audit = tables.accounts.c, tables.audit.c
    failed = sa.select(sa.func.count()).where(
        audit.login == last.c.login, audit.action == Action.SIGN_IN_FAILED, audit.at > last.c.created_at
    )
    verified = sa.and_(last.c.verified_at.is_not(None), new.c.verified_at.is_not(None))
    before = (
        sa.select(last.c.created_at.label("at"), last.c.address, failed.scalar_subquery().label("failed"))
        .join_from(last, new, last.c.login == new.c.login)
        .join(tables.accounts, accounts.login == last.c.login)
        .where(new.c.session == session, last.c.session != session)
        .where(sa.or_(accounts.totp.is_(None), verified))
        .order_by(last.c.created_at.desc())
        .limit(1)
    )
    found: PreviousSignIn | None = execute(connection, before, class_row(PreviousSignIn)).fetchone()
    return found


def change_password(
    connection: psycopg.Connection[Any], session: Session, present: str, wanted: str, asking: RequestOrigin
) -> list[str]:
    """What is wrong, or nothing: then the password is changed and all other sessions of the person end."""
    account = find_account(connection, session.person.login, for_update=True)
    assert account is not None
    if not passwords.is_password_of(account.password, present):
        locked = _fail(connection, account, asking, "修改口令时原口令不正确")
        if locked:
            sessions.end_all(connection, account.login, now=asking.now, reason="closed")
        return ["原口令不正确。"]
    problems = passwords.list_faults(
        wanted, login=account.login, used=(account.password, *account.former), policy=session.policy
    )
    if not problems:
        set_password(connection, account, wanted, now=asking.now, must_change=False)
        sessions.end_all(connection, account.login, now=asking.now, reason="password", but=session.session)
        _note(connection, Action.PASSWORD_CHANGED, account.login, asking, about=account.login)
    return problems


def _is_too_old(account: Account, now: datetime) -> bool:
    """Whether a password given by somebody else was not used in time."""
    return account.must_change and now - account.password_changed_at >= passwords.ONE_TIME_HOLDS


def _explain(account: Account, now: datetime) -> str:
    if not account.active:
        return "账号已停用"
    return "账号锁定中" if account.locked(now) else "一次性口令已过期"


def _fail(connection: psycopg.Connection[Any], account: Account, asking: RequestOrigin, why: str) -> bool:
    """Counts a failure; gives whether it locked the account. A lock that has run out begins anew."""
    policy: Policy = read_policy(connection)
    failed = (0 if account.locked_until else account.failed) + 1
    locked = failed >= policy.attempts
    until = asking.now + timedelta(minutes=policy.lock_minutes) if locked else None
    change_account(connection, account.login, failed=failed, locked_until=until)
    _note(connection, Action.SIGN_IN_FAILED, account.login, asking, about=why, result="failed")
    if locked:
        _note(connection, Action.LOCKED, account.login, asking, about=account.login,
              details={"minutes": policy.lock_minutes})  # fmt: skip
    return locked


def _note(
    connection: psycopg.Connection[Any],
    action: Action,
    login: str | None,
    asking: RequestOrigin,
    **details: Any,
) -> None:
    record(connection, action, login=login, address=asking.address, now=asking.now, **details)
