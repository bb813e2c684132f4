"""Why a figure moved: by whatever split, the parts come to the change, and lead to rows."""

from datetime import datetime
from fractions import Fraction
from random import Random

import pytest

from kpi.figures import results
from kpi.figures.indicators import INDICATORS
from kpi.figures.patterns.changes import (
    Comparison,
    explain_change,
    find_period_before,
    list_change_splits,
)
from kpi.figures.patterns.piece_rows import can_miss, read_piece_rows
from kpi.figures.rows import RowsProblem, read_rows
from kpi.figures.sources import SOURCES
from tests.kpi import given
from tests.kpi.drawn import quarter
from tests.kpi.given import record
from tests.kpi.test_breakdown import SECOND_PIECES, WORDLESS
from tracker.events.times import BEIJING
from tracker.periods import Month, Quarter, Year

NOW = datetime(2024, 7, 10, 9, tzinfo=BEIJING)
BEFORE, PERIOD = Month(2024, 1), Month(2024, 2)
KEYS = [
    key
    for key, indicator in INDICATORS.items()
    if key not in WORDLESS
    and {SOURCES[need].delivery for need in indicator.needs} <= given.SOURCES
    and list_change_splits(indicator, PERIOD)
]
VALUED = set()  # indicators that had a value in both months


@pytest.fixture(scope="module")
def drawn(shared):
    """A connection on which a centre has a drawn quarter, computed."""
    with shared.engine.connect() as connection:
        record(connection, quarter(Random(21)), center="moved")
        record(connection, SECOND_PIECES, center="moved")
        results.bring_up_to_date(connection, "moved", NOW)
        yield connection
        connection.rollback()


@pytest.mark.parametrize("key", KEYS)
def test_by_every_split_the_parts_come_to_the_change_of_the_figures(drawn, key):
    figures = [results.find_figure(drawn, "moved", key, period) for period in (PERIOD, BEFORE)]
    if any(figure.value is None for figure in figures):
        with pytest.raises(RowsProblem, match="没有可比的数值"):
            explain_change(drawn, "moved", key, PERIOD, BEFORE)
        return
    VALUED.add(key)
    found = explain_change(drawn, "moved", key, PERIOD, BEFORE)
    indicator = found.indicator
    values = [one.numerator * indicator.formula.times / (one.denominator or Fraction(1)) for one in figures]
    assert [way.split for way in found.ways] == [
        way for way in list_change_splits(indicator, PERIOD) if way.key != "week_hour"
    ]
    for way in found.ways:
        assert sum(one.contribution.total for one in way.pieces) == values[0] - values[1]
        assert all(one.of_rows for one in way.pieces), "nothing was recorded since"


def test_a_count_is_not_told_apart_by_days_which_nothing_expects():
    counted = INDICATORS["calls_inbound"]
    assert {way.key for way in list_change_splits(counted, PERIOD)} >= {"hour", "skill_group"}
    assert not {"day", "month"} & {way.key for way in list_change_splits(counted, PERIOD)}
    assert not {"day", "month"} & {way.key for way in list_change_splits(counted, Quarter(2024, 1))}
    assert "month" in {way.key for way in list_change_splits(counted, Year(2024))}


def test_most_indicators_were_compared():
    assert len(VALUED) > len(KEYS) / 2


def test_hours_of_a_week_come_to_the_figure(drawn):
    found = explain_change(drawn, "moved", "call_answer_rate", PERIOD, BEFORE)
    above, below = (sum(getattr(one, side) for one in found.hours.values()) for side in ("above", "below"))
    assert (above, below) == (found.now.numerator, found.now.denominator)


def test_what_was_missed_is_listed_and_proved(drawn):
    figure = results.find_figure(drawn, "moved", "call_answer_rate", PERIOD)
    whole, _ = read_piece_rows(
        drawn, "moved", "call_answer_rate", PERIOD, "denominator", "", None, missed=True
    )
    assert whole.count == figure.denominator - figure.numerator > 0
    assert whole.agrees
    answered = {row.subject for row in read_rows(drawn, "moved", "call_answer_rate", PERIOD).each()}
    assert not answered & {row.subject for row in whole.rows}
    found = explain_change(drawn, "moved", "call_answer_rate", PERIOD, BEFORE)
    for place, counted in found.hours.items():
        part, words = read_piece_rows(
            drawn, "moved", "call_answer_rate", PERIOD, "denominator", "week_hour", str(place), missed=True
        )
        assert part.count == counted.below - counted.above
        assert part.agrees
        assert words.startswith("星期时段：周")


def test_of_a_mean_nothing_can_be_missed(drawn):
    assert not can_miss(INDICATORS["call_average_wait"])
    with pytest.raises(RowsProblem, match="看不出哪些行未计入分子"):
        read_piece_rows(drawn, "moved", "call_average_wait", PERIOD, "denominator", "", None, missed=True)


def test_what_was_recorded_since_is_a_part_of_its_own(given):
    """
    call 2024-01-05 10:00:00 id a queued 10:00:05 answered 10:00:09
    call 2024-02-05 10:00:00 id b queued 10:00:05 answered 10:00:09
    call 2024-02-05 10:00:00 id c queued 10:00:05
    delivered calls 2024-01-01..2024-02-29 as of 2024-03-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    record(given, "call 2024-02-06 11:00:00 id d queued 11:00:05")
    found = explain_change(given, "tlf", "call_answer_rate", PERIOD, BEFORE)
    [by_hour] = [way for way in found.ways if way.split.key == "hour"]
    assert found.exact == -50
    assert sum(one.contribution.total for one in by_hour.pieces) == -50
    [moved] = [one for one in by_hour.pieces if not one.of_rows]
    assert moved.label == "数据变动"
    assert (moved.now.above, moved.now.below) == (0, -1)


def test_a_month_without_a_value_says_why(given):
    """
    call 2024-02-05 10:00:00 id b queued 10:00:05 answered 10:00:09
    delivered calls 2024-02-01..2024-02-29 as of 2024-03-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    with pytest.raises(RowsProblem, match="2024年1月没有可比的数值："):
        explain_change(given, "tlf", "call_answer_rate", PERIOD, BEFORE)


@pytest.mark.parametrize(
    ("period", "before", "year"),
    [
        (Month(2024, 1), Month(2023, 12), Month(2023, 1)),
        (Month(2024, 3), Month(2024, 2), Month(2023, 3)),
        (Quarter(2024, 1), Quarter(2023, 4), Quarter(2023, 1)),
        (Quarter(2024, 3), Quarter(2024, 2), Quarter(2023, 3)),
        (Year(2024), Year(2023), Year(2023)),
    ],
)
def test_a_period_is_set_against_the_one_before_or_that_of_the_year_before(period, before, year):
    assert find_period_before(period, Comparison.BEFORE) == before
    assert find_period_before(period, Comparison.YEAR) == year


def test_months_of_a_year_are_compared_with_those_of_the_year_before(given):
    """
    call 2023-01-05 10:00:00 id a queued 10:00:05 answered 10:00:09
    call 2024-01-05 10:00:00 id b queued 10:00:05
    call 2024-02-05 10:00:00 id c queued 10:00:05 answered 10:00:09
    delivered calls 2023-01-01..2024-06-30 as of 2024-07-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    found = explain_change(given, "tlf", "call_answer_rate", Year(2024), Year(2023))
    [by_month] = [way for way in found.ways if way.split.key == "month"]
    january = next(one for one in by_month.pieces if one.label == "1月")
    assert by_month.paired
    assert (january.now.below, january.before.above) == (1, 1)
    assert sum(one.contribution.total for one in by_month.pieces) == -50
