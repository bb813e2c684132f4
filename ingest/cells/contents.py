"""What sort of thing the cells of a column are, whatever the column is called."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from ingest.cells.text import to_halfwidth, to_plain
from tracker.tabular import Cell


class Content(StrEnum):
    """A sort of content, as a profile writes it."""

    MOMENT = "时间"  # day and time of day
    DAY = "日期"
    CLOCK = "钟点"  # a time of day, or a length of time
    CODE = "号码"  # seven digits or more
    NUMBER = "数"
    TEXT = "文字"
    ANYTHING = "空"  # no cell was filled


_DAY = r"(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})"
_CLOCK = r"(?:上午|下午|[ap]m)?\s*\d{1,3}:\d{1,2}(?::\d{1,2})?(?:\.\d+)?\s*(?:[ap]m)?"
_WRITTEN = tuple(
    (re.compile(pattern, re.IGNORECASE), content)
    for pattern, content in (
        (rf"{_DAY}[\sT]*{_CLOCK}\s*(?:Z|[+-]\d\d:?\d\d)?", Content.MOMENT),
        (_DAY, Content.DAY),
        (_CLOCK, Content.CLOCK),
        (r"[+-]?[\d*]{7,}", Content.CODE),
        (r"[+-]?[\d,]{1,12}(?:\.\d+)?%?", Content.NUMBER),
    )
)
_MOSTLY = 0.8  # of the filled cells


def classify_cell(cell: Cell) -> Content:
    """The sort of one cell.

    >>> classify_cell("2023-05-01 08:03:05"), classify_cell("13800000001"), classify_cell("")
    (<Content.MOMENT: '时间'>, <Content.CODE: '号码'>, <Content.ANYTHING: '空'>)
    """
    if isinstance(cell, datetime):
        return Content.MOMENT
    if isinstance(cell, date):
        return Content.DAY
    if isinstance(cell, time | timedelta):
        return Content.CLOCK
    written = to_halfwidth(to_plain(cell))
    if not written:
        return Content.ANYTHING
    return next((content for pattern, content in _WRITTEN if pattern.fullmatch(written)), Content.TEXT)


def classify_column(cells: Iterable[Cell]) -> Content:
    """The sort that four of five filled cells are; text where they are of several sorts."""
    sorts = Counter(map(classify_cell, cells))
    del sorts[Content.ANYTHING]
    if not sorts:
        return Content.ANYTHING
    content, times = sorts.most_common(1)[0]
    return content if times >= _MOSTLY * sorts.total() else Content.TEXT
