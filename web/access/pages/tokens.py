"""The security administrator's page of the machines that deliver and read."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import centers
from web.access import Action, Right, allowed, api_tokens, get_person, get_request_origin, note
from web.access.api_tokens import LIFETIMES, OVERLAP, WALL_ALONE, Scope
from web.forms import (
    DataRequired,
    PageForm,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
    limit_length,
    require,
)
from web.instance import get_log_connection, get_now, open_log_transaction

pages = Blueprint("tokens", __name__, url_prefix="/-/tokens")


class NewTokenForm(PageForm):
    """A machine that shall deliver or read."""

    center = SelectField("中心")
    name = StringField("用途", [require("用途，如“平台每晚推送话单”"), limit_length(60)])
    scopes = SelectMultipleField(
        "权限",
        [DataRequired("请至少勾选一项。")],
        choices=[SelectChoice(scope.value, f"{scope.label}（{scope.value}）") for scope in Scope],
    )
    days = SelectField(
        "有效期", choices=[SelectChoice(str(days), f"{days} 天") for days in LIFETIMES], default="180"
    )

    def validate_scopes(self, field: SelectMultipleField) -> None:
        """A token that lies in a browser in a hall opens nothing else. Raises: ValidationError."""
        if Scope.WALL.value in field.data and len(field.data) > 1:
            raise ValidationError(WALL_ALONE)


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
    scopes, days = frozenset(map(Scope, form.scopes.data)), int(form.days.data)
    with open_log_transaction() as connection:
        token = api_tokens.issue(
            connection,
            center,
            name,
            scopes=scopes,
            days=days,
            by=get_person().login,
            now=get_request_origin().now,
        )
        details = {"scopes": "、".join(sorted(scopes)), "expires": f"{days} 天后"}
        note(connection, Action.TOKEN_ISSUED, f"{center}：{name}", details=details)
    wall = url_for("wall.show", center=center) if Scope.WALL in scopes else None
    return _render_page(_make_form(empty=True), token=token, wall=wall)


@pages.post("/<of>/<token>/rotation")
@allowed(Right.MANAGE_PEOPLE)
def rotate(of: str, token: str) -> str | Response:
    """Issues a new token in place of one, which goes on for a while."""
    with open_log_transaction() as connection:
        rotated = api_tokens.rotate(
            connection, of, token, by=get_person().login, now=get_request_origin().now
        )
        if rotated is None:
            flash("这个令牌已经换过、过期或吊销，不能再换新。")
            return redirect(url_for("tokens.index"))
        old, new = rotated
        note(connection, Action.TOKEN_ROTATED, f"{of}：{old.name}")
    wall = url_for("wall.show", center=of) if Scope.WALL in old.scopes else None
    return _render_page(_make_form(empty=True), token=new, wall=wall)


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


def _render_page(form: NewTokenForm, *, token: str | None = None, wall: str | None = None) -> str:
    """`wall`: where a token for a wall screen is given in."""
    return render_template(
        "access/tokens.html",
        form=form,
        tokens=api_tokens.list_tokens(get_log_connection()),
        token=token,
        wall=wall,
        now=get_now(),
        overlap=OVERLAP.days,
    )
