"""What was delivered: the files with hash, as-of time and counts, and the rows that were set aside."""

from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from ingest.importing.declared_totals import TotalComparison
from ingest.quarantine import quarantine as held
from ingest.records.voiding import VoidProblem, void_delivery
from tracker.database import get_driver
from tracker.events.ledger import DeliveryImported
from tracker.facts.deliveries import covered_days, deliveries
from tracker.log.tables import events
from web.access import Action, Right, allowed, audit, get_person, get_visible_years, note
from web.access.masking import masked_text
from web.access.years import list_visible_deliveries
from web.downloads import make_stamp, stream_csv
from web.forms import Length, PageForm, TextAreaField, require
from web.instance import (
    get_connection,
    get_instance,
    get_log_connection,
    get_now,
    open_log_transaction,
    open_read_connection,
)
from web.pages.frame import make_frame
from web.paging import Paging, read_page_number

pages = Blueprint("deliveries", __name__)


class VoidForm(PageForm):
    """Why a delivery no longer counts."""

    reason = TextAreaField(
        "作废理由",
        [require("作废理由"), Length(4, 200, "请写明理由，4 至 200 个字。")],
        render_kw={"rows": 2, "maxlength": 200},
    )


@pages.get("/<center:center>/deliveries/")
@allowed(Right.SEE_DELIVERIES)
def index(center: str) -> str:
    """All deliveries of a centre, the newest first; voided ones stay in the list."""
    around = make_frame(center)
    seen = list_visible_deliveries(get_log_connection(), center, get_visible_years(center))
    forms = request.args.get("forms") == "1"
    listed = _listed(center, seen, forms=forms)
    paging = Paging(_count_deliveries(listed), read_page_number(request.args))
    newest_first = listed.order_by(deliveries.c.imported_at.desc(), deliveries.c.file_name.desc())
    found = (
        get_connection().execute(newest_first.limit(paging.per_page).offset(paging.offset)).mappings().all()
    )
    return render_template("deliveries.html", frame=around, deliveries=found, paging=paging, forms=forms)


@pages.get("/<center:center>/deliveries/<delivery>")
@allowed(Right.SEE_DELIVERIES)
def delivery(center: str, delivery: str) -> str:
    """One delivery: what came, what became of its rows, which days it covers, and how it was voided."""
    return _render_page(center, delivery, VoidForm(formdata=None))


@pages.post("/<center:center>/deliveries/<delivery>/void")
@allowed(Right.CORRECT)
def void(center: str, delivery: str) -> str | Answer | tuple[str, int]:
    """Undoes an import: nothing of the delivery counts any more, and everything stays readable."""
    form = VoidForm()
    if not form.validate_on_submit():
        return _render_page(center, delivery, form), 422
    reason, seen = (
        masked_text(str(form.reason.data)),
        list_visible_deliveries(get_log_connection(), center, get_visible_years(center)),
    )
    try:
        with open_log_transaction() as connection:
            if seen is not None and delivery not in seen:
                raise VoidProblem(f"没有编号为“{delivery}”的导入记录。")
            void_delivery(
                connection,
                get_instance().home,
                center,
                delivery,
                reason=reason,
                by=get_person().signature,
                now=get_now(),
            )
            note(connection, Action.CORRECTED, f"{center}：作废导入 {delivery}", details={"reason": reason})
    except VoidProblem as problem:
        form.reason.errors = [str(problem)]
        return _render_page(center, delivery, form), 422
    flash("已作废：本次导入的数据不再计入，记录保留；有关指标约1分钟后重新计算。")
    return redirect(url_for("deliveries.delivery", center=center, delivery=delivery))


def _render_page(center: str, delivery: str, form: VoidForm) -> str:
    around = make_frame(center)
    one = sa.select(deliveries).where(deliveries.c.center_id == center, deliveries.c.delivery == delivery)
    found = get_connection().execute(one).mappings().first()
    seen = list_visible_deliveries(get_log_connection(), center, get_visible_years(center))
    if found is None or (seen is not None and delivery not in seen):
        abort(404, f"没有编号为“{delivery}”的导入记录。请从“导入记录”进入。")
    return render_template(
        "delivery.html",
        frame=around,
        delivery=found,
        form=form,
        stated=_list_stated(center, found["delivery"]),
        span=_read_span(center, delivery),
        rejected=held.list_entries(get_log_connection(), center, delivery=delivery, limit=200),
    )


@pages.get("/<center:center>/quarantine/")
@allowed(Right.SEE_DELIVERIES)
def quarantine(center: str) -> str:
    """The rows that were not imported, with the rule they break and what mends them."""
    around = make_frame(center)
    of_delivery, seen = (
        request.args.get("delivery"),
        list_visible_deliveries(get_log_connection(), center, get_visible_years(center)),
    )
    total = held.count_entries(get_log_connection(), center, delivery=of_delivery, among=seen)
    paging = Paging(total, read_page_number(request.args))
    return render_template(
        "quarantine.html",
        frame=around,
        entries=held.list_entries(
            get_log_connection(),
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
    """The quarantined rows as CSV, to be mended and delivered again."""
    of_delivery, seen = (
        request.args.get("delivery"),
        list_visible_deliveries(get_log_connection(), center, get_visible_years(center)),
    )
    total = held.count_entries(get_log_connection(), center, delivery=of_delivery, among=seen)
    audit(Action.EXPORTED, f"{center}：问题数据", details={"rows": total})
    opened = ExitStack()
    read = get_driver(opened.enter_context(open_read_connection()))
    entries = held.stream_entries(read, center, delivery=of_delivery, among=seen)
    return stream_csv(held.format_csv_lines(entries, make_stamp()), f"问题数据_{center}.csv", opened)


def _list_stated(center: str, delivery: str) -> list[str]:
    """What the letter with the file said, beside what was read of it."""
    imported = sa.select(events.c.data).where(
        events.c.center_id == center,
        events.c.subject == f"delivery/{delivery}",
        events.c.type == DeliveryImported.type,
    )
    data = get_connection().scalar(imported)
    totals = orjson.loads(data).get("stated") if data else None
    return [
        TotalComparison(one["item"], Decimal(one["told"]), Decimal(one["read"])).sentence
        for one in totals or []
    ]


def _listed(center: str, seen: list[str] | None, *, forms: bool) -> sa.Select[Any]:
    """The deliveries that a person may see: files, or what was entered by hand."""
    by_hand = deliveries.c.as_of_basis == "form"
    chosen = sa.select(deliveries).where(deliveries.c.center_id == center, by_hand if forms else ~by_hand)
    return chosen if seen is None else chosen.where(deliveries.c.delivery.in_(seen))


def _count_deliveries(listed: sa.Select[Any]) -> int:
    return int(get_connection().scalar(listed.with_only_columns(sa.func.count())) or 0)


def _read_span(center: str, delivery: str) -> sa.RowMapping:
    """First and last covered day, and how many; Nones and 0 where it covers none."""
    day, of_delivery = covered_days.c.day, covered_days.c.subject == f"delivery/{delivery}"
    span = sa.select(
        sa.func.min(day).label("first"), sa.func.max(day).label("last"), sa.func.count().label("days")
    )
    return (
        get_connection().execute(span.where(covered_days.c.center_id == center, of_delivery)).mappings().one()
    )
