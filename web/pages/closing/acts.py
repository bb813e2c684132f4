"""What people do to a month: each act is one signature, given by whoever is signed in."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from kpi.closing.acts import (
    ActResult,
    approve_sources,
    complete_sources,
    parse_seen,
    return_sources,
    submit_sources,
)
from kpi.closing.corrections import approve_correction, propose_correction
from kpi.closing.exemptions import close_exemption, format_expiry, open_exemption, request_exemption
from kpi.closing.locking import lock_month, request_lock
from kpi.closing.states import NOTHING_SEEN, ClosingProblem
from kpi.closing.status import join_titles
from kpi.figures.sources import SOURCES
from tracker.database import get_driver
from tracker.events.times import get_day_start
from tracker.periods import Month, Period
from tracker.signatures import SignatureProblem
from web.access import Action, Right, allowed, get_person, note
from web.forms import PageForm
from web.instance import get_now, open_transaction
from web.pages.closing.month import (
    ActForm,
    CorrectionForm,
    ExceptionForm,
    LockForm,
    add_scopes,
    get_month,
    make_forms,
    render_page,
)

pages = Blueprint("closing_acts", __name__, url_prefix="/<center:center>/<period:period>/closing")


PageResponse = str | Response | tuple[str, int]


@pages.post("/completion")
@allowed(Right.LOG)
def complete(center: str, period: Period) -> PageResponse:
    """报齐."""
    return _act_on_sources(center, period, "报齐", Action.SUBMITTED, complete_sources, "remark")


@pages.post("/submission")
@allowed(Right.SUBMIT)
def submit(center: str, period: Period) -> PageResponse:
    """提交; what was found must be explained."""
    return _act_on_sources(center, period, "提交", Action.SUBMITTED, submit_sources, "acknowledged")


@pages.post("/approval")
@allowed(Right.APPROVE)
def approve(center: str, period: Period) -> PageResponse:
    """审批."""
    act = partial(approve_sources, seen=parse_seen(request.form.get("seen", "")))
    return _act_on_sources(center, period, "审批", Action.APPROVED, act, "remark")


@pages.post("/return")
@allowed(Right.APPROVE)
def return_(center: str, period: Period) -> PageResponse:
    """退回."""
    return _act_on_sources(center, period, "退回", Action.APPROVED, return_sources, "reason")


@pages.post("/lock-request")
@allowed(Right.SUBMIT)
def ask_lock(center: str, period: Period) -> PageResponse:
    """申请锁定: the first signature."""
    form, when = LockForm(), get_month(period)

    def do(connection: sa.Connection, by: str) -> str:
        request_lock(connection, center, when, by=by, now=get_now(), remark=_read_text(form.remark))
        return f"已申请锁定{when.label}，请另一名审批人批准。"

    return _perform(center, when, Action.SUBMITTED, "申请锁定", do, form, form.remark)


@pages.post("/lock")
@allowed(Right.APPROVE)
def lock(center: str, period: Period) -> PageResponse:
    """批准锁定: the second signature."""
    when = get_month(period)

    def do(connection: sa.Connection, by: str) -> str:
        seal = lock_month(connection, center, when, by=by, now=get_now(), seen=_read_seen())
        return f"{when.label}已锁定：{seal.sealed_by}申请，{seal.approved_by}批准。"

    return _perform(center, when, Action.APPROVED, "锁定", do)


@pages.post("/exceptions")
@allowed(Right.SUBMIT)
def ask_exception(center: str, period: Period) -> PageResponse:
    """申请限期解锁."""
    form, when = add_scopes(ExceptionForm()), get_month(period)

    def do(connection: sa.Connection, by: str) -> str:
        found = request_exemption(
            connection, center, when, by=by, reason=str(form.reason.data or ""),
            expires_at=get_day_start(form.last_day.data + timedelta(days=1)), now=get_now(),
            source=form.of.data or None,
        )  # fmt: skip
        return f"已提交第{found.number}次限期解锁申请，请另一名审批人批准。"

    return _perform(center, when, Action.SUBMITTED, "申请限期解锁", do, form, form.reason)


@pages.post("/exceptions/<int:number>/approval")
@allowed(Right.APPROVE)
def open_exception(center: str, period: Period, number: int) -> PageResponse:
    """批准解锁."""
    when = get_month(period)

    def do(connection: sa.Connection, by: str) -> str:
        found = open_exemption(connection, center, when, by=by, now=get_now(), number=number)
        return f"已批准第{number}次限期解锁，到{format_expiry(found.expires_at)}止可以更正。"

    return _perform(center, when, Action.APPROVED, "批准解锁", do)


@pages.post("/exceptions/<int:number>/refusal")
@allowed(Right.APPROVE)
def refuse_exception(center: str, period: Period, number: int) -> PageResponse:
    """不予批准, or ends one that runs."""
    return _close(center, period, number)


@pages.post("/exceptions/<int:number>/end")
@allowed(Right.SUBMIT)
def end_exception(center: str, period: Period, number: int) -> PageResponse:
    """提前关闭, or takes a request back."""
    return _close(center, period, number)


@pages.post("/corrections")
@allowed(Right.CORRECT)
def propose(center: str, period: Period) -> PageResponse:
    """申请更正."""
    form, when = CorrectionForm(), get_month(period)

    def do(connection: sa.Connection, by: str) -> str:
        proposal = propose_correction(
            connection, center, when, by=by, reason=str(form.why.data or ""), now=get_now(),
            seen=request.form.get("seen", type=int),
        )  # fmt: skip
        return (
            f"已申请更正，{len(proposal.figures)} 项数字拟更正为第{proposal.vintage}版，请另一名审批人批准。"
        )

    return _perform(center, when, Action.CORRECTED, "申请更正", do, form, form.why)


@pages.post("/corrections/approval")
@allowed(Right.APPROVE)
def approve_proposal(center: str, period: Period) -> PageResponse:
    """批准更正: the month's next vintage."""
    when = get_month(period)

    def do(connection: sa.Connection, by: str) -> str:
        seal = approve_correction(connection, center, when, by=by, now=get_now(), seen=_read_seen())
        return f"{when.label}已更正为第{seal.vintage}版：{seal.sealed_by}申请，{seal.approved_by}批准。"

    return _perform(center, when, Action.APPROVED, "批准更正", do)


def _act_on_sources(
    center: str, period: Period, title: str, action: Action, act: Callable[..., ActResult], field: str
) -> PageResponse:
    """Does an act to the sources ticked, or to all where none is."""
    form, when = ActForm(), get_month(period)

    def do(connection: sa.Connection, by: str) -> str:
        statement: Any = str(form.said.data or "") if field == "reason" else _read_text(form.said)
        chosen = form.sources.data or None
        outcome = act(connection, center, when, chosen, by=by, now=get_now(), **{field: statement})
        for key, refusal in outcome.refused.items():
            if chosen or not refusal.is_done:
                flash(f"{SOURCES[key].title}没有{title}：{refusal.text}。")
        return f"{title}已办：{join_titles([SOURCES[key].title for key in outcome.done])}。"

    return _perform(center, when, action, title, do, form, form.said)


def _close(center: str, period: Period, number: int) -> PageResponse:
    when = get_month(period)

    def do(connection: sa.Connection, by: str) -> str:
        close_exemption(connection, center, when, by=by, now=get_now(), number=number)
        return f"第{number}次限期解锁已结束。"

    return _perform(center, when, Action.CORRECTED, "结束限期解锁", do)


def _perform(
    center: str,
    when: Month,
    action: Action,
    title: str,
    do: Callable[[sa.Connection, str], str],
    form: PageForm | None = None,
    beside: Any = None,
) -> PageResponse:
    """Does it in one transaction with its audit row. A refusal stands beside the field; all typed is kept."""
    if form is not None and not form.validate():
        return render_page(center, when, make_forms(form)), 422
    try:
        with open_transaction() as connection:
            message = do(connection, get_person().signature)
            note(get_driver(connection), action, f"{center} {when}", details={"act": title})
    except (ClosingProblem, SignatureProblem) as problem:
        if form is None:
            return render_page(center, when, make_forms(), str(problem)), 422
        beside.errors = [*beside.errors, str(problem)]
        return render_page(center, when, make_forms(form)), 422
    flash(message)
    return redirect(url_for("closing.month", center=center, period=when))


def _read_seen() -> int:
    """The number of the event that the page showed to whoever confirms it."""
    return request.form.get("seen", NOTHING_SEEN, type=int)


def _read_text(field: Any) -> str | None:
    return str(field.data or "").strip() or None
