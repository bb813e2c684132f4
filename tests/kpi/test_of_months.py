"""A quarter beside its locked months: what was published, what the facts say now, and why they differ."""

from dataclasses import replace
from fractions import Fraction

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from kpi.figure_report import format_figures
from kpi.figures import results
from kpi.figures.definitions.in_force import PACKAGED
from kpi.figures.figure import Figure, Status
from kpi.figures.from_months import MonthComparison, compare_with_months
from kpi.figures.indicators import INDICATORS
from kpi.handover.xlsx_writer import WorkbookWriter
from kpi.handover.year_workbook import INDICATOR_COLUMNS, list_indicator_rows
from kpi.terminal_tables import format_month_comparison
from tests.kpi.closing import LATER, MAY, MAY_DATA, NOW, correct, lock, reopen
from tests.kpi.given import record
from tracker.periods import Month, Period, Quarter, Year
from web.figure_view import FigureView

SECOND = Quarter(2023, 2)
JUNE = """
call 2023-06-01 08:00:00 id j1 queued 08:00:10 answered 08:00:20
delivered calls 2023-06-01..2023-06-30 as of 2023-07-01"""
LATE = "call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:20"


def beside(connection: sa.Connection) -> dict[tuple[str, Period], MonthComparison]:
    shown = results.read_year(connection, "tlf", 2023)
    return dict(results.read_month_comparisons(connection, "tlf", PACKAGED, shown))


def given_and_locked(connection: sa.Connection) -> None:
    record(connection, MAY_DATA)
    results.bring_up_to_date(connection, "tlf", NOW)
    lock(connection)


def then(connection: sa.Connection, text: str) -> None:
    record(connection, text)
    results.bring_up_to_date(connection, "tlf", LATER)


def test_a_quarter_without_locked_months_has_nothing_to_be_held_against(connection: sa.Connection):
    record(connection, MAY_DATA)
    results.bring_up_to_date(connection, "tlf", NOW)
    assert beside(connection) == {}


def test_a_quarter_that_comes_to_its_months_says_so(connection: sa.Connection):
    given_and_locked(connection)
    found = beside(connection)["calls_offered", SECOND]
    assert found.agrees is True
    assert format_month_comparison(found) == "与各月公布的数字合计一致（5月已锁定）。"


def test_what_came_late_is_the_difference_of_quarter_and_year(connection: sa.Connection):
    given_and_locked(connection)
    then(connection, LATE)
    found = beside(connection)
    for period in (SECOND, Year(2023)):
        one = found["calls_offered", period]
        assert (one.agrees, one.difference, one.explained) == (False, (1, None), True)
        told = format_month_comparison(one)
        assert told.startswith("各月公布的数字合计2通，本期3通（+1）：5月锁定后有变动的数据（+1）")
    rate = found["call_answer_rate", SECOND]
    assert format_month_comparison(rate).startswith(
        "各月公布的数字合计1 ÷ 2（50.00%），本期2 ÷ 3（66.67%）（分子+1、分母+1）：5月锁定后"
    )


def test_a_correction_brings_month_and_quarter_together_again(connection: sa.Connection):
    given_and_locked(connection)
    then(connection, LATE)
    reopen(connection)
    correct(connection)
    assert beside(connection)["calls_offered", SECOND].agrees is True


def test_a_locked_quarter_stays_and_the_corrected_month_moves(connection: sa.Connection):
    given_and_locked(connection)
    after = LATER.replace(month=7, day=3)
    record(connection, JUNE)
    results.bring_up_to_date(connection, "tlf", after)
    lock(connection, Month(2023, 4), after)
    lock(connection, Month(2023, 6), after)
    record(connection, LATE)
    results.bring_up_to_date(connection, "tlf", after)
    assert beside(connection)["calls_offered", SECOND].agrees is True
    reopen(connection, MAY, after, expires_at=after.replace(day=20))
    correct(connection, MAY, after)
    one = beside(connection)["calls_offered", SECOND]
    assert one.difference == (-1, None)
    assert "本期随6月锁定，以那时的事实为准" in format_month_comparison(one)


def test_what_does_not_follow_from_months_is_not_added_up(connection: sa.Connection):
    given_and_locked(connection)
    for one in beside(connection).values():
        if one.total is None:
            assert format_month_comparison(one).startswith("本指标不由各月相加")
    apart = [one for one in beside(connection).values() if one.agrees is False]
    assert apart == []


@given(st.lists(st.booleans(), max_size=6), st.lists(st.booleans(), max_size=6))
def test_of_drawn_calls_the_difference_is_what_came_after_the_lock(before: list[bool], after: list[bool]):
    """Told of the months' own figures: numerator and denominator by numerator and denominator."""
    rate = INDICATORS["call_answer_rate"]
    counts = [(Fraction(sum(calls)), Fraction(len(calls))) for calls in (before, [*before, *after])]
    published, live = (figure_of(rate.key, MAY, *parts) for parts in counts)
    shown: dict[Period, Figure] = {MAY: replace(published, vintage=1), SECOND: replace(live, period=SECOND)}
    (found,) = compare_with_months(PACKAGED, {rate.key: shown}, {rate.key: {MAY: live}}).values()
    assert found.difference == (sum(after), len(after))
    assert found.agrees is (after == [])
    assert found.explained is (after != [])


def figure_of(key: str, period: Period, above: Fraction, below: Fraction) -> Figure:
    return Figure(
        indicator=key, center="tlf", period=period, numerator=above, denominator=below, value=None, unit="%",
        coverage=Fraction(1), status=Status.VERIFIABLE, reason="", definition_version=1, source="", log_seq=1,
        computed_at=NOW,
    )  # fmt: skip


def test_everywhere_the_same_sentence(connection: sa.Connection):
    given_and_locked(connection)
    then(connection, LATE)
    told = format_month_comparison(beside(connection)["calls_offered", SECOND])
    known, shown = PACKAGED, results.read_year(connection, "tlf", 2023)
    compared = results.read_month_comparisons(connection, "tlf", known, shown)
    assert any(told in line for line in format_figures(shown, SECOND, known.groups(SECOND), compared))
    rows = list_indicator_rows(WorkbookWriter(Workbook()), shown, Year(2023), known, compared)
    cells = {(row[2], row[3]): row[INDICATOR_COLUMNS.index("与各月公布数")] for row in rows}
    assert cells["calls_offered", "2023-Q2"] == told
    assert cells["calls_offered", "2023-05"] is None
    one = compared["calls_offered", SECOND]
    page = FigureView(one.indicator, SECOND, one.figure, compared=one)
    assert page.of_months == told
