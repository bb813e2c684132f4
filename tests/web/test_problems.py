"""Errors are pages in Chinese that say what to do; an empty instance says how to begin."""

import re

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import NOW, _append, add, app_of, client_with, grant, signed_in_client
from tracker.database import Database
from web.access import Right, allowed
from web.access.rights import Role


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/nowhere/at/all", "地址有误"),
        ("/zzz/2023/", "没有编号为“zzz”的中心"),
        ("/tlf/2023/nope", "没有指标“nope”"),
        ("/tlf/2023-13/", "地址有误"),
        ("/tlf/2023/work_orders_opened/denominator", "没有分母"),
        ("/tlf/2019/call_answer_rate/numerator", "还没有计算"),
        ("/tlf/things/call/1", "数据日志中没有“call/1”"),
        ("/tlf/events/99999999", "目前共有"),
        ("/tlf/deliveries/none", "没有编号为“none”的导入记录"),
        ("/tlf/definitions/nope", "没有指标“nope”"),
    ],
)
def test_a_page_that_is_not_there_says_what_to_do(client: FlaskClient, address: str, sentence: str):
    answer = client.get(address)
    assert answer.status_code == 404
    assert sentence in answer.text
    assert "回到首页" in answer.text


def test_nothing_can_be_sent(client: FlaskClient):
    answer = client.post("/tlf/2023/")
    assert answer.status_code == 405
    assert "不接受这种操作" in answer.text


def test_an_empty_instance_says_how_to_begin(database: Database):
    add(database, "manager", grant(Role.MANAGER))
    text = signed_in_client(app_of(database), "manager").get("/").text
    assert "还没有热线中心。请系统管理员或安全管理员在“热线中心”中新增" in text
    assert "hotline " not in text


def test_an_imported_but_uncomputed_centre_says_so(database: Database):
    from tracker import centers
    from tracker.events.daily_counts import DayCounted

    with database.connect() as connection:
        centers.create_center(connection, "small", "小县", now=NOW)
    _append(database, DayCounted(counted_on=NOW.date(), messages=1, cases=1, visits=1), 9)
    add(database, "manager", grant(Role.MANAGER))
    text = signed_in_client(app_of(database), "manager").get("/small/2024/").text
    assert "数据已导入，正在计算" in text


def test_a_database_that_is_away_is_told_apart_from_a_fault(tmp_path):
    away = Database(f"postgresql://nobody@/none?host={tmp_path}", "")
    answer = client_with(app_of(away), "somebody").get("/")
    assert answer.status_code == 503
    assert "数据库暂时连不上" in answer.text


def test_a_fault_of_ours_shows_no_trace(site: Database):
    app = app_of(site)

    @app.get("/-/broken")
    @allowed(Right.OWN_ACCOUNT)
    def broken() -> str:
        raise ZeroDivisionError("secret")

    answer = signed_in_client(app, "manager").get("/-/broken")
    assert answer.status_code == 500
    assert "系统异常" in answer.text
    assert "secret" not in answer.text


def test_nothing_comes_from_elsewhere(client: FlaskClient):
    answer = client.get("/tlf/2023/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http://" not in answer.text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in answer.text
    assert re.sub(r"\?v=[0-9a-f]{12}", "", "".join(re.findall(r"<script[^>]*>", answer.text))) == "".join(
        f'<script src="/-/static/{name}.js" defer>' for name in ("charts", "listing", "help", "session")
    )
    assert " style=" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name", ["/-/static/hotline.css", "/-/static/icon.svg", "/bootstrap/-/static/css/bootstrap.min.css"]
)
def test_static_files_are_served_locally(client: FlaskClient, name: str):
    answer = client.get(name)
    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]


def test_pages_cannot_write(site: Database):
    """A page's connection refuses to change anything; the pool's connection is not left like that."""
    import psycopg

    app = app_of(site)

    @app.get("/-/try")
    @allowed(Right.OWN_ACCOUNT)
    def attempt() -> str:
        from web.instance import get_log_connection

        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            get_log_connection().execute("DELETE FROM figures")
        return "refused"

    assert signed_in_client(app, "manager").get("/-/try").text == "refused"
    with site.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM figures WHERE center_id = 'none'")
