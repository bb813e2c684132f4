"""What was delivered: the files with hash, as-of time and counts, and the rows that were set aside."""

from typing import Any

import psycopg
from flask import Blueprint, Response, abort, render_template, request
from psycopg.rows import dict_row

from ingest import quarantine as held
from web.access import Action, Right, allowed, audit, years_seen
from web.access.years import seen_deliveries
from web.downloads import csv_file, stamp
from web.instance import log_db
from web.pages.frame import frame
from web.paging import Paging, page_asked

pages = Blueprint("deliveries", __name__)

_DELIVERIES = "SELECT * FROM deliveries WHERE center_id = %s"
_SEEN = "AND (%s::text[] IS NULL OR delivery = ANY(%s))"


@pages.get("/<center:center>/deliveries/")
@allowed(Right.SEE_DELIVERIES)
def index(center: str) -> str:
    """All deliveries of a centre, the newest first; voided ones stay in the list."""
    around = frame(center)
    seen = seen_deliveries(log_db(), center, years_seen(center))
    paging = Paging(_count(log_db(), center, seen), page_asked(request.args))
    with log_db().cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            f"{_DELIVERIES} {_SEEN} ORDER BY imported_at DESC, file_name DESC LIMIT %s OFFSET %s",
            (center, seen, seen, paging.per_page, paging.offset),
        )
        found = cursor.fetchall()
    return render_template("deliveries.html", frame=around, deliveries=found, paging=paging)


@pages.get("/<center:center>/deliveries/<delivery>")
@allowed(Right.SEE_DELIVERIES)
def delivery(center: str, delivery: str) -> str:
    """One delivery: what came, what became of its rows, which days it covers, and how it was voided."""
    around = frame(center)
    with log_db().cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(f"{_DELIVERIES} AND delivery = %s", (center, delivery)).fetchone()
    seen = seen_deliveries(log_db(), center, years_seen(center))
    if found is None or (seen is not None and delivery not in seen):
        abort(404, f"没有编号为“{delivery}”的交付。请从“交付记录”进入。")
    return render_template(
        "delivery.html",
        frame=around,
        delivery=found,
        span=_span(log_db(), center, delivery),
        rejected=held.listed(log_db(), center, delivery=delivery, limit=200),
    )


@pages.get("/<center:center>/quarantine/")
@allowed(Right.SEE_DELIVERIES)
def quarantine(center: str) -> str:
    """The rows that were not imported, with the rule they break and what mends them."""
    around = frame(center)
    of_delivery, seen = request.args.get("delivery"), seen_deliveries(log_db(), center, years_seen(center))
    total = held.count(log_db(), center, delivery=of_delivery, among=seen)
    paging = Paging(total, page_asked(request.args))
    return render_template(
        "quarantine.html",
        frame=around,
        entries=held.listed(
            log_db(),
            center,
            delivery=of_delivery,
            among=seen,
            limit=paging.per_page,
            offset=paging.offset,
        ),
        delivery=of_delivery,
        paging=paging,
    )


@pages.get("/<center:center>/quarantine.csv")
@allowed(Right.LOG)
def quarantine_csv(center: str) -> Response:
    """The same rows as a file, to be mended and delivered again."""
    of_delivery, seen = request.args.get("delivery"), seen_deliveries(log_db(), center, years_seen(center))
    entries = held.listed(log_db(), center, delivery=of_delivery, among=seen)
    audit(Action.EXPORTED, f"{center}：隔离行", details={"rows": len(entries)})
    return csv_file([held.as_csv(entries, stamp())], f"隔离行_{center}.csv")


def _count(connection: psycopg.Connection[Any], center: str, seen: list[str] | None) -> int:
    counting = f"SELECT count(*) FROM deliveries WHERE center_id = %s {_SEEN}"
    row = connection.execute(counting, (center, seen, seen)).fetchone()
    assert row is not None
    return int(row[0])


def _span(connection: psycopg.Connection[Any], center: str, delivery: str) -> dict[str, Any]:
    """First and last covered day, and how many; Nones and 0 where it covers none."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT min(day) AS first, max(day) AS last, count(*) AS days FROM covered_days"
            " WHERE center_id = %s AND subject = %s",
            (center, f"delivery/{delivery}"),
        ).fetchone()
    assert row is not None
    return row
