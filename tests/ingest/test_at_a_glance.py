"""What is told of a delivery's months for a person to check by eye, and what a delivery does not tell."""

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.importing.import_file import import_file
from ingest.kinds import KINDS
from tests.conftest import DATA
from tests.drawing import examples
from tests.ingest.tables import CALL_1, CALL_HEADER, ORDER_HEADER, csv_file, workbook
from tracker import centers
from tracker.database import Database
from tracker.events.times import BEIJING

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=BEIJING)
CALLS = f"{CALL_HEADER},通话时长"


def call(number: int, day: str, *, talk: int | None = None) -> str:
    answered = f"{day} 08:00:20" if talk else ""
    outcome = "已接听" if talk else "队列放弃"
    times = f"{day} 08:00:0{number % 10},{day} 08:00:10,{answered},{day} 09:00:00"
    return f"c{number},呼入,139,{times},8001,{outcome},{talk or 0}"


@pytest.fixture
def deliver(database: Database, home: Path) -> Any:
    def take(path: Path, *, dry_run: bool = False, center: str = "x") -> Any:
        return import_file(database, home, path, center, now=NOW, dry_run=dry_run)

    return take


def test_every_kind_has_something_to_look_at() -> None:
    assert {kind.name for kind in KINDS if kind.glance is None} == {"roster"}


@pytest.mark.parametrize("path", sorted(DATA.glob("*")), ids=lambda path: path.name)
def test_every_file_of_the_sample_year_is_told_of(deliver: Any, path: Path) -> None:
    if path.suffix == ".json":
        pytest.skip("no delivery")
    trial = deliver(path, dry_run=True)
    [table] = deliver(path).tables
    assert table.glance[0].endswith("对吗？")
    assert trial.tables[0].glance == table.glance


def test_a_trial_of_a_correction_tells_what_the_import_will_tell(deliver: Any, tmp_path: Path) -> None:
    before = [call(number, "2023-05-01", talk=100) for number in range(1, 31)]
    deliver(csv_file(tmp_path, CALLS, *before, name="话单_2023-05.csv"))
    mended = [call(number, "2023-05-01", talk=110) for number in range(1, 3)]
    path = csv_file(tmp_path, CALLS, *mended, name="话单_2023-05_更正.csv")
    [trial], [imported] = deliver(path, dry_run=True).tables, deliver(path).tables
    assert trial.glance == imported.glance
    assert "30 个来电" in trial.glance[0]
    assert trial.notices == imported.notices


def test_calls_are_told_with_their_span_and_the_month_before(deliver: Any, tmp_path: Path) -> None:
    april = [call(1, "2023-04-30", talk=50)]
    may = [call(2, "2023-05-01", talk=100), call(3, "2023-05-01"), call(4, "2023-05-03", talk=200)]
    deliver(csv_file(tmp_path, CALLS, *april, name="话单_2023-04.csv"))
    [table] = deliver(csv_file(tmp_path, CALLS, *may, name="话单_2023-05.csv")).tables
    assert table.glance == (
        "2023年5月 3 个来电（5月1日 08:00 至 3日 08:00），接通 2，平均通话 150 秒，每天 1 至 2 个，"
        "其间 1 天一个也没有。对吗？",
        "上月：2023年4月 1 个来电（4月30日 08:00），接通 1，平均通话 50 秒，每天 1 个。",
    )


def test_what_no_column_tells_is_not_told_as_nothing(deliver: Any, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "工单编号,受理时间,受理渠道", "g1,2023-05-01 08:00:00,电话")
    assert deliver(path).tables[0].glance == ("2023年5月 1 件工单（5月1日 08:00），每天 1 件。对吗？",)


def test_people_in_post_are_told_as_of_the_roster(deliver: Any, tmp_path: Path) -> None:
    rows = ["1,甲,班长,2023-01-01,", "2,乙,班长,2023-05-02,", "3,丙,班长,2022-01-01,2023-05-10"]
    path = csv_file(tmp_path, "工号,姓名,岗位,入职日期,离职日期", *rows, name="花名册_2023-05-31.csv")
    assert deliver(path).tables[0].glance == (
        "2023年5月31日在岗 2 人，当月入职 1 人、离职 1 人。对吗？",
        "上月末：2023年4月30日在岗 2 人，当月入职 0 人、离职 0 人。",
    )


def test_a_table_without_a_row_taken_in_is_not_told_of(deliver: Any, tmp_path: Path) -> None:
    report = deliver(csv_file(tmp_path, CALL_HEADER, CALL_1.replace("2023-05-01 08:03:05", "某日")))
    assert report.tables[0].glance == ()
    assert report.in_part


def test_a_sheet_that_is_left_out_makes_an_import_one_in_part(deliver: Any, tmp_path: Path) -> None:
    rows = ["日期", "办件量"], [datetime(2023, 5, 1), 5]
    assert not deliver(workbook(tmp_path, *rows)).in_part
    book = openpyxl.load_workbook(workbook(tmp_path, *rows))
    book.create_sheet("别的").append(["菜名", "价格", "产地"])
    book.save(tmp_path / "两张表.xlsx")
    assert deliver(tmp_path / "两张表.xlsx").in_part


_numbers = iter(range(10**6))


@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=st.lists(st.tuples(st.integers(1, 31), st.integers(0, 300)), min_size=1, max_size=30))
def test_what_is_told_is_what_the_file_holds(
    deliver: Any, database: Database, tmp_path: Path, drawn: list[tuple[int, int]]
) -> None:
    code = f"c{next(_numbers)}"
    with database.connect() as connection:
        centers.create_center(connection, code, code, now=NOW)
    rows = [call(n, f"2023-05-{day:02}", talk=talk or None) for n, (day, talk) in enumerate(drawn)]
    [table] = deliver(csv_file(tmp_path, CALLS, *rows, name=f"{code}.csv"), center=code).tables
    [told] = table.glance
    days = [day for day, _ in drawn]
    each = [days.count(day) for day in set(days)]
    assert told.startswith(f"2023年5月 {len(drawn)} 个来电（5月{min(days)}日 08:00")
    assert f"，接通 {sum(talk > 0 for _, talk in drawn)}，" in told
    assert f"每天 {min(each)} 至 {max(each)} 个" in told or (
        min(each) == max(each) and f"每天 {min(each)} 个" in told
    )
    without = max(days) - min(days) + 1 - len(each)
    assert (f"其间 {without} 天" in told) is (without > 0)


def test_rows_with_a_doubt_are_told_apart_from_rows_held_back(deliver: Any, tmp_path: Path) -> None:
    good = "g1,2023-05-01 08:00:00,投诉,甲局,,,,2023-05-03 08:00:00,已解决,还行吧,"
    [table] = deliver(
        csv_file(tmp_path, ORDER_HEADER, good, good.replace("2023-05-01 08:00:00", "某日"))
    ).tables
    assert [(one.row, one.value) for one in table.problems if one.column == "受理时间"] == [(3, "某日")]
    assert [(one.row, one.value) for one in table.doubts] == [(2, "还行吧")]
    assert (table.accepted, table.quarantined, table.doubtful) == (1, 1, 1)
