"""The system administrator's pages: how the instance is, and its security settings. No business data."""

import shutil

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import migrations
from web.access import Action, Right, Role, allowed, note
from web.access.policy import BOUNDS, PolicyProblem, read_policy, write_policy, written_of
from web.access.tables import accounts, sessions
from web.forms import Form
from web.instance import db, instance, log_db, writing
from web.jobs.records import job_records

pages = Blueprint("system", __name__, url_prefix="/-/system")


@pages.get("/")
@allowed(Right.MANAGE_SYSTEM)
def state() -> str:
    """Jobs, database, disk."""
    connection = log_db()
    open_sessions = sa.select(sa.func.count()).where(sessions.c.ended_at.is_(None))
    active = sa.select(sa.func.count()).where(accounts.c.active)
    row = (
        db()
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
        jobs=job_records(connection),
        version=row[0],
        schema=migrations.VERSIONS[-1],
        database_size=row[1],
        open_sessions=row[2],
        accounts=row[3],
        disk=shutil.disk_usage(instance().home if instance().home.exists() else "/"),
        secure=request.is_secure,
    )


@pages.get("/settings")
@allowed(Right.MANAGE_SYSTEM)
def settings() -> str:
    """The security settings."""
    return _page(written_of(read_policy(log_db())))


@pages.post("/settings")
@allowed(Right.MANAGE_SYSTEM)
def change_settings() -> str | Response | tuple[str, int]:
    """Stores them, unless one leaves its limits."""
    numbers = {name: request.form.get(name, "") for name in BOUNDS}
    roles = frozenset(Role(name) for name in request.form.getlist("totp_roles") if name in list(Role))
    try:
        with writing() as connection:
            changed = write_policy(connection, numbers, roles)
            if changed:
                note(connection, Action.SETTING_CHANGED, "安全设置", details=changed)
    except PolicyProblem as problem:
        return _page(numbers | {"totp_roles": " ".join(roles)}, problem=str(problem)), 422
    flash("安全设置已保存，立即生效。" if changed else "没有改动。")
    return redirect(url_for("system.settings"))


def _page(values: dict[str, str], problem: str | None = None) -> str:
    chosen = values["totp_roles"].split()
    return render_template(
        "access/settings.html", bounds=BOUNDS.values(), values=values, chosen=chosen, roles=list(Role),
        problem=problem, form=Form(),
    )  # fmt: skip
