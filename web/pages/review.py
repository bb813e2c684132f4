"""The evaluator's room (评价核验): each figure as shown, as computed again, and her verdict on it."""

import csv
import zipfile
from io import StringIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kpi.evaluation.row_checks import row_checks_of_year
from kpi.evaluation.verdicts import (
    MOST,
    Judged,
    Verdict,
    VerdictProblem,
    holding,
    judge,
    verdicts_of_year,
    verdicts_on,
)
from kpi.figures import results
from kpi.figures.definitions.in_force import definitions_for
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.handover.package import layout
from kpi.handover.package.claims import periods as reading_order
from kpi.handover.verdict_file import PROVES
from kpi.handover.verify.sampling import DRAWN
from tracker import log
from tracker.events.evaluation import FigureJudged
from tracker.periods import Period, Year
from web.access import Action, Right, allowed, may, signed_in
from web.access.guard import note
from web.breadcrumbs import Step
from web.exports.export_files import listed, newest
from web.figure_view import Shown
from web.forms import Form, RadioField, SelectChoice, TextAreaField, at_most, required
from web.instance import db, instance, log_db, now, writing
from web.jobs.job import Job, State
from web.pages.export_list import MOST_ROWS
from web.pages.frame import Frame, Link, frame, short_name
from web.sample_rows import progress
from web.verification import Verified, computed_again

pages = Blueprint("review", __name__)

_SAMPLES = 3  # shown in the room; the others stand among the exports
SLOW = 2  # seconds after which the page loads again while something is being made
SHOWING = {"all": "全部", "open": "未填结论", "differs": "重算不一致", "rejected": "不认可或无法核实"}


class VerdictForm(Form):
    """What an evaluator says of a figure."""

    verdict = RadioField(
        "结论",
        [required("结论")],
        choices=[SelectChoice(one.value, one.label) for one in Verdict],
    )
    note = TextAreaField(
        "意见", [at_most(MOST)], filters=[lambda text: (text or "").strip()], render_kw={"rows": 3}
    )


@pages.get("/<center:center>/<year:year>/review")
@allowed(Right.SEE_REVIEW)
def year(center: str, year: Year) -> str:
    """All figures of a year, claimed beside recomputed beside verified."""
    return _room(center, year)


@pages.get("/<center:center>/<period:period>/review")
@allowed(Right.SEE_REVIEW)
def room(center: str, period: Period) -> str:
    """The same of a quarter or a month."""
    return _room(center, period)


def _room(center: str, period: Period) -> str:
    around = frame(center, period)
    made = listed(db(), instance().home, center, around.year.year)
    told = _verdicts(center, around.year)
    groups = _groups(center, period, newest(made, "recomputation"), holding(told, _whose(told)))
    every = [one for _, found in groups for one in found]
    chosen = request.args.get("show", "all")
    kept = [(title, [one for one in found if _is_shown(one, chosen)]) for title, found in groups]
    return render_template(
        "review/room.html",
        frame=around,
        period=period,
        periods=_periods(around),
        groups=[(title, found) for title, found in kept if found],
        every=every,
        counts=_counts(every),
        show=chosen if chosen in SHOWING else "all",
        showing=SHOWING,
        made=made,
        head=log.head(log_db(), center),
        evaluators=list(dict.fromkeys((one.login, one.judged_by) for one in told)),
        whose=_whose(told),
        Verdict=Verdict,
        slow=SLOW,
        proves=PROVES,
        sources=DRAWN,
        most_rows=MOST_ROWS,
        samples=_samples(center, around.year, made, _whose(told)),
        newest={kind: newest(made, kind) for kind in ("recomputation", "package")},
        signed=newest([job for job in made if job.login == _whose(told)], "verdicts"),
        running={job.kind for job in made if job.running},
        failed=_failed(made),
    )


@pages.get("/<center:center>/<period:period>/review/<key>")
@allowed(Right.SEE_REVIEW)
def figure(center: str, period: Period, key: str) -> str:
    """One figure, field by field, with every verdict ever given on it."""
    form = VerdictForm(formdata=None)
    found = _one(center, period, key)
    if found.judged is not None:
        form.verdict.data, form.note.data = found.judged.verdict.value, found.judged.note or ""
    return _figure_page(center, period, found, form)


@pages.post("/<center:center>/<period:period>/review/<key>")
@allowed(Right.EVALUATE)
def verdict(center: str, period: Period, key: str) -> str | Answer | tuple[str, int]:
    """Appends a verdict to the centre's log, under the evaluator's name."""
    found, form = _one(center, period, key), VerdictForm()
    if not form.validate_on_submit():
        return _figure_page(center, period, found, form), 422
    if request.form.get("code") != found.shown.code:
        form.note.errors = ["您看到的数字在提交前变了，结论没有登记。请看清新的数字再提交。"]
        return _figure_page(center, period, found, form), 422
    said = _said(center, period, found, form)
    try:
        with writing() as connection:
            judge(connection, center, said)
            about = f"{center}：{period} {found.shown.indicator.title} {said.code}"
            note(connection, Action.JUDGED, about, details={"verdict": Verdict(said.verdict).label})
    except VerdictProblem as problem:
        form.note.errors = [str(problem)]
        return _figure_page(center, period, found, form), 422
    flash(f"已登记：{found.shown.indicator.title}（{period.label}）{Verdict(said.verdict).label}。")
    following = _following(center, period, key) if request.form.get("next") else None
    if following:
        return redirect(url_for("review.figure", center=center, period=period, key=following))
    return redirect(url_for("review.room", center=center, period=period) + f"#{key}")


@pages.get("/<center:center>/<year:year>/evidence")
@allowed(Right.SEE_REVIEW)
def evidence(center: str, year: Year) -> str:
    """The evidence index of the newest package: what lies in it, and what each file ties to."""
    around = frame(center, year)
    package = newest(listed(db(), instance().home, center, year.year), "package")
    rows = _index(package) if package else []
    steps = [*way_of(center, year), Step("证据索引")]
    return render_template("review/evidence.html", frame=around, package=package, rows=rows, steps=steps)


def way_of(center: str, period: Period) -> list[Step]:
    """The way back from the pages below the room."""
    return [Step(f"{period.label}评价核验", url_for("review.room", center=center, period=period))]


def _said(center: str, period: Period, found: Verified, form: VerdictForm) -> FigureJudged:
    person, job = signed_in(), _recomputation(center, period)
    value = found.shown.figure.value if found.shown.figure else None
    known = job is not None and found.again is not None
    return FigureJudged(
        indicator=found.key,
        period=str(period),
        verdict=form.verdict.data,
        note=form.note.data or None,
        code=found.shown.code,
        value=None if value is None else f"{value:f}",
        recomputed=found.value_again,
        recomputed_seq=int(job.result["seq"]) if job and known else None,
        judged_by=person.name,
        login=person.login,
        judged_at=now(),
    )


def _figure_page(center: str, period: Period, found: Verified, form: VerdictForm) -> str:
    return render_template(
        "review/figure.html",
        frame=frame(center, period),
        period=period,
        one=found,
        steps=[*way_of(center, period), Step(found.shown.indicator.title)],
        form=form,
        history=list(reversed(verdicts_on(log_db(), center, found.key, str(period)))),
        job=_recomputation(center, period),
        most=MOST,
    )


def _one(center: str, period: Period, key: str) -> Verified:
    frame(center, period)
    if key not in INDICATORS:
        abort(404, f"没有编码为“{key}”的指标。")
    shown = results.find(db(), center, key, period)
    if shown is None:
        abort(404, f"{period.label}还没有这项指标的数字。")
    again = computed_again(instance().home, _recomputation(center, period), period)
    told = verdicts_on(log_db(), center, key, str(period))
    indicator = definitions_for(db(), center).in_force(key, period)
    return Verified(
        Shown(indicator, period, shown), again.get(key), holding(told, _whose(told)).get((key, str(period)))
    )


def _groups(
    center: str, period: Period, job: Job | None, held: dict[tuple[str, str], Judged]
) -> list[tuple[str, list[Verified]]]:
    figures: dict[str, Figure] = {one.indicator: one for one in results.of_period(db(), center, period)}
    again = computed_again(instance().home, job, period)
    return [
        (
            title,
            [
                Verified(
                    Shown(one, period, figures[one.key]), again.get(one.key), held.get((one.key, str(period)))
                )
                for one in indicators
                if one.key in figures
            ],
        )
        for title, indicators in definitions_for(db(), center).groups(period)
    ]


def _verdicts(center: str, year: Year) -> list[Judged]:
    return verdicts_of_year(log_db(), center, year.year)


def _whose(told: list[Judged]) -> str:
    """Whose verdicts are shown: an evaluator's own; to others the one asked for, or the last who judged."""
    if may(Right.EVALUATE, str((request.view_args or {})["center"])):
        return signed_in().login
    known = [one.login for one in told]
    asked = request.args.get("of", "")
    return asked if asked in known else (known[-1] if known else "")


def _recomputation(center: str, period: Period) -> Job | None:
    return newest(listed(db(), instance().home, center, period.first_day.year), "recomputation")


def _is_shown(one: Verified, chosen: str) -> bool:
    match chosen:
        case "open":
            return one.judged is None or one.outdated
        case "differs":
            return one.outcome in ("differs", "moved")
        case "rejected":
            return one.judged is not None and one.judged.verdict is not Verdict.ACCEPTED
        case _:
            return True


def _samples(center: str, year: Year, made: list[Job], whose: str) -> list[tuple[Job, int, int]]:
    """The newest samples, each with its rows seen and all its rows."""
    drawn = [job for job in made if job.kind == "sample" and job.state is State.DONE][:_SAMPLES]
    checks = row_checks_of_year(log_db(), center, year.year) if drawn else []
    return [(job, *progress(instance().home, job, checks, whose)) for job in drawn]


def _counts(every: list[Verified]) -> dict[str, int]:
    """How many of each outcome and each verdict."""
    found = {name: sum(1 for one in every if one.outcome == name) for name in ("same", "differs", "moved")}
    for verdict in Verdict:
        found[verdict.value] = sum(1 for one in every if one.judged and one.judged.verdict is verdict)
    return found


def _failed(made: list[Job]) -> Job | None:
    """The last of the room's own work, where it failed."""
    own = [job for job in made if job.kind in ("recomputation", "verdicts", "sample", "package")]
    return own[0] if own and own[0].problem else None


def _following(center: str, period: Period, key: str) -> str | None:
    """The next figure of the room."""
    indicators = [one for _, found in definitions_for(db(), center).groups(period) for one in found]
    there = {one.indicator for one in results.of_period(db(), center, period)}
    order = [one.key for one in indicators if one.key in there]
    place = order.index(key) + 1 if key in order else len(order)
    return order[place] if place < len(order) else None


def _periods(around: Frame) -> list[Link]:
    """The year, its quarters and its months, each as a room."""
    code, periods = around.center.center_id, reading_order(around.year.year)
    return [
        Link(
            short_name(one), url_for("review.room", center=code, period=one), one == around.period,
            one.first_day > around.today,
        )
        for one in periods
    ]  # fmt: skip


def _index(package: Job) -> list[dict[str, Any]]:
    path = package.path(instance().home)
    with zipfile.ZipFile(path) as bag:
        name = next(one for one in bag.namelist() if one.endswith(layout.EVIDENCE))
        text = bag.read(name).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))
