"""What a centre sets up on the pages: name, posts, seats, time limits, scheme; and what is left to do."""

import re
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ingest.profiles.own_deadline import find_deadline
from kpi.evaluation.scheme_files import PACKAGED, read_scheme
from tests.web.conftest import add, grant, signed_in_client
from tests.web.desk import Desk, open_desk
from tracker.database import Database
from tracker.workdays import format_hours
from web.access.rights import Role

HOURS = {"hours": "9:00至12:00，14:00-18:00", "limits": "投诉 10个工作日\n求助：48工作时\n", "otherwise": "5"}


@pytest.fixture
def desk(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return open_desk(database, tmp_path, monkeypatch)


@pytest.fixture
def manager(desk: Desk) -> FlaskClient:
    return signed_in_client(desk.app, "manager")


def lines(client: FlaskClient) -> dict[str, tuple[bool, str]]:
    """Title of each line of the check list → whether it is settled, and how it stands."""
    text = unescape(client.get("/tlf/setup").text)
    rows = re.findall(r'<td class="name">(.*?)</td>.*?([✓○]).*?data-name="现状">(.*?)</td>', text, re.S)
    return {title: (mark == "✓", words) for title, mark, words in rows}


def test_a_new_centre_has_everything_before_it(manager: FlaskClient):
    found = lines(manager)
    assert [title for title, (settled, _) in found.items() if settled] == ["工作日历", "导入方案"]
    assert "还没有审批人" in found["人员"][1]
    assert "均为系统自带的" in found["目标值"][1]
    page = manager.get("/tlf/tasks").text
    assert "还没有指标" in page
    assert "/tlf/setup" in page


def test_what_nobody_can_know_is_settled_by_whoever_looked(desk: Desk, manager: FlaskClient):
    assert manager.post("/tlf/setup/targets").status_code == 302
    settled, words = lines(manager)["目标值"]
    assert settled
    assert "王经理" in words
    assert "目标值与合同、任务书一致" in words
    assert any("setup_checked" in one for one in desk.trail())


def test_a_clerk_sees_the_list_and_cannot_say_that_targets_were_looked_at(desk: Desk):
    page = desk.page("/tlf/setup")
    assert "由业务主管办理" in page
    assert "目标值与合同、任务书一致" not in page
    assert desk.client.post("/tlf/setup/targets").status_code == 403


def test_posts_and_seats_are_entered_by_form(desk: Desk, manager: FlaskClient):
    post = {"effective_on": "2024-01-01", "post": "话务员", "headcount": "45", "basis": "合同附件二"}
    assert desk.client.post("/tlf/days/2024-03-10/post", data=post).status_code == 302
    seats = {
        "effective_on": "2024-01-01", "weekdays": "周一至周五", "from_hour": "8:00", "to_hour": "20:00",
        "seats": "12", "basis": "",
    }  # fmt: skip
    assert desk.client.post("/tlf/days/2024-03-10/contracted_seats", data=seats).status_code == 302
    found = lines(manager)
    assert found["核定岗位"] == (True, "已登记1个岗位，核定45人。")
    assert found["合同座席"] == (True, "时段表自2024-01-01起执行。")
    page = unescape(manager.get("/tlf/settings/").text)
    assert "话务员" in page
    assert page.count('data-name="约定小时数">12<') == 5


def test_a_row_of_seats_is_corrected_as_it_was_typed(desk: Desk):
    seats = {
        "effective_on": "2024-01-01", "weekdays": "周六、周日", "from_hour": "8:00", "to_hour": "20:00",
        "seats": "6", "basis": "",
    }  # fmt: skip
    desk.client.post("/tlf/days/2024-03-10/contracted_seats", data=seats)
    page = desk.page("/tlf/days/2024-03-10/contracted_seats?event=1")
    assert 'value="周六、周日"' in page
    answer = desk.client.post(
        "/tlf/days/2024-03-10/contracted_seats", data={"event": "1", "seats": "8", "basis": ""}
    )
    assert answer.status_code == 302
    with desk.database.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT weekday, seats FROM contracted_seats ORDER BY 1"
        ).fetchall()
    assert rows == [(6, 8), (7, 8)]


def test_a_centre_is_renamed_by_its_manager_alone(desk: Desk, manager: FlaskClient):
    assert desk.client.post("/tlf/settings/name", data={"name": "新名称"}).status_code == 403
    assert manager.post("/tlf/settings/name", data={"name": " "}).status_code == 422
    assert manager.post("/tlf/settings/name", data={"name": "示例市政务服务便民热线"}).status_code == 302
    assert "示例市政务服务便民热线" in manager.get("/tlf/setup").text
    told = next(one for one in desk.trail() if "center_changed" in one)
    assert "吐鲁番市12345热线" in told


def test_time_limits_are_kept_for_files_and_forms(desk: Desk, manager: FlaskClient):
    assert manager.post("/tlf/settings/hours", data=HOURS | {"cutoff": "17:00"}).status_code == 302
    rule = find_deadline(desk.home, "tlf")
    assert rule is not None
    assert format_hours(rule.work_hours) == "09:00:00-12:00:00 14:00:00-18:00:00"
    assert {kind: str(limit) for kind, limit in rule.limits.items()} == {
        "投诉": "10 个工作日",
        "求助": "48 工作时",
    }
    order = {"order_id": "G1", "accepted_at": "2024-03-08T18:00", "kind": "投诉", "channel": "电话"}
    assert desk.client.post("/tlf/days/2024-03-08/order", data=order).status_code == 302
    with desk.database.connect() as connection:
        row = connection.execute("SELECT deadline_at FROM work_orders").fetchone()
    assert row is not None
    assert row[0].date() == date(2024, 3, 25)  # accepted after 17:00 on a Friday: counted from Monday
    page = unescape(manager.get("/tlf/settings/").text)
    assert "投诉：10个工作日" in page
    assert lines(manager)["工作时间和办理时限"][0]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"limits": "投诉 10天"}, "看不懂"),
        ({"limits": "", "otherwise": ""}, "请至少填写一个办理时限"),
        ({"hours": "9点到12点"}, "看不懂"),
        ({"hours": "14:00-12:00"}, "看不懂"),
        ({"hours": ""}, "还须写明工作时间"),
        ({"otherwise": "半天"}, "整数"),
        ({"otherwise": "9" * 5000}, "整数"),
        ({"cutoff": "下午"}, "不是时刻"),
        ({"cutoff": "17:00+08:00"}, "不是时刻"),
        ({"cutoff": "24:00"}, "不是时刻"),
    ],
)
def test_time_limits_that_cannot_be_read_are_refused_with_what_was_typed(
    desk: Desk, manager: FlaskClient, typed: dict[str, str], told: str
):
    answer = manager.post("/tlf/settings/hours", data=HOURS | typed)
    assert answer.status_code == 422
    assert told in unescape(answer.text)
    assert find_deadline(desk.home, "tlf") is None


def test_a_scheme_that_was_chosen_stands_on_the_list_and_among_the_settings(manager: FlaskClient):
    assert manager.post("/tlf/2024/evaluation/urumqi-2023/choice").status_code == 302
    title = read_scheme(PACKAGED / "urumqi-2023.toml").title
    assert lines(manager)["评价方案"] == (True, f"2024年：{title}。")
    assert "王经理（manager）于" in unescape(manager.get("/tlf/settings/").text)


def test_whoever_has_some_years_alone_changes_no_setting(desk: Desk):
    add(desk.database, "some", grant(Role.MANAGER, "tlf", frozenset({2024})))
    client = signed_in_client(desk.app, "some")
    for address, data in (
        ("settings/name", {"name": "新名称"}),
        ("settings/hours", HOURS),
        ("setup/targets", {}),
    ):
        assert client.post(f"/tlf/{address}", data=data).status_code == 403
    assert "修改名称" not in client.get("/tlf/settings/").text


def test_a_scheme_of_ones_own_is_taken_in_when_it_is_sound(desk: Desk, manager: FlaskClient):
    def send(content: bytes, name: str) -> tuple[int, str]:
        answer = manager.post("/tlf/settings/schemes", data={"file": (BytesIO(content), name)})
        return answer.status_code, unescape(answer.text)

    sound = (PACKAGED / "turpan-2022.toml").read_bytes()
    assert send(sound, "示例市-2024.toml")[0] == 302
    assert (desk.home / "schemes/示例市-2024.toml").read_bytes() == sound
    assert send(sound, "turpan-2022.toml")[0] == 422
    status, told = send(b'title = "x"\n', "坏的.toml")
    assert status == 422
    assert "坏的.toml" in told
    assert not (desk.home / "schemes/坏的.toml").exists()
    assert manager.post("/tlf/2024/evaluation/示例市-2024/choice").status_code == 302
