"""The closing board and what people do on it."""

import re
from collections.abc import Callable

import pytest

from tests.kpi.closing import LATER
from tests.web.closing import Room, approved, locked, room_of
from tests.web.conftest import add, app_of, grant, signed_in_client
from tracker.database import Database
from web.access.rights import Role

CLOSING = "/tlf/2023-05/closing"
LATE = "call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:20"


@pytest.fixture
def room(database: Database) -> Room:
    return room_of(database)


def trail(room: Room) -> list[tuple[str, str]]:
    with room.database.connect() as connection:
        return connection.execute("SELECT login, action FROM audit ORDER BY seq").fetchall()


def test_the_board_shows_every_source_of_every_month(page: Callable[[str], str]):
    text = page("/tlf/2023/closing")
    assert "2023年8月话单：未报齐，数据完整率 93.55%" in text
    assert "请录入员或业务主管确认报齐：话单、工单、座席状态日志、平台巡检等18个来源。" in text


def test_an_empty_centre_says_when_closing_begins(page: Callable[[str], str]):
    assert "月份结束后在此确认报齐、提交、审批和锁定。" in page("/void/2025/closing")


def test_a_quarter_leads_to_the_board(client):
    assert client.get("/tlf/2023-Q2/closing").headers["Location"] == "/tlf/2023/closing"
    assert client.get("/tlf/2023-Q2/closing/late").status_code == 404


def test_a_month_says_what_stands_in_the_way_and_where_to_mend_it(page: Callable[[str], str]):
    text = page("/tlf/2023-08/closing")
    assert "缺8月12日、8月13日。" in text
    assert 'href="/tlf/2023/coverage#calls">报送日历' in text and 'id="calls"' in page("/tlf/2023/coverage")
    assert 'href="/tlf/days/2023-08-12">8月12日数据填报' in text
    assert "暂不能锁定" in text


def test_what_was_found_leads_to_the_rows_the_delivery_and_the_total(room: Room):
    room.record("""
        inspected c9 2023-05-03
        training 2023-05-07 9 of 8
        total telecom_calls 2023-05-01..2023-05-31 999 某某电信""")
    with room.connection() as connection:
        delivery = "FROM deliveries WHERE source = 'calls' LIMIT 1"
        connection.exec_driver_sql(
            'INSERT INTO quarantine (center_id, delivery, "row", "column", value, rule, remedy, costs_row,'
            " file_name, recorded_at) SELECT center_id, delivery, 7, '', '', '读不懂', '请改正', true,"
            f" file_name, now() {delivery}"
        )
        connection.exec_driver_sql(
            "INSERT INTO held_back SELECT center_id, subject, seq, source, DATE '2023-05-01',"
            f" DATE '2023-05-31', 1, 0, false {delivery}"
        )
    text = room.page("zhang", CLOSING)
    for key in ("inspections_known", "training_attendance"):
        assert f'href="/tlf/2023-05/closing/rules/{key}">查看明细' in text
    listed = room.page("zhang", "/tlf/2023-05/closing/rules/inspections_known")
    assert "找不到话单的质检 · 2023年5月" in listed and 'href="/tlf/things/inspection/' in listed
    held = re.search(r'href="(/tlf/quarantine/[?]delivery=[^"]+)">[^<]+ 1 行', text)
    assert held is not None and "读不懂" in room.page("zhang", held[1])
    total = re.search(r'href="/tlf/2023/controls#(total/telecom_calls[^"]+)"', text)
    assert total is not None and f'id="{total[1]}"' in room.page("zhang", "/tlf/2023/controls")


def test_the_clerk_completes_and_the_manager_submits(room: Room):
    told = room.post("chen", f"{CLOSING}/completion", sources=["calls", "work_orders"])
    assert "报齐已办：话单、工单。" in told
    assert ">提交</button>" not in told
    told = room.post("zhang", f"{CLOSING}/submission", sources="calls")
    assert "提交已办：话单。" in told
    assert "李四" not in told
    assert trail(room) == [("chen", "submitted"), ("zhang", "submitted")]


def test_what_was_found_must_be_explained_and_nothing_typed_is_lost(room: Room):
    room.post("zhang", f"{CLOSING}/completion")
    told = room.post("zhang", f"{CLOSING}/submission", 422, sources="work_orders")
    assert "请修改，或写明原因后提交。" in told
    assert re.search(r'value="work_orders" checked', told)
    assert trail(room) == [("zhang", "submitted")]


def test_the_submitter_may_not_approve_whatever_her_roles(room: Room):
    add(room.database, "both", grant(Role.MANAGER), grant(Role.APPROVER), name="周六")
    room.post("both", f"{CLOSING}/completion")
    room.post("both", f"{CLOSING}/submission", said="没有其他数据")
    told = room.post("both", f"{CLOSING}/approval", 422)
    assert "由周六（both）提交，须由另一人审批。" in told


def test_a_namesake_is_another_person_and_is_told_apart(room: Room):
    add(room.database, "zhang.er", grant(Role.APPROVER))
    with room.database.connect() as connection:  # as an earlier version let it be
        connection.execute("UPDATE accounts SET name = '张三' WHERE login = 'zhang.er'")
    room.post("zhang", f"{CLOSING}/completion")
    room.post("zhang", f"{CLOSING}/submission", said="没有其他数据")
    told = room.post("zhang.er", f"{CLOSING}/approval")
    assert "张三（zhang）" in told
    assert "张三（zhang.er）" in told


def test_a_return_needs_its_reason_beside_the_field(room: Room):
    room.post("zhang", f"{CLOSING}/completion")
    told = room.post("lisi", f"{CLOSING}/return", 422, sources="calls")
    assert '<span class="field-error">退回必须写明理由。</span>' in told
    told = room.post("lisi", f"{CLOSING}/return", sources="calls", said="请核对5月2日")
    assert "退回已办：话单。" in told
    assert "李四（lisi） 退回：请核对5月2日" in told


def test_two_people_lock_a_month(room: Room):
    approved(room)
    told = room.post("zhang", f"{CLOSING}/lock-request", remark="齐了")
    assert "张三（zhang）于" in told
    assert "待另一名审批人批准" in told
    assert "批准锁定</button>" not in told
    told = room.post("wang", f"{CLOSING}/lock")
    assert "2023年5月已锁定：张三（zhang）申请，王五（wang）批准。" in told
    assert "第 1 版（首次锁定）" in told
    assert "如需更正，请先申请限期解锁。" in told
    assert "已锁定" in room.page("chen", "/tlf/2023/closing")


def test_a_month_that_is_not_approved_is_not_locked(room: Room):
    assert "2023年5月暂不能锁定" in room.post("zhang", f"{CLOSING}/lock-request", 422)
    assert "2023年5月暂不能锁定" in room.post("lisi", f"{CLOSING}/lock", 422)


def test_a_change_after_approval_is_shown_and_asks_for_approval_again(room: Room):
    approved(room)
    room.record(LATE)
    assert "话单审批后有变动，请审批人重新审批。" in room.page("zhang", "/tlf/2023/closing")
    assert "已审批，后有变动 1 处" in room.page("lisi", CLOSING)
    assert "审批已办：话单。" in room.post("lisi", f"{CLOSING}/approval", sources="calls")


def prepared(room: Room) -> str:
    """The month submitted, and what its page shows an approver."""
    room.post("zhang", f"{CLOSING}/completion")
    room.post("zhang", f"{CLOSING}/submission", said="没有其他数据")
    return room.see_sources("lisi", CLOSING)


def test_what_moved_since_the_page_was_opened_is_not_approved_and_the_rest_is(room: Room):
    seen = prepared(room)
    room.record(LATE)
    told = room.post("lisi", f"{CLOSING}/approval", seen=seen)
    assert "话单没有审批：您打开页面以后又有变动，请在刷新后的页面核对，再办理。" in told
    assert "审批已办：" in told
    assert "审批已办：话单。" in room.post("lisi", f"{CLOSING}/approval", sources="calls")


def test_what_was_submitted_anew_since_the_page_was_opened_is_not_approved(room: Room):
    seen = prepared(room)
    room.post("wang", f"{CLOSING}/return", sources="calls", said="请核对")
    room.post("zhang", f"{CLOSING}/completion", sources="calls")
    room.post("zhang", f"{CLOSING}/submission", sources="calls", said="另有说明")
    told = room.post("lisi", f"{CLOSING}/approval", 422, sources="calls", seen=seen)
    assert "您打开页面以后又有变动" in told


@pytest.mark.parametrize("seen", ["", "0", "x", "99999999999999999999 calls=0", "5 work_orders=0"])
def test_nobody_approves_what_she_was_not_shown(room: Room, seen: str):
    prepared(room)
    assert "请从月度审核页核对后再办理" in room.post(
        "lisi", f"{CLOSING}/approval", 422, sources="calls", seen=seen
    )


def test_an_approvers_page_asks_few_statements(room: Room, statements: list[str]):
    prepared(room)
    approver = room.browser("lisi")
    approver.get(CLOSING)  # what is asked once per connection does not count
    statements.clear()
    assert approver.get(CLOSING).status_code == 200
    assert len(statements) <= 10, len(statements)


def test_a_correction_after_lock_needs_an_exception_and_a_second_person(room: Room):
    locked(room)
    room.at[0] = LATER
    room.record(LATE)
    late = room.page("zhang", f"{CLOSING}/late")
    assert "项数字；如需调整，请办理更正。" in late
    assert "补报" in late
    told = room.post("zhang", f"{CLOSING}/corrections", 422, why="补报一通")
    assert "暂不能更正；请先申请限期解锁并经另一人批准。" in told
    assert "补报一通</textarea>" in told
    told = room.post("zhang", f"{CLOSING}/exceptions", 422, reason="补报", last_day="2023-09-30", of="")
    assert "限期解锁最长30天" in told
    told = room.post("zhang", f"{CLOSING}/exceptions", reason="补报", last_day="2023-06-30", of="calls")
    assert "已提交第1次限期解锁申请" in told
    told = room.post("lisi", f"{CLOSING}/exceptions/1/approval")
    assert "到2023-07-01 00:00止可以更正" in told
    told = room.post("zhang", f"{CLOSING}/corrections", why="补报一通")
    assert "拟更正为第2版" in told
    told = room.post("lisi", f"{CLOSING}/corrections/approval")
    assert "2023年5月已更正为第2版：张三（zhang）申请，李四（lisi）批准。" in told
    assert "第 2 版（更正）" in told
    history = room.page("zhang", f"{CLOSING}/history")
    assert history.index("更正") < history.index("申请限期解锁") < history.index("申请锁定")


def test_an_exception_is_refused_or_taken_back(room: Room):
    locked(room)
    room.at[0] = LATER
    room.post("zhang", f"{CLOSING}/exceptions", reason="补报", last_day="2023-06-30", of="")
    assert "第1次限期解锁已结束。" in room.post("lisi", f"{CLOSING}/exceptions/1/refusal")
    told = room.post("lisi", f"{CLOSING}/exceptions/1/approval", 422)
    assert "没有等待批准的限期解锁" in told
    room.post("zhang", f"{CLOSING}/exceptions", reason="再申请", last_day="2023-06-30", of="")
    assert "第2次限期解锁已结束。" in room.post("zhang", f"{CLOSING}/exceptions/2/end")


def test_a_day_that_is_none_stays_in_its_field(room: Room):
    locked(room)
    told = room.post("zhang", f"{CLOSING}/exceptions", 422, reason="补报", last_day="六月底")
    assert 'value="六月底"' in told
    assert "补报</textarea>" in told


def test_nothing_is_done_without_the_token_of_the_form(room: Room):
    app = app_of(room.database, clock=lambda: room.at[0])
    app.config["WTF_CSRF_ENABLED"] = True
    answer = signed_in_client(app, "zhang", room.at[0]).post(f"{CLOSING}/completion")
    assert answer.status_code == 400
    assert "页面已经过期" in answer.text
