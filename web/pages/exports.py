"""What leaves as a file of its own: the year's workbook, and the table for the public."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response

from kpi.figures import results
from kpi.figures.measures import MEASURES
from kpi.figures.patterns.breakdown import UNSAID
from kpi.figures.patterns.grouped import Summed, grouped
from kpi.figures.patterns.splits import KIND, MONTH
from kpi.handover.workbook import write_workbook
from tracker.periods import Month, Year
from web.access import Action, Right, allowed, audit
from web.access.small_cells import HIDDEN, suppressed
from web.downloads import csv_file, csv_line, stamp, workbook_file
from web.formatting import NO_DATA
from web.instance import db, now
from web.pages.frame import frame

pages = Blueprint("exports", __name__)

TOTAL = MEASURES["work_orders_opened"]  # also the indicator that it is


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
    """One line a month that is counted; a month without data says so, and is not 0.

    The kinds of a month are left out where they do not come to its total as it is published: where it is
    locked and orders came later.
    """
    totals = results.of_indicator(db(), center, TOTAL.key, year.year)
    opened = Summed(TOTAL, ((year.first_day, year.end_day),))
    counted: dict[Month, Counter[str]] = {month: Counter() for month in year.months}
    for group in grouped(db(), center, [opened], [MONTH, KIND]):
        first_day, kind = group.values
        counted[Month.of(first_day)][kind or UNSAID] += group.sums[0]
    kinds = [kind for kind, _ in sum(counted.values(), Counter()).most_common() if kind != UNSAID]
    columns = [*kinds, UNSAID]
    yield csv_line(["月份", "工单总数", *(f"{kind}工单" for kind in kinds), f"{UNSAID}类型"])
    for month in year.months:
        figure = totals.get(month)
        if figure is None or figure.value is None:
            yield csv_line([month.label, *[NO_DATA] * (1 + len(columns))])
            continue
        total, row = int(figure.value), [counted[month][kind] for kind in columns]
        shown = [HIDDEN if one is None else str(one) for one in suppressed(row, total)]
        told = shown if sum(row) == total else [NO_DATA] * len(row)
        yield csv_line([month.label, str(total), *told])
