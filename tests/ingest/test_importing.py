"""A file into the log: once, whole, and with what became of every row."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest

from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.importing.import_file import FileRefused
from tests.conftest import DATA
from tests.ingest.conftest import NOW, Import
from tests.ingest.facts import Facts
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, ORDER_HEADER, csv_file, fill
from tests.kept_files import open_kept, read_kept
from tracker import log
from tracker.centers import CenterProblem
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.vault import Vault

Head = Callable[..., log.LogHead]


def query(database: Database, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(sql, arguments).fetchall()


def delivery_events(database: Database) -> list[dict[str, Any]]:
    rows = query(database, "SELECT data FROM events WHERE type = 'delivery.imported' ORDER BY seq")
    return [orjson.loads(data) for (data,) in rows]


def test_every_event_knows_its_delivery_and_row(imported: Import, database: Database, tmp_path: Path) -> None:
    report = imported(csv_file(tmp_path, "5月话单", CALL_HEADER, CALL_1, "", CALL_2))
    rows = query(
        database, 'SELECT subject, delivery, "row" FROM events WHERE source = %s ORDER BY seq', "calls"
    )
    delivery = report.tables[0].delivery
    assert rows == [("call/c1", delivery, 3), ("call/c2", delivery, 5)]


def test_the_delivery_is_recorded_last_with_its_counts_and_days(
    imported: Import, database: Database, head: Head, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2, "坏行", name="话单_2023-05.csv")
    imported(path)
    (told,) = delivery_events(database)
    assert told["days"] == {"2023-05-01": 1, "2023-05-02": 1}
    assert (told["rows"], told["new"], told["quarantined"]) == (3, 2, 1)
    assert (told["of"], told["profile"], told["file_name"]) == ("calls", "calls", "话单_2023-05.csv")
    assert (told["as_of"], told["as_of_basis"]) == ("2023-06-01T00:00:00+08:00", "file name")
    assert told["sha256"] == sha256(path.read_bytes()).hexdigest()
    assert query(database, "SELECT seq FROM events WHERE type = 'delivery.imported'") == [(head().seq,)]


def test_the_bytes_are_kept_sealed_for_the_owner_alone(
    imported: Import, database: Database, home: Path, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1)
    digest = imported(path).sha256
    assert digest == sha256(path.read_bytes()).hexdigest()
    assert read_kept(database, home, "c1", digest) == path.read_bytes()
    kept = open_kept(database, home, "c1").locate(digest)
    assert CALL_1.partition(",")[0].encode() not in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0
    assert [one for one in home.rglob("*") if one.is_file()] == [kept]


@pytest.mark.acceptance(10)
def test_the_same_file_again_adds_nothing(imported: Import, head: Head, tmp_path: Path) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2, "坏行")
    imported(path)
    before = head()
    report = imported(path, now=NOW + timedelta(days=1))
    assert head() == before
    assert not report.changed_anything
    assert report.total("same") == 2


def test_the_same_bytes_under_another_name_add_nothing(imported: Import, head: Head, tmp_path: Path) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05.csv"))
    before = head()
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05 (1).csv"))
    assert head() == before


def test_the_same_bytes_that_speak_of_a_later_time_are_a_delivery(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05.csv")
    imported(path)
    imported(path, as_of=datetime(2023, 7, 1, tzinfo=BEIJING))
    assert [told["delivery"][16:] for told in delivery_events(database)] == ["", "-2"]


@pytest.mark.acceptance(10)
def test_a_changed_row_supersedes_and_the_old_value_stays_readable(
    imported: Import, database: Database, facts: Callable[[], Facts], tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05.csv"))
    changed = csv_file(tmp_path, CALL_HEADER, CALL_1.replace("8001", "8002"), name="话单_2023-06.csv")
    report = imported(changed)
    assert (report.total("new"), report.total("changed")) == (0, 1)
    assert "8002" in str(facts()["calls"])
    with database.connect() as connection:
        told = log.read_timeline(connection, "c1", "call/c1")
    assert [event.data["agent"] for event in told] == ["8001", "8002"]


def test_an_older_file_that_is_outdated_is_reported_and_not_applied(
    imported: Import, facts: Callable[[], Facts], tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-06.csv"))
    before = facts()
    older = csv_file(tmp_path, CALL_HEADER, CALL_1.replace("8001", "8002"), name="话单_2023-05.csv")
    assert imported(older).question is not None
    assert imported(older, answer=QuestionAnswer(outdated=True)).total("stale") == 1
    assert facts() == before


@pytest.mark.parametrize("names", [("a.csv", "b.csv"), ("话单_2023-05.csv", "话单_2023-05_改.csv")])
def test_a_then_b_then_a_ends_as_a(
    imported: Import, facts: Callable[[], Facts], tmp_path: Path, names: tuple[str, str]
) -> None:
    first = csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2, name=names[0])
    second = csv_file(tmp_path, CALL_HEADER, CALL_1.replace("8001", "8002"), CALL_2, name=names[1])
    imported(first)
    as_first = facts()
    imported(second, now=NOW + timedelta(hours=1))
    assert facts() != as_first
    imported(first, now=NOW + timedelta(hours=2))
    assert facts() == as_first


def test_a_later_state_of_an_order_adds_only_what_is_new(imported: Import, tmp_path: Path) -> None:
    opened = "g1,2023-01-01 00:36:11,投诉,市城管局,2023-01-01 02:01:45,2023-01-06 18:00:00"
    imported(csv_file(tmp_path, ORDER_HEADER, f"{opened},,,,,0", name="工单_2023-01.csv"))
    closed = f"{opened},2023-01-06 02:07:04,2023-01-09 13:44:17,已解决,满意,0"
    report = imported(csv_file(tmp_path, ORDER_HEADER, closed, name="工单_2023-02.csv"))
    assert (report.total("new"), report.total("changed"), report.total("same")) == (2, 0, 2)


def test_a_known_row_that_stands_twice_in_a_later_file_is_said_again(
    imported: Import, tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05-30.csv"))
    report = imported(csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_1, name="话单_2023-05-31.csv"))
    assert (report.total("new"), report.total("same")) == (0, 2)


def test_an_empty_cell_takes_back_where_the_profile_lets_it(
    imported: Import, database: Database, home: Path, tmp_path: Path
) -> None:
    (home / "profiles").mkdir(parents=True)
    (home / "profiles" / "own.toml").write_text('kind = "work_orders"\nempty_retracts = true')
    row = "g1,2023-01-01 00:36:11,投诉,市城管局,,2023-01-06 18:00:00,2023-01-06 02:07:04,,,,1"
    imported(csv_file(tmp_path, ORDER_HEADER, row, name="工单_2023-01.csv"), profile="own")
    again = row.replace("2023-01-06 02:07:04", "")[:-1] + "0"
    imported(csv_file(tmp_path, ORDER_HEADER, again, name="工单_2023-02.csv"), profile="own")
    assert query(database, "SELECT closed_at, redone FROM work_orders") == [(None, 0)]


@pytest.mark.acceptance(8)
def test_legs_of_a_call_are_one_call_in_the_facts(
    imported: Import, database: Database, home: Path, tmp_path: Path
) -> None:
    header = f"{CALL_HEADER},分段序号"
    menu = "c1,呼入,13800000001,2023-05-01 08:00:00,2023-05-01 08:00:09,,2023-05-01 08:01:00,,溢出,1"
    agent = (
        "c1,呼入,13800000001,2023-05-01 08:01:00,2023-05-01 08:01:00,2023-05-01 08:01:08,2023-05-01 08:04:00,"
        "8001,已接听,2"
    )
    imported(csv_file(tmp_path, header, menu, agent))
    rows = query(database, "SELECT legs, outcome, wait_ms FROM calls")
    assert rows == [(2, "answered", 59_000)]


def test_every_row_and_statement_is_accounted_for(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_2, name="话单_2023-07.csv"))
    lines = [
        CALL_1,  # new
        CALL_2.replace("队列放弃", "其他"),  # stale
        "",
        CALL_1,  # same
        CALL_1.replace("c1", "c3").replace("呼入", "坏"),  # held back
        CALL_HEADER,
        "合计,3",
    ]
    path = csv_file(tmp_path, CALL_HEADER, *lines, name="话单_2023-05.csv")
    table = imported(path, answer=QuestionAnswer(outdated=True)).tables[0]
    assert table.rows == table.accepted + table.quarantined == 4
    assert table.rows + sum(table.skipped.values()) == len(lines)
    assert (table.new, table.changed, table.same, table.stale) == (1, 0, 1, 1)
    held_back = query(database, 'SELECT DISTINCT "row" FROM quarantine WHERE delivery = %s', table.delivery)
    assert len(held_back) == table.quarantined == 1


def test_a_dry_run_tells_the_same_and_leaves_nothing(
    imported: Import, database: Database, home: Path, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2, "坏行")
    trial = imported(path, dry_run=True)
    for table in ("centers", "events", "calls", "people", "quarantine", "touched_days"):
        assert query(database, f"SELECT * FROM {table}") == [], table
    assert not list((home / "deliveries").rglob("*")) if (home / "deliveries").exists() else True
    real = imported(path)
    assert trial.tables == real.tables


def test_a_refused_file_leaves_nothing(
    imported: Import, database: Database, home: Path, tmp_path: Path
) -> None:
    broken = csv_file(tmp_path, CALL_HEADER, *[CALL_1] * 3, '"c9,呼入')
    with pytest.raises(FileRefused):
        imported(broken)
    assert query(database, "SELECT * FROM events") == []
    assert query(database, "SELECT * FROM people") == []
    assert [path for path in (home / "deliveries").rglob("*") if path.is_file()] == []


def test_a_table_without_rows_is_refused(imported: Import, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="请在“数据填报”中确认零报告"):
        imported(csv_file(tmp_path, CALL_HEADER, "合计,0"))


def test_a_file_of_bad_rows_only_is_a_delivery_with_all_of_them_held_back(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1.replace("呼入", "坏")))
    (told,) = delivery_events(database)
    assert (told["rows"], told["quarantined"], told["days"]) == (1, 1, {})


def test_sheets_of_one_kind_are_a_delivery_each(imported: Import, database: Database, tmp_path: Path) -> None:
    header = ["日期", "发送短信数", "办件量", "接待人次"]
    book = openpyxl.Workbook()
    fill(book.active, [header, ["2023-01-01", 1, 2, 3]], title="1月")
    fill(book.create_sheet(), [header, ["2023-02-01", 4, 5, 6]], title="2月")
    fill(book.create_sheet(), [["说明"], ["数据来自平台"]], title="说明")
    book.save(tmp_path / "日报.xlsx")
    report = imported(tmp_path / "日报.xlsx")
    assert [told["file_name"] for told in delivery_events(database)] == ["日报.xlsx#1月", "日报.xlsx#2月"]
    assert "说明" in report.notes[0]
    assert not imported(tmp_path / "日报.xlsx").changed_anything


def test_a_sheet_that_is_nearly_known_refuses_the_workbook(imported: Import, tmp_path: Path) -> None:
    header = ["凭证号", "费用项目", "收款单位", "约定支付日", "实际支付日", "金额(元)"]
    row = ["V1", "劳务费", "甲公司", "2023-01-10", "2023-01-09", 5]
    book = openpyxl.Workbook()
    fill(book.active, [header, row], title="1月")
    fill(book.create_sheet(), [[*header[:3], "约定", *header[4:]], row], title="2月")
    book.save(tmp_path / "支付.xlsx")
    with pytest.raises(FileRefused, match=r"2月.*约定支付日"):
        imported(tmp_path / "支付.xlsx")


def test_two_imports_of_one_file_at_once_take_it_in_once(
    imported: Import, database: Database, home: Path, tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_2, name="first.csv"))
    path = csv_file(tmp_path, CALL_HEADER, *(CALL_1.replace("c1", f"x{n}") for n in range(300)))
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: imported(path), range(2)))
    assert sorted(report.changed_anything for report in reports) == [False, True]
    assert query(database, "SELECT count(*) FROM calls") == [(301,)]


def test_another_centre_is_not_made_by_a_slip(imported: Import, tmp_path: Path) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1)
    imported(path)
    with pytest.raises(CenterProblem, match="c1"):
        imported(path, center="c2")


def test_progress_is_told_batch_by_batch(
    imported: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.importing.row_batches.BATCH", 100)
    path = csv_file(tmp_path, CALL_HEADER, *(CALL_1.replace("c1", f"x{n}") for n in range(250)))
    told: list[tuple[int, float]] = []
    imported(path, progress=told.append)
    assert [row for row, _ in told] == [101, 201, 251]
    assert told[-1][1] == 1


def test_personal_data_is_in_the_vault_and_nowhere_else(
    imported: Import, database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    imported(
        csv_file(
            tmp_path, f"{CALL_HEADER},市民姓名", f"{CALL_1},王小明", f"{CALL_2.replace('呼入', '坏')},李雷"
        )
    )
    tables = [
        name for (name,) in query(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    everything = "".join(str(query(database, f"SELECT * FROM {name}")) for name in tables if name != "people")
    for personal in ("13800000001", "13800000002", "王小明", "李雷"):
        assert personal not in everything
        assert personal not in caplog.text
    [(kind, token)] = query(database, "SELECT kind, token FROM people")
    with database.connect() as connection:
        values = Vault(b"k" * 32).read_values(connection, "c1", [token])
    assert (kind, values) == ("phone", {token: "13800000001"})


@pytest.mark.parametrize(
    "path",
    sorted(DATA.glob("*_2023-01.*")) + sorted(DATA.glob("*[!0-9报].[cx]*")),
    ids=lambda path: path.name,
)
def test_no_row_of_the_sample_is_held_back(imported: Import, path: Path) -> None:
    table = imported(path).tables[0]
    assert (table.quarantined, table.skipped, table.notices) == (0, {}, {})


def test_after_many_small_files_the_server_plans_by_what_its_tables_hold(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    """In tests it counts by itself never; a centre's first year would be computed before it does."""
    for number in range(3):
        rows = [CALL_1.replace("c1,", f"c{number}-{row},", 1) for row in range(1500)]
        imported(csv_file(tmp_path, CALL_HEADER, *rows, name=f"话单_2023-05 ({number}).csv"))
    [(counted,)] = query(database, "SELECT reltuples FROM pg_class WHERE relname = 'calls'")
    assert counted >= 4500 / 2
