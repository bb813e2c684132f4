"""Parts of a score as they are written add up to the score as it is written."""

from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from kpi.evaluation.numbers import show_parts, show_points

_POINTS = st.lists(st.fractions(min_value=0, max_value=40, max_denominator=997), min_size=1, max_size=8)


def test_thirds_add_up_to_the_whole() -> None:
    third = Fraction(100, 3)
    assert [show_points(third)] * 3 == ["33.33"] * 3  # one by one a hundredth is lost
    assert show_parts([third] * 3) == ["33.33", "33.34", "33.33"]


@given(parts=_POINTS, start=st.fractions(min_value=0, max_value=100, max_denominator=991))
def test_every_sum_from_the_beginning_is_the_one_written(parts: list[Fraction], start: Fraction) -> None:
    shown = accumulate(map(Decimal, show_parts(parts, start)), initial=Decimal(show_points(start)))
    assert list(shown) == [Decimal(show_points(end)) for end in accumulate(parts, initial=start)]


@given(parts=_POINTS)
def test_no_part_is_written_more_than_a_hundredth_off(parts: list[Fraction]) -> None:
    for part, shown in zip(parts, show_parts(parts), strict=True):
        assert abs(part - Fraction(shown)) <= Fraction(1, 100)
