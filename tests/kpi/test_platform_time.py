"""平台运转率 goes by time and platform, not by the number of probes."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from kpi.figures import results
from kpi.figures.counted_rows import PartName
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Status
from kpi.figures.forks import list_forks
from kpi.figures.rows import read_rows
from tests.drawing import examples
from tests.kpi.given import append, record
from tracker.events.platform import PlatformProbed
from tracker.events.times import BEIJING
from tracker.periods import Month

MAY, JUNE = Month(2023, 5), Month(2023, 6)
NOW = datetime(2024, 1, 2, tzinfo=BEIJING)


def hourly(month: Month, platform: str = "甲平台", down: frozenset[datetime] = frozenset()) -> str:
    hours = [datetime.combine(month.first_day, datetime.min.time()) + timedelta(hours=n)
             for n in range(24 * month.days)]  # fmt: skip
    return "\n".join(
        f"probe {at:%Y-%m-%d %H:%M} on {platform}{' down' if at in down else ''}" for at in hours
    )


def uptime(connection, period=MAY):
    results.bring_up_to_date(connection, "tlf", NOW)
    return results.find_figure(connection, "tlf", "platform_uptime_rate", period)


def test_a_probe_a_minute_in_one_bad_hour_weighs_one_hour(connection):
    """744 good hours of one platform, and 60 failed probes of another within an hour, which is then never
    probed again: 744 of 804 probes are 92.54 %."""
    record(connection, hourly(MAY))
    record(connection, "\n".join(f"probe 2023-05-11 10:{minute:02} on 乙平台 down" for minute in range(60)))
    found = uptime(connection)
    assert (found.numerator, found.denominator, found.value) == (744, 745, Decimal("99.87"))
    assert found.status is Status.PARTLY
    expected = 744 + 744 - (10 * 24 + 10)  # the other platform from the hour of its first probe on
    assert found.coverage == Fraction(745, expected)
    worst, best = Fraction(100 * 744, expected), Fraction(100 * (expected - 1), expected)
    assert found.low <= worst < found.low + Decimal("0.01")
    assert found.high - Decimal("0.01") < best <= found.high
    assert "平台巡检缺5月11日（缺13小时）、5月12日（缺24小时）" in found.reason


def test_a_platform_that_is_not_probed_any_more_is_a_gap_in_later_months(connection):
    record(connection, f"{hourly(MAY)}\n{hourly(JUNE)}\nprobe 2023-05-11 10:00 on 乙平台")
    june = uptime(connection, JUNE)
    assert (june.value, june.status, june.coverage) == (100, Status.PARTLY, Fraction(1, 2))
    assert (june.low, june.high) == (50, 100)


def test_a_platform_that_the_centre_does_not_count_any_more_is_no_gap(connection):
    record(connection, f"{hourly(MAY)}\n{hourly(JUNE)}\nprobe 2023-05-11 10:00 on 乙平台 down")
    assert uptime(connection, JUNE).status is Status.PARTLY
    record(connection, "said platform 乙平台 no from 2023-05-12")
    june, may = uptime(connection, JUNE), uptime(connection)
    assert (june.status, june.coverage) == (Status.VERIFIABLE, 1)
    assert (may.numerator, may.denominator, may.coverage) == (744, 745, Fraction(745, 744 + 14))
    record(connection, "said platform 乙平台 no")
    assert (uptime(connection).numerator, uptime(connection).status) == (744, Status.VERIFIABLE)


def test_probes_within_an_hour_stand_until_the_next_one(connection):
    down = frozenset({datetime(2023, 5, 1)})
    record(connection, hourly(MAY, down=down))
    record(connection, "probe 2023-05-01 00:15 on 甲平台\nprobe 2023-05-01 00:45 on 甲平台 down")
    found = uptime(connection)
    assert (found.numerator, found.denominator) == (743 + Fraction(1, 2), 744)
    rows = read_rows(connection, "tlf", "platform_uptime_rate", MAY, PartName.DENOMINATOR)
    assert (rows.count, rows.total, rows.agrees) == (746, 744, True)
    assert read_rows(connection, "tlf", "platform_uptime_rate", MAY).agrees


def test_a_planned_outage_counts_for_nothing_only_under_its_fork(connection):
    down = frozenset(datetime(2023, 5, 3, hour) for hour in (1, 2, 9))
    record(connection, hourly(MAY, down=down))
    record(
        connection,
        """
        outage 甲平台 2023-05-03T01:00 2023-05-03T03:00 planned
        outage 甲平台 2023-05-03T09:00 2023-05-03T10:00""",
    )
    assert (uptime(connection).numerator, uptime(connection).denominator) == (741, 744)
    [fork] = list_forks("platform_uptime_rate")
    [found] = compute_figures_by(connection, "tlf", [fork.definition], [MAY], NOW)
    assert (found[MAY].numerator, found[MAY].denominator) == (741, 742)


@pytest.mark.parametrize("seed", range(3))
def test_the_kept_days_are_those_of_the_facts_whatever_came_when(connection, seed):
    from kpi.figures import rollup

    random = Random(seed)
    for _ in range(4):
        lines = [
            f"probe 2023-05-0{random.randint(1, 3)} {random.randint(0, 23):02}:{random.randint(0, 59):02}"
            f" on {random.choice('甲乙')}{random.choice(['', ' down'])}"
            for _ in range(20)
        ]
        said = f"said platform {random.choice('甲乙')} {random.choice(['yes', 'no'])} from 2023-05-02"
        record(connection, "\n".join([*lines, *([said] if random.random() < 0.5 else [])]))
        uptime(connection)
        assert rollup.find_differences(connection, "tlf", [date(2023, 5, day) for day in (1, 2, 3)]) == []


probes = st.lists(
    st.tuples(st.sampled_from("甲乙"), st.integers(0, 3 * 3600 - 1), st.booleans()), min_size=1, max_size=12,
    unique_by=lambda one: one[:2],
)  # fmt: skip


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@drawn(probes)
def test_each_probed_hour_of_a_platform_is_an_hour(shared, probes):
    """Against a plain walk along the hours."""
    start = datetime(2023, 5, 1, tzinfo=BEIJING)
    hours: dict[tuple[str, int], list[tuple[int, bool]]] = {}
    for platform, second, up in probes:
        hours.setdefault((platform, second // 3600), []).append((second % 3600, up))
    good = 0
    for told in hours.values():
        times = sorted(told)
        for place, (since, up) in enumerate(times):
            until = times[place + 1][0] if place + 1 < len(times) else 3600
            good += up * (until - (since if place else 0))
    with shared.engine.connect() as connection:
        record(connection, "")
        events = [
            PlatformProbed(platform=one, at=start + timedelta(seconds=n), up=up) for one, n, up in probes
        ]
        append(connection, events)
        found = uptime(connection)
        connection.rollback()
    assert (found.numerator, found.denominator) == (Fraction(good, 3600), len(hours))
