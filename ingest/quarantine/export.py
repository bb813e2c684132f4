"""The rows of a delivery that were held back, as they were delivered, in a workbook to be mended.

Unlike the quarantine's own list it holds the original cells, unmasked: it goes back to whoever brought them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from ingest.cells import to_plain
from ingest.profiles.profile import Profile
from ingest.quarantine.quarantine import QuarantineEntry
from ingest.recognition.recognise import recognise
from tracker.tabular import open_tables

ADDED = ("原文件行号", "问题说明", "处理办法")  # no field knows these titles: a mended file imports as it is
_WIDTH = 18


@dataclass(frozen=True)
class RejectedTable:
    """One table with the rows of it that were held back."""

    titles: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]  # number, cells as text
    problems: dict[int, list[QuarantineEntry]]  # by row number


def read_rejected(
    path: Path, number: int, profile: Profile, entries: Iterable[QuarantineEntry], encoding: str | None = None
) -> RejectedTable:
    """The held back rows of table `number` of a kept file. Raises: FileRefused, OSError."""
    problems: dict[int, list[QuarantineEntry]] = {}
    for entry in entries:
        problems.setdefault(entry.row, []).append(entry)
    table = next(table for table in open_tables(path, encoding)[0] if table.number == number)
    header = recognise(table.head(), [profile]).header
    rows = tuple((row, tuple(map(to_plain, cells))) for row, cells in table.rows() if row in problems)
    return RejectedTable(header.titles, rows, problems)


def write_rejects(path: Path, table: RejectedTable, stamp: str) -> None:
    """Writes the workbook: the original columns, and beside them what is wrong and what mends it."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#eef2f7", "text_wrap": True, "valign": "top"})
        problem_format = book.add_format({"font_color": "#b01e16", "text_wrap": True, "valign": "top"})
        wrong = book.add_format({"bg_color": "#fce8e6", "font_color": "#b01e16", "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("问题数据")
        sheet.freeze_panes(1, 0)
        sheet.set_footer(f"&L{stamp.replace('&', '&&')}&R&P / &N")
        sheet.set_column(0, len(table.titles) + len(ADDED), _WIDTH, text)
        for column, title in enumerate((*table.titles, *ADDED)):
            sheet.write_string(0, column, title, bold)
        for line, (number, cells) in enumerate(table.rows, 1):
            problems = table.problems[number]
            bad = {one.column for one in problems}
            for column, cell in enumerate(_pad(cells, len(table.titles))):
                marked = column < len(table.titles) and table.titles[column] in bad
                sheet.write_string(line, column, cell, wrong if marked else text)
            width = len(table.titles)
            sheet.write_string(line, width, str(number), text)
            sheet.write_string(line, width + 1, "；".join(_list_rules(problems)), problem_format)
            sheet.write_string(
                line, width + 2, "；".join(dict.fromkeys(one.remedy for one in problems)), problem_format
            )


def _pad(cells: Sequence[str], width: int) -> Sequence[str]:
    """As many cells as titles; surplus ones are left out, they are named in the problem."""
    return [*cells[:width], *[""] * (width - len(cells))]


def _list_rules(problems: Iterable[QuarantineEntry]) -> Iterator[str]:
    for one in problems:
        yield f"“{one.column}”{one.rule}" if one.column else one.rule
