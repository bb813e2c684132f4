"""A drawn sample in the evaluator's room: its rows, and what she saw of each against its original."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kpi.evaluation.row_checks import (
    MOST,
    RowCheck,
    Seen,
    check_rows,
    held_of,
    row_checks_of_year,
    why_not,
)
from tracker.events.evaluation import RowSeen
from tracker.periods import Year
from web.access import Action, Right, allowed, may, note, signed_in
from web.breadcrumbs import Step
from web.exports.export_files import find_made
from web.instance import db, instance, log_db, now, writing
from web.jobs.job import Job
from web.pages.frame import frame
from web.pages.review import way_of
from web.sample_rows import sampled_rows

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
        known = ("", "") if self.held is None else (self.held.seen.value, self.held.note or "")
        return (self.seen, self.note) != known


@pages.get("/<center:center>/<year:year>/samples/<made>")
@allowed(Right.SEE_REVIEW)
def listed(center: str, year: Year, made: str) -> str | Answer:
    """The rows of a sample, each with the way to its thing and with what an evaluator saw of it."""
    job = _sample(center, year, made)
    return _elsewhere(center, year) if job is None else _page(center, year, job)


@pages.post("/<center:center>/<year:year>/samples/<made>")
@allowed(Right.EVALUATE)
def check(center: str, year: Year, made: str) -> str | Answer | tuple[str, int]:
    """Appends what she saw to the centre's log, under her name: all rows that say something new, or none."""
    job = _sample(center, year, made)
    if job is None:
        return _elsewhere(center, year)
    person, at = signed_in(), now()
    rows = _drawn(job, person.login, request.form, row_checks_of_year(log_db(), center, year.year))
    fresh = [one for one in rows if one.changed]
    if any(one.problem for one in fresh):
        return _page(center, year, job, rows), 422
    said = [
        RowSeen(
            year=year.year, seed=job.asked["seed"], package=job.result["package"], drawn=len(rows),
            row_seq=one.seq, row_hash=one.row["hash"], seen=one.seen, note=one.note or None,
            seen_by=person.name, login=person.login, seen_at=at,
        )
        for one in fresh
    ]  # fmt: skip
    if said:
        with writing() as connection:
            check_rows(connection, center, said, at)
            about = f"{center}：{year} 抽样核对（种子 {job.asked['seed']}）"
            note(connection, Action.JUDGED, about, details={"rows": [one.row_seq for one in said]})
    flash(f"已登记 {len(said)} 行。" if said else "没有新的核对结果要登记。")
    return redirect(url_for("samples.listed", center=center, year=year, made=made))


def _page(center: str, year: Year, job: Job, rows: list[DrawnRow] | None = None) -> str:
    told = row_checks_of_year(log_db(), center, year.year)
    whose, chosen = _whose(center, job, told), request.args.get("show", "all")
    found = rows or _drawn(job, whose, {}, told)
    done = [one.held for one in found if one.held is not None]
    return render_template(
        "review/sample.html",
        frame=frame(center, year),
        job=job,
        rows=[one for one in found if _is_shown(one, chosen)],
        total=len(found),
        done=len(done),
        counts={seen: sum(1 for one in done if one.seen is seen) for seen in Seen},
        evaluators=list({one.login: one.seen_by for one in told}.items()),
        whose=whose,
        name=next((one.seen_by for one in done), ""),
        refused=any(one.problem for one in found),
        showing=SHOWING,
        show=chosen if chosen in SHOWING else "all",
        Seen=Seen,
        most=MOST,
        steps=[*way_of(center, year), Step("抽样核对表")],
    )


def _drawn(job: Job, login: str, typed: Mapping[str, str], told: list[RowCheck]) -> list[DrawnRow]:
    """The sample's rows with what the person said; what was typed goes before what is held."""
    held = held_of(told, login)
    rows = sampled_rows(instance().home, job)
    return [_row(row, held.get(int(row["seq"])), typed) for row in rows]


def _row(row: Mapping[str, Any], held: RowCheck | None, typed: Mapping[str, str]) -> DrawnRow:
    known = held.seen.value if held else ""
    seen = typed.get(f"seen-{row['seq']}", known)
    said = typed.get(f"note-{row['seq']}", (held.note or "") if held else "").strip()
    one = DrawnRow(row, held, seen, said)
    if not one.changed or not (seen or said):
        return one
    return DrawnRow(row, held, seen, said, why_not(seen, said))


def _is_shown(one: DrawnRow, chosen: str) -> bool:
    if one.problem:
        return True
    match chosen:
        case "open":
            return one.held is None
        case "against":
            return one.held is not None and one.held.seen is not Seen.MATCHES
        case _:
            return True


def _whose(center: str, job: Job, told: list[RowCheck]) -> str:
    """An evaluator's own; to others those of the one asked for, of who drew it, or of who checked last."""
    if may(Right.EVALUATE, center, job.year):
        return signed_in().login
    known = [one.login for one in told]
    asked = (request.args.get("of", ""), job.login)
    return next((login for login in asked if login in known), known[-1] if known else "")


def _sample(center: str, year: Year, made: str) -> Job | None:
    frame(center, year)
    job = find_made(db(), instance().home, center, made)
    return job if job and (job.year, job.kind) == (year.year, "sample") else None


def _elsewhere(center: str, year: Year) -> Answer:
    flash("没有这次抽样。请重新抽取。")
    return redirect(url_for("review.room", center=center, period=year))
