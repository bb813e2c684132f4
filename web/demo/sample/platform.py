"""平台巡检: one probe an hour, two outages, one day without probes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from web.demo.sample.scenario import Scenario
from web.demo.sample.tables import UTF8_WITH_BOM, WrittenFile, write_csv
from web.demo.sample.traps import Traps

PLATFORM = "12345平台"
UP, DOWN = "正常", "异常"
HEADER = ("巡检时间", "平台", "状态")


@dataclass(frozen=True)
class Probe:
    at: datetime
    up: bool


def draw_probes(scenario: Scenario, traps: Traps) -> Iterator[Probe]:
    for day in scenario.days():
        if day == traps.unprobed_day:
            continue
        for hour in range(24):
            at = datetime.combine(day, time()) + timedelta(hours=hour)
            yield Probe(at, at not in traps.down_hours)


def write_probes(folder: Path, probes: tuple[Probe, ...]) -> WrittenFile:
    rows = ((probe.at, PLATFORM, UP if probe.up else DOWN) for probe in probes)
    return write_csv(folder / "平台巡检.csv", HEADER, rows, UTF8_WITH_BOM)
