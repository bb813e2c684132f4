"""A figure taken apart: by day, unit, kind and so on, with the proof that the parts come to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from markupsafe import Markup

from kpi.figures.attainment import check_few
from kpi.figures.patterns.breakdown import Breakdown, Piece, break_down, select_splits
from kpi.figures.rows import RowsProblem
from tracker.migrations.privileges import PrivilegeProblem
from tracker.periods import Period
from web import breadcrumbs, charts
from web.access import Right, allowed
from web.breadcrumbs import Crumb
from web.charts import ChartPoint
from web.figure_view import FigureView
from web.formatting import NO_DATA, NOT_APPLICABLE, amount, percent, with_unit
from web.pages.earlier_figures import find_locked_figure, find_requested_figure, open_earlier_facts, read_when
from web.pages.frame import NavigationLink, make_frame
from web.pages.indicator import find_indicator

pages = Blueprint("breakdown", __name__)


@dataclass(frozen=True)
class PieceLine:
    """A piece as a line of the table."""

    piece: Piece
    value: str
    kind: str  # full | none | nothing: how the value is marked
    numerator_rows: str  # address of the rows; empty where there are none
    denominator_rows: str
    share: Fraction | None  # of the figure's denominator, or of its numerator where it has none

    @property
    def bar(self) -> Markup:
        return charts.draw_share_bar(self.share, about=f"{self.piece.label}占 {percent(self.share)}")


@pages.get("/<center:center>/<period:period>/<key>/parts")
@allowed(Right.SEE_FIGURES)
def parts(center: str, period: Period, key: str) -> str:
    """The figure by one split; the others are a click away."""
    around, then = make_frame(center, period), find_requested_figure(center, find_indicator(key).key, period)
    try:
        with open_earlier_facts(center, then) as read:
            found = break_down(read, center, key, period, request.args.get("by", ""), figure=then)
    except RowsProblem as problem:
        abort(404, str(problem))
    except PrivilegeProblem as problem:
        abort(403, str(problem))
    indicator = found.indicator
    pieces = list(_list_pieces(center, period, found))
    return render_template(
        "breakdown.html",
        frame=around,
        indicator=indicator,
        period=period,
        one=FigureView(indicator, period, found.figure),
        found=found,
        then=then,
        sealed=None if then or found.adds_up else find_locked_figure(center, key, period),
        pieces=pieces,
        ways=_list_ways(center, period, found),
        proof=format_proof(found),
        chart=_draw_chart(found, pieces) if found.split.in_time else "",
        trail=[*breadcrumbs.to_indicator(center, period, indicator), Crumb(f"{period.label}构成")],
    )


def format_proof(found: Breakdown) -> str:
    """各项合计 2,852 ÷ 2,899 = 指标 2,852 ÷ 2,899 ✓"""
    relation, sign = ("=", "✓") if found.adds_up else ("≠", "✕")
    summed = _format_fraction(found.numerator, found.denominator)
    stored = _format_fraction(found.figure.numerator, found.figure.denominator)
    return f"各项合计 {summed} {relation} 指标 {stored} {sign}"


def _format_fraction(above: Fraction | None, below: Fraction | None) -> str:
    return amount(above) if below is None else f"{amount(above)} ÷ {amount(below)}"


def _list_ways(center: str, period: Period, found: Breakdown) -> list[NavigationLink]:
    """All splits of the figure; the present one is marked."""
    figure = {"center": center, "period": period, "key": found.indicator.key} | read_when()
    return [
        NavigationLink(
            f"按{way.title}", url_for("breakdown.parts", by=way.key, **figure), here=way is found.split
        )
        for way in select_splits(found.indicator, period)
    ]


def _list_pieces(center: str, period: Period, found: Breakdown) -> Iterator[PieceLine]:
    whole = found.numerator if found.denominator is None else found.denominator
    for piece in found.pieces:
        value, kind = _format_value(found, piece)
        counted = piece.numerator if found.denominator is None else piece.denominator
        yield PieceLine(
            piece,
            value,
            kind,
            _make_rows_address(center, period, found, piece, "numerator") if piece.numerator else "",
            _make_rows_address(center, period, found, piece, "denominator") if piece.denominator else "",
            Fraction(counted, whole) if whole and counted is not None else None,
        )


def _make_rows_address(center: str, period: Period, found: Breakdown, piece: Piece, side: str) -> str:
    """The address of a piece's rows."""
    only: dict[str, Any] = {"by": found.split.key} | read_when()
    if piece.key is not None:
        only["is"] = str(piece.key)
    return url_for("rows.listed", center=center, period=period, key=found.indicator.key, side=side, **only)


def _format_value(found: Breakdown, piece: Piece) -> tuple[str, str]:
    if piece.numerator is None:
        return NO_DATA, "none"
    if piece.value is None:
        return NOT_APPLICABLE, "nothing"
    return with_unit(piece.value, found.indicator.unit), "full"


def _draw_chart(found: Breakdown, pieces: list[PieceLine]) -> Markup:
    """Days or months as a line; where there is no data it breaks."""
    points = [
        ChartPoint(
            label=one.piece.label.partition("月")[2]
            if found.split.key == "day"
            else f"{one.piece.key.month}月",
            value=one.piece.value,
            told=f"{one.piece.label}：{one.value}" + (f"（{few.words}，不判）" if few else ""),
            status=one.kind,
            few=few is not None,
        )
        for one in pieces
        for few in (check_few(found.indicator, one.piece.denominator),)
    ]
    target = found.indicator.target
    return charts.draw_line_chart(
        points,
        name="parts",
        about=f"{found.indicator.title}{found.split.title}：" + "；".join(point.told for point in points),
        frame=charts.WIDE,
        target=target.bound if target else None,
        unit=found.indicator.unit,
    )
