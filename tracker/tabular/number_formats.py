"""What calamine leaves out of an xlsx workbook: from which day dates count, what zeros a format shows."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree

from tracker.tabular.table import Cell

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ZEROS = re.compile(r"(0{2,})(?:;.*)?")  # a number format that shows 7 as 0000007
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")  # of a day, as text
_PLACE = re.compile(r"([A-Z]+)(\d+)")
_EXACT = 10**15  # what is smaller is whole in a double

Place = tuple[int, int]  # row and column, from 1 and from 0


class From1904(float):
    """A number of a workbook whose days count from 1904-01-01, as Excel's for the Mac once did."""


@dataclass(frozen=True)
class NumberFormats:
    """How the numbers of a workbook's sheets are meant."""

    from_1904: bool = False
    zeros: Mapping[str, Mapping[Place, int]] = field(default_factory=dict)  # sheet → place → digits shown

    def meant(self, sheet: str | None, row: int, left: int, cells: Sequence[Cell]) -> Sequence[Cell]:
        """A row's cells as they are meant; `left`: columns of the sheet before the first one."""
        zeros = self.zeros.get(sheet or "", {})
        if not zeros and not self.from_1904:
            return cells
        return [self._meant(cell, zeros.get((row, left + column), 0)) for column, cell in enumerate(cells)]

    def _meant(self, cell: Cell, digits: int) -> Cell:
        if self.from_1904 and type(cell) is str and _SERIAL.fullmatch(cell):
            return From1904(cell)
        if type(cell) is not float:
            return cell
        if digits and cell.is_integer() and 0 <= cell < _EXACT:
            return f"{int(cell):0{digits}d}"
        return From1904(cell) if self.from_1904 else cell


def number_formats(file: IO[bytes]) -> NumberFormats:
    """Those of an xlsx workbook; of other files none."""
    if not zipfile.is_zipfile(file):
        return NumberFormats()
    with zipfile.ZipFile(file) as archive:
        if not {"xl/workbook.xml", "xl/styles.xml"} <= set(archive.namelist()):
            return NumberFormats()
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        properties = book.find(f"{_MAIN}workbookPr")
        from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        digits = _digits_by_style(ElementTree.fromstring(archive.read("xl/styles.xml")))
        zeros = _zeros(archive, book, digits) if digits else {}
    return NumberFormats(from_1904, zeros)


def _digits_by_style(styles: ElementTree.Element) -> dict[str, int]:
    """Index of a cell's style → digits that it shows at least."""
    codes = {
        one.get("numFmtId"): len(found[1])
        for one in styles.iter(f"{_MAIN}numFmt")
        if (found := _ZEROS.fullmatch(one.get("formatCode", "")))
    }
    formats = styles.find(f"{_MAIN}cellXfs")
    return {
        str(index): codes[style.get("numFmtId")]
        for index, style in enumerate(formats if formats is not None else ())
        if style.get("numFmtId") in codes
    }


def _zeros(
    archive: zipfile.ZipFile, book: ElementTree.Element, digits: Mapping[str, int]
) -> dict[str, dict[Place, int]]:
    """Of each sheet, the cells that show leading zeros."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "").removeprefix("/xl/") for one in relations}
    return {
        sheet.get("name", ""): _places(archive, f"xl/{targets[sheet.get(_RELATION)]}", digits)
        for sheet in book.iter(f"{_MAIN}sheet")
        if f"xl/{targets.get(sheet.get(_RELATION))}" in archive.namelist()
    }


def _places(archive: zipfile.ZipFile, part: str, digits: Mapping[str, int]) -> dict[Place, int]:
    found: dict[Place, int] = {}
    with archive.open(part) as xml:
        for _, element in ElementTree.iterparse(xml):
            place = _PLACE.fullmatch(element.get("r", "")) if element.tag == f"{_MAIN}c" else None
            if place and element.get("s") in digits:
                found[int(place[2]), _column(place[1])] = digits[element.get("s", "")]
            if element.tag == f"{_MAIN}row":
                element.clear()
    return found


def _column(letters: str) -> int:
    """AB is 27: from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
