"""A drawn sample in the evaluator's room: its rows, and what she saw of each against its original."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kpi.evaluation.row_checks import (
    MOST,
    RowCheck,
    RowOutcome,
    check_rows,
    explain_refusal,
    read_row_checks,
    select_latest_checks,
)
from tracker.events.evaluation import RowSeen
from tracker.periods import Year
from web.access import Action, Right, allowed, get_person, may, note
from web.access.people import format_name
from web.breadcrumbs import Crumb
from web.exports.export_files import find_made
from web.exports.kinds import KINDS
from web.instance import get_connection, get_instance, get_log_connection, get_now, open_log_transaction
from web.jobs.job import Job
from web.jobs.job_files import get_job_files
from web.pages.export_list import check_reach
from web.pages.frame import make_frame
from web.pages.review import list_crumbs
from web.sample_rows import read_sampled_rows

pages = Blueprint("samples", __name__)

SHOWING = {"all": "全部", "open": "还没有核对", "against": "不符或未见原件"}


@dataclass(frozen=True)
class DrawnRow:
    """A row of the sample, what she said of it, and what she has just typed."""

    row: Mapping[str, Any]  # as web/exports/review.py:SAMPLED, with subject and hash
    held: RowCheck | None
    seen: str
    note: str
    problem: str | None = None

    @property
    def seq(self) -> int:
        return int(self.row["seq"])

    @property
    def changed(self) -> bool:
        """Whether it says something that is not written down yet."""
        stored = ("", "") if self.held is None else (self.held.seen.value, self.held.note or "")
        return (self.seen, self.note) != stored


@pages.get("/<center:center>/<year:year>/samples/<made>")
@allowed(Right.SEE_REVIEW)
def listed(center: str, year: Year, made: str) -> str | Answer:
    """The rows of a sample, each with the way to its thing and with what an evaluator saw of it."""
    job = _find_sample(center, year, made)
    return _redirect_to_review(center, year) if job is None else _render_page(center, year, job)


@pages.post("/<center:center>/<year:year>/samples/<made>")
@allowed(Right.EVALUATE)
def check(center: str, year: Year, made: str) -> str | Answer | tuple[str, int]:
    """Appends what she saw to the centre's log, under her name: all rows that say something new, or none."""
    job = _find_sample(center, year, made)
    if job is None:
        return _redirect_to_review(center, year)
    person, at = get_person(), get_now()
    rows = _list_drawn_rows(
        job, person.login, request.form, read_row_checks(get_log_connection(), center, year.year)
    )
    fresh = [one for one in rows if one.changed]
    if any(one.problem for one in fresh):
        return _render_page(center, year, job, rows), 422
    checks = [
        RowSeen(
            year=year.year, seed=job.asked["seed"], package=job.result["package"], drawn=len(rows),
            row_seq=one.seq, row_hash=one.row["hash"], seen=one.seen, note=one.note or None,
            seen_by=format_name(get_log_connection(), person), login=person.login, seen_at=at,
        )
        for one in fresh
    ]  # fmt: skip
    if checks:
        with open_log_transaction() as connection:
            check_rows(connection, center, checks, at)
            about = f"{center}：{year} 抽样核对（种子 {job.asked['seed']}）"
            note(connection, Action.JUDGED, about, details={"rows": [one.row_seq for one in checks]})
    flash(f"已保存 {len(checks)} 行。" if checks else "没有新的核对结果。")
    return redirect(url_for("samples.listed", center=center, year=year, made=made))


def _render_page(center: str, year: Year, job: Job, rows: list[DrawnRow] | None = None) -> str:
    checks = read_row_checks(get_log_connection(), center, year.year)
    whose, chosen = _choose_evaluator(center, job, checks), request.args.get("show", "all")
    found = rows or _list_drawn_rows(job, whose, {}, checks)
    done = [one.held for one in found if one.held is not None]
    return render_template(
        "review/sample.html",
        frame=make_frame(center, year),
        job=job,
        rows=[one for one in found if _is_shown(one, chosen)],
        total=len(found),
        done=len(done),
        counts={seen: sum(1 for one in done if one.seen is seen) for seen in RowOutcome},
        evaluators=list({one.login: one.seen_by for one in checks}.items()),
        whose=whose,
        name=next((one.seen_by for one in done), ""),
        refused=any(one.problem for one in found),
        showing=SHOWING,
        show=chosen if chosen in SHOWING else "all",
        Seen=RowOutcome,
        most=MOST,
        steps=[*list_crumbs(center, year), Crumb("抽样核对表")],
    )


def _list_drawn_rows(
    job: Job, login: str, typed: Mapping[str, str], checks: list[RowCheck]
) -> list[DrawnRow]:
    """The sample's rows with what the person said; what was typed goes before what is held."""
    latest = select_latest_checks(checks, login)
    rows = read_sampled_rows(get_job_files(job))
    return [_make_row(row, latest.get(int(row["seq"])), typed) for row in rows]


def _make_row(row: Mapping[str, Any], latest: RowCheck | None, typed: Mapping[str, str]) -> DrawnRow:
    stored = latest.seen.value if latest else ""
    seen = typed.get(f"seen-{row['seq']}", stored)
    note = typed.get(f"note-{row['seq']}", (latest.note or "") if latest else "").strip()
    one = DrawnRow(row, latest, seen, note)
    if not one.changed or not (seen or note):
        return one
    return DrawnRow(row, latest, seen, note, explain_refusal(seen, note))


def _is_shown(one: DrawnRow, chosen: str) -> bool:
    if one.problem:
        return True
    match chosen:
        case "open":
            return one.held is None
        case "against":
            return one.held is not None and one.held.seen is not RowOutcome.MATCHES
        case _:
            return True


def _choose_evaluator(center: str, job: Job, checks: list[RowCheck]) -> str:
    """An evaluator's own; to others those of the one asked for, of who drew it, or of who checked last."""
    if may(Right.EVALUATE, center, job.year):
        return get_person().login
    logins = [one.login for one in checks]
    logins_first = (request.args.get("of", ""), job.login)
    return next((login for login in logins_first if login in logins), logins[-1] if logins else "")


def _find_sample(center: str, year: Year, made: str) -> Job | None:
    """Answers 403 to whom the years of its rows are not open."""
    make_frame(center, year)
    job = find_made(get_connection(), get_instance().home, center, made)
    if job is None or (job.year, job.kind) != (year.year, "sample"):
        return None
    check_reach(KINDS["sample"], center, year)
    return job


def _redirect_to_review(center: str, year: Year) -> Answer:
    flash("没有该次抽样。请重新抽取。")
    return redirect(url_for("review.room", center=center, period=year))
