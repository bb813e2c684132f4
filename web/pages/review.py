"""The evaluator's room (评价核验): each figure as shown, as computed again, and her verdict on it."""

import csv
import zipfile
from collections.abc import Mapping
from io import StringIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kpi.evaluation.row_checks import read_row_checks
from kpi.evaluation.verdicts import (
    MOST,
    RecordedVerdict,
    Verdict,
    VerdictProblem,
    judge,
    read_figure_verdicts,
    read_year_verdicts,
    select_latest_verdicts,
)
from kpi.figures import results
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.handover.package import layout
from kpi.handover.package.claims import list_periods as reading_order
from kpi.handover.verdict_file import PROVES
from kpi.handover.verify.sampling import DRAWN
from tracker import log
from tracker.events.evaluation import FigureJudged
from tracker.periods import Period, Year
from web.access import Action, Right, allowed, get_person, may
from web.access.guard import note
from web.access.people import format_name
from web.breadcrumbs import Crumb
from web.exports.export_files import find_newest, list_files
from web.exports.kinds import KINDS
from web.figure_view import FigureView
from web.forms import PageForm, RadioField, SelectChoice, TextAreaField, limit_length, require
from web.instance import get_connection, get_instance, get_log_connection, get_now, open_log_transaction
from web.jobs.job import Job, JobState
from web.jobs.job_files import get_job_files
from web.pages.export_list import MOST_ROWS, check_reach, explain_reach
from web.pages.frame import NavigationLink, PageFrame, format_short_name, make_frame
from web.sample_rows import count_progress
from web.verdict_rows import VerdictRow
from web.verification import VerifiedFigure, read_recomputed

pages = Blueprint("review", __name__)

_SAMPLES = 3  # shown in the room; the others stand among the exports
SLOW = 2  # seconds after which the page loads again while something is being made
SHOWING = {"all": "全部", "open": "未填结论", "differs": "重算不一致", "rejected": "不认可或无法核实"}


class VerdictForm(PageForm):
    """What an evaluator says of a figure."""

    verdict = RadioField(
        "结论",
        [require("结论")],
        choices=[SelectChoice(one.value, one.label) for one in Verdict],
    )
    note = TextAreaField(
        "意见", [limit_length(MOST)], filters=[lambda text: (text or "").strip()], render_kw={"rows": 3}
    )


@pages.get("/<center:center>/<year:year>/review")
@allowed(Right.SEE_REVIEW)
def year(center: str, year: Year) -> str:
    """All figures of a year, claimed beside recomputed beside verified."""
    return render_room(center, year)


@pages.get("/<center:center>/<period:period>/review")
@allowed(Right.SEE_REVIEW)
def room(center: str, period: Period) -> str:
    """All figures of a quarter or a month, claimed beside recomputed beside verified."""
    return render_room(center, period)


def render_room(center: str, period: Period, typed: Mapping[str, VerdictRow] | None = None) -> str:
    """The room; `typed` holds, by indicator, what a person chose in its rows and has not saved."""
    around = make_frame(center, period)
    made = list_files(get_connection(), get_instance().home, center, around.year.year)
    verdicts = _read_verdicts(center, around.year)
    groups = group_verified(
        center,
        period,
        find_newest(made, "recomputation"),
        select_latest_verdicts(verdicts, _choose_evaluator(verdicts)),
    )
    every = [one for _, found in groups for one in found]
    rows = {one.key: VerdictRow.of(one) for one in every} | dict(typed or {})
    chosen = request.args.get("show", "all")
    visible = [
        (title, [one for one in found if rows[one.key].unsaved or _is_shown(one, chosen)])
        for title, found in groups
    ]
    return render_template(
        "review/room.html",
        frame=around,
        period=period,
        periods=_list_rooms(around),
        groups=[(title, found) for title, found in visible if found],
        every=every,
        rows=rows,
        judged=sum(1 for one in every if one.judged and not one.outdated),
        sweepable=sum(1 for one in rows.values() if one.sweepable),
        most=MOST,
        counts=_count_outcomes(every),
        show=chosen if chosen in SHOWING else "all",
        showing=SHOWING,
        made=made,
        head=log.read_head(get_log_connection(), center),
        evaluators=list(dict.fromkeys((one.login, one.judged_by) for one in verdicts)),
        whose=_choose_evaluator(verdicts),
        Verdict=Verdict,
        slow=SLOW,
        proves=PROVES,
        sources=DRAWN,
        most_rows=MOST_ROWS,
        samples=_list_samples(center, around.year, made, _choose_evaluator(verdicts)),
        newest={kind: find_newest(made, kind) for kind in ("recomputation", "package")},
        signed=find_newest([job for job in made if job.login == _choose_evaluator(verdicts)], "verdicts"),
        running={job.kind for job in made if job.running},
        package_beyond=explain_reach(KINDS["package"], center),
        failed=_find_failed(made),
    )


@pages.get("/<center:center>/<period:period>/review/<key>")
@allowed(Right.SEE_REVIEW)
def figure(center: str, period: Period, key: str) -> str:
    """One figure, field by field, with every verdict ever given on it."""
    form = VerdictForm(formdata=None)
    found = _get_verified(center, period, key)
    if found.judged is not None:
        form.verdict.data, form.note.data = found.judged.verdict.value, found.judged.note or ""
    return _render_figure_page(center, period, found, form)


@pages.post("/<center:center>/<period:period>/review/<key>")
@allowed(Right.EVALUATE)
def verdict(center: str, period: Period, key: str) -> str | Answer | tuple[str, int]:
    """Appends a verdict to the centre's log, under the evaluator's name."""
    found, form = _get_verified(center, period, key), VerdictForm()
    if not form.validate_on_submit():
        return _render_figure_page(center, period, found, form), 422
    if request.form.get("code") != found.shown.code:
        form.note.errors = ["结论未保存：提交前数字已变动。请核对新的数字后重新提交。"]
        return _render_figure_page(center, period, found, form), 422
    event = make_verdict_event(
        center, period, found, form.verdict.data, form.note.data, _find_recomputation(center, period)
    )
    try:
        with open_log_transaction() as connection:
            judge(connection, center, event)
            about = f"{center}：{period} {found.shown.indicator.title} {event.code}"
            note(connection, Action.JUDGED, about, details={"verdict": Verdict(event.verdict).label})
    except VerdictProblem as problem:
        form.note.errors = [str(problem)]
        return _render_figure_page(center, period, found, form), 422
    flash(f"已保存：{found.shown.indicator.title}（{period.label}）{Verdict(event.verdict).label}。")
    following = _find_next_figure(center, period, key) if request.form.get("next") else None
    if following:
        return redirect(url_for("review.figure", center=center, period=period, key=following))
    return redirect(url_for("review.room", center=center, period=period) + f"#{key}")


@pages.get("/<center:center>/<year:year>/evidence")
@allowed(Right.SEE_REVIEW)
def evidence(center: str, year: Year) -> str:
    """The evidence index of the newest package: what lies in it, and what each file ties to."""
    around = make_frame(center, year)
    package = find_newest(list_files(get_connection(), get_instance().home, center, year.year), "package")
    if package:
        check_reach(KINDS["package"], center, year)
    rows = _read_index(package) if package else []
    steps = [*list_crumbs(center, year), Crumb("证据索引")]
    return render_template("review/evidence.html", frame=around, package=package, rows=rows, steps=steps)


def list_crumbs(center: str, period: Period) -> list[Crumb]:
    """The way back from the pages below the room."""
    return [Crumb(f"{period.label}评价核验", url_for("review.room", center=center, period=period))]


def make_verdict_event(
    center: str, period: Period, found: VerifiedFigure, verdict: str, note: str, job: Job | None
) -> FigureJudged:
    """The signed-in person's verdict on the figure as it was found."""
    person = get_person()
    value = found.shown.figure.value if found.shown.figure else None
    is_recomputed = job is not None and found.again is not None
    return FigureJudged(
        indicator=found.key,
        period=str(period),
        verdict=verdict,
        note=note or None,
        code=found.shown.code,
        value=None if value is None else f"{value:f}",
        recomputed=found.value_again,
        recomputed_seq=int(job.result["seq"]) if job and is_recomputed else None,
        judged_by=format_name(get_log_connection(), person),
        login=person.login,
        judged_at=get_now(),
    )


def _render_figure_page(center: str, period: Period, found: VerifiedFigure, form: VerdictForm) -> str:
    return render_template(
        "review/figure.html",
        frame=make_frame(center, period),
        period=period,
        one=found,
        steps=[*list_crumbs(center, period), Crumb(found.shown.indicator.title)],
        form=form,
        history=list(reversed(read_figure_verdicts(get_log_connection(), center, found.key, str(period)))),
        job=_find_recomputation(center, period),
        most=MOST,
    )


def _get_verified(center: str, period: Period, key: str) -> VerifiedFigure:
    make_frame(center, period)
    if key not in INDICATORS:
        abort(404, f"没有编码为“{key}”的指标。")
    current = results.find_figure(get_connection(), center, key, period)
    if current is None:
        abort(404, f"{period.label}尚无该项指标的数字。")
    job = _find_recomputation(center, period)
    again = read_recomputed(get_job_files(job) if job else None, period)
    verdicts = read_figure_verdicts(get_log_connection(), center, key, str(period))
    indicator = read_definitions(get_connection(), center).find_in_force(key, period)
    return VerifiedFigure(
        FigureView(indicator, period, current),
        again.get(key),
        select_latest_verdicts(verdicts, _choose_evaluator(verdicts)).get((key, str(period))),
    )


def group_verified(
    center: str, period: Period, job: Job | None, latest: dict[tuple[str, str], RecordedVerdict]
) -> list[tuple[str, list[VerifiedFigure]]]:
    """A period's figures under the titles of their groups; `job`: the recomputation to hold them against."""
    figures: dict[str, Figure] = {
        one.indicator: one for one in results.read_period(get_connection(), center, period)
    }
    again = read_recomputed(get_job_files(job) if job else None, period)
    return [
        (
            title,
            [
                VerifiedFigure(
                    FigureView(one, period, figures[one.key]),
                    again.get(one.key),
                    latest.get((one.key, str(period))),
                )
                for one in indicators
                if one.key in figures
            ],
        )
        for title, indicators in read_definitions(get_connection(), center).groups(period)
    ]


def _read_verdicts(center: str, year: Year) -> list[RecordedVerdict]:
    return read_year_verdicts(get_log_connection(), center, year.year)


def _choose_evaluator(verdicts: list[RecordedVerdict]) -> str:
    """Whose verdicts are shown: an evaluator's own; to others the one asked for, or the last who judged."""
    if may(Right.EVALUATE, str((request.view_args or {})["center"])):
        return get_person().login
    logins = [one.login for one in verdicts]
    login = request.args.get("of", "")
    return login if login in logins else (logins[-1] if logins else "")


def _find_recomputation(center: str, period: Period) -> Job | None:
    return find_newest(
        list_files(get_connection(), get_instance().home, center, period.first_day.year), "recomputation"
    )


def _is_shown(one: VerifiedFigure, chosen: str) -> bool:
    match chosen:
        case "open":
            return one.judged is None or one.outdated
        case "differs":
            return one.outcome in ("differs", "moved")
        case "rejected":
            return one.judged is not None and one.judged.verdict is not Verdict.ACCEPTED
        case _:
            return True


def _list_samples(center: str, year: Year, made: list[Job], whose: str) -> list[tuple[Job, int, int]]:
    """The newest samples, each with its rows seen and all its rows."""
    drawn = [job for job in made if job.kind == "sample" and job.state is JobState.DONE][:_SAMPLES]
    checks = read_row_checks(get_log_connection(), center, year.year) if drawn else []
    counted = [(job, count_progress(get_job_files(job), job, checks, whose)) for job in drawn]
    return [(job, *counts) for job, counts in counted if counts]


def _count_outcomes(every: list[VerifiedFigure]) -> dict[str, int]:
    """How many of each outcome and each verdict."""
    found = {name: sum(1 for one in every if one.outcome == name) for name in ("same", "differs", "moved")}
    for verdict in Verdict:
        found[verdict.value] = sum(1 for one in every if one.judged and one.judged.verdict is verdict)
    return found


def _find_failed(made: list[Job]) -> Job | None:
    """The last of the room's own work, where it failed."""
    own = [job for job in made if job.kind in ("recomputation", "verdicts", "sample", "package")]
    return own[0] if own and own[0].problem else None


def _find_next_figure(center: str, period: Period, key: str) -> str | None:
    """The next figure of the room."""
    indicators = [
        one for _, found in read_definitions(get_connection(), center).groups(period) for one in found
    ]
    there = {one.indicator for one in results.read_period(get_connection(), center, period)}
    order = [one.key for one in indicators if one.key in there]
    place = order.index(key) + 1 if key in order else len(order)
    return order[place] if place < len(order) else None


def _list_rooms(around: PageFrame) -> list[NavigationLink]:
    """The year, its quarters and its months, each as a room."""
    code, periods = around.center.center_id, reading_order(around.year.year)
    return [
        NavigationLink(
            format_short_name(one), url_for("review.room", center=code, period=one), one == around.period,
            one.first_day > around.today,
        )
        for one in periods
    ]  # fmt: skip


def _read_index(package: Job) -> list[dict[str, Any]]:
    with get_job_files(package).open_copy() as path, zipfile.ZipFile(path) as bag:
        name = next(one for one in bag.namelist() if one.endswith(layout.EVIDENCE))
        text = bag.read(name).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))
