"""The page of a record's line in its delivered file: whose line may be seen by whom."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest.importing.import_file import import_file
from ingest.records.source_lines import SourceColumn, SourceExcerpt, SourceLine
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.web.conftest import SETTINGS, add, app_of, grant, signed_in_client
from tests.web.reviewing import NOW, text_of
from tracker import log
from tracker.blob_store import DELIVERIES, find_store
from tracker.database import Database
from web.access.rights import Role
from web.source_cells import Origin, compare_cells, says_the_same

LATER = CALL_1.replace("c1", "c2").replace("2023-05-01", "2024-05-01").replace("13800000001", "13900000002")


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Flask:
    """A centre with one file, of a call in 2023 and one in 2024."""
    home = tmp_path / "home"
    import_file(database, home, csv_file(tmp_path, CALL_HEADER, CALL_1, LATER), "tlf", now=NOW)
    add(database, "clerk", grant(Role.CLERK), name="李录入", at=NOW)
    of_2023 = grant(Role.EVALUATOR, "tlf", frozenset({2023}), NOW.date())
    add(database, "evaluator", of_2023, name="陈评价", at=NOW)
    return app_of(database, settings=replace(SETTINGS, home=home), clock=lambda: NOW)


def find_seq(database: Database, call: str) -> int:
    with database.connect() as connection:
        return log.read_timeline(connection, "tlf", f"call/{call}")[0].seq


def open_line(app: Flask, database: Database, login: str, call: str) -> str:
    return text_of(browser(app, login).get(f"/tlf/events/{find_seq(database, call)}/source"))


def browser(app: Flask, login: str) -> FlaskClient:
    return signed_in_client(app, login, NOW)


def test_a_record_leads_to_its_line_with_title_number_and_marks(app: Flask, database: Database):
    seq = find_seq(database, "c1")
    event = text_of(browser(app, "clerk").get(f"/tlf/events/{seq}"))
    assert f'href="/tlf/events/{seq}/source"' in event
    page = open_line(app, database, "clerk", "c1")
    assert "原始文件第 2 行" in page and "主叫号码" in page
    here = re.search(r'<tr class="here".*?</tr>', page, re.DOTALL)
    assert here is not None and "<mark>138********</mark>" in here[0]
    assert "13800000001" not in page and "139********" in page


def test_lines_of_years_that_somebody_may_not_see_are_hidden(app: Flask, database: Database):
    page = open_line(app, database, "evaluator", "c1")
    assert "2023-05-01 08:03:05" in page
    assert "2024-05-01" not in page and "139********" not in page and "不在您可查看的年度内" in page
    there = f"/tlf/events/{find_seq(database, 'c2')}/source"
    assert browser(app, "evaluator").get(there).status_code == 404


def test_a_file_that_is_gone_says_so_on_the_page(app: Flask, database: Database, tmp_path: Path):
    with database.connect() as connection:
        (sha256,) = connection.execute("SELECT sha256 FROM deliveries").fetchone() or ("",)
        find_store(connection, tmp_path / "home", DELIVERIES, "tlf").locate(sha256).unlink()
    page = open_line(app, database, "clerk", "c1")
    assert "原件已不在" in page and "13800000001" not in page


def test_a_record_without_a_line_is_no_page(app: Flask, database: Database):
    with database.connect() as connection:
        head = log.read_head(connection, "tlf").seq
    assert browser(app, "clerk").get(f"/tlf/events/{head + 1}/source").status_code == 404


@pytest.mark.parametrize(
    ("printed", "value", "same"),
    [
        ("2023-05-01 08:03:05", "2023-05-01T08:03:05+08:00", True),
        ("2023/05/01 08:03", "2023-05-01T08:03:00+08:00", True),
        ("2023-05-01 08:03:05", "2023-05-01T00:03:05+08:00", False),
        ("1,836", 1836, True),
        ("2.50", "2.5", True),
        ("2", 120_000, False),
        ("已接听", "answered", False),
        ("1", True, False),
    ],
)
def test_what_only_looks_different_is_no_conversion(printed: str, value: object, same: bool):
    assert says_the_same(printed, value) is same


def test_a_value_that_no_column_tells_is_derived():
    excerpt = SourceExcerpt("文本", None, (SourceColumn("时长", "talk_ms", False),), 0, ())
    cells = compare_cells(excerpt, SourceLine(2, ("2",)), {"talk_ms": 120_000, "agent": "8001", "gone": None})
    assert [(one.name, one.origin) for one in cells] == [
        ("talk_ms", Origin.CONVERTED),
        ("agent", Origin.DERIVED),
    ]
