"""One's own account: password, second factor, sessions."""

from flask import Blueprint, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from web.access import (
    Action,
    Right,
    allowed,
    get_request_origin,
    note,
    second_factor,
    sessions,
    signing_in,
)
from web.access.guard import get_session as present
from web.access.people import change_account, get_account
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


class FirstCodeForm(PageForm):
    """The proof that the app was set up."""

    code = StringField(
        "手机上显示的动态口令",
        [require("6 位动态口令")],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 7},
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
    """Sets up the second factor: shows the secret once, takes it when its first code fits."""
    if present().has_totp:
        flash("动态口令已经启用。换手机时，请安全管理员先停用原来的。")
        return redirect(url_for("own_account.account"))
    login, vault, form = present().person.login, get_instance().vault, FirstCodeForm()
    secret = _get_offered_secret(login)
    if not form.validate_on_submit():
        return _render_enrol_page(form, secret, login)
    there = get_request_origin()
    step = second_factor.find_step(secret, str(form.code.data), now=there.now, last=0)
    if step is None:
        form.code.errors = ["动态口令不正确。请核对手机的时间，待更新后重新输入。"]
        return _render_enrol_page(form, secret, login), 422
    codes = make_recovery_codes()
    with open_log_transaction() as connection:
        change_account(
            connection, login, totp=second_factor.seal_secret(vault, login, secret), totp_step=step,
            recovery_codes=[hash_recovery_code(code) for code in codes],
        )  # fmt: skip
        sessions.verify(connection, present().session, there.now)
        note(connection, Action.SECOND_FACTOR_SET, login)
    session.pop(_OFFERED, None)
    return render_template("access/recovery_codes.html", codes=codes)


@pages.post("/sessions/<other>/end")
@allowed(Right.OWN_ACCOUNT)
def end_session(other: str) -> Response:
    """Ends another session of one's own."""
    own = sessions.list_sessions(get_log_connection(), present().person.login)
    if other in {row["session"] for row in own}:
        with open_log_transaction() as connection:
            sessions.end(connection, other, now=get_request_origin().now, reason="closed")
            note(connection, Action.SESSION_CLOSED, present().person.login)
    return redirect(url_for("own_account.account"))


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


def _render_enrol_page(form: FirstCodeForm, secret: str, login: str) -> str:
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return render_template(
        "access/second_factor.html",
        form=form,
        secret=groups,
        picture=second_factor.draw_qr_code(secret, login),
        must=present().step(get_request_origin().now) == "enrol",
    )
