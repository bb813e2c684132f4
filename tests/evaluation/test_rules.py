"""Rules: an actual value, a target and a weight give exact points."""

from fractions import Fraction

import pytest

from kpi.evaluation.actual import Amount, GivenGrade, MetPoints, QuarterlyRates
from kpi.evaluation.numbers import show_points
from kpi.evaluation.rules import RULES, ScoreProblem
from kpi.evaluation.rules.grades import Grades, Qualitative
from kpi.evaluation.rules.linear import Linear, Quarterly
from kpi.evaluation.rules.lists import AllOrNothingRule, ChecklistRule, StepsRule
from kpi.evaluation.rules.points_off import PerItem, PerPoint
from kpi.evaluation.rules.proportion import AtMostRule, MetOrProRata, RateRule, SelfEvaluation
from kpi.evaluation.rules.rule import ScoringRule
from kpi.evaluation.target import parse_target


def points(rule: ScoringRule, actual: str, target: str = "", weight: str = "1") -> Fraction:
    found = rule.score(Amount(Fraction(actual)), parse_target(target), Fraction(weight))
    assert found.reason
    return found.points


def met(*flags: bool | None) -> MetPoints:
    return MetPoints(flags)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [("98", "6"), ("99", "6"), ("49", "3"), ("0", "0"), ("-1", "0"), ("97.99", "5.999387755")],
)
def test_met_or_pro_rata(actual: str, expected: str):
    found = points(MetOrProRata(), actual, "≥98%", "6")
    assert abs(found - Fraction(expected)) < Fraction(1, 10**8)


@pytest.mark.parametrize(
    ("actual", "target", "expected"),
    [("7.56", "≤7.56万元", "6"), ("2.54", "≤5万元", "6"), ("7.5", "≤5万元", "3"), ("10", "≤5万元", "0"),
     ("99", "≤5万元", "0"), ("0", "≤0件", "6"), ("1", "≤0件", "0")],
)  # fmt: skip
def test_at_most_never_falls_below_nothing(actual: str, target: str, expected: str):
    assert points(AtMostRule(), actual, target, "6") == Fraction(expected)


@pytest.mark.parametrize(
    ("actual", "target", "expected"),
    [
        ("90", "≥90%", "10"),
        ("45", "≥90%", "5"),
        ("2", "=1个", "10"),  # the official engine: beyond an exact target counts as met
        ("0", "=0件", "10"),
        ("1", "=0件", "0"),
        ("1.999", "≤1件", "0.01"),
        ("2", "≤1件", "0"),
        ("1", "≥3件", "3.33"),  # rounded half up to two places, as the engine does
        ("1.0005", "≤1件", "10"),  # 9.995 rounds half up
    ],
)
def test_the_official_arithmetic_of_the_self_evaluation(actual: str, target: str, expected: str):
    assert points(SelfEvaluation(), actual, target, "10") == Fraction(expected)


def test_each_point_off_costs_its_share_and_parts_of_a_point_count():
    rule = PerPoint(Fraction(4, 100))
    assert points(rule, "14.3", "≤10%", "2") == Fraction("1.656")
    exact = rule.score(Amount(Fraction(500, 35)), parse_target("≤10%"), Fraction(2)).points
    assert exact == 2 * (1 - Fraction(4, 100) * (Fraction(500, 35) - 10))
    assert show_points(exact) == "1.66"
    assert points(rule, "10", "≤10%", "2") == 2
    assert points(rule, "36", "≤10%", "2") == 0


def test_a_target_that_is_no_percentage_is_left_by_per_cent_of_itself():
    assert points(PerPoint(Fraction(5, 100)), "4900", "≥5000件", "5") == Fraction("4.5")


def test_below_the_cliff_there_is_nothing():
    rule = PerPoint(Fraction(2, 100), cliff=Fraction(60))
    assert points(rule, "60", "≥100%", "3") == Fraction("0.6")
    assert points(rule, "59.99", "≥100%", "3") == 0


@pytest.mark.parametrize(
    ("full", "zero", "actual", "expected"),
    [("95", "85", "95", "5"), ("95", "85", "85", "0"), ("95", "85", "93", "4"), ("95", "85", "120", "5"),
     ("0", "10", "0", "5"), ("0", "10", "2.5", "3.75"), ("100", "115", "110", "5/3"), ("0", "50", "60", "0")],
)  # fmt: skip
def test_the_straight_line_runs_either_way(full: str, zero: str, actual: str, expected: str):
    assert points(Linear(Fraction(full), Fraction(zero)), actual, weight="5") == Fraction(expected)


def test_a_score_between_the_ends_stands_for_a_value():
    assert Linear(Fraction(95), Fraction(85)).find_implied_value(Fraction(4), Fraction(5)) == 93


def test_a_ratio_is_never_worth_more_than_its_weight():
    assert points(RateRule(), "94.79", weight="5") == Fraction("4.7395")
    assert points(RateRule(), "130", weight="5") == 5
    assert points(RateRule(of=Fraction(100)), "80", weight="5") == 4


def test_a_checklist_counts_shares_or_takes_off_for_each_missing_point():
    three = met(True, False, True)
    assert ChecklistRule().score(three, None, Fraction(3)).points == 2
    given = ChecklistRule(shares=(Fraction(4, 10), Fraction(3, 10), Fraction(3, 10)))
    assert given.score(three, None, Fraction(3)).points == Fraction("2.1")
    taken = ChecklistRule(each_missing=Fraction(33, 100))
    assert taken.score(met(False, True, False), None, Fraction(3)).points == Fraction("1.02")
    assert taken.score(met(False, False, False), None, Fraction(3)).points == 0
    assert ChecklistRule(at_least=2).score(met(True, False, None), None, Fraction(2)).points == 0


def test_twenty_per_cent_and_eighty_per_cent_of_five_sixths():
    shares = (Fraction(1, 10), Fraction(1, 10), *(Fraction(2, 15),) * 6)
    actual = met(True, True, False, True, True, True, True, True)
    assert ChecklistRule(shares=shares).score(actual, None, Fraction(3)).points == Fraction("2.6")


def test_one_missing_point_of_all_or_nothing_is_nothing():
    assert AllOrNothingRule().score(met(True, True), None, Fraction(2)).points == 2
    scored = AllOrNothingRule().score(met(True, None), None, Fraction(2))
    assert (scored.points, "1项无法核实" in scored.reason) == (0, True)


@pytest.mark.parametrize(("count", "expected"), [(8, 8), (7, 6), (6, 4), (5, 2), (4, 0), (0, 0)])
def test_steps(count: int, expected: int):
    rule = StepsRule({8: Fraction(8), 7: Fraction(6), 6: Fraction(4), 5: Fraction(2)})
    actual = met(*(place < count for place in range(8)))
    assert rule.score(actual, None, Fraction(8)).points == expected


def test_grades_and_an_unknown_grade():
    rule = Grades({"优秀": Fraction(5), "良好": Fraction(3), "不合格": Fraction(0)})
    assert rule.score(GivenGrade("良好"), None, Fraction(5)).points == 3
    with pytest.raises(ScoreProblem, match="没有“极好”这一等；可以写的是 优秀、良好、不合格"):
        rule.score(GivenGrade("极好"), None, Fraction(5))


@pytest.mark.parametrize(
    ("word", "share", "expected"),
    [("达成", None, "10"), ("达成", "0.8", "8"), ("部分达成", "0.79", "7.9"), ("部分达成", "0.6", "6"),
     ("未达成", "0.59", "5.9"), ("未达成", "0", "0")],
)  # fmt: skip
def test_the_official_bands_of_qualitative_indicators(word: str, share: str | None, expected: str):
    actual = GivenGrade(word, None if share is None else Fraction(share))
    assert Qualitative().score(actual, None, Fraction(10)).points == Fraction(expected)


@pytest.mark.parametrize(
    ("word", "share"), [("部分达成", "0.8"), ("未达成", "0.6"), ("达成", "0.79"), ("部分达成", None)]
)
def test_a_share_outside_its_band_is_refused(word: str, share: str | None):
    with pytest.raises(ScoreProblem, match="之间的比例"):
        Qualitative().score(GivenGrade(word, None if share is None else Fraction(share)), None, Fraction(10))


def test_each_failing_item_costs_its_share():
    assert points(PerItem(Fraction(3, 100)), "1", weight="4") == Fraction("3.88")
    assert points(PerItem(Fraction(3, 100)), "40", weight="4") == 0


def test_four_quarters_add_up():
    rule = Quarterly(Fraction(95), Fraction(85))
    quarters = QuarterlyRates((Fraction(95), Fraction(90), Fraction(85), Fraction(100)))
    assert rule.score(quarters, None, Fraction(8)).points == 5
    with pytest.raises(ScoreProblem, match="四个季度"):
        rule.score(QuarterlyRates((Fraction(95),)), None, Fraction(8))


def test_every_rule_of_the_registry_says_what_it_is():
    assert all(rule.kind == kind and rule.about for kind, rule in RULES.items())
