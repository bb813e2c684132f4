"""The system administrator's page: how the instance is. No business data."""

import shutil

import sqlalchemy as sa
from flask import Blueprint, render_template, request

from tracker import migrations
from web.access import Right, allowed
from web.access.tables import accounts, sessions
from web.instance import get_connection, get_instance, get_log_connection
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
