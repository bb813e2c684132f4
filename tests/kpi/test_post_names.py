"""Posts that may have been renamed: a figure is not sure of them until somebody says so."""

import pytest

from kpi.figures.figure import Status
from tests.kpi.given import record

RATE = "staffing_in_post_rate"
ESTABLISHED = """
    call 2023-05-02 08:00:00
    posts 2023-01-01 2 话务员
    posts 2023-07-01 2 热线接线员
    delivered roster 2023-01-01..2023-12-31 as of 2024-01-01
    delivered posts 2023-01-01..2023-12-31 as of 2024-01-01"""
OLD_LIST = """
    person R1 joined 2022-01-01 post 话务员
    person R2 joined 2022-01-01 post 话务员"""
NEW_LIST = """
    moved R1 2023-12-31 热线接线员
    moved R2 2023-12-31 热线接线员"""


def shown(figure, period):
    found = figure(RATE, period)
    return found.numerator, found.denominator, found.status, found.low, found.high


@pytest.mark.parametrize("lists", [OLD_LIST, OLD_LIST + NEW_LIST], ids=["old list", "new list"])
def test_a_post_that_nobody_holds_may_be_another_under_a_new_name(given, figure, lists):
    """Nothing yet."""
    record(given, ESTABLISHED + lists)
    assert shown(figure, "2023-06")[:3] == (2, 2, Status.VERIFIABLE)
    for month in ("2023-07", "2023-12"):
        above, below, status, low, high = shown(figure, month)
        assert (above, below, status, low, high) == (2, 2, Status.PARTLY, 50, 100)
    assert "是否由原有岗位改名" in figure(RATE, "2023-07").reason

    record(given, "named post 话务员 热线接线员 from 2023-07-01")
    for month in ("2023-06", "2023-07", "2023-12"):
        assert shown(figure, month)[:3] == (2, 2, Status.VERIFIABLE)


def test_a_post_of_which_it_is_told_that_it_is_new_counts_beside_the_others(given, figure):
    """Nothing yet."""
    record(given, ESTABLISHED + OLD_LIST + "\n named post 热线接线员")
    assert shown(figure, "2023-07")[:3] == (2, 4, Status.VERIFIABLE)


def test_a_vacancy_raises_no_question(given, figure):
    """
    call 2023-05-02 08:00:00
    posts 2023-01-01 2 话务员
    posts 2023-01-01 1 班长
    posts 2023-07-01 1 质检员
    person R1 joined 2022-01-01 post 话务员
    person R2 joined 2023-07-01 post 质检员
    delivered roster 2023-01-01..2023-12-31 as of 2024-01-01
    delivered posts 2023-01-01..2023-12-31 as of 2024-01-01"""
    assert shown(figure, "2023-06")[:3] == (1, 3, Status.VERIFIABLE)
    assert shown(figure, "2023-07")[:3] == (2, 4, Status.VERIFIABLE)


def test_fewer_posts_under_a_new_name_leave_the_bounds_open(given, figure):
    """
    call 2023-05-02 08:00:00
    posts 2023-01-01 3 话务员
    posts 2023-07-01 2 热线接线员
    person R1 joined 2022-01-01 post 话务员
    delivered roster 2023-01-01..2023-12-31 as of 2024-01-01
    delivered posts 2023-01-01..2023-12-31 as of 2024-01-01"""
    assert shown(figure, "2023-07") == (1, 3, Status.PARTLY, None, None)
