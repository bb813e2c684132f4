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
from kpi.evaluation.rules.proportion import AtMost as AtMostRule
from kpi.evaluation.rules.proportion import MetOrProRata
from kpi.evaluation.surveys.report import alpha_text
from kpi.evaluation.target import parse_target
from kpi.figures.attainment import judge
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS, AtLeast, AtMost, Indicator, Rounding
from kpi.figures.indicators.target import Attainment
from kpi.handover.monthly.report import FigureLine
from kpi.handover.sheet import Book
from kpi.handover.workbook import INDICATOR_COLUMNS, indicator_rows
from kpi.tables import target_text
from tracker.events.times import BEIJING
from tracker.periods import Month, Year
from web.shown import Shown

RATE = INDICATORS["call_answer_rate"]  # ≥95%
TARGETS = st.sampled_from([AtLeast(Decimal("98")), AtMost(Decimal("98")), AtLeast(Decimal("97.995"))])


def figure(
    indicator: Indicator, above: int, below: int, status: Status = Status.VERIFIABLE, **said: Any
) -> Figure:
    return Figure(
        indicator=indicator.key, center="tlf", period=Month(2023, 5), numerator=Fraction(above),
        denominator=Fraction(below), value=indicator.rounded(Fraction(above * 100, below)), unit="%",
        coverage=Fraction(1), status=status, reason="", definition_version=1, source="", log_seq=1,
        computed_at=datetime(2023, 6, 1, tzinfo=BEIJING), **said,
    )  # fmt: skip


def words(indicator: Indicator, one: Figure) -> set[str]:
    """Whether the target is reached, as the command, a page, the workbook and the report say it."""
    shown = Shown(indicator, one.period, one).judged
    (row,) = indicator_rows(Book(Workbook()), {indicator.key: {one.period: one}}, Year(2023))
    return {
        target_text(indicator, one).partition(" ")[2],
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


@given(TARGETS, st.integers(1, 30_000), st.integers(1, 30_000), st.sampled_from(list(Rounding)))
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
    assert alpha_text(Fraction(69_999, 100_000)) == "0.69999"
    assert alpha_text(Fraction(7, 10)) == "0.700"


def test_a_figure_without_a_value_is_not_judged():
    nothing = replace(figure(RATE, 1, 1, Status.UNVERIFIABLE), value=None, numerator=None, denominator=None)
    assert words(RATE, nothing) == {""}
