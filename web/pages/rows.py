"""The rows behind a figure: as many as the figure says, and the page proves it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kpi.figures import rows
from kpi.figures.as_of import open_as_of
from kpi.figures.counted_rows import PartName
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.figure import Figure
from kpi.figures.patterns.breakdown import select_splits
from kpi.figures.patterns.piece_rows import read_piece_rows
from kpi.figures.rows import RowPage, RowsProblem
from tracker.migrations.privileges import PrivilegeProblem
from tracker.periods import Period
from web import breadcrumbs
from web.access import Action, Right, allowed, audit
from web.access.guard import get_session
from web.breadcrumbs import Crumb
from web.downloads import format_csv_line, make_stamp, stream_csv
from web.figure_view import FigureView
from web.formatting import amount, cell
from web.instance import get_connection, open_read_connection
from web.labels import label_subject
from web.pages.earlier_figures import find_locked_figure, find_requested_figure, open_earlier_facts, read_when
from web.pages.frame import make_frame
from web.pages.indicator import find_indicator
from web.paging import Paging, read_page_number

pages = Blueprint("rows", __name__)

SIDES = {PartName.NUMERATOR: "分子", PartName.DENOMINATOR: "分母"}
MISSED = "未计入分子"  # of the denominator's rows


@dataclass(frozen=True)
class RowProof:
    """The sentence that sets the rows against the figure. `agrees` is None where rows cannot add up to it."""

    sentence: str
    agrees: bool | None


@pages.get("/<center:center>/<period:period>/<key>/<any(numerator, denominator):side>")
@allowed(Right.SEE_ROWS)
def listed(center: str, period: Period, key: str, side: str) -> str | Answer:
    """One page of the rows, with the proof that all of them make the number."""
    packaged = find_indicator(key)
    around, then = make_frame(center, period), find_requested_figure(center, key, period)
    unbounded = Paging(total=2**31, asked=read_page_number(request.args))
    with open_earlier_facts(center, then) as read:
        page = (unbounded.per_page, unbounded.offset)
        found, piece = _read_rows(read, center, key, period, side, then, limit=page[0], offset=page[1])
    paging, only = Paging(found.count, unbounded.asked), read_piece_choice()
    name = _name_side(side)
    if paging.number != unbounded.number:
        there = url_for(
            "rows.listed", center=center, period=period, key=key, side=side, page=paging.number, **only
        )
        return redirect(there)
    definitions = read_definitions(get_connection(), center)
    indicator = (
        definitions.version(packaged.key, then.definition_version)
        if then
        else definitions.find_in_force(key, period)
    )
    above = breadcrumbs.to_parts(center, period, indicator, only.get("by"), **read_when())
    return render_template(
        "rows.html",
        frame=around,
        indicator=indicator,
        period=period,
        side=side,
        sides=SIDES,
        name=name,
        found=found,
        piece=piece,
        only=only,
        then=then,
        then_value=FigureView(indicator, period, then).value,
        proof=make_proof(found, name, piece, without_number=bool(then and then.numerator is None)),
        paging=paging,
        trail=[
            *(above if select_splits(indicator, period) else above[:-1]),
            Crumb(f"{name}明细"),
        ],
        sealed=find_locked_figure(center, key, period) if found.agrees is False and not then else None,
        counts_more_than_one=any(row.adds != 1 for row in found.rows),
    )


@pages.get("/<center:center>/<period:period>/<key>/<any(numerator, denominator):side>.csv")
@allowed(Right.EXPORT)
def file(center: str, period: Period, key: str, side: str) -> Response:
    """All the rows as a file for spreadsheets."""
    title, most = find_indicator(key).title, get_session().policy.export_rows
    then = find_requested_figure(center, key, period)
    with ExitStack() as opened:
        own = open_as_of(get_connection(), center, then.log_seq) if then else open_read_connection()
        read = opened.enter_context(own)
        found, piece = _read_rows(read, center, key, period, side, then, limit=1)
        if found.count > most:
            abort(413, f"共 {found.count:,} 行，超过一个文件的上限 {most:,} 行。请按月或按季度下载。")
        kept_open = opened.pop_all()
    of_piece = [piece.replace("：", "_")] if piece else []
    of_then = [f"日志第{then.log_seq}号"] if then else []
    name = "_".join([title, str(period), *of_piece, _name_side(side), *of_then]) + ".csv"
    audit(Action.EXPORTED, f"{center}：{name}", details={"rows": found.count})
    return stream_csv(_format_lines(found, make_stamp()), name, kept_open)


def read_piece_choice() -> dict[str, Any]:
    """The part of an address that says which rows: by=unit, is=市住建局 for those of one piece of the figure,
    missed=1 for those that the numerator does not count, code= or as_of= for those of an earlier figure."""
    piece = {name: request.args[name] for name in ("by", "is") if name in request.args}
    missed = {"missed": "1"} if request.args.get("missed") else {}
    return (piece if "by" in piece else {}) | missed | read_when()


def _is_missed(side: str) -> bool:
    """Whether the address asks for those of the denominator's rows that the numerator does not count."""
    return side == PartName.DENOMINATOR and "missed" in read_piece_choice()


def _name_side(side: str) -> str:
    return MISSED if _is_missed(side) else SIDES[PartName(side)]


def make_proof(found: RowPage, side: str, piece: str = "", *, without_number: bool = False) -> RowProof:
    """分子 2,852 行 = 指标分子 2,852 ✓; with what they sum to where a row counts for more than one."""
    counted = f"{side} {found.count:,} 行"
    if found.agrees is None and without_number:
        return RowProof(f"{counted}；指标无数字（无法核实），无法比对", None)
    if found.agrees is None:
        return RowProof(f"{counted}；本指标由这些行按公式计算，行数不等于{side}", None)
    if found.total != found.count or found.divisor > 1:
        counted += f"，合计 {amount(found.total)} {found.unit}"
    if found.divisor > 1:
        counted += f" ÷ {found.divisor} 个月"
    relation, sign = ("=", "✓") if found.agrees else ("≠", "✕")
    meant = f"本项{side}" if piece else f"指标{side}"
    whole = f"（指标{side} {amount(found.whole)} 的一部分）" if piece else ""
    if side == MISSED:
        meant, whole = (
            f"{'本项' if piece else '指标'}分母减分子",
            f"（指标分母 {amount(found.whole)} 的一部分）",
        )
    return RowProof(f"{counted} {relation} {meant} {amount(found.number)} {sign}{whole}", found.agrees)


def _read_rows(
    connection: sa.Connection,
    center: str,
    key: str,
    period: Period,
    side: str,
    then: Figure | None,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[RowPage, str]:
    """The rows asked for, and the piece of the figure that they are, in words; empty: all of it."""
    only = read_piece_choice()
    try:
        scope = (connection, center, key, period, side)
        if "by" in only or _is_missed(side):
            piece = (only.get("by", ""), only.get("is"))
            missed = _is_missed(side)
            return read_piece_rows(*scope, *piece, missed=missed, limit=limit, offset=offset, figure=then)
        return rows.read_rows(*scope, limit=limit, offset=offset, figure=then), ""
    except RowsProblem as problem:
        abort(404, str(problem))
    except PrivilegeProblem as problem:
        abort(403, str(problem))


def _format_lines(found: RowPage, mark: str) -> Iterator[str]:
    yield format_csv_line(["对象", "记录号", "归属日期", "计入", "数量", *found.columns, mark])
    for row in found.each():
        cells = [cell(value) if value is not None else "" for value in row.cells]
        yield format_csv_line(
            [label_subject(row.subject), str(row.seq), str(row.day), row.counted, str(row.adds), *cells, ""]
        )
