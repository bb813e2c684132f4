"""A person's numbers and names are erased by two administrators; figures, log and trail stay."""

from datetime import datetime
from typing import Any

import pytest

from kpi.figures import results
from tests.kpi.given import append
from tests.web.access.conftest import Place
from tests.web.conftest import grant
from tracker import log
from tracker.database import get_driver
from tracker.events.calls import CallEnded
from tracker.events.times import BEIJING
from tracker.periods import Month, Year
from web.access.rights import Role
from web.instance import get_instance_of

NUMBER, NAME, OTHER = "13812345678", "张三丰", "13987654321"
CONFIRM, DROP = "/-/erasures/1/confirmation", "/-/erasures/1/refusal"
ASKED = {"center": "tlf", "number": "+86 138 1234 5678", "name": NAME, "reason": "本人书面申请"}


@pytest.fixture
def peopled(place: Place) -> Place:
    """A centre with two callers, a name in its vault, and two security administrators."""
    with place.database.engine.begin() as connection:
        append(connection, [make_call("c1", NUMBER), make_call("c2", NUMBER), make_call("c3", OTHER)])
        driver = get_driver(connection)
        own = get_instance_of(place.app).vault.of(driver, "tlf")
        own.token("name", NAME)
        own.keep(driver)
    for login in ("zhou", "qian"):
        place.add(login, grant(Role.SECURITY_ADMIN))
    return place


def make_call(call: str, caller: str) -> CallEnded:
    at = datetime(2024, 2, 1, 9, tzinfo=BEIJING)
    return CallEnded(
        call_id=call, direction="inbound", entered_at=at, queued_at=at, rang_at=None, answered_at=at,
        ended_at=None, talk_ms=None, outcome="answered", agent=None, skill_group=None, caller=caller,
        rating=None,
    )  # fmt: skip


def read_vault(place: Place) -> list[str]:
    """The values of the centre's vault that are left."""
    with place.database.connect() as connection:
        tokens = [row[0] for row in connection.execute("SELECT token FROM people").fetchall()]
        values = get_instance_of(place.app).vault.read_values(connection, "tlf", tokens)
    return sorted(value for value in values.values() if value)


def read_totals(place: Place) -> Any:
    """Every figure of the month and the year, and the log's end, which must verify."""
    with place.database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", place.now)
        driver = get_driver(connection)
        assert log.verify(driver, "tlf").problem is None
        figures = [
            (one.indicator, str(period), one.numerator, one.denominator, one.value, one.status)
            for period in (Month(2024, 2), Year(2024))
            for one in results.read_period(connection, "tlf", period, live=True)
        ]
        return figures, log.read_head(driver, "tlf")


def test_one_asks_another_confirms_and_no_total_moves(peopled: Place):
    before, values = read_totals(peopled), read_vault(peopled)
    zhou, qian = peopled.signed_in("zhou"), peopled.signed_in("qian")
    assert {NUMBER, NAME, OTHER} <= set(values)
    page = zhou.post("/-/erasures/", data=ASKED, follow_redirects=True).text
    assert "已申请删除 2 项" in page and "138****5678" in page and "张**" in page
    assert NUMBER not in page and NAME not in page
    assert CONFIRM not in page
    assert zhou.post(CONFIRM).status_code == 422
    assert read_vault(peopled) == values
    assert CONFIRM in qian.get("/-/erasures/").text
    assert "已删除 2 项" in qian.post(CONFIRM, follow_redirects=True).text
    assert read_vault(peopled) == [OTHER]
    assert read_totals(peopled) == before
    assert qian.post(CONFIRM).status_code == 422
    rows = [row for row in peopled.trail("login", "action", "result") if row[1].startswith("eras")]
    assert rows == [("zhou", "erasure_asked", "done"), ("qian", "erased", "done")]
    trail = str(peopled.trail("about", "data"))
    assert "本人书面申请" in trail and "phone-" in trail
    assert NUMBER not in trail and NAME not in trail


def test_a_request_is_dropped_or_ends(peopled: Place):
    values = read_vault(peopled)
    peopled.signed_in("zhou").post("/-/erasures/", data=ASKED)
    qian = peopled.signed_in("qian")
    assert qian.post(DROP).status_code == 302
    assert qian.post(CONFIRM).status_code == 422
    qian.post("/-/erasures/", data=ASKED)
    peopled.later(days=8)
    assert peopled.signed_in("zhou").post("/-/erasures/2/confirmation").status_code == 422
    assert "已作废" in peopled.signed_in("zhou").get("/-/erasures/").text
    assert read_vault(peopled) == values


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"number": "", "name": ""}, "请填写号码或姓名"),
        ({"number": "12345", "name": ""}, "这不是电话"),
        ({"number": "13700000000", "name": ""}, "没有这个号码或姓名"),
        ({"reason": "来电13812345678申请"}, "请勿在其中写姓名和号码"),
        ({"reason": "张三丰本人申请"}, "请勿在其中写姓名和号码"),
        ({"reason": "好"}, "5 至 200 个字"),
        ({"center": "nowhere"}, ""),
    ],
)
def test_what_cannot_be_asked_for_is_refused(peopled: Place, changed: dict[str, str], told: str):
    answer = peopled.signed_in("zhou").post("/-/erasures/", data=ASKED | changed)
    assert answer.status_code == 422
    assert told in answer.text
    assert "待确认" not in peopled.signed_in("qian").get("/-/erasures/").text


def test_with_one_administrator_the_page_names_the_command(peopled: Place):
    peopled.signed_in("zhou").post("/-/people/qian/close")
    answer = peopled.signed_in("zhou").post("/-/erasures/", data=ASKED)
    assert answer.status_code == 422
    assert "hotline vault erase --center tlf" in answer.text
