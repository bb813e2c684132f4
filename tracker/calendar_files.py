"""The State Council's holiday notice of a year, as a TOML file says it.

```toml
year = 2023

[notice]                            # [[amendments]] the same way, for what changed it later
title = "国务院办公厅关于2023年部分节假日安排的通知"
number = "国办发明电〔2022〕16号"
issued = 2022-12-08                 # the day under the notice
source = "https://www.gov.cn/…"     # may be missing

[[holidays]]
name = "元旦"
from = 2022-12-31                   # both included, as in 「12月31日至1月2日放假」
to = 2023-01-02
statutory = [2023-01-01]            # of these, the days of the festival itself; may be missing
make_up = []                        # Saturdays and Sundays worked instead; may be missing
```
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

PACKAGED = files("tracker") / "calendars"  # a folder, or a part of the verifier's single file

Table = dict[str, object]
T = TypeVar("T")

_MEANINGS = {int: "整数", str: "文字", date: "日期，如 2027-01-01", list: "列表", dict: "小节"}


class CalendarProblem(ValueError):
    """工作日历文件有误：文件与原因见说明。"""


@dataclass(frozen=True)
class Notice:
    """A notice of the State Council's office, and those that changed it later."""

    title: str
    number: str
    issued: date
    source: str | None = None
    amendments: tuple["Notice", ...] = ()

    def __str__(self) -> str:
        return f"《{self.title}》（{self.number}）"


@dataclass(frozen=True)
class Holiday:
    """One paragraph of a notice: the days off, weekends among them, and the weekend days worked instead."""

    name: str
    days: tuple[date, ...]
    statutory: tuple[date, ...]
    make_up: tuple[date, ...]


@dataclass(frozen=True)
class YearCalendar:
    """What the notice of one year says; its New Year may reach back into December."""

    year: int
    notice: Notice
    holidays: tuple[Holiday, ...]


def read_calendars(folder: Traversable) -> dict[int, YearCalendar]:
    """Every *.toml of a folder, by year; empty for a folder that does not exist.

    Raises: CalendarProblem for a file that cannot be read as a calendar, or two files for one year."""
    calendars: dict[int, YearCalendar] = {}
    listed = folder.iterdir() if folder.is_dir() else ()
    for path in sorted((one for one in listed if one.name.endswith(".toml")), key=lambda one: one.name):
        calendar = read_calendar(path)
        if calendar.year in calendars:
            raise CalendarProblem(f"工作日历文件 {path}：{calendar.year}年已由同一文件夹中的另一文件给出。")
        calendars[calendar.year] = calendar
    return calendars


def read_calendar(path: Traversable) -> YearCalendar:
    """Raises: CalendarProblem, naming the file and what is wrong with it."""
    try:
        return _year(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError:
        raise CalendarProblem(f"工作日历文件 {path}：不是UTF-8编码，请另存为UTF-8。") from None
    except tomllib.TOMLDecodeError as problem:
        raise CalendarProblem(f"工作日历文件 {path}：{_place(problem)}不符合TOML格式。") from problem
    except CalendarProblem as problem:
        raise CalendarProblem(f"工作日历文件 {path}：{problem}") from None


def _place(problem: tomllib.TOMLDecodeError) -> str:
    line = re.search(r"line ([0-9]+)", str(problem))
    return f"第{line[1]}行" if line else "文件末尾"


def _year(table: Table) -> YearCalendar:
    _check_keys(table, "文件", ("year", "notice", "amendments", "holidays"))
    year = _value(table, "year", int, "文件")
    notice = _notice(
        _value(table, "notice", dict, "文件"),
        tuple(_notice(amendment) for amendment in _tables(table, "amendments")),
    )
    holidays = tuple(_holiday(holiday, year) for holiday in _tables(table, "holidays"))
    if not holidays:
        raise CalendarProblem("没有任何 [[holidays]] 节假日。")
    _check_each_day_once(holidays)
    return YearCalendar(year, notice, holidays)


def _notice(table: Table, amendments: tuple[Notice, ...] = ()) -> Notice:
    _check_keys(table, "通知", ("title", "number", "issued", "source"))
    return Notice(
        title=_value(table, "title", str, "通知"),
        number=_value(table, "number", str, "通知"),
        issued=_value(table, "issued", date, "通知"),
        source=_value(table, "source", str, "通知") if "source" in table else None,
        amendments=amendments,
    )


def _holiday(table: Table, year: int) -> Holiday:
    name = _value(table, "name", str, "节假日")
    _check_keys(table, name, ("name", "from", "to", "statutory", "make_up"))
    first, last = _value(table, "from", date, name), _value(table, "to", date, name)
    if first > last:
        raise CalendarProblem(f"“{name}”的 from（{first}）晚于 to（{last}）。")
    holiday = Holiday(
        name=name,
        days=tuple(first + timedelta(days=number) for number in range((last - first).days + 1)),
        statutory=_dates(table, "statutory", name),
        make_up=_dates(table, "make_up", name),
    )
    _check_holiday(holiday, year)
    return holiday


def _check_holiday(holiday: Holiday, year: int) -> None:
    for day in (*holiday.days, *holiday.make_up):
        if not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
            raise CalendarProblem(f"“{holiday.name}”的 {day} 不在{year}年，也不在上一年12月。")
    for day in holiday.statutory:
        if day not in holiday.days:
            raise CalendarProblem(f"“{holiday.name}”的法定节日 {day} 不在放假日期之内。")
    for day in holiday.make_up:
        if day.weekday() < 5:
            raise CalendarProblem(f"“{holiday.name}”的调休上班日 {day} 不是周六或周日。")


def _check_each_day_once(holidays: tuple[Holiday, ...]) -> None:
    seen: set[date] = set()
    for holiday in holidays:
        for day in (*holiday.days, *holiday.make_up):
            if day in seen:
                raise CalendarProblem(f"“{holiday.name}”的 {day} 出现了两次。")
            seen.add(day)


def _check_keys(table: Table, where: str, allowed: tuple[str, ...]) -> None:
    for key in table:
        if key not in allowed:
            raise CalendarProblem(f"“{where}”中不认识“{key}”；可以写的是 {'、'.join(allowed)}。")


def _tables(table: Table, key: str) -> Iterator[Table]:
    for entry in _value(table, key, list, "文件") if key in table else ():
        if not isinstance(entry, dict):
            raise CalendarProblem(f"“{key}”应写成 [[{key}]] 小节。")
        yield entry


def _dates(table: Table, key: str, where: str) -> tuple[date, ...]:
    days = _value(table, key, list, where) if key in table else []
    for day in days:
        _check_kind(day, date, f"“{where}”的 {key}")
    return tuple(days)


def _value(table: Table, key: str, kind: type[T], where: str) -> T:
    if key not in table:
        raise CalendarProblem(f"“{where}”缺少 {key}。")
    return _check_kind(table[key], kind, f"“{where}”的 {key}")


def _check_kind(value: object, kind: type[T], what: str) -> T:
    if type(value) is not kind:  # exactly: a bool is an int, and a moment is a date
        raise CalendarProblem(f"{what}应为{_MEANINGS[kind]}，读到的是“{value}”。")
    return value
