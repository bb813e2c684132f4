"""The year's board: how far each source of each month has come, and whose turn it is."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from kpi.closing.board import BoardMonth, read_board
from kpi.closing.states import ClosingState, list_needed_sources
from kpi.figures.sources import SOURCES
from tracker.periods import Year
from web.access import Right, allowed
from web.closing_turns import BEFORE_LOCK, find_turn
from web.formatting import percent
from web.instance import get_connection, get_now
from web.pages.closing.words import CHANGED, KINDS, OWED, SIGNS, describe_month_state, describe_next_step
from web.pages.frame import make_frame

pages = Blueprint("closing_board", __name__)


@dataclass(frozen=True)
class BoardCell:
    """A source of a month: its colour, its one character, and all of it in words."""

    kind: str
    sign: str
    told: str


@dataclass(frozen=True)
class MonthColumn:
    """A month."""

    month: BoardMonth
    state: str
    kind: str
    next: str
    hers: bool  # whether the person may choose it, to decide several at once

    def cell(self, source: str) -> BoardCell:
        of, state = self.month, self.month.state(source)
        name = f"{of.month.label}{SOURCES[source].title}："
        gaps = f"，{of.gaps[source]}" if of.gaps[source] else ""
        if not of.ended:
            kind, sign = ("owed", OWED) if gaps else ("ahead", "")
            return BoardCell(kind, sign, f"{name}未结束{gaps}")
        words = f"{name}{state.value}，数据完整率 {percent(of.coverage[source])}{gaps}"
        if source in of.changed:
            return BoardCell("changed", CHANGED, f"{words}，已审批后有变动")
        return BoardCell(KINDS[state], SIGNS[state], words)


@pages.get("/<center:center>/<year:year>/closing")
@allowed(Right.SEE_FIGURES)
def year(center: str, year: Year) -> str:
    """Months across, sources down; below, what comes next for each month."""
    around, at = make_frame(center, year), get_now()
    columns = [
        _make_column(one, describe_next_step(one, at), find_turn(center, one, at) in BEFORE_LOCK)
        for one in read_board(get_connection(), center, year, at)
    ]
    return render_template(
        "closing/board.html",
        frame=around,
        columns=columns,
        sources=[SOURCES[key] for key in list_needed_sources()],
        states=[(KINDS[state], SIGNS[state], state.value) for state in ClosingState],
        begun=[one for one in columns if one.month.ended],
        chosen=request.args.getlist("month"),
    )


def _make_column(month: BoardMonth, next_step: str, hers: bool) -> MonthColumn:
    kind = KINDS[month.lagging]
    state = describe_month_state(month.closing, month.lagging) if month.ended else "未结束"
    return MonthColumn(month, state, "changed" if month.changed else kind, next_step, hers)
