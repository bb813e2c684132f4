"""A file named for a part whose rows are all of that part is asked about: 已接来电 alone make 100 %."""

from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from ingest.changes.repeated_numbers import PART, QuestionAnswer
from ingest.importing.import_file import ImportReport
from ingest.questions.wording import list_answers, word_examples, word_question
from tests.centre import Centre
from tracker.database import Database

CALLS = ("流水号", "呼叫类型", "进入系统时间", "进入队列时间", "坐席应答时间", "结束时间", "坐席工号")
ORDERS = ("工单编号", "受理时间", "工单类型", "承办单位", "办结时限", "办结时间")
FIRST = datetime(2024, 5, 6, 9, 0, 7)


@pytest.fixture
def centre(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def calls(*, answered: bool, number: str = "A") -> list[list[str]]:
    rows = []
    for place in range(12):
        entered, queued, taken, ended = (
            str(FIRST + timedelta(hours=5 * place, seconds=after)) for after in (0, 10, 20, 90)
        )
        agent = ["8001"] if answered else [""]
        rows.append(
            [f"{number}{place:03}", "呼入", entered, queued, taken if answered else "", ended, *agent]
        )
    return rows


def orders(*, closed: bool, kinds: tuple[str, ...] = ("投诉", "咨询")) -> list[list[str]]:
    rows = []
    for place in range(12):
        accepted, due, done = (str(FIRST + timedelta(hours=place, days=after)) for after in (0, 5, 2))
        rows.append(
            [f"G{place:03}", accepted, kinds[place % len(kinds)], "城管局", due, done if closed else ""]
        )
    return rows


def codes(*reports: ImportReport) -> list[str | None]:
    return [one.question and one.question.code for one in reports]


@pytest.mark.parametrize(
    ("name", "titles", "rows", "word"),
    [
        ("已接来电_2024-05.csv", CALLS, calls(answered=True), "已接"),
        ("2024年5月接通记录.csv", CALLS, calls(answered=True), "接通"),
        ("未接来电_2024-05.csv", CALLS, calls(answered=False), "未接"),
        ("已办结工单_2024-05.csv", ORDERS, orders(closed=True), "办结"),
        ("在办工单_2024-05.csv", ORDERS, orders(closed=False), "在办"),
        ("投诉工单_2024-05.csv", ORDERS, orders(closed=True, kinds=("投诉",)), "投诉"),
        ("城管局工单_2024-05.csv", ORDERS, orders(closed=True), "城管局"),
    ],
)
def test_a_file_of_a_part_is_asked_about_and_taken_in_if_somebody_says_where_the_rest_is(
    centre: Centre, name: str, titles: tuple[str, ...], rows: list[list[str]], word: str
) -> None:
    report = centre.take_in(name, titles, rows)
    assert codes(report) == [PART]
    assert report.question is not None
    assert "只有一部分" in word_question(report.question)
    assert next(word_examples(report.question)) == f"“{name}”：名称里写着“{word}”"
    [(_, answer)] = list_answers(report.question)
    assert answer == QuestionAnswer(new=True)
    again = centre.bring(centre.home / "files" / centre.code / name, answer=answer)
    assert codes(*again) == [None]
    assert again[0].total("accepted") == 12


@pytest.mark.parametrize(
    ("name", "titles", "rows"),
    [
        ("话单_2024-05.csv", CALLS, calls(answered=True)),
        ("已接来电_2024-05.csv", CALLS, calls(answered=True) + calls(answered=False, number="B")),
        ("接通率话单_2024-05.csv", CALLS, calls(answered=True)),
        ("已接来电_2024-05.csv", CALLS, calls(answered=True)[:9]),
        ("未办结工单_2024-05.csv", ORDERS, orders(closed=True)),
        ("投诉咨询工单_2024-05.csv", ORDERS, orders(closed=True)),
    ],
)
def test_other_names_other_rows_and_a_handful_of_rows_are_not(
    centre: Centre, name: str, titles: tuple[str, ...], rows: list[list[str]]
) -> None:
    assert codes(centre.take_in(name, titles, rows)) == [None]


def test_the_other_half_is_not_asked_about_once_the_first_has_come(centre: Centre) -> None:
    centre.take_in("话单_2024-05.csv", CALLS, calls(answered=False, number="B"))
    assert codes(centre.take_in("已接来电_2024-05.csv", CALLS, calls(answered=True))) == [None]


def test_two_sheets_that_make_a_whole_are_not_asked_about(centre: Centre, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("已接", calls(answered=True)), ("未接", calls(answered=False, number="B"))):
        sheet = book.create_sheet(name)
        for row in (CALLS, *rows):
            sheet.append(row)
    book.save(tmp_path / "话单_2024-05.xlsx")
    assert codes(*centre.bring(tmp_path / "话单_2024-05.xlsx")) == [None]


def test_a_title_above_the_header_and_a_sheet_name_a_part_too(centre: Centre, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "5月"
    for row in (("2024年5月已接来电清单",), CALLS, *calls(answered=True)):
        sheet.append(row)
    book.save(tmp_path / "话单_2024-05.xlsx")
    [report] = centre.bring(tmp_path / "话单_2024-05.xlsx")
    assert codes(report) == [PART]
