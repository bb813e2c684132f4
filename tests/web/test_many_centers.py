"""A province's view: many centres on one page by band, what each lacks, and the way into each."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask

from tests.conftest import fresh_database
from tests.web.conftest import NOW, add, app_of, grant, signed_in_client
from tracker import centers
from tracker.database import Database
from web.access.rights import Role

MANY = 30
"""Centres beside the sample year's, each with its figures."""


@pytest.fixture(scope="module")
def province(server_url: str, made_site: str) -> Iterator[Database]:
    for database in fresh_database(server_url, made_site):
        with database.connect() as connection:
            columns = [
                name
                for (name,) in connection.execute(
                    "SELECT column_name FROM information_schema.columns WHERE table_name = 'figures'"
                    " AND column_name <> 'center_id' ORDER BY ordinal_position"
                )
            ]
            listed = ", ".join(columns)
            for number in range(MANY):
                code = f"c{number:02}"
                centers.create_center(connection, code, f"第{number}县12345热线", now=NOW)
                connection.execute(
                    f"INSERT INTO figures (center_id, {listed}) SELECT %s, {listed} FROM figures"
                    " WHERE center_id = 'tlf'",
                    (code,),
                )
        add(database, "of.two", grant(Role.MANAGER, "tlf"), grant(Role.MANAGER, "c07"))
        yield database


@pytest.fixture(scope="module")
def app(province: Database) -> Flask:
    return app_of(province)


def read_page(app: Flask, login: str = "manager", year: int = 2023) -> str:
    answer = signed_in_client(app, login, NOW).get(f"/?year={year}")
    assert answer.status_code == 200
    return unescape(answer.text)


def read_row(text: str, name: str) -> dict[str, str]:
    """A centre's line of the second table, by the names of its cells."""
    row = text.partition("各中心数据状态")[2].partition(f"{name}</a></th>")[2].partition("</tr>")[0]
    cells = re.findall(r'<td[^>]*data-name="([^"]+)">(.*?)</td>', row, re.DOTALL)
    return {title: re.sub(r"<[^>]+>", "", words).strip() for title, words in cells}


def test_each_centre_tells_how_far_its_data_and_its_months_have_come(app: Flask, province: Database):
    row = read_row(read_page(app), "第7县12345热线")
    assert row["话单完整率"] == "99.45%" and row["工单完整率"].endswith("%")
    assert row["已结束未锁定"] == "1月至12月" and row["可争取"] == "—"
    assert int(row["达标"]) + int(row["未达标"]) > 0
    with province.connect() as connection:
        connection.execute(
            "INSERT INTO seals (center_id, subject, seq, month, vintage, event_seq, head_seq, head_hash,"
            " sealed_by, approved_by, sealed_at, caused_by) VALUES"
            " ('c07', 'month/2023-01', 1, '2023-01', 1, 1, 1, '', '甲', '乙', now(), '[]')"
        )
    assert read_row(read_page(app), "第7县12345热线")["已结束未锁定"] == "2月至12月"
    assert read_row(read_page(app), "第8县12345热线")["已结束未锁定"] == "1月至12月"


def test_the_centres_stand_by_code_and_never_by_value(app: Flask):
    text = read_page(app)
    bands, _, lines = text.partition("各中心数据状态")
    codes = re.findall(r'<th scope="row" class="name"><a href="/([^/]+)/2023/">', lines)
    assert len(codes) == MANY + 3 and codes == sorted(codes)
    row = bands[bands.index("热线电话接通率</span><br>") :].partition("</tr>")[0]
    there = re.findall(r'href="/(c\d\d|tlf)/2023/call_answer_rate"', row)
    assert len(there) == MANY + 1 and there == sorted(there)
    assert "不排名" in text and "名次" not in text and "第1名" not in text


def test_she_sees_her_centres_and_no_other(app: Flask):
    text = read_page(app, "of.two")
    assert set(re.findall(r'href="/([^/"]+)/2023/', text)) == {"tlf", "c07"}


def test_a_page_of_many_centres_takes_as_many_statements_as_one_of_two(app: Flask, statements: list[str]):
    counts = []
    for login in ("of.two", "manager"):
        client = signed_in_client(app, login, NOW)
        client.get("/?year=2023")
        statements.clear()
        assert client.get("/?year=2023").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 10, statements
