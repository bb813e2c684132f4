"""更正: a new vintage of a locked month, proposed by one person and approved by another.

Only while a lock exception is open, and only of figures that it extends to.
"""

from datetime import datetime

import sqlalchemy as sa

from kpi.closing.acts import append_acts
from kpi.closing.late import LateRegister, RestatedFigure, read_late_register
from kpi.closing.locking import append_seal, as_sealed_with_code
from kpi.closing.states import (
    ClosingProblem,
    CorrectionProposal,
    Exemption,
    MonthSeal,
    check_seen,
    read_closing,
)
from kpi.figures import results
from kpi.figures.codes import as_sealed
from kpi.figures.indicators import INDICATORS
from tracker.events import Json
from tracker.events.closing import CorrectionProposed
from tracker.periods import Month
from tracker.signatures import clean_signature, is_same_person


def propose_correction(
    connection: sa.Connection,
    center: str,
    month: Month,
    *,
    by: str,
    reason: str,
    now: datetime,
    seen: int | None = None,
) -> CorrectionProposal:
    """申请更正: the figures that would change, before and after, and the events that cause it.

    One proposal waits at a time. A later one takes its place only where whoever makes it has `seen` it (the
    number of its event), or where it can no longer be approved. Raises: ClosingProblem.
    """
    name = clean_signature(by, "申请更正")
    if not reason.strip():
        raise ClosingProblem("更正必须写明理由。")
    register, exemption = _require_exemption(connection, center, month, now)
    if (waiting := _find_waiting(register, exemption)) and waiting.event_seq != seen:
        raise ClosingProblem(
            f"{waiting.proposed_by}已申请更正{month.label}（第{waiting.event_seq}号记录），待另一人批准；"
            f"理由：{waiting.reason}。如需替换，请刷新页面核对后重新申请。"
        )
    changing = select_permitted(register, exemption)
    if not changing:
        raise ClosingProblem(_explain_nothing_to_correct(register, exemption))
    vintage = register.closing.last_seal.vintage + 1
    proposed = CorrectionProposed(
        month=str(month),
        number=register.closing.proposals + 1,
        vintage=vintage,
        reason=reason.strip(),
        proposed_by=name,
        proposed_at=now,
        exception=exemption.subject,
        figures=[dict(as_sealed_with_code(one.after, vintage)) for one in changing],
        replaced=[_seal_before(one) for one in changing],
        caused_by=register.list_causes(exemption.of),
    )
    append_acts(connection, center, [proposed], now)
    proposal = read_closing(connection, center, month).proposal
    assert proposal is not None
    return proposal


def approve_correction(
    connection: sa.Connection, center: str, month: Month, *, by: str, now: datetime, seen: int | None = None
) -> MonthSeal:
    """批准更正, by another person, if it still says what was proposed: the month's next vintage.

    `seen` is the event number of the proposal that the person was shown; None: whichever there is.
    Raises: ClosingProblem.
    """
    name = clean_signature(by, "批准更正")
    register, exemption = _require_exemption(connection, center, month, now)
    proposal = register.closing.proposal
    refusal = _check_approval(register, exemption, proposal, name)
    if refusal is not None or proposal is None:
        raise ClosingProblem(f"{refusal}。")
    check_seen(seen, proposal.event_seq, "申请")
    append_seal(
        connection, center, month, now=now,
        vintage=proposal.vintage,
        figures=proposal.figures,
        replaced=proposal.replaced,
        sealed_by=proposal.proposed_by,
        approved_by=name,
        reason=proposal.reason,
        caused_by=proposal.caused_by,
        exception=exemption.subject,
    )  # fmt: skip
    return read_closing(connection, center, month).last_seal


def select_permitted(register: LateRegister, exemption: Exemption) -> list[RestatedFigure]:
    """The figures that a lock exception allows to change."""
    return [one for one in register.figures if exemption.permits(INDICATORS[one.after.indicator])]


def _require_exemption(
    connection: sa.Connection, center: str, month: Month, now: datetime
) -> tuple[LateRegister, Exemption]:
    results.bring_up_to_date(connection, center, now)
    register = read_late_register(connection, center, month)
    exemption = register.closing.find_open_exemption(now)
    if exemption is None:
        raise ClosingProblem(f"{month.label}已锁定，暂不能更正；请先申请限期解锁并经另一人批准。")
    return register, exemption


def _check_approval(
    register: LateRegister, exemption: Exemption, proposal: CorrectionProposal | None, by: str
) -> str | None:
    month = register.closing.month
    if proposal is None:
        return f"{month.label}没有等待批准的更正"
    if is_same_person(proposal.proposed_by, by):
        return f"这一更正由{proposal.proposed_by}申请，须由另一人批准"
    return _explain_outdated(register, exemption, proposal)


def _find_waiting(register: LateRegister, exemption: Exemption) -> CorrectionProposal | None:
    """The proposal that another person could approve now."""
    proposal = register.closing.proposal
    if proposal is None or _explain_outdated(register, exemption, proposal):
        return None
    return proposal


def _explain_outdated(
    register: LateRegister, exemption: Exemption, proposal: CorrectionProposal
) -> str | None:
    """Why nobody can approve a proposal any more."""
    if proposal.exception != exemption.subject:
        return "申请更正时所依据的限期解锁已经失效，请重新申请"
    now_due = [
        as_sealed_with_code(one.after, proposal.vintage)["code"]
        for one in select_permitted(register, exemption)
    ]
    if now_due != [figure["code"] for figure in proposal.figures]:
        return "申请后数据有变动，更正结果与申请时不一致；请重新申请。"
    return None


def _explain_nothing_to_correct(register: LateRegister, exemption: Exemption) -> str:
    label = register.closing.month.label
    if register.figures:
        return f"{label}的限期解锁只限{exemption.scope}，其中没有数字需要更正。"
    return f"{label}已锁定的数字与最新数据一致，无需更正。"


def _seal_before(one: RestatedFigure) -> Json:
    return as_sealed(one.before) | {"code": one.before.code}
