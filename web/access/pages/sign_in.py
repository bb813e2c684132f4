"""Signing in and out."""

import re

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user  # type: ignore[import-untyped]
from werkzeug.wrappers import Response

from web.access import Action, Right, allowed, get_request_origin, note, open_to_all, sessions, signing_in
from web.access.demo_people import ABOUT, DEMO, list_demo_people
from web.access.guard import Visitor, find_session
from web.access.guard import get_session as present
from web.access.trail import record
from web.formatting import moment
from web.forms import PageForm, PasswordField, StringField, require
from web.headers import FORGET
from web.instance import get_instance, get_log_connection, open_log_transaction

pages = Blueprint("sign_in", __name__, url_prefix="/-")

REFUSED = "登录名或口令不正确，或账号暂时不能登录。连续输错会锁定账号；如需帮助，请联系安全管理员。"
OVER = {
    "idle": "您有一段时间没有操作，为安全起见已退出，请重新登录。",
    "too_long": "本次登录已满最长时间，请重新登录。",
}
_OURS = re.compile(r"/(?:[^/\\\x00-\x1f\x7f][^\\\x00-\x1f\x7f]*)?")
LOST = "刚才提交的内容没有保存：登录后会回到原来的页面，请重新填写。"


class SignInForm(PageForm):
    """The first step."""

    login = StringField(
        "登录名", [require("登录名")], render_kw={"autocomplete": "username", "autofocus": True}
    )
    password = PasswordField("口令", [require("口令")], render_kw={"autocomplete": "current-password"})


class CodeForm(PageForm):
    """The second step."""

    code = StringField(
        "动态口令",
        [require("手机上显示的 6 位动态口令，或一个恢复码")],
        render_kw={
            "autocomplete": "one-time-code",
            "autofocus": True,
            "maxlength": 40,
        },
    )


@pages.get("/sign-in")
@open_to_all
def form() -> str | Response:
    """The form; whoever is signed in already goes on."""
    if find_session():
        return redirect(_find_next_address())
    message = OVER.get(request.args.get("over", "")), LOST if request.args.get("lost") else None
    return _render_page(SignInForm(formdata=None), "".join(filter(None, message)) or None)


@pages.post("/sign-in")
@open_to_all
def attempt() -> str | Response | tuple[str, int]:
    """Signs in, or says that it cannot; never which part was wrong."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _render_page(form), 422
    login = str(form.login.data).strip().lower()
    with open_log_transaction() as connection:
        token = signing_in.sign_in(connection, login, str(form.password.data), get_request_origin())
    if token is None:
        return _render_page(form, REFUSED), 401
    answer = _let_in(token)
    _tell_last_time(sessions.digest(token))
    return answer


@pages.post("/sign-in/as/<login>")
@open_to_all
def as_demo(login: str) -> Response:
    """Signs in as one of the demo's people; the demo's application alone offers it."""
    if not current_app.config.get(DEMO) or login not in {
        one.login for one in list_demo_people(get_log_connection())
    }:
        abort(404)
    with open_log_transaction() as connection:
        there = get_request_origin()
        token = sessions.begin(connection, login, now=there.now, address=there.address, agent=there.agent)
        record(connection, Action.SIGNED_IN, login=login, address=there.address, now=there.now)
    return _let_in(token)


@pages.route("/sign-in/code", methods=["GET", "POST"])
@allowed(Right.OWN_ACCOUNT)
def code() -> str | Response | tuple[str, int]:
    """Asks for the code of the second factor."""
    form = CodeForm()
    if present().step(get_request_origin().now) != "code":
        return redirect(_find_next_address())
    if not form.validate_on_submit():
        return render_template("access/code.html", form=form)
    with open_log_transaction() as connection:
        right = signing_in.give_code(
            connection, present(), str(form.code.data), get_request_origin(), get_instance().vault
        )
    if right:
        _tell_last_time(present().session)
        return redirect(_find_next_address())
    form.code.errors = ["动态口令不正确或已用过。请待手机更新后重新输入。"]
    return render_template("access/code.html", form=form), 401


@pages.post("/sign-out")
@allowed(Right.OWN_ACCOUNT)
def sign_out() -> Response:
    """Ends the session."""
    with open_log_transaction() as connection:
        sessions.end(connection, present().session, now=get_request_origin().now, reason="signed_out")
        note(connection, Action.SIGNED_OUT)
    logout_user()
    session.clear()
    answer = redirect(url_for("sign_in.form"))
    answer.headers["Clear-Site-Data"] = FORGET
    return answer


def _let_in(token: str) -> Response:
    """Nothing of an earlier visit is carried into the session."""
    following = _find_next_address()
    session.clear()
    login_user(Visitor(token))
    session["next"] = following
    return redirect(following)


def _tell_last_time(session: str) -> None:
    """Says when the person was here last, so that she notices a visit that was not hers."""
    last = signing_in.find_previous_sign_in(get_log_connection(), session)
    if last is None:
        return
    failed = f"此后有 {last.failed} 次失败的尝试。如非本人操作，请联系安全管理员。" if last.failed else ""
    flash(f"上次登录：{moment(last.at)}，{last.address}。{failed}")


def _render_page(form: SignInForm, message: str | None = None) -> str:
    demo = list_demo_people(get_log_connection()) if current_app.config.get(DEMO) else []
    return render_template(
        "access/sign_in.html", form=form, message=message, next=_find_next_address(), demo=demo, about=ABOUT
    )


def _find_next_address() -> str:
    """Where to go on: a page of ours, never another host's."""
    wanted = request.values.get("next") or session.pop("next", None) or url_for("centers.front")
    return wanted if _OURS.fullmatch(wanted) else url_for("centers.front")
