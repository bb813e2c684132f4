"""The security administrator's page of the machines that deliver."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import centers
from web.access import Action, Right, allowed, api_tokens, get_person, get_request_origin, note
from web.forms import PageForm, SelectChoice, SelectField, StringField, limit_length, require
from web.instance import get_log_connection, open_log_transaction

pages = Blueprint("tokens", __name__, url_prefix="/-/tokens")


class NewTokenForm(PageForm):
    """A machine that shall deliver."""

    center = SelectField("中心")
    name = StringField("用在哪里", [require("用途，如“平台每晚推送话单”"), limit_length(60)])


@pages.get("/")
@allowed(Right.MANAGE_PEOPLE)
def index() -> str:
    """All tokens, the revoked ones too."""
    return _render_page(_make_form(empty=True))


@pages.post("/")
@allowed(Right.MANAGE_PEOPLE)
def issue() -> str | tuple[str, int]:
    """Issues a token and shows it once."""
    form = _make_form()
    if not form.validate_on_submit():
        return _render_page(form), 422
    center, name = str(form.center.data), str(form.name.data)
    with open_log_transaction() as connection:
        token = api_tokens.issue(
            connection, center, name, by=get_person().login, now=get_request_origin().now
        )
        note(connection, Action.TOKEN_ISSUED, f"{center}：{name}")
    return _render_page(_make_form(empty=True), token=token, center=center)


@pages.post("/<of>/<token>/revoke")
@allowed(Right.MANAGE_PEOPLE)
def revoke(of: str, token: str) -> Response:
    """Ends a token at once."""
    with open_log_transaction() as connection:
        ended = api_tokens.revoke(connection, of, token, now=get_request_origin().now)
        if ended:
            note(connection, Action.TOKEN_REVOKED, f"{of}：{ended.name}")
            flash(f"已吊销“{ended.name}”的令牌。")
    return redirect(url_for("tokens.index"))


def _make_form(*, empty: bool = False) -> NewTokenForm:
    form = NewTokenForm(formdata=None) if empty else NewTokenForm()
    form.center.choices = [
        SelectChoice(one.center_id, one.name) for one in centers.list_known_centers(get_log_connection())
    ]
    return form


def _render_page(form: NewTokenForm, *, token: str | None = None, center: str = "") -> str:
    return render_template(
        "access/tokens.html",
        form=form,
        tokens=api_tokens.list_tokens(get_log_connection()),
        token=token,
        center=center,
    )
