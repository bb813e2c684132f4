"""Seats by their states: a hand-made month, counted apart; what is not told stays unknown and is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Figure, Status
from kpi.figures.forks import list_forks
from kpi.figures.indicators import INDICATORS
from kpi.figures.rows import read_figure_rows
from tests.centre import NOW, Centre
from tests.kpi.test_never_surer import hold
from tracker.database import Database
from tracker.periods import Month

MAY = Month(2023, 5)
DAYS = [MAY.first_day + timedelta(days=number) for number in range(-30, 31)]
TITLES = ("坐席工号", "座席状态", "状态开始时间", "状态结束时间")
FIGURES = ("seats_staffed_rate", "agent_occupancy_rate", "agent_mean_wrap_up", "agent_not_ready_rate")
Stint = tuple[str, str, str, str]  # agent, state, start and end as clocks; an end before its start: next day


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


PLAIN_DAY: tuple[Stint, ...] = (
    ("101", "签入", "07:59:47", ""),
    ("101", "空闲", "07:59:47", "09:00:07"),
    ("101", "通话", "09:00:07", "10:30:07"),
    ("101", "整理", "10:30:07", "10:40:07"),
    ("101", "小休", "10:40:07", "11:00:07"),
    ("101", "示忙", "11:00:07", "12:00:07"),
    ("101", "签出", "12:00:07", ""),
    ("102", "空闲", "21:59:47", "01:59:47"),  # over midnight
    ("102", "签出", "01:59:47", ""),
)
# of a day, in hours, by hand: 101 is there from 07:59:47 to 12:00:07, 102 for four hours
HANDLED, REST = Fraction(100, 60), Fraction(20, 60)
THERE_101 = 4 + Fraction(20, 3600)
THERE = THERE_101 + 4


def row(day: date, stint: Stint) -> list[str]:
    agent, state, start, end = stint
    over = day + timedelta(days=bool(end) and end < start)
    begins = day + timedelta(days=start < "03:00:00")
    return [agent, state, f"{begins} {start}", f"{max(over, begins)} {end}" if end else ""]


def deliver(here: Centre, rows: Sequence[Sequence[str]], titles: Sequence[str] = TITLES) -> None:
    here.take_in("座席状态.csv", titles, rows)


def plain_rows(plain: Sequence[Stint] = PLAIN_DAY) -> list[list[str]]:
    return [row(day, stint) for day in DAYS for stint in plain]


def contract(here: Centre, *rows: Sequence[str]) -> None:
    here.take_in("合同坐席.csv", ["生效日期", "星期", "起始时间", "结束时间", "坐席数"], rows)


def hours(figure: Figure) -> tuple[Fraction | None, Fraction | None]:
    return figure.numerator, figure.denominator


def test_a_month_of_states_is_counted_as_by_hand(here: Centre) -> None:
    deliver(here, plain_rows())
    contract(
        here, ["2023-01-01", "每天", "8:00", "12:00", "1"], ["2023-01-01", "每天", "22:00", "24:00", "2"]
    )
    found = here.figures(MAY, *FIGURES)
    assert {figure.status for figure in found.values()} == {Status.VERIFIABLE}
    assert hours(found["agent_occupancy_rate"]) == (31 * HANDLED, 31 * (THERE - REST))
    assert hours(found["agent_not_ready_rate"]) == (31, 31 * THERE)
    assert hours(found["agent_mean_wrap_up"]) == (31 * 600, 31)
    # of 4 × 1 and 2 × 2 seat hours 102 fills half of the latter
    assert hours(found["seats_staffed_rate"]) == (31 * 6, 31 * 8)
    assert str(found["seats_staffed_rate"].value) == "75.00"


@pytest.mark.parametrize("key", FIGURES)
def test_the_rows_behind_a_figure_come_to_its_number(here: Centre, key: str) -> None:
    deliver(here, plain_rows())
    contract(here, ["2023-01-01", "周一至周五", "8", "12", "1"], ["2023-01-01", "周六、周日", "8", "10", "3"])
    figure = here.figures(MAY, key)[key]
    with here.database.engine.connect() as connection:
        for part, number in (("numerator", figure.numerator), ("denominator", figure.denominator)):
            shown = read_figure_rows(connection, INDICATORS[key], figure, part, limit=100_000, offset=0)
            assert shown.agrees is True and number is not None


def test_a_new_timetable_takes_the_place_of_the_one_before(here: Centre) -> None:
    deliver(here, plain_rows())
    contract(here, ["2023-01-01", "每天", "8", "12", "2"], ["2023-05-11", "周一至周日", "8", "10", "1"])
    staffed = here.figures(MAY, "seats_staffed_rate")["seats_staffed_rate"]
    assert hours(staffed) == (10 * 4 + 21 * 2, 10 * 8 + 21 * 2)


def test_without_a_timetable_there_is_nothing_to_divide_by(here: Centre) -> None:
    deliver(here, plain_rows())
    assert here.figures(MAY, "seats_staffed_rate")["seats_staffed_rate"].status is Status.NOT_APPLICABLE


def test_a_state_that_was_never_ended_is_bounded_and_named(here: Centre) -> None:
    """103 is idle from 8 on and nobody says until when; the next thing told is a sign-in at 11."""
    rows = plain_rows()
    rows += [
        row(MAY.first_day, ("103", "空闲", "08:00:01", "")),
        row(MAY.first_day, ("103", "签入", "11:00:00", "")),
    ]
    rows += [row(MAY.first_day, ("103", "签出", "12:00:00", ""))]
    deliver(here, rows)
    contract(here, ["2023-01-01", "每天", "8", "12", "2"])
    found = here.figures(MAY, *FIGURES)
    staffed, busy = found["seats_staffed_rate"], found["agent_not_ready_rate"]
    assert staffed.status is busy.status is Status.PARTLY
    assert "当时在座席的人数" in staffed.reason and "是否签入" in busy.reason
    assert staffed.low is not None and staffed.high is not None
    # surely 124 + the hour from 11 on; perhaps 3 more
    assert staffed.low <= Fraction(125 * 100, 248) <= Fraction(128 * 100, 248) <= staffed.high
    assert found["agent_mean_wrap_up"].status is Status.VERIFIABLE


def test_who_never_signed_out_may_be_there_for_a_day_and_no_longer(here: Centre) -> None:
    deliver(here, [*plain_rows(), row(date(2023, 5, 10), ("104", "空闲", "20:00:01", ""))])
    contract(here, ["2023-01-01", "每天", "0", "24", "3"])
    staffed = here.figures(MAY, "seats_staffed_rate")["seats_staffed_rate"]
    surely = 31 * THERE
    assert staffed.low is not None and staffed.high is not None
    assert staffed.low <= 100 * surely / (31 * 72)
    assert 100 * (surely + 24) / (31 * 72) <= staffed.high < 100 * (surely + 25) / (31 * 72)


def test_two_states_at_once_are_neither(here: Centre) -> None:
    """101 was there, but nobody knows whether she talked or rested from 10:00 to 10:30."""
    deliver(here, [*plain_rows(), row(MAY.first_day, ("101", "小休", "10:00:00", "10:30:00"))])
    found = here.figures(MAY, "agent_occupancy_rate", "agent_not_ready_rate")
    occupancy = found["agent_occupancy_rate"]
    assert occupancy.status is Status.PARTLY and "座席状态" in occupancy.reason
    half, there = Fraction(1, 2), 31 * (THERE - REST)
    talked, rested = 100 * 31 * HANDLED / there, 100 * (31 * HANDLED - half) / (there - half)
    assert occupancy.low is not None and occupancy.high is not None
    assert occupancy.low <= min(talked, rested) <= max(talked, rested) <= occupancy.high
    assert found["agent_not_ready_rate"].denominator == 31 * THERE - half  # what she may have done


def test_a_wrap_up_under_another_state_has_no_length(here: Centre) -> None:
    deliver(here, [*plain_rows(), row(MAY.first_day, ("101", "通话", "10:35:00", "10:38:00"))])
    mean = here.figures(MAY, "agent_mean_wrap_up")["agent_mean_wrap_up"]
    assert (mean.status, hours(mean)) == (Status.PARTLY, (30 * 600, 30))


def test_a_state_of_the_eve_that_reaches_into_the_next_day_is_held_against_it(here: Centre) -> None:
    """102 is idle until 02:00 by the eve, and signed in anew at 01:00 by the day itself."""
    deliver(here, [*plain_rows(), row(date(2023, 5, 9), ("102", "示忙", "01:00:00", "01:30:00"))])
    found = here.figures(MAY, "agent_not_ready_rate")["agent_not_ready_rate"]
    assert found.status is Status.PARTLY
    assert found.low is not None and found.high is not None
    assert found.low <= 100 / THERE <= found.high


def test_a_sign_out_speaks_against_what_the_eve_says_to_last_longer(here: Centre) -> None:
    """102 is idle from 22 to 06 by one row, and signs out at 02 by another."""
    night = [
        *(row(day, ("102", "空闲", "21:59:47", "05:59:47")) for day in DAYS),
        *(row(day, ("102", "签出", "01:59:47", "")) for day in DAYS),
    ]
    deliver(here, night)
    busy = here.figures(MAY, "agent_not_ready_rate")["agent_not_ready_rate"]
    assert busy.status is Status.PARTLY and "是否签入" in busy.reason
    assert busy.denominator is not None and busy.denominator < 31 * 4 + 1


def test_a_sign_out_with_the_eves_end_or_a_second_before_it_is_no_contradiction(here: Centre) -> None:
    rows = [
        one if one[:2] != ["102", "签出"] else [*one[:2], one[2].replace(":47", ":46"), one[3]]
        for one in plain_rows()
    ]
    deliver(here, rows)
    busy = here.figures(MAY, "agent_not_ready_rate")["agent_not_ready_rate"]
    assert (busy.status, hours(busy)) == (Status.VERIFIABLE, (31, 31 * THERE))


def test_a_state_that_begins_with_the_sign_in_counts_in_whatever_order_rows_come(here: Centre) -> None:
    """As platforms list them, the newest first: the sign-in of the same second comes last."""
    stints = [("101", "签入", "08:00:07", ""), ("101", "示忙", "08:00:07", "09:00:07")]
    stints += [("101", "通话", "09:00:07", "11:00:07"), ("101", "签出", "11:00:07", "")]
    deliver(here, plain_rows(stints)[::-1])
    busy = here.figures(MAY, "agent_not_ready_rate")["agent_not_ready_rate"]
    assert (busy.status, hours(busy)) == (Status.VERIFIABLE, (31, 31 * 3))


def test_a_wrap_up_told_twice_is_not_two(here: Centre) -> None:
    """Two exports tell the same wrap-up three seconds apart."""
    deliver(here, plain_rows())
    deliver(here, [row(MAY.first_day, ("101", "整理", "10:30:10", "10:40:10"))])
    mean = here.figures(MAY, "agent_mean_wrap_up")["agent_mean_wrap_up"]
    assert (mean.status, hours(mean)) == (Status.PARTLY, (30 * 600, 30))


def test_a_log_of_changes_lasts_from_one_to_the_next(here: Centre) -> None:
    """As some platforms write it: a moment and a state, and no end."""
    changes = [stint[:3] for stint in PLAIN_DAY[1:7]]
    rows = [[agent, state, f"{day} {start}"] for day in DAYS for agent, state, start in changes]
    deliver(here, rows, TITLES[:3])
    found = here.figures(MAY, "agent_occupancy_rate", "agent_mean_wrap_up")
    assert hours(found["agent_occupancy_rate"]) == (31 * HANDLED, 31 * (THERE_101 - REST))
    assert hours(found["agent_mean_wrap_up"]) == (31 * 600, 31)
    assert found["agent_occupancy_rate"].status is Status.VERIFIABLE


def test_two_changes_of_one_second_leave_open_which_of_them_lasted(here: Centre) -> None:
    rows = [
        ["101", state, f"{day} {at}"]
        for day in DAYS
        for state, at in (("空闲", "08:00:01"), ("签出", "09:00:01"))
    ]
    rows.append(["101", "通话", "2023-05-01 08:00:01"])
    deliver(here, rows, TITLES[:3])
    occupancy = here.figures(MAY, "agent_occupancy_rate")["agent_occupancy_rate"]
    assert occupancy.status is Status.PARTLY
    assert (occupancy.numerator, occupancy.denominator) == (0, 30)


def test_a_length_in_the_place_of_an_end_tells_the_same(here: Centre) -> None:
    rows = []
    for agent, state, start, end in plain_rows():
        lasts = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).seconds if end else ""
        rows.append([agent, state, start, f"{lasts}"])
    deliver(here, rows, [*TITLES[:3], "状态持续时长（秒）"])
    found = here.figures(MAY, "agent_occupancy_rate", "agent_not_ready_rate")
    assert hours(found["agent_occupancy_rate"]) == (31 * HANDLED, 31 * (THERE - REST))
    assert found["agent_not_ready_rate"].status is Status.VERIFIABLE


def test_a_word_that_means_two_things_is_held_back_and_an_end_that_cannot_be_is_not_believed(
    here: Centre,
) -> None:
    bad = [
        ["105", "忙碌", "2023-05-02 08:00:00", "2023-05-02 09:00:00"],
        ["105", "空闲", "2023-05-02 08:00:00", "2023-05-05 09:00:00"],
        ["105", "空闲", "2023-05-02 08:00:00", "2023-05-02 07:00:00"],
    ]
    report = here.take_in("座席状态.csv", TITLES, [*plain_rows(), *bad])
    assert [(table.quarantined, table.doubtful) for table in report.tables] == [(1, 2)]
    occupancy = here.figures(MAY, "agent_occupancy_rate")["agent_occupancy_rate"]
    assert (
        occupancy.status is Status.PARTLY
        and "有1行未导入" in occupancy.reason
        and "“是否签入”不全" in occupancy.reason
    )


def test_a_day_without_its_log_is_missing(here: Centre) -> None:
    deliver(here, [one for one in plain_rows() if not one[2].startswith("2023-05-20")])
    occupancy = here.figures(MAY, "agent_occupancy_rate")["agent_occupancy_rate"]
    assert occupancy.status is Status.PARTLY and "5月20日" in occupancy.reason


def test_times_without_seconds_give_no_length(here: Centre) -> None:
    deliver(here, [[*one[:2], *(at[:16] for at in one[2:])] for one in plain_rows()])
    contract(here, ["2023-01-01", "每天", "8", "12", "1"])
    found = here.figures(MAY, *FIGURES)
    assert found["agent_occupancy_rate"].status is Status.UNVERIFIABLE
    staffed = found["seats_staffed_rate"]
    assert staffed.low is not None and staffed.high is not None
    assert staffed.status is Status.PARTLY and staffed.low < 100 <= staffed.high


def test_forks_count_the_same_states_otherwise(here: Centre) -> None:
    deliver(here, [*plain_rows(), *(row(day, ("101", "振铃", "07:58:47", "07:59:47")) for day in DAYS)])
    contract(here, ["2023-01-01", "每天", "8", "13", "1"])

    def by(key: str) -> dict[str, Figure]:
        forks = list_forks(key)
        with here.database.engine.connect() as connection:
            found = compute_figures_by(connection, here.code, [one.definition for one in forks], [MAY], NOW)
        return {fork.name: one[MAY] for fork, one in zip(forks, found, strict=True)}

    here.figures(MAY, *FIGURES)  # brings the daily sums up to date
    occupancy, staffed = by("agent_occupancy_rate"), by("seats_staffed_rate")
    assert hours(occupancy["of_signed_in"]) == (31 * HANDLED, 31 * (THERE + Fraction(1, 60)))
    assert hours(occupancy["with_ringing"]) == (31 * Fraction(101, 60), 31 * (THERE - REST + Fraction(1, 60)))
    assert hours(staffed["whole_hours"]) == (31 * 4, 31 * 5)


# ---- never surer than the log


@dataclass(frozen=True)
class Shift:
    """What an agent truly did one after the other on a day, and how some of its rows were spoilt."""

    day: int  # of May
    start: int  # minutes after midnight
    parts: tuple[tuple[str, int, str], ...]  # state, seconds, spoilt
    signs_out: bool

    def spans(self) -> list[tuple[str, datetime, datetime, str]]:
        at = datetime(2023, 5, self.day) + timedelta(minutes=self.start, seconds=7)
        found = []
        for state, seconds, spoilt in self.parts:
            end = at + timedelta(seconds=seconds)
            found.append((state, at, end, spoilt))
            at = end
        return found

    def rows(self, agent: str) -> list[list[str]]:
        made = []
        for state, start, end, spoilt in self.spans():
            told = "" if spoilt == "unended" else "下班" if spoilt == "garbled end" else f"{end}"
            made.append([agent, "忙碌" if spoilt == "state" else state, f"{start}", told])
        if self.signs_out and self.parts:
            made.append([agent, "签出", f"{self.spans()[-1][2]}", ""])
        return made


shifts = st.builds(
    Shift,
    day=st.integers(1, 31),
    start=st.integers(0, 1439),
    parts=st.lists(
        st.tuples(
            st.sampled_from(["空闲", "通话", "整理", "小休", "示忙"]),
            st.integers(1, 20_000),
            st.sampled_from(["", "", "", "unended", "garbled end", "state"]),
        ),
        max_size=4,
    ).map(tuple),
    signs_out=st.booleans(),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(shifts, min_size=1, max_size=6))
def test_figures_of_seats_hold_whatever_is_left_out_or_garbled(
    database: Database, home: Path, drawn: list[Shift]
) -> None:
    here = Centre(database, home)
    plain = [row(day, stint) for day in DAYS for stint in PLAIN_DAY[:7]]
    evening = row(DAYS[0], ("900", "签出", "20:00:07", ""))  # else the clock might be one of twelve hours
    rows = [one for n, shift in enumerate(drawn) for one in shift.rows(f"{500 + n}")]
    deliver(here, [*plain, evening, *rows])
    contract(here, ["2023-01-01", "每天", "8", "12", "2"])
    spans = [span[:3] for shift in drawn for span in shift.spans()]
    for number in range(31):
        day = datetime(2023, 5, 1) + timedelta(days=number)
        clocks = [day + timedelta(hours=8, seconds=-13), *(day + one for one in _INNER)]
        states = ("空闲", "通话", "整理", "小休", "示忙")
        spans += list(zip(states, clocks, clocks[1:], strict=False))
    hold(here.figures(MAY, *FIGURES), _true(spans))


_INNER = [timedelta(hours=9, seconds=7) + timedelta(minutes=one) for one in (0, 90, 100, 120, 180)]


def _true(spans: Sequence[tuple[str, datetime, datetime]]) -> dict[str, Fraction | None]:
    first, end = datetime(2023, 5, 1), datetime(2023, 6, 1)

    def time(*states: str) -> int:
        found = (min(until, end) - max(since, first) for state, since, until in spans if state in states)
        return sum(max(0, one // timedelta(seconds=1)) for one in found)

    every = ("空闲", "通话", "整理", "小休", "示忙")
    wraps = [(until - since).seconds for state, since, until in spans if state == "整理"]
    filled = 0
    for number in range(31 * 24):
        hour = first + timedelta(hours=number)
        if 8 <= hour.hour < 12:
            there = (min(until, hour + timedelta(hours=1)) - max(since, hour) for _, since, until in spans)
            filled += min(2 * 3600, sum(max(0, one // timedelta(seconds=1)) for one in there))
    return {
        "agent_occupancy_rate": Fraction(100 * time("通话", "整理"), time(*every) - time("小休")),
        "agent_not_ready_rate": Fraction(100 * time("示忙"), time(*every)),
        "agent_mean_wrap_up": Fraction(sum(wraps), len(wraps)),
        "seats_staffed_rate": Fraction(100 * filled, 31 * 4 * 2 * 3600),
    }
