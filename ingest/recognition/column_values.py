"""What the cells of a column say together, before any row is read by itself.

2 in a column of talks is a length like any other. That every talk is a sixtieth of the time that its call
lasted says that the column counts in minutes, or in nothing that anybody has told. Such a column is in doubt
as a whole; one that is empty in every row that must have had it tells nothing, as if it were not there.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import dropwhile
from typing import Any, ClassVar

from ingest.cells import CLOCKS, TIME, CellProblem, Column, find_full_marks, find_unit_in_cell, to_plain
from ingest.importing.field_readers import make_field_reader
from ingest.recognition.clocks import is_like_12_hours, list_hours, word_12_hours
from ingest.recognition.recognise import Recognition
from ingest.recognition.table_unknown import ClockUnknown, locate_profile
from tracker.tabular import Cell, Table, UnreadableRow

_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
ROWS = 2_000  # looked at; what is still open then is looked for further

RowValues = Mapping[str, Any]  # key of a field → its value; UNREAD where the cell is not understood
UNREAD = object()


@dataclass
class ColumnCheck:
    """A look at some columns of a table, row by row; `apply` says what came of it."""

    recognition: Recognition
    keys: ClassVar[
        tuple[str, ...]
    ] = ()  # of the fields it needs; without the first there is nothing to look at
    goes_on: ClassVar[bool] = False  # whether it looks at all rows until it is decided

    @property
    def is_decided(self) -> bool:
        """Whether more rows would change nothing."""
        return False

    def see(self, values: RowValues, cells: Sequence[Cell]) -> None:
        """Takes in a row, as wide as the header."""

    def apply(self, recognition: Recognition) -> Recognition:
        """The recognition, with what was seen."""
        return recognition

    def column(self, key: str) -> Column:
        """The column of a field that has one."""
        return self.recognition.columns[key][0]


@dataclass
class TalkLengthCheck(ColumnCheck):
    """Talks that are far shorter than their calls, in most rows: minutes, or hours, taken for seconds."""

    keys = ("talk_ms", "answered_at", "ended_at")
    _talks: int = 0  # without a frame
    _longest: int = 0
    _framed: int = 0
    _short: int = 0

    def see(self, values: RowValues, cells: Sequence[Cell]) -> None:
        talk, answered, ended = (values.get(key) for key in self.keys)
        if not isinstance(talk, int) or answered in (None, UNREAD):
            return
        if ended in (None, UNREAD):
            self._talks += 1
            self._longest = max(self._longest, talk)
            return
        frame = (ended - answered) // timedelta(milliseconds=1)
        if frame >= self._least:
            self._framed += 1
            self._short += talk * 10 <= frame

    @property
    def _least(self) -> int:
        """ms of a frame that says something, whatever a talk was rounded to."""
        unit = self.column("talk_ms").unit
        worth = 60_000 if unit == "时:分" else 1000 if unit in CLOCKS else TIME.worth(unit)
        return max(30_000, 3 * worth)

    def apply(self, recognition: Recognition) -> Recognition:
        unframed = not self._framed and self._talks >= 20 and self._longest <= 20_000
        unit = self.column("talk_ms").unit
        if "talk_ms" in recognition.profile.units or (unframed and unit is not None):
            return recognition
        if self._framed >= 3 and self._short * 2 >= self._framed:
            shares = f"{self._framed:,} 通里有 {self._short:,} 通不到应答至结束的十分之一"
            rule = f"，这一列 {shares}，单位多半不是“{unit or '秒'}”"
        elif unframed:
            rule = f"，这一列 {self._talks:,} 通没有一通超过 20 秒，单位多半不是“秒”"
        else:
            return recognition
        remedy = (
            "请核对单位（秒、分钟，还是时:分），在列名或导入方案的 [units] 里写明；或改用写成 00:05:37 的时长"
        )
        return doubt_column(recognition, "talk_ms", rule, remedy)


@dataclass
class SharedCallerCheck(ColumnCheck):
    """A number that a large part of the calls bear: the switchboard's own, or what the platform writes where
    it knows none."""

    keys = ("caller", "direction", "entered_at")
    _numbers: Counter[str] = field(default_factory=Counter)
    _days: dict[str, set[date]] = field(default_factory=dict)  # number → some days on which it called

    def see(self, values: RowValues, cells: Sequence[Cell]) -> None:
        number, at = values["caller"], values["entered_at"]
        if values["direction"] == "inbound" and isinstance(number, str):
            self._numbers[number] += 1
            if isinstance(at, datetime):
                self._days.setdefault(number, set()).add(at.date())

    def apply(self, recognition: Recognition) -> Recognition:
        calls = self._numbers.total()
        shared = {
            number
            for number, times in self._numbers.items()
            if times * 5 >= calls and (times >= 30 or (times >= 10 and len(self._days.get(number, ())) >= 3))
        }
        columns = dict(recognition.columns)
        for key in ("caller", "callee") if shared else ():
            columns[key] = tuple(replace(one, no_numbers=frozenset(shared)) for one in columns.get(key, ()))
        return replace(recognition, columns={key: found for key, found in columns.items() if found})


@dataclass
class ScoreScaleCheck(ColumnCheck):
    """Scores that are none of 100: 0.95, 4.5 of 5, 130 of 150."""

    keys = ("pre_job_score",)
    _scores: list[Decimal] = field(default_factory=list)

    def see(self, values: RowValues, cells: Sequence[Cell]) -> None:
        column = self.column("pre_job_score")
        if isinstance(values["pre_job_score"], Decimal):
            self._scores.append(values["pre_job_score"])
        elif find_full_marks(column.label) is None and _NUMBER.fullmatch(
            to_plain(cells[column.index])
        ):  # more than 100
            self._scores.append(Decimal(to_plain(cells[column.index])))

    def apply(self, recognition: Recognition) -> Recognition:
        highest, lowest = max(self._scores, default=Decimal(0)), min(self._scores, default=Decimal(0))
        if not (0 < highest <= 10 or highest > 100 or lowest < 0):
            return recognition
        rule = f"，这一列的成绩在 {lowest:f} 到 {highest:f} 之间，不像百分制"
        return doubt_column(recognition, "pre_job_score", rule, "请换算成百分制（满分 100）后重新导出")


@dataclass
class ClockCheck(ColumnCheck):
    """Hours of a whole day none of which is later than 12: a clock of 12 hours, taken for one of 24."""

    goes_on = True
    _hours: Counter[int] = field(default_factory=Counter)
    _is_settled: bool = False
    _seen: int = 0

    @property
    def is_decided(self) -> bool:
        profile = self.recognition.profile
        return self._is_settled or profile.hours is not None or self.column(self.keys[0]).half is not None

    def see(self, values: RowValues, cells: Sequence[Cell]) -> None:
        index = self.recognition.columns[self.keys[0]][-1].index
        hours = [*list_hours(cells[index : index + 1])]
        self._seen += 1
        self._hours.update(hours)
        if any(not 1 <= hour <= 12 for hour in hours) or (self._seen >= ROWS and not self._hours):
            self._is_settled = True

    def apply(self, recognition: Recognition) -> Recognition:
        """Raises: ClockUnknown, which asks."""
        title = recognition.columns[self.keys[0]][-1].label
        if not self.is_decided and is_like_12_hours(self._hours, title):
            raise ClockUnknown(word_12_hours(title, self._hours.total(), locate_profile(recognition.profile)))
        return recognition


@dataclass
class CallClockCheck(ClockCheck):
    """Of calls."""

    keys = ("entered_at",)


@dataclass
class OrderClockCheck(ClockCheck):
    """Of work orders."""

    keys = ("accepted_at",)


@dataclass
class StateClockCheck(ClockCheck):
    """Of agents' states and recordings."""

    keys = ("started_at",)


@dataclass
class StepClockCheck(ClockCheck):
    """Of the flow of work orders, and of probes."""

    keys = ("at",)


@dataclass
class MixedUnitCheck(ColumnCheck):
    """Cells that name a unit (100万元) beside bare ones (100): nobody can say in what those count."""

    _named: str | None = None

    def see(self, values: RowValues, cells: Sequence[Cell]) -> None:
        column = self.column(self.keys[0])
        self._named = self._named or find_unit_in_cell(cells[column.index], column)

    @property
    def is_decided(self) -> bool:
        return self._named is not None

    def apply(self, recognition: Recognition) -> Recognition:
        key = self.keys[0]
        column = recognition.columns[key][0]
        if self._named is None or column.unit is not None:
            return recognition
        return replace(
            recognition,
            columns={**recognition.columns, key: (replace(column, beside_unit=self._named),)},
        )


@dataclass
class MoneyUnitCheck(MixedUnitCheck):
    """Of money."""

    keys = ("amount_fen",)
    goes_on = True


@dataclass
class TalkUnitCheck(MixedUnitCheck):
    """Of talks."""

    keys = ("talk_ms",)


@dataclass
class EmptyColumnCheck(ColumnCheck):
    """A column that is empty in all rows, of which many must have had something there."""

    goes_on = True
    field_key: ClassVar[str]
    of: ClassVar[str]  # the rows that must have had it, in words
    least: ClassVar[int] = 10  # of them; fewer may have none by chance
    _owing: int = 0
    _is_filled: bool = False

    def owes(self, values: RowValues) -> bool:
        """Whether the thing of a row must have had it."""
        raise NotImplementedError

    @property
    def is_decided(self) -> bool:
        return self._is_filled

    def see(self, values: RowValues, cells: Sequence[Cell]) -> None:
        self._is_filled = self._is_filled or values[self.field_key] is not None
        self._owing += self.owes(values)

    def apply(self, recognition: Recognition) -> Recognition:
        key = self.field_key
        if self._is_filled or self._owing < self.least or key in recognition.profile.rules.truly_empty:
            return recognition
        cost = recognition.profile.kind.by_key[key].cost
        columns = {name: found for name, found in recognition.columns.items() if name != key}
        recognition.notices[
            f"“{self.column(key).label}”列整列是空的，而表里有 {self._owing:,} {self.of}："
            f"当作未报送这一列，{cost or '靠它的数'}无法核实。请重新导出这一列；"
            f'确实都没有的，在导入方案里写 truly_empty = ["{key}"]。'
        ] += 1
        return replace(recognition, columns=columns)


@dataclass
class DispatchTimeCheck(EmptyColumnCheck):
    """派单时间 of orders that were closed."""

    keys = ("dispatched_at", "closed_at")
    field_key = "dispatched_at"
    of = "张已办结的工单"

    def owes(self, values: RowValues) -> bool:
        return values["closed_at"] is not None


@dataclass
class SigningTimeCheck(EmptyColumnCheck):
    """签收时间 of orders that were handed on and closed."""

    keys = ("signed_at", "dispatched_at", "closed_at")
    field_key = "signed_at"
    of = "张派单后办结的工单"

    def owes(self, values: RowValues) -> bool:
        return values["dispatched_at"] is not None and values["closed_at"] is not None


@dataclass
class CallerCheck(EmptyColumnCheck):
    """主叫号码 of calls that came in."""

    keys = ("caller", "direction")
    field_key = "caller"
    of = "通来电"

    def owes(self, values: RowValues) -> bool:
        return bool(values["direction"] == "inbound")


LOOKS: Mapping[str, tuple[type[ColumnCheck], ...]] = {  # by name of the kind
    "calls": (CallClockCheck, TalkLengthCheck, TalkUnitCheck, SharedCallerCheck, CallerCheck),
    "work_orders": (OrderClockCheck, DispatchTimeCheck, SigningTimeCheck),
    "work_order_steps": (StepClockCheck,),
    "probes": (StepClockCheck,),
    "agent_states": (StateClockCheck,),
    "recordings": (StateClockCheck,),
    "roster": (ScoreScaleCheck,),
    "payments": (MoneyUnitCheck,),
    "budget": (MoneyUnitCheck,),
}


def doubt_column(recognition: Recognition, key: str, rule: str, remedy: str) -> Recognition:
    """A recognition that believes no cell of a field's column."""
    columns = {**recognition.columns}
    columns[key] = tuple(replace(one, doubted=(rule, remedy)) for one in columns[key])
    return replace(recognition, columns=columns)


def check_columns(table: Table, recognition: Recognition) -> Recognition:
    """What a table is recognised as, with the columns in doubt that its rows speak against.

    Raises: FileRefused when the file breaks off or cannot be read."""
    looks = [
        look(recognition)
        for look in LOOKS.get(recognition.profile.kind.name, ())
        if look.keys[0] in recognition.columns
    ]
    if looks:
        _see_rows(table, recognition, looks)
    found = recognition
    for look in looks:
        found = look.apply(found)
    return found


def _see_rows(table: Table, recognition: Recognition, looks: Sequence[ColumnCheck]) -> None:
    notices = recognition.notices.copy()
    readers = {key: make_field_reader(recognition, key) for look in looks for key in look.keys}
    width, last = recognition.header.width, recognition.header.last_row
    for seen, (_, cells) in enumerate(dropwhile(lambda row: row[0] <= last, table.rows())):
        still = [look for look in looks if not look.is_decided and (look.goes_on or seen < ROWS)]
        if not still:
            break
        if isinstance(cells, UnreadableRow):
            continue
        cells = [*cells, *[""] * (width - len(cells))]
        values = {key: _read(readers[key], cells) for look in still for key in look.keys}
        for look in still:
            look.see(values, cells)
    recognition.notices.clear()
    recognition.notices.update(notices)


def _read(reader: Callable[[Sequence[Cell]], Any], cells: Sequence[Cell]) -> Any:
    try:
        return reader(cells)
    except CellProblem:
        return UNREAD
