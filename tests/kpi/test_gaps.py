"""No gap is lost between a figure, its reason, what is stored of it and what mends it."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from hypothesis import given as drawn
from hypothesis import strategies as st

from kpi.figures import results
from kpi.figures.day_runs import find_runs
from kpi.figures.figure import Figure
from kpi.figures.figure_table import read_figures
from kpi.figures.gap import Gap, GapCode, read_gaps, write_gaps
from kpi.figures.gap_words import find_remedy, word_gap, word_gaps
from kpi.figures.indicators import INDICATORS
from kpi.figures.shared_gaps import LACKING, group_gaps
from kpi.figures.sources import SOURCES
from tests.kpi.drawn import quarter
from tests.kpi.given import record
from tracker.events.times import get_day_start
from tracker.periods import Quarter, Year

CARRIED = (GapCode.CARRIED_NEVER, GapCode.CARRIED_MISSING, GapCode.CARRIED_EARLIER)
PERIODS = (Year(2024), *(Quarter(2024, number) for number in (1, 2)), *Year(2024).months)
DAYS = st.dates(date(2023, 1, 1), date(2024, 12, 31))
MORE = """
delivered work_orders 2024-04-01..2024-04-20 as of 2024-05-02
delivered work_orders 2024-05-01..2024-05-31 as of 2024-06-02
delivered calls 2024-08-02..2024-08-05 as of 2024-08-06"""


@st.composite
def gaps(draw: st.DrawFn) -> Gap:
    """Any gap that a figure can have: rows that last are carried, those of the others are not."""
    code = draw(st.sampled_from(GapCode))
    key = draw(st.sampled_from([key for key, one in SOURCES.items() if one.begun or code not in CARRIED]))
    days = draw(
        st.dictionaries(st.dates(date(2023, 1, 1), date(2024, 12, 31)), st.integers(1, 23), min_size=1)
    )
    rows, titles = (
        draw(st.integers(1, 5000)),
        draw(st.sets(st.sampled_from(["办结时限", "回访"]), min_size=1)),
    )
    gone = draw(st.sets(st.sampled_from(sorted(days))))
    return Gap(
        code, key, find_runs(SOURCES[key].rhythm, days, gone), rows, draw(st.integers(0, rows)), tuple(titles)
    )


@drawn(gaps())
def test_every_gap_is_said_and_mended(gap: Gap):
    assert word_gap(gap) and not word_gap(gap).endswith("。")
    assert find_remedy(gap).endswith("。")


@drawn(st.lists(gaps()))
def test_gaps_come_back_from_their_json(found: list[Gap]):
    assert read_gaps(write_gaps(found)) == tuple(found)


@drawn(
    st.sets(st.dates(date(2023, 1, 1), date(2024, 12, 31))),
    st.sets(st.dates(date(2023, 1, 1), date(2024, 12, 31))),
)
def test_runs_hold_every_day_that_lacks(whole: set[date], partly: set[date]):
    missing = dict.fromkeys(whole | partly, 24) | dict.fromkeys(partly, 5)
    runs = find_runs(SOURCES["probes"].rhythm, missing, whole - partly)
    days = [run.first + timedelta(days=n) for run in runs for n in range((run.last - run.first).days + 1)]
    assert days == sorted(missing)
    assert sum(run.lacking for run in runs) == sum(missing.values())


@pytest.mark.parametrize("seed", [3, 8])
def test_a_reason_names_the_gaps_and_no_others(connection: sa.Connection, seed: int):
    record(connection, quarter(Random(seed)) + MORE)
    results.bring_up_to_date(connection, "tlf", get_day_start(date(2024, 8, 10)))
    found = read_figures(connection, "tlf", PERIODS)
    for figure in found:
        assert bool(figure.gaps) == (figure.status in LACKING), figure.reason
        if figure.gaps:
            assert gaps_said(figure) == f"{word_gaps(figure.gaps)}。", figure.reason
    met = {gap.code for figure in found for gap in figure.gaps}
    assert {GapCode.MISSING, GapCode.OWED, GapCode.NOTHING, GapCode.CARRIED_MISSING} <= met
    lacks = group_gaps((INDICATORS[one.indicator], one) for one in found)
    assert {one.gap: len(one.affected) for one in lacks} == Counter(
        gap for figure in found for gap in figure.gaps
    )


def gaps_said(figure: Figure) -> str:
    """The first sentence of a reason, from where it turns to what lacks."""
    first, stop, _ = figure.reason.partition("。")
    return (first.partition("，而")[2] or first) + stop
