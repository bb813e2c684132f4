"""平台: the card's words about probes."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction

from tests.kpi.from_cards.centre import Centre
from tests.kpi.from_cards.plain import Number, Plain, within
from tracker.events.platform import PlatformProbed
from tracker.events.times import get_day
from tracker.periods import Period

_HOUR = timedelta(hours=1)


def platform_uptime_rate(centre: Centre, period: Period) -> Number:
    hours: dict[tuple[str, datetime], dict[datetime, PlatformProbed]] = defaultdict(dict)
    out = {said.known_as: said.first_day for said in centre.said if said.topic == "platform"}
    for probe in centre.probes:
        counted = get_day(probe.at) < (out.get(probe.platform) or date.max)
        if within(probe.at, period) and counted:
            start = probe.at.replace(minute=0, second=0)
            hours[probe.platform, start][probe.at] = probe  # told twice of one moment: the later holds
    up = sum((_up(start, list(probes.values())) for (_, start), probes in hours.items()), timedelta())
    return Number(Fraction(up // timedelta(milliseconds=1), 3_600_000), Fraction(len(hours)))


def _up(start: datetime, probes: list[PlatformProbed]) -> timedelta:
    """一次巡检代表到下一次巡检为止的时间，最后一次代表到整点，第一次也代表整点到它的时间。"""
    probes.sort(key=lambda probe: probe.at)
    begins = [start, *(probe.at for probe in probes[1:])]
    ends = [*begins[1:], start + _HOUR]
    spans = zip(probes, begins, ends, strict=True)
    return sum((end - begin for probe, begin, end in spans if probe.up), timedelta())


PLAIN: tuple[Plain, ...] = (platform_uptime_rate,)
