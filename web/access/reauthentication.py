"""Reauthentication: whoever changes how she signs in proves once more who she is, within her session.

A session left open, or stolen, must not be enough to set up a second factor of one's own.
Source: OWASP ASVS 5.0, 7.5.1.
"""

from typing import Any

import psycopg

from tracker.vault import Vault
from web.access import locks, passwords
from web.access.locks import RequestOrigin, Secret
from web.access.people import Account, change_account
from web.access.signing_in import find_code_step

LOCKED = "账号锁定中，现在不能设置；请等锁定到期，或请安全管理员解锁。"
WRONG_PASSWORD = "口令不正确。"
WRONG_CODE = "动态口令不正确或已用过。请等手机上换出下一个再输入。"


def check_password(
    connection: psycopg.Connection[Any], account: Account, password: str, asking: RequestOrigin
) -> str | None:
    """Why the present password does not let its person on, in a sentence; None: it does.

    A wrong one counts as a failure, like one at signing in; the caller commits in either case.
    """
    if account.locked(asking.now):
        locks.note_refusal(connection, account, asking, locks.LOCKED)
        return LOCKED
    right = passwords.is_password_of(account.password, password)
    return (
        None
        if locks.accept(connection, account, Secret.CONFIRMED_PASSWORD, right, asking)
        else WRONG_PASSWORD
    )


def check_password_and_code(
    connection: psycopg.Connection[Any],
    account: Account,
    password: str,
    code: str,
    asking: RequestOrigin,
    vault: Vault,
) -> str | None:
    """Likewise for the password together with a code of the app, which is then used up.

    The password alone forgets no failures: codes cannot be guessed on by somebody who knows it.
    """
    if account.locked(asking.now) or not passwords.is_password_of(account.password, password):
        return check_password(connection, account, password, asking)
    step = find_code_step(account, code, asking.now, vault)
    if not locks.accept(connection, account, Secret.CODE, step is not None, asking):
        return WRONG_CODE
    change_account(connection, account.login, totp_step=step)
    return None
