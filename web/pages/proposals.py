"""口径提案: what one person proposed to count otherwise, for a second one to adopt or to reject."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kpi.figures import catalogue, results
from kpi.figures.definitions.adopting import check_change, check_month
from kpi.figures.definitions.differences import differences
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.in_force import Definitions, definitions_for
from kpi.figures.definitions.proposing import (
    LONGEST,
    Proposal,
    adopt_proposal,
    find_proposal,
    read_proposals,
    reject_proposal,
    withdraw_proposal,
)
from kpi.figures.indicators import Indicator
from tracker.database import driver_of
from tracker.events.definitions import DECISIONS
from tracker.periods import Month, PeriodProblem
from tracker.signatures import SignatureProblem
from web.access import Action, Right, allowed, may, note, signed_in
from web.breadcrumbs import Step
from web.forms import Form, TextAreaField, at_most, required
from web.instance import acting, db, now
from web.pages.foreseen import foreseen, year_with_data
from web.pages.frame import frame
from web.pages.indicator import find
from web.uploads import UploadProblem

pages = Blueprint("proposals", __name__, url_prefix="/<center:center>/definitions")

PROBLEMS = (DefinitionProblem, SignatureProblem, PeriodProblem, UploadProblem)

Answer = str | Response | tuple[str, int]


class RejectionForm(Form):
    """Why a proposal is not adopted."""

    reason = TextAreaField("驳回理由", [required("驳回理由"), at_most(LONGEST)], render_kw={"rows": 2})


@pages.get("/proposals")
@allowed(Right.SEE_FIGURES)
def listed(center: str) -> str:
    """All proposals of a centre, those that wait first."""
    found = read_proposals(db(), center)
    return render_template(
        "proposals/list.html",
        frame=frame(center),
        proposals=sorted(found, key=lambda one: not one.open),
        decisions=DECISIONS,
        trail=[to_index(center), Step("口径提案")],
    )


@pages.get("/<key>/proposals/<int:number>")
@allowed(Right.SEE_FIGURES)
def show(center: str, key: str, number: int) -> Answer:
    """One proposal: who asks for it and why, what it changes as of today, what became of it."""
    return _show(center, _found(center, key, number), RejectionForm(formdata=None))


@pages.post("/<key>/proposals/<int:number>/approval")
@allowed(Right.APPROVE)
def approve(center: str, key: str, number: int) -> Answer:
    """采用: the second person agrees; the figures are computed anew."""

    def do(connection: sa.Connection) -> tuple[Proposal, str]:
        made = adopt_proposal(connection, center, key, number, by=signed_in().name, now=now())
        results.bring_up_to_date(connection, center, now())
        return made, f"已采用为第{made.version}版口径，自{made.effective_from.label}起施行，数字已重算。"

    return _decide(center, key, number, "批准采用", do)


@pages.post("/<key>/proposals/<int:number>/rejection")
@allowed(Right.APPROVE)
def reject(center: str, key: str, number: int) -> Answer:
    """驳回, with a reason."""
    asked = RejectionForm()
    if not asked.validate():
        return _show(center, _found(center, key, number), asked), 422

    def do(connection: sa.Connection) -> tuple[Proposal, str]:
        made = reject_proposal(
            connection, center, key, number, by=signed_in().name, reason=asked.reason.data or "", now=now()
        )
        return made, "已驳回，口径不变。"

    return _decide(center, key, number, "驳回", do, asked)


@pages.post("/<key>/proposals/<int:number>/withdrawal")
@allowed(Right.SUBMIT)
def withdraw(center: str, key: str, number: int) -> Answer:
    """撤回, by whoever proposed it."""

    def do(connection: sa.Connection) -> tuple[Proposal, str]:
        made = withdraw_proposal(connection, center, key, number, by=signed_in().name, now=now())
        return made, "已撤回，口径不变。"

    return _decide(center, key, number, "撤回", do)


def _decide(
    center: str,
    key: str,
    number: int,
    act: str,
    do: Callable[[sa.Connection], tuple[Proposal, str]],
    asked: RejectionForm | None = None,
) -> Answer:
    """Does it in one transaction with its audit row; what is refused is said on the proposal's page."""
    proposal = _found(center, key, number)
    try:
        check_year(Right.SUBMIT if act == "撤回" else Right.APPROVE, center, proposal.effective_from)
        with acting() as connection:
            made, told = do(connection)
            note_act(connection, center, made, act)
    except PROBLEMS as problem:
        refused = asked or RejectionForm(formdata=None)
        return _show(center, proposal, refused, str(problem)), 422
    flash(told)
    return redirect(address_of(center, made))


def _show(center: str, proposal: Proposal, asked: RejectionForm, refused: str = "") -> str:
    known, year = definitions_for(db(), center), year_with_data(center)
    current = known.in_force(proposal.indicator.key, Month.of(now()))
    return render_template(
        "proposals/show.html",
        frame=frame(center),
        one=proposal,
        indicator=current,
        decisions=DECISIONS,
        own=proposal.is_of(signed_in().name),
        form=asked,
        refused=refused,
        hindered=_hindered(center, proposal, known),
        formula=catalogue.formula(proposal.indicator),
        differences=differences(current, proposal.indicator) if proposal.open else [],
        year=year,
        found=foreseen(center, current, proposal.indicator, year, known) if proposal.open else [],
        trail=[
            to_index(center),
            Step("口径提案", url_for("proposals.listed", center=center)),
            Step(f"{current.title}第{proposal.number}号"),
        ],
    )


def _hindered(center: str, proposal: Proposal, known: Definitions) -> str:
    """Why an open proposal cannot be adopted as things stand; empty where it can."""
    if not proposal.open:
        return ""
    try:
        check_change(known, proposal.indicator, proposal.effective_from)
        check_month(db(), center, proposal.effective_from)
    except DefinitionProblem as problem:
        return str(problem)
    return ""


def _found(center: str, key: str, number: int) -> Proposal:
    find(key)
    try:
        return find_proposal(db(), center, key, number)
    except DefinitionProblem as problem:
        abort(404, str(problem))


def in_force(center: str, key: str) -> Indicator:
    """The definition of this month; answers 404 for no indicator."""
    find(key)
    return definitions_for(db(), center).in_force(key, Month.of(now()))


def check_year(right: Right, center: str, month: Month) -> None:
    """Raises: DefinitionProblem where the person's right does not reach the year."""
    if not may(right, center, month.year):
        raise DefinitionProblem(f"您没有{month.year}年的“{right.value}”权限，不能办理自该年施行的口径。")


def note_act(connection: sa.Connection, center: str, proposal: Proposal, act: str) -> None:
    about = f"{center} {proposal.indicator.key}"
    details: dict[str, Any] = {"act": act, "proposal": proposal.number, "from": str(proposal.effective_from)}
    note(driver_of(connection), Action.DEFINITION_CHANGED, about, details=details)


def address_of(center: str, proposal: Proposal) -> str:
    return url_for("proposals.show", center=center, key=proposal.indicator.key, number=proposal.number)


def to_index(center: str) -> Step:
    return Step("指标口径", url_for("definitions.index", center=center))
