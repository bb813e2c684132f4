"""What people do to a month: each act is one signature, given by whoever is signed in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from kpi.closing.acts import (
    Outcome,
    approve_sources,
    complete_sources,
    return_sources,
    submit_sources,
)
from kpi.closing.corrections import approve_correction, propose_correction
from kpi.closing.exemptions import close_exemption, open_exemption, request_exemption, until
from kpi.closing.locking import lock_month, request_lock
from kpi.closing.states import ClosingProblem
from kpi.closing.status import listed
from kpi.figures.sources import SOURCES
from tracker.database import driver_of
from tracker.events.times import day_start
from tracker.periods import Month, Period
from tracker.signatures import SignatureProblem
from web.access import Action, Right, allowed, note, signed_in
from web.forms import Form
from web.instance import acting, now
from web.pages.closing.month import (
    ActForm,
    CorrectionForm,
    ExceptionForm,
    LockForm,
    forms_with,
    month_of,
    page,
    with_scopes,
)

pages = Blueprint("closing_acts", __name__, url_prefix="/<center:center>/<period:period>/closing")


Answer = str | Response | tuple[str, int]


@pages.post("/completion")
@allowed(Right.LOG)
def complete(center: str, period: Period) -> Answer:
    """报齐."""
    return _sources(center, period, "报齐", Action.SUBMITTED, complete_sources, "remark")


@pages.post("/submission")
@allowed(Right.SUBMIT)
def submit(center: str, period: Period) -> Answer:
    """提交; what was found must be explained."""
    return _sources(center, period, "提交", Action.SUBMITTED, submit_sources, "acknowledged")


@pages.post("/approval")
@allowed(Right.APPROVE)
def approve(center: str, period: Period) -> Answer:
    """审批."""
    return _sources(center, period, "审批", Action.APPROVED, approve_sources, "remark")


@pages.post("/return")
@allowed(Right.APPROVE)
def return_(center: str, period: Period) -> Answer:
    """退回."""
    return _sources(center, period, "退回", Action.APPROVED, return_sources, "reason")


@pages.post("/lock-request")
@allowed(Right.SUBMIT)
def ask_lock(center: str, period: Period) -> Answer:
    """提请锁定: the first signature."""
    form, when = LockForm(), month_of(period)

    def do(connection: sa.Connection, by: str) -> str:
        request_lock(connection, center, when, by=by, now=now(), remark=_text(form.remark))
        return f"已提请锁定{when.label}，请另一人（审批人）确认。"

    return _done(center, when, Action.SUBMITTED, "提请锁定", do, form, form.remark)


@pages.post("/lock")
@allowed(Right.APPROVE)
def lock(center: str, period: Period) -> Answer:
    """确认锁定: the second signature."""
    when = month_of(period)

    def do(connection: sa.Connection, by: str) -> str:
        seal = lock_month(connection, center, when, by=by, now=now())
        return f"{when.label}已锁定：{seal.sealed_by}提请，{seal.approved_by}确认。"

    return _done(center, when, Action.APPROVED, "锁定", do)


@pages.post("/exceptions")
@allowed(Right.SUBMIT)
def ask_exception(center: str, period: Period) -> Answer:
    """申请锁定例外."""
    form, when = with_scopes(ExceptionForm()), month_of(period)

    def do(connection: sa.Connection, by: str) -> str:
        found = request_exemption(
            connection, center, when, by=by, reason=str(form.reason.data or ""),
            expires_at=day_start(form.last_day.data + timedelta(days=1)), now=now(),
            source=form.of.data or None,
        )  # fmt: skip
        return f"已申请第{found.number}号锁定例外，请另一人（审批人）批准。"

    return _done(center, when, Action.SUBMITTED, "申请锁定例外", do, form, form.reason)


@pages.post("/exceptions/<int:number>/approval")
@allowed(Right.APPROVE)
def open_exception(center: str, period: Period, number: int) -> Answer:
    """批准锁定例外."""
    when = month_of(period)

    def do(connection: sa.Connection, by: str) -> str:
        found = open_exemption(connection, center, when, by=by, now=now(), number=number)
        return f"已批准第{number}号锁定例外，到{until(found.expires_at)}为止可以更正。"

    return _done(center, when, Action.APPROVED, "批准锁定例外", do)


@pages.post("/exceptions/<int:number>/refusal")
@allowed(Right.APPROVE)
def refuse_exception(center: str, period: Period, number: int) -> Answer:
    """不予批准, or ends one that runs."""
    return _close(center, period, number)


@pages.post("/exceptions/<int:number>/end")
@allowed(Right.SUBMIT)
def end_exception(center: str, period: Period, number: int) -> Answer:
    """提前关闭, or takes a request back."""
    return _close(center, period, number)


@pages.post("/corrections")
@allowed(Right.CORRECT)
def propose(center: str, period: Period) -> Answer:
    """提请更正."""
    form, when = CorrectionForm(), month_of(period)

    def do(connection: sa.Connection, by: str) -> str:
        proposal = propose_correction(
            connection, center, when, by=by, reason=str(form.why.data or ""), now=now()
        )
        return (
            f"已提请更正，{len(proposal.figures)} 个数字拟改为第{proposal.vintage}版，"
            "请另一人（审批人）批准。"
        )

    return _done(center, when, Action.CORRECTED, "提请更正", do, form, form.why)


@pages.post("/corrections/approval")
@allowed(Right.APPROVE)
def approve_proposal(center: str, period: Period) -> Answer:
    """批准更正: the month's next vintage."""
    when = month_of(period)

    def do(connection: sa.Connection, by: str) -> str:
        seal = approve_correction(connection, center, when, by=by, now=now())
        return f"{when.label}已更正为第{seal.vintage}版：{seal.sealed_by}提请，{seal.approved_by}批准。"

    return _done(center, when, Action.APPROVED, "批准更正", do)


def _sources(
    center: str, period: Period, title: str, action: Action, act: Callable[..., Outcome], said: str
) -> Answer:
    """Does an act to the sources ticked, or to all where none is."""
    form, when = ActForm(), month_of(period)

    def do(connection: sa.Connection, by: str) -> str:
        told: Any = str(form.said.data or "") if said == "reason" else _text(form.said)
        chosen = form.sources.data or None
        outcome = act(connection, center, when, chosen, by=by, now=now(), **{said: told})
        for key, refusal in outcome.refused.items():
            if chosen or not refusal.is_done:
                flash(f"{SOURCES[key].title}没有{title}：{refusal.text}。")
        return f"{title}已办：{listed([SOURCES[key].title for key in outcome.done])}。"

    return _done(center, when, action, title, do, form, form.said)


def _close(center: str, period: Period, number: int) -> Answer:
    when = month_of(period)

    def do(connection: sa.Connection, by: str) -> str:
        close_exemption(connection, center, when, by=by, now=now(), number=number)
        return f"第{number}号锁定例外已关闭。"

    return _done(center, when, Action.CORRECTED, "关闭锁定例外", do)


def _done(
    center: str,
    when: Month,
    action: Action,
    title: str,
    do: Callable[[sa.Connection, str], str],
    form: Form | None = None,
    beside: Any = None,
) -> Answer:
    """Does it in one transaction with its audit row. A refusal stands beside the field; all typed is kept."""
    if form is not None and not form.validate():
        return page(center, when, forms_with(form)), 422
    try:
        with acting() as connection:
            told = do(connection, signed_in().name)
            note(driver_of(connection), action, f"{center} {when}", details={"act": title})
    except (ClosingProblem, SignatureProblem) as problem:
        if form is None:
            return page(center, when, forms_with(), str(problem)), 422
        beside.errors = [*beside.errors, str(problem)]
        return page(center, when, forms_with(form)), 422
    flash(told)
    return redirect(url_for("closing.month", center=center, period=when))


def _text(field: Any) -> str | None:
    return str(field.data or "").strip() or None
