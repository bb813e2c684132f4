"""The rows behind a figure: as many as the figure says, and the page proves it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kpi.figures import rows
from kpi.figures.patterns.breakdown import ways_of
from kpi.figures.patterns.piece_rows import rows_of_piece
from kpi.figures.rows import PartName, Rows, RowsProblem
from tracker.periods import Period
from web import trail
from web.downloads import csv_file, harmless
from web.instance import db
from web.labels import of_subject
from web.pages.frame import frame
from web.pages.indicator import find
from web.paging import Paging, page_asked
from web.trail import Step
from web.wording import amount, cell

pages = Blueprint("rows", __name__)

SIDES = {PartName.NUMERATOR: "分子", PartName.DENOMINATOR: "分母"}
MOST_IN_A_FILE = 200_000


@dataclass(frozen=True)
class Proof:
    """The sentence that sets the rows against the figure. `agrees` is None where rows cannot add up to it."""

    sentence: str
    agrees: bool | None


@pages.get("/<center:center>/<period:period>/<key>/<any(numerator, denominator):side>")
def listed(center: str, period: Period, key: str, side: str) -> str | Answer:
    """One page of the rows, with the proof that all of them make the number."""
    indicator = find(key)
    around = frame(center, period)
    asked = Paging(total=2**31, asked=page_asked(request.args))
    found, piece = _rows(center, key, period, side, limit=asked.per_page, offset=asked.offset)
    paging, only = Paging(found.count, asked.asked), only_asked()
    if paging.number != asked.number:
        there = url_for(
            "rows.listed", center=center, period=period, key=key, side=side, page=paging.number, **only
        )
        return redirect(there)
    above = trail.to_parts(center, period, indicator, only.get("by"))
    return render_template(
        "rows.html",
        frame=around,
        indicator=indicator,
        period=period,
        side=side,
        sides=SIDES,
        found=found,
        piece=piece,
        only=only,
        proof=proof(found, SIDES[PartName(side)], piece),
        paging=paging,
        trail=[*(above if ways_of(indicator, period) else above[:-1]), Step(f"{SIDES[PartName(side)]}的行")],
        counts_more_than_one=any(row.adds != 1 for row in found.rows),
    )


@pages.get("/<center:center>/<period:period>/<key>/<any(numerator, denominator):side>.csv")
def file(center: str, period: Period, key: str, side: str) -> Response:
    """All the rows as a file for spreadsheets."""
    title = find(key).title
    found, piece = _rows(center, key, period, side, limit=MOST_IN_A_FILE)
    if found.count > MOST_IN_A_FILE:
        abort(413, f"共 {found.count:,} 行，超过一个文件的上限 {MOST_IN_A_FILE:,} 行。请按月或按季度下载。")
    named = "_".join(
        [title, str(period), *([piece.replace("：", "_")] if piece else []), SIDES[PartName(side)]]
    )
    return csv_file(_lines(found), f"{named}.csv")


def only_asked() -> dict[str, Any]:
    """The part of an address that keeps the rows of one piece of the figure: by=unit, is=市住建局."""
    if "by" not in request.args:
        return {}
    return {name: request.args[name] for name in ("by", "is") if name in request.args}


def proof(found: Rows, side: str, piece: str = "") -> Proof:
    """分子 2,852 行 = 指标分子 2,852 ✓; with what they sum to where a row counts for more than one."""
    counted = f"{side} {found.count:,} 行"
    if found.agrees is None:
        return Proof(f"{counted}；本指标由这些行按公式算出，行数不等于{side}", None)
    if found.total != found.count or found.divisor > 1:
        counted += f"，合计 {amount(found.total)} {found.unit}"
    if found.divisor > 1:
        counted += f" ÷ {found.divisor} 个月"
    relation, sign = ("=", "✓") if found.agrees else ("≠", "✕")
    meant = f"本项{side}" if piece else f"指标{side}"
    whole = f"（指标{side} {amount(found.whole)} 的一部分）" if piece else ""
    return Proof(f"{counted} {relation} {meant} {amount(found.number)} {sign}{whole}", found.agrees)


def _rows(
    center: str, key: str, period: Period, side: str, *, limit: int | None = None, offset: int = 0
) -> tuple[Rows, str]:
    """The rows asked for, and the piece of the figure that they are, in words; empty: all of it."""
    only, asked = only_asked(), (db(), center, key, period, side)
    try:
        if only:
            return rows_of_piece(*asked, only["by"], only.get("is"), limit=limit, offset=offset)
        return rows.rows_behind(*asked, limit=limit, offset=offset), ""
    except RowsProblem as problem:
        abort(404, str(problem))


def _lines(found: Rows) -> Iterator[str]:
    yield _line(["事物", "事件号", "归属日期", "计入", "数量", *found.columns])
    for row in found.rows:
        cells = [cell(value) if value is not None else "" for value in row.cells]
        yield _line([of_subject(row.subject), str(row.seq), str(row.day), row.counted, str(row.adds), *cells])


def _line(cells: list[str]) -> str:
    text = StringIO()
    csv.writer(text).writerow([harmless(one) for one in cells])
    return text.getvalue()
