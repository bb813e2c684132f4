"""The first day of the security administrator: a centre, and its people from a pasted list."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.web.access.conftest import Place
from tests.web.conftest import app_of, ask_no_second_factor, grant
from tracker.database import Database
from web.access.pasted_people import ListProblem, parse_people
from web.access.people import Grant, list_accounts, read_grants
from web.access.rights import Role

LIST = "登录名\t姓名\t角色\nwangl\t王丽\t录入员\n\nzhaoq, 赵 强, 业务主管\nsunm，孙敏，审批人\nqianl 钱亮\n"
WANTED = {"center": "tlf", "first_day": "2024-03-10", "last_day": "2025-03-09"}


@pytest.fixture
def zhou(place: Place) -> FlaskClient:
    place.add("zhou", grant(Role.SECURITY_ADMIN))
    return place.signed_in("zhou")


def test_a_list_gives_everybody_one_role_at_one_centre_until_a_day(place: Place, zhou: FlaskClient):
    answer = zhou.post("/-/new-people/", data=WANTED | {"people": LIST})
    assert answer.status_code == 200
    with place.database.connect() as connection:
        grants = read_grants(connection)
    roles = {"wangl": Role.CLERK, "zhaoq": Role.MANAGER, "sunm": Role.APPROVER, "qianl": Role.CLERK}
    for login, role in roles.items():
        [one] = grants[login]
        assert one == Grant(role, "tlf", None, date(2024, 3, 10), date(2025, 3, 10), one.grant_id)


def test_the_passwords_are_shown_once_and_must_be_changed(place: Place, zhou: FlaskClient):
    told = zhou.post("/-/new-people/", data=WANTED | {"people": LIST})
    words = dict(re.findall(r'<td class="name">(\w+)</td>.*?<code>([\w-]{19})</code>', told.text, re.S))
    assert words.keys() == {"wangl", "zhaoq", "sunm", "qianl"}
    client = place.signed_in("zhaoq", words["zhaoq"])
    assert client.get("/tlf/tasks").headers["Location"] == "/-/account/password"
    again = zhou.get("/-/new-people/").text + zhou.get("/-/people/zhaoq").text
    assert not any(word in again for word in words.values())
    assert told.headers["Cache-Control"] == "no-store"


def test_one_wrong_line_stops_the_whole_list_and_nothing_typed_is_lost(place: Place, zhou: FlaskClient):
    people = LIST + "wangl, 又一人, 审批人\nlisi, 李四, 主任\nzhou, 新周, 录入员\n"
    answer = zhou.post("/-/new-people/", data=WANTED | {"people": people})
    assert answer.status_code == 422
    assert "第7行：登录名“wangl”与第2行重复。" in answer.text
    assert "第8行：没有角色“主任”；可填：录入员" in answer.text
    assert "李四, 主任" in answer.text
    with place.database.connect() as connection:
        assert [one.login for one in list_accounts(connection)] == ["zhou"]


def test_a_login_that_is_taken_stops_the_whole_list(place: Place, zhou: FlaskClient):
    answer = zhou.post("/-/new-people/", data=WANTED | {"people": "lisi, 李四\nzhou, 新周\nwu, 吴\n"})
    assert answer.status_code == 422
    assert "第2行：登录名“zhou”已经有人使用" in answer.text
    assert "第3行：登录名“wu”不能用" in answer.text
    with place.database.connect() as connection:
        assert [one.login for one in list_accounts(connection)] == ["zhou"]


@pytest.mark.parametrize("field", ["center", "last_day", "people"])
def test_nobody_is_added_without_a_centre_a_last_day_or_a_line(zhou: FlaskClient, field: str):
    assert zhou.post("/-/new-people/", data=WANTED | {"people": LIST, field: ""}).status_code == 422


def test_all_centres_are_not_offered_to_a_list(zhou: FlaskClient):
    assert zhou.post("/-/new-people/", data=WANTED | {"people": LIST, "center": "*"}).status_code == 422


def test_administrators_of_a_list_are_of_no_centre(place: Place, zhou: FlaskClient):
    zhou.post("/-/new-people/", data=WANTED | {"people": "wux, 吴, 系统管理员"})
    with place.database.connect() as connection:
        assert [one.center for one in read_grants(connection, "wux")["wux"]] == [None]


def test_an_evaluator_is_not_let_in_by_a_list():
    with pytest.raises(ListProblem, match="评价人员的授权须写明年度和截止日期"):
        parse_people("chenp, 陈, 评价人员")


def test_a_grant_is_offered_at_the_only_centre_for_a_year(place: Place, zhou: FlaskClient):
    place.add("lisi")
    page = zhou.get("/-/people/lisi").text
    assert '<option selected value="tlf">' in page
    assert 'value="2025-03-09"' in page


def test_a_business_role_needs_a_centre_that_was_chosen(zhou: FlaskClient, place: Place):
    place.add("lisi")
    data = {"role": "clerk", "center": "", "years": "", "first_day": "2024-03-10", "last_day": ""}
    answer = zhou.post("/-/people/lisi/grants", data=data)
    assert answer.status_code == 422
    assert "请选择中心" in answer.text


def test_an_empty_instance_leads_to_its_first_centre_and_on_to_its_people(database: Database):
    ask_no_second_factor(database)
    place = Place(app_of(database), database)
    place.add("zhou", grant(Role.SECURITY_ADMIN))
    zhou = place.signed_in("zhou")
    assert "/-/centers/" in zhou.get("/").text
    answer = zhou.post("/-/centers/", data={"code": "TLF", "name": "示例市12345热线", "digest": "sha256"})
    assert answer.headers["Location"] == "/-/new-people/?center=tlf"
    assert "示例市12345热线" in zhou.get("/-/centers/").text
    assert "center_added" in place.trail("action")
    assert zhou.get("/").headers["Location"] == "/-/people/"


@pytest.mark.parametrize(
    ("code", "name", "told"),
    [
        ("吐鲁番", "示例市12345热线", "中心编号“吐鲁番”不能用"),
        ("api", "示例市12345热线", "系统自用的地址"),
        ("tlf", "示例市12345热线", "已经存在"),
        ("neu", "　", "请填写中心名称"),
    ],
)
def test_a_centre_with_a_bad_code_or_name_is_not_made(zhou: FlaskClient, code: str, name: str, told: str):
    answer = zhou.post("/-/centers/", data={"code": code, "name": name, "digest": "sha256"})
    assert answer.status_code == 422
    assert told in answer.text
