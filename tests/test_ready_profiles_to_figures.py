"""From a vendor's table to the month's figures: calls told in three different ways, orders in eight."""

import csv
from pathlib import Path

import pytest

from kpi.figures.figure import Status
from tests.centre import Centre
from tests.ingest.call_layouts import LAYOUTS, Layout, Row
from tests.ingest.order_layouts import CARRIED, OrderLayout, count_truth
from tests.ingest.order_layouts import LAYOUTS as ORDER_LAYOUTS
from tracker.database import Database
from tracker.periods import parse_period


@pytest.mark.parametrize("profile", ["aliyun_ccc", "huawei_aicc", "moor_v2"])
def test_the_answer_rate_of_a_vendors_table_is_that_of_its_calls(
    profile: str, database: Database, home: Path, tmp_path: Path
) -> None:
    """Of durations, of a row for each device, of results; four days of the month are delivered."""
    [layout] = [one for one in LAYOUTS if one.profile == profile]
    centre = Centre(database, home)
    [report] = centre.bring(_write(tmp_path, layout))
    assert [table.quarantined for table in report.tables] == [0]
    found = centre.figures(parse_period("2023-05"), "call_answer_rate")["call_answer_rate"]
    offered = [call for call in layout.calls if layout.expected(call).get("queued") is True]
    answered = sum(call.talk is not None for call in offered)
    assert (found.numerator, found.denominator, found.status) == (answered, len(offered), Status.PARTLY)


@pytest.mark.parametrize("layout", ORDER_LAYOUTS, ids=[layout.profile for layout in ORDER_LAYOUTS])
def test_the_figures_of_a_platforms_orders_are_those_of_its_orders_or_what_it_lacks_is_named(
    layout: OrderLayout, database: Database, home: Path, tmp_path: Path
) -> None:
    centre = Centre(database, home)
    [report] = centre.bring(_write_rows(tmp_path / "工单_2023-05.csv", layout.write()))
    assert [(table.profile, table.quarantined) for table in report.tables] == [(layout.profile, 0)]
    truth = count_truth(layout.orders)
    found = centre.figures(parse_period("2023-05"), *truth)
    for key, (numerator, denominator) in truth.items():
        figure = found[key]
        if key in layout.untold:
            assert figure.value is None, key
            assert layout.untold[key] in figure.reason, (key, figure.reason)
        else:
            assert (figure.numerator, figure.denominator) == (numerator, denominator), (key, figure.reason)
            assert figure.status is (Status.PARTLY if key in CARRIED else Status.VERIFIABLE), (
                key,
                figure.reason,
            )


def _write(folder: Path, layout: Layout) -> Path:
    return _write_rows(folder / "话单_2023-05.csv", layout.write())


def _write_rows(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*dict.fromkeys(title for row in rows for title in row)])
        writer.writeheader()
        writer.writerows(rows)
    return path
