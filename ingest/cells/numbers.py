"""Numbers, money and durations: exact, in the smallest unit."""

import re
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation

from ingest.cells.column import CellParser, CellProblem, Column, ColumnReader
from ingest.cells.text import NOTHING, is_rounded, to_halfwidth, to_plain
from ingest.cells.units import CLOCKS, COUNT, MONEY, TIME, UnitFamily
from tracker.tabular import Cell

_COUNTED = re.compile(r"(人次|人|份|条|件|个|名|次|岗|通|分)$")
_AMOUNT = re.compile(r"(?P<number>[-+(]?¥?[-+]?[\d,.]+)(?P<unit>[^\d,.)]+)(?P<closed>\)?)")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
_LENGTH = r"(\d+(?:\.\d+)?)"
_SPOKEN = re.compile(
    rf"(?:{_LENGTH}(?:天|days?|d))?(?:{_LENGTH}(?:小时|钟头|时|hours?|hrs?|h))?"
    rf"(?:{_LENGTH}(?:分钟|分(?!钟)|minutes?|mins?|m(?!s)|['′’](?!['′’])))?"
    rf"(?:{_LENGTH}(?:秒钟?|seconds?|secs?|s|''|′′|’’|\"|”))?(?:{_LENGTH}(?:毫秒|milliseconds?|msecs?|ms))?"
)
_SPOKEN_UNITS = ("天", "小时", "分钟", "秒", "毫秒")
_FULL = Decimal(100)
_MARK_WORDS = {"百": "100", "十": "10", "五": "5"}
_MARKS = re.compile(
    r"(?:满分|总分)[:为是]?([1-9]\d{0,3}|[百十五])分?|([1-9]\d{0,3}|[百十五])分(?:制|满分|为满分)"
    r"|(?<!\d)[01][-~至到]([1-9]\d{0,3})分?(?![\d月日])"
)
_NOISE = Decimal("0.0001")  # of a 分: what binary floats leave behind
_BIGGEST = 10**17
_LARGEST_COUNT = 2**31 - 1  # that a column of whole numbers can hold


def read_count(column: Column) -> CellParser:
    """A whole number, 0 or more."""

    worth = COUNT.worth(column.unit)

    def parse(cell: Cell) -> int | None:
        if type(cell) is str and cell.isdigit() and cell.isascii() and len(cell) < 9 and worth == 1:
            return int(cell)
        number = _parse_number(cell, column, _COUNTED)
        if number is None:
            return None
        number *= worth
        if number != number.to_integral_value() or number < 0:
            raise CellProblem("不是有效数量", "请填0或正整数")
        if number > _LARGEST_COUNT:
            raise CellProblem("大得不可能", f"请核对；个数最多 {_LARGEST_COUNT:,}")
        return int(number)

    return parse


def read_decimal(column: Column) -> CellParser:
    """An exact number, without trailing zeros, so that 82 and 82.0 are the same."""

    def parse(cell: Cell) -> Decimal | None:
        number = _parse_number(cell, column, _COUNTED)
        return None if number is None else Decimal(f"{number.normalize():f}")

    return parse


def read_score(column: Column) -> CellParser:
    """A mark out of 100, exact to four places; of other full marks (满分150分, 5分制) it is scaled.

    Rounded down, so that no mark reaches what it did not. More than full marks is a problem of its cell."""
    read = read_decimal(column)
    full = find_full_marks(column.label) or _FULL

    def parse(cell: Cell) -> Decimal | None:
        mark: Decimal | None = read(cell)
        if mark is None:
            return None
        if not 0 <= mark <= full:
            raise CellProblem(
                f"超出满分 {full:f} 分", "请核对成绩；不是这个满分的，请在列名里写明，如（满分150分）"
            )
        if full == _FULL:
            return mark
        column.notices[f"“{column.label}”列按满分 {full:f} 分折算成百分制。"] += 1
        scaled = (mark * _FULL / full).quantize(Decimal("0.0001"), ROUND_FLOOR)
        return Decimal(f"{scaled.normalize():f}")

    return parse


def find_full_marks(title: str) -> Decimal | None:
    """The full marks that a title or a remark on it names, None when it names none.

    >>> full_marks("岗前考核成绩（满分150分）")
    Decimal('150')
    """
    found = _MARKS.search(to_halfwidth(title).replace(" ", ""))
    if found is None:
        return None
    written = next(filter(None, found.groups()))
    return Decimal(_MARK_WORDS.get(written) or written)


def read_quantity(column: Column) -> CellParser:
    """An exact number, and the unit that its column's title gives, if any."""
    read = read_decimal(column)

    def parse(cell: Cell) -> tuple[Decimal, str | None] | None:
        number = read(cell)
        return None if number is None else (number, column.unit)

    return parse


def read_amount_fen(column: Column) -> CellParser:
    """Money as integer 分; a bare number counts in the column's unit, else in 元.

    A cell may name its unit, if it is not another one than the column's."""
    usual = MONEY.worth(column.unit)

    def parse(cell: Cell) -> int | None:
        worth = usual
        written = _AMOUNT.fullmatch(_remove_blanks(cell)) if isinstance(cell, str) else None
        unit = MONEY.match_unit(written["unit"]) if written else None
        if written and unit:
            _check_unit(column, unit)
            cell, worth = written["number"] + written["closed"], MONEY.worth(unit)
        number = _parse_number(cell, column)
        if number is None:
            return None
        _check_bare(column, number, unit)
        exact = number * worth
        whole = exact.to_integral_value(ROUND_HALF_UP)
        if abs(whole) > _BIGGEST:
            raise CellProblem("大得不可能", "请核对金额，以及单位是元还是万元")
        if abs(exact - whole) > _NOISE:
            raise CellProblem("不是整分的金额", "请把金额写到分为止，并核对单位是元还是万元")
        return int(whole)

    return parse


def read_duration_ms(column: Column) -> CellParser:
    """A length of time as milliseconds; a bare number counts in the column's unit, else in seconds.

    A cell may name its unit, if it is not another one than the column's; 00:05:37 and 5分37秒 name theirs."""
    clock = column.unit if column.unit in CLOCKS else None
    usual = TIME.worth(None if clock else column.unit)
    is_plain = not clock and not column.beside_unit

    def parse(cell: Cell) -> int | None:
        if type(cell) is str and cell.isdigit() and cell.isascii() and len(cell) < 10 and is_plain:
            return int(cell) * usual
        if isinstance(cell, timedelta):
            length = Decimal(cell // timedelta(milliseconds=1))
        elif isinstance(cell, time):  # Excel shows hh:mm:ss below a day as a time
            length = _parse_clock_ms(f"{cell.hour}:{cell.minute}:{cell.second}.{cell.microsecond:06}", None)
        elif isinstance(cell, str) and ":" in (flat := _remove_blanks(cell)):
            length = _parse_clock_ms(flat, column.unit)
        elif isinstance(cell, str) and flat and (spoken := _SPOKEN.fullmatch(flat)):
            length = _parse_spoken_ms(spoken.groups(), column)
        else:
            number = _parse_number(cell, column)
            if number is None:
                return None
            if number and clock:
                raise CellProblem(f"只是一个数，而列名说按“{clock}”写", "请写成 00:05:37，或在列名里写明单位")
            _check_bare(column, number, None)
            length = number * usual
        if not 0 <= length < 31 * 86_400_000:
            raise CellProblem("不是合理的时长", "请填秒数或 时:分:秒，不要用负数")
        return int(length.to_integral_value(ROUND_HALF_UP))

    return parse


_MEASURED = ((read_amount_fen, MONEY), (read_duration_ms, TIME), (read_count, COUNT))


def find_unit_family(read: ColumnReader) -> UnitFamily | None:
    """What the numbers count in that a reader gives; None for other cells."""
    return next((measure for reader, measure in _MEASURED if reader is read), None)


def find_unit_in_cell(cell: Cell, column: Column) -> str | None:
    """The unit, other than the usual one of bare numbers, that a cell of money or of a length of time names.

    5分37秒 names none: what stands bare beside it counts in seconds."""
    flat = _remove_blanks(cell) if isinstance(cell, str) else ""
    if not flat or column.unit is not None:
        return None
    written = _AMOUNT.fullmatch(flat)
    unit = MONEY.match_unit(written["unit"]) if written else None
    if unit is not None and unit not in ("分", MONEY.usual):
        return unit
    spoken = _SPOKEN.fullmatch(flat)
    named = [one for part, one in zip(spoken.groups(), _SPOKEN_UNITS, strict=True) if part] if spoken else []
    return named[-1] if named and named[-1] != TIME.usual else None


def _check_bare(column: Column, number: Decimal, unit: str | None) -> None:
    """Raises: CellProblem for a bare number in a column of which other cells name their unit."""
    if number and column.beside_unit and unit is None:
        raise CellProblem(
            f"没有写单位，而同一列里有的格写着“{column.beside_unit}”",
            "请给这一列的每一格写上单位，或统一单位后在列名里写明",
        )


def _remove_blanks(cell: str) -> str:
    return to_halfwidth(to_plain(cell)).replace(" ", "").lower()


def _check_unit(column: Column, unit: str) -> None:
    """Raises: CellProblem when the column counts in another unit than the cell."""
    if column.unit is not None and column.unit != unit:
        raise CellProblem(f"以“{unit}”计，而这一列以“{column.unit}”计", "请核对单位，改成一致的写法")


def _parse_spoken_ms(parts: tuple[str | None, ...], column: Column) -> Decimal:
    """5分37秒: all but the first part smaller than one of the next larger unit."""
    named = [(Decimal(part), unit) for part, unit in zip(parts, _SPOKEN_UNITS, strict=True) if part]
    if len(named) == 1 and column.unit not in CLOCKS:
        _check_unit(_as_minutes(column), named[0][1])
    if any(number >= _MOST[unit] for number, unit in named[1:]):
        raise CellProblem("不是时长", "请填秒数，或写成 00:05:37")
    return sum((number * TIME.worth(unit) for number, unit in named), Decimal(0))


_MOST = {"小时": 24, "分钟": 60, "秒": 60, "毫秒": 1000}


def _as_minutes(column: Column) -> Column:
    return replace(column, unit="分钟") if column.unit == "分" else column


def _parse_clock_ms(written: str, unit: str | None) -> Decimal:
    """Raises: CellProblem; under a title of hours two parts could be hours and minutes."""
    parts = _CLOCK.fullmatch(written)
    if parts is None or Decimal(parts[3]) >= 60 or (parts[1] and int(parts[2]) >= 60):
        raise CellProblem("不是时长", "请填秒数，或写成 00:05:37")
    if parts[1] is None and unit == "小时":
        raise CellProblem("分不清是时和分，还是分和秒", "请写成 00:05:37")
    length = int(parts[1] or 0) * 3600 + int(parts[2]) * 60 + Decimal(parts[3])
    return length * (60_000 if parts[1] is None and unit == "时:分" else 1000)


def _parse_number(cell: Cell, column: Column, suffix: re.Pattern[str] | None = None) -> Decimal | None:
    """The exact number of a cell: thousands separators, ¥ and (negative) brackets understood."""
    if isinstance(cell, bool | date | time | timedelta):
        raise CellProblem("不是数字", "请填数字，如 1234.56")
    written = to_halfwidth(repr(cell) if isinstance(cell, float) else to_plain(cell)).replace(" ", "")
    if written in NOTHING or written in column.empties:
        return None
    if written.startswith("(") and written.endswith(")"):
        written = "-" + written[1:-1]
    written = written.removeprefix("¥").removeprefix("￥").replace(",", "")
    if suffix:
        written = suffix.sub("", written)
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or is_rounded(written):
        raise CellProblem("不是数字", "请填数字，如 1234.56")
    return number
