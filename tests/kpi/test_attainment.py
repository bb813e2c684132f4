"""Targets are judged on exact values, and alike wherever they are shown."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from kpi.evaluation.actual import Amount
from kpi.evaluation.rules.proportion import AtMostRule, MetOrProRata
from kpi.evaluation.surveys.report import format_alpha
from kpi.evaluation.target import parse_target
from kpi.figures.attainment import compute_progress, judge, judge_by
from kpi.figures.catalogue import build_card
from kpi.figures.definitions.differences import list_differences
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS, AtLeast, AtMost, Indicator, Rounding
from kpi.figures.indicators.target import Attainment, Horizon, Target
from kpi.figures.indicators.units import get_part_unit
from kpi.handover.monthly.report import FigureLine
from kpi.handover.xlsx_writer import WorkbookWriter
from kpi.handover.year_workbook import INDICATOR_COLUMNS, list_indicator_rows
from kpi.terminal_tables import format_target
from tracker.events.times import BEIJING
from tracker.periods import Month, Period, Quarter, Year
from web.figure_view import FigureView

RATE = INDICATORS["call_answer_rate"]  # ≥95%
OF_YEAR = INDICATORS["inspection_pass_rate"]  # 全年≥95%
YEAR = Year(2023)
TARGETS = st.sampled_from([AtLeast(Decimal("98")), AtMost(Decimal("98")), AtLeast(Decimal("97.995"))])


def figure(
    indicator: Indicator, above: int, below: int, status: Status = Status.VERIFIABLE,
    period: Period = YEAR, **said: Any,
) -> Figure:  # fmt: skip
    return Figure(
        indicator=indicator.key, center="tlf", period=period, numerator=Fraction(above),
        denominator=Fraction(below), value=indicator.round_value(Fraction(above * 100, below)), unit="%",
        coverage=Fraction(1), status=status, reason="", definition_version=1, source="", log_seq=1,
        computed_at=datetime(2023, 6, 1, tzinfo=BEIJING), **said,
    )  # fmt: skip


def words(indicator: Indicator, one: Figure) -> set[str]:
    """Whether the target is reached, as the command, a page, the workbook and the report say it."""
    shown = FigureView(indicator, one.period, one).judged
    (row,) = list_indicator_rows(WorkbookWriter(Workbook()), {indicator.key: {one.period: one}}, Year(2023))
    return {
        format_target(indicator, one).partition(" ")[2],
        "" if shown is None else shown.words,
        str(row[INDICATOR_COLUMNS.index("是否达标")] or ""),
        FigureLine(indicator, one).met,
    }


def test_what_is_rounded_up_to_the_target_has_not_reached_it():
    one = figure(RATE, 18_999, 20_000)
    assert one.value == Decimal("95.00")
    assert words(RATE, one) == {"未达标（精确值94.995%）"}
    target = parse_target("≥95%")
    assert target is not None
    scored = MetOrProRata().score(Amount(Fraction(18_999, 200), "%"), target, Fraction(6))
    assert scored.points < 6
    assert "94.995%" in scored.reason


def test_digits_are_added_until_they_tell():
    judged = judge(RATE, figure(RATE, 95 * 10**9 - 1, 100 * 10**9))
    assert judged is not None
    assert judged.words == "未达标（精确值94.999999999%）"


@given(TARGETS, st.integers(1, 30_000), st.integers(5, 30_000), st.sampled_from(list(Rounding)))
def test_every_place_says_what_exact_arithmetic_says(target, above: int, below: int, rounding: Rounding):
    indicator = replace(RATE, target=target, rounding=rounding)
    exact, bound = Fraction(above * 100, below), Fraction(target.bound)
    met = exact >= bound if isinstance(target, AtLeast) else exact <= bound
    judged = judge(indicator, figure(indicator, above, below))
    assert judged is not None
    assert judged.attainment is (Attainment.MET if met else Attainment.MISSED)
    wanted = parse_target(target.text("%"))
    assert wanted is not None
    rule = MetOrProRata() if isinstance(target, AtLeast) else AtMostRule()
    assert (rule.score(Amount(exact, "%"), wanted, Fraction(6)).points == 6) is met
    assert wanted.met(exact) is met


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        ("95.00", "99.10", "达标"),
        ("90.00", "94.99", "未达标"),
        ("90.00", "95.00", "未定（数据不全，上下限在目标两侧）"),
        (None, None, "未定（数据不全，上下限无法估计）"),
    ],
)
def test_what_is_partly_verifiable_is_judged_by_its_bounds(low: str | None, high: str | None, told: str):
    bounds = {"low": low and Decimal(low), "high": high and Decimal(high)}
    assert words(RATE, figure(RATE, 985, 1000, Status.PARTLY, **bounds)) == {told}


def test_the_interval_of_a_survey_does_not_open_a_judgement():
    survey = INDICATORS["survey_satisfaction_rate"]  # ≥85%
    one = figure(survey, 90, 100, low=Decimal("82.00"), high=Decimal("94.00"))
    assert words(survey, one) == {"达标"}


def test_a_score_of_what_is_not_wholly_known_says_so():
    target = parse_target("≥98%")
    assert target is not None
    open_ = Amount(Fraction(99), "%", known=False, low=Fraction(97), high=Fraction(99))
    assert "能否达标未定" in MetOrProRata().score(open_, target, Fraction(6)).reason
    sure = replace(open_, low=Fraction(98))
    assert "未定" not in MetOrProRata().score(sure, target, Fraction(6)).reason


def test_a_reliability_just_below_its_threshold_shows_it():
    assert format_alpha(Fraction(69_999, 100_000)) == "0.69999"
    assert format_alpha(Fraction(7, 10)) == "0.700"


def test_a_figure_without_a_value_is_not_judged():
    nothing = replace(figure(RATE, 1, 1, Status.UNVERIFIABLE), value=None, numerator=None, denominator=None)
    assert words(RATE, nothing) == {""}


def months(indicator: Indicator, *counted: tuple[int, int]) -> dict[Period, Figure]:
    """A figure for each month from January on."""
    return {
        month: figure(indicator, above, below, period=month)
        for month, (above, below) in zip(YEAR.months, counted, strict=False)
    }


def test_a_month_is_not_judged_by_a_target_of_the_year_but_shows_how_the_year_is_coming():
    of_months = months(OF_YEAR, (930, 1000), (495, 500), (1990, 2000))
    march = of_months[Month(2023, 3)]
    assert words(OF_YEAR, march) == {""}
    told = compute_progress(OF_YEAR, march.period, of_months)
    assert told is not None
    assert told.words == "1至3月累计97.57%，高于目标2.57个百分点"
    january = compute_progress(OF_YEAR, Month(2023, 1), of_months)
    assert january is not None
    assert january.words == "1月累计93.00%，低于目标2.00个百分点"
    quarter = compute_progress(OF_YEAR, Quarter(2023, 1), of_months)
    assert quarter is not None
    assert quarter.value == told.value
    assert FigureLine(OF_YEAR, march, progress=told).met == told.words


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=12))
def test_the_months_together_are_what_exact_arithmetic_says(counted: list[tuple[int, int]]):
    of_months = months(OF_YEAR, *counted)
    told = compute_progress(OF_YEAR, max(of_months), of_months)  # type: ignore[type-var]
    assert told is not None
    assert told.value == Fraction(100 * sum(one for one, _ in counted), sum(one for _, one in counted))
    few = sum(one for _, one in counted) < 5
    assert ("低于目标" in told.words) is (not few and told.value < 95)
    assert ("不判" in told.words) is few


def test_turnover_to_date_is_over_the_mean_of_the_months_posts():
    turnover = INDICATORS["staff_turnover_rate"]  # 全年≤10%
    of_months = months(turnover, (1, 34), (0, 36), (2, 35))
    told = compute_progress(turnover, Month(2023, 3), of_months)
    assert told is not None
    assert told.words == "1至3月累计8.57%，低于目标1.43个百分点"


def test_progress_is_not_told_over_months_that_are_not_wholly_known():
    of_months = months(OF_YEAR, (930, 1000), (495, 500), (1990, 2000))
    of_months[Month(2023, 2)] = replace(of_months[Month(2023, 2)], status=Status.PARTLY)
    assert compute_progress(OF_YEAR, Month(2023, 3), of_months) is None
    assert compute_progress(OF_YEAR, Month(2023, 1), of_months) is not None
    del of_months[Month(2023, 1)]
    assert compute_progress(OF_YEAR, Month(2023, 3), of_months) is None


def test_a_year_that_runs_is_open_whatever_it_shows_now():
    running = figure(RATE, 99, 100, provisional=True)
    assert words(RATE, running) == {"未定（期间未结束，目前达到）"}
    assert words(RATE, figure(RATE, 9, 10, provisional=True)) == {"未定（期间未结束，目前未达到）"}


@pytest.mark.parametrize(
    ("span", "judged"),
    [(Horizon.YEAR, {YEAR}), (Horizon.QUARTER, {Quarter(2023, 1)}), (Horizon.MONTH, {Month(2023, 3)}),
     (Horizon.ANY, {YEAR, Quarter(2023, 1), Month(2023, 3)})],
)  # fmt: skip
def test_a_target_is_judged_on_its_own_span(span: Horizon, judged: set[Period]):
    indicator = replace(RATE, target=AtLeast(Decimal("98"), span))
    periods = (YEAR, Quarter(2023, 1), Month(2023, 3))
    assert {one for one in periods if judge(indicator, figure(indicator, 99, 100, period=one))} == judged


def test_a_rate_of_a_few_is_not_judged_and_says_of_how_many():
    assert words(RATE, figure(RATE, 4, 4)) == {"不判（n=4，少于5）"}
    assert words(RATE, figure(RATE, 0, 1)) == {"不判（n=1，少于5）"}
    assert words(RATE, figure(RATE, 5, 5)) == {"达标"}
    funds = INDICATORS["funds_received_rate"]  # of money: its denominator is no number of things
    assert words(funds, figure(funds, 4, 4)) == {"达标"}


def told_of(indicator: Indicator, one: Figure) -> str:
    """Of a definition that is not in force."""
    judged = judge(indicator, one)
    return "" if judged is None else judged.words


def test_whatever_is_divided_by_things_is_not_judged_by_a_few_be_it_a_share_or_a_ratio():
    """Turnover is by the mean of the posts' headcounts, a training by the numbers that it reports."""
    turnover = INDICATORS["staff_turnover_rate"]  # 全年≤10%
    assert words(turnover, figure(turnover, 0, 4)) == {"不判（n=4，少于5）"}
    mean = replace(figure(turnover, 0, 1), denominator=Fraction(59, 12))  # 4.91666…, never rounded up to 5
    assert words(turnover, mean) == {"不判（n=4.91，少于5）"}
    trained = replace(INDICATORS["training_attendance_rate"], target=AtLeast(Decimal("95")))
    assert told_of(trained, figure(trained, 3, 3)) == "不判（n=3，少于5）"
    wait = replace(INDICATORS["call_average_wait"], target=AtMost(Decimal("15")))
    assert told_of(wait, replace(figure(wait, 90, 2), value=Decimal(45))) == "不判（n=2，少于5）"
    time = INDICATORS["platform_uptime_rate"]  # of hours
    assert words(time, figure(time, 4, 4)) == {"达标"}


def test_the_definition_states_how_few_are_not_judged():
    strict = replace(RATE, target=AtLeast(Decimal("95"), Horizon.ANY, fewest=30))
    assert told_of(strict, figure(strict, 29, 29)) == "不判（n=29，少于30）"
    assert told_of(strict, figure(strict, 30, 30)) == "达标"
    assert "分母少于30的不判" in build_card(strict)["目标"]
    assert RATE.target is not None
    told = list_differences(RATE, replace(RATE, target=replace(RATE.target, fewest=30)))
    assert [(one.field, one.old, one.new) for one in told] == [("不判的件数", "少于5", "少于30")]


def test_a_running_period_or_one_that_is_not_wholly_known_is_not_judged_by_a_few_either():
    assert words(RATE, figure(RATE, 1, 2, provisional=True)) == {"不判（n=2，少于5）"}
    assert words(RATE, figure(RATE, 1, 2, Status.PARTLY)) == {"不判（n=2，少于5）"}
    of_months = months(OF_YEAR, (1, 1), (1, 2))
    told = compute_progress(OF_YEAR, Month(2023, 2), of_months)
    assert told is not None
    assert told.words == "1至2月累计66.67%，n=3，少于5，不判"


def test_a_month_of_a_few_is_a_dot_on_the_chart_and_says_so_when_pointed_at_with_a_target_or_without():
    march = Month(2023, 3)
    for indicator in (RATE, INDICATORS["call_abandon_rate"], INDICATORS["call_average_wait"]):
        few, enough = (FigureView(indicator, march, figure(indicator, 2, n, period=march)) for n in (4, 5))
        assert few.make_point(words=False).few and "n=4，少于5，不判" in few.told
        assert not enough.make_point(words=False).few and "不判" not in enough.told


def test_what_a_mean_is_in_is_the_unit_of_what_is_divided():
    """Every mean of times or of money, whose sums are kept in smaller units."""
    for indicator in INDICATORS.values():
        formula = indicator.formula
        if formula.kind == "ratio" and formula.times == 1 and indicator.unit not in ("%", "元/人", "倍"):
            assert get_part_unit(formula.numerator) == indicator.unit, indicator.key


def test_what_can_only_get_worse_is_missed_before_its_period_is_over():
    lowest = INDICATORS["call_answer_rate_lowest_24h"]  # ≥95%
    assert words(lowest, figure(lowest, 98, 106, provisional=True)) == {"未达标"}
    assert words(lowest, figure(lowest, 105, 106, provisional=True)) == {"未定（期间未结束，目前达到）"}
    days = INDICATORS["call_answer_days_below_norm"]  # ≤0天
    one = replace(figure(days, 4, 1, provisional=True), denominator=None, value=Decimal(4))
    assert words(days, one) == {"未达标"}


def test_an_estimate_of_the_days_that_are_missing_decides_nothing() -> None:
    """30 of 31 days say 100 %; on the one that is missing nobody may have answered a hundred calls."""
    lacking = figure(RATE, 120, 120, Status.PARTLY, Month(2023, 5), low=Decimal("96.77"), high=Decimal(100))
    assert judge(RATE, replace(lacking, coverage=Fraction(30, 31))).words == (
        "未定（数据不全，缺的部分要有7通以上都没达到，才会不达标）"
    )
    low = replace(
        lacking, numerator=Fraction(108), value=Decimal(90), low=Decimal(87), coverage=Fraction(30, 31)
    )
    assert judge(RATE, low).words == "未定（数据不全，缺的部分要有120通以上都达到，才会达标）"
    assert judge(RATE, lacking).attainment is Attainment.MET  # of delivered days some rows alone are unknown


@pytest.mark.parametrize(
    ("sense", "expected"), [(AtLeast, Attainment.MET), (AtMost, Attainment.MISSED)], ids=["≥", "≤"]
)
def test_a_count_of_the_days_that_are_there_only_grows(sense: type[Target], expected: Attainment) -> None:
    opened = INDICATORS["work_orders_opened"]
    shown = replace(
        figure(opened, 100, 1, Status.PARTLY, Month(2023, 5), low=Decimal(100), high=Decimal(104)),
        denominator=None, value=Decimal(100), coverage=Fraction(30, 31),
    )  # fmt: skip
    assert judge_by(sense.sense, Fraction(90), opened, shown).attainment is expected
    assert judge_by(sense.sense, Fraction(110), opened, shown).attainment is Attainment.OPEN


def test_a_day_missing_before_the_period_leaves_what_reaches_back_to_it_an_estimate() -> None:
    repeat = INDICATORS["call_repeat_rate"]
    shown = figure(repeat, 5, 100, Status.PARTLY, Month(2023, 5), low=Decimal(5), high=Decimal(7))
    assert judge_by(AtMost.sense, Fraction(10), repeat, shown).attainment is Attainment.OPEN
