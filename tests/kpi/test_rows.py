"""The rows behind a figure come to the figure, whatever the indicator and the period."""

from datetime import date, datetime
from fractions import Fraction
from random import Random

import pytest

from kpi.figures import results
from kpi.figures.indicators import INDICATORS, IndicatorProblem
from kpi.figures.indicators.formula import CountedMonths, total
from kpi.figures.measures import MEASURES
from kpi.figures.rows import RowsProblem, read_rows, select_rows
from kpi.figures.sums import sum_spans
from tests.kpi.drawn import quarter
from tests.kpi.given import record
from tracker.events.times import BEIJING
from tracker.periods import Month, Quarter, Year

NOW = datetime(2024, 7, 10, 9, tzinfo=BEIJING)


@pytest.mark.acceptance(15)
@pytest.mark.parametrize("period", [Month(2024, 2), Quarter(2024, 1), Year(2024)], ids=str)
def test_rows_come_to_numerator_and_denominator_of_every_indicator(connection, period):
    record(connection, quarter(Random(11)))
    results.bring_up_to_date(connection, "tlf", NOW)
    for key, indicator in INDICATORS.items():
        for part in ("numerator", "denominator"):
            if part == "denominator" and indicator.formula.denominator is None:
                continue
            rows = read_rows(connection, "tlf", key, period, part)
            assert rows.count == len(rows.rows)
            assert sum((Fraction(row.adds) for row in rows.rows), Fraction()) == rows.total
            if rows.number is not None:
                assert rows.agrees, (key, part, rows.count, rows.total, rows.number)


def test_a_counts_rows_are_as_many_as_the_number(connection):
    record(connection, quarter(Random(12)))
    results.bring_up_to_date(connection, "tlf", NOW)
    rows = read_rows(connection, "tlf", "work_orders_opened", Year(2024))
    assert rows.count == rows.number > 0


@pytest.mark.acceptance(15)
@pytest.mark.parametrize("measure", [key for key, one in MEASURES.items() if not one.among.by_month])
def test_rows_up_to_a_day_come_to_the_measure_up_to_that_day(measure, drawn):
    day = date(2024, 2, 3)
    *_, rows_total = select_rows(drawn, "drawn", total(measure), CountedMonths((Month(2024, 2),)), day)
    span = (measure, date(2024, 2, 1), day)
    assert rows_total == sum_spans(drawn, "drawn", [span])[span]


@pytest.fixture(scope="module")
def drawn(shared):
    """A connection on which a centre of its own has a drawn quarter."""
    with shared.engine.connect() as connection:
        record(connection, quarter(Random(13)), center="drawn")
        yield connection
        connection.rollback()


def test_every_row_leads_to_an_event(given):
    """
    call 2024-03-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
    call 2024-03-02 08:00:00 id c2 queued 08:00:10 answered 08:00:20
    delivered calls 2024-03-01..2024-03-31 as of 2024-04-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    rows = read_rows(given, "tlf", "call_answer_rate", Month(2024, 3))
    assert [(row.subject, row.seq) for row in rows.rows] == [("call/c1", 1), ("call/c2", 2)]
    assert dict(zip(rows.columns, rows.rows[0].cells, strict=True))["结果"] == "已接听"


def test_rows_come_in_pages(given):
    """
    call 2024-03-01 08:00:00 id c1
    call 2024-03-02 08:00:00 id c2
    call 2024-03-03 08:00:00 id c3
    delivered calls 2024-03-01..2024-03-31 as of 2024-04-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    page = read_rows(given, "tlf", "calls_inbound", Month(2024, 3), limit=1, offset=1)
    assert ([row.subject for row in page.rows], page.count, page.total) == (["call/c2"], 3, 3)


def test_months_that_did_not_enter_the_figure_have_no_rows(given):
    """
    call 2024-01-01 08:00:00
    posts 2024-01-01 1
    person R1 joined 2022-01-01
    delivered roster as of 2024-02-29"""
    results.bring_up_to_date(given, "tlf", NOW)
    rows = read_rows(given, "tlf", "staffing_in_post_rate", Year(2024))
    assert (rows.count, rows.number, rows.agrees) == (1, 1, True)


def test_a_mean_tells_what_it_divides_by(given):
    """
    call 2024-01-01 08:00:00
    posts 2024-01-01 4
    person R1 joined 2022-01-01
    delivered roster as of 2024-07-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    rows = read_rows(given, "tlf", "staff_turnover_rate", Quarter(2024, 1), "denominator")
    assert (rows.total, rows.divisor, rows.number, rows.agrees) == (12, 3, 4, True)


def test_rows_tell_when_newer_events_wait_to_be_computed(given):
    """
    call 2024-03-01 08:00:00
    delivered calls 2024-03-01..2024-03-31 as of 2024-04-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    record(given, "call 2024-03-02 08:00:00")
    assert read_rows(given, "tlf", "calls_inbound", Month(2024, 3)).agrees is False


def test_what_cannot_be_listed_is_said(given):
    """
    call 2024-03-01 08:00:00"""
    results.bring_up_to_date(given, "tlf", NOW)
    with pytest.raises(RowsProblem, match="没有分母"):
        read_rows(given, "tlf", "calls_inbound", Month(2024, 3), "denominator")
    with pytest.raises(RowsProblem, match="尚未开始"):
        read_rows(given, "tlf", "calls_inbound", Month(2024, 12))
    with pytest.raises(IndicatorProblem, match="call_answer_rate"):
        read_rows(given, "tlf", "answer_rate", Month(2024, 3))
