"""The page on which a clerk tells, column by column, what a file of an unknown layout holds."""

import re
from html import unescape
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.web.conftest import NOW, add, grant, signed_in_client
from tests.web.desk import Desk, open_desk
from tracker import centers
from tracker.database import Database
from web.access.rights import Role

ROW = "a000{0},呼入,1380000000{0},2023-05-0{0} 08:00:00,2023-05-0{0} 08:00:05,2023-05-0{0} 08:00:09"
COLUMNS = ("call_id", "direction", "caller", "entered_at", "queued_at", "answered_at")
GIVEN = {f"as-{place}": key for place, key in enumerate(COLUMNS)}


@pytest.fixture
def desk(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return open_desk(database, home, monkeypatch)


def file_of(folder: Path, *days: int, name: str = "某平台_2023-05.csv") -> Path:
    """Calls without a header, one on each of these days of May."""
    return csv_file(folder, *(ROW.format(day) for day in days), name=name)


def test_a_file_without_a_header_is_mapped_once_and_known_from_then_on(desk: Desk, tmp_path: Path) -> None:
    there = desk.upload(file_of(tmp_path, 1, 2))
    assert "文件像是没有表头：第一行已经是数据" in desk.page(there)
    page = desk.page(f"{there}/mapping?sheet=1")
    assert '<option value="0" selected>没有表头' in page
    assert "请先核对这6列" in page and "第6列" in page
    page = desk.step(there, "mapping", sheet="1", kind="calls", header="0", title="某平台", **GIVEN)
    assert "<b>第4列</b> → 进入系统时间" in page
    assert "没有表头，第1行即为数据" in page
    desk.imported(file_of(tmp_path, 1, 2, 3, name="某平台_2023-06.csv"))
    assert desk.count("calls") == 3


def test_a_row_of_such_a_file_is_mended_in_the_workbook_of_held_back_rows(desk: Desk, tmp_path: Path) -> None:
    there = desk.upload(file_of(tmp_path, 1, 2))
    desk.step(there, "mapping", sheet="1", kind="calls", header="0", title="某平台", **GIVEN)
    broken = [ROW.format(1), ROW.format(2), ROW.format(3).replace("2023-05-03 08:00:00", "昨天上午")]
    there = desk.imported(csv_file(tmp_path, *broken, ROW.format(4), ROW.format(5), name="话单_2023-05.csv"))
    assert desk.count("calls") == 4
    book = openpyxl.load_workbook(BytesIO(desk.client.get(f"{there}/rejects/1.xlsx").data))
    sheet = book.worksheets[0]
    place = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "昨天上午")
    place.value = "2023-05-03 08:00:00"
    book.save(tmp_path / "话单_2023-05_问题数据.xlsx")
    desk.imported(tmp_path / "话单_2023-05_问题数据.xlsx")
    assert desk.count("calls") == 5


def test_a_second_file_whose_columns_stand_otherwise_is_asked_about(desk: Desk, tmp_path: Path) -> None:
    there = desk.upload(file_of(tmp_path, 1, 2))
    desk.step(there, "mapping", sheet="1", kind="calls", header="0", title="某平台", **GIVEN)
    rows = [ROW.format(day).split(",") for day in (3, 4)]
    turned = [",".join([row[0], row[1], row[3], row[2], *row[4:]]) for row in rows]
    there = desk.upload(csv_file(tmp_path, *turned, name="某平台_2023-06.csv"))
    assert "第 3 列原是“号码”，这里是“时间”" in desk.page(there)
    page = desk.page(f"{there}/mapping?sheet=1")
    third = re.search(r'<select id="as-2".*?</p>', page, re.DOTALL)
    assert third is not None and "读不出来" in third[0]


def send(desk: Desk, text: str, name: str = "某平台.toml", **data: str) -> tuple[int, str]:
    """Brings a profile to the page; its status and what it says."""
    sent = {"file": (BytesIO(text.encode()), name), **data}
    answer = desk.client.post(
        "/tlf/profiles/", data=sent, content_type="multipart/form-data", follow_redirects=True
    )
    return answer.status_code, unescape(answer.text)


@pytest.fixture
def mapped(desk: Desk, tmp_path: Path) -> Desk:
    """A desk where a file was mapped and imported, in one of two centres."""
    with desk.database.connect() as connection:
        centers.create_center(connection, "other", "别县12345热线", now=NOW)
    there = desk.upload(file_of(tmp_path, 1, 2))
    desk.step(there, "mapping", sheet="1", kind="calls", header="0", title="某平台", **GIVEN)
    desk.step(there, "trial")
    desk.step(there, "commit")
    return desk


def test_the_list_says_who_saved_a_profile_and_which_files_it_read(mapped: Desk) -> None:
    page = mapped.page("/tlf/profiles/")
    for told in ("某平台.toml · 没有表头，6 列", "李录入", "2024-03-10", "1 份", "某平台_2023-05.csv"):
        assert told in page
    assert "/tlf/profiles/" in mapped.page("/tlf/imports/")


def test_a_profile_taken_away_and_brought_to_another_instance_reads_the_same_files(mapped: Desk) -> None:
    answer = mapped.client.get("/tlf/profiles/某平台.toml")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert send(mapped, answer.text)[0] == 422  # it is there already
    assert "已删除" in mapped.step("/tlf/profiles/某平台", "removal")
    assert "尚无本中心的导入方案" in mapped.page("/tlf/profiles/")
    code, page = send(mapped, answer.text, "甲平台.toml")
    assert code == 200 and "甲平台.toml" in page
    assert mapped.client.get("/tlf/profiles/甲平台.toml").text == answer.text
    assert [one for one in mapped.trail() if one.startswith("profile_removed")]


def test_a_removed_profile_reads_no_file_and_its_text_is_still_there(mapped: Desk, tmp_path: Path) -> None:
    mapped.step("/tlf/profiles/某平台", "removal")
    there = mapped.upload(file_of(tmp_path, 3, 4, name="某平台_2023-06.csv"))
    assert "文件像是没有表头" in mapped.page(there)
    assert len([*(mapped.home / "profiles" / "tlf" / ".removed").iterdir()]) == 1


def test_a_faulty_profile_is_refused_with_file_and_line(desk: Desk) -> None:
    code, page = send(desk, 'kind = "calls"\n[colums]\na = "b"\n')
    assert code == 422 and "某平台.toml 第2行" in page
    assert not [*(desk.home / "profiles").glob("tlf/*.toml")]
    assert send(desk, "x", "x.exe")[0] == 422
    code, page = send(desk, 'kind = "calls"', "calls.toml")
    assert code == 422 and "不能用作导入方案的名称" in page


def test_a_profile_that_knows_the_same_files_is_refused_and_the_same_name_only_replaced_when_told(
    mapped: Desk,
) -> None:
    text = mapped.client.get("/tlf/profiles/某平台.toml").text
    code, page = send(mapped, text, "另一家.toml")
    assert code == 422 and "与本中心的“某平台”认的是同样的表头" in page
    changed = text.replace('title = "某平台"', 'title = "某平台新版"')
    assert "替换同名的" in send(mapped, changed)[1]
    assert "某平台新版" in send(mapped, changed, replace="1")[1]


def test_a_profile_goes_to_another_centre_of_the_same_person_alone(mapped: Desk, tmp_path: Path) -> None:
    page = mapped.step("/tlf/profiles/某平台", "copy", to="other")
    assert "复制到“别县12345热线”" in page
    assert "某平台" in mapped.page("/other/profiles/")
    add(mapped.database, "here", grant(Role.CLERK, "tlf"), name="只在这里")
    mapped.client = signed_in_client(mapped.app, "here")
    assert "复制到另一中心" not in mapped.page("/tlf/profiles/")
    refused = mapped.client.post("/tlf/profiles/某平台/copy", data={"to": "other"})
    assert refused.status_code == 403


def test_a_faulty_profile_is_listed_with_its_fault_and_stops_no_other(mapped: Desk, tmp_path: Path) -> None:
    (mapped.home / "profiles" / "tlf" / "broken.toml").write_text('kind = "call"', encoding="utf-8")
    page = mapped.page("/tlf/profiles/")
    assert "有误，采用该方案的文件均无法导入" in page and "直接存入文件夹" in page
    mapped.imported(file_of(tmp_path, 1, 2, 3, name="某平台_2023-06.csv"))
    assert mapped.count("calls") == 3


@pytest.mark.parametrize("step", ["copy", "removal"])
def test_a_profile_that_is_not_there_leads_to_the_list(desk: Desk, step: str) -> None:
    assert "没有该导入方案" in desk.step("/tlf/profiles/没有的", step, to="other")


def test_a_mapping_is_tried_before_it_is_saved_and_nothing_is_kept(desk: Desk, tmp_path: Path) -> None:
    rows = [ROW.format(1), ROW.format(2), ROW.format(3).replace("2023-05", "2023-06")]
    broken = ROW.format(4).replace("2023-05-04 08:00:00", "昨天上午")
    there = desk.upload(csv_file(tmp_path, *rows, broken, name="某平台_2023-05.csv"))
    answer = {"sheet": "1", "kind": "calls", "header": "0", "try": "1"}
    page = desk.step(there, "mapping", **answer, **GIVEN)
    assert "数据 4 行，能导入 3 行，<b>不能导入 1 行</b>" in page
    assert "2023年5月 <b>2</b> 行" in page and "2023年6月 <b>1</b> 行" in page
    assert "第 4 行“第4列”列的值“昨天上午”不是时间" in page
    assert 'value="entered_at" selected' in page
    assert not (desk.home / "profiles").exists() and desk.count("calls") == desk.count("deliveries") == 0
    other = desk.step(there, "mapping", **answer, **(GIVEN | {"as-3": "queued_at", "as-4": "entered_at"}))
    assert "能导入 4 行（其中 4 行有内容无法识别）" in other and "早于" in other


def test_a_mapping_is_tried_on_a_file_that_was_imported_before(mapped: Desk, tmp_path: Path) -> None:
    there = mapped.upload(file_of(tmp_path, 3, 4, 5, name="某平台_2023-06.csv"))
    page = mapped.page(f"{there}/mapping?sheet=1")
    earlier = re.search(r'<option value="(\w{64})">以前导入的：某平台_2023-05.csv', page)
    assert earlier is not None
    answer = {"sheet": "1", "kind": "calls", "header": "0", "try": "1", **GIVEN}
    page = mapped.step(there, "mapping", **answer, on=earlier[1])
    assert "试读“某平台_2023-05.csv”的结果" in page and "数据 2 行，能导入 2 行。" in page
    assert "数据 3 行" in mapped.step(there, "mapping", **answer, on="0" * 64)


def test_a_mapping_that_an_earlier_file_does_not_suit_says_why(mapped: Desk, tmp_path: Path) -> None:
    there = mapped.upload(csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-06.csv"))
    page = mapped.page(f"{there}/mapping?sheet=1")
    earlier = re.search(r'<option value="(\w{64})">', page)
    assert earlier is not None
    columns = {"as-0": "call_id", "as-1": "direction", "as-3": "entered_at", "as-5": "answered_at"}
    answer = {"sheet": "1", "kind": "calls", "header": "1", "try": "1", "on": earlier[1]}
    assert "按此对应，该文件读取失败" in mapped.step(there, "mapping", **answer, **columns)


def test_what_cannot_be_saved_cannot_be_tried(desk: Desk, tmp_path: Path) -> None:
    there = desk.upload(file_of(tmp_path, 1, 2))
    data = {"sheet": "1", "kind": "calls", "header": "0", "try": "1", "as-0": "call_id"}
    answer = desk.client.post(f"{there}/mapping", data=data)
    assert answer.status_code == 422 and "请指定哪一列是“进入系统时间”" in unescape(answer.text)


CLOCKS = "编码,进出,进线,摘机,上下午"
OF_CLOCKS = {"as-0": "call_id", "as-1": "direction", "as-2": "entered_at", "as-3": "answered_at"}


def test_a_clock_of_twelve_hours_must_be_answered(desk: Desk, tmp_path: Path) -> None:
    row = "a000{},呼入,2023-05-01 01:30:0{},2023-05-01 01:31:00,下午"
    there = desk.upload(csv_file(tmp_path, CLOCKS, row.format(1, 1), row.format(2, 2), name="x_2023-05.csv"))
    page = desk.page(f"{there}/mapping?sheet=1&kind=calls&header=1")
    assert "钟点都不超过12，可能是12小时制" in page
    answer = {"sheet": "1", "kind": "calls", "header": "1", "title": "某平台", **OF_CLOCKS}
    refused = desk.client.post(f"{there}/mapping", data=answer)
    assert refused.status_code == 422 and "另有一列注明上午、下午" in unescape(refused.text)
    refused = desk.client.post(f"{there}/mapping", data=answer | {"clock": "12"})
    assert refused.status_code == 422 and "上午、下午写在哪一列" in unescape(refused.text)
    halves = {"half-2": "4", "half-3": "4"}  # as the page proposes
    assert page.count('<option value="4" selected>上下午</option>') == 2
    desk.step(there, "mapping", **answer, clock="12", **halves)
    assert '<option value="12" selected>' in desk.page(f"{there}/mapping?sheet=1")
    desk.step(there, "trial")
    desk.step(there, "commit")
    with desk.database.connect() as connection:
        found = connection.execute(
            "SELECT entered_at::text, answered_at::text FROM calls ORDER BY 1"
        ).fetchall()
    assert [one[11:19] for one in found[0]] in (["13:30:01", "13:31:00"], ["05:30:01", "05:31:00"])


def test_each_moment_takes_its_own_column_of_halves(desk: Desk, tmp_path: Path) -> None:
    titles = "编码,进出,进线,进线上下午,摘机,摘机上下午"
    row = "a000{},呼入,2023-05-01 11:59:0{},上午,2023-05-01 12:01:00,下午"
    there = desk.upload(csv_file(tmp_path, titles, row.format(1, 1), row.format(2, 2), name="x_2023-05.csv"))
    page = desk.page(f"{there}/mapping?sheet=1&kind=calls&header=1")
    assert page.count('<option value="3" selected>') == page.count('<option value="5" selected>') == 1
    answer = {"sheet": "1", "kind": "calls", "header": "1", "title": "某平台", "clock": "12"}
    columns = {"as-0": "call_id", "as-1": "direction", "as-2": "entered_at", "as-4": "answered_at"}
    desk.step(there, "mapping", **answer, **columns, **{"half-2": "3", "half-4": "5"})
    desk.step(there, "trial")
    desk.step(there, "commit")
    with desk.database.connect() as connection:
        found = connection.execute("SELECT answered_at - entered_at FROM calls ORDER BY 1").fetchall()
    assert [one[0].total_seconds() for one in found] == [118, 119]


@pytest.mark.parametrize("clock", ["13:30:0{}", "1:30:0{} PM", "下午 1:30:0{}"])
def test_a_time_of_day_asks_for_its_day_however_it_is_written(desk: Desk, tmp_path: Path, clock: str) -> None:
    titles = "编码,进出,哪天,进线,摘机"
    row = f"a000{{0}},呼入,2023-05-01,{clock.replace('{}', '{1}')},2023-05-01 13:31:00"
    there = desk.upload(csv_file(tmp_path, titles, row.format(1, 1), row.format(2, 2), name="x_2023-05.csv"))
    assert 'name="day-3"' in desk.page(f"{there}/mapping?sheet=1&kind=calls&header=1")
    answer = {"sheet": "1", "kind": "calls", "header": "1", "title": "某平台", "as-3": "entered_at"}
    answer |= {"as-0": "call_id", "as-1": "direction", "as-4": "answered_at"}
    refused = desk.client.post(f"{there}/mapping", data=answer)
    assert refused.status_code == 422 and "这一列只有钟点，没有日期" in unescape(refused.text)
    desk.step(there, "mapping", **answer, **{"day-3": "2"})
    desk.step(there, "trial")
    desk.step(there, "commit")
    with desk.database.connect() as connection:
        found = connection.execute(
            "SELECT (entered_at AT TIME ZONE 'Asia/Shanghai')::text FROM calls"
        ).fetchall()
    assert sorted(one[0] for one in found) == ["2023-05-01 13:30:01", "2023-05-01 13:30:02"]


def test_a_file_that_names_utc_must_be_answered(desk: Desk, tmp_path: Path) -> None:
    lines = (
        "时区：UTC",
        CLOCKS.removesuffix(",上下午"),
        "a0001,呼入,2023-05-31 20:00:00,2023-05-31 20:01:00",
    )
    there = desk.upload(csv_file(tmp_path, *lines, name="x_2023-06.csv"))
    assert "“时区：UTC”写着 UTC，请选定" in desk.page(f"{there}/mapping?sheet=1&kind=calls&header=2")
    answer = {"sheet": "1", "kind": "calls", "header": "2", "title": "某平台", **OF_CLOCKS}
    refused = desk.client.post(f"{there}/mapping", data=answer)
    assert refused.status_code == 422 and "请选定这些时刻是北京时间还是 UTC" in unescape(refused.text)
    page = desk.step(there, "mapping", **answer, time_zone="UTC", **{"try": "1"})
    assert "2023年6月 <b>1</b> 行" in page
    desk.step(there, "mapping", **answer, time_zone="UTC")
    assert 'time_zone = "UTC"' in (desk.home / "profiles/tlf/某平台.toml").read_text(encoding="utf-8")


def test_of_what_kind_a_table_is_is_asked_where_nothing_tells_and_proposed_where_its_name_does(
    desk: Desk, tmp_path: Path
) -> None:
    lines = "甲栏,乙栏,丙栏", "a1,x,某处", "a2,y,某处"
    page = desk.page(f"{desk.upload(csv_file(tmp_path, *lines, name='x_2024-01.csv'))}/mapping?sheet=1")
    assert "识别数据类型" in page and "as-0" not in page
    page = desk.page(
        f"{desk.upload(csv_file(tmp_path, *lines, name='话务流水_2024-01.csv'))}/mapping?sheet=1"
    )
    assert "疑似“话单”：名称里有“话务”" in page and "as-0" in page
