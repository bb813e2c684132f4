"""What has to be known of moments before they are read: their time zone, and whether 1:30 may be 13:30."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time

from ingest.cells import HALVES, to_halfwidth, to_plain
from ingest.recognition.column_matching import HeaderFit, is_ignored
from ingest.recognition.table_unknown import ClockUnknown, TableUnknown, locate_profile
from tracker.tabular import Cell, Row

_UTC = re.compile(r"(?<![a-z])(?:utc|gmt)(?![a-z])(?!\s*\+?\s*0?8)|世界时|世界标准时|格林|零时区|0时区")
_BEIJING = re.compile(r"(?:utc|gmt)\s*\+?\s*0?8(?!\d)|北京时|东八区|东8区|中国标准时")
_TWELVE = re.compile(r"12小时")
_HOUR = re.compile(r"(?:^|[\sT日])(\d{1,2}):\d{1,2}")
_FEWEST = 20  # moments from which on it is told that none is later than 12:59


def check_clock(fit: HeaderFit, rows: Sequence[Row]) -> None:
    """Raises: TableUnknown where a title names UTC, or a column says 上午, and nobody said what of it."""
    profile, places = fit.profile, [*_list_moments(fit)]
    if not places:
        return
    if clash := find_two_zones([fit.header.qualify_title(index) for index in places]):
        raise TableUnknown(f"不能导入：{clash}", near=True)
    if profile.zone is not None and (doubt := _doubt_zone(fit, places)):
        raise TableUnknown(
            f"要先问清楚，没有导入：导入方案“{profile.title}”的时刻按时区“{profile.time_zone}”读，{doubt}。"
            f"请在导入页面的“列对应关系”里重新选定时区并保存，或改写导入方案{locate_profile(profile)}。",
            near=True,
        )
    if profile.time_zone is None and (stated := find_utc(fit)):
        raise TableUnknown(
            f"要先问清楚，没有导入：“{stated}”写着 UTC：时刻若是世界时，要加 8 小时才是北京时间。"
            "请在导入页面的“列对应关系”里选定时区，"
            f'或在导入方案{locate_profile(profile)}里写 time_zone = "UTC"（确是北京时间的写 "北京时间"）。',
            near=True,
        )
    if lost := [profile.halves[key] for key in profile.halves if key in fit.places and key not in fit.halves]:
        raise ClockUnknown(
            f"导入方案{locate_profile(profile)}写明时刻的上午、下午在“{lost[0]}”列，这份文件没有这一列，"
            "分不清上午下午。请重新导出带这一列的文件。"
        )
    if profile.hours is None and not profile.halves and (halves := list_half_columns(fit, rows)):
        suspected = list_12_hour_columns(fit, rows)
        title, at = fit.header.titles[halves[0]], fit.header.titles[suspected[0]]
        raise ClockUnknown(
            f"“{title}”列写着上午、下午，“{at}”列的钟点又没有超过 12 的，多半是 12 小时制。"
            f"请在导入页面的“列对应关系”里选定，或在导入方案{locate_profile(profile)}里写 [halves]，"
            f'如 {_find_key(fit, suspected[0])} = "{title}"；确是 24 小时制的写 hours = 24。'
        )


def find_utc(fit: HeaderFit, *, anywhere: bool = False) -> str:
    """The title of a column of moments, or the line above the table, that names UTC; "" for none. `anywhere`:
    the title of any column, as long as nobody said which hold moments."""
    indexes = range(len(fit.header.titles)) if anywhere else _list_moments(fit)
    titles = [fit.header.qualify_title(index) for index in indexes]
    lines = [*titles, *fit.header.above]
    return next((line for line in lines if _names(_UTC, line)), "")


def find_two_zones(titles: Sequence[str]) -> str:
    """What is wrong where one title of moments names UTC and another Beijing; "" where nothing is."""
    utc = next((title for title in titles if _names(_UTC, title)), None)
    beijing = next((title for title in titles if _names(_BEIJING, title)), None)
    if utc is None or beijing is None:
        return ""
    return (
        f"“{utc}”写着 UTC，“{beijing}”写着北京时间，同一张表的时刻只能按一个时区读。"
        "请让平台按同一时区重新导出，或不采用其中的列。"
    )


def _doubt_zone(fit: HeaderFit, places: Sequence[int]) -> str:
    """What speaks against the zone of a profile that is not Beijing's: a title or a line that names Beijing,
    or a title that names UTC no more; "" where nothing does."""
    titles = [fit.header.qualify_title(index) for index in places]
    if stated := next((one for one in (*titles, *fit.header.above) if _names(_BEIJING, one)), None):
        return f"这份文件的“{stated}”却写着北京时间"
    keys = [_find_key(fit, index) for index in places]
    named = [
        one for key in keys for one in (*fit.profile.columns.get(key, ()), *fit.profile.joined.get(key, ()))
    ]
    before = next((one for one in named if _names(_UTC, one)), None)
    if before is None or any(_names(_UTC, one) for one in (*titles, *fit.header.above)):
        return ""
    return f"那时的列名是“{before}”，这份文件的列名里没有 UTC 了"


def _names(zone: re.Pattern[str], text: str) -> bool:
    return zone.search(to_halfwidth(text).lower()) is not None


def list_half_columns(fit: HeaderFit, rows: Sequence[Row]) -> list[int]:
    """Columns that say 上午, 下午, AM or PM in all cells, beside a column of moments none of which is after
    12:59."""
    below = [cells for number, cells in rows if number > fit.header.last_row]
    used = {index for found in fit.places.values() for index in found}
    if not list_12_hour_columns(fit, rows):
        return []
    return [
        index
        for index, title in enumerate(fit.header.titles)
        if title and index not in used and not is_ignored(fit.profile, fit.header, index)
        if _are_halves(_get_cells(below, index))
    ]


def list_12_hour_columns(fit: HeaderFit, rows: Sequence[Row], *, anywhere: bool = False) -> list[int]:
    """Columns of moments that tell hours and none after 12:59; of any columns where `anywhere`, or as long
    as nobody said which hold moments."""
    below = [cells for number, cells in rows if number > fit.header.last_row]
    moments = [] if anywhere else [*_list_moments(fit)]
    hours = {
        index: [*list_hours(_get_cells(below, index))] for index in moments or range(len(fit.header.titles))
    }
    return [index for index, found in hours.items() if found and max(found) <= 12]


def match_halves(fit: HeaderFit, rows: Sequence[Row], *, anywhere: bool = False) -> dict[int, int]:
    """For each column that may be of a clock of 12 the nearest column of halves, sooner to the right."""
    halves = list_half_columns(fit, rows)
    return {
        index: min(halves, key=lambda half: (abs(half - index), half < index))
        for index in (list_12_hour_columns(fit, rows, anywhere=anywhere) if halves else ())
    }


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
        "另有一列写着上午、下午的，在导入页面的“列对应关系”里选定；"
        f"确是 24 小时制的，也在那里选定，或在导入方案{profile}里写 hours = 24。以后的同样文件不再问。"
    )


def _list_moments(fit: HeaderFit) -> Iterator[int]:
    """Columns that moments, or their times of day, are read from."""
    for field in fit.profile.kind.fields:
        if field.is_moment and fit.places.get(field.key):
            yield fit.places[field.key][-1]


def _find_key(fit: HeaderFit, index: int) -> str:
    return next(key for key, found in fit.places.items() if index in found)


def _get_cells(rows: Iterable[Sequence[Cell]], index: int) -> list[Cell]:
    return [cells[index] for cells in rows if index < len(cells) and to_plain(cells[index])]


def _are_halves(cells: Sequence[Cell]) -> bool:
    return bool(cells) and all(to_halfwidth(to_plain(cell)).upper() in HALVES for cell in cells)
