"""The wall screen: opened by a token of its own kind, which opens nothing else; it shows no person."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import fresh_database
from tests.web.conftest import SETTINGS, add, app_of, grant, signed_in_client
from tracker.database import Database
from tracker.events.times import BEIJING
from web.access import api_tokens
from web.access.api_tokens import Scope
from web.access.rights import Role
from web.access.sessions import digest

NOON = datetime(2023, 8, 15, 12, 0, tzinfo=BEIJING)  # the sample year's calls of that day are in the log
ADDRESS = "/tlf/wall"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def hall(server_url: str, made_site: str) -> Iterator[Database]:
    for database in fresh_database(server_url, made_site):
        add(database, "security", grant(Role.SECURITY_ADMIN))
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(hall: Database, clock: Clock) -> Flask:
    return app_of(hall, clock=clock)


def issue(database: Database, *scopes: Scope, center: str = "tlf", days: int = 30) -> str:
    with database.connect() as connection:
        asked = frozenset(scopes or {Scope.WALL})
        return api_tokens.issue(connection, center, "大厅", scopes=asked, days=days, by="security", now=NOON)


def open_screen(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post(ADDRESS, data={"token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, ADDRESS)
    return client


def trail(database: Database) -> list[tuple[str, str, str]]:
    with database.connect() as connection:
        return connection.execute("SELECT action, result, data FROM audit ORDER BY seq").fetchall()


def test_a_token_given_in_once_opens_the_screen_for_as_long_as_it_holds(
    app: Flask, hall: Database, clock: Clock
):
    token = issue(hall, days=30)
    assert app.test_client().get(ADDRESS).status_code == 401
    client = open_screen(app, token)
    cookie = client.get_cookie("hotline-wall", path=ADDRESS)
    assert cookie is not None and cookie.http_only and cookie.same_site == "Strict"
    clock.now += timedelta(days=29)
    assert client.get(ADDRESS).status_code == 200
    clock.now += timedelta(days=2)
    answer = client.get(ADDRESS)
    assert answer.status_code == 401
    assert trail(hall)[-1] == ("wall_opened", "done", '{"token":"大厅"}')


def test_the_screen_tells_the_day_the_month_and_what_is_missing(app: Flask, hall: Database):
    text = unescape(open_screen(app, issue(hall)).get(ADDRESS).text)
    told = (
        "2023年8月15日 星期二",
        "更新于 2023-08-15 12:00",
        "呼入电话",
        "本期未结束",
        "目标 ",
        "缺少的数据",
    )
    assert [words for words in told if words not in text] == []
    with hall.engine.connect() as connection:
        count = connection.scalar(
            sa.text(
                "SELECT value FROM daily_measures WHERE center_id = 'tlf' AND measure = 'calls_inbound'"
                " AND day = '2023-08-15'"
            )
        )
    assert count and f"<b>{count:,}</b>" in text


def test_nothing_of_the_day_is_no_zero(app: Flask, hall: Database, clock: Clock):
    clock.now = datetime(2024, 3, 10, 9, 30, tzinfo=BEIJING)
    text = unescape(open_screen(app, issue(hall, days=365)).get(ADDRESS).text)
    today = text[text.index("今日尚未收到数据") : text.index("缺少的数据")]
    assert "本月和上月都没有" in today and "<b>0</b>" not in today


def test_the_screen_leads_nowhere_and_names_nobody(app: Flask, hall: Database):
    page = open_screen(app, issue(hall)).get(ADDRESS)
    assert not re.search(r"<(a|form|button)\b", page.text)
    assert not re.search(r"1\d{10}|(phone|name|card|bank|plate)-[0-9a-f]{8}", page.text)
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("scope", [one for one in Scope if one is not Scope.WALL])
def test_a_token_of_another_kind_opens_no_screen(app: Flask, hall: Database, scope: Scope):
    answer = app.test_client().post(ADDRESS, data={"token": issue(hall, scope)})
    assert (answer.status_code, "hotline-wall" in str(answer.headers)) == (422, False)
    assert trail(hall)[-1][:2] == ("token_refused", "refused")


def test_a_screen_s_token_opens_its_page_of_its_centre_and_nothing_else(app: Flask, hall: Database):
    token = issue(hall)
    client = open_screen(app, token)
    client.set_cookie("hotline-wall", token, path="/")
    assert client.get("/small/wall").status_code == 401
    assert client.get("/tlf/2023/").headers["Location"].startswith("/-/sign-in")
    client.set_cookie("hotline", token, path="/")
    assert client.get("/tlf/2023/").headers["Location"].startswith("/-/sign-in")
    carried = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/centers/tlf/figures/2023", headers=carried).status_code == 403
    assert client.post("/small/wall", data={"token": token}).status_code == 422
    assert client.get("/nowhere/wall").status_code == 401


def test_a_screen_goes_dark_as_soon_as_its_token_is_revoked(app: Flask, hall: Database):
    token = issue(hall)
    client = open_screen(app, token)
    security = signed_in_client(app, "security", NOON)
    assert security.post(f"/-/tokens/tlf/{digest(token)}/revoke").status_code == 302
    answer = client.get(ADDRESS)
    assert (answer.status_code, "已吊销" in answer.text) == (401, True)


def test_the_token_stands_in_no_address_and_no_answer_but_the_cookie(app: Flask, hall: Database):
    token = issue(hall)
    client = app.test_client()
    assert client.get(f"{ADDRESS}?token={token}").status_code == 401
    answer = client.post(ADDRESS, data={"token": token})
    assert token not in answer.headers["Location"] + answer.text + client.get(ADDRESS).text
    assert not any(token in data for _, _, data in trail(hall))


def test_a_token_for_screens_is_issued_alone_and_told_where_to_give_it_in(app: Flask):
    security = signed_in_client(app, "security", NOON)
    form = {"center": "tlf", "name": "大厅", "days": "365", "scopes": ["wall:read", "figures:read"]}
    answer = security.post("/-/tokens/", data=form)
    assert (answer.status_code, "请单独签发" in answer.text) == (422, True)
    page = security.post("/-/tokens/", data=form | {"scopes": ["wall:read"]}).text
    assert re.search(r"/tlf/wall#hotline_[\w-]{40,}", page)


def test_no_session_opens_the_screen(app: Flask):
    for login in ("manager", "security"):
        assert signed_in_client(app, login, NOON).get(ADDRESS).status_code == 401


def test_the_cookie_goes_over_tls_alone_where_there_is_tls(hall: Database, clock: Clock):
    app = app_of(hall, clock=clock, settings=replace(SETTINGS, proxies=1))
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.9"}
    answer = app.test_client().post(ADDRESS, data={"token": issue(hall)}, headers=headers)
    name, *rest = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("__Secure-hotline-wall=hotline_")
    assert {"Secure", "HttpOnly", "Path=/tlf/wall", "SameSite=Strict"} <= set(rest)


def test_the_screen_takes_few_statements(app: Flask, hall: Database):
    client = open_screen(app, issue(hall))
    client.get(ADDRESS)
    counted = []
    sa.event.listen(hall.engine, "before_cursor_execute", lambda *_: counted.append(1))
    assert client.get(ADDRESS).status_code == 200
    assert 0 < len(counted) <= 10
