"""Plain tables for a terminal, aligned although Chinese characters are two columns wide."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unicodedata import east_asian_width

from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator
from kpi.figures.written import exact

NO_VALUE = "—"
LEFT, RIGHT = "<", ">"


def width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def lines(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Rows as lines of aligned columns; `sides` holds < or > for each column."""
    widths = [max(width(row[place]) for row in rows) for place in range(len(sides))]
    return ["  ".join(map(_padded, row, widths, sides)).rstrip() for row in rows]


def value_text(figure: Figure | None) -> str:
    """The value with its unit; 不适用 where there is nothing to divide by, — where nothing can be said."""
    if figure is None:
        return ""
    if figure.value is None:
        return "不适用" if figure.status.value == "不适用" else NO_VALUE
    return f"{figure.value:,f}{figure.unit}" + ("*" if figure.provisional else "")


def parts_text(figure: Figure) -> str:
    """Numerator ÷ denominator; empty for a count."""
    if figure.numerator is None or figure.denominator is None:
        return ""
    return f"{number_text(figure.numerator)} ÷ {number_text(figure.denominator)}"


def number_text(value: Fraction) -> str:
    """With thousands separated; a number without exact decimal is shown with two places and a mark."""
    told = exact(value) or ""
    return f"约{float(value):,.2f}" if "/" in told else f"{Decimal(told):,f}"


def share_text(share: Fraction | None) -> str:
    """Coverage in per cent, rounded down: 100% means that nothing is missing."""
    return NO_VALUE if share is None else f"{share * 10000 // 1 / 100:.2f}%".replace(".00%", "%")


def target_text(indicator: Indicator, figure: Figure) -> str:
    """The target, and whether it is met."""
    if indicator.target is None:
        return ""
    told = indicator.target.text(indicator.unit)
    if figure.value is None:
        return told
    return f"{told} {'达标' if indicator.target.met(figure.value) else '未达标'}"


def cell_text(cell: Any) -> str:
    """A cell of a row list."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M:%S}"
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell.normalize():f}"
        case _:
            return str(cell)


def printable(cells: Iterable[Any]) -> list[str]:
    """Cells of a row list, without anything that would break a line."""
    return ["".join(char if char.isprintable() else " " for char in cell_text(cell)) for cell in cells]


def _padded(text: str, to: int, side: str) -> str:
    gap = " " * (to - width(text))
    return text + gap if side == LEFT else gap + text
