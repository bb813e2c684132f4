"""Ties go up wherever an evaluation rounds, whether an even or an odd digit stands before the half."""

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest

from kpi.evaluation.claims import read_printed_number
from kpi.evaluation.claims.claim import ClaimOutcome
from kpi.evaluation.claims.rates import RatioClaim
from kpi.evaluation.numbers import round_half_up_to, show_number, show_points, show_share
from kpi.evaluation.surveys.report import format_share as share_of_answers
from kpi.figures.indicators import Rounding
from kpi.figures.indicators.indicator import round_exact
from kpi.figures.patterns.unit_bands import UnitRate

TIES = [("2.125", "2.13"), ("2.135", "2.14"), ("0.005", "0.01"), ("2.1249", "2.12")]


@pytest.mark.parametrize(("exact", "up"), TIES)
def test_scores_are_rounded_half_up(exact: str, up: str):
    value = Fraction(exact)
    assert show_points(value) == up
    assert round_half_up_to(value, 2) == Fraction(up)
    assert round_exact(value, 2) == Decimal(up)


@pytest.mark.parametrize(("exact", "up"), TIES)
def test_shares_of_answers_and_rates_of_units_are_rounded_half_up(exact: str, up: str):
    share = Fraction(exact) / 100
    assert share_of_answers(share) == f"{up}%"
    assert UnitRate("甲局", due=share.denominator, on_time=share.numerator).rate == Decimal(up)


def test_a_number_that_is_short_is_told_in_full_and_no_tie_is_rounded():
    assert show_number(Fraction("2.125")) == "2.125"
    assert show_share(Fraction("0.02125")) == "2.125%"
    assert show_number(Fraction("2.123455"), places=5) == "2.12346"
    assert show_number(Fraction("2.123445"), places=5) == "2.12345"
    assert show_number(Fraction(200, 3)) == "66.67"


@pytest.mark.parametrize(
    ("stated", "outcome"),
    [
        ("2.13%", ClaimOutcome.AGREES),  # half up
        ("2.12%", ClaimOutcome.AGREES),  # cut off
        ("2.14%", ClaimOutcome.DEPARTS),
    ],
)
def test_a_printed_tie_agrees_when_it_was_rounded_up_or_cut_off(stated: str, outcome: ClaimOutcome):
    claim = RatioClaim(
        of="率",
        numerator=read_printed_number("17"),
        denominator=read_printed_number("800"),
        stated=read_printed_number(stated),
    )
    (checked,) = claim.check()
    assert checked.outcome is outcome


@pytest.mark.parametrize(
    ("exact", "half_up", "half_even", "truncated"),
    [
        ("2.125", "2.13", "2.12", "2.12"),
        ("2.135", "2.14", "2.14", "2.13"),
        ("-2.125", "-2.13", "-2.12", "-2.12"),
        ("2.1250001", "2.13", "2.13", "2.12"),
    ],
)
def test_an_indicator_is_rounded_as_its_definition_says(
    exact: str, half_up: str, half_even: str, truncated: str
):
    value = Fraction(exact)
    modes = (Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.TRUNCATED)
    assert [str(round_exact(value, 2, one.mode)) for one in modes] == [half_up, half_even, truncated]
    assert Rounding.HALF_EVEN.mode == ROUND_HALF_EVEN
