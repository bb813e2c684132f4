"""The security administrator's page of the machines that deliver."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import centers
from web.access import Action, Right, allowed, api_tokens, asking, note, signed_in
from web.forms import Form, SelectChoice, SelectField, StringField, at_most, required
from web.instance import log_db, writing

pages = Blueprint("tokens", __name__, url_prefix="/-/tokens")


class NewToken(Form):
    """A machine that shall deliver."""

    center = SelectField("中心")
    name = StringField("用在哪里", [required("用途，如“平台每晚推送话单”"), at_most(60)])


@pages.get("/")
@allowed(Right.MANAGE_PEOPLE)
def index() -> str:
    """All tokens, the revoked ones too."""
    return _page(_form(empty=True))


@pages.post("/")
@allowed(Right.MANAGE_PEOPLE)
def issue() -> str | tuple[str, int]:
    """Issues a token and shows it once."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    center, name = str(form.center.data), str(form.name.data)
    with writing() as connection:
        token = api_tokens.issue(connection, center, name, by=signed_in().login, now=asking().now)
        note(connection, Action.TOKEN_ISSUED, f"{center}：{name}")
    return _page(_form(empty=True), token=token, center=center)


@pages.post("/<of>/<token>/revoke")
@allowed(Right.MANAGE_PEOPLE)
def revoke(of: str, token: str) -> Response:
    """Ends a token at once."""
    with writing() as connection:
        ended = api_tokens.revoke(connection, of, token, now=asking().now)
        if ended:
            note(connection, Action.TOKEN_REVOKED, f"{of}：{ended.name}")
            flash(f"已吊销“{ended.name}”的令牌。")
    return redirect(url_for("tokens.index"))


def _form(*, empty: bool = False) -> NewToken:
    form = NewToken(formdata=None) if empty else NewToken()
    form.center.choices = [SelectChoice(one.center_id, one.name) for one in centers.known(log_db())]
    return form


def _page(form: NewToken, *, token: str | None = None, center: str = "") -> str:
    return render_template(
        "access/tokens.html", form=form, tokens=api_tokens.issued(log_db()), token=token, center=center
    )
