"""话单: one file a month, GB18030, one row a call; two August days come in a second file."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from web.demo.sample.calls import Call
from web.demo.sample.scenario import Scenario
from web.demo.sample.tables import GB18030, CsvTable, WrittenFile
from web.demo.sample.traps import LATE_MONTH, REPEATED_ROWS, Traps

HEADER = (
    "流水号", "呼叫类型", "主叫号码", "进入系统时间", "进入队列时间", "坐席振铃时间", "坐席应答时间",
    "结束时间", "技能组", "坐席工号", "通话时长(秒)", "呼叫结果", "满意度按键",
)  # fmt: skip


class CallFiles:
    """Writes a month's calls as they pass through, and keeps the list of files."""

    def __init__(self, folder: Path, scenario: Scenario, traps: Traps) -> None:
        self._folder, self._scenario, self._traps = folder, scenario, traps
        self.written: list[WrittenFile] = []

    def write_passing(self, month: int, calls: Iterable[Call]) -> Iterator[Call]:
        """Each call once, after it was written; the repeated rows do not pass again."""
        first: list[Call] = []
        with ExitStack() as files:
            usual = files.enter_context(self._open_table(month, ""))
            late = files.enter_context(self._open_table(month, "_补报")) if month == LATE_MONTH else None
            for call in calls:
                table = late if late and call.entered.date() in self._traps.late_days else usual
                table.write(call)
                if len(first) < REPEATED_ROWS:
                    first.append(call)
                yield call
            for call in first if month in self._traps.repeated_months else ():
                usual.write(call)
        self.written += [table.written for table in (usual, late) if table]

    def _open_table(self, month: int, suffix: str) -> CsvTable:
        name = f"话单_{self._scenario.label(month)}{suffix}.csv"
        return CsvTable(self._folder / name, HEADER, GB18030)
