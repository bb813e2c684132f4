"""口径变更申请: what one person proposed to count otherwise, for a second one to adopt or to reject."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kpi.figures import catalogue, results
from kpi.figures.definitions.adopting import check_change, check_month
from kpi.figures.definitions.differences import list_differences
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.in_force import Definitions, read_definitions
from kpi.figures.definitions.proposing import (
    LONGEST,
    DefinitionProposal,
    adopt_proposal,
    find_proposal,
    read_proposals,
    reject_proposal,
    withdraw_proposal,
)
from kpi.figures.indicators import Indicator
from tracker.database import get_driver
from tracker.events.definitions import DECISIONS
from tracker.periods import Month, PeriodProblem
from tracker.signatures import SignatureProblem
from web.access import Action, Right, allowed, get_person, may, note
from web.breadcrumbs import Crumb
from web.forms import PageForm, TextAreaField, limit_length, require
from web.instance import get_connection, get_now, open_transaction
from web.pages.foreseen import find_year_with_data, foresee_changes
from web.pages.frame import make_frame
from web.pages.indicator import find_indicator
from web.uploads import UploadProblem

pages = Blueprint("proposals", __name__, url_prefix="/<center:center>/definitions")

PROBLEMS = (DefinitionProblem, SignatureProblem, PeriodProblem, UploadProblem)

PageResponse = str | Response | tuple[str, int]


class RejectionForm(PageForm):
    """Why a proposal is not adopted."""

    reason = TextAreaField("驳回理由", [require("驳回理由"), limit_length(LONGEST)], render_kw={"rows": 2})


@pages.get("/proposals")
@allowed(Right.SEE_FIGURES)
def listed(center: str) -> str:
    """All proposals of a centre, those that wait first."""
    found = read_proposals(get_connection(), center)
    return render_template(
        "proposals/list.html",
        frame=make_frame(center),
        proposals=sorted(found, key=lambda one: not one.open),
        decisions=DECISIONS,
        trail=[to_index(center), Crumb("口径变更申请")],
    )


@pages.get("/<key>/proposals/<int:number>")
@allowed(Right.SEE_FIGURES)
def show(center: str, key: str, number: int) -> PageResponse:
    """One proposal: who asks for it and why, what it changes as of today, what became of it."""
    return _show(center, _get_proposal(center, key, number), RejectionForm(formdata=None))


@pages.post("/<key>/proposals/<int:number>/approval")
@allowed(Right.APPROVE)
def approve(center: str, key: str, number: int) -> PageResponse:
    """采用: the second person agrees; the figures are computed anew."""

    def do(connection: sa.Connection) -> tuple[DefinitionProposal, str]:
        made = adopt_proposal(connection, center, key, number, by=get_person().signature, now=get_now())
        results.bring_up_to_date(connection, center, get_now())
        return made, f"已启用第{made.version}版口径，自{made.effective_from.label}起执行，数字已重算。"

    return _decide(center, key, number, "批准启用", do)


@pages.post("/<key>/proposals/<int:number>/rejection")
@allowed(Right.APPROVE)
def reject(center: str, key: str, number: int) -> PageResponse:
    """驳回, with a reason."""
    rejection = RejectionForm()
    if not rejection.validate():
        return _show(center, _get_proposal(center, key, number), rejection), 422

    def do(connection: sa.Connection) -> tuple[DefinitionProposal, str]:
        made = reject_proposal(
            connection,
            center,
            key,
            number,
            by=get_person().signature,
            reason=rejection.reason.data or "",
            now=get_now(),
        )
        return made, "已驳回，口径不变。"

    return _decide(center, key, number, "驳回", do, rejection)


@pages.post("/<key>/proposals/<int:number>/withdrawal")
@allowed(Right.SUBMIT)
def withdraw(center: str, key: str, number: int) -> PageResponse:
    """撤回, by whoever proposed it."""

    def do(connection: sa.Connection) -> tuple[DefinitionProposal, str]:
        made = withdraw_proposal(connection, center, key, number, by=get_person().signature, now=get_now())
        return made, "已撤回，口径不变。"

    return _decide(center, key, number, "撤回", do)


def _decide(
    center: str,
    key: str,
    number: int,
    act: str,
    do: Callable[[sa.Connection], tuple[DefinitionProposal, str]],
    rejection: RejectionForm | None = None,
) -> PageResponse:
    """Does it in one transaction with its audit row; what is refused is said on the proposal's page."""
    proposal = _get_proposal(center, key, number)
    try:
        check_year(Right.SUBMIT if act == "撤回" else Right.APPROVE, center, proposal.effective_from)
        with open_transaction() as connection:
            made, message = do(connection)
            note_act(connection, center, made, act)
    except PROBLEMS as problem:
        refused = rejection or RejectionForm(formdata=None)
        return _show(center, proposal, refused, str(problem)), 422
    flash(message)
    return redirect(make_address(center, made))


def _show(center: str, proposal: DefinitionProposal, rejection: RejectionForm, refused: str = "") -> str:
    definitions, year = read_definitions(get_connection(), center), find_year_with_data(center)
    current = definitions.find_in_force(proposal.indicator.key, Month.of(get_now()))
    return render_template(
        "proposals/show.html",
        frame=make_frame(center),
        one=proposal,
        indicator=current,
        decisions=DECISIONS,
        own=proposal.is_of(get_person().signature),
        form=rejection,
        refused=refused,
        hindered=_explain_hindrance(center, proposal, definitions),
        formula=catalogue.format_formula(proposal.indicator),
        differences=list_differences(current, proposal.indicator) if proposal.open else [],
        year=year,
        found=foresee_changes(center, current, proposal.indicator, year, definitions)
        if proposal.open
        else [],
        trail=[
            to_index(center),
            Crumb("口径变更申请", url_for("proposals.listed", center=center)),
            Crumb(f"{current.title}第{proposal.number}次申请"),
        ],
    )


def _explain_hindrance(center: str, proposal: DefinitionProposal, definitions: Definitions) -> str:
    """Why an open proposal cannot be adopted as things stand; empty where it can."""
    if not proposal.open:
        return ""
    try:
        check_change(definitions, proposal.indicator, proposal.effective_from)
        check_month(get_connection(), center, proposal.effective_from)
    except DefinitionProblem as problem:
        return str(problem)
    return ""


def _get_proposal(center: str, key: str, number: int) -> DefinitionProposal:
    find_indicator(key)
    try:
        return find_proposal(get_connection(), center, key, number)
    except DefinitionProblem as problem:
        abort(404, str(problem))


def get_definition_in_force(center: str, key: str) -> Indicator:
    """The definition of this month; answers 404 for no indicator."""
    find_indicator(key)
    return read_definitions(get_connection(), center).find_in_force(key, Month.of(get_now()))


def check_year(right: Right, center: str, month: Month) -> None:
    """Raises: DefinitionProblem where the person's right does not reach the year."""
    if not may(right, center, month.year):
        raise DefinitionProblem(f"您没有{month.year}年的“{right.value}”权限，不能办理自该年执行的口径。")


def note_act(connection: sa.Connection, center: str, proposal: DefinitionProposal, act: str) -> None:
    about = f"{center} {proposal.indicator.key}"
    details: dict[str, Any] = {"act": act, "proposal": proposal.number, "from": str(proposal.effective_from)}
    note(get_driver(connection), Action.DEFINITION_CHANGED, about, details=details)


def make_address(center: str, proposal: DefinitionProposal) -> str:
    return url_for("proposals.show", center=center, key=proposal.indicator.key, number=proposal.number)


def to_index(center: str) -> Crumb:
    return Crumb("指标口径", url_for("definitions.index", center=center))
