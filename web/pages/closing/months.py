"""Months decided at once, or one of them: what each comes to, one press, and each month an act of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from kpi.closing.acts import complete_sources, parse_seen
from kpi.closing.states import ClosingProblem
from kpi.closing.whole_months import approve_month, submit_month
from kpi.figures import results
from kpi.figures.day_runs import name_months
from kpi.figures.sources import Rhythm
from tracker.database import get_driver
from tracker.periods import Month, PeriodProblem, Year, parse_period
from tracker.signatures import SignatureProblem
from web.access import Action, Right, allowed, get_person, note
from web.breadcrumbs import Crumb
from web.instance import get_now, open_transaction
from web.pages.closing.month import LONGEST, to_board
from web.pages.closing.summary import MonthSummary, read_summaries
from web.pages.closing.words import KINDS
from web.pages.frame import make_frame

pages = Blueprint("closing_months", __name__, url_prefix="/<center:center>/<year:year>/closing/months")

PageResponse = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Decision:
    """What is done with months, and in which words."""

    kind: str  # approve | submit | complete
    title: str
    action: Action
    do: Callable[[sa.Connection, str, Month, str], str]


@dataclass(frozen=True)
class Typed:
    """What was sent with the form, by month, and what was refused."""

    explanations: dict[Month, str] = field(default_factory=dict)
    lock: bool = True
    problems: dict[Month, str] = field(default_factory=dict)


@pages.get("")
@allowed(Right.SEE_FIGURES)
def chosen(center: str, year: Year) -> PageResponse:
    """The key figures of the chosen months side by side, what is in doubt in each, and what she may do."""
    months = _read_months(request.args, year)
    if not months:
        flash("请先勾选要办理的月份。")
        return redirect(url_for("closing_board.year", center=center, year=year, _anchor="next"))
    return _render(center, year, months, Typed())


@pages.post("/approval")
@allowed(Right.APPROVE)
def approve(center: str, year: Year) -> PageResponse:
    """批准 each month, and 锁定 where that was requested."""
    return _decide(center, year, Decision("approve", "批准", Action.APPROVED, _approve))


@pages.post("/submission")
@allowed(Right.SUBMIT)
def submit(center: str, year: Year) -> PageResponse:
    """报齐 and 提交 each month, and 申请锁定 of it."""
    return _decide(center, year, Decision("submit", "提交", Action.SUBMITTED, _submit))


@pages.post("/completion")
@allowed(Right.LOG)
def complete(center: str, year: Year) -> PageResponse:
    """报齐 each month."""
    return _decide(center, year, Decision("complete", "报齐", Action.SUBMITTED, _complete))


def _decide(center: str, year: Year, decision: Decision) -> PageResponse:
    """Each month in a transaction of its own, the earliest first; one that cannot be is left out whole."""
    months = _read_months(request.form, year)
    if not months:
        abort(404, "没有选择月份：请从月度审核页勾选月份。")
    done: dict[str, list[Month]] = {}
    typed = Typed({one: request.form.get(f"said-{one}", "") for one in months}, "lock" in request.form)
    for month in months:
        try:
            _check_length(typed.explanations[month])
            with open_transaction() as connection:
                words = decision.do(connection, center, month, get_person().signature)
                note(
                    get_driver(connection),
                    decision.action,
                    f"{center} {month}",
                    details={"act": decision.title},
                )
            done.setdefault(words, []).append(month)
        except (ClosingProblem, SignatureProblem) as problem:
            typed.problems[month] = str(problem)
    for words, of in done.items():
        flash(f"{year.label}{name_months([one.first_day for one in of])}{words}")
    if typed.problems:
        _bring_up_to_date(center)
        return _render(center, year, list(typed.problems), typed, decision), 422
    if len(months) == 1:
        return redirect(url_for("closing.month", center=center, period=months[0]))
    return redirect(url_for("closing_board.year", center=center, year=year))


def _approve(connection: sa.Connection, center: str, month: Month, by: str) -> str:
    seen = parse_seen(request.form.get(f"seen-{month}", ""))
    done = approve_month(connection, center, month, by=by, now=get_now(), seen=seen)
    if done.seal is not None:
        approved = "已批准并锁定" if done.approved else "已锁定"
        return f"{approved}：{done.seal.sealed_by}申请，{done.seal.approved_by}批准。"
    return f"已批准，尚未锁定：{done.not_locked}。"


def _submit(connection: sa.Connection, center: str, month: Month, by: str) -> str:
    done = submit_month(
        connection, center, month, by=by, now=get_now(),
        seen=parse_seen(request.form.get(f"seen-{month}", "")),
        acknowledged=request.form.get(f"said-{month}"),
        lock="lock" in request.form,
    )  # fmt: skip
    parts = [
        *(["报齐"] if done.completed else ()),
        *(["提交"] if done.submitted else ()),
        *(["申请锁定"] if done.lock_requested else ()),
    ]
    return f"已{'、'.join(parts)}，请另一名审批人批准。"


def _complete(connection: sa.Connection, center: str, month: Month, by: str) -> str:
    complete_sources(connection, center, month, None, by=by, now=get_now())
    return "已报齐，请业务主管提交。"


def _check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise ClosingProblem(f"说明不能超过 {LONGEST} 个字。")


def _bring_up_to_date(center: str) -> None:
    """So that what is shown after a refusal is what would be decided on."""
    with open_transaction() as connection:
        results.bring_up_to_date(connection, center, get_now())


def _render(
    center: str, year: Year, months: Sequence[Month], typed: Typed, decision: Decision | None = None
) -> str:
    summaries = read_summaries(center, months)
    return render_template(
        "closing/months.html",
        frame=make_frame(center, year),
        summaries=summaries,
        groups=_group_by_offer(summaries),
        idle=[one for one in summaries if not one.offers],
        typed=typed,
        decision=decision,
        kinds=KINDS,
        daily=(Rhythm.DAILY, Rhythm.HOURLY),
        trail=[*to_board(center, months[0]), Crumb("所选月份")],
    )


def _group_by_offer(summaries: Sequence[MonthSummary]) -> list[tuple[str, list[MonthSummary]]]:
    """Kind of act → the months to which it can be done; a month is in one group only."""
    groups: dict[str, list[MonthSummary]] = {}
    for one in summaries:
        if one.offers:
            groups.setdefault(one.offers[0].kind, []).append(one)
    return list(groups.items())


def _read_months(values: MultiDict[str, str], year: Year) -> list[Month]:
    """The months of the year that were chosen, in order; whatever else was sent is left out."""
    found = set()
    for text in values.getlist("month"):
        try:
            month = parse_period(text)
        except PeriodProblem:
            continue
        if isinstance(month, Month) and month.year == year.year:
            found.add(month)
    return sorted(found)
