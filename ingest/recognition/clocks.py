"""What has to be known of moments before they are read: their time zone, and whether 1:30 may be 13:30."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time

from ingest.cells import HALVES, make_moment_reader, to_halfwidth, to_plain
from ingest.recognition.column_matching import HeaderFit, is_ignored
from ingest.recognition.fields import Field
from ingest.recognition.table_unknown import ClockUnknown, TableUnknown, locate_profile
from tracker.tabular import Cell, Row

_UTC = re.compile(r"(?<![a-z])(?:utc|gmt)(?![a-z])(?!\s*\+?\s*0?8)|世界时|世界标准时|格林|零时区|0时区")
_TWELVE = re.compile(r"12小时")
_HOUR = re.compile(r"(?:^|[\sT日])(\d{1,2}):\d{1,2}")
_FEWEST = 20  # moments from which on it is told that none is later than 12:59


def is_moment(field: Field) -> bool:
    """Whether a field's values are points in time."""
    return getattr(field.read, "__qualname__", "").startswith(make_moment_reader.__name__)


def check_clock(fit: HeaderFit, rows: Sequence[Row]) -> None:
    """Raises: TableUnknown where a title names UTC, or a column says 上午, and nobody said what of it."""
    profile, places = fit.profile, [*_list_moments(fit)]
    if not places:
        return
    if profile.rules.zone is None and (stated := find_utc(fit)):
        raise TableUnknown(
            f"要先问清楚，没有导入：“{stated}”写着 UTC：时刻若是世界时，要加 8 小时才是北京时间。"
            "请在导入页面的“列的对应”里选定时区，"
            f'或在导入方案{locate_profile(profile)}的 [times] 里写 zone = "UTC"'
            '（确是北京时间的写 "Asia/Shanghai"）。',
            near=True,
        )
    if lost := [profile.halves[key] for key in profile.halves if key in fit.places and key not in fit.halves]:
        raise ClockUnknown(
            f"导入方案{locate_profile(profile)}写明时刻的上午、下午在“{lost[0]}”列，这份文件没有这一列，"
            "分不清上午下午。请重新导出带这一列的文件。"
        )
    if profile.hours is None and not profile.halves and (halves := list_half_columns(fit, rows)):
        title, at = fit.header.titles[halves[0]], fit.header.titles[places[0]]
        raise ClockUnknown(
            f"“{title}”列写着上午、下午，“{at}”列的钟点又没有超过 12 的，多半是 12 小时制。"
            f"请在导入页面的“列的对应”里选定，或在导入方案{locate_profile(profile)}里写 [halves]，"
            f'如 {_find_key(fit, places[0])} = "{title}"；确是 24 小时制的写 hours = 24。'
        )


def find_utc(fit: HeaderFit, *, anywhere: bool = False) -> str:
    """The title of a column of moments, or the line above the table, that names UTC; "" for none. `anywhere`:
    the title of any column, as long as nobody said which hold moments."""
    indexes = range(len(fit.header.titles)) if anywhere else _list_moments(fit)
    titles = [fit.header.qualify_title(index) for index in indexes]
    lines = [*titles, *fit.header.above]
    return next((line for line in lines if _UTC.search(to_halfwidth(line).lower())), "")


def list_half_columns(fit: HeaderFit, rows: Sequence[Row]) -> list[int]:
    """Columns that say 上午, 下午, AM or PM in all cells, beside moments of which none is after 12:59."""
    below = [cells for number, cells in rows if number > fit.header.last_row]
    used = {index for found in fit.places.values() for index in found}
    moments = [*_list_moments(fit)] or range(len(fit.header.titles))
    if any(hour > 12 for index in moments for hour in list_hours(_get_cells(below, index))):
        return []
    return [
        index
        for index, title in enumerate(fit.header.titles)
        if title and index not in used and not is_ignored(fit.profile, fit.header, index)
        if _are_halves(_get_cells(below, index))
    ]


def list_hours(cells: Iterable[Cell]) -> Iterator[int]:
    """The hours of cells that tell a time of day and no half of it."""
    for cell in cells:
        if isinstance(cell, datetime | time):
            yield cell.hour
        elif (found := _HOUR.search(to_halfwidth(to_plain(cell)))) and not _tells_half(cell):
            yield int(found[1])


def _tells_half(cell: Cell) -> bool:
    return any(half in to_halfwidth(to_plain(cell)).upper() for half in HALVES if len(half) > 1)


def is_like_12_hours(hours: Counter[int], title: str = "") -> bool:
    """Whether hours are those of a clock of 12: twenty or more, none of them 0 or later than 12, though some
    are of the night or the afternoon, some of the morning. A title that says 12小时 needs no twenty."""
    if not hours or min(hours) < 1 or max(hours) > 12:
        return False
    if _TWELVE.search(to_halfwidth(title)):
        return True
    return hours.total() >= _FEWEST and min(hours) <= 6 and any(9 <= hour < 12 for hour in hours)


def word_12_hours(title: str, number: int, profile: str) -> str:
    """What is asked of a column whose hours look like those of a clock of 12."""
    return (
        f"“{title}”列的 {number:,} 个时刻，钟点都在 1 到 12 之间，没有 0 点和下午的钟点，多半是 12 小时制"
        "而没有写明上午、下午，按 24 小时制读会错 12 小时。请让平台按 24 小时制导出；"
        "另有一列写着上午、下午的，在导入页面的“列的对应”里选定；"
        f"确是 24 小时制的，也在那里选定，或在导入方案{profile}里写 hours = 24。以后的同样文件不再问。"
    )


def _list_moments(fit: HeaderFit) -> Iterator[int]:
    """Columns that moments, or their times of day, are read from."""
    for field in fit.profile.kind.fields:
        if is_moment(field) and fit.places.get(field.key):
            yield fit.places[field.key][-1]


def _find_key(fit: HeaderFit, index: int) -> str:
    return next(key for key, found in fit.places.items() if index in found)


def _get_cells(rows: Iterable[Sequence[Cell]], index: int) -> list[Cell]:
    return [cells[index] for cells in rows if index < len(cells) and to_plain(cells[index])]


def _are_halves(cells: Sequence[Cell]) -> bool:
    return bool(cells) and all(to_halfwidth(to_plain(cell)).upper() in HALVES for cell in cells)
