"""What moved a figure: contributions that add up to the change, exactly, whatever the numbers are."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.figures.patterns.contributions import (
    Contribution,
    Counted,
    add_up,
    compute_contributions,
    compute_excesses,
)

KEYS = st.sampled_from(["甲", "乙", "丙", None])
PARTS = st.dictionaries(
    KEYS,
    st.builds(
        lambda above, below: Counted(Fraction(above), Fraction(below)), st.integers(0, 50), st.integers(0, 60)
    ),
    min_size=1,
).filter(lambda parts: any(one.below for one in parts.values()))
COUNTS = st.dictionaries(KEYS, st.integers(-5, 90).map(lambda above: Counted(Fraction(above), None)))


def rate(parts):
    whole = add_up(parts)
    return whole.above / whole.below


def counted(above, below=None):
    return Counted(Fraction(above), None if below is None else Fraction(below))


def total(found):
    return sum((one.total for one in found.values()), Fraction(0))


@settings(max_examples=400)
@given(now=PARTS, before=PARTS)
def test_contributions_come_to_the_change_of_the_rate(now, before):
    found = compute_contributions(now, before)
    assert total(found) == rate(now) - rate(before)
    assert found.keys() == now.keys() | before.keys()


@settings(max_examples=200)
@given(now=PARTS, before=PARTS)
def test_what_days_have_beyond_expectation_comes_to_the_change_of_the_rate(now, before):
    assert total(compute_excesses(now, add_up(before))) == rate(now) - rate(before)


@settings(max_examples=200)
@given(now=COUNTS, before=COUNTS)
def test_contributions_to_a_count_come_to_its_change(now, before):
    assert total(compute_contributions(now, before)) == add_up(now).above - add_up(before).above


@settings(max_examples=200)
@given(now=PARTS, before=PARTS)
def test_the_other_way_round_every_contribution_turns_its_sign(now, before):
    back = compute_contributions(before, now)
    for key, one in compute_contributions(now, before).items():
        assert (back[key].own, back[key].weight) == (-one.own, -one.weight)


def test_a_part_whose_rate_fell_is_told_from_one_that_grew():
    """By hand: 甲 falls from 9/10 to 5/10 at the same weight; 乙 stays at 1/2. R: 14/20 → 10/20."""
    found = compute_contributions(
        {"甲": counted(5, 10), "乙": counted(5, 10)}, {"甲": counted(9, 10), "乙": counted(5, 10)}
    )
    assert found == {"甲": Contribution(Fraction(-1, 5)), "乙": Contribution(Fraction(0))}


def test_more_of_what_is_worse_than_the_whole_is_a_loss_though_no_rate_moved():
    """By hand: 甲 90 %, 乙 50 %, weights 1/2 each → 1/4 and 3/4. R̄ = 65 %."""
    found = compute_contributions(
        {"甲": counted(9, 10), "乙": counted(15, 30)}, {"甲": counted(9, 10), "乙": counted(5, 10)}
    )
    assert found == {
        "甲": Contribution(Fraction(0), Fraction(-1, 4) * Fraction(25, 100)),
        "乙": Contribution(Fraction(0), Fraction(1, 4) * Fraction(-15, 100)),
    }


def test_a_part_that_is_new_has_no_rate_to_be_compared():
    found = compute_contributions({"甲": counted(8, 10), "乙": counted(0, 10)}, {"甲": counted(8, 10)})
    assert found["乙"] == Contribution(Fraction(0), Fraction(1, 2) * (0 - Fraction(60, 100)))


def test_a_day_is_set_against_the_rate_of_the_period_before():
    """By hand: 80 % expected of 10 calls are 8; 5 were answered, so 3 of 20 are lost."""
    found = compute_excesses({1: counted(5, 10), 2: counted(9, 10)}, counted(80, 100))
    assert found == {1: Contribution(Fraction(-3, 20)), 2: Contribution(Fraction(1, 20))}
