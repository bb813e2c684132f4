"""Whose turn it is with a month, as far as the person who is signed in is concerned."""

from datetime import datetime

from kpi.closing.board import BoardMonth
from kpi.closing.states import ClosingState
from kpi.closing.turns import NextStep, find_next_step
from web.access import Right, get_person, may

RIGHTS: dict[NextStep, Right] = {
    NextStep.COMPLETE: Right.LOG,
    NextStep.SUBMIT: Right.SUBMIT,
    NextStep.APPROVE: Right.APPROVE,
    NextStep.APPROVE_AGAIN: Right.APPROVE,
    NextStep.ASK_FOR_LOCK: Right.SUBMIT,
    NextStep.LOCK: Right.APPROVE,
    NextStep.APPROVE_EXEMPTION: Right.APPROVE,
    NextStep.CORRECT: Right.SUBMIT,
    NextStep.APPROVE_CORRECTION: Right.APPROVE,
}
BEFORE_LOCK = frozenset(  # steps that several months may take at once
    {
        NextStep.COMPLETE,
        NextStep.SUBMIT,
        NextStep.APPROVE,
        NextStep.APPROVE_AGAIN,
        NextStep.ASK_FOR_LOCK,
        NextStep.LOCK,
    }
)


def find_turn(center: str, month: BoardMonth, now: datetime) -> NextStep | None:
    """The next step of a month where it is hers: she has the right, and did not ask for it herself."""
    step = find_next_step(month, now)
    if step is None or not may(RIGHTS[step], center, month.month.year) or _is_own(month, step, now):
        return None
    return step


def _is_own(month: BoardMonth, step: NextStep, now: datetime) -> bool:
    """Whether she asked for all of it herself, so that another one must decide."""
    closing, asked_by = month.closing, set()
    if step is NextStep.APPROVE:
        asked_by = {closing.states[key].submitted_by for key in month.sources(ClosingState.SUBMITTED)}
    elif step is NextStep.LOCK and closing.request is not None:
        asked_by = {closing.request.requested_by}
    elif step is NextStep.APPROVE_EXEMPTION:
        asked_by = {one.requested_by for one in closing.exemptions if one.is_pending(now)}
    elif step is NextStep.APPROVE_CORRECTION and closing.proposal is not None:
        asked_by = {closing.proposal.proposed_by}
    return asked_by == {get_person().signature}
