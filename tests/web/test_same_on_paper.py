"""A number is the same on the stamped report as on pages and in files, to the last digit, and so are its
vintage and its code.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

import kpi.cli
import kpi.handover.monthly.cli
from kpi.figures import results
from tests.conftest import fresh_database
from tests.kpi.closing import LATER, MAY_DATA, correct, lock, reopen
from tests.kpi.given import record
from tests.web.conftest import SETTINGS, Role, add, app_of, grant, signed_in_client
from tracker.database import Database
from web.cli import hotline

KEYS = [  # a rate, a count, money, a mean of seconds, a figure without a value; 1st, 2nd vintage
    "call_answer_rate",
    "calls_offered",
    "payment_on_time_amount_rate",
    "call_average_wait",
    "platform_uptime_rate",
]
Told = tuple[str, str, str, str]  # value, numerator, denominator, code; — and 不适用 as nothing


class Rows(HTMLParser):
    """The texts of a page's table rows, cell by cell; the title of a link comes after its text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self._title = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.handle_data(self._title)
            self._title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._title = dict(attrs).get("title") or ""
        if tag == "tr":
            self.found.append([])
        elif tag in ("td", "th") and self.found:
            self.found[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1]:
            self.found[-1][-1] += data


@pytest.fixture(scope="module")
def may(server_url: str, template: str) -> Iterator[Database]:
    """Centre tlf with May 2023 locked, and corrected since: some figures are of the second vintage."""
    for database in fresh_database(server_url, template):
        with database.engine.begin() as connection:
            record(connection, f"{MAY_DATA}\npayment P1 劳务费 due 2023-05-10 paid 2023-05-09 1364949.98")
            record(connection, "delivered payments 2023-05-01..2023-05-31 as of 2023-06-01")
            lock(connection)
            record(connection, "call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:17")
            reopen(connection)
            correct(connection)
            results.bring_up_to_date(connection, "tlf", LATER)
        add(database, "manager", grant(Role.MANAGER))
        yield database


@pytest.fixture
def run(may: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    """Runs a command against the centre at a fixed time; gives its output."""
    monkeypatch.setenv("HOTLINE_DATABASE_URL", may.url)
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "var"))
    for module in (kpi.cli, kpi.handover.monthly.cli):
        monkeypatch.setattr(module, "_get_now", lambda: LATER)

    def run(*words: str) -> str:
        done = CliRunner().invoke(hotline, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture
def browser(may: Database) -> FlaskClient:
    at = datetime.fromisoformat(LATER.isoformat())
    return signed_in_client(app_of(may, clock=lambda: at, settings=SETTINGS), "manager", at)


@pytest.mark.acceptance(16)
@pytest.mark.parametrize("key", KEYS)
def test_screen_json_csv_workbook_and_report_show_the_same_decimals_vintage_and_code(
    run: Callable[..., str], browser: FlaskClient, tmp_path: Path, key: str
):
    """The package's side of it is among the tests of the package."""
    (told,) = json.loads(run("kpi", "2023-05", key, "--json"))
    value, above, below = (told[name] or "" for name in ("value", "numerator", "denominator"))
    code, vintage = told["code"], told["vintage"]

    (line,) = csv.DictReader(io.StringIO(run("kpi", "2023-05", key, "--csv")))
    assert (line["value"], line["numerator"], line["denominator"]) == (value, above, below)
    assert (line["code"], line["vintage"]) == (code, str(vintage))

    run("export", str(tmp_path / "年.xlsx"), "--year", "2023")
    assert in_workbook(tmp_path / "年.xlsx", key) == (value, above, below, vintage, code)

    run("month", "report", "2023-05", str(tmp_path / "月.docx"))
    paper = in_document(tmp_path / "月.docx", code)
    assert [plain(cell) for cell in paper[2:5]] == [value, above, below]
    assert paper[8].startswith(f"第{vintage}版")

    report = on_page(browser, "/tlf/2023-05/report", code)
    assert [plain(cell) for cell in report] == [plain(cell) for cell in paper]

    screen = on_page(browser, "/tlf/2023-05/", code)
    shown, parts = screen[1].removesuffix(code).strip(), screen[2]
    assert plain(shown.removesuffix(told["unit"]).strip().replace(",", "")) == value
    assert parts.replace(",", "") == (f"{above} ÷ {below}" if below else "")
    assert told["lock"] in screen[5]
    assert told["value"] in found_by(run, code)


def test_the_figures_compared_are_of_both_vintages_and_with_decimals(run: Callable[..., str]):
    told = [json.loads(run("kpi", "2023-05", key, "--json"))[0] for key in KEYS]
    assert {one["vintage"] for one in told} == {1, 2}
    assert [one["value"] for one in told] == ["66.67", "3", "100.00", "8.50", None]
    assert told[2]["numerator"] == "1364949.98"


def plain(text: str) -> str:
    """A cell without the signs between thousands; the marks for no number as nothing."""
    return "" if text in ("—", "不适用") else text.replace(",", "")


def in_workbook(path: Path, key: str) -> tuple[str, str, str, int, str]:
    """A figure as the workbook shows it: numbers by the format of their cell."""
    header, *lines = openpyxl.load_workbook(path)["指标"].iter_rows()
    at = {cell.value: place for place, cell in enumerate(header)}
    row = next(
        line for line in lines if (line[at["编码"]].value, line[at["统计期"]].value) == (key, "2023-05")
    )
    value, above, below = (formatted(row[at[title]]) for title in ("数值", "分子", "分母"))
    return value, above, below, row[at["数据版本"]].value, row[at["溯源码"]].value


def formatted(cell: openpyxl.cell.Cell) -> str:
    """What a spreadsheet shows in a cell, without thousands separators."""
    if cell.value is None:
        return ""
    places = len(cell.number_format.partition(".")[2])
    return f"{Decimal(str(cell.value)):.{places}f}"


def in_document(path: Path, code: str) -> list[str]:
    """The row of a code in the report's table of figures."""
    rows = (row for table in docx.Document(str(path)).tables for row in table.rows)
    return next(cells for row in rows if (cells := [cell.text for cell in row.cells])[-1] == code)


def on_page(browser: FlaskClient, address: str, code: str) -> list[str]:
    """The row of a code in the first table of a page that shows it alone, not what replaced what."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    rows = Rows()
    rows.feed(answer.text)
    found = ([cell.strip() for cell in row] for row in rows.found)
    return next(row for row in found if any(cell.endswith(code) and "→" not in cell for cell in row))


def found_by(run: Callable[..., str], code: str) -> tuple[str | None, ...]:
    """The value that a code leads back to."""
    return tuple(one["value"] for one in json.loads(run("code", code, "--json")))
