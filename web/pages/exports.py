"""What leaves as a file of its own: the year's workbook, and the table for the public."""

from collections import Counter
from collections.abc import Iterator

from flask import Blueprint, Response

from kpi.figures import results
from kpi.figures.measures import MEASURES
from kpi.figures.patterns.breakdown import UNSTATED
from kpi.figures.patterns.grouped import SummedMeasure, sum_groups
from kpi.figures.patterns.splits import KIND, MONTH
from kpi.handover.workbook import write_workbook
from tracker.file_writing import WorkingFolder
from tracker.periods import Month, Year
from web.access import Action, Right, allowed, audit
from web.access.small_cells import HIDDEN, suppress_small
from web.downloads import format_csv_line, make_stamp, send_workbook, stream_csv
from web.formatting import NO_DATA
from web.instance import get_connection, get_now
from web.pages.frame import make_frame

pages = Blueprint("exports", __name__)

TOTAL = MEASURES["work_orders_opened"]  # also the indicator that it is


@pages.get("/<center:center>/<year:year>/workbook.xlsx")
@allowed(Right.EXPORT)
def workbook(center: str, year: Year) -> Response:
    """Indicators, gaps and definitions of the year; each printed page says who took it out."""
    around, name = make_frame(center, year), f"{center}_{year}_指标.xlsx"
    with WorkingFolder() as folder:
        path = folder / "workbook.xlsx"
        write_workbook(path, get_connection(), around.center, year, get_now(), make_stamp())
        data = path.read_bytes()
    audit(Action.EXPORTED, f"{center}：{name}", details={"bytes": len(data)})
    return send_workbook(data, name)


@pages.get("/<center:center>/<year:year>/public.csv")
@allowed(Right.EXPORT)
def public(center: str, year: Year) -> Response:
    """Work orders by kind and month, for publication: small numbers are hidden."""
    make_frame(center, year)
    name = f"{center}_{year}_公开统计表.csv"
    audit(Action.EXPORTED, f"{center}：{name}", details={"rows": 12})
    return stream_csv(list(_format_public_lines(center, year)), name)


def _format_public_lines(center: str, year: Year) -> Iterator[str]:
    """One line a month that is counted; a month without data says so, and is not 0.

    The kinds of a month are left out where they do not come to its total as it is published: where it is
    locked and orders came later.
    """
    totals = results.read_indicator(get_connection(), center, TOTAL.key, year.year)
    opened = SummedMeasure(TOTAL, ((year.first_day, year.end_day),))
    counted: dict[Month, Counter[str]] = {month: Counter() for month in year.months}
    for group in sum_groups(get_connection(), center, [opened], [MONTH, KIND]):
        first_day, kind = group.values
        counted[Month.of(first_day)][kind or UNSTATED] += group.sums[0]
    kinds = [kind for kind, _ in sum(counted.values(), Counter()).most_common() if kind != UNSTATED]
    columns = [*kinds, UNSTATED]
    yield format_csv_line(["月份", "工单总数", *(f"{kind}工单" for kind in kinds), f"{UNSTATED}类型"])
    for month in year.months:
        figure = totals.get(month)
        if figure is None or figure.value is None:
            yield format_csv_line([month.label, *[NO_DATA] * (1 + len(columns))])
            continue
        total, row = int(figure.value), [counted[month][kind] for kind in columns]
        counts = [HIDDEN if one is None else str(one) for one in suppress_small(row, total)]
        cells = counts if sum(row) == total else [NO_DATA] * len(row)
        yield format_csv_line([month.label, str(total), *cells])
