"""A mean says what it is taken over: months, calendar days, working days, or days with business."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpi.evaluation.facts import ItemFacts
from kpi.evaluation.from_events import read_center_facts
from kpi.evaluation.scheme_files import SchemeProblem, read_scheme
from kpi.figures import results
from tests.evaluation.cases import HEAD, written
from tests.evaluation.test_from_events import CENTER
from tests.kpi.given import record
from tracker.database import Database
from tracker.events.times import BEIJING

SMALL = (
    HEAD
    + """
[indicators.A1]
under = "A"
title = "日均办件量"
weight = 100
target = "≥100件"
rule = { kind = "per_point", costs = "5%" }
from = { figure = "cases_handled", take = "TAKE" }
"""
)
FIRST, LAST = (
    date(2023, 9, 25),
    date(2023, 10, 8),
)  # 假期 29 September to 6 October; 7 and 8 October are worked


def told(
    connection: sa.Connection, folder: Path, take: str, now: datetime, home: Path | None = None
) -> ItemFacts:
    scheme = read_scheme(written(folder, SMALL.replace("TAKE", take)))
    results.bring_up_to_date(connection, "tlf", now)
    return read_center_facts(connection, CENTER, scheme, now.year, now, home).told("A1")


def days(first: date, last: date, cases: str) -> str:
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return "\n".join(f"day {day} messages - cases {cases} visits -" for day in span)


@pytest.mark.parametrize(
    ("take", "mean", "words"),
    [
        ("per_day", Fraction(700, 14), "700件÷14天（有数据的日历日）"),
        ("per_working_day", Fraction(700, 6), "700件÷6个工作日（有数据的工作日）"),
        ("per_service_day", Fraction(700, 7), "700件÷7天（有业务的日子）"),
        ("per_month", Fraction(700, 2), "700件÷2个月（计入的月份）"),
    ],
)
def test_a_mean_is_taken_over_what_the_scheme_names(
    database: Database, tmp_path: Path, take: str, mean: Fraction, words: str
):
    """A week of 100 cases a day, then a week of none: 14 days reported, 4 + 2 of them working days."""
    now = datetime(2023, 10, 9, 12, tzinfo=BEIJING)
    with database.engine.begin() as connection:
        record(connection, days(FIRST, date(2023, 10, 1), "100"))
        record(connection, days(date(2023, 10, 2), LAST, "0"))
        record(connection, f"delivered daily_counts {FIRST}..{LAST} as of 2023-10-09")
        found = told(connection, tmp_path, take, now)
    value = found.actual.value
    if take == "per_month":  # of months from January on
        assert value < mean
        return
    assert value == mean
    assert found.note.startswith(words)


def test_a_day_that_nobody_reported_is_in_no_divisor(database: Database, tmp_path: Path):
    now = datetime(2023, 12, 31, 12, tzinfo=BEIJING)
    with database.engine.begin() as connection:
        record(connection, days(FIRST, LAST, "100"))
        record(connection, f"delivered daily_counts {FIRST}..{LAST} as of 2023-10-09")
        found = told(connection, tmp_path, "per_day", now)
    assert found.actual.value == 100
    assert not found.backed


def test_working_days_of_a_year_without_a_calendar_are_not_guessed(database: Database, tmp_path: Path):
    now = datetime(2031, 2, 1, 12, tzinfo=BEIJING)
    with database.engine.begin() as connection:
        record(connection, days(date(2031, 1, 1), date(2031, 1, 31), "100"))
        record(connection, "delivered daily_counts 2031-01-01..2031-01-31 as of 2031-02-01")
        found = told(connection, tmp_path, "per_working_day", now)
        assert (found.actual, found.text) == (None, "无法计算")
        assert found.note.startswith("没有2031年的工作日历，无法判断该年的工作日。")
        assert told(connection, tmp_path, "per_day", now).actual.value == 100


def test_a_mean_of_a_measure_is_refused(tmp_path: Path):
    text = SMALL.replace('figure = "cases_handled", take = "TAKE"', 'measure = "cases", take = "per_day"')
    with pytest.raises(SchemeProblem, match="统计项只有全年合计，不能按 per_day 取数"):
        read_scheme(written(tmp_path, text))


def test_a_mean_in_another_unit_than_its_target_is_refused(tmp_path: Path):
    text = SMALL.replace("≥100件", "≥100人").replace("TAKE", "per_day")
    with pytest.raises(SchemeProblem, match="的单位是“人”，取数的单位是“件”"):
        read_scheme(written(tmp_path, text))
