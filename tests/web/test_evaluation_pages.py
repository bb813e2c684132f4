"""Schemes, scores, rehearsal, attestations and marks on pages."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from kpi.figures import results
from tests.kpi.given import record
from tests.web.closing import PEOPLE, Room
from tests.web.conftest import NOW, SETTINGS, add, app_of, grant
from tests.web.test_documents_pages import DATA
from tracker.database import Database
from web.access.rights import Role

Page = Callable[[str], str]
SCHEME = "/tlf/2024/evaluation/turpan-2022"


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    room = Room(database, app_of(database, settings=replace(SETTINGS, home=tmp_path)), [NOW])
    with room.connection() as connection:
        record(connection, DATA)
        results.bring_up_to_date(connection, "tlf", NOW)
    for login, (name, role) in PEOPLE.items():
        add(database, login, grant(role), name=name)
    add(database, "expert", grant(Role.EVALUATOR, "tlf", frozenset({2024})), name="赵专家")
    return room


def test_every_scheme_leads_to_scores_and_rehearsal(page: Page):
    text = page("/tlf/2023/evaluation/")
    assert 'href="/tlf/2023/evaluation/turpan-2022/"' in text
    assert 'href="/tlf/2023/evaluation/urumqi-2023/rehearsal"' in text
    assert "专家打分" not in text  # a manager marks nothing


def test_the_score_tree_gives_every_score_its_reason(page: Page):
    text = page("/tlf/2023/evaluation/turpan-2022/")
    row = text.partition("C202 热线电话接通率")[2].partition("</tr>")[0]
    for told in ("98.32%", "≥98%", "得满分"):
        assert told in row
    assert 'href="/tlf/2023/call_answer_rate"' in row


def test_a_published_report_is_scored_anew(page: Page):
    text = page("/tlf/2023/evaluation/turpan-2022/published")
    assert "（公开报告复核）" in text
    assert "公布得分" in text


def test_a_scheme_without_published_facts_is_not_found(client, page: Page):
    assert client.get("/tlf/2023/evaluation/nothing/").status_code == 404
    assert client.get("/tlf/2023/evaluation/nothing/published").status_code == 404


def test_the_rehearsal_says_what_to_do_by_when(page: Page):
    text = page("/tlf/2023/evaluation/turpan-2022/rehearsal")
    for told in ("已落实", "待落实", "已失分", "待办事项", "补报8月12日、8月13日的话单"):
        assert told in text
    assert "办法：hotline" not in text
    assert "模拟评分（截至2023-04-01）" in page("/tlf/2023/evaluation/turpan-2022/rehearsal?as_of=2023-04-01")


def test_a_value_is_attested_with_its_document(room: Room):
    address = f"{SCHEME}/attestations"
    told = room.post("chen", address, 422, code="A101", value="是,是,是", documents="")
    assert "未附佐证材料，未提交" in told
    assert told.count('value="是" required checked') == 3
    file = (BytesIO("依据\n".encode()), "a.txt")
    room.post(
        "chen", "/tlf/2024/documents/attach",
        kind="other", thing="month", identity="2024-01", title="", file=file,
    )  # fmt: skip
    with room.database.connect() as connection:
        (number,) = connection.execute("SELECT document FROM documents").fetchone() or ("",)
    told = room.post("chen", address, code="A101", value="是,是,是", documents=number)
    assert "已保存 A101 的填报。" in told
    row = told.partition("A101")[2].partition("A102")[0]
    assert "无法核实" not in told.partition("立项依据充分性")[2].partition("</tr>")[0], row


def test_points_are_attested_one_by_one(room: Room):
    told = room.page("chen", f"{SCHEME}/attestations?code=A102")
    assert "1. 经过可研、论证或集体决策" in told
    file = (BytesIO("纪要\n".encode()), "纪要.txt")
    points = {"point-0": "是", "point-1": "否", "point-2": "?"}
    room.post("chen", f"{SCHEME}/attestations", code="A102", documents="", files=file, **points)
    with room.database.connect() as connection:
        row = connection.execute("SELECT indicator, value FROM attestations").fetchone()
    assert row == ("A102", "是,否,?")


def test_the_form_begins_with_the_first_indicator_that_nobody_has_attested(room: Room):
    assert '<input type="hidden" name="code" value="A101">' in room.page("chen", f"{SCHEME}/attestations")


def test_a_file_sent_with_a_value_is_put_on_file(room: Room):
    told = room.post(
        "chen", f"{SCHEME}/attestations",
        code="A102", value="是,是,是", documents="", files=(BytesIO("批复\n".encode()), "批复.txt"),
    )  # fmt: skip
    assert "已保存 A102 的填报。" in told
    assert "附1份文件" in told
    assert "2024年指标填报" in room.page("chen", "/tlf/2024/documents")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"value": "也许"}, "实际值"),
        ({"value": ""}, "请填写实际完成值。"),
        ({"documents": "ffff0000"}, "“ffff0000”不是文件，也不是已上传材料的编号；请核对。"),
        ({"code": "C202"}, "不是有效的选择"),
    ],
)
def test_a_value_that_cannot_be_attested_is_refused(room: Room, told: dict[str, str], sentence: str):
    form = {"code": "A101", "value": "是,是,是", "documents": "", "remark": "另附"} | told
    text = room.post("chen", f"{SCHEME}/attestations", 422, **form)
    assert sentence in text
    assert "另附</textarea>" in text


def test_an_expert_marks_under_her_own_name(room: Room):
    address = f"{SCHEME}/marks"
    assert "应在0与3分之间" in room.post("expert", address, 422, code="A101", points="9")
    assert "“三”不是得分" in room.post("expert", address, 422, code="A101", points="三")
    assert "赵专家（expert） 2.5" in room.post(
        "expert", address, code="A101", points="2.5", remark="依据充分"
    )
    assert "2.5" in room.page("lisi", f"{SCHEME}/").partition("A101")[2].partition("</tr>")[0]
