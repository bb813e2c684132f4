"""What a month comes to before somebody decides: its key figures beside the month before, what is in doubt,
and what she may do with all of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kpi.closing.acts import (
    SeenStatus,
    check_approval,
    check_completion,
    compute_figures_fingerprint,
)
from kpi.closing.states import ClosingState
from kpi.closing.status import MonthStatus, SourceStatus, read_statuses
from kpi.closing.whole_months import check_month_submission
from kpi.figures.definitions.in_force import Definitions, read_definitions
from kpi.figures.differences import FigureDifference, compare_figures
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.locked_figures import ByFigure, read_displayed_figures
from tracker import log
from tracker.periods import Month
from tracker.signatures import is_same_person
from web.access import Right, get_person, may
from web.figure_view import FigureView
from web.instance import get_connection, get_log_connection, get_now
from web.pages.closing.words import describe_month_state

KEY_INDICATORS = (
    "call_answer_rate",
    "calls_offered",
    "work_orders_opened",
    "work_order_on_time_rate",
    "work_order_satisfaction_rate",
    "payment_on_time_rate",
    "staffing_in_post_rate",
    "platform_uptime_rate",
)


@dataclass(frozen=True)
class KeyFigure:
    """A key figure of a month, and by how much it differs from the month before."""

    view: FigureView
    difference: FigureDifference


@dataclass(frozen=True)
class MonthOffer:
    """What somebody may do with a month as a whole."""

    kind: str  # approve | submit | complete
    title: str  # the word on the button
    about: str  # what it does, in a sentence


@dataclass(frozen=True)
class MonthSummary:
    """A month before a decision."""

    status: MonthStatus
    figures: tuple[KeyFigure, ...]
    lacking: tuple[FigureView, ...]  # 部分可核实 or 无法核实, and not so in the month before
    lacking_before: int  # how many others are so in both months
    seen: SeenStatus
    offers: tuple[MonthOffer, ...]

    @property
    def month(self) -> Month:
        return self.status.month

    @property
    def state(self) -> str:
        return describe_month_state(self.status.closing, self.status.state)

    @property
    def found(self) -> list[SourceStatus]:
        """The sources with something to look at: found, changed since the approval."""
        return [row for row in self.status.rows if row.checked.findings or row.changed]

    @property
    def partly(self) -> list[FigureView]:
        return [one for one in self.lacking if one.kind == "partial"]

    @property
    def unknown(self) -> list[FigureView]:
        return [one for one in self.lacking if one.kind == "none"]

    @property
    def explanation_needed(self) -> bool:
        """Whether something was found in what is not submitted yet."""
        return any(row.checked.findings for row in self.status.rows if row.state in _UNSUBMITTED)

    def find_offer(self, kind: str) -> MonthOffer | None:
        return next((one for one in self.offers if one.kind == kind), None)


_UNSUBMITTED = (ClosingState.OPEN, ClosingState.COMPLETED)
_LACKING = (Status.PARTLY, Status.UNVERIFIABLE)


def read_summaries(center: str, months: Sequence[Month]) -> list[MonthSummary]:
    """The summaries of months of a year, in their order, as they are decided together."""
    seq = log.read_head(get_log_connection(), center).seq  # before the rest: what comes meanwhile is not seen
    statuses = read_statuses(get_connection(), center, months, get_now())
    definitions = read_definitions(get_connection(), center)
    before = {get_month_before(month) for month in months}
    periods = {*months, *(one for one in before if may(Right.SEE_FIGURES, center, one.year))}
    figures = {
        (one.indicator, one.period): one for one in read_displayed_figures(get_connection(), center, periods)
    }
    return [
        _summarize(center, seq, statuses[month], definitions, figures, months) for month in sorted(months)
    ]


def get_month_before(month: Month) -> Month:
    """December of the year before, for January."""
    return Month(month.year, month.month - 1) if month.month > 1 else Month(month.year - 1, 12)


def _summarize(
    center: str,
    seq: int,
    status: MonthStatus,
    definitions: Definitions,
    figures: ByFigure,
    together: Collection[Month],
) -> MonthSummary:
    month = status.month
    of_month = [figure for (_, period), figure in figures.items() if period == month]
    marks = {row.source.key: row.fingerprint for row in status.rows}
    return MonthSummary(
        status,
        tuple(_make_key_figure(center, key, month, definitions, figures) for key in KEY_INDICATORS),
        *_split_lacking(month, definitions, figures),
        SeenStatus(seq, marks, compute_figures_fingerprint(of_month)),
        tuple(_list_month_offers(status, center, together)),
    )


def _make_key_figure(
    center: str, key: str, month: Month, definitions: Definitions, figures: ByFigure
) -> KeyFigure:
    indicator, before = definitions.find_in_force(key, month), get_month_before(month)
    view = FigureView(indicator, month, figures.get((key, month)))
    if not may(Right.SEE_FIGURES, center, before.year):
        return KeyFigure(view, FigureDifference(before, reason=f"您的授权不含{before.year}年，不作比较。"))
    return KeyFigure(view, compare_figures(indicator, view.figure, figures.get((key, before)), before))


def _split_lacking(
    month: Month, definitions: Definitions, figures: ByFigure
) -> tuple[tuple[FigureView, ...], int]:
    """What cannot be verified, or only in part, and was not so in the month before; and how many figures are
    as they were then."""
    fresh, before, total = [], get_month_before(month), 0
    for key in INDICATORS:
        figure, earlier = figures.get((key, month)), figures.get((key, before))
        if figure is not None and figure.status in _LACKING:
            total += 1
            if earlier is None or earlier.status is not figure.status:
                fresh.append(FigureView(definitions.find_in_force(key, month), month, figure))
    return tuple(fresh), total - len(fresh)


def _list_month_offers(status: MonthStatus, center: str, together: Collection[Month]) -> list[MonthOffer]:
    if status.closing.sealed or not status.ended:
        return []
    name, year = get_person().signature, status.month.year
    offers = [
        _offer_approval(status, name, together) if may(Right.APPROVE, center, year) else None,
        _offer_submission(status, name) if may(Right.SUBMIT, center, year) else None,
    ]
    if may(Right.LOG, center, year) and not may(Right.SUBMIT, center, year):
        offers.append(_offer_completion(status, name))
    return [one for one in offers if one is not None]


def _offer_approval(status: MonthStatus, name: str, together: Collection[Month]) -> MonthOffer | None:
    refusals = [check_approval(status, row, name) for row in status.rows]
    approving = any(one is None for one in refusals)
    if any(one is not None and not one.is_done for one in refusals):
        return None
    request = status.closing.request
    stands = status.request_stands and request is not None
    if stands and request is not None and not is_same_person(request.requested_by, name):
        about = f"{request.requested_by}已申请锁定：批准后本月数字锁定，不再变动。"
        if waiting := [one for one in status.unlocked_siblings if one not in together]:
            first = "、".join(f"{one.month}月" for one in waiting)
            about = f"{request.requested_by}已申请锁定；须先锁定{first}，届时再批准锁定。"
            return MonthOffer("approve", "批准", about) if approving else None
        return MonthOffer("approve", "批准并锁定" if approving else "批准锁定", about)
    if not approving:
        return None
    return MonthOffer("approve", "批准", "批准后尚未锁定，由业务主管申请锁定，另一人批准。")


def _offer_submission(status: MonthStatus, name: str) -> MonthOffer | None:
    if check_month_submission(status, name, "见说明"):
        return None
    states = {row.state for row in status.rows}
    about = "提交后由另一名审批人批准；批准时本月数字一并锁定。"
    if ClosingState.OPEN in states:
        return MonthOffer("submit", "报齐并提交", about)
    if ClosingState.COMPLETED in states:
        return MonthOffer("submit", "提交", about)
    if status.request_stands:
        return None
    return MonthOffer("submit", "申请锁定", "由另一名审批人批准后锁定，数字不再变动。")


def _offer_completion(status: MonthStatus, name: str) -> MonthOffer | None:
    if all(check_completion(status, row, name) is not None for row in status.rows):
        return None
    return MonthOffer("complete", "确认报齐", "确认后由业务主管提交。")
