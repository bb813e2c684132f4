"""The five published evaluations: every third-level score beside the rule's, every total, every grade."""

from fractions import Fraction

import pytest

from kpi.evaluation.numbers import round_half_up_to, show_points
from kpi.evaluation.scoring import GroupScore, ItemScore, ScoreVerdict, flatten_tree
from tests.evaluation.cases import KEYS, published, scheme_of
from tests.evaluation.published_scores import SCORES as PUBLISHED

SCORES = [pytest.param(key, one, id=f"{key}-{one.item.code}") for key in KEYS for one in published(key).items]
DEPARTURES = {  # code → by rule, as published; nobody says why
    ("turpan-2022", "A201"): ("2.6", "2.59"),
    ("zizhou-2021", "C201"): ("9.8", "8"),
    ("zizhou-2021", "D201"): ("9.47", "8"),
    ("tianmen-2022", "B101"): ("0", "4"),
    ("tianmen-2022-project-1", "A01"): ("5.87", "20"),
    ("tianmen-2022-project-2", "A01"): ("5.98", "20"),
    ("urumqi-2023", "B102"): ("2.94", "3"),
}
PANEL = {
    ("urumqi-2023", "A201"): ("2.4", "2.33"),
    ("urumqi-2023", "A202"): ("1.6", "1.53"),
    ("urumqi-2023", "B201"): ("1.02", "1.14"),
    ("urumqi-2023", "B202"): ("0.5", "0.43"),
    ("urumqi-2023", "C101"): ("3.93", "4.08"),
    ("urumqi-2023", "D202"): ("4", "3.86"),
}
WITHOUT_ACTUAL_VALUE = {
    ("tianmen-2022", code)
    for code in ("A202", "B102", "B103", "B104", "B105", "B106", "B302", "D101")
} | {("tianmen-2022-project-1", "C301")}  # fmt: skip


@pytest.mark.parametrize(("key", "one"), SCORES)
def test_every_third_level_score_is_the_rules_or_its_departure_is_known(key: str, one: ItemScore):
    by_rule = None if one.rule is None else round_half_up_to(one.rule.points, 2)
    stated, place = one.told.decided, (key, one.item.code)
    if place in DEPARTURES | PANEL:
        assert (by_rule, stated) == tuple(map(Fraction, (DEPARTURES | PANEL)[place]))
        assert one.verdict is (ScoreVerdict.DEPARTS if place in DEPARTURES else ScoreVerdict.BY_PANEL)
    elif place in WITHOUT_ACTUAL_VALUE:
        assert (by_rule, one.verdict) == (None, ScoreVerdict.UNCHECKED)
    else:
        assert by_rule is not None and stated in (by_rule, None)
        assert one.verdict in (ScoreVerdict.AGREES, ScoreVerdict.BY_RULE)
    assert one.final.points == (by_rule if stated is None else stated)


@pytest.mark.parametrize("key", KEYS)
def test_every_score_is_that_of_the_report(key: str):
    """Held against a table of its own, so that no file that is shipped can change unseen."""
    lines = [line.split() for line in PUBLISHED[key].strip().splitlines()]
    found = [
        [one.item.code, "-" if one.rule is None else show_points(one.rule.points), _told(one)]
        for one in published(key).items
    ]
    assert found == lines


def _told(one: ItemScore) -> str:
    return "-" if one.told.decided is None else show_points(one.told.decided)


@pytest.mark.parametrize(
    ("key", "total", "rating"),
    [
        ("turpan-2022", "93.59", "优"),
        ("zizhou-2021", "96", "优"),
        ("tianmen-2022", "98", "优"),
        ("tianmen-2022-project-1", "100", "优"),
        ("tianmen-2022-project-2", "100", "优"),
        ("tianmen-2022-project-3", "100", "优"),
        ("changji-2023", "96.39", "优"),
        ("urumqi-2023", "79.75", "中"),
    ],
)
def test_every_total_and_grade_is_reproduced(key: str, total: str, rating: str):
    evaluation = published(key)
    assert (evaluation.total, evaluation.rating) == (Fraction(total), rating)
    assert (evaluation.facts.total, evaluation.facts.rating) == (Fraction(total), rating)


@pytest.mark.parametrize("key", KEYS)
def test_every_printed_sum_of_a_group_is_reproduced(key: str):
    for part in flatten_tree(published(key).parts):
        if isinstance(part, GroupScore) and part.printed is not None:
            assert part.final.points == part.printed


def test_by_its_own_formula_turpan_is_a_hundredth_better():
    assert published("turpan-2022").score("A201").rule.points == Fraction("2.6")
    assert published("turpan-2022").rule_total == Fraction("93.6")


def test_a_number_that_nothing_backs_loses_what_the_scheme_says():
    turpan, urumqi = published("turpan-2022"), published("urumqi-2023")
    assert turpan.score("C201").rule.points == 0
    assert [urumqi.score(code).rule.points for code in ("C102", "C103")] == [Fraction("2.5")] * 2


def test_a_total_just_under_eighty_is_not_rounded_into_the_better_grade():
    scheme = scheme_of("urumqi-2023")
    assert scheme.rating(Fraction("79.999")) == "中"
    assert scheme.rating(Fraction(80)) == "良"
    assert (scheme.rating(Fraction(70)), scheme.rating(Fraction("70.001"))) == ("差", "中")
