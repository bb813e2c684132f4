"""A month's numbers as they are copied out of a spreadsheet: rows of cells, read under their titles."""

import re
from dataclasses import dataclass
from datetime import date

from tracker.periods import Month
from web.day_numbers import KEYS, get_title

_DATES = ("日期", "日", "填报日期", "统计日期")
_DAY = re.compile(
    r"(?:(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月])?(?P<day>\d{1,2})日?(?:\s.*)?", re.ASCII
)


class PasteProblem(ValueError):
    """粘贴的内容无法识别。"""


@dataclass(frozen=True)
class _Columns:
    day: int | None  # None: the rows are the days from the first on
    keys: dict[int, str]  # column → number


def read_pasted(text: str, month: Month) -> dict[date, dict[str, str]]:
    """Day → number → what its cell says; empty cells are left out.

    With a row of titles, columns are found by them; without one there are as many columns as numbers, or one
    more that holds the day and stands first. Raises: PasteProblem with a sentence that names the row.
    """
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines() if line.strip()]
    if not rows:
        raise PasteProblem("没有粘贴内容；请在Excel中选中区域，复制后粘贴。")
    columns = _find_columns(rows[0])
    titled = columns is not None
    columns = columns or _assume_columns(len(rows[0]))
    found: dict[date, dict[str, str]] = {}
    for number, row in enumerate(rows[1:] if titled else rows, start=2 if titled else 1):
        day = _read_day(row, columns, number, number - 1 - titled, month)
        if day in found:
            raise PasteProblem(f"第{number}行：{day.month}月{day.day}日重复；请保留一行。")
        found[day] = {key: row[at] for at, key in columns.keys.items() if at < len(row) and row[at]}
    return found


def _find_columns(row: list[str]) -> _Columns | None:
    """The columns by their titles; None where the row holds none of them. Raises: PasteProblem."""
    titles = {get_title(key): key for key in KEYS}
    keys = {at: titles[cell] for at, cell in enumerate(row) if cell in titles}
    if not keys:
        return None
    if len(set(keys.values())) < len(keys):
        raise PasteProblem("表头有重复的列名；请保留一列后重新粘贴。")
    return _Columns(next((at for at, cell in enumerate(row) if cell in _DATES), None), keys)


def _assume_columns(count: int) -> _Columns:
    keys = list(KEYS)
    if count not in (len(keys), len(keys) + 1):
        names = "、".join(map(get_title, keys))
        raise PasteProblem(
            f"第1行有{count}列，无法对应；请连同表头一起粘贴，或按此顺序粘贴{len(keys)}列：{names}。"
        )
    first = count - len(keys)
    return _Columns(0 if first else None, {at + first: key for at, key in enumerate(keys)})


def _read_day(row: list[str], columns: _Columns, number: int, place: int, month: Month) -> date:
    """The day of a row; where no column says it, the one at this place of the month."""
    if columns.day is None:
        if place >= month.days:
            raise PasteProblem(f"粘贴了{place + 1}行，{month.label}只有{month.days}天；请核对。")
        return month.first_day.replace(day=place + 1)
    text = row[columns.day] if columns.day < len(row) else ""
    found = _DAY.fullmatch(text)
    if found is None or not 1 <= int(found["day"]) <= month.days:
        raise PasteProblem(f"第{number}行的日期“{text[:20]}”无法识别；请按 {month.first_day} 填写。")
    if int(found["month"] or month.month) != month.month or int(found["year"] or month.year) != month.year:
        raise PasteProblem(f"第{number}行的日期“{text[:20]}”不在{month.label}；请核对。")
    return month.first_day.replace(day=int(found["day"]))
