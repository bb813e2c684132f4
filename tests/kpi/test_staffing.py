"""Figures of people and posts mean what their cards say, at every centre."""

from datetime import date
from decimal import Decimal

import pytest

from kpi.figures.attainment import judge
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.target import Attainment
from kpi.figures.patterns.breakdown import break_down
from kpi.figures.rows import read_rows
from tests.kpi.given import append, record
from tracker.events.staffing import PersonRostered
from tracker.facts.staffing import is_college
from tracker.periods import Month, Year


def test_who_left_before_posts_were_established_has_left(given, figure):
    """
    call 2023-01-01 08:00:00
    posts 2023-10-01 35
    person R1 joined 2022-05-01 left 2023-01-14
    person R2 joined 2022-05-01 left 2023-03-14
    person R3 joined 2022-05-01 left 2023-06-14
    person R4 joined 2022-05-01 left 2023-08-14
    person R5 joined 2022-05-01 left 2023-09-14
    person R6 joined 2022-05-01
    delivered roster as of 2024-01-01"""
    year = figure("staff_turnover_rate", "2023")
    assert (year.numerator, year.denominator, year.value) == (5, 35, Decimal("14.29"))
    assert (year.status, year.low, year.high) == (Status.PARTLY, None, None)
    assert year.reason.startswith("岗位核定缺1月至9月。")
    assert judge(INDICATORS["staff_turnover_rate"], year).attainment is Attainment.OPEN
    assert read_rows(given, "tlf", "staff_turnover_rate", Year(2023)).agrees
    assert figure("staff_turnover_rate", "2023-03").status is Status.UNVERIFIABLE


POSTS_AND_PEOPLE = """
    posts 2023-01-01 3 话务员
    posts 2023-01-01 1 质检员
    person R1 joined 2022-05-01 post 话务员
    person R2 joined 2022-05-01 post 话务员
    person R3 joined 2022-05-01 post 班长
    person R4 joined 2022-05-01 post 厨师
    delivered roster as of 2024-01-01"""


def test_who_holds_another_post_fills_no_established_one(connection, figure, fork):
    record(connection, POSTS_AND_PEOPLE)
    assert figure("staffing_in_post_rate", "2023-12").value == 100  # heads, as the card says
    by_post = fork("staffing_in_post_rate", "per_post", "2023-12")
    assert (by_post.numerator, by_post.denominator, by_post.status) == (2, 4, Status.VERIFIABLE)


def test_more_people_than_a_post_has_do_not_fill_another(connection, fork):
    record(connection, POSTS_AND_PEOPLE)
    record(connection, "\n".join(f"person R{n} joined 2022-05-01 post 话务员" for n in range(5, 10)))
    assert fork("staffing_in_post_rate", "per_post", "2023-12").numerator == 3


def test_whose_post_is_untold_may_fill_a_vacancy(connection, fork):
    record(connection, POSTS_AND_PEOPLE)
    append(connection, [a_person("R5", post=None)])
    found = fork("staffing_in_post_rate", "per_post", "2023-12")
    assert (found.numerator, found.low, found.high) == (2, 50, 75)
    assert "1行没有“岗位”" in found.reason


def test_posts_that_answer_the_phone_are_those_that_the_centre_says_do(connection, fork):
    """
    posts 2023-01-01 2 话务员
    posts 2023-01-01 1 厨师
    person R1 joined 2022-01-01 post 话务员
    person R2 joined 2022-01-01 post 厨师
    delivered roster as of 2024-01-01
    said phone_post 话务员"""
    found = fork("staffing_in_post_rate", "answering", "2023-12")
    assert (found.status, found.low, found.high) == (Status.PARTLY, Decimal("33.33"), 100)
    assert "“岗位是否接听电话”还没有在统计设定里说明" in found.reason
    record(connection, "said phone_post 厨师 no")
    found = fork("staffing_in_post_rate", "answering", "2023-12")
    assert (found.status, found.numerator, found.denominator) == (Status.VERIFIABLE, 1, 2)


def test_person_days_count_from_the_day_on_which_posts_are_established(connection, fork):
    people = "\n".join(f"person R{n} joined 2022-05-01" for n in range(3))
    record(connection, f"{people}\nposts 2023-04-15 4\ndelivered roster as of 2024-01-01")
    april = fork("staffing_in_post_rate", "person_days", "2023-04")
    assert (april.numerator, april.denominator, april.value) == (3 * 16, 4 * 16, 75)


EDGES = """
    posts 2023-01-01 4
    person R1 joined 2022-05-01 left 2023-01-01 score 90
    person R2 joined 2023-03-01 left 2023-03-01 score 90
    person R3 joined 2022-05-01 left 2023-01-02 verified score 59
    person R4 joined 2023-12-31 verified score 70
    delivered roster as of 2024-01-01"""


@pytest.mark.parametrize(
    ("indicator", "numerator", "denominator"),
    [
        ("qualification_verified_rate", 2, 2),
        ("pre_job_pass_rate", 1, 2),
        ("education_college_rate", 2, 2),
        ("staff_turnover_rate", 2, 4),  # R1 was there until 31 December, and left on 1 January
    ],
)
def test_only_who_was_in_post_on_a_day_of_the_period_counts(
    connection, figure, indicator, numerator, denominator
):
    record(connection, EDGES)
    year = figure(indicator, "2023")
    assert (year.numerator, year.denominator) == (numerator, denominator)


def test_the_pass_mark_can_be_another(connection, fork):
    record(connection, EDGES)
    marks = [fork("pre_job_pass_rate", f"pass_mark_{mark}", "2023").numerator for mark in (70, 80)]
    assert marks == [1, 0]


@pytest.mark.parametrize(
    ("education", "college"),
    [
        ("大专", True), ("大学专科", True), ("本科", True), ("硕士研究生", True), ("高职", True),
        ("高中", False), ("中专", False), ("职高", False), ("初中", False),
        ("本科在读", None), ("大专肄业", None), ("其他", None), ("中专、大专", None), (None, None),
        ("大专以下", None), ("大专结业", None), ("大专（未取得毕业证）", None), ("大学辍学", None),
        ("非全日制大专在学", None), ("同等大专学历", None), ("本科（待发证）", None), ("大学三年级", None),
        ("非全日制本科", True), ("大专及以上", True), ("大专或以上", True), ("在职研究生", True),
        ("高中肄业", False), ("高中以下", False), ("高中及以上", None),
    ],
)  # fmt: skip
def test_an_education_is_college_or_not_or_its_word_does_not_tell(education, college):
    assert is_college(education) is college


def test_an_education_that_does_not_tell_is_unknown(connection, figure):
    record(connection, "delivered roster as of 2024-01-01")
    append(connection, [a_person(f"R{n}", education=word) for n, word in enumerate(("本科", "高中", None))])
    year = figure("education_college_rate", "2023")
    assert (year.numerator, year.denominator, year.status) == (1, 2, Status.PARTLY)
    assert (year.low, year.high) == (Decimal("33.33"), Decimal("66.67"))


def test_what_is_told_of_those_already_there_is_told_though_no_newcomer_tells_it(connection, figure):
    record(connection, "person R1 joined 2022-05-01\ndelivered roster as of 2024-01-01")
    append(connection, [a_person("R2", education=None, joined_on=date(2023, 5, 10))])
    may = figure("education_college_rate", "2023-05")
    assert (may.numerator, may.denominator, may.status) == (1, 1, Status.PARTLY)


def test_people_in_post_are_those_of_the_last_month_end(connection, figure):
    record(connection, EDGES)
    assert [figure("staff_in_post", period).value for period in ("2023-01", "2023-Q1", "2023")] == [0, 0, 1]


@pytest.mark.parametrize(
    ("reason", "left"),
    [("借调期满离职", 1), ("合同期满", 1), ("内部调动", 0), ("借调至市局", 0), ("辞职", 1), (None, 1)],
)
def test_a_secondment_that_ended_is_no_transfer(connection, fork, reason, left):
    record(connection, "posts 2023-01-01 4\ndelivered roster as of 2024-01-01")
    append(connection, [a_person("R1", left_on=date(2023, 5, 1), leaving_reason=reason)])
    assert fork("staff_turnover_rate", "not_transferred", "2023").numerator == left


def a_person(staff_no, **told):
    plain = {
        "name": None, "post": "引导员", "education": "大专", "education_check_no": None,
        "joined_on": date(2022, 5, 1), "left_on": None, "leaving_reason": None, "pre_job_score": None,
    }  # fmt: skip
    return PersonRostered(staff_no=staff_no, **(plain | told))


def test_by_post_it_shows_who_is_too_many_and_who_is_missing(connection, figure):
    record(connection, POSTS_AND_PEOPLE)
    figure("staffing_in_post_rate", "2023-12")
    found = break_down(connection, "tlf", "staffing_in_post_rate", Month(2023, 12), "post")
    pieces = {one.label: (one.numerator, one.denominator) for one in found.pieces}
    assert pieces == {"话务员": (2, 3), "质检员": (0, 1), "班长": (1, 0), "厨师": (1, 0)}
