"""The system administrator's pages: how the instance is, and its security settings. No business data."""

import shutil

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import migrations
from web.access import Action, Right, Role, allowed, note
from web.access.policy import BOUNDS, PolicyProblem, format_policy, read_policy, write_policy
from web.access.tables import accounts, sessions
from web.forms import PageForm
from web.instance import get_connection, get_instance, get_log_connection, open_log_transaction
from web.jobs.records import read_job_records

pages = Blueprint("system", __name__, url_prefix="/-/system")


@pages.get("/")
@allowed(Right.MANAGE_SYSTEM)
def state() -> str:
    """Jobs, database, disk."""
    connection = get_log_connection()
    open_sessions = sa.select(sa.func.count()).where(sessions.c.ended_at.is_(None))
    active = sa.select(sa.func.count()).where(accounts.c.active)
    row = (
        get_connection()
        .execute(
            sa.select(
                sa.func.current_setting("server_version"),
                sa.func.pg_database_size(sa.func.current_database()),
                open_sessions.scalar_subquery(),
                active.scalar_subquery(),
            )
        )
        .one()
    )
    return render_template(
        "access/system.html",
        jobs=read_job_records(connection),
        version=row[0],
        schema=migrations.VERSIONS[-1],
        database_size=row[1],
        open_sessions=row[2],
        accounts=row[3],
        disk=shutil.disk_usage(get_instance().home if get_instance().home.exists() else "/"),
        secure=request.is_secure,
    )


@pages.get("/settings")
@allowed(Right.MANAGE_SYSTEM)
def settings() -> str:
    """The security settings."""
    return _render_page(format_policy(read_policy(get_log_connection())))


@pages.post("/settings")
@allowed(Right.MANAGE_SYSTEM)
def change_settings() -> str | Response | tuple[str, int]:
    """Stores them, unless one leaves its limits."""
    numbers = {name: request.form.get(name, "") for name in BOUNDS}
    roles = frozenset(Role(name) for name in request.form.getlist("totp_roles") if name in list(Role))
    try:
        with open_log_transaction() as connection:
            changed = write_policy(connection, numbers, roles)
            if changed:
                note(connection, Action.SETTING_CHANGED, "安全设置", details=changed)
    except PolicyProblem as problem:
        return _render_page(numbers | {"totp_roles": " ".join(roles)}, problem=str(problem)), 422
    flash("安全设置已保存，立即生效。" if changed else "没有改动。")
    return redirect(url_for("system.settings"))


def _render_page(values: dict[str, str], problem: str | None = None) -> str:
    chosen = values["totp_roles"].split()
    return render_template(
        "access/settings.html", bounds=BOUNDS.values(), values=values, chosen=chosen, roles=list(Role),
        problem=problem, form=PageForm(),
    )  # fmt: skip
