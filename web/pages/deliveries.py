"""What was delivered: the files with hash, as-of time and counts, and the rows that were set aside."""

from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from ingest.importing.declared_totals import Compared
from ingest.quarantine import quarantine as held
from ingest.records.voiding import VoidProblem, void_delivery
from tracker.database import driver_of
from tracker.events.ledger import DeliveryImported
from tracker.facts.deliveries import covered_days, deliveries
from tracker.log.tables import events
from web.access import Action, Right, allowed, audit, note, signed_in, years_seen
from web.access.masking import masked_text
from web.access.years import seen_deliveries
from web.downloads import csv_file, stamp
from web.forms import Form, Length, TextAreaField, required
from web.instance import db, instance, log_db, now, reading, writing
from web.pages.frame import frame
from web.paging import Paging, page_asked

pages = Blueprint("deliveries", __name__)


class Void(Form):
    """Why a delivery no longer counts."""

    reason = TextAreaField(
        "作废理由",
        [required("作废理由"), Length(4, 200, "请写明理由，4 至 200 个字。")],
        render_kw={"rows": 2, "maxlength": 200},
    )


@pages.get("/<center:center>/deliveries/")
@allowed(Right.SEE_DELIVERIES)
def index(center: str) -> str:
    """All deliveries of a centre, the newest first; voided ones stay in the list."""
    around = frame(center)
    seen = seen_deliveries(log_db(), center, years_seen(center))
    forms = request.args.get("forms") == "1"
    listed = _listed(center, seen, forms=forms)
    paging = Paging(_count(listed), page_asked(request.args))
    newest_first = listed.order_by(deliveries.c.imported_at.desc(), deliveries.c.file_name.desc())
    found = db().execute(newest_first.limit(paging.per_page).offset(paging.offset)).mappings().all()
    return render_template("deliveries.html", frame=around, deliveries=found, paging=paging, forms=forms)


@pages.get("/<center:center>/deliveries/<delivery>")
@allowed(Right.SEE_DELIVERIES)
def delivery(center: str, delivery: str) -> str:
    """One delivery: what came, what became of its rows, which days it covers, and how it was voided."""
    return _page(center, delivery, Void(formdata=None))


@pages.post("/<center:center>/deliveries/<delivery>/void")
@allowed(Right.CORRECT)
def void(center: str, delivery: str) -> str | Answer | tuple[str, int]:
    """Undoes an import: nothing of the delivery counts any more, and everything stays readable."""
    form = Void()
    if not form.validate_on_submit():
        return _page(center, delivery, form), 422
    reason, seen = masked_text(str(form.reason.data)), seen_deliveries(log_db(), center, years_seen(center))
    try:
        with writing() as connection:
            if seen is not None and delivery not in seen:
                raise VoidProblem(f"没有编号为“{delivery}”的交付。")
            void_delivery(
                connection, instance().home, center, delivery, reason=reason, by=signed_in().name, now=now()
            )
            note(connection, Action.CORRECTED, f"{center}：作废交付 {delivery}", details={"reason": reason})
    except VoidProblem as problem:
        form.reason.errors = [str(problem)]
        return _page(center, delivery, form), 422
    flash("已作废：这次交付的内容不再计数，记录仍在；有关指标将在一分钟内重新计算。")
    return redirect(url_for("deliveries.delivery", center=center, delivery=delivery))


def _page(center: str, delivery: str, form: Void) -> str:
    around = frame(center)
    one = sa.select(deliveries).where(deliveries.c.center_id == center, deliveries.c.delivery == delivery)
    found = db().execute(one).mappings().first()
    seen = seen_deliveries(log_db(), center, years_seen(center))
    if found is None or (seen is not None and delivery not in seen):
        abort(404, f"没有编号为“{delivery}”的交付。请从“交付记录”进入。")
    return render_template(
        "delivery.html",
        frame=around,
        delivery=found,
        form=form,
        stated=_stated(center, found["delivery"]),
        span=_span(center, delivery),
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
    total = held.count(log_db(), center, delivery=of_delivery, among=seen)
    audit(Action.EXPORTED, f"{center}：隔离行", details={"rows": total})
    opened = ExitStack()
    read = driver_of(opened.enter_context(reading()))
    entries = held.each(read, center, delivery=of_delivery, among=seen)
    return csv_file(held.csv_lines(entries, stamp()), f"隔离行_{center}.csv", opened)


def _stated(center: str, delivery: str) -> list[str]:
    """What the letter with the file said, beside what was read of it."""
    imported = sa.select(events.c.data).where(
        events.c.center_id == center,
        events.c.subject == f"delivery/{delivery}",
        events.c.type == DeliveryImported.type,
    )
    data = db().scalar(imported)
    told = orjson.loads(data).get("stated") if data else None
    return [Compared(one["item"], Decimal(one["told"]), Decimal(one["read"])).sentence for one in told or []]


def _listed(center: str, seen: list[str] | None, *, forms: bool) -> sa.Select[Any]:
    """The deliveries that a person may see: files, or what was entered by hand."""
    by_hand = deliveries.c.as_of_basis == "form"
    chosen = sa.select(deliveries).where(deliveries.c.center_id == center, by_hand if forms else ~by_hand)
    return chosen if seen is None else chosen.where(deliveries.c.delivery.in_(seen))


def _count(listed: sa.Select[Any]) -> int:
    return int(db().scalar(listed.with_only_columns(sa.func.count())) or 0)


def _span(center: str, delivery: str) -> sa.RowMapping:
    """First and last covered day, and how many; Nones and 0 where it covers none."""
    day, of_delivery = covered_days.c.day, covered_days.c.subject == f"delivery/{delivery}"
    span = sa.select(
        sa.func.min(day).label("first"), sa.func.max(day).label("last"), sa.func.count().label("days")
    )
    return db().execute(span.where(covered_days.c.center_id == center, of_delivery)).mappings().one()
