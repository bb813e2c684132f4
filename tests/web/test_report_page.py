"""The monthly report as a page to print, and as a download."""

import io
from collections.abc import Callable
from html.parser import HTMLParser

import docx
from flask.testing import FlaskClient

Page = Callable[[str], str]


class Cells(HTMLParser):
    """The cells of a page's tables, in reading order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("td", "th"):
            self._within = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._within:
            self.found[-1] += data


def cells(text: str) -> list[str]:
    parser = Cells()
    parser.feed(text)
    return [one.strip() for one in parser.found]


def test_the_page_and_the_document_say_the_same(client: FlaskClient, page: Page):
    answer = client.get("/tlf/2023-08/report.docx")
    assert "attachment" in answer.headers["Content-Disposition"]
    document = docx.Document(io.BytesIO(answer.get_data()))
    tables = [one for one in document.tables if "签字" not in one.cell(0, 0).text]
    written = [
        cell.text.strip()
        for table in tables
        for row in table.rows
        for cell in (row.cells if len({id(one._tc) for one in row.cells}) > 1 else row.cells[:1])
    ]
    assert cells(page("/tlf/2023-08/report")) == written


def test_the_page_says_that_the_month_is_provisional_and_whose_stamp_it_needs(page: Page):
    told = page("/tlf/2023-08/report")
    assert '<p class="report-state">未锁定</p>' in told
    assert "话单缺8月12日、8月13日。" in told
    assert "填表人（签字）" in told and "单位（盖章）" in told


def test_the_months_page_leads_to_it(page: Page):
    assert "/tlf/2023-08/report" in page("/tlf/2023-08/")
    assert "/report" not in page("/tlf/2023-Q3/")


def test_only_a_month_with_figures_has_a_report(client: FlaskClient):
    quarter = client.get("/tlf/2023-Q3/report")
    assert quarter.status_code == 404 and "月报按月生成" in quarter.text
    ahead = client.get("/tlf/2030-01/report")
    assert ahead.status_code == 404 and "尚无指标数字" in ahead.text
