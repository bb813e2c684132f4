"""A month, or several at once, decided beside their key figures on the pages."""

import re
from html import unescape

import pytest
from werkzeug.datastructures import MultiDict

from tests.kpi.closing import LATER
from tests.web.closing import Room, locked, room_of
from tests.web.conftest import add, grant
from tracker.database import Database
from web.access.rights import Role

MONTHS = "/tlf/2023/closing/months"
CLOSING = "/tlf/2023-05/closing"
LATE = "call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:20"


@pytest.fixture
def room(database: Database) -> Room:
    return room_of(database)


def choose(room: Room, login: str, *months: str) -> MultiDict[str, str]:
    """What the page of these months would send for somebody who presses its button."""
    page = room.page(login, MONTHS + "?" + "&".join(f"month={one}" for one in months))
    form = MultiDict((name, value) for name, value in _HIDDEN.findall(page) if name != "csrf_token")
    form.update(dict.fromkeys(_TEXTS.findall(page), "没有其他数据"))
    if 'name="lock"' in page:
        form["lock"] = "1"
    return form


_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_TEXTS = re.compile(r'<textarea id="[^"]+" name="(said-[^"]+)"')


def send(room: Room, login: str, act: str, form: MultiDict[str, str], status: int = 302) -> str:
    browser = room.browser(login)
    answer = browser.post(f"{MONTHS}/{act}", data=form)
    assert answer.status_code == status, unescape(answer.text)[-2000:]
    return unescape(answer.text if status != 302 else browser.get(answer.headers["Location"]).text)


def submitted(room: Room, *months: str) -> None:
    send(room, "zhang", "submission", choose(room, "zhang", *months))


def test_an_approver_decides_beside_the_figures_and_two_people_lock(room: Room):
    page = room.page("zhang", CLOSING)
    assert ">报齐并提交</button>" in page and ">批准" not in page
    submitted(room, "2023-05")
    page = room.page("lisi", CLOSING)
    assert 'class="button button-main">批准并锁定</button>' in page
    assert page.count("button-main") == 1
    row = re.search(r">热线电话接通率</a>.*?</tr>", page, flags=re.DOTALL)
    assert row is not None and "50.00%" in row[0] and "1 ÷ 2" in row[0] and "不判（n=2，少于5）" in row[0]
    assert "2023年4月没有计算过的数字，不作比较。" in row[0] or "2023年5月件数太少" in row[0]
    told = send(room, "lisi", "approval", choose(room, "lisi", "2023-05"))
    assert "2023年5月已批准并锁定：张三（zhang）申请，李四（lisi）批准。" in told


def test_who_submitted_is_offered_no_approval(room: Room):
    add(room.database, "both", grant(Role.MANAGER), grant(Role.APPROVER), name="周全")
    form = choose(room, "both", "2023-05")
    send(room, "both", "submission", form)
    page = room.page("both", CLOSING)
    assert ">批准并锁定</button>" not in page
    assert "暂不能批准：由周全（both）提交，须由另一人审批。" in page
    seen = choose(room, "lisi", "2023-05")
    told = send(room, "both", "approval", seen, 422)
    assert "由周全（both）提交，须由另一人审批。" in told


def test_a_month_that_changed_meanwhile_is_left_out_and_asked_about_again(room: Room):
    submitted(room, "2023-04", "2023-05")
    form = choose(room, "lisi", "2023-04", "2023-05")
    room.record(LATE)
    told = send(room, "lisi", "approval", form, 422)
    assert "2023年4月已批准并锁定" in told
    assert "2023年5月：话单：您打开页面以后又有变动" in told
    assert "66.67%" in told and 'id="found-2023-05"' in told and 'id="found-2023-04"' not in told
    states = room.page("lisi", "/tlf/2023/closing")
    assert "2023年4月话单：已锁定" in states and "2023年5月话单：已提交" in states
    told = send(room, "lisi", "approval", choose(room, "lisi", "2023-05"))
    assert "2023年5月已批准，尚未锁定：" in told and "申请后数字有变动" in told


def test_each_month_is_explained_by_itself_and_nothing_typed_is_lost(room: Room):
    form = choose(room, "zhang", "2023-04", "2023-05")
    form["said-2023-04"] = ""
    told = send(room, "zhang", "submission", form, 422)
    assert "2023年5月已报齐、提交、申请锁定" in told
    assert "请修改，或写明原因后提交" in told
    form["said-2023-05"], form["said-2023-04"] = "x" * 501, ""
    assert "说明不能超过 500 个字。" in send(room, "zhang", "submission", form, 422)
    with room.database.connect() as connection:
        acts = connection.execute("SELECT about FROM audit WHERE action = 'submitted'").fetchall()
    assert acts == [("tlf 2023-05",)]


def test_the_clerk_completes_several_months(room: Room):
    form = choose(room, "chen", "2023-04", "2023-05")
    assert "2023年4月、5月已报齐，请业务主管提交。" in send(room, "chen", "completion", form)


def test_months_of_another_year_and_words_are_not_chosen(room: Room):
    browser = room.browser("lisi")
    answer = browser.get(f"{MONTHS}?month=2022-05&month=x&month=2023")
    assert answer.headers["Location"] == "/tlf/2023/closing#next"
    assert browser.post(f"{MONTHS}/approval", data={"month": "2022-05"}).status_code == 404


def test_the_board_ticks_the_months_that_a_task_leads_to(room: Room):
    submitted(room, "2023-04", "2023-05")
    page = room.page("lisi", "/tlf/2023/closing?month=2023-04")
    assert re.findall(r'name="month" value="(\S+)"( checked)?>', page) == [
        ("2023-05", ""), ("2023-04", " checked")
    ]  # fmt: skip
    page = room.page("chen", "/tlf/2023/closing?month=2023-04")
    assert re.findall(r'name="month" value="(\S+)"', page) == ["2023-03", "2023-02", "2023-01"]


def test_a_return_of_the_month_needs_its_reason_beside_its_own_field(room: Room):
    submitted(room, "2023-05")
    told = room.post("lisi", f"{CLOSING}/return", 422)
    assert '<details class="card return" open>' in told and "退回必须写明理由。" in told
    assert "退回已办" in room.post("lisi", f"{CLOSING}/return", said="请核对5月2日")


def test_a_late_entry_leads_to_its_correction_filled_in(room: Room):
    locked(room)
    room.at[0] = LATER
    room.record(LATE)
    page = room.page("zhang", f"{CLOSING}/late")
    link = re.search(r'href="(/tlf/2023-05/closing\?late=(\d+))#exception" aria-label="[^"]*第\2号', page)
    assert link is not None
    form = room.page("zhang", link[1])
    assert re.search(rf"补报话单：通话 c3（第{link[2]}号记录[^<]*</textarea>", form)
    assert '<option selected value="calls">' in form
    assert "late=" not in room.page("lisi", f"{CLOSING}/late")
    room.post("zhang", f"{CLOSING}/exceptions", reason="补报", last_day="2023-06-30", of="calls")
    room.post("lisi", f"{CLOSING}/exceptions/1/approval")
    assert f"late={link[2]}#correction" in room.page("zhang", f"{CLOSING}/late")


def test_january_is_set_beside_a_december_that_may_be_seen_alone(room: Room):
    room.record("""
        call 2022-12-01 08:00:00 id d1 queued 08:00:10 answered 08:00:20
        call 2023-01-02 08:00:00 id j1 queued 08:00:10 answered 08:00:20
        call 2023-01-03 08:00:00 id j2 queued 08:00:10
        delivered calls 2022-12-01..2023-01-31 as of 2023-02-01""")
    add(room.database, "narrow", grant(Role.APPROVER, years=frozenset({2023})), name="郑七")
    change = re.compile(r">人工请求量</a>.*?比上月\">(.*?)</td>", flags=re.DOTALL)
    seen = {
        login: change.findall(room.page(login, "/tlf/2023-01/closing"))[0] for login in ("lisi", "narrow")
    }
    assert "▲1 通" in seen["lisi"] and "您的授权不含2022年，不作比较。" in seen["narrow"]
