"""Text cells: free words, identities, and what counts as nothing."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product

from ingest.cells.column import CellParser, CellProblem, Column, ColumnReader
from tracker.personal_numbers import PERSONAL_LENGTHS, classify_number
from tracker.tabular import Cell

_SPACE = " \t\r\n\v\f\u3000\ufeff\xa0\u200b"
_NOTHING = (
    "",
    "-",
    "--",
    "---",
    "—",
    "——",
    "/",
    "\\",
    "无",
    "空",
    "null",
    "none",
    "nan",
    "n/a",
    "nil",
)
NOTHING = frozenset(
    "".join(signs) for word in _NOTHING for signs in product(*({sign, sign.upper()} for sign in word))
)  # however they are capitalised: NaN, NULL, N/a

_LONGEST_TEXT = 200
_LONGEST_BRIEF = 40
_LONGEST_IDENTITY = 64
_EXCEL_DIGITS = 15
_ROUNDED = re.compile(r"(\d)(?:\.(\d+))?[eE]\+(\d+)")
_ERROR = re.compile(r"#(?:N/A|VALUE!|REF!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)", re.IGNORECASE)
_FORMULA = re.compile(r'="(.*)"')
_LIKE_A_NUMBER = re.compile(r"\d{7,}")
_MEMORY = 4096


def to_plain(cell: Cell) -> str:
    """A cell as trimmed text: whole floats without a fraction, vendors' `="…"` and leading ' taken off."""
    if isinstance(cell, str):
        value = cell.strip(_SPACE)
        if value[:1] in ("'", "="):
            value = value.removeprefix("'").strip(_SPACE)
            formula = _FORMULA.fullmatch(value)
            value = formula[1].strip(_SPACE) if formula else value
        return value
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return str(cell) if isinstance(cell, date | time | timedelta | int) else ""


def to_halfwidth(text: str) -> str:
    """Full-width letters, digits and punctuation as ASCII."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def text(column: Column) -> CellParser:
    """A word or a name, as delivered."""
    nothing = NOTHING | column.empties

    def parse(cell: Cell) -> str | None:
        value = to_plain(cell)
        if value in nothing:
            return None
        if len(value) > _LONGEST_TEXT or "\n" in value:
            raise CellProblem("太长或含有换行", "请核对这一格是否串了列或引号没有配对")
        return _check_readable(value)

    return parse


def read_brief(column: Column) -> CellParser:
    """One of a few short answers or reasons; what could hold personal data is not kept, and told."""

    def parse(cell: Cell) -> str | None:
        value = to_plain(cell)
        if value in NOTHING or value in column.empties:
            return None
        if len(_check_readable(value)) > _LONGEST_BRIEF or _LIKE_A_NUMBER.search(to_halfwidth(value)):
            column.notices[f"“{column.label}”列有像是自由填写或含号码的内容：不保存原文。"] += 1
            return None
        return value

    return parse


def read_id(column: Column) -> CellParser:
    """A number or code that identifies: digits must all be there."""
    nothing = NOTHING | column.empties

    def parse(cell: Cell) -> str | None:
        if type(cell) is str and cell.isalnum() and cell.isascii() and len(cell) <= _LONGEST_IDENTITY:
            return None if cell in nothing else cell
        if isinstance(cell, float) and abs(cell) >= 10**_EXCEL_DIGITS:
            raise CellProblem(
                "是被存成数值的长编号，15 位以后的数字已经丢失", "请将该列设为文本格式后重新导出"
            )
        value = _strip_fraction(to_halfwidth(to_plain(cell)))
        if value in nothing:
            return None
        if is_rounded(value):
            raise CellProblem("是科学计数法，编号的后几位已经丢失", "请将该列设为文本格式后重新导出")
        if len(value) > _LONGEST_IDENTITY or any(mark.isspace() for mark in value):
            raise CellProblem("不像编号：太长或中间有空白", "请核对这一格是否串了列")
        return _check_readable(value)

    return parse


def match_usual_ids(column: Column) -> Callable[[Sequence[str]], bool]:
    """Tells of cells whether `identity` takes all of them as they are, by a look at all together."""
    nothing = NOTHING | column.empties

    def usual(cells: Sequence[str]) -> bool:
        joined = "".join(cells)
        return (
            joined.isalnum()
            and joined.isascii()
            and max(lengths := set(map(len, cells))) <= _LONGEST_IDENTITY
            and (lengths.isdisjoint(PERSONAL_LENGTHS) or not any(map(classify_number, cells)))
            and nothing.isdisjoint(cells)
        )

    return usual


@dataclass(frozen=True)
class MemoizedReader:
    """Compiles the parsers of columns with few different values."""

    reader: ColumnReader

    def __call__(self, column: Column) -> CellParser:
        parse = self.reader(column)
        memory: dict[Cell, object] = {}

        def recall(cell: Cell) -> object:
            try:
                return memory[cell]
            except KeyError:
                value = parse(cell)
                if len(memory) < _MEMORY:
                    memory[cell] = value
                return value

        return recall


def memoize(reader: ColumnReader) -> MemoizedReader:
    """For columns with few different values: each is parsed once."""
    return MemoizedReader(reader)


def add_empty_words(words: str, reader: ColumnReader) -> ColumnReader:
    """The reader, with further words for nothing, blanks between them: 在职 in a column of leaving dates."""
    nothing = frozenset(words.split())

    def compiled(column: Column) -> CellParser:
        parse = reader(column)
        return lambda cell: None if isinstance(cell, str) and to_plain(cell) in nothing else parse(cell)

    return compiled


def is_rounded(value: str) -> bool:
    """Whether a number was printed in scientific notation with fewer digits than it has."""
    written = _ROUNDED.fullmatch(value)
    return written is not None and len(written[2] or "") < int(written[3])


def _strip_fraction(value: str) -> str:
    """A number without the .0 that a spreadsheet put behind it."""
    digits = value.removesuffix(".0")
    return digits if digits.isdecimal() else value


def _check_readable(value: str) -> str:
    if "\ufffd" in value:
        raise CellProblem("含有不能识别的字符（编码损坏）", "请重新导出为 UTF-8 或 GB18030 编码")
    if value[:1] == "#" and _ERROR.fullmatch(value):
        raise CellProblem("是表格公式的错误值", "请改正公式或填上原来的内容后重新导出；没有内容的请空着")
    if "\0" in value:
        raise CellProblem("含有看不见的空字符", "请重新导出，或在表格里删去这一格后重新填写")
    return value
