"""Whose turn it is with a month: the one step that comes next on its way to the lock, or after it."""

from datetime import datetime
from enum import Enum, auto

from kpi.closing.board import BoardMonth
from kpi.closing.states import Closing, ClosingState


class NextStep(Enum):
    """What is to be done with a month, in the order in which it is done."""

    COMPLETE = auto()  # some sources are not said to be complete
    SUBMIT = auto()
    APPROVE = auto()
    APPROVE_AGAIN = auto()  # something changed after the approval
    ASK_FOR_LOCK = auto()
    LOCK = auto()  # a second person confirms
    APPROVE_EXEMPTION = auto()
    CORRECT = auto()  # a lock exception is open
    APPROVE_CORRECTION = auto()


def find_next_step(month: BoardMonth, now: datetime) -> NextStep | None:
    """The step that comes next; None where the month has not ended, or is locked and rests."""
    if month.closing.sealed:
        return _find_step_after_lock(month.closing, now)
    if not month.ended:
        return None
    if month.changed:
        return NextStep.APPROVE_AGAIN
    by_state = (
        (ClosingState.OPEN, NextStep.COMPLETE),
        (ClosingState.COMPLETED, NextStep.SUBMIT),
        (ClosingState.SUBMITTED, NextStep.APPROVE),
    )
    for state, step in by_state:
        if month.sources(state):
            return step
    return NextStep.LOCK if month.request_holds else NextStep.ASK_FOR_LOCK


def _find_step_after_lock(closing: Closing, now: datetime) -> NextStep | None:
    if closing.find_open_exemption(now) is not None:
        return NextStep.CORRECT if closing.proposal is None else NextStep.APPROVE_CORRECTION
    waiting = any(one.is_pending(now) for one in closing.exemptions)
    return NextStep.APPROVE_EXEMPTION if waiting else None
