"""For whoever watches the service: `/healthz` for monitors, and a line on every page for people."""

from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Blueprint, Flask, Response, current_app, jsonify

from web.access import open_to_all
from web.instance import get_connection, get_instance, get_now
from web.jobs import health

pages = Blueprint("health", __name__)

_ASKED_EVERY = timedelta(seconds=30)


@pages.get("/healthz")
@open_to_all
def state() -> tuple[Response, int]:
    """200 where database and scheduler run, else 503; says nothing of what is in them."""
    found = health.read_health(get_instance().database, get_now())
    scheduler = {
        "status": "stopped" if found.standing_still else "ok",
        "last_beat": found.last_beat.isoformat() if found.last_beat else None,
    }
    told = {"status": "ok" if found.well else "failing", "database": found.database, "scheduler": scheduler}
    return jsonify(told | {"version": version("hotline")}), 200 if found.well else 503


def install(app: Flask) -> None:
    """Lets every page say since when the background work has stood still."""
    app.context_processor(_list_template_names)


def _list_template_names() -> dict[str, Any]:
    return {"find_standstill": _find_standstill}


def _find_standstill() -> datetime | None:
    """Asked once in half a minute; an error page, which has no database, says nothing."""
    known: dict[str, Any] = current_app.extensions.setdefault("hotline.standstill", {})
    now = get_now()
    if not known or not known["at"] <= now < known["at"] + _ASKED_EVERY:
        try:
            known.update(at=now, found=health.find_standstill(get_connection(), now))
        except (sa.exc.SQLAlchemyError, psycopg.Error):
            return None
    found: datetime | None = known["found"]
    return found
