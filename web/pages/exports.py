"""What leaves as a file of its own: the year's workbook, and the table for the public."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response

from kpi.figures import results
from kpi.figures.indicators import INDICATORS
from kpi.handover.workbook import write_workbook
from tracker.periods import Year
from web.access import Action, Right, allowed, audit
from web.access.small_cells import HIDDEN, suppressed
from web.downloads import csv_file, csv_line, stamp, workbook_file
from web.instance import db, now
from web.pages.frame import frame
from web.wording import NO_DATA

pages = Blueprint("exports", __name__)

TOTAL = "work_orders_opened"
KINDS = tuple(key for key in INDICATORS if key.startswith(f"{TOTAL}_"))


@pages.get("/<center:center>/<year:year>/workbook.xlsx")
@allowed(Right.EXPORT)
def workbook(center: str, year: Year) -> Response:
    """Indicators, gaps and definitions of the year; each printed page says who took it out."""
    around, name = frame(center, year), f"{center}_{year}_指标.xlsx"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        write_workbook(path, db(), around.center, year, now(), stamp())
        data = path.read_bytes()
    audit(Action.EXPORTED, f"{center}：{name}", details={"bytes": len(data)})
    return workbook_file(data, name)


@pages.get("/<center:center>/<year:year>/public.csv")
@allowed(Right.EXPORT)
def public(center: str, year: Year) -> Response:
    """Work orders by kind and month, for publication: small numbers are hidden."""
    frame(center, year)
    name = f"{center}_{year}_公开统计表.csv"
    audit(Action.EXPORTED, f"{center}：{name}", details={"rows": 12})
    return csv_file(list(_public_lines(center, year)), name)


def _public_lines(center: str, year: Year) -> Iterator[str]:
    """One line a month that is counted; a month without data says so, and is not 0."""
    figures = results.of_year(db(), center, year.year)
    yield csv_line(["月份", "工单总数", *(INDICATORS[key].title for key in KINDS)])
    for month in year.months:
        counted = [figures.get(key, {}).get(month) for key in (TOTAL, *KINDS)]
        values = [int(one.value) for one in counted if one is not None and one.value is not None]
        if len(values) < len(counted):
            yield csv_line([month.label, *[NO_DATA] * len(counted)])
            continue
        total, *kinds = values
        shown = [HIDDEN if one is None else str(one) for one in suppressed(kinds, total)]
        yield csv_line([month.label, str(total), *shown])
