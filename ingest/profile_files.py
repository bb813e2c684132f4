"""Profiles as TOML files, checked key by key."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import time
from pathlib import Path
from typing import Any

from ingest.cells import DATE_ORDERS, DateOrder, UnitUnknown, Vocabulary, measure_of, unit_of_any
from ingest.deadlines import LIMITS, WORKING_HOURS, DeadlineRule, Limit
from ingest.identity import SCOPES, Identity
from ingest.kinds import KIND_NAMED, Kind, Rules
from ingest.labels import label_of
from tracker.workdays import END_OF_DAY, Hours

_PAUSES = {"extend": True, "keep": False}  # what becomes of a deadline while its order is paused


class ProfileProblem(ValueError):
    """导入方案写错了：说明里有文件和键。"""


def read_profile(path: Path) -> dict[str, Any]:
    """The attributes of a profile but its name. Raises: ProfileProblem."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ProfileProblem(
            f"导入方案 {path.name} 不是有效的 TOML 文件（中文的键要加引号）：{problem}。"
        ) from problem
    return _Checked(path.name, data).profile()


class _Checked:
    """One file's data on its way to a profile; every complaint names the file and the key."""

    def __init__(self, file: str, data: dict[str, Any]) -> None:
        self._file = file
        self._data = data
        self._kind = self._read_kind()

    def profile(self) -> dict[str, Any]:
        readers: Mapping[str, Callable[[str], Any]] = {
            "title": self._text,
            "signature": self._labels,
            "ignored": lambda key: frozenset(map(label_of, self._texts(key, self._data[key]))),
            "default": self._flag,
            "empties": lambda key: frozenset(self._texts(key, self._data[key])),
            "columns": lambda key: self._by_field(key, self._texts),
            "joined": lambda key: self._by_field(key, self._day_and_time),
            "dates": self._dates,
            "constants": lambda key: self._by_field(key, self._string),
            "units": lambda key: self._by_field(key, self._unit),
            "words": lambda key: self._by_field(key, self._words),
        }
        rules = {"legs", "empty_retracts", "lists_leavers", "truly_empty", "deadline", "identity"}
        for key in self._data:
            if key not in {*readers, *rules, "kind"}:
                raise self._problem(key, f"不认识；可用的键有 kind、{'、'.join([*readers, *sorted(rules)])}")
        given = {key: read(key) for key, read in readers.items() if key in self._data}
        own = {"kind": self._kind, "rules": self._rules(), "identity": self._identity()}
        return {"title": self._kind.title, **own, **given}

    def _read_kind(self) -> Kind:
        name = self._data.get("kind")
        if name not in KIND_NAMED:
            raise self._problem("kind", f"应为以下之一：{'、'.join(KIND_NAMED)}")
        return KIND_NAMED[name]

    def _rules(self) -> Rules:
        return Rules(
            legs=self._flag("legs"),
            empty_retracts=self._flag("empty_retracts"),
            lists_leavers=self._flag("lists_leavers"),
            truly_empty=self._fields("truly_empty"),
            deadline=self._deadline() if "deadline" in self._data else None,
        )

    def _fields(self, key: str) -> frozenset[str]:
        """Keys of fields of the kind."""
        names = self._texts(key, self._data.get(key, []))
        self._check_fields(key, names)
        return frozenset(names)

    def _check_fields(self, key: str, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._kind.by_key:
                known = "、".join(self._kind.by_key)
                raise self._problem(f"{key}.{name}", f"不是“{self._kind.title}”的字段；可用的有 {known}")

    def _identity(self) -> Identity:
        table = self._table("identity", self._data.get("identity", {}))
        for key in table:
            if key not in ("within", "fold_spelling"):
                raise self._problem(f"identity.{key}", "不认识；可用的键有 within、fold_spelling")
        within = table.get("within", Identity.within)
        if within not in SCOPES:
            raise self._problem("identity.within", f"应为以下之一：{'、'.join(SCOPES)}")
        if within != Identity.within and self._kind.marks is None:
            raise self._problem("identity.within", f"不能用于“{self._kind.title}”：它的编号不分时段")
        fold_spelling = table.get("fold_spelling", False)
        if not isinstance(fold_spelling, bool):
            raise self._problem("identity.fold_spelling", "应为 true 或 false")
        return Identity(within=within, fold_spelling=fold_spelling)

    def _deadline(self) -> DeadlineRule:
        table = self._table("deadline", self._data["deadline"])
        for key in table:
            if key not in (*LIMITS, "otherwise", "cutoff", "end_of_day", "work_hours", "pauses"):
                raise self._problem(f"deadline.{key}", "不认识")
        limits: dict[str, Limit] = {}
        for key, unit in LIMITS.items():
            for kind, number in self._table(f"deadline.{key}", table.get(key, {})).items():
                if kind in limits:
                    raise self._problem(f"deadline.{key}.{kind}", f"重复：{kind}已写明 {limits[kind]}")
                limits[kind] = Limit(self._whole(f"deadline.{kind}", number), unit)
        hours = self._work_hours(table.get("work_hours", []))
        if not hours and any(limit.unit == WORKING_HOURS for limit in limits.values()):
            raise self._problem(
                "deadline.working_hours", '还须写明工作时间，如 work_hours = ["09:00-12:00", "14:00-18:00"]'
            )
        otherwise = table.get("otherwise")
        pauses = table.get("pauses")
        if pauses is not None and str(pauses) not in _PAUSES:
            raise self._problem("deadline.pauses", "应为 extend（时限顺延）或 keep（时限不变）")
        return DeadlineRule(
            limits=limits,
            otherwise=None if otherwise is None else self._whole("deadline.otherwise", otherwise),
            pauses=None if pauses is None else _PAUSES[pauses],
            work_hours=hours,
            cutoff=self._clock("cutoff", table.get("cutoff")),
            end_of_day=self._clock("end_of_day", table.get("end_of_day")) or END_OF_DAY,
        )

    def _whole(self, key: str, given: object) -> int:
        if not isinstance(given, int) or isinstance(given, bool) or given < 1:
            raise self._problem(key, "应为 1 或更大的整数")
        return given

    def _work_hours(self, given: object) -> tuple[Hours, ...]:
        """Spans of a working day, one after the other."""
        ends = [
            self._clock("work_hours", end)
            for span in self._texts("deadline.work_hours", given)
            for end in (span.split("-") if span.count("-") == 1 else [span])
        ]
        times = [end for end in ends if end is not None]
        if len(times) % 2 or times != sorted(set(times)):
            raise self._problem(
                "deadline.work_hours", '应写成先后不重叠的时段，如 ["09:00-12:00", "14:00-18:00"]'
            )
        return tuple(zip(times[::2], times[1::2], strict=True))

    def _clock(self, key: str, given: object) -> time | None:
        if given is None or isinstance(given, time):
            return given
        try:
            return time.fromisoformat(str(given))
        except ValueError:
            raise self._problem(f"deadline.{key}", "应写成 17:00 这样的时刻") from None

    def _by_field(self, key: str, read: Callable[[str, Any], Any]) -> dict[str, Any]:
        table = self._table(key, self._data[key])
        self._check_fields(key, table)
        return {name: read(f"{key}.{name}", value) for name, value in table.items()}

    def _words(self, key: str, given: object) -> dict[str, str]:
        """Spelling → meaning, from a table of meaning → spellings."""
        vocabulary = self._kind.by_key[key.partition(".")[2]].read
        if not isinstance(vocabulary, Vocabulary):
            raise self._problem(key, "不是用词表的字段")
        table = self._table(key, given)
        for meaning in table:
            if meaning not in vocabulary.spellings:
                raise self._problem(f"{key}.{meaning}", f"应为以下之一：{'、'.join(vocabulary.spellings)}")
        return {
            spelling: meaning
            for meaning, spellings in table.items()
            for spelling in self._texts(f"{key}.{meaning}", spellings)
        }

    def _unit(self, key: str, given: object) -> str:
        measure = measure_of(self._kind.by_key[key.partition(".")[2]].read)
        written = self._string(key, given)
        try:
            unit = measure.unit_of(written) if measure else unit_of_any(written)
        except UnitUnknown:
            unit = None
        if unit is None:
            raise self._problem(key, f"应为以下之一：{'、'.join(measure.units)}" if measure else "不是单位")
        return unit

    def _day_and_time(self, key: str, given: object) -> tuple[str, ...]:
        titles = self._texts(key, given)
        if len(titles) != 2:
            raise self._problem(key, "应写两个列名：日期列和时刻列")
        return titles

    def _dates(self, key: str) -> DateOrder:
        given = self._text(key)
        for order in DATE_ORDERS:
            if given == order:
                return order
        raise self._problem(key, f"应为以下之一：{'、'.join(DATE_ORDERS)}")

    def _labels(self, key: str) -> frozenset[str]:
        return frozenset(label_of(title).base for title in self._texts(key, self._data[key]))

    def _text(self, key: str) -> str:
        return self._string(key, self._data[key])

    def _texts(self, key: str, given: object) -> tuple[str, ...]:
        return tuple(self._string(key, item) for item in (given if isinstance(given, list) else [given]))

    def _string(self, key: str, given: object) -> str:
        if not isinstance(given, str):
            raise self._problem(key, "应为文字")
        return given

    def _flag(self, key: str) -> bool:
        given = self._data.get(key, False)
        if not isinstance(given, bool):
            raise self._problem(key, "应为 true 或 false")
        return given

    def _table(self, key: str, given: object) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise self._problem(key, "应为一个表（[…]）")
        return given

    def _problem(self, key: str, what: str) -> ProfileProblem:
        return ProfileProblem(f"导入方案 {self._file} 的“{key}”{what}。")
