"""Documents on pages: attached, missing, opened, withdrawn; control totals stated and checked."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from kpi.figures import results
from tests.kpi.given import record
from tests.web.closing import PEOPLE, Room
from tests.web.conftest import NOW, SETTINGS, add, app_of, grant
from tracker.database import Database
from web.access.rights import Role

DATA = """
person R1 joined 2024-01-02 score 82 verified
payment P1 劳务费 due 2024-01-10 paid 2024-01-09 1000.00
call 2024-01-05 08:00:00 id c1 queued 08:00:10 answered 08:00:20
call 2024-01-06 08:00:00 id c2 queued 08:00:10
delivered calls 2024-01-01..2024-01-31 as of 2024-02-01
delivered roster 2024-01-01..2024-01-31 as of 2024-02-01
delivered payments 2024-01-01..2024-01-31 as of 2024-02-01"""
ATTACH = "/tlf/2024/documents/attach"


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    app = app_of(database, settings=replace(SETTINGS, home=tmp_path))
    room = Room(database, app, [NOW])
    with room.connection() as connection:
        record(connection, DATA)
        results.bring_up_to_date(connection, "tlf", NOW)
    for login, (name, role) in PEOPLE.items():
        add(database, login, grant(role), name=name)
    return room


def sent(content: bytes = "签名\n".encode(), name: str = "张某学历.txt", **told: str) -> dict[str, object]:
    form = {"kind": "diploma_check", "thing": "person", "identity": "R1", "title": ""} | told
    return form | {"file": (BytesIO(content), name)}


def attached(room: Room) -> str:
    """The number of a diploma check of R1."""
    room.post("chen", ATTACH, **sent())
    with room.database.connect() as connection:
        row = connection.execute("SELECT document FROM documents").fetchone()
    assert row is not None
    return str(row[0])


def test_what_is_missing_leads_to_the_form(room: Room):
    text = room.page("chen", "/tlf/2024/documents/missing")
    assert "学历核验材料" in text
    link = "/tlf/2024/documents/attach?to=person/R1&kind=diploma_check"
    assert f'href="{link}"' in text
    form = room.page("chen", link)
    assert 'selected value="diploma_check"' in form
    assert 'value="R1"' in form
    assert "attach?" not in room.page("lisi", "/tlf/2024/documents/missing")


def test_a_file_is_attached_and_listed_without_its_own_name(room: Room):
    told = room.post("chen", ATTACH, **sent())
    assert "已上传并关联到人员 R1：学历核验材料 人员 R1。" in told
    text = room.page("lisi", "/tlf/2024/documents")
    assert "✓ 在档" in text
    assert "张某学历" not in text
    assert "未重复保存" in room.post("chen", ATTACH, **sent())


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"identity": "R9"}, "没有编号为“R9”的人员"),
        ({"identity": ""}, "请填写编号。"),
        ({"title": "电话13900001111"}, "标题里有人员姓名、电话或证件号码"),
        ({"content": b""}, "是空的"),
        ({"content": b"MZ\x90\x00\x03"}, "认不出这份文件的格式"),
    ],
)
def test_what_cannot_be_attached_is_refused_beside_its_field(room: Room, told: dict, sentence: str):
    text = room.post("chen", ATTACH, 422, **sent(**told))
    assert sentence in text.partition('class="field-error">')[2]
    assert 'selected value="diploma_check"' in text
    assert "尚未上传佐证材料" in room.page("chen", "/tlf/2024/documents")


def test_the_original_is_taken_out_with_an_audit_row(room: Room):
    number = attached(room)
    answer = room.browser("lisi").get(f"/tlf/documents/{number}/file")
    assert answer.data == "签名\n".encode()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert room.browser("chen").get(f"/tlf/documents/{number}/file").status_code == 403
    with room.database.connect() as connection:
        last = connection.execute(
            "SELECT login, action, about FROM audit WHERE action = 'exported'"
        ).fetchall()
    assert last == [("lisi", "exported", f"tlf：材料 {number}")]


def test_an_altered_original_is_not_given_out(room: Room, tmp_path: Path):
    number = attached(room)
    (path,) = [one for one in (tmp_path / "documents").rglob("*") if one.is_file()]
    path.chmod(0o600)
    path.write_bytes(b"another")
    answer = room.browser("lisi").get(f"/tlf/documents/{number}/file")
    assert answer.status_code == 404
    assert "被改动过" in answer.text


def test_a_document_is_withdrawn_with_a_reason(room: Room):
    number = attached(room)
    address = f"/tlf/documents/{number}/withdrawal"
    assert "请填写理由。" in room.post("zhang", address, 422, reason="")
    assert "已撤销：学历核验材料 人员 R1。" in room.post("zhang", address, reason="传错了人")
    assert "已经撤销" in room.post("zhang", address, 422, reason="再撤一次")


def test_an_evaluator_sees_the_documents_of_her_years_alone(room: Room):
    number = attached(room)
    add(room.database, "guest", grant(Role.EVALUATOR, "tlf", frozenset({2022})))
    assert room.browser("guest").get(f"/tlf/documents/{number}").status_code == 404
    assert room.browser("guest").get(f"/tlf/documents/{number}/file").status_code == 404


def total(**told: str) -> dict[str, str]:
    return {
        "kind": "telecom_calls", "first": "2024-01-01", "last": "2024-01-31", "value": "3", "unit": "",
        "issued_by": "某某电信", "document": "",
    } | told  # fmt: skip


def test_a_total_is_stated_and_held_against_the_log(room: Room):
    text = room.post("chen", "/tlf/2024/controls", **total())
    assert "✕ 不符" in text
    assert "系统数少1通" in text
    assert "✓ 相符" in room.post("chen", "/tlf/2024/controls", **total(value="2"))
    matrix = room.page("lisi", "/tlf/2024/controls/matrix")
    assert 'href="/tlf/2024-01/controls/calls_inbound">2</a>' in matrix
    assert "c2" in room.page("lisi", "/tlf/2024-01/controls/calls_inbound")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"value": "三千"}, "“三千”不是数字"),
        ({"unit": "吨"}, "单位是“通”，不能写“吨”"),
        ({"last": "2030-01-31"}, "只能填报已结束日期"),
        ({"document": "ffff0000"}, "没有编号以“ffff0000”开头的材料"),
        ({"issued_by": ""}, "请填写出具单位。"),
    ],
)
def test_a_total_that_cannot_be_is_refused_and_kept(room: Room, told: dict[str, str], sentence: str):
    text = room.post("chen", "/tlf/2024/controls", 422, **total(**told))
    assert sentence in text
    assert 'value="2024-01-01"' in text


def test_a_cell_that_is_none_is_not_found(room: Room):
    assert room.browser("lisi").get("/tlf/2024-01/controls/nothing").status_code == 404


def test_a_form_without_a_file_says_so(room: Room):
    form = {name: value for name, value in sent().items() if name != "file"}
    answer = room.browser("chen").post(ATTACH, data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "请选择文件。" in answer.text
