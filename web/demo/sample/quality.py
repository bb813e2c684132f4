"""话务质检: sixty answered inbound calls of each month, listened to two days later."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from web.demo.sample.calls import ANSWERED, INBOUND, Call
from web.demo.sample.scenario import Scenario
from web.demo.sample.tables import WrittenFile, write_workbook

SAMPLED_A_MONTH = 60
DELAY = timedelta(days=2)
PASSED, FAILED = "合格", "不合格"
HEADER = ("质检日期", "流水号", "坐席工号", "质检结果")


@dataclass(frozen=True)
class Inspection:
    day: date
    call_serial: str
    agent: str
    passed: bool


class Inspections:
    """Chooses calls as they pass (reservoir sampling), so that a month need not be held."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._pass_share = scenario.stream("inspection rates").uniform(0.91, 0.97)
        self._rng = scenario.stream("inspections", 1)
        self._chosen: list[Call] = []
        self._seen = 0
        self.done: list[Inspection] = []

    def start_month(self, month: int) -> None:
        self._rng = self._scenario.stream("inspections", month)
        self._chosen, self._seen = [], 0

    def consider(self, call: Call) -> None:
        if call.direction != INBOUND or call.result != ANSWERED:
            return
        self._seen += 1
        if len(self._chosen) < SAMPLED_A_MONTH:
            self._chosen.append(call)
            return
        place = int(self._rng.random() * self._seen)
        if place < SAMPLED_A_MONTH:
            self._chosen[place] = call

    def end_month(self) -> None:
        """Inspects the chosen calls; an inspection after the last day drawn has not happened yet."""
        for call in self._chosen:
            passed = self._rng.random() < self._pass_share
            day = call.entered.date() + DELAY
            if day < self._scenario.end:
                self.done.append(Inspection(day, call.serial, call.agent or "", passed))

    def write(self, folder: Path) -> WrittenFile:
        rows = (
            (each.day, each.call_serial, each.agent, PASSED if each.passed else FAILED) for each in self.done
        )
        return write_workbook(folder / "话务质检.xlsx", "质检", HEADER, rows, self._scenario.created)
