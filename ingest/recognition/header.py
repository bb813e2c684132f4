"""Where a table's header may be: single rows, and pairs of rows with merged cells above."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.cells import to_halfwidth, to_plain
from ingest.recognition.decorated_titles import strip_decoration
from tracker.tabular import Cell, Row

_LONGEST_GROUP = 8
_LINE = re.compile(r"[:。;]|\d{4}[年./-]|^\d+[月日]|第.{1,3}页|^[(]?单位")  # 单位：万元, 2024年5月, 第1页
_TABLE = re.compile(r"(?:表|单|册|台账|明细|清单|统计|汇总|报告|热线|中心)$")


@dataclass(frozen=True)
class Header:
    """A row, or two, that could hold the titles of the columns."""

    last_row: int  # number of its lower row; data begin below
    titles: tuple[str, ...]  # as printed; "" for a column without
    fuller: tuple[str, ...]  # with the title merged above it, where there is one
    above: tuple[str, ...]  # texts of the rows above: titles, units
    groups: tuple[str, ...] = ()  # what the row above a column groups it under; "" for none

    def qualify_title(self, index: int) -> str:
        """A column's title with the group that it stands under, as if that were remarked in brackets."""
        title = self.titles[index]
        return f"{title}（{self.groups[index]}）" if self.groups and self.groups[index] else title

    @property
    def width(self) -> int:
        """Columns up to the last titled one."""
        return max((index + 1 for index, title in enumerate(self.titles) if title), default=0)


def list_possible_headers(rows: Sequence[Row]) -> Iterator[Header]:
    """Candidates from the top: each row with two different texts or more, alone and under the row above."""
    above: list[str] = []
    previous: tuple[str, ...] = ()
    for number, cells in rows:
        titles = tuple(_to_title(cell) for cell in cells)
        if len(set(titles) - {""}) >= 2:
            groups = find_groups(previous, titles)
            if (bare := strip_decoration(titles)) != titles:
                yield Header(number, bare, bare, tuple(above), find_groups(previous, bare))
            yield Header(number, titles, titles, tuple(above), groups)
            if previous:
                yield _pair_rows(number, previous, titles, above, groups)
        above += [title for title in dict.fromkeys(titles) if title]
        previous = titles


def _pair_rows(
    number: int, upper: tuple[str, ...], lower: tuple[str, ...], above: list[str], groups: tuple[str, ...]
) -> Header:
    width = max(len(upper), len(lower))
    pairs = list(zip(_pad(upper, width), _pad(lower, width), strict=True))
    titles = tuple(under or over for over, under in pairs)
    fuller = tuple(over + under if over != under else under for over, under in pairs)
    return Header(number, titles, fuller, tuple(above), _pad(groups, width))


def find_groups(upper: tuple[str, ...], titles: tuple[str, ...]) -> tuple[str, ...]:
    """By column, what the row above its title groups it under; "" for none.

    The name of the table, a line of remarks, a title that reaches over both rows, or titles in another
    language group nothing. Where merged cells came as one cell and blanks, the blanks belong to it."""
    upper = _pad(upper, len(titles))[: len(titles)]
    filled = [index for index, over in enumerate(upper) if over]
    heads = [index for index in filled if titles[index] and upper[index] != titles[index]]
    texts = {upper[index] for index in heads}
    if not texts or filled == [0] or {*filter(None, upper)} == {upper[0]}:
        return ("",) * len(titles)
    if len(texts) > 3 and len(texts) * 5 > sum(map(bool, titles)) * 4:
        return ("",) * len(titles)
    repeated = any(one and one == other for one, other in pairwise(upper))
    groups, over, alone = [], "", len({*filter(None, upper)}) == 1
    for text, title in zip(upper, titles, strict=True):
        if text:
            of_table = text == upper[0] or alone
            over = "" if text == title or not title or _is_line(text, of_table=of_table) else text
        groups.append(over if title and (text or not repeated) else "")
    return tuple(groups)


def _is_line(text: str, *, of_table: bool) -> bool:
    """Whether a text is a line about the table, and no name of a group of columns."""
    return bool(
        _LINE.search(to_halfwidth(text)) or (of_table and (len(text) > _LONGEST_GROUP or _TABLE.search(text)))
    )


def _pad(titles: tuple[str, ...], width: int) -> tuple[str, ...]:
    return titles + ("",) * (width - len(titles))


def _to_title(cell: Cell) -> str:
    """A cell as a title; numbers and dates are none."""
    return to_plain(cell).replace("\n", "") if isinstance(cell, str) else ""
