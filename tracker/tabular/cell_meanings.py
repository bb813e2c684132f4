"""What calamine leaves out of a workbook: from which day dates count, what zeros and hours a format shows,
errors."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO
from xml.etree import ElementTree

from tracker.tabular.old_workbook import read_errors_of_xls
from tracker.tabular.table import Cell
from tracker.tabular.zip_file import open_zip

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ZEROS = re.compile(r"(0{2,})(?:;.*)?")  # a number format that shows 7 as 0000007
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")  # of a day, as text
_PLACE = re.compile(r"([A-Z]+)(\d+)")
_FAULT = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f[ />]""")  # an error, a formula
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')  # of a number format: text, blanks, colours
_DAY_AND_HOUR = "22"  # the number of Excel's own format of both
_LONGEST_FAULT = 16
_LONGEST_CELL = 200
_CHUNK = 1 << 18
UNCOMPUTED = "#公式未计算"  # stands where a program wrote a formula and no value
_EXACT = 10**15  # what is smaller is whole in a double

CellPlace = tuple[int, int]  # row and column, from 1 and from 0


class From1904(float):
    """A number of a workbook whose days count from 1904-01-01, as Excel's for the Mac once did."""


@dataclass(frozen=True)
class CellMeanings:
    """What the cells of a workbook's sheets mean beyond what calamine reads of them."""

    from_1904: bool = False
    zeros: Mapping[str, Mapping[CellPlace, int]] = field(default_factory=dict)  # sheet → place → digits shown
    faults: Mapping[str, Mapping[CellPlace, str]] = field(default_factory=dict)  # of sheets, as above
    midnights: Mapping[str, frozenset[CellPlace]] = field(default_factory=dict)  # days that show 0:00

    def meant(self, sheet: str | None, row: int, left: int, cells: Sequence[Cell]) -> Sequence[Cell]:
        """A row's cells as they are meant; `left`: columns of the sheet before the first one."""
        zeros, faults = self.zeros.get(sheet or "", {}), self.faults.get(sheet or "", {})
        midnights = self.midnights.get(sheet or "", ())
        if not zeros and not faults and not midnights and not self.from_1904:
            return cells
        places = enumerate((row, left + column) for column in range(len(cells)))
        return [
            faults.get(place) or self._meant(cells[at], zeros.get(place, 0), place in midnights)
            for at, place in places
        ]

    def _meant(self, cell: Cell, digits: int, at_midnight: bool) -> Cell:
        if at_midnight and type(cell) is date:
            return datetime.combine(cell, time())
        if self.from_1904 and type(cell) is str and _SERIAL.fullmatch(cell):
            return From1904(cell)
        if type(cell) is not float:
            return cell
        if digits and cell.is_integer() and 0 <= cell < _EXACT:
            return f"{int(cell):0{digits}d}"
        return From1904(cell) if self.from_1904 else cell


def read_cell_meanings(file: IO[bytes]) -> CellMeanings:
    """Those of an xlsx workbook, and of an xls its errors; of other files none."""
    if not zipfile.is_zipfile(file):
        return CellMeanings(faults=read_errors_of_xls(file))
    with open_zip(file) as archive:
        if not {"xl/workbook.xml", "xl/styles.xml"} <= set(archive.namelist()):
            return CellMeanings()
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        properties = book.find(f"{_MAIN}workbookPr")
        from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
        digits, moments = _read_digits_by_style(styles), _list_styles_of_moments(styles)
        zeros: dict[str, dict[CellPlace, int]] = {}
        faults: dict[str, dict[CellPlace, str]] = {}
        midnights: dict[str, frozenset[CellPlace]] = {}
        for sheet, part in _list_sheet_parts(archive, book):
            if digits or _may_hold(archive, part, moments):
                zeros[sheet], faults[sheet], midnights[sheet] = _read_places(archive, part, digits, moments)
    return CellMeanings(from_1904, zeros, faults, midnights)


def _read_digits_by_style(styles: ElementTree.Element) -> dict[str, int]:
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


def _list_styles_of_moments(styles: ElementTree.Element) -> frozenset[str]:
    """Indexes of the styles of cells that show a day and an hour."""
    codes = {_DAY_AND_HOUR}
    for one in styles.iter(f"{_MAIN}numFmt"):
        shown = _NOT_SHOWN.sub("", one.get("formatCode", "")).lower()
        if "h" in shown and ("d" in shown or "y" in shown):
            codes.add(one.get("numFmtId", ""))
    formats = styles.find(f"{_MAIN}cellXfs")
    return frozenset(
        str(index)
        for index, style in enumerate(formats if formats is not None else ())
        if style.get("numFmtId") in codes
    )


def _list_sheet_parts(archive: zipfile.ZipFile, book: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Each sheet with the part of the archive that holds it."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "").removeprefix("/xl/") for one in relations}
    for sheet in book.iter(f"{_MAIN}sheet"):
        part = f"xl/{targets.get(sheet.get(_RELATION))}"
        if part in archive.namelist():
            yield sheet.get("name", ""), part


def _may_hold(archive: zipfile.ZipFile, part: str, moments: frozenset[str]) -> bool:
    """Whether a sheet may hold faults, or a whole day in one of the styles."""
    patterns = [(_FAULT, _LONGEST_FAULT)]
    if moments:
        styles = "|".join(sorted(moments)).encode()
        whole = rb"""\bs=["'](?:%b)["'][^>]*>\s*<(?:\w+:)?v>\d+(?:\.0*)?<""" % styles
        patterns.append((re.compile(whole), _LONGEST_CELL))
    start = b""
    with archive.open(part) as xml:
        while chunk := xml.read(_CHUNK):
            if any(pattern.search(start[-longest:] + chunk) for pattern, longest in patterns):
                return True
            start = chunk[-_LONGEST_CELL:]
    return False


def _read_places(
    archive: zipfile.ZipFile, part: str, digits: Mapping[str, int], moments: frozenset[str]
) -> tuple[dict[CellPlace, int], dict[CellPlace, str], frozenset[CellPlace]]:
    """Cells that show leading zeros; cells that hold an error, or a formula whose value nobody computed; days
    that show their hour, which is 0:00."""
    zeros: dict[CellPlace, int] = {}
    faults: dict[CellPlace, str] = {}
    midnights: set[CellPlace] = set()
    with archive.open(part) as xml:
        for _, element in ElementTree.iterparse(xml):
            place = _PLACE.fullmatch(element.get("r", "")) if element.tag == f"{_MAIN}c" else None
            if place:
                at = int(place[2]), _parse_column(place[1])
                if element.get("s") in digits:
                    zeros[at] = digits[element.get("s", "")]
                if fault := _find_fault(element):
                    faults[at] = fault
                if element.get("s") in moments and _is_whole(element.findtext(f"{_MAIN}v")):
                    midnights.add(at)
            if element.tag == f"{_MAIN}row":
                element.clear()
    return zeros, faults, frozenset(midnights)


def _is_whole(number: str | None) -> bool:
    try:
        return number is not None and float(number).is_integer()
    except ValueError:
        return False


def _find_fault(cell: ElementTree.Element) -> str | None:
    value = cell.findtext(f"{_MAIN}v")
    if cell.get("t") == "e":
        return value or "#ERROR!"
    has_formula = cell.find(f"{_MAIN}f") is not None
    return UNCOMPUTED if has_formula and not value and cell.get("t") != "str" else None


def _parse_column(letters: str) -> int:
    """AB is 27: from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
