"""Acts on the sources of a month: 报齐, 提交, 审批, 退回. Each is done, or refused with a sentence."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpi.closing.changes import ChangeQuery, find_changes
from kpi.closing.states import NOTHING_SEEN, ClosingProblem, ClosingState, Refusal
from kpi.closing.status import MonthStatus, SourceStatus, join_titles, read_status
from kpi.figures import results
from kpi.figures.figure import Figure
from kpi.figures.sources import SOURCES
from tracker import log
from tracker.database import get_driver
from tracker.events.closing import (
    ClosingEvent,
    SourceAct,
    SourceApproved,
    SourceCompleted,
    SourceReturned,
    SourceSubmitted,
)
from tracker.periods import Month
from tracker.signatures import clean_signature, is_same_person

_FIGURES = "figures"  # in a form: the mark that is of no source


@dataclass(frozen=True)
class SeenStatus:
    """What a person was shown before she approves: the log's end, each source's state, the figures."""

    seq: int
    sources: Mapping[str, str]  # source → SourceStatus.fingerprint
    figures: str = ""  # compute_figures_fingerprint; empty: no figures were shown

    def __str__(self) -> str:
        """As a page's form holds it: 812 calls=0f3a… orders=77c1… figures=a1b2…"""
        marks = [*self.sources.items(), *([(_FIGURES, self.figures)] if self.figures else ())]
        return " ".join([str(self.seq), *(f"{key}={mark}" for key, mark in marks)])


def parse_seen(text: str) -> SeenStatus:
    """What a form says of it; what cannot be read was not seen."""
    first, *rest = text.split() or [""]
    known = first.isascii() and first.isdigit() and len(first) < 19
    pairs = (one.partition("=") for one in rest if known)
    marks = {key: value for key, _, value in pairs}
    figures = marks.pop(_FIGURES, "")
    return SeenStatus(int(first) if known else NOTHING_SEEN, marks, figures)


def compute_figures_fingerprint(figures: Iterable[Figure]) -> str:
    """What a month's figures say, as 12 hex digits; of none, too."""
    codes = sorted(f"{one.indicator}={one.code}" for one in figures)
    return hashlib.sha256(" ".join(codes).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class ActResult:
    """What became of an act on several sources."""

    done: tuple[str, ...]
    refused: Mapping[str, Refusal]  # source → why not


def complete_sources(
    connection: sa.Connection,
    center: str,
    month: Month,
    sources: Sequence[str] | None,
    *,
    by: str,
    now: datetime,
    remark: str | None = None,
) -> ActResult:
    """报齐: each source of a month, or those named, is said to be all there.

    Raises: ClosingProblem where nothing could be done; SignatureProblem; likewise for the acts below.
    """
    return _perform_act(
        connection, center, month, sources, SourceCompleted, by, now, check_completion, remark=remark
    )


def submit_sources(
    connection: sa.Connection,
    center: str,
    month: Month,
    sources: Sequence[str] | None,
    *,
    by: str,
    now: datetime,
    remark: str | None = None,
    acknowledged: str | None = None,
) -> ActResult:
    """提交: put before another person. What was found must be acknowledged, in words."""
    explanation = (acknowledged or "").strip() or None

    def why_not(status: MonthStatus, row: SourceStatus, by: str) -> Refusal | None:
        return check_submission(status, row, by, acknowledged=explanation)

    return _perform_act(
        connection, center, month, sources, SourceSubmitted, by, now, why_not,
        remark=remark, acknowledged=explanation,
    )  # fmt: skip


def approve_sources(
    connection: sa.Connection,
    center: str,
    month: Month,
    sources: Sequence[str] | None,
    *,
    by: str,
    now: datetime,
    remark: str | None = None,
    seen: SeenStatus | None = None,
) -> ActResult:
    """审批, by another person than the one who submitted; again where data changed after an approval.

    `seen` is what the person was shown: a source that moved since is refused. None: no page was shown.
    """

    def why_not(status: MonthStatus, row: SourceStatus, by: str) -> Refusal | None:
        refusal = check_approval(status, row, by)
        if refusal is not None or seen is None:
            return refusal
        return find_unseen(connection, center, status, [row], seen).get(row.source.key)

    return _perform_act(connection, center, month, sources, SourceApproved, by, now, why_not, remark=remark)


def return_sources(
    connection: sa.Connection,
    center: str,
    month: Month,
    sources: Sequence[str] | None,
    *,
    by: str,
    now: datetime,
    reason: str,
) -> ActResult:
    """退回 with a reason: to be completed and submitted anew."""
    if not reason.strip():
        raise ClosingProblem("退回必须写明理由。")
    return _perform_act(
        connection, center, month, sources, SourceReturned, by, now, check_return,
        remark=None, reason=reason.strip(),
    )  # fmt: skip


def check_completion(status: MonthStatus, row: SourceStatus, by: str) -> Refusal | None:
    """Why a source cannot be completed now; None: it can. Likewise for the three below."""
    if row.state is ClosingState.OPEN:
        return None if status.ended else Refusal(f"{status.month.label}尚未结束，结束后方可报齐")
    return _check_unlocked(status) or Refusal(f"{row.state.value}，无需再次报齐", is_done=True)


def check_submission(
    status: MonthStatus, row: SourceStatus, by: str, *, acknowledged: str | None = None
) -> Refusal | None:
    if row.state is ClosingState.OPEN:
        return Refusal("请先确认报齐")
    if row.state is not ClosingState.COMPLETED:
        return _check_unlocked(status) or Refusal(f"{row.state.value}，无需再次提交", is_done=True)
    if row.checked.findings and not acknowledged:
        return Refusal(f"{row.checked.told}；请修改，或写明原因后提交")
    return None


def check_approval(status: MonthStatus, row: SourceStatus, by: str) -> Refusal | None:
    if row.state in (ClosingState.OPEN, ClosingState.COMPLETED):
        return Refusal(f"{row.state.value}，尚未提交")
    if row.state is ClosingState.LOCKED:
        return _check_unlocked(status)
    if row.told.submitted_by is not None and is_same_person(row.told.submitted_by, by):
        return Refusal(f"由{row.told.submitted_by}提交，须由另一人审批")
    if row.unexplained:
        return Refusal(f"提交后出现问题（{row.checked.told}），请退回，重新提交并说明")
    if row.state is ClosingState.APPROVED and not row.changed:
        return Refusal(f"已由{row.told.approved_by}审批，此后没有变动，无需再次审批", is_done=True)
    return None


def find_unseen(
    connection: sa.Connection,
    center: str,
    status: MonthStatus,
    rows: Sequence[SourceStatus],
    seen: SeenStatus,
) -> dict[str, Refusal]:
    """Source → why what a person saw of it is not what she would sign now; empty: all is as it was."""
    known = [row for row in rows if row.source.key in seen.sources]
    since = {row.source.key: ChangeQuery(status.month.first_day, seen.seq) for row in known}
    moved = find_changes(connection, center, since, status.month.end_day).things
    refused = {}
    for row in rows:
        key = row.source.key
        if key not in seen.sources:
            refused[key] = Refusal("请从月度审核页核对后再办理")
        elif key in moved or row.fingerprint != seen.sources[key]:
            refused[key] = Refusal("您打开页面以后又有变动，请在刷新后的页面核对，再办理")
    return refused


def check_return(status: MonthStatus, row: SourceStatus, by: str) -> Refusal | None:
    if row.state is ClosingState.OPEN:
        return Refusal("尚未报齐，无可退回")
    return _check_unlocked(status)


def _check_unlocked(status: MonthStatus) -> Refusal | None:
    if not status.closing.sealed:
        return None
    return Refusal(f"{status.month.label}已锁定；如需更正，请先申请限期解锁")


ActCheck = Callable[[MonthStatus, SourceStatus, str], Refusal | None]


def _perform_act(
    connection: sa.Connection,
    center: str,
    month: Month,
    sources: Sequence[str] | None,
    kind: type[SourceAct],
    by: str,
    now: datetime,
    check: ActCheck,
    **fields: Any,
) -> ActResult:
    name = clean_signature(by, "办理")
    status = refresh_status(connection, center, month, now)
    rows = _choose_sources(status, sources)
    refused = {row.source.key: refusal for row in rows if (refusal := check(status, row, name)) is not None}
    doing = [row for row in rows if row.source.key not in refused]
    if not doing:
        raise ClosingProblem(join_refusals({key: one.text for key, one in refused.items()}))
    append_acts(connection, center, [build_act(kind, month, row, name, now, fields) for row in doing], now)
    return ActResult(tuple(row.source.key for row in doing), refused)


def refresh_status(connection: sa.Connection, center: str, month: Month, now: datetime) -> MonthStatus:
    """A month's status after figures were brought up to date; holds the centre's log until the end."""
    results.bring_up_to_date(connection, center, now)
    return read_status(connection, center, month, now)


def append_acts(
    connection: sa.Connection, center: str, events: Sequence[ClosingEvent], now: datetime
) -> None:
    """Writes acts into the log, in the transaction that holds it."""
    raw = get_driver(connection)
    with log.appending(raw, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(event, None) for event in events])


def _choose_sources(status: MonthStatus, sources: Sequence[str] | None) -> list[SourceStatus]:
    if sources is None:
        return list(status.rows)
    unknown = [key for key in sources if key not in status.by_source]
    if unknown:
        available = "、".join(f"{row.source.key}（{row.source.title}）" for row in status.rows)
        raise ClosingProblem(f"没有来源“{unknown[0]}”；可用的有：{available}。")
    return [status.by_source[key] for key in dict.fromkeys(sources)]


def build_act(
    kind: type[SourceAct],
    month: Month,
    row: SourceStatus,
    by: str,
    now: datetime,
    fields: Mapping[str, Any],
    *,
    before: int = 0,
) -> SourceAct:
    """An act on a source as the log takes it; `before`: acts on it that come before in the same breath."""
    share = row.coverage
    return kind(
        month=str(month),
        of=row.source.key,
        number=row.told.acts + before + 1,
        by=by,
        at=now,
        coverage=None if share is None else str(share),
        findings=row.checked.told,
        **fields,
    )


def join_refusals(refused: Mapping[str, str]) -> str:
    """One sentence; sources with the same reason stand together."""
    by_reason: dict[str, list[str]] = {}
    for key, reason in refused.items():
        by_reason.setdefault(reason, []).append(SOURCES[key].title)
    return "；".join(f"{join_titles(titles)}：{reason}" for reason, titles in by_reason.items()) + "。"
