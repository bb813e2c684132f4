"""Signing in and out."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user  # type: ignore[import-untyped]
from werkzeug.wrappers import Response

from web.access import Action, Right, allowed, asking, note, open_to_all, sessions, signing_in
from web.access.demo_people import ABOUT, DEMO, demo_people
from web.access.guard import Visitor, session_or_none
from web.access.guard import session as present
from web.access.trail import record
from web.formatting import moment
from web.forms import Form, PasswordField, StringField, required
from web.instance import instance, log_db, writing

pages = Blueprint("sign_in", __name__, url_prefix="/-")

REFUSED = "登录名或口令不正确，或账号暂时不能登录。连续输错会锁定账号；如需帮助，请联系安全管理员。"
OVER = {
    "idle": "您有一段时间没有操作，为安全起见已退出，请重新登录。",
    "too_long": "本次登录已满最长时间，请重新登录。",
}
LOST = "刚才提交的内容没有保存：登录后会回到原来的页面，请重新填写。"


class SignIn(Form):
    """The first step."""

    login = StringField(
        "登录名", [required("登录名")], render_kw={"autocomplete": "username", "autofocus": True}
    )
    password = PasswordField("口令", [required("口令")], render_kw={"autocomplete": "current-password"})


class Code(Form):
    """The second step."""

    code = StringField(
        "动态码",
        [required("手机上显示的 6 位动态码")],
        render_kw={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "autofocus": True,
            "maxlength": 7,
        },
    )


@pages.get("/sign-in")
@open_to_all
def form() -> str | Response:
    """The form; whoever is signed in already goes on."""
    if session_or_none():
        return redirect(_following())
    told = OVER.get(request.args.get("over", "")), LOST if request.args.get("lost") else None
    return _page(SignIn(formdata=None), "".join(filter(None, told)) or None)


@pages.post("/sign-in")
@open_to_all
def attempt() -> str | Response | tuple[str, int]:
    """Signs in, or says that it cannot; never which part was wrong."""
    given = SignIn()
    if not given.validate_on_submit():
        return _page(given), 422
    login = str(given.login.data).strip().lower()
    with writing() as connection:
        token = signing_in.sign_in(connection, login, str(given.password.data), asking())
    if token is None:
        return _page(given, REFUSED), 401
    answer = _let_in(token)
    _tell_last_time(sessions.digest(token))
    return answer


@pages.post("/sign-in/as/<login>")
@open_to_all
def as_demo(login: str) -> Response:
    """Signs in as one of the demo's people; the demo's application alone offers it."""
    if not current_app.config.get(DEMO) or login not in {one.login for one in demo_people(log_db())}:
        abort(404)
    with writing() as connection:
        there = asking()
        token = sessions.begin(connection, login, now=there.now, address=there.address, agent=there.agent)
        record(connection, Action.SIGNED_IN, login=login, address=there.address, now=there.now)
    return _let_in(token)


@pages.route("/sign-in/code", methods=["GET", "POST"])
@allowed(Right.OWN_ACCOUNT)
def code() -> str | Response | tuple[str, int]:
    """Asks for the code of the second factor."""
    given = Code()
    if present().step(asking().now) != "code":
        return redirect(_following())
    if not given.validate_on_submit():
        return render_template("access/code.html", form=given)
    with writing() as connection:
        right = signing_in.give_code(connection, present(), str(given.code.data), asking(), instance().vault)
    if right:
        _tell_last_time(present().session)
        return redirect(_following())
    given.code.errors = ["动态码不正确或已用过。请等手机上换出下一个再输入。"]
    return render_template("access/code.html", form=given), 401


@pages.post("/sign-out")
@allowed(Right.OWN_ACCOUNT)
def sign_out() -> Response:
    """Ends the session."""
    with writing() as connection:
        sessions.end(connection, present().session, now=asking().now, reason="signed_out")
        note(connection, Action.SIGNED_OUT)
    logout_user()
    session.clear()
    return redirect(url_for("sign_in.form"))


def _let_in(token: str) -> Response:
    """Nothing of an earlier visit is carried into the session."""
    following = _following()
    session.clear()
    login_user(Visitor(token))
    session["next"] = following
    return redirect(following)


def _tell_last_time(session: str) -> None:
    """Says when the person was here last, so that she notices a visit that was not hers."""
    last = signing_in.last_time(log_db(), session)
    if last is None:
        return
    failed = f"此后有 {last.failed} 次失败的尝试。如非本人操作，请告诉安全管理员。" if last.failed else ""
    flash(f"上次登录：{moment(last.at)}，{last.address}。{failed}")


def _page(form: SignIn, message: str | None = None) -> str:
    demo = demo_people(log_db()) if current_app.config.get(DEMO) else []
    return render_template(
        "access/sign_in.html", form=form, message=message, next=_following(), demo=demo, about=ABOUT
    )


def _following() -> str:
    """Where to go on: a page of ours, never another host's."""
    wanted = request.values.get("next") or session.pop("next", None) or url_for("centers.front")
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc
    return wanted if ours and "\\" not in wanted else url_for("centers.front")
