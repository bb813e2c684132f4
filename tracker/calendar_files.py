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

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable

from tracker.toml_file import TomlTable, read_toml

PACKAGED = files("tracker") / "calendars"  # a folder, or a part of the verifier's single file


class CalendarProblem(ValueError):
    """工作日历文件有误：说明里有文件、行号和原因。"""


@dataclass(frozen=True)
class HolidayNotice:
    """A notice of the State Council's office, and those that changed it later."""

    title: str
    number: str
    issued: date
    source: str | None = None
    amendments: tuple["HolidayNotice", ...] = ()

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
    notice: HolidayNotice
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
    """Raises: CalendarProblem with file, line and what is wrong there."""
    node = read_toml(path, CalendarProblem, f"工作日历文件 {path}")
    node.only("year", "notice", "amendments", "holidays")
    year = node.whole("year", 1, 9999)
    notice = _read_notice(node.table("notice"), tuple(map(_read_notice, node.tables("amendments"))))
    listed = list(node.tables("holidays"))
    holidays = tuple(_read_holiday(one, year) for one in listed)
    if not holidays:
        raise node.fault(None, "没有任何 [[holidays]] 节假日。")
    _check_each_day_once(listed, holidays)
    return YearCalendar(year, notice, holidays)


def _read_notice(node: TomlTable, amendments: tuple[HolidayNotice, ...] = ()) -> HolidayNotice:
    node.only("title", "number", "issued", "source")
    return HolidayNotice(
        title=node.text("title"),
        number=node.text("number"),
        issued=node.day("issued"),
        source=node.text("source") if "source" in node else None,
        amendments=amendments,
    )


def _read_holiday(node: TomlTable, year: int) -> Holiday:
    node.only("name", "from", "to", "statutory", "make_up")
    name, first, last = node.text("name"), node.day("from"), node.day("to")
    if first > last:
        raise node.fault("from", f"“{name}”的 from（{first}）晚于 to（{last}）。")
    holiday = Holiday(
        name=name,
        days=tuple(first + timedelta(days=number) for number in range((last - first).days + 1)),
        statutory=node.days("statutory", ()),
        make_up=node.days("make_up", ()),
    )
    _check_holiday(node, holiday, year)
    return holiday


def _check_holiday(node: TomlTable, holiday: Holiday, year: int) -> None:
    for key, days in (("from", holiday.days), ("make_up", holiday.make_up)):
        for day in days:
            if not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
                raise node.fault(key, f"“{holiday.name}”的 {day} 不在{year}年，也不在上一年12月。")
    for day in holiday.statutory:
        if day not in holiday.days:
            raise node.fault("statutory", f"“{holiday.name}”的法定节日 {day} 不在放假日期之内。")
    for day in holiday.make_up:
        if day.weekday() < 5:
            raise node.fault("make_up", f"“{holiday.name}”的调休上班日 {day} 不是周六或周日。")


def _check_each_day_once(nodes: list[TomlTable], holidays: tuple[Holiday, ...]) -> None:
    seen: set[date] = set()
    for node, holiday in zip(nodes, holidays, strict=True):
        for key, days in (("from", holiday.days), ("make_up", holiday.make_up)):
            for day in days:
                if day in seen:
                    raise node.fault(key, f"“{holiday.name}”的 {day} 出现了两次。")
                seen.add(day)
