"""The hotline centres of the instance: listed with the people of each, and a new one made.

What a centre holds is not shown here: whoever administers sees no business data.
"""

from typing import Any

import psycopg
from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker import centers
from tracker.centers import CenterProblem, clean_center_name, create_center
from tracker.chain import DigestUnavailable
from tracker.events.times import get_day
from web.access import Action, Right, Role, allowed, get_request_origin, may, note
from web.access.people import count_holders
from web.forms import PageForm, SelectChoice, SelectField, StringField, limit_length, require
from web.instance import get_log_connection, open_log_transaction

pages = Blueprint("center_list", __name__, url_prefix="/-/centers")

BUSINESS_ROLES = tuple(role for role in Role if not role.administers)


class NewCenterForm(PageForm):
    """A centre to be made."""

    code = StringField("中心编号", [require("中心编号"), limit_length(32)], render_kw={"autocomplete": "off"})
    name = StringField(
        "中心名称",
        [require("中心名称"), limit_length(centers.LONGEST_NAME)],
        render_kw={"autocomplete": "off"},
    )
    digest = SelectField(
        "日志校验算法", choices=[SelectChoice("sha256", "SHA-256"), SelectChoice("sm3", "SM3（国密）")]
    )


@pages.get("/")
@allowed(Right.MANAGE_CENTERS)
def index() -> str:
    """All centres, and the form for another one."""
    return _render(NewCenterForm(formdata=None))


@pages.post("/")
@allowed(Right.MANAGE_CENTERS)
def add() -> str | Response | tuple[str, int]:
    """Makes an empty centre; whoever manages people goes on to its people."""
    form = NewCenterForm()
    if not form.validate_on_submit():
        return _render(form), 422
    code, name = str(form.code.data).strip().lower(), str(form.name.data)
    try:
        with open_log_transaction() as connection:
            made = _create(connection, code, name, str(form.digest.data))
    except CenterProblem as problem:
        field = form.name if "名称" in str(problem)[:8] else form.code
        field.errors = [str(problem)]
        return _render(form), 422
    except DigestUnavailable as problem:
        form.digest.errors = [str(problem)]
        return _render(form), 422
    flash(f"已新增“{made.name}”（{made.center_id}）。")
    if may(Right.MANAGE_PEOPLE):
        return redirect(url_for("new_people.index", center=made.center_id))
    return redirect(url_for("center_list.index"))


def _create(connection: psycopg.Connection[Any], code: str, name: str, digest: str) -> centers.Center:
    now = get_request_origin().now
    made = create_center(connection, code, clean_center_name(name), now=now, digest=digest)
    note(connection, Action.CENTER_ADDED, code, details={"name": made.name})
    return made


def _render(form: NewCenterForm) -> str:
    connection = get_log_connection()
    return render_template(
        "access/center_list.html",
        centers=centers.list_known_centers(connection),
        roles=BUSINESS_ROLES,
        people=count_holders(connection, get_day(get_request_origin().now)),
        form=form,
    )
