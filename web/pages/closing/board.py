"""The year's board: how far each source of each month has come, and whose turn it is."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from kpi.closing.board import BoardMonth, read_board
from kpi.closing.states import State, needed_sources
from kpi.figures.sources import SOURCES
from tracker.periods import Year
from web.access import Right, allowed
from web.formatting import percent
from web.instance import db, now
from web.pages.closing.words import CHANGED, KINDS, OWED, SIGNS, month_state, next_step
from web.pages.frame import frame

pages = Blueprint("closing_board", __name__)


@dataclass(frozen=True)
class Cell:
    """A source of a month: its colour, its one character, and all of it in words."""

    kind: str
    sign: str
    told: str


@dataclass(frozen=True)
class Column:
    """A month."""

    month: BoardMonth
    state: str
    kind: str
    next: str

    def cell(self, source: str) -> Cell:
        of, state = self.month, self.month.state(source)
        name = f"{of.month.label}{SOURCES[source].title}："
        gaps = f"，{of.gaps[source]}" if of.gaps[source] else ""
        if not of.ended:
            kind, sign = ("owed", OWED) if gaps else ("ahead", "")
            return Cell(kind, sign, f"{name}还没有结束{gaps}")
        told = f"{name}{state.value}，有据率 {percent(of.coverage[source])}{gaps}"
        if source in of.changed:
            return Cell("changed", CHANGED, f"{told}，已审批后有变动")
        return Cell(KINDS[state], SIGNS[state], told)


@pages.get("/<center:center>/<year:year>/closing")
@allowed(Right.SEE_FIGURES)
def year(center: str, year: Year) -> str:
    """Months across, sources down; below, what comes next for each month."""
    around, at = frame(center, year), now()
    columns = [_column(one, next_step(one, at)) for one in read_board(db(), center, year, at)]
    return render_template(
        "closing/board.html",
        frame=around,
        columns=columns,
        sources=[SOURCES[key] for key in needed_sources()],
        states=[(KINDS[state], SIGNS[state], state.value) for state in State],
        begun=[one for one in columns if one.month.ended],
    )


def _column(month: BoardMonth, told: str) -> Column:
    kind = KINDS[month.lagging]
    state = month_state(month.closing, month.lagging) if month.ended else "未结束"
    return Column(month, state, "changed" if month.changed else kind, told)
