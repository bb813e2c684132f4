"""今日待办: what waits for each person, with one place to go."""

import re
from collections.abc import Callable

import pytest

from tests.web.closing import Room, approved, locked, room_of
from tests.web.conftest import add, grant
from tracker.database import Database
from web.access.rights import Role

CLOSING = "/tlf/2023-05/closing"


@pytest.fixture
def room(database: Database) -> Room:
    return room_of(database)


def tasks(room: Room, login: str) -> dict[str, tuple[str, str]]:
    """What waits for a person: words → button and address."""
    text = room.page(login, "/tlf/tasks")
    found = re.findall(
        r'task-words">([^<]+)<.*?href="([^"]+)" aria-label="[^"]+">([^<]+)</a>', text, flags=re.DOTALL
    )
    return {words: (action, address) for words, address, action in found}


def starting(found: dict[str, tuple[str, str]], words: str) -> tuple[str, str]:
    return next(task for told, task in found.items() if told.startswith(words))


def test_the_only_centre_is_entered_by_its_tasks(room: Room) -> None:
    assert room.browser("chen").get("/").headers["Location"] == "/tlf/tasks"


def test_what_is_missing_leads_to_where_it_is_brought(room: Room) -> None:
    room.record("delivered calls 2023-06-01..2023-06-02 as of 2023-06-03")
    found = tasks(room, "chen")
    assert starting(found, "2023年话单缺") == ("导入", "/tlf/imports/")


def test_what_has_not_come_since_the_year_began_is_missing(page: Callable[[str], str]) -> None:
    assert "2024年话单缺69天：1月1日至2月29日，待报3月1日至3月9日" in page("/tlf/tasks")


def test_a_month_waits_for_one_after_the_other(room: Room) -> None:
    months = "2023年1月至5月（5个月）等待确认报齐"
    ticked = "&".join(f"month=2023-0{one}" for one in range(1, 6))
    assert starting(tasks(room, "chen"), months) == ("去报齐", f"/tlf/2023/closing?{ticked}#next")
    assert not any("5月" in words for words in tasks(room, "lisi"))
    room.post("zhang", f"{CLOSING}/completion")
    assert starting(tasks(room, "zhang"), "2023年5月已报齐，等待提交") == ("去提交", CLOSING)
    room.post("zhang", f"{CLOSING}/submission", said="没有其他数据")
    assert starting(tasks(room, "lisi"), "2023年5月已提交，等待审批") == ("去审批", CLOSING)
    room.post("lisi", f"{CLOSING}/approval")
    assert starting(tasks(room, "zhang"), "2023年5月已审批，等待申请锁定") == ("去申请", CLOSING)
    room.post("zhang", f"{CLOSING}/lock-request")
    assert starting(tasks(room, "lisi"), "2023年5月已申请锁定，等待批准") == ("去批准", CLOSING)
    room.post("lisi", f"{CLOSING}/lock")
    assert not any("5月" in words for login in ("zhang", "lisi", "chen") for words in tasks(room, login))


def test_who_asked_is_not_told_to_decide(room: Room) -> None:
    add(room.database, "both", grant(Role.MANAGER), grant(Role.APPROVER), name="周全")
    approved(room)
    room.post("both", f"{CLOSING}/lock-request")
    assert not any("等待批准" in words for words in tasks(room, "both"))
    assert starting(tasks(room, "lisi"), "2023年5月已申请锁定，等待批准") == ("去批准", CLOSING)


def test_where_nothing_waits_the_page_says_so(room: Room) -> None:
    locked(room)
    assert "今天没有要办的事。" in room.page("lisi", "/tlf/tasks")


def test_missed_targets_name_their_distance_and_every_task_leads_somewhere(
    page: Callable[[str], str],
) -> None:
    text = page("/tlf/tasks")
    assert re.search(r"2023年支付及时率62.50%，低于目标[0-9.]+个百分点", text)
    for address in re.findall(r'<a class="btn[^"]*" href="([^"]+)"', text):
        page(address)
