"""How a figure is coloured and what it is compared with: no miss as met, nothing that is unsure."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.figures.attainment import accumulates, compute_to_date
from kpi.figures.differences import Course, compare_figures
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS, AtLeast, AtMost, Direction, Indicator
from kpi.figures.indicators.target import Horizon
from kpi.figures.performance import Performance, rate_performance
from tracker.events.times import BEIJING
from tracker.periods import Month, Period, Year

RATE = INDICATORS["call_answer_rate"]  # ≥95%
TURNOVER = INDICATORS["staff_turnover_rate"]  # 全年≤10%
MAY, APRIL = Month(2023, 5), Month(2023, 4)
GOOD = (Performance.MET, Performance.ON_TRACK)

TARGETS = st.builds(
    lambda of, bound, span: of(Decimal(bound) / 100, span),
    st.sampled_from([AtLeast, AtMost]),
    st.integers(0, 10_000),
    st.sampled_from([Horizon.ANY, Horizon.MONTH, Horizon.YEAR]),
)


def figure(
    above: int, below: int | None, period: Period = MAY, status: Status = Status.VERIFIABLE,
    indicator: Indicator = RATE, **said: Any,
) -> Figure:  # fmt: skip
    exact = Fraction(above) if below is None else Fraction(above * indicator.formula.times, below)
    return Figure(
        indicator=indicator.key, center="tlf", period=period, numerator=Fraction(above),
        denominator=None if below is None else Fraction(below),
        value=indicator.round_value(exact) if status in (Status.VERIFIABLE, Status.PARTLY) else None,
        unit=indicator.unit, coverage=Fraction(1), status=status, reason="",
        source="", log_seq=1, computed_at=datetime(2023, 6, 1, tzinfo=BEIJING),
        **{"definition_version": indicator.version} | said,
    )  # fmt: skip


FIGURES = st.builds(
    lambda above, rest, status, provisional, version, low: figure(
        above, above + rest, status=status, provisional=provisional, definition_version=version,
        low=Decimal(low) if status is Status.PARTLY else None,
        high=Decimal(100) if status is Status.PARTLY else None,
    ),
    st.integers(0, 200), st.integers(1, 200), st.sampled_from(Status), st.booleans(),
    st.integers(1, 2), st.integers(0, 100),
)  # fmt: skip


@given(FIGURES, TARGETS)
def test_what_misses_its_target_is_never_coloured_as_met(one: Figure, target: AtLeast | AtMost):
    """The exact value is beyond the bound: neither met, nor on the way to it."""
    assert one.numerator is not None and one.denominator
    rate = replace(RATE, target=target)
    reached = target.sense.met(one.numerator * 100 / one.denominator, Fraction(target.bound))
    performance = rate_performance(rate, one)
    if one.value is None or not reached:
        assert performance not in GOOD
    if one.value is None or reached:
        assert performance not in (Performance.MISSED, Performance.BEHIND)


def test_what_is_missed_is_coloured_as_missed_however_well_it_is_proven():
    one = figure(58, 100)
    assert rate_performance(RATE, one) is Performance.MISSED
    assert rate_performance(RATE, replace(one, provisional=True)) is Performance.BEHIND
    assert rate_performance(RATE, figure(98, 100, provisional=True)) is Performance.ON_TRACK


@pytest.mark.parametrize(
    "one",
    [
        None,
        figure(1, 4),  # too few
        figure(96, 100, status=Status.UNVERIFIABLE),
        figure(96, 100, status=Status.PARTLY, low=Decimal(90), high=Decimal(97)),
    ],
)
def test_what_cannot_be_judged_has_no_colour(one: Figure | None):
    assert rate_performance(RATE, one) is Performance.NEUTRAL


def test_a_month_has_no_colour_by_a_target_of_the_year():
    assert rate_performance(TURNOVER, figure(9, 35, indicator=TURNOVER)) is Performance.NEUTRAL


@given(st.none() | FIGURES, st.none() | FIGURES)
def test_two_figures_are_compared_only_where_both_are_sure_and_alike(
    now: Figure | None, before: Figure | None
):
    before = before and replace(before, period=APRIL)
    found = compare_figures(RATE, now, before, APRIL)
    sure = all(
        one is not None and one.status is Status.VERIFIABLE and not one.provisional
        and one.denominator is not None and one.denominator >= RATE.fewest
        for one in (now, before)
    )  # fmt: skip
    alike = now is not None and before is not None and now.definition_version == before.definition_version
    assert (found.amount is not None) is (sure and alike)
    assert bool(found.reason) is (found.amount is None)


@pytest.mark.parametrize(
    ("indicator", "above", "course"),
    [
        (RATE, 97, Course.BETTER),
        (RATE, 95, Course.WORSE),
        (RATE, 96, Course.SAME),
        (replace(RATE, target=AtMost(Decimal(3))), 97, Course.WORSE),
        (INDICATORS["call_abandon_rate"], 97, Course.WORSE),  # no target, but less is better
        (replace(RATE, target=None, direction=Direction.NEITHER), 97, Course.NEITHER),
    ],
)
def test_a_difference_is_good_by_the_sense_of_the_target(indicator: Indicator, above: int, course: Course):
    found = compare_figures(indicator, figure(above, 100), figure(96, 100, APRIL), APRIL)
    assert found.course is course


def test_the_difference_is_that_of_the_printed_values():
    found = compare_figures(RATE, figure(18_999, 20_000), figure(19, 20, APRIL), APRIL)
    assert found.amount == Decimal("0.00") and found.course is Course.SAME  # 94.995 is printed as 95.00


def test_what_runs_from_january_is_compared_with_the_same_span_alone():
    to_date = replace(RATE, year_to_date=True)
    assert compare_figures(to_date, figure(97, 100), figure(96, 100, APRIL), APRIL).amount is None
    year_ago = Month(2022, 5)
    assert compare_figures(to_date, figure(97, 100), figure(96, 100, year_ago), year_ago).amount == 1


def test_a_target_of_the_year_on_what_adds_up_is_followed_from_january_on():
    """Two left of 35 in January, three in February: 14.29 % by then, though February alone is 8.57 %."""
    assert accumulates(TURNOVER)
    assert not accumulates(RATE)
    assert not accumulates(INDICATORS["payment_on_time_rate"])
    january, february = Month(2023, 1), Month(2023, 2)
    figures: dict[Period, Figure] = {
        january: figure(2, 35, january, indicator=TURNOVER),
        february: figure(3, 35, february, indicator=TURNOVER),
    }
    assert compute_to_date(TURNOVER, february, figures) == Decimal("14.29")
    figures[january] = figure(2, 35, january, Status.PARTLY, TURNOVER)
    assert compute_to_date(TURNOVER, february, figures) is None
    assert compute_to_date(TURNOVER, february, {february: figures[february]}) is None


def test_a_year_is_compared_with_the_year_before():
    now, before = figure(97, 100, Year(2023)), figure(96, 100, Year(2022))
    assert compare_figures(RATE, now, before, Year(2022)).amount == 1
