"""One's own account: password, second factor, sessions."""

from typing import Any

import psycopg
from flask import Blueprint, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from web.access import (
    Action,
    Right,
    allowed,
    get_request_origin,
    note,
    reauthentication,
    second_factor,
    sessions,
    signing_in,
)
from web.access.guard import get_session as present
from web.access.people import Account, change_account, find_account, get_account
from web.access.recovery_codes import hash_recovery_code, make_recovery_codes
from web.access.sessions import END_REASONS
from web.forms import EqualTo, PageForm, PasswordField, StringField, require
from web.instance import get_instance, get_log_connection, open_log_transaction

pages = Blueprint("own_account", __name__, url_prefix="/-/account")

_OFFERED = "totp"  # the secret that is being set up, sealed, until its first code was given


class PasswordForm(PageForm):
    """A change of one's password."""

    present = PasswordField("原口令", [require("原口令")], render_kw={"autocomplete": "current-password"})
    wanted = PasswordField("新口令", [require("新口令")], render_kw={"autocomplete": "new-password"})
    again = PasswordField(
        "再输一次新口令",
        [require("新口令"), EqualTo("wanted", "两次输入的新口令不一致。")],
        render_kw={"autocomplete": "new-password"},
    )


class ProofForm(PageForm):
    """Password and code: the proof of who sets up the second factor, or renews its recovery codes."""

    code = StringField(
        "手机上显示的动态口令",
        [require("6 位动态口令")],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 7},
    )
    password = PasswordField(
        "登录口令", [require("登录口令")], render_kw={"autocomplete": "current-password"}
    )


@pages.get("/")
@allowed(Right.OWN_ACCOUNT)
def account() -> str:
    """Who one is, what one may, and where one is signed in."""
    return render_template(
        "access/account.html",
        account=get_account(get_log_connection(), present().person.login),
        policy=present().policy,
        here=present(),
        names={one.center_id: one.name for one in present().centers},
        sessions=sessions.list_sessions(get_log_connection(), present().person.login),
        reasons=END_REASONS,
    )


@pages.route("/password", methods=["GET", "POST"])
@allowed(Right.OWN_ACCOUNT)
def password() -> str | Response | tuple[str, int]:
    """Changes the password."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _render_password_page(form)
    with open_log_transaction() as connection:
        faults = signing_in.change_password(
            connection, present(), str(form.present.data), str(form.wanted.data), get_request_origin()
        )
    if faults:
        field = form.present if faults[0].startswith("原口令") else form.wanted
        field.errors = faults
        return _render_password_page(form), 422
    flash("口令已修改；在别处的登录都已退出。")
    return redirect(url_for("own_account.account"))


@pages.route("/second-factor", methods=["GET", "POST"])
@allowed(Right.OWN_ACCOUNT)
def second_factor_page() -> str | Response | tuple[str, int]:
    """Sets up the second factor: shows the secret once, takes it with its first code and the password."""
    if present().has_totp:
        flash("动态口令已经启用。换手机时，请安全管理员先停用原来的。")
        return redirect(url_for("own_account.account"))
    login, vault, form = present().person.login, get_instance().vault, ProofForm()
    secret = _get_offered_secret(login)
    if not form.validate_on_submit():
        return _render_enrol_page(form, secret, login)
    there = get_request_origin()
    step = second_factor.find_step(secret, str(form.code.data), now=there.now, last=0)
    if step is None:
        form.code.errors = ["动态口令不正确。请核对手机的时间，待更新后重新输入。"]
        return _render_enrol_page(form, secret, login), 422
    with open_log_transaction() as connection:
        problem = reauthentication.check_password(
            connection, _lock_account(connection), str(form.password.data), there
        )
        if problem is None:
            change_account(
                connection, login, totp=second_factor.seal_secret(vault, login, secret), totp_step=step
            )
            codes = _write_recovery_codes(connection)
            sessions.verify(connection, present().session, there.now)
            sessions.end_all(connection, login, now=there.now, reason="second_factor", but=present().session)
            note(connection, Action.SECOND_FACTOR_SET, login)
    if problem:
        form.password.errors = [problem]
        return _render_enrol_page(form, secret, login), 422
    session.pop(_OFFERED, None)
    return render_template("access/recovery_codes.html", codes=codes, renewed=False)


@pages.route("/recovery-codes", methods=["GET", "POST"])
@allowed(Right.OWN_ACCOUNT)
def recovery_codes() -> str | Response | tuple[str, int]:
    """Renews the recovery codes: the former ones hold no longer, the app goes on."""
    if not present().has_totp:
        return redirect(url_for("own_account.second_factor_page"))
    form, there = ProofForm(), get_request_origin()
    if not form.validate_on_submit():
        return render_template("access/recovery_codes_renewal.html", form=form)
    with open_log_transaction() as connection:
        problem = reauthentication.check_password_and_code(
            connection, _lock_account(connection), str(form.password.data), str(form.code.data), there,
            get_instance().vault,
        )  # fmt: skip
        if problem is None:
            codes, login, here = _write_recovery_codes(connection), present().person.login, present().session
            sessions.end_all(connection, login, now=there.now, reason="second_factor", but=here)
            note(connection, Action.RECOVERY_CODES_RENEWED, login)
    if problem:
        beside = form.code if problem == reauthentication.WRONG_CODE else form.password
        beside.errors = [problem]
        return render_template("access/recovery_codes_renewal.html", form=form), 422
    return render_template("access/recovery_codes.html", codes=codes, renewed=True)


@pages.post("/sessions/<other>/end")
@allowed(Right.OWN_ACCOUNT)
def end_session(other: str) -> Response:
    """Ends another session of one's own."""
    login, now = present().person.login, get_request_origin().now
    with open_log_transaction() as connection:
        if sessions.end_one(connection, login, other, now=now, reason="closed"):
            note(connection, Action.SESSION_CLOSED, login)
    return redirect(url_for("own_account.account"))


def _lock_account(connection: psycopg.Connection[Any]) -> Account:
    """One's own account, which nobody else changes until the transaction ends."""
    account = find_account(connection, present().person.login, for_update=True)
    assert account is not None
    return account


def _write_recovery_codes(connection: psycopg.Connection[Any]) -> list[str]:
    """New codes in place of all former ones, to be shown once."""
    codes = make_recovery_codes()
    hashed = [hash_recovery_code(code) for code in codes]
    change_account(connection, present().person.login, recovery_codes=hashed)
    return codes


def _get_offered_secret(login: str) -> str:
    """The secret being set up; it waits sealed in the cookie, which anyone could read otherwise."""
    vault = get_instance().vault
    sealed = session.get(_OFFERED)
    secret = second_factor.open_secret(vault, login, bytes.fromhex(sealed)) if sealed else None
    if secret is None:
        secret = second_factor.make_secret()
        session[_OFFERED] = second_factor.seal_secret(vault, login, secret).hex()
    return secret


def _render_password_page(form: PasswordForm) -> str:
    here = present()
    return render_template(
        "access/password.html",
        form=form,
        policy=here.policy,
        here=here,
        must_renew=here.policy.is_expired(here.password_changed_at, get_request_origin().now),
    )


def _render_enrol_page(form: ProofForm, secret: str, login: str) -> str:
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return render_template(
        "access/second_factor.html",
        form=form,
        secret=groups,
        picture=second_factor.draw_qr_code(secret, login),
        must=present().step(get_request_origin().now) == "enrol",
    )
