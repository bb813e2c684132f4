"""Signing in: password, lock, second factor. Whatever is wrong, the answer is the same and takes as long."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import class_row

from tracker.database import execute
from tracker.vault import Vault
from web.access import locks, passwords, second_factor, sessions, tables
from web.access.locks import RequestOrigin, Secret
from web.access.people import Account, change_account, find_account, set_password
from web.access.recovery_codes import hash_recovery_code, is_recovery_code
from web.access.sessions import Session
from web.access.trail import Action, record

UNKNOWN = "（不存在的登录名）"  # what was typed is not written down: it may be a password


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
    if not account.active or _is_too_old(account, asking.now):
        why = "初始口令已过期" if account.active else "账号已停用"
        locks.note_refusal(connection, account, asking, why)
        return None
    if not locks.accept(connection, account, Secret.PASSWORD, right, asking):
        return None
    token = sessions.begin(
        connection, account.login, now=asking.now, address=asking.address, agent=asking.agent
    )
    if account.totp is None:
        _note(connection, Action.SIGNED_IN, account.login, asking)
    return token


def give_code(
    connection: psycopg.Connection[Any], session: Session, code: str, asking: RequestOrigin, vault: Vault
) -> bool:
    """Whether the second factor fits: a code of the app, or a recovery code, which is then used up."""
    account = find_account(connection, session.person.login, for_update=True)
    assert account is not None
    if is_recovery_code(code):
        return _give_recovery_code(connection, session, account, code, asking)
    step = find_code_step(account, code, asking.now, vault)
    if not locks.accept(connection, account, Secret.CODE, step is not None, asking):
        return False
    change_account(connection, account.login, totp_step=step)
    _let_in(connection, session, asking, {"second_factor": True})
    return True


def find_code_step(account: Account, code: str, now: datetime, vault: Vault) -> int | None:
    """The time step of a code of the account's app; None where it does not fit, or was used."""
    secret = second_factor.open_secret(vault, account.login, account.totp or b"")
    return second_factor.find_step(secret, code, now=now, last=account.totp_step) if secret else None


def _give_recovery_code(
    connection: psycopg.Connection[Any], session: Session, account: Account, code: str, asking: RequestOrigin
) -> bool:
    hashed = hash_recovery_code(code)
    right = hashed in account.recovery_codes
    if not locks.accept(connection, account, Secret.RECOVERY_CODE, right, asking):
        return False
    left = [one for one in account.recovery_codes if one != hashed]
    change_account(connection, account.login, recovery_codes=left)
    _let_in(connection, session, asking, {"recovery_code": True, "left": len(left)})
    return True


def _let_in(
    connection: psycopg.Connection[Any], session: Session, asking: RequestOrigin, details: dict[str, Any]
) -> None:
    sessions.verify(connection, session.session, asking.now)
    _note(connection, Action.SIGNED_IN, session.person.login, asking, details=details)


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
    if account.locked(asking.now):
        locks.note_refusal(connection, account, asking, locks.LOCKED)
        return ["账号锁定中，现在不能修改口令；请等锁定到期，或请安全管理员解锁。"]
    right = passwords.is_password_of(account.password, present)
    if not locks.accept(connection, account, Secret.PRESENT_PASSWORD, right, asking):
        return ["原口令不正确。"]
    names = [name for one in session.centers for name in (one.center_id, one.name)]
    problems = passwords.list_faults(
        wanted, login=account.login, used=(account.password, *account.former), policy=session.policy,
        names=[*names, account.name],
    )  # fmt: skip
    if not problems:
        set_password(connection, account, wanted, now=asking.now, must_change=False)
        sessions.end_all(connection, account.login, now=asking.now, reason="password", but=session.session)
        _note(connection, Action.PASSWORD_CHANGED, account.login, asking, about=account.login)
    return problems


def _is_too_old(account: Account, now: datetime) -> bool:
    """Whether a password given by somebody else was not used in time."""
    return account.must_change and now - account.password_changed_at >= passwords.ONE_TIME_HOLDS


def _note(
    connection: psycopg.Connection[Any],
    action: Action,
    login: str | None,
    asking: RequestOrigin,
    **details: Any,
) -> None:
    record(connection, action, login=login, address=asking.address, now=asking.now, **details)
