"""Plain tables for a terminal, aligned although Chinese characters are two columns wide."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unicodedata import east_asian_width

from kpi.figures.attainment import judge
from kpi.figures.figure import Figure
from kpi.figures.from_months import OfMonths, Parts
from kpi.figures.indicators import Indicator
from kpi.figures.serializing import exact

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
    """The target, and whether it is reached."""
    if indicator.target is None:
        return ""
    judged = judge(indicator, figure)
    return " ".join([indicator.target.words(indicator.unit), *([judged.words] if judged else [])])


def of_months_text(found: OfMonths | None) -> str:
    """How a figure stands to the published figures of its months; empty where none of them is locked."""
    if found is None:
        return ""
    locked = "、".join(f"{one.period.months[0].month}月" for one in found.locked)
    if found.total is None:
        if not found.moved:
            return f"本指标不由各月相加（{locked}已锁定）。"
        return f"本指标不由各月相加；{locked}已锁定，其中{_moved_text(found, tell=False)}。"
    if found.agrees:
        return f"与各月公布的数字合计一致（{locked}已锁定）。"
    told = (
        f"各月公布的数字合计{_total_text(found, found.total)}，"
        f"本期{_total_text(found, (found.figure.numerator or Fraction(0), found.figure.denominator))}"
        f"（{_difference_text(found.difference)}）"
    )
    why = [f"{_moved_text(found, tell=True)}，见迟到登记"] if found.moved else []
    if found.figure.vintage:
        why.append(f"本期随{found.figure.period.months[-1].month}月锁定，以那时的事实为准")
    elif found.silent:
        names = "、".join(f"{one.period.months[0].month}月" for one in found.silent)
        why.append(f"{names}没有公布数字，本期计入了其中已交付的部分")
    elif not found.explained:
        why.append(f"{locked}的数字以锁定时为准，本期按现有事实计算")
    return f"{told}：{'；'.join(why)}。"


def _moved_text(found: OfMonths, *, tell: bool) -> str:
    """5月锁定后有迟到或更改的数据（分子+1、分母+1）."""
    told = (
        f"{one.month.months[0].month}月锁定后有迟到或更改的数据"
        + (f"（{_difference_text(one.difference)}）" if tell else "")
        for one in found.moved
    )
    return "、".join(told)


def _total_text(found: OfMonths, parts: Parts) -> str:
    """33 件; 31 ÷ 33（93.94%）."""
    above, below = parts
    if below is None:
        return f"{number_text(above * found.indicator.formula.times)}{found.indicator.unit}"
    told = f"{number_text(above)} ÷ {number_text(below)}"
    if below == 0:
        return told
    value = found.indicator.rounded(above * found.indicator.formula.times / below)
    return f"{told}（{value:,f}{found.indicator.unit}）"


def _difference_text(parts: Parts) -> str:
    """+1; 分子+1、分母+1."""
    above, below = parts
    if below is None:
        return _signed(above)
    told = [f"{name}{_signed(one)}" for name, one in (("分子", above), ("分母", below)) if one]
    return "、".join(told) or "0"


def _signed(number: Fraction) -> str:
    return f"+{number_text(number)}" if number > 0 else number_text(number)


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
