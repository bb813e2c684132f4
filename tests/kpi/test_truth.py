"""centre-2023 from its files to its figures: every number of truth.json, before and after the late file."""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

import pytest
import sqlalchemy as sa

from kpi.figures import results
from kpi.figures.counted_rows import PartName
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Figure, Status
from kpi.figures.forks import list_forks
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.formula import Lowest, Median
from kpi.figures.measures import MEASURES
from kpi.figures.patterns.breakdown import break_down, select_splits
from kpi.figures.patterns.call_hours import read_call_hours
from kpi.figures.patterns.open_orders import read_open_orders
from kpi.figures.patterns.payment_days import PaidState, read_payment_days
from kpi.figures.patterns.staff_moves import read_staff_moves
from kpi.figures.patterns.unit_bands import read_unit_bands
from kpi.figures.rows import read_rows
from kpi.figures.sums import Sums, sum_by_month
from tests.conftest import DATA, IMPORTED, LATE_FILE, deliver, fresh_database
from tests.kpi.given import record
from tests.sample.sample_folder import read_orders
from tracker.database import Database
from tracker.periods import Month, Period, Quarter, Year, list_periods, parse_period

pytestmark = pytest.mark.slow

TRUTH: dict[str, Any] = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))
YEAR = Year(2023)
AFTER = IMPORTED.date()
LISTED = read_orders(DATA)
MONTHS = [str(month) for month in YEAR.months]


class Known:
    """A centre's figures and sums, as tests ask for them."""

    def __init__(self, database: Database):
        with database.engine.connect() as connection:
            self.figures = results.read_year(connection, "tlf", 2023)
            self.sums: Sums = sum_by_month(connection, "tlf", YEAR, YEAR.end_day, set(MEASURES))
        self.database = database

    def figure(self, indicator: str, period: str = "2023") -> Figure:
        return self.figures[indicator][parse_period(period)]

    def numbers(self, indicator: str, period: str = "2023") -> tuple[Fraction | None, Fraction | None]:
        figure = self.figure(indicator, period)
        return figure.numerator, figure.denominator

    def sum(self, measure: str, period: str = "2023") -> int:
        return self.sums.total(measure, parse_period(period).months)


@pytest.fixture(scope="module")
def before(server_url: str, computed_year: str) -> Iterator[Known]:
    """As delivered, without the late file of August."""
    for database in fresh_database(server_url, computed_year):
        yield Known(database)


@pytest.fixture(scope="module")
def after(server_url: str, computed_year: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """Figures computed first without the late file, then with it."""
    for database in fresh_database(server_url, computed_year):
        deliver(database, tmp_path_factory.mktemp("home"), LATE_FILE)
        _compute(database)
        yield Known(database)


def _compute(database: Database) -> None:
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", IMPORTED)


CALLS = {
    "inbound": "calls_inbound",
    "offered": "calls_offered",
    "answered": "calls_answered",
    "answered_within_15s": "calls_answered_within_15s",
    "abandoned_in_queue": "calls_abandoned",
    "wait_seconds_of_answered": "calls_wait_ms",
    "talk_seconds_inbound": "calls_talk_ms",
    "days": "service_days",
}


def call_truth(told: dict[str, Any]) -> dict[str, int]:
    """The truth in the measures' names and units."""
    return {measure: told[name] * (1000 if "seconds" in name else 1) for name, measure in CALLS.items()}


@pytest.mark.parametrize("period", [*MONTHS, "year"])
def test_calls_with_the_late_file(after, period):
    span = "2023" if period == "year" else period
    truth = call_truth(TRUTH["calls"][period])
    assert {measure: after.sum(measure, span) for measure in truth} == truth
    offered, answered = truth["calls_offered"], truth["calls_answered"]
    assert after.numbers("call_answer_rate", span) == (answered, offered)
    assert after.numbers("call_answer_within_15s_rate", span) == (truth["calls_answered_within_15s"], offered)
    assert after.numbers("call_abandon_rate", span) == (truth["calls_abandoned"], offered)
    assert after.numbers("call_average_wait", span) == (truth["calls_wait_ms"] / Fraction(1000), answered)
    assert after.figure("hotline_service_days", span).value == truth["service_days"]
    assert after.figure("call_answer_rate", span).status is Status.VERIFIABLE


@pytest.mark.parametrize("period", [*MONTHS, "year"])
def test_the_answer_rate_in_any_24_hours(after, period):
    span, truth = "2023" if period == "year" else period, TRUTH["answering"][period]
    worst = (truth["lowest_answered"], truth["lowest_offered"])
    assert after.numbers("call_answer_rate_lowest_24h", span) == worst
    assert after.figure("call_answer_days_below_norm", span).value == truth["days_below_norm"]
    assert after.figure("hotline_unanswered_hours", span).value == truth["hours_unanswered"]


def test_in_the_worst_24_hours_96_of_107_calls_were_answered(after):
    worst = after.figure("call_answer_rate_lowest_24h")
    assert (str(worst.value), worst.status) == ("89.72", Status.VERIFIABLE)
    assert after.figure("call_answer_days_below_norm").value == 10
    with after.database.engine.connect() as connection:
        for part, number in ((PartName.NUMERATOR, 96), (PartName.DENOMINATOR, 107)):
            rows = read_rows(connection, "tlf", "call_answer_rate_lowest_24h", YEAR, part)
            assert (rows.count, rows.agrees) == (number, True)


@pytest.mark.parametrize("period", [*MONTHS, "year"])
def test_calls_out_and_ratings(after, period):
    span, truth = "2023" if period == "year" else period, TRUTH["calls"][period]
    outbound = (truth["outbound_answered"], truth["outbound"])
    assert after.numbers("call_outbound_answer_rate", span) == outbound
    assert after.numbers("call_rating_participation_rate", span) == (truth["rated"], truth["answered"])
    assert after.figure("call_rating_satisfaction_rate", span).status is Status.UNVERIFIABLE


def test_what_calls_out_and_ratings_come_to_in_the_year(after):
    whole = TRUTH["calls"]["year"]
    assert after.sum("calls_missed") == whole["offered"] - whole["answered"] == 664
    keys = ("call_outbound_answer_rate", "call_rating_participation_rate", "call_inspection_rate")
    assert [str(after.figure(key).value) for key in keys] == ["81.29", "40.09", "1.85"]
    sampled = (TRUTH["quality"]["sampled"], TRUTH["calls"]["year"]["answered"])
    assert after.numbers("call_inspection_rate") == sampled


def test_ratings_count_once_the_centre_has_said_what_its_keys_mean(after):
    with after.database.engine.connect() as connection:
        said = "said rating 1 yes\nsaid rating 2 no\nsaid rating 3 no"
        record(connection, said)
        results.bring_up_to_date(connection, "tlf", IMPORTED)
        found = results.find_figure(connection, "tlf", "call_rating_satisfaction_rate", YEAR)
        connection.rollback()
    truth = TRUTH["calls"]["year"]
    assert (found.numerator, found.denominator) == (truth["rated_satisfied"], truth["rated"])
    assert (str(found.value), found.status) == ("85.18", Status.VERIFIABLE)


@pytest.mark.parametrize("month", MONTHS)
def test_calls_before_the_late_file(before, month):
    truth = call_truth(TRUTH["calls_before_late_file"][month])
    assert {measure: before.sum(measure, month) for measure in truth} == truth
    assert before.numbers("call_answer_rate", month) == (truth["calls_answered"], truth["calls_offered"])


@pytest.mark.parametrize("period", ["2023-08", "2023-Q3", "2023"])
def test_before_the_late_file_the_two_missing_days_are_named(before, after, period):
    rate, later = before.figure("call_answer_rate", period), after.figure("call_answer_rate", period)
    assert TRUTH["missing_call_days"] == ["2023-08-12", "2023-08-13"]
    assert (rate.status, rate.reason) == (Status.PARTLY, "话单缺8月12日、8月13日。")
    assert rate.coverage == 1 - Fraction(2, parse_period(period).days)
    assert rate.low < later.value < rate.high
    assert (later.status, later.coverage, later.low) == (Status.VERIFIABLE, 1, None)


ORDERS = (
    "opened", "closed", "closed_on_time", "followed_up", "reached", "solved", "satisfied", "complaints",
    "complaints_solved", "answered_directly", "dispatched", "signed_in_time", "redone", "handled",
)  # fmt: skip


@pytest.mark.parametrize("period", [*MONTHS, "year"])
def test_work_orders(after, period):
    span, truth = "2023" if period == "year" else period, TRUTH["orders_by_opened_month"][period]
    assert {name: after.sum(f"work_orders_{name}", span) for name in ORDERS} == {
        name: truth[name] for name in ORDERS
    }
    assert after.figure("work_orders_opened", span).value == truth["opened"]
    rates = {
        "work_order_closing_rate": ("closed", "opened"),
        "work_order_on_time_of_accepted_rate": ("closed_on_time", "opened"),
        "work_order_answered_directly_rate": ("answered_directly", "opened"),
        "work_order_follow_up_rate": ("followed_up", "closed"),
        "work_order_reached_rate": ("reached", "followed_up"),
        "work_order_resolution_rate": ("solved", "reached"),
        "complaint_resolution_rate": ("complaints_solved", "complaints_reached"),
        "work_order_signed_in_time_rate": ("signed_in_time", "dispatched"),
        "work_order_redone_rate": ("redone", "closed"),
    }
    assert {key: after.numbers(key, span) for key in rates} == {
        key: (truth[above], truth[below]) for key, (above, below) in rates.items()
    }
    mean = after.numbers("work_order_mean_handling", span)
    assert mean == (Fraction(truth["handling_seconds"], 3600), truth["handled"])
    assert after.numbers("work_order_undated_rate", span) == (0, truth["opened"])


@pytest.mark.parametrize("period", [*MONTHS, "2023-Q3", "year"])
def test_the_median_handling_time_is_the_middle_of_the_files_orders(after, period):
    span = parse_period("2023" if period == "year" else period)
    hours = [
        Fraction(round((closed - dispatched).total_seconds()), 3600)
        for row in LISTED
        if row["派单时间"] and row["办结时间"] and Month.of(_moment(row["受理时间"]).date()) in span.months
        for dispatched, closed in ((_moment(row["派单时间"]), _moment(row["办结时间"])),)
    ]
    above, below = after.numbers("work_order_median_handling", str(span))
    assert above / below == median(hours)
    found = after.figure("work_order_median_handling", str(span))
    assert f"已办结的派单工单{len(hours):,}件的中位数" in found.reason


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("period", [*MONTHS, "year"])
def test_work_orders_by_their_deadline_their_closing_and_as_they_stood(after, period):
    span, truth = "2023" if period == "year" else period, TRUTH["orders_by_their_days"][period]
    rates = {
        "work_order_on_time_rate": ("due_on_time", "due"),
        "work_order_on_time_of_dispatched_rate": ("due_dispatched_on_time", "due_dispatched"),
        "work_order_first_pass_rate": ("due_first_pass", "due"),
    }
    assert {key: after.numbers(key, span) for key in rates} == {
        key: (truth[above], truth[below]) for key, (above, below) in rates.items()
    }
    counts = ("closed_in_period", "open_at_end", "overdue_at_end")
    assert [after.figure(f"work_orders_{key}", span).value for key in counts] == [
        truth["closed"], truth["open_at_end"], truth["overdue_at_end"],
    ]  # fmt: skip
    for key in ("work_order_on_time_rate", "work_orders_closed_in_period"):
        assert after.figure(key, span).status is Status.VERIFIABLE, after.figure(key, span).reason


def test_what_was_written_about_the_sample_year_before_it_was_counted_here(after):
    """The share dispatched and in time, answered directly, signed for, open and overdue, and hours."""
    assert str(after.figure("work_order_on_time_rate").value) == "96.73"
    assert str(after.figure("work_order_on_time_of_dispatched_rate").value) == "94.76"
    assert str(after.figure("work_order_answered_directly_rate").value) == "37.40"
    assert str(after.figure("work_order_signed_in_time_rate").value) == "96.04"
    assert str(after.figure("work_order_mean_handling").value) == "72.9"
    assert str(after.figure("work_order_median_handling").value) == "57.8"
    assert after.figure("work_orders_open_at_end").value == 117
    assert after.figure("work_orders_overdue_at_end").value == 80
    shown = after.figure("work_orders_open_at_end")  # orders that did not change are not exported again
    assert (shown.status, shown.low, shown.high) == (Status.PARTLY, 57, 117)
    for key in ("work_order_returned_rate", "work_order_extended_rate"):  # no column tells of either
        assert after.figure(key).status is Status.UNVERIFIABLE


@pytest.mark.parametrize("period", [*MONTHS, "year"])
def test_work_orders_by_kind(after, period):
    span, truth = "2023" if period == "year" else period, TRUTH["orders_by_opened_month"][period]
    with after.database.engine.connect() as connection:
        found = break_down(connection, "tlf", "work_orders_opened", parse_period(span), "kind")
    assert {piece.label: piece.numerator for piece in found.pieces} == truth["by_type"]


@pytest.mark.parametrize("month", MONTHS)
def test_staffing_of_a_month(after, month):
    truth = TRUTH["staffing"][month]
    measures = {
        "in_post_month_end": "staff_at_month_end",
        "joined": "staff_joined",
        "left": "staff_left",
        "person_days": "staff_person_days",
    }
    assert {name: after.sum(measure, month) for name, measure in measures.items()} == truth
    assert after.numbers("staffing_in_post_rate", month) == (truth["in_post_month_end"], 35)


def test_staffing_of_the_year(after):
    truth = TRUTH["staffing"]["year"]
    assert after.numbers("staff_turnover_rate") == (truth["leavers"], truth["target"])
    assert after.numbers("staffing_in_post_rate") == (400, 420)
    assert pytest.approx(truth["mean_month_end"]) == 400 / 12
    assert pytest.approx(truth["in_post_rate"]) == 400 / 420
    assert pytest.approx(truth["turnover_rate"]) == 5 / 35
    assert after.figure("staffing_in_post_rate").value == Decimal("95.24")
    verified = after.numbers("qualification_verified_rate")
    assert verified == (truth["education_verified"], truth["ever_employed"])
    assert after.numbers("pre_job_pass_rate") == (truth["passed_pre_job"], truth["ever_employed"])
    assert after.numbers("education_college_rate") == (truth["college"], truth["ever_employed"])
    assert after.figure("staff_in_post").value == TRUTH["staffing"]["2023-12"]["in_post_month_end"]


def test_payments_and_budget(after):
    truth = TRUTH["payments"]
    assert after.numbers("payment_on_time_rate") == (truth["all_on_time"], truth["all_due"])
    assert after.numbers("payment_on_time_labour_rate") == (truth["labour_on_time"], truth["labour_periods"])
    late = [
        month.month
        for month in YEAR.months
        if after.numbers("payment_on_time_labour_rate", str(month))[0] == 0
    ]
    assert late == truth["late_months"]
    assert after.numbers("budget_execution_rate") == (
        Fraction(truth["paid_fen"], 100),
        Fraction(truth["received_fen"], 100),
    )
    assert after.numbers("budget_execution_of_budget_rate")[1] == Fraction(truth["budget_fen"], 100)
    assert after.sum("budget_returned_fen") == truth["returned_fen"]


def test_money_that_was_overdue_rolled_over_left_or_saved(after):
    truth = TRUTH["payments"]
    assert after.numbers("payment_mean_delay") == (truth["late_days"], truth["all_due"])
    assert after.figure("payment_overdue_amount").value == 0
    left = truth["budget_fen"] - truth["paid_fen"]
    for key in ("budget_carry_over_rate", "cost_saving_rate"):
        assert after.numbers(key) == (Fraction(left, 100), Fraction(truth["budget_fen"], 100))
    rolled = next(one.definition for one in list_forks("payment_on_time_rate") if one.name == "rolled")
    with after.database.engine.connect() as connection:
        [found] = compute_figures_by(connection, "tlf", [rolled], [YEAR], IMPORTED)
    in_time = truth["all_on_time"] + 1  # due on Saturday 10 June, paid on Monday
    assert (found[YEAR].numerator, found[YEAR].value) == (in_time, Decimal("68.75"))


def test_the_platform(after):
    truth = TRUTH["platform"]
    assert after.numbers("platform_uptime_rate") == (truth["up"], truth["probes"])
    assert after.sum("platform_probed_ms") - after.sum("platform_up_ms") == 3_600_000 * truth["down_hours"]
    uptime = after.figure("platform_uptime_rate")
    assert uptime.coverage == 1 - Fraction(truth["hours_without_probe"], truth["hours_expected"])
    assert (uptime.status, uptime.reason) == (Status.PARTLY, "平台巡检缺7月1日。")


def test_the_survey(after):
    truth = TRUTH["survey"]
    assert after.numbers("survey_response_rate") == (truth["valid"], truth["issued"])
    for name, indicator in (("aware", "survey_awareness_rate"), ("satisfied", "survey_satisfaction_rate")):
        numerator, denominator = after.numbers(indicator)
        assert denominator == truth["valid"]
        assert float(numerator / denominator) == pytest.approx(truth[name])


def test_daily_counts_training_and_inspections(after):
    daily, training, quality = TRUTH["daily"], TRUTH["training"], TRUTH["quality"]
    keys = {"sms": "messages_sent", "cases": "cases_handled", "visits": "visits_received"}
    assert {name: after.figure(key).value for name, key in keys.items()} == daily
    assert after.sum("training_sessions") == training["sessions"]
    assert after.numbers("training_attendance_rate") == (training["attended"], training["due"])
    assert after.numbers("inspection_pass_rate") == (quality["passed"], quality["sampled"])


def test_every_year_figure_is_the_sum_of_its_months(after):
    """Of counts and of ratios whose parts add up; means and first-of-period levels are other things."""
    for key, indicator in INDICATORS.items():
        formula = indicator.formula
        parts = [part for part in (formula.numerator, formula.denominator) if part]
        adds_up = all(not part.averaged and all(term.over == "all" for term in part.terms) for part in parts)
        if adds_up and not indicator.year_to_date and not isinstance(formula, Lowest | Median):
            monthly_sum = sum(after.numbers(key, month)[0] or 0 for month in MONTHS)
            assert monthly_sum == (after.numbers(key)[0] or 0), key


@pytest.mark.parametrize(
    ("indicator", "period"),
    [
        ("call_answer_rate", Month(2023, 5)),
        ("call_average_wait", Quarter(2023, 3)),
        ("complaint_resolution_rate", YEAR),
        ("work_order_mean_handling", Month(2023, 5)),
        ("work_order_median_handling", Month(2023, 5)),
        ("budget_execution_rate", Month(2023, 9)),
        ("platform_uptime_rate", YEAR),
        ("inspection_pass_rate", YEAR),
    ],
    ids=str,
)
def test_rows_come_to_the_number(after: Known, indicator: str, period: Period):
    with after.database.engine.connect() as connection:
        for part in ("numerator", "denominator")[: 2 if INDICATORS[indicator].formula.denominator else 1]:
            assert read_rows(connection, "tlf", indicator, period, part, limit=1).agrees


def test_after_the_late_file_figures_equal_figures_made_anew(after: Known):
    with after.database.engine.connect() as connection:
        running = _plain(connection)
        results.rebuild(connection, "tlf", IMPORTED)
        assert running == _plain(connection)
        connection.rollback()


def _plain(connection: sa.Connection) -> dict[tuple[str, Period], tuple[Any, ...]]:
    found = results.read_year(connection, "tlf", 2023)
    assert all(set(by_period) == set(list_periods(2023)) for by_period in found.values())
    return {
        (key, period): (one.numerator, one.denominator, one.value, one.status, one.reason, one.low, one.high)
        for key, by_period in found.items()
        for period, one in by_period.items()
    }


@pytest.mark.parametrize("month", MONTHS)
def test_calls_by_hour_come_to_the_truth(before: Known, month: str):
    with before.database.engine.connect() as connection:
        found = read_call_hours(connection, "tlf", parse_period(month), AFTER)
    cells, truth = found.cells("inbound"), TRUTH["calls_before_late_file"][month]
    assert sum(cell.calls for cell in cells) == truth["inbound"]
    assert sum(cell.waited_for for cell in cells) == truth["answered"]
    assert sum(cell.wait_ms for cell in cells) == truth["wait_seconds_of_answered"] * 1000
    assert sum(found.days.values()) == truth["days"]


def test_people_by_month_come_to_the_truth(before: Known):
    with before.database.engine.connect() as connection:
        moves = read_staff_moves(connection, "tlf", YEAR, AFTER)
    for month in moves.months():
        truth = TRUTH["staffing"][str(month.month)]
        told = (month.in_post, month.joined, month.left, month.posts)
        assert told == (truth["in_post_month_end"], truth["joined"], truth["left"], 35)


def test_payments_by_day_come_to_the_truth(before: Known):
    with before.database.engine.connect() as connection:
        found = read_payment_days(connection, "tlf", YEAR, IMPORTED).payments
    assert len(found) == TRUTH["payments"]["all_due"]
    assert sum(one.state is PaidState.ON_TIME for one in found) == TRUTH["payments"]["all_on_time"]
    late = [one.due_on.month for one in found if one.state is PaidState.LATE]
    assert late == TRUTH["payments"]["late_months"]


def test_open_orders_come_to_the_truth(before: Known):
    truth = TRUTH["orders_by_opened_month"]["year"]
    with before.database.engine.connect() as connection:
        found = read_open_orders(connection, "tlf", YEAR.end_day, IMPORTED)
    assert found.counts.total() == truth["opened"] - truth["closed"]


def test_units_in_bands_come_to_the_figure(before: Known):
    with before.database.engine.connect() as connection:
        units = read_unit_bands(connection, "tlf", YEAR, AFTER).units()
    summed = (sum(one.on_time for one in units), sum(one.due for one in units))
    assert summed == before.numbers("work_order_on_time_rate")


@pytest.mark.parametrize("indicator", list(INDICATORS))
def test_every_breakdown_comes_to_the_figure(before: Known, indicator: str):
    with before.database.engine.connect() as connection:
        for period in (YEAR, Quarter(2023, 3), Month(2023, 8)):
            if before.figure(indicator, str(period)).numerator is None:
                continue
            for way in select_splits(INDICATORS[indicator], period):
                found = break_down(connection, "tlf", indicator, period, way.key)
                assert found.adds_up, (period, way.key)
