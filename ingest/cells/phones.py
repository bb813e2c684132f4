"""Telephone numbers as bare digits, whatever the spreadsheet made of them."""

import re
from collections.abc import Callable, Sequence

from ingest.cells.column import CellParser, CellProblem, Column
from ingest.cells.text import NOTHING, is_rounded, to_halfwidth, to_plain
from tracker.tabular import Cell

_MOBILE = 11  # digits
_HIDDEN = re.compile(
    r"anonymous|unknown|private|restricted|withheld|未知|匿名|隐藏|保密|无号码", re.IGNORECASE
)
_FLOAT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_EXTENSION = re.compile(
    r"(?<=\d)(?:转|ext\.?|#)\d{1,6}$|(?<=-\d{7})-\d{1,6}$|(?<=-\d{8})-\d{1,6}$", re.IGNORECASE
)
_SEPARATOR = re.compile(r"[\s()\-.]")
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1[3-9]\d{9}$)")  # of a mobile number
_COUNTRY_FIXED = re.compile(r"(?:\+|00)860?(?=[2-9]\d{8,10}$)")  # of an area code
_LONG_DISTANCE = re.compile(r"0(?=1[3-9]\d{9}$)")  # dialled before a mobile number of another place
_INVENTED = re.compile(r"(\d)\1{6,}|1[3-9]\d0{8}|12345678(?:9\d{0,2})?")  # what forms are filled up with
_IN_INVENTED = ("00000000", "1111111", "12345678")  # one of them is in each of eleven digits
_NUMBER = re.compile(r"\+?\d{3,20}")


def read_phone(column: Column) -> CellParser:
    """Digits, with the area code of fixed lines. A number that cannot be read costs a notice, not the row.

    Raises (the parser): CellProblem for one that is written where none is known."""
    nothing = NOTHING | column.empties | {"0"}

    def parse(cell: Cell) -> str | None:
        if (
            type(cell) is str
            and len(cell) == _MOBILE
            and cell[0] == "1"
            and cell.isdigit()
            and cell.isascii()
        ):
            return _check_number(cell, column)
        written = to_halfwidth(to_plain(cell))
        if written in nothing or _HIDDEN.search(written):
            return None
        digits = _extract_digits(written)
        if digits is None:
            reason = "已脱敏，认不出重复来电" if "*" in written else "不是电话号码，按没有号码处理"
            column.notices[f"“{column.label}”列有号码{reason}。"] += 1
        return digits and _check_number(digits, column)

    return parse


def _check_number(number: str, column: Column) -> str:
    """Raises: CellProblem."""
    if number in column.no_numbers or _INVENTED.fullmatch(number):
        raise CellProblem("是占位的号码，不是哪个人的", "请导出真实的号码；没有号码的请空着")
    return number


def match_usual_phones(column: Column) -> Callable[[Sequence[str]], bool]:
    """Tells of cells whether all are mobile numbers that `phone` takes as they are."""

    def usual(cells: Sequence[str]) -> bool:
        joined = "".join(cells)
        return (
            joined.isdigit()
            and joined.isascii()
            and set(map(len, cells)) == {_MOBILE}
            and joined[::_MOBILE] == "1" * len(cells)
            and not any(digits in joined for digits in _IN_INVENTED)
            and (not column.no_numbers or column.no_numbers.isdisjoint(cells))
        )

    return usual


def _extract_digits(written: str) -> str | None:
    if _FLOAT.fullmatch(written):
        if is_rounded(written):
            return None
        written = str(int(float(written)))
    number = _SEPARATOR.sub("", _EXTENSION.sub("", written.removesuffix(".0")))
    number = _COUNTRY_FIXED.sub("0", _COUNTRY.sub("", number))
    number = _LONG_DISTANCE.sub("", number)
    return number if _NUMBER.fullmatch(number) else None
