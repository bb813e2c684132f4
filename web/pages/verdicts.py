"""Verdicts on many figures at once: the rows of the evaluator's room, saved by one button."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from kpi.evaluation.verdicts import Verdict, judge_all, read_year_verdicts, select_latest_verdicts
from tracker.periods import Period, Year
from web.access import Action, Right, allowed, get_person, note
from web.exports.export_files import find_newest, list_files
from web.instance import get_connection, get_instance, get_log_connection, open_log_transaction
from web.jobs.job import Job
from web.pages.frame import make_frame
from web.pages.review import group_verified, make_verdict_event, render_room
from web.verdict_rows import MOVED, VerdictRow, read_typed_row

pages = Blueprint("verdicts", __name__)

PageResponse = str | Answer | tuple[str, int]


@pages.post("/<center:center>/<year:year>/review")
@allowed(Right.EVALUATE)
def judge_year(center: str, year: Year) -> PageResponse:
    """Appends the verdicts that were chosen on the page of a year."""
    return _judge(center, year)


@pages.post("/<center:center>/<period:period>/review")
@allowed(Right.EVALUATE)
def judge_period(center: str, period: Period) -> PageResponse:
    """Appends the verdicts that were chosen on the page of a quarter or a month."""
    return _judge(center, period)


def _judge(center: str, period: Period) -> PageResponse:
    """Records every changed row, or none where one is incomplete; a figure that has changed since the page
    was sent is left out and told of."""
    around = make_frame(center, period)
    made = list_files(get_connection(), get_instance().home, center, around.year.year)
    job = find_newest(made, "recomputation")
    rows = _read_rows(center, period, job)
    if request.form.get("sweep"):
        return _sweep(center, period, rows)
    if any(one.problem not in (None, MOVED) for one in rows.values()):
        flash("部分行填写不完整，本次均未保存；请按提示修改后重新保存。")
        return render_room(center, period, rows), 422
    saved = _save(center, period, rows, job)
    if any(one.problem for one in rows.values()):
        left = {key: one for key, one in rows.items() if one.problem}
        flash(f"已保存 {saved} 项；另有 {len(left)} 项的数字在本页打开后已变动，未保存。")
        return render_room(center, period, left), 422
    flash(f"已保存 {saved} 项结论。" if saved else "没有新的结论。")
    return redirect(url_for("review.room", center=center, period=period, show=request.args.get("show")))


def _read_rows(center: str, period: Period, job: Job | None) -> dict[str, VerdictRow]:
    verdicts = read_year_verdicts(get_log_connection(), center, period.first_day.year)
    latest = select_latest_verdicts(verdicts, get_person().login)
    groups = group_verified(center, period, job, latest)
    return {one.key: read_typed_row(one, request.form) for _, found in groups for one in found}


def _sweep(center: str, period: Period, rows: dict[str, VerdictRow]) -> str:
    """Chooses 认可 where it may be chosen for her, and saves nothing: that is the other button's."""
    offered = {key for key, one in rows.items() if request.form.get(f"code-{key}") == one.fingerprint}
    swept = {key: one.accept() for key, one in rows.items() if key in offered and one.sweepable}
    flash(f"已为 {len(swept)} 项选择“认可”，尚未保存。请核对后点击“保存结论”。")
    return render_room(center, period, rows | swept)


def _save(center: str, period: Period, rows: dict[str, VerdictRow], job: Job | None) -> int:
    fresh = [one for one in rows.values() if one.changed and not one.problem]
    if not fresh:
        return 0
    events = [make_verdict_event(center, period, one.figure, one.verdict, one.note, job) for one in fresh]
    with open_log_transaction() as connection:
        judge_all(connection, center, events)
        details = {event.indicator: f"{Verdict(event.verdict).label} {event.code}" for event in events}
        note(connection, Action.JUDGED, f"{center}：{period} {len(events)} 项指标", details=details)
    return len(events)
