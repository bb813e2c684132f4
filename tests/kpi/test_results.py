"""Figures are brought up to date by what was recorded, and equal those made anew."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa

from kpi.figures import results, rollup
from kpi.figures.figure import Status
from kpi.figures.figure_table import figure_heads, figures
from kpi.figures.indicators import INDICATORS, Indicator
from tests.kpi.drawn import one_thing, quarter
from tests.kpi.given import append, record
from tracker.events.event import leave_out
from tracker.events.times import BEIJING
from tracker.events.work_orders import WorkOrderAccepted
from tracker.periods import Month, Quarter, Year, list_periods, parse_period

NOW = datetime(2024, 7, 10, 9, tzinfo=BEIJING)


def all_figures(connection: sa.Connection, years=(2023, 2024, 2025)):
    """Every stored figure without the position and moment of its computation."""
    plain = {}
    for year in years:
        for key, by_period in results.read_year(connection, "tlf", year).items():
            for period, figure in by_period.items():
                plain[key, period] = replace(figure, log_seq=0, computed_at=NOW)
    return plain


@pytest.mark.parametrize("seed", range(4))
def test_figures_after_corrections_equal_figures_made_anew(connection, seed):
    random = Random(seed)
    record(connection, quarter(random))
    results.bring_up_to_date(connection, "tlf", NOW)
    for _ in range(3):
        lines = [
            line for n in range(3) for line in random.sample(one_thing(random, random.randint(0, 45)), 4)
        ]
        record(connection, "\n".join(lines))
        assert results.bring_up_to_date(connection, "tlf", NOW) > 0
    corrected = all_figures(connection)
    results.rebuild(connection, "tlf", NOW)
    assert corrected == all_figures(connection)


@pytest.mark.parametrize("seed", range(4))
def test_the_rollup_equals_the_facts_after_corrections(connection, seed):
    random = Random(seed)
    record(connection, quarter(random))
    results.bring_up_to_date(connection, "tlf", NOW)
    record(connection, "\n".join(one_thing(random, 3) + one_thing(random, 50)))
    results.bring_up_to_date(connection, "tlf", NOW)
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(130)]
    assert rollup.find_differences(connection, "tlf", days) == []


def test_a_rollup_that_was_tampered_with_is_found(given):
    """
    call 2024-03-01 08:00:00 queued 08:00:10"""
    results.bring_up_to_date(given, "tlf", NOW)
    given.exec_driver_sql("UPDATE daily_measures SET value = 5 WHERE measure = 'calls_offered'")
    assert rollup.find_differences(given, "tlf", [date(2024, 3, 1)]) == [("calls_offered", date(2024, 3, 1))]


def test_doing_it_again_changes_nothing(connection):
    record(connection, quarter(Random(1)))
    assert results.bring_up_to_date(connection, "tlf", NOW) > 0
    before = connection.execute(sa.select(figures).order_by(*figures.primary_key)).all()
    assert results.bring_up_to_date(connection, "tlf", NOW + timedelta(hours=3)) == 0
    assert connection.execute(sa.select(figures).order_by(*figures.primary_key)).all() == before


def test_an_order_whose_deadline_nobody_told_is_in_doubt_in_months_computed_before(given):
    """
    order A1 accepted 2024-06-02 due 2024-06-09 closed 2024-06-08
    delivered work_orders 2024-05-01..2024-06-30 as of 2024-07-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    early = WorkOrderAccepted(order_id="A2", at=datetime(2024, 5, 2, 9, tzinfo=BEIJING))
    leave_out(early, ("deadline_at", "deadline_basis"))
    append(given, [early])
    results.bring_up_to_date(given, "tlf", NOW)
    found = results.find_figure(given, "tlf", "work_order_on_time_rate", Month(2024, 6))
    assert found is not None and found.status is Status.PARTLY


def test_a_corrected_month_changes_itself_its_quarter_and_its_year(given):
    """
    call 2024-01-05 08:00:00
    call 2024-05-05 08:00:00
    delivered calls 2024-01-01..2024-07-09 as of 2024-07-10"""
    results.bring_up_to_date(given, "tlf", NOW)
    seq = given.scalar(sa.select(figure_heads.c.log_seq))
    record(given, "call 2024-02-06 08:00:00")
    results.bring_up_to_date(given, "tlf", NOW)
    moved = {figure.period for figure in _at(given, "calls_inbound") if figure.log_seq > seq}
    assert moved == {Month(2024, 2), Quarter(2024, 1), Year(2024)}
    assert not [figure for figure in _at(given, "work_orders_opened") if figure.log_seq > seq]


def test_a_payment_changes_the_cumulative_figures_of_all_later_months(given):
    """
    budget received 2024-01-01 100.00
    delivered budget as of 2024-07-09
    delivered payments as of 2024-07-09"""
    results.bring_up_to_date(given, "tlf", NOW)
    record(given, "payment P1 劳务费 due 2024-02-01 paid 2024-02-01 50.00")
    results.bring_up_to_date(given, "tlf", NOW)
    values = [
        results.find_figure(given, "tlf", "budget_execution_rate", Month(2024, month)).value
        for month in (1, 2, 6)
    ]
    assert values == [0, 50, 50]


def test_a_late_roster_mends_earlier_months(given):
    """
    call 2024-01-05 08:00:00
    posts 2024-01-01 1
    person R1 joined 2022-01-01
    delivered roster as of 2024-01-15"""
    results.bring_up_to_date(given, "tlf", NOW)
    assert results.find_figure(given, "tlf", "staffing_in_post_rate", Month(2024, 3)).value is None
    record(given, "delivered roster as of 2024-06-30")
    results.bring_up_to_date(given, "tlf", NOW)
    assert results.find_figure(given, "tlf", "staffing_in_post_rate", Month(2024, 3)).value == 100


def test_a_person_who_left_changes_every_month_since(given):
    """
    call 2024-01-05 08:00:00
    posts 2024-01-01 2
    person R1 joined 2022-01-01
    person R2 joined 2022-01-01
    delivered roster as of 2024-07-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    record(given, "person R2 joined 2022-01-01 left 2024-03-15")
    results.bring_up_to_date(given, "tlf", NOW)
    months = [
        results.find_figure(given, "tlf", "staffing_in_post_rate", Month(2024, month)).value
        for month in (2, 3, 6)
    ]
    assert months == [100, 50, 50]


def test_an_inspection_moves_when_its_call_arrives(given):
    """
    inspected c9 2024-03-02
    delivered inspections as of 2024-07-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    record(given, "call 2024-02-28 08:00:00 id c9")
    results.bring_up_to_date(given, "tlf", NOW)
    found = [
        results.find_figure(given, "tlf", "inspection_pass_rate", Month(2024, month)).denominator
        for month in (2, 3)
    ]
    assert found == [1, 0]


def test_a_month_that_began_since_is_computed_without_any_new_event(given):
    """
    call 2024-06-05 08:00:00"""
    results.bring_up_to_date(given, "tlf", datetime(2024, 6, 30, 23, tzinfo=BEIJING))
    assert results.find_figure(given, "tlf", "calls_inbound", Month(2024, 7)) is None
    assert results.find_figure(given, "tlf", "calls_inbound", Month(2024, 6)).provisional
    results.bring_up_to_date(given, "tlf", datetime(2024, 7, 2, 0, 1, tzinfo=BEIJING))
    assert results.find_figure(given, "tlf", "calls_inbound", Month(2024, 7)).provisional
    assert not results.find_figure(given, "tlf", "calls_inbound", Month(2024, 6)).provisional


def test_a_year_after_the_last_delivery_shows_as_unverifiable(given):
    """
    call 2022-06-05 08:00:00
    delivered calls 2022-06-01..2022-06-30 as of 2022-07-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    assert results.read_years(given, "tlf") == [Year(2022), Year(2023), Year(2024)]
    assert results.find_figure(given, "tlf", "calls_inbound", Year(2023)).value is None


def test_whoever_joined_long_ago_does_not_open_that_year(given):
    """
    person R1 joined 1998-05-05
    delivered roster 1998-05-05..1998-05-05 as of 2024-06-30
    call 2024-06-05 08:00:00"""
    results.bring_up_to_date(given, "tlf", NOW)
    assert results.read_years(given, "tlf") == [Year(2024)]


def test_a_changed_definition_is_computed_anew(given, monkeypatch):
    """
    call 2024-06-05 08:00:00"""
    results.bring_up_to_date(given, "tlf", NOW)
    monkeypatch.setitem(INDICATORS, "calls_inbound", _next_version(INDICATORS["calls_inbound"]))
    assert results.bring_up_to_date(given, "tlf", NOW) == len(INDICATORS) * _begun(2024)
    assert results.find_figure(given, "tlf", "calls_inbound", Month(2024, 6)).definition_version == 2
    assert results.bring_up_to_date(given, "tlf", NOW) == 0


def test_a_figure_is_stored_exactly_as_it_was_computed(connection):
    record(connection, quarter(Random(2)))
    results.bring_up_to_date(connection, "tlf", NOW)
    record(connection, "delivered roster as of 2024-07-01")
    results.bring_up_to_date(connection, "tlf", NOW)
    turnover = results.find_figure(connection, "tlf", "staff_turnover_rate", parse_period("2024-Q1"))
    assert turnover.denominator.denominator in (1, 3)
    assert turnover.computed_at == NOW


def test_freshness_tells_the_log_position_and_the_source_heard_of_longest_ago(given):
    """
    call 2024-06-05 08:00:00
    delivered calls 2024-06-01..2024-06-30 as of 2024-07-01"""
    results.bring_up_to_date(given, "tlf", NOW)
    record(given, "call 2024-06-06 08:00:00")
    fresh = results.read_freshness(given, "tlf")
    assert (fresh.head_seq, fresh.computed_seq, fresh.current) == (3, 2, False)
    assert fresh.delivered["calls"] == datetime(2024, 7, 1, tzinfo=BEIJING)
    assert fresh.oldest[1] is None
    assert not {"agent_states", "appeals", "knowledge"} & fresh.delivered.keys(), "nobody waits for these"


def test_of_period_keeps_the_order_of_the_registry(connection):
    record(connection, quarter(Random(3)))
    results.bring_up_to_date(connection, "tlf", NOW)
    assert [figure.indicator for figure in results.read_period(connection, "tlf", Month(2024, 2))] == list(
        INDICATORS
    )


def test_a_centre_without_a_log_is_refused(connection):
    with pytest.raises(LookupError):
        results.bring_up_to_date(connection, "nowhere", NOW)


def _at(connection: sa.Connection, indicator: str):
    return list(results.read_year(connection, "tlf", 2024)[indicator].values())


def _next_version(indicator: Indicator) -> Indicator:
    return replace(indicator, version=indicator.version + 1)


def _begun(year: int) -> int:
    return sum(period.first_day <= NOW.date() for period in list_periods(year))
