"""What the rest of a year must bring: whoever brings just that reaches the target, and less does not."""

import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpi.evaluation.rehearsal.deadlines import RehearsalCalendar
from kpi.evaluation.rehearsal.pace import (
    ShareBase,
    allows,
    forecast_growth,
    forecast_level,
    forecast_mean,
    forecast_ratio,
    forecast_share,
    needs,
)
from kpi.evaluation.target import parse_target
from kpi.figures.indicators.indicator import Direction
from tracker.periods import Year

APRIL = RehearsalCalendar(Year(2023), date(2023, 4, 1))
amounts = st.fractions(0, 10**6, max_denominator=1000)


@given(amounts, st.sampled_from(["件", "人", "元", "万条", "%"]))
def test_what_is_needed_is_rounded_up_and_what_is_allowed_down(value: Fraction, unit: str):
    step = 1 if unit in ("件", "人") else Fraction(1, 100)
    needed, allowed = (Fraction(told(value, unit).removesuffix(unit)) for told in (needs, allows))
    assert value <= needed < value + step
    assert value - step < allowed <= value


@given(st.integers(0, 10**6), st.integers(1, 300), st.integers(1, 300), st.integers(1, 9000))
def test_a_mean_is_reached_by_what_the_days_to_come_are_told_to_bring(total, had, coming, wanted):
    target = parse_target(f"≥{wanted}件")
    assert target is not None
    whole = Fraction(had + coming)
    text = forecast_mean(Fraction(total), had, whole, Fraction(coming), target, "个工作日").text
    found = re.search(r"平均不少于(\d+)件（", text)
    assume(found)
    needed = int(found[1])
    assert target.met((total + needed * coming) / whole)
    assert not target.met((total + (needed - 1) * coming) / whole)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_count_is_reached_by_what_is_still_to_be_done(so_far: int, more: int):
    target = parse_target(f"≥{so_far + more}件")
    text = forecast_growth(Fraction(so_far), Fraction(1, 4), target, "件", APRIL).text
    assert text.startswith(f"余下9个月还需完成{more}件，平均每天{-(-more // 275)}件（目标≥{so_far + more}件")


@given(st.integers(0, 30), st.integers(1, 60), st.integers(1, 30))
def test_so_many_more_may_leave_and_not_one_further(left: int, posts: int, per_cent: int):
    target = parse_target(f"≤{per_cent}%")
    assert target is not None
    text = forecast_level(
        Fraction(left), Fraction(posts), 100, Fraction(1, 4), target, Fraction(1), "人", APRIL
    ).text
    found = re.search(r"最多再增加(\d+)人", text)
    if found is None:
        assert not target.met(Fraction(100 * left, posts))
        return
    assert target.met(Fraction(100 * (left + int(found[1])), posts))
    assert not target.met(Fraction(100 * (left + int(found[1]) + 1), posts))


def share(value: str, target: str, whole: int, direction: Direction = Direction.HIGHER) -> str:
    found = forecast_share(
        Fraction(value),
        Fraction(1, 4),
        parse_target(target),
        direction,
        ShareBase(Fraction(whole), "笔"),
        APRIL,
    )
    return found.text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            share("75", "≥80%", 4),
            "余下9个月不低于81.67%，按当前业务量约12笔中至少10笔，全年即可达到目标（≥80%）；当前75%",
        ),
        (share("0", "≥80%", 4), "按余下9个月全部达标测算，全年最高75%，无法达到目标（≥80%）；当前0%"),
        (share("100", "≥20%", 4), "全年已可达到目标（≥20%）；当前100%"),
        (
            share("8", "≤5%", 100, Direction.LOWER),
            "余下9个月控制在4%以内，按当前业务量约300笔中最多12笔，全年即可达到目标（≤5%）；当前8%",
        ),
    ],
)  # fmt: skip
def test_a_share_is_told_with_the_number_of_things(text: str, found: str):
    assert text == found


def test_days_that_are_no_longer_there_cannot_be_asked_for():
    target = parse_target("=365天")
    found = forecast_growth(Fraction(88), Fraction(1, 4), target, "天", APRIL)
    assert found.text == "余下9个月按每天都达标测算，全年最高363天，无法达到目标（=365天）；当前88天"
    assert found.high == 363


def test_a_mean_wait_is_told_what_the_rest_may_be():
    target = parse_target("≤15秒")
    assert target is not None
    found = forecast_ratio(Fraction(18), Fraction(1, 4), target, "秒", APRIL)
    assert found.text == "余下9个月平均不超过14秒（目标≤15秒，当前18秒）"
