"""No page of one centre shows another's data; an evaluator sees her centre, her years, on her days: tried."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.web.access.test_routes import FILLED, table
from tests.web.conftest import NOW, add, app_of, grant, signed_in_client
from tests.web.routes import UNUSED, address, rules
from tracker import centers
from tracker.database import Database
from tracker.periods import Month
from web.access import Right, allowed
from web.access.guard import get_declared_access
from web.access.people import Grant
from web.access.rights import Role
from web.access.years import is_seen, list_visible_deliveries

OF_A_CENTER = [
    (method, address) for method, address, _ in table() if "<center>" in address and "/api/" not in address
]


@pytest.fixture(scope="session")  # a process that comes back to this file adds nobody twice
def app(peopled: Database) -> Flask:
    years = {login: frozenset({int(login[3:])}) for login in ("of.2023", "of.2024")}
    for login, center in (("of.small", "small"), ("of.tlf", "tlf")):
        add(peopled, login, grant(Role.MANAGER, center))
    for login, seen in years.items():
        add(peopled, login, grant(Role.EVALUATOR, "tlf", seen))
    return app_of(peopled)


@pytest.mark.parametrize(("method", "address"), OF_A_CENTER)
def test_every_page_of_another_centre_is_as_if_it_were_not_there(app: Flask, method: str, address: str):
    client = signed_in_client(app, "of.small")
    answers = []
    for center in ("tlf", "nowhere"):
        there = address.replace("<center>", center)
        for part, value in FILLED.items():
            there = there.replace(part, value)
        answer = client.open(there, method=method, data={"reason": "核实一条记录"})
        text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)  # changes every second
        answers.append((answer.status_code, text.replace(center, "")))
    assert answers[0][0] == 404 or address.endswith("/wall")  # which asks for a token, wherever it is
    assert answers[0] == answers[1]


def walk(client: FlaskClient, start: str, most: int) -> dict[str, str]:
    """The pages that links lead to."""
    found: dict[str, str] = {}
    waiting = [start]
    while waiting and len(found) < most:
        address = waiting.pop(0)
        if address not in found:
            answer = client.get(address, follow_redirects=True)
            found[address] = answer.data.decode(errors="replace")  # a workbook is looked through as well
            waiting += re.findall(r'href="(/(?!-/|bootstrap)[^"#]*)"', found[address])
    return found


def test_no_page_of_one_centre_names_another_centre_or_its_data(app: Flask):
    pages = walk(signed_in_client(app, "of.small"), "/", 120)
    assert len(pages) > 60
    for there, text in pages.items():
        assert "/tlf/" not in text, there
        assert "话单_2023-08" not in text, there


def test_a_thing_of_another_centre_is_not_found_under_ones_own(app: Flask):
    """Identities are per centre: the same address under one's own centre finds nothing."""
    client = signed_in_client(app, "of.tlf")
    assert client.get("/tlf/things/day/2024-02-01").status_code == 404
    assert client.get("/tlf/deliveries/d1").status_code == 404


def test_the_list_of_centres_names_those_that_one_sees(app: Flask):
    text = signed_in_client(app, "of.small").get("/small/2024/").text
    assert "吐鲁番" not in text
    assert 'class="center-name">小县12345热线' in text


def test_whoever_sees_one_centre_is_led_there(app: Flask):
    assert signed_in_client(app, "of.tlf").get("/").headers["Location"] == "/tlf/tasks"


# years


def test_an_evaluator_is_led_to_her_year(app: Flask):
    assert signed_in_client(app, "of.2023").get("/tlf/").headers["Location"] == "/tlf/2023/"
    assert signed_in_client(app, "of.2024").get("/tlf/").headers["Location"] == "/tlf/2024/"


OF_A_YEAR = [
    rule
    for rule in rules()
    if rule.arguments & {"year", "period", "month"}
    and get_declared_access(UNUSED, rule.endpoint) in Role.EVALUATOR.rights
]


@pytest.mark.parametrize("rule", OF_A_YEAR, ids=lambda rule: rule.endpoint)
def test_an_evaluator_of_another_year_is_turned_away(app: Flask, rule: Rule):
    there = address(app, rule)
    assert signed_in_client(app, "of.2023").get(there).status_code in (200, 302)
    answer = signed_in_client(app, "of.2024").get(there)
    assert answer.status_code == 403
    assert "您的授权只到2024年，不含2023年。" in answer.text


def test_a_part_of_an_address_is_a_year_whatever_its_name(peopled: Database):
    app = app_of(peopled)

    @app.get("/<center:center>/-/<month:when>")
    @allowed(Right.SEE_FIGURES)
    def later(center: str, when: Month) -> str:
        return str(when)

    assert signed_in_client(app, "evaluator").get("/tlf/-/2023-08").status_code == 200
    assert signed_in_client(app, "evaluator").get("/tlf/-/2024-02").status_code == 403
    assert signed_in_client(app, "manager").get("/tlf/-/2023-Q3").status_code == 404


def test_centres_side_by_side_are_those_of_the_person_in_her_years(app: Flask):
    """the evaluator has tlf in 2023 and the small centre in 2024"""
    client = signed_in_client(app, "evaluator")
    for year, seen, hidden in ((2023, "/tlf/2023/", "/small/"), (2024, "/small/2024/", "/tlf/")):
        text = client.get(f"/?year={year}").text
        assert f'href="{seen}"' in text
        assert hidden not in text
        assert "/void/" not in text


def test_an_evaluator_finds_no_thing_event_or_delivery_of_another_year(app: Flask, peopled: Database):
    with peopled.connect() as connection:
        row = connection.execute(
            "SELECT subject, seq FROM calls WHERE center_id = 'tlf' ORDER BY subject LIMIT 1"
        ).fetchone()
        assert row is not None
        delivery = connection.execute(
            "SELECT delivery FROM events WHERE center_id = 'tlf' AND seq = %s", (row[1],)
        ).fetchone()
    assert delivery is not None
    addresses = (f"/tlf/things/{row[0]}", f"/tlf/events/{row[1]}", f"/tlf/deliveries/{delivery[0]}")
    for login, expected in (("of.2023", 200), ("of.2024", 404)):
        client = signed_in_client(app, login)
        assert [client.get(address).status_code for address in addresses] == [expected] * 3
    assert "话单_2023-08.csv" in signed_in_client(app, "of.2023").get("/tlf/deliveries/").text
    assert "话单_2023-08.csv" not in signed_in_client(app, "of.2024").get("/tlf/deliveries/").text


def test_whatever_is_behind_a_figure_of_her_year_is_open_to_an_evaluator(app: Flask):
    """Of each kind of thing: rosters and posts of earlier years count on."""
    client = signed_in_client(app, "of.2023")
    for key in (
        "staffing_in_post_rate", "payment_on_time_rate", "work_orders_opened", "call_answer_rate",
        "training_attendance_rate", "platform_uptime_rate", "survey_awareness_rate",
        "inspection_pass_rate", "messages_sent",
    ):  # fmt: skip
        for side in ("numerator", "denominator"):
            answer = client.get(f"/tlf/2023/{key}/{side}")
            for thing in re.findall(r'href="(/tlf/(?:things|events)/[^"]+)"', answer.text)[:40]:
                assert client.get(thing).status_code == 200, (key, thing)


def test_a_year_without_deliveries_holds_none(peopled: Database):
    with peopled.connect() as connection:
        everything = list_visible_deliveries(connection, "tlf", None)
        of_2019 = list_visible_deliveries(connection, "tlf", {2019})
        of_2023 = list_visible_deliveries(connection, "tlf", {2023})
        assert is_seen(connection, "tlf", "call/none", {2019}) is False
    assert everything is None
    assert of_2019 is not None and of_2023 is not None
    assert len(of_2019) < len(of_2023)


def test_a_grant_opens_on_its_first_day_and_closes_after_its_last(database: Database):
    """an evaluator from 9 to 10 March 2024"""
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
    visit = Grant(Role.EVALUATOR, "tlf", frozenset({2024}), date(2024, 3, 9), date(2024, 3, 11))
    add(database, "chen", visit)
    for day, expected in ((8, 404), (9, 200), (10, 200), (11, 404)):
        at = NOW.replace(day=day)
        client = signed_in_client(app_of(database, clock=lambda at=at: at), "chen", at)
        assert client.get("/tlf/2024/").status_code == expected, day
        if expected == 404:
            assert "暂无有效授权" in client.get("/").text
