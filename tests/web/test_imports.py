"""The import wizard: looked at, mapped, tried, imported, mended, undone."""

import os
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from werkzeug.test import TestResponse

from ingest.importing.import_file import import_file, take_in_file
from kpi.figures import results
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file
from tests.web.conftest import NOW, SETTINGS, add, grant, signed_in_client
from tests.web.desk import Desk, open_desk
from tracker import centers
from tracker.database import Database, get_driver
from tracker.log.dry_run_tables import overlay_tables, settle_overlay
from tracker.vault import open_vault
from web.access.rights import Role
from web.imports.effects import compute_live_figures, describe_effects
from web.instance import get_instance_of
from web.jobs import queue, working
from web.jobs.job import IMPORT, TRIAL, JobState
from web.jobs.keeping import FORGOTTEN_AFTER, forget_old

BROKEN = CALL_2.replace("2023-05-02 09:00:00", "昨天上午")
FOREIGN = "会话编码,进出,进线,排队,摘机,挂机"


@pytest.fixture
def desk(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return open_desk(database, home, monkeypatch)


def calls(folder: Path, *rows: str, name: str = "话单_2023-05.csv") -> Path:
    return csv_file(folder, CALL_HEADER, *rows, name=name)


def test_an_upload_is_looked_at_and_writes_nothing(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path, CALL_1, BROKEN))
    page = desk.page(there)
    assert "识别为" in page and "话单" in page
    assert "UTF-8" in page
    assert "第 1 行" in page
    assert "不是时间" in page
    assert "138********" in page and "13800000001" not in page
    assert desk.count("events") == 0


def test_what_a_trial_foretells_is_what_the_import_brings(desk: Desk, tmp_path: Path):
    desk.imported(calls(tmp_path, CALL_1))
    there = desk.upload(calls(tmp_path, CALL_1, CALL_2, name="话单_2023-05-31.csv"))
    desk.step(there, "trial")
    foretold = desk.job(there).result["trial"]
    with desk.database.engine.connect() as connection:
        before = compute_live_figures(connection, "tlf")
    desk.step(there, "commit")
    with desk.database.engine.connect() as connection:
        brought = describe_effects(connection, "tlf", before, compute_live_figures(connection, "tlf"))
    assert foretold["effects"] == brought != []
    counted = ("rows", "new", "changed", "same", "stale", "quarantined")
    tables = zip(foretold["tables"], desk.job(there).result["done"]["tables"], strict=True)
    assert all(tried[name] == done[name] for tried, done in tables for name in counted)


def test_a_trial_writes_into_no_table_that_others_see(desk: Desk, tmp_path: Path):
    """The server's own list of locks: whoever writes into a table holds one on it until the end."""
    desk.imported(calls(tmp_path, CALL_1))
    path = calls(tmp_path, CALL_1, CALL_2, BROKEN.replace("c2", "c3"), name="话单_2023-05-31.csv")
    with desk.database.apart() as connection:
        driver = get_driver(connection)
        overlay_tables(driver, "tlf", copied=results.CHANGED, written=results.ADDED_TO)
        vault = open_vault(replace(SETTINGS, home=desk.home))
        report = take_in_file(driver, desk.home, path, "tlf", now=NOW, dry_run=True, vault=vault)
        assert (report.total("new"), report.total("quarantined")) == (1, 1)
        settle_overlay(driver, "tlf")
        assert results.bring_up_to_date(connection, "tlf", NOW) > 0
        written = driver.execute(
            "SELECT relname FROM pg_locks JOIN pg_class ON oid = relation"
            " WHERE pid = pg_backend_pid() AND relnamespace = current_schema()::regnamespace"
            " AND mode NOT IN ('AccessShareLock')"
        ).fetchall()
        connection.rollback()
    assert written == []


def test_a_trial_says_when_something_was_recorded_since(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path, CALL_1))
    assert "重新试导入" not in desk.step(there, "trial", as_of="2023-06-01")
    desk.imported(calls(tmp_path, CALL_2, name="话单_2023-05-31.csv"))
    page = desk.page(there)
    assert "有新数据写入" in page and 'name="as_of" value="2023-06-01"' in page
    assert "重新试导入" not in desk.step(there, "trial", as_of="2023-06-01")


def test_a_trial_tells_the_counts_and_the_months_indicators_before_and_after(desk: Desk, tmp_path: Path):
    desk.imported(calls(tmp_path, CALL_1))
    again = calls(tmp_path, CALL_1, CALL_2, BROKEN.replace("c2", "c3"), name="话单_2023-05-31.csv")
    there = desk.upload(again)
    before = desk.count("events")
    page = desk.step(there, "trial")
    assert "尚未写入任何数据" in page
    totals = dict(re.findall(r"<b>([\d,]+)</b>(新增|变更|相同|行未通过校验|行逾期报送)", page))
    assert set(re.findall(r"<b>(\d+)</b>(新增|相同|变更|行未通过校验)", page)) == {
        ("1", "新增"), ("1", "相同"), ("0", "变更"), ("1", "行未通过校验"),
    }, totals  # fmt: skip
    effects = {one["period"]: one["rows"] for one in desk.job(there).result["trial"]["effects"]}
    rate = next(row for row in effects["2023-05"] if row["key"] == "call_answer_rate")
    assert (rate["before"], rate["after"]) == ("100.00%", "50.00%")
    assert (rate["parts_before"], rate["parts_after"]) == ("1 ÷ 1", "1 ÷ 2")
    assert desk.count("events") == before


def test_rows_that_do_not_fit_are_left_out_only_when_told_to(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path, CALL_1, BROKEN))
    desk.step(there, "trial")
    assert "有行未通过校验" in desk.step(there, "commit")
    assert desk.count("events") == 0
    assert "已导入" in desk.step(there, "commit", without="1")
    assert desk.count("calls") == 1


def test_who_brought_the_file_is_in_the_log_and_in_the_audit_trail(desk: Desk, tmp_path: Path):
    desk.imported(calls(tmp_path, CALL_1))
    with desk.database.connect() as connection:
        row = connection.execute("SELECT data FROM events WHERE type = 'delivery.imported'").fetchone()
    assert row is not None and '"entered_by":"李录入（clerk）"' in row[0]
    steps = [told for told in desk.trail() if told.startswith("delivered")]
    assert [("上传" in told, "试导入" in told, "sha256" in told) for told in steps] == [
        (True, False, False), (False, True, False), (False, False, True),
    ]  # fmt: skip


def test_held_back_rows_come_back_as_a_workbook_that_can_be_mended_and_uploaded(desk: Desk, tmp_path: Path):
    there = desk.imported(calls(tmp_path, CALL_1, BROKEN))
    answer = desk.client.get(f"{there}/rejects/1.xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(BytesIO(answer.data))
    [sheet] = book.worksheets
    titles = [cell.value for cell in sheet[1]]
    assert titles == [*CALL_HEADER.split(","), "原文件行号", "问题说明", "处理办法"]
    row = dict(zip(titles, [cell.value for cell in sheet[2]], strict=True))
    assert (row["流水号"], row["主叫号码"], row["进入系统时间"]) == ("c2", "13800000002", "昨天上午")
    assert row["原文件行号"] == "3"
    assert "不是时间" in row["问题说明"] and "2023-05-01 08:03:05" in row["处理办法"]
    sheet.cell(2, titles.index("进入系统时间") + 1).value = "2023-05-02 09:00:00"
    mended = tmp_path / "话单_2023-05_问题数据.xlsx"
    book.save(mended)
    again = desk.imported(mended)
    assert desk.job(again).result["done"]["tables"][0]["new"] == 1
    assert desk.count("calls") == 2
    assert any(told.startswith("exported") for told in desk.trail())


def test_held_back_rows_go_to_whoever_brought_them_or_may_see_numbers(desk: Desk, tmp_path: Path):
    there = desk.imported(calls(tmp_path, CALL_1, BROKEN))
    add(desk.database, "other", grant(Role.CLERK), name="张录入")
    assert signed_in_client(desk.app, "other").get(f"{there}/rejects/1.xlsx").status_code == 403
    assert signed_in_client(desk.app, "manager").get(f"{there}/rejects/1.xlsx").status_code == 200


def test_an_unknown_header_is_mapped_once_and_known_from_then_on(desk: Desk, tmp_path: Path):
    row = "a1,打入,2023-05-01 08:00:00,2023-05-01 08:00:05,2023-05-01 08:00:09,2023-05-01 08:01:00"
    there = desk.upload(csv_file(tmp_path, FOREIGN, row, name="某平台_2023-05.csv"))
    assert "无法识别数据类型" in desk.page(there)
    page = desk.page(f"{there}/mapping?sheet=1&kind=calls&header=1")
    assert "进线" in page and "（不使用该列）" in page
    columns = {"call_id": 0, "direction": 1, "entered_at": 2, "queued_at": 3, "answered_at": 4, "ended_at": 5}
    given = {f"as-{place}": key for key, place in columns.items()}
    told = desk.client.post(
        f"{there}/mapping",
        data={"sheet": "1", "kind": "calls", "header": "1", "title": "某平台", "as-0": "call_id"},
    )
    assert told.status_code == 422
    assert "请指定哪一列是“进入系统时间”" in unescape(told.text)
    page = desk.step(there, "mapping", sheet="1", kind="calls", header="1", title="某平台", **given)
    assert "某平台" in page and "取值不在可选范围" in page
    page = desk.page(f"{there}/mapping?sheet=1")
    assert "“打入”是" in page
    given |= {"word-direction-1": "打入", "means-direction-1": "inbound"}
    page = desk.step(there, "mapping", sheet="1", kind="calls", header="1", title="某平台", **given)
    assert "取值不在可选范围" not in page
    assert [path.name for path in (desk.home / "profiles" / "tlf").iterdir()] == ["某平台.toml"]
    again = csv_file(tmp_path, FOREIGN, row.replace("a1", "a2"), name="某平台_2023-06.csv")
    desk.imported(again)
    assert desk.count("calls") == 1
    assert sum(told.startswith("profile_saved") for told in desk.trail()) == 2


def test_a_title_of_several_meanings_is_answered_on_the_mapping_page(desk: Desk, tmp_path: Path):
    header = CALL_HEADER.replace("坐席应答时间", "AnswerTime")
    there = desk.upload(csv_file(tmp_path, header, CALL_1, name="某平台_2023-05.csv"))
    assert "系统（语音导航）接起的时间" in desk.page(there)
    page = desk.page(f"{there}/mapping?sheet=1")
    assert "“AnswerTime”列可能是座席应答时间" in page
    chosen = re.search(r'<select id="as-5".*?</select>', page, re.DOTALL)
    assert chosen is not None and "selected" not in chosen[0]
    columns = {"call_id": 0, "direction": 1, "entered_at": 3, "queued_at": 4, "answered_at": 5}
    given = {f"as-{place}": key for key, place in columns.items()}
    page = desk.step(there, "mapping", sheet="1", kind="calls", header="1", title="某平台", **given)
    assert "<b>AnswerTime</b> → 座席应答时间" in page
    desk.imported(csv_file(tmp_path, header, CALL_2, name="某平台_2023-06.csv"))
    assert desk.count("calls") == 1


def test_a_remark_that_may_change_a_column_is_answered_on_the_mapping_page(desk: Desk, tmp_path: Path):
    header = CALL_HEADER.replace("坐席应答时间", "接通时间（系统语音）")
    there = desk.upload(csv_file(tmp_path, header, CALL_1, name="某平台_2023-05.csv"))
    assert "“接通时间（系统语音）”列注有“系统语音”" in desk.page(there)
    page = desk.page(f"{there}/mapping?sheet=1")
    assert "请确认它还是不是“座席应答时间”" in page
    chosen = re.search(r'<select id="as-5".*?</select>', page, re.DOTALL)
    assert chosen is not None and "selected" not in chosen[0]
    columns = {"call_id": 0, "direction": 1, "entered_at": 3, "queued_at": 4, "answered_at": 5}
    given = {f"as-{place}": key for key, place in columns.items()}
    page = desk.step(there, "mapping", sheet="1", kind="calls", header="1", title="某平台", **given)
    assert "<b>接通时间（系统语音）</b> → 座席应答时间" in page
    desk.imported(csv_file(tmp_path, header, CALL_2, name="某平台_2023-06.csv"))
    assert desk.count("calls") == 1


def test_a_group_above_a_column_is_answered_on_the_mapping_page(desk: Desk, tmp_path: Path):
    lines = (
        ",,,承办单位自评",
        "工单编号,受理时间,办结时间,是否解决",
        "G1,2023-05-01 09:00:00,2023-05-02 09:00:00,是",
    )
    there = desk.upload(csv_file(tmp_path, *lines, name="工单_2023-05.csv"))
    page = desk.page(f"{there}/mapping?sheet=1")
    assert "“是否解决”列上方的分组写着“承办单位自评”" in page
    given = {"as-0": "order_id", "as-1": "accepted_at", "as-2": "closed_at", "as-3": ""}
    page = desk.step(there, "mapping", sheet="1", kind="work_orders", header="2", title="某平台", **given)
    assert "→ 是否解决" not in page
    desk.imported(csv_file(tmp_path, *lines, name="工单_2023-05-二.csv"))
    assert desk.count("work_orders") == 1


def test_a_column_that_nothing_reads_and_that_may_decide_is_answered_on_the_mapping_page(
    desk: Desk, tmp_path: Path
):
    header = "凭证号,费用项目,约定支付日,实际支付日,金额,审批状态"
    row = "P1,劳务费,2023-05-15,2023-05-14,1000,驳回"
    there = desk.upload(csv_file(tmp_path, header, row, name="支付明细_2023-05.csv"))
    assert "“审批状态”列没有采用，而其中 1 行写着“驳回”" in desk.page(there)
    page = desk.page(f"{there}/mapping?sheet=1")
    assert "与计数无关的可直接保存，以后相同文件不再提示。" in page
    columns = {"voucher": 0, "item": 1, "due_on": 2, "paid_on": 3, "amount_fen": 4, "state": 5}
    given = {f"as-{place}": key for key, place in columns.items()}
    page = desk.step(there, "mapping", sheet="1", kind="payments", header="1", title="某财务", **given)
    assert "<b>审批状态</b> → 支付状态" in page
    desk.imported(csv_file(tmp_path, header, row.replace("P1", "P2"), name="支付明细_2023-06.csv"))
    assert desk.count("payments") == 1


def test_a_saved_profile_is_of_its_centre_alone(desk: Desk, tmp_path: Path):
    with desk.database.connect() as connection:
        centers.create_center(connection, "other", "其他中心", now=NOW)
    there = desk.upload(csv_file(tmp_path, FOREIGN, "a", name="x.csv"))
    columns = {"call_id": 0, "direction": 1, "entered_at": 2, "queued_at": 3, "answered_at": 4}
    given = {f"as-{place}": key for key, place in columns.items()}
    desk.step(there, "mapping", sheet="1", kind="calls", header="1", title="某平台", **given)
    answer = desk.client.post(
        "/other/imports/", data={"file": (BytesIO(FOREIGN.encode() + b"\na"), "x.csv")},
        content_type="multipart/form-data", follow_redirects=True,
    )  # fmt: skip
    assert "无法识别数据类型" in unescape(answer.text)


def test_a_file_that_cannot_be_read_says_why_and_nothing_is_kept(desk: Desk, tmp_path: Path):
    path = tmp_path / "话单.xlsx"
    path.write_bytes(b"%PDF-1.7 and so on")
    there = desk.upload(path)
    assert "这是PDF 文件，不能导入" in desk.page(there)
    desk.step(there, "drop")
    assert not desk.job(there).path(desk.home).exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("a.exe", b"x", "不支持“a.exe”格式"), ("a.csv", b"", "是空的"), ("", b"", "请先选择文件")],
)
def test_what_is_not_taken_is_told_beside_the_field(desk: Desk, name: str, content: bytes, told: str):
    answer = desk.client.post(
        "/tlf/imports/", data={"file": (BytesIO(content), name)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert told in unescape(answer.text)
    assert not list((desk.home / "jobs").glob("*/*"))


def left_by_a_worker_that_has_gone(desk: Desk, there: str, *, kind: str, before: bool) -> None:
    beaten = NOW - timedelta(hours=1)
    desk.change(
        there, kind=kind, state=JobState.RUNNING, attempt=5, taken_again=before, worker="gone-1",
        beat_at=beaten, started_at=NOW, problem=None,
    )  # fmt: skip


@pytest.mark.parametrize("kind", [TRIAL, IMPORT])
def test_what_a_restart_cut_off_is_done_again(desk: Desk, tmp_path: Path, kind: str):
    there = desk.upload(calls(tmp_path, CALL_1))
    desk.step(there, "trial")
    left_by_a_worker_that_has_gone(desk, there, kind=kind, before=False)
    assert "正在" in desk.page(there)
    running = get_instance_of(desk.app)
    with running.database.engine.begin() as connection:
        queue.settle(connection, NOW)
    working.work_off(running)
    assert (desk.job(there).kind, desk.job(there).state, desk.job(there).attempt) == (kind, JobState.DONE, 6)
    assert desk.count("calls") == (kind == IMPORT)


def test_what_is_cut_off_twice_says_so_and_can_be_tried_again(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path, CALL_1))
    desk.step(there, "trial")
    left_by_a_worker_that_has_gone(desk, there, kind=IMPORT, before=True)
    with desk.database.engine.begin() as connection:
        queue.settle(connection, NOW)
    page = desk.page(there)
    assert "服务两次在处理中途停止，该文件未写入任何内容" in page
    assert "试导入（不写入）" in page and "中断，未写入" in desk.page("/tlf/imports/")
    desk.step(there, "trial")
    desk.step(there, "commit")
    assert desk.job(there).state is JobState.DONE and desk.count("calls") == 1


def test_a_running_job_shows_how_far_it_is_and_loads_again(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path, CALL_1))
    desk.change(
        there, kind=IMPORT, state=JobState.RUNNING, phase="正在读取和核对，已到第 9,000 行", share=0.4
    )
    page = desk.page(there)
    assert '<meta http-equiv="refresh"' in page
    assert 'value="40"' in page and "第 9,000 行" in page
    assert "导入中 40%" in desk.page("/tlf/imports/")


def test_two_pages_cannot_have_one_upload_imported_twice(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path, CALL_1))
    desk.step(there, "trial")
    seen = desk.job(there)
    desk.step(there, "commit")
    working.resume(get_instance_of(desk.app), seen, kind=IMPORT)
    assert desk.job(there).attempt == 2


def test_uploads_that_were_left_lying_are_dropped(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path, CALL_1))
    orphan = desk.job(there).folder(desk.home).with_name("20240101000000-abcdef")
    orphan.mkdir()
    os.utime(orphan, (0, 0))
    with desk.database.engine.begin() as connection:
        forget_old(connection, desk.home, "tlf", NOW + FORGOTTEN_AFTER)
        assert desk.job(there).state is JobState.WAITING
        forget_old(connection, desk.home, "tlf", NOW + FORGOTTEN_AFTER + timedelta(seconds=1))
    assert desk.job(there).state is JobState.GIVEN_UP
    assert not desk.job(there).path(desk.home).exists() and not orphan.exists()


def test_an_import_is_undone_with_a_reason_by_a_manager(desk: Desk, tmp_path: Path):
    there = desk.imported(calls(tmp_path, CALL_1))
    delivery = desk.job(there).result["done"]["tables"][0]["delivery"]
    address = f"/tlf/deliveries/{delivery}/void"
    assert desk.client.post(address, data={"reason": "导错了月份"}).status_code == 403
    manager = signed_in_client(desk.app, "manager")
    assert manager.post(address, data={"reason": ""}).status_code == 422
    answer: TestResponse = manager.post(address, data={"reason": "导错了月份"}, follow_redirects=True)
    assert "已作废" in unescape(answer.text)
    assert desk.count("calls") == 0
    assert any("导错了月份" in told for told in desk.trail())


def test_an_upload_that_is_not_there_leads_to_the_list(desk: Desk):
    answer = desk.client.get("/tlf/imports/20240310093000-abcdef")
    assert answer.headers["Location"] == "/tlf/imports/"
    assert desk.client.get("/tlf/imports/..%2f..%2fx").status_code in (302, 404)


def test_the_pages_take_few_statements(desk: Desk, tmp_path: Path, statements: list[str]):
    there = desk.upload(calls(tmp_path, CALL_1, BROKEN))
    for step in (None, "trial", "commit"):
        if step:
            desk.step(there, step, without="1")
        statements.clear()
        desk.page(there)
        assert len(statements) <= 9, statements


def test_the_encoding_is_shown_and_a_person_may_say_another(desk: Desk, tmp_path: Path):
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05.csv", encoding="gb18030")
    there = desk.upload(path)
    page = desk.page(there)
    assert "自动识别：GB18030" in page and "流水号" in page
    wrong = desk.step(there, "encoding", encoding="big5")
    assert '<option value="big5" selected>' in wrong and "无法识别数据类型" in wrong
    assert "无法识别数据类型" not in desk.step(there, "encoding", encoding="gb18030")
    desk.step(there, "trial")
    desk.step(there, "commit")
    assert desk.count("calls") == 1


def test_an_encoding_that_is_not_offered_is_found_out(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path, CALL_1))
    assert "自动识别：UTF-8" in desk.step(there, "encoding", encoding="rot13")
    assert desk.job(there).asked["encoding"] is None


def test_a_letters_numbers_are_held_against_the_file_and_kept(desk: Desk, tmp_path: Path):
    header = f"{CALL_HEADER},通话时长"
    path = csv_file(tmp_path, header, f"{CALL_1},100", f"{CALL_2},", name="话单_2023-05.csv")
    there = desk.upload(path, rows="2", column="通话时长", total="90")
    page = desk.page(there)
    assert 'value="通话时长" selected' in page and 'value="90"' in page
    page = desk.step(there, "trial", rows="2", column="通话时长", total="90")
    assert "✓ 数据行数：报送单 2，读到 2，相符" in page
    assert "✕ 通话时长（以秒计）：报送单 90，读到 100，差 +10" in page
    assert "请先向报送单位核实" in desk.step(there, "commit")
    assert desk.count("events") == 0
    assert "报送单 90，读到 100" in desk.step(there, "commit", despite="1")
    delivery = desk.job(there).result["done"]["tables"][0]["delivery"]
    assert "通话时长（以秒计）：报送单 90，读到 100，差 +10" in desk.page(f"/tlf/deliveries/{delivery}")


def test_a_letter_that_is_half_told_is_asked_for_at_once(desk: Desk, tmp_path: Path):
    path = calls(tmp_path, CALL_1)
    with path.open("rb") as file:
        answer = desk.client.post(
            "/tlf/imports/", data={"file": (file, path.name), "total": "90"},
            content_type="multipart/form-data",
        )  # fmt: skip
    assert answer.status_code == 422
    assert "列和数要一起写" in unescape(answer.text)
    there = desk.upload(path)
    answer = desk.client.post(f"{there}/trial", data={"rows": "三千"})
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert "报送单上的行数应写数字" in page and 'value="三千"' in page


def test_a_column_of_the_letter_that_the_file_has_not_is_told(desk: Desk, tmp_path: Path):
    there = desk.upload(calls(tmp_path, CALL_1), column="金额", total="90")
    assert "报送单上“金额”的合计 90 未核对" in desk.page(there)
    header = f"{CALL_HEADER},通话时长"
    there = desk.upload(csv_file(tmp_path, header, f"{CALL_1},1"), column="金额", total="90")
    assert "没有可求和的“金额”列，请重新选择。" in desk.page(there)


def test_a_number_that_starts_again_is_asked_about_before_anything_is_written(desk: Desk, tmp_path: Path):
    desk.imported(calls(tmp_path, CALL_1))
    again = calls(tmp_path, CALL_1.replace("2023-05-01", "2023-05-02"), name="话单_2023-05-02.csv")
    there = desk.upload(again)
    desk.step(there, "trial")
    page = desk.page(there)
    assert "编号重新起用，还是更正？" in page
    assert "/commit" not in page
    desk.step(there, "trial", answer="new day")
    assert "/commit" in desk.page(there)
    desk.step(there, "commit")
    with desk.database.connect() as connection:
        rows = connection.execute("SELECT subject FROM calls ORDER BY 1").fetchall()
    assert rows == [("call/c1",), ("call/c1@2023-05-02",)]


def test_a_file_that_nobody_was_asked_about_is_answered_on_the_page(desk: Desk, tmp_path: Path):
    desk.imported(calls(tmp_path, CALL_1))
    again = calls(tmp_path, CALL_1.replace("2023-05-01", "2023-05-02"), name="话单_2023-06.csv")
    report = import_file(desk.database, desk.home, again, "tlf", now=NOW)
    assert report.held is not None
    assert "待答问题" in desk.page("/tlf/imports/")
    page = desk.page("/tlf/questions/")
    assert "话单_2023-06.csv" in page
    assert "编号重新起用，还是更正？" in page
    answer = desk.client.post(f"/tlf/questions/{report.held}", data={"answer": "same"})
    assert "正式导入" in desk.page(answer.headers["Location"])
    desk.step(answer.headers["Location"], "commit")
    with desk.database.connect() as connection:
        rows = connection.execute("SELECT entered_on::text FROM calls").fetchall()
    assert rows == [("2023-05-02",)]
    assert "暂无待答问题" in desk.page("/tlf/questions/")


def test_what_only_the_centre_knows_is_said_on_the_page(desk: Desk, tmp_path: Path):
    rows = ("P1,坐席服务费,100,2023-05-10", "P2,办公费,5,2023-05-11", "P3,坐席服务费,100,2023-06-10")
    paid = csv_file(tmp_path, "凭证号,费用项目,金额,约定支付日", *rows, name="支付明细_2023-07.csv")
    import_file(desk.database, desk.home, paid, "tlf", now=NOW)
    page = desk.page("/tlf/declarations/")
    assert '<td class="name">坐席服务费</td><td class="num" data-name="行数">2</td>' in page
    assert "启用以前的日期没有数据的，按缺计" in page
    for said, told in (
        ({"topic": "labour", "known_as": "坐席服务费", "holds": "yes"}, "已保存：坐席服务费是人员经费。"),
        ({"topic": "labour", "known_as": "办公费", "holds": "no"}, "已保存：办公费不是人员经费。"),
        ({"topic": "opened", "holds": "yes", "first_day": "2023-05-01"}, "已保存：本中心启用。"),
        ({"topic": "opened", "holds": "yes"}, "请填写热线启用的第一天"),
        ({"topic": "labour", "holds": "yes"}, "请填写费用项目"),
        ({"topic": "wrong", "holds": "yes", "known_as": "办公费"}, "设定事项"),
    ):
        answer = desk.client.post("/tlf/declarations/", data=said, follow_redirects=True)
        assert told in unescape(answer.text)
    page = desk.page("/tlf/declarations/")
    assert "尚未设定的费用项目" not in page
    with desk.database.connect() as connection:
        said = connection.execute("SELECT known_as, holds FROM declarations ORDER BY known_as").fetchall()
    assert said == [("", True), ("办公费", False), ("坐席服务费", True)]


def test_nothing_can_be_said_of_questionnaires_without_a_name(desk: Desk, tmp_path: Path):
    header = "问卷编号,填写日期,您对热线解决问题是否满意"
    answers = csv_file(tmp_path, header, "A1,2023-05-10,满意", name="满意度问卷_2023-06-01.csv")
    import_file(desk.database, desk.home, answers, "tlf", now=NOW)
    row = desk.page("/tlf/declarations/").partition("（没有写名称）</td>")[2].partition("</tr>")[0]
    assert "不能设定" in row and "<button" not in row


def test_people_missing_from_the_roster_are_answered_on_the_page(desk: Desk, tmp_path: Path):
    header, rows = (
        "工号,姓名,岗位,学历,入职日期",
        ["1,张三,话务员,本科,2020-01-01", "2,李四,话务员,本科,2020-01-01"],
    )
    for name, some in (("花名册_2023-05.csv", rows), ("花名册_2023-06.csv", rows[:1])):
        import_file(desk.database, desk.home, csv_file(tmp_path, header, *some, name=name), "tlf", now=NOW)
    assert "名单里少了 1 人" in desk.page("/tlf/questions/")
    said = {"staff_no": "2", "answer": "left", "left_on": "2023-06-11"}
    answer = desk.client.post("/tlf/questions/people", data=said, follow_redirects=True)
    assert "已保存 1 人" in unescape(answer.text)
    with desk.database.connect() as connection:
        rows_left = connection.execute("SELECT left_on::text FROM staff WHERE staff_no = '2'").fetchall()
    assert rows_left == [("2023-06-11",)]


def test_trial_and_report_say_what_the_file_comes_to_and_what_it_lacks(desk: Desk, tmp_path: Path):
    row = "g1,2023-05-01 08:00:00,投诉,2023-05-02 08:00:00,还行吧"
    there = desk.upload(csv_file(tmp_path, "工单编号,受理时间,诉求类型,办结时间,满意度", row))
    lacking = "没有“办结时限”列：按时办结率（本期应办结）、按时办结率（本期受理）无法核实。"
    assert lacking in desk.page(there)
    for page in (desk.step(there, "trial"), desk.step(there, "commit")):
        assert "2023年5月 1 件工单（5月1日 08:00），已办结 1，未办结 0，投诉 1，每天 1 件。对吗？" in page
        assert lacking in page
        assert "有 1 行内容无法识别" in page and "值“还行吧”取值不在可选范围" in page
        assert "未通过校验的行" not in page


def test_whom_a_list_lacks_is_said_before_and_after_the_import(desk: Desk, tmp_path: Path):
    """Counted by the people themselves: a trial sees nobody twice."""
    header = "工号,姓名,岗位,学历,入职日期,离职日期"
    rows = [f"{number:03},甲{number},话务员,本科,2020-01-01," for number in range(1, 6)]
    desk.imported(csv_file(tmp_path, header, *rows, name="花名册_2023-05.csv"))
    there = desk.upload(csv_file(tmp_path, header, *rows[:3], name="花名册_2023-06.csv"))
    trial = desk.step(there, "trial")
    assert "名单里少了 2 人" in trial and "在岗 5 人" in trial
    report = desk.step(there, "commit", without="1")
    assert "名单里少了 2 人" in report and "/tlf/questions/" in report and "在岗 5 人" in report
