"""Lists that hold less than the ones before them: what is said, and what is asked."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.changes.repeated_numbers import DROPPED, GONE, QuestionAnswer
from ingest.importing.import_file import ImportReport
from ingest.questions.wording import word_examples, word_question
from kpi.figures.figure import Status
from tests.centre import Centre
from tests.ingest.test_identity import sort_asked
from tracker.database import Database
from tracker.periods import Month

ORDERS = ("工单编号", "受理时间", "诉求类型", "办结时间")
POSTS = ("生效日期", "岗位", "核定人数")
DAYS = [date(2023, 5, 1) + timedelta(days=n) for n in range(31)]


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def orders(days: list[date], *, each: int = 3, closed: str = "") -> list[list[str]]:
    return [[f"G{day:%m%d}{n}", f"{day} 09:00:00", "投诉", closed] for day in days for n in range(each)]


def told_of_fewer(report: ImportReport) -> list[str]:
    return [notice for table in report.tables for notice in table.notices if "张工单" in notice]


def test_a_list_of_orders_corrected_that_has_fewer_of_them_is_asked_about(here: Centre) -> None:
    fewer = [*orders(DAYS[:-1]), *orders(DAYS[-1:], each=1)]
    here.take_in("工单_2023-05.csv", ORDERS, orders(DAYS))
    report = here.take_in("工单_2023-05-更正.csv", ORDERS, fewer)
    assert report.question is not None and dict(report.question.counts) == {GONE: 2}
    assert "有 2 张工单没有列出" in word_question(report.question)
    assert [*word_examples(report.question)] == [
        "G05311（2023-05-31）：这份文件里没有",
        "G05312（2023-05-31）：这份文件里没有",
    ]
    (report,) = here.bring(
        here.home / "files" / here.code / "工单_2023-05-更正.csv", answer=QuestionAnswer(new=True)
    )
    assert told_of_fewer(report) == ["2023-05-31，这份文件比已在册的少 2 张工单；少的仍然计入，请核对。"]


def test_a_month_that_lists_earlier_orders_only_where_they_changed_lacks_nothing(here: Centre) -> None:
    june = [DAYS[-1] + timedelta(days=n) for n in range(1, 31)]
    here.take_in("工单_2023-05.csv", ORDERS, orders(DAYS))
    changed = [row for row in orders(DAYS, closed="2023-06-05 10:00:00") if row[0].endswith("1")]
    report = here.take_in("工单_2023-06.csv", ORDERS, [*changed, *orders(june)])
    assert (told_of_fewer(report), report.question) == ([], None)


# Posts


def bring(here: Centre, *rows: tuple[str, str, str], **more: Any) -> ImportReport:
    report = here.take_in(f"岗位核定_{rows[0][0]}.csv", POSTS, rows)
    if more:
        (report,) = here.bring(here.home / "files" / here.code / f"岗位核定_{rows[0][0]}.csv", **more)
    return report


def in_force(here: Centre) -> list[tuple[Any, ...]]:
    sql = "SELECT effective_on, post, headcount FROM posts WHERE center_id = %s ORDER BY 1, 2 DESC"
    with here.database.connect() as connection:
        return connection.execute(sql, (here.code,)).fetchall()


BEFORE = (("2023-01-01", "话务员", "30"), ("2023-01-01", "班长", "2"))
FIRST, SECOND = date(2023, 1, 1), date(2023, 7, 1)


@pytest.mark.parametrize(
    ("answer", "more"), [(QuestionAnswer(same=True), [(SECOND, "班长", 0)]), (QuestionAnswer(new=True), [])]
)
def test_a_post_that_a_new_list_leaves_out_is_asked_about(
    here: Centre, answer: QuestionAnswer, more: list[tuple[Any, ...]]
) -> None:
    bring(here, *BEFORE)
    report = bring(here, ("2023-07-01", "话务员", "32"))
    assert report.question is not None and report.question.code == DROPPED
    assert [(one.subject, one.before) for one in report.question.examples] == [("posts/班长/2023-07-01", 2)]
    bring(here, ("2023-07-01", "话务员", "32"), answer=answer)
    assert in_force(here) == [(FIRST, "话务员", 30), (FIRST, "班长", 2), (SECOND, "话务员", 32), *more]


def test_the_figures_wait_for_the_answer(here: Centre) -> None:
    people = [[f"{n:03}", "话务员", "2022-01-01", "2023-12-01"] for n in range(32)]
    here.take_in("花名册_2023-12.csv", ("工号", "岗位", "入职日期", "离职日期"), people)
    bring(here, *BEFORE)
    shown = here.figures(Month(2023, 8), "staffing_in_post_rate")["staffing_in_post_rate"]
    assert (shown.denominator, shown.status) == (32, Status.VERIFIABLE)
    bring(here, ("2023-07-01", "话务员", "32"))
    shown = here.figures(Month(2023, 8), "staffing_in_post_rate")["staffing_in_post_rate"]
    assert shown.status is not Status.VERIFIABLE
    bring(here, ("2023-07-01", "话务员", "32"), answer=QuestionAnswer(same=True))
    shown = here.figures(Month(2023, 8), "staffing_in_post_rate")["staffing_in_post_rate"]
    assert (shown.denominator, shown.status) == (32, Status.VERIFIABLE)


def test_a_full_list_an_older_one_and_one_with_a_new_name_ask_nothing(here: Centre) -> None:
    """What a new name may mean is told by the figures, which wait for that."""
    bring(here, *BEFORE)
    assert sort_asked(bring(here, ("2023-07-01", "话务员", "32"), ("2023-07-01", "班长", "2"))) is None
    assert sort_asked(bring(here, ("2022-01-01", "话务员", "20"))) is None
    assert sort_asked(bring(here, ("2023-09-01", "话务员", "32"), ("2023-09-01", "值班长", "2"))) is None
