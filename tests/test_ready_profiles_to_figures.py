"""From a vendor's table to the month's figure: 接通率 of calls that were told in three different ways."""

import csv
from pathlib import Path

import pytest

from kpi.figures.figure import Status
from tests.centre import Centre
from tests.ingest.call_layouts import LAYOUTS, Layout
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


def _write(folder: Path, layout: Layout) -> Path:
    path, rows = folder / "话单_2023-05.csv", layout.write()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*dict.fromkeys(title for row in rows for title in row)])
        writer.writeheader()
        writer.writerows(rows)
    return path
