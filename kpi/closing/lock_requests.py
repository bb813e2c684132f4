"""Whether a request to lock a month still holds: it was made of the figures that would be locked now."""

from collections.abc import Iterable

import sqlalchemy as sa

from kpi.closing.as_known import read_known_figures
from kpi.closing.late import is_different
from kpi.closing.states import Closing, ClosingState, LockRequest, list_sealed_periods
from kpi.figures.figure_table import read_figures
from tracker.periods import Period


def holds_request(connection: sa.Connection, center: str, closing: Closing) -> bool:
    """Whether the newest request to lock a month holds; figures must be up to date.

    A request follows the submission of every source. One that follows the last approval holds as it is: what
    changes after an approval asks for another one. One that was made before, together with the submission,
    holds only while every figure of the month's seal says the same as when it was made, so that both people
    have signed the same figures. No statement where that is clear without comparing them.
    """
    request = closing.request
    if request is None or closing.sealed or not _is_of_submissions(closing, request):
        return False
    if all(_is_approved_before(closing, key, request) for key in closing.states):
        return True
    return not _have_figures_moved(connection, center, list_sealed_periods(closing.month), request)


def _is_of_submissions(closing: Closing, request: LockRequest) -> bool:
    """Whether every source was submitted before the request, and not returned since."""
    return all(
        one.submitted_seq is not None and one.submitted_seq < request.event_seq
        for one in closing.states.values()
    )


def _is_approved_before(closing: Closing, source: str, request: LockRequest) -> bool:
    state = closing.states[source]
    approved = state.approved_seq if state.state is ClosingState.APPROVED else None
    return approved is not None and approved < request.event_seq


def _have_figures_moved(
    connection: sa.Connection, center: str, periods: Iterable[Period], request: LockRequest
) -> bool:
    wanted = list(periods)
    known = read_known_figures(connection, center, wanted, request.event_seq - 1)
    now = {(one.indicator, one.period): one for one in read_figures(connection, center, wanted)}
    return known.keys() != now.keys() or any(is_different(known[key], now[key]) for key in now)
