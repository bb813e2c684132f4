"""Plain tables for a terminal, aligned although Chinese characters are two columns wide."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unicodedata import east_asian_width

from kpi.figures.attainment import judge
from kpi.figures.figure import Figure
from kpi.figures.from_months import FractionParts, MonthComparison
from kpi.figures.indicators import Indicator
from kpi.figures.serializing import format_exact

NO_VALUE = "—"
LEFT, RIGHT = "<", ">"


def measure_width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def make_printable(text: str) -> str:
    """A text as one line that moves no cursor and hides nothing: a sign that a terminal would obey is �."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "�" for char in text)


def align_rows(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Rows as lines of aligned columns; `sides` holds < or > for each column."""
    widths = [max(measure_width(row[place]) for row in rows) for place in range(len(sides))]
    return ["  ".join(map(_pad, row, widths, sides)).rstrip() for row in rows]


def format_value(figure: Figure | None) -> str:
    """The value with its unit; 不适用 where there is nothing to divide by, — where nothing can be said."""
    if figure is None:
        return ""
    if figure.value is None:
        return "不适用" if figure.status.value == "不适用" else NO_VALUE
    return f"{figure.value:,f}{figure.unit}" + ("*" if figure.provisional else "")


def format_parts(figure: Figure) -> str:
    """Numerator ÷ denominator; empty for a count."""
    if figure.numerator is None or figure.denominator is None:
        return ""
    return f"{format_number(figure.numerator)} ÷ {format_number(figure.denominator)}"


def format_number(value: Fraction) -> str:
    """With thousands separated; a number without exact decimal is shown with two places and a mark."""
    text = format_exact(value) or ""
    return f"约{float(value):,.2f}" if "/" in text else f"{Decimal(text):,f}"


def format_share(share: Fraction | None) -> str:
    """Coverage in per cent, rounded down: 100% means that nothing is missing."""
    return NO_VALUE if share is None else f"{share * 10000 // 1 / 100:.2f}%".replace(".00%", "%")


def format_target(indicator: Indicator, figure: Figure) -> str:
    """The target, and whether it is reached."""
    if indicator.target is None:
        return ""
    judged = judge(indicator, figure)
    return " ".join([indicator.target.words(indicator.unit), *([judged.words] if judged else [])])


def format_month_comparison(pair: MonthComparison | None) -> str:
    """How a figure stands to the published figures of its months; empty where none of them is locked."""
    if pair is None:
        return ""
    locked = "、".join(f"{one.period.months[0].month}月" for one in pair.locked)
    if pair.total is None:
        if not pair.moved:
            return f"本指标不由各月相加（{locked}已锁定）。"
        return f"本指标不由各月相加；{locked}已锁定，其中{_format_restated(pair, tell=False)}。"
    if pair.agrees:
        return f"与各月公布的数字合计一致（{locked}已锁定）。"
    sentence = (
        f"各月公布的数字合计{_format_total(pair, pair.total)}，"
        f"本期{_format_total(pair, (pair.figure.numerator or Fraction(0), pair.figure.denominator))}"
        f"（{_format_difference(pair.difference)}）"
    )
    why = [f"{_format_restated(pair, tell=True)}，见锁定后变动"] if pair.moved else []
    if pair.figure.vintage:
        why.append(f"本期随{pair.figure.period.months[-1].month}月锁定，以那时的事实为准")
    elif pair.silent:
        names = "、".join(f"{one.period.months[0].month}月" for one in pair.silent)
        why.append(f"{names}没有公布数字，本期计入了其中已报送的部分")
    elif not pair.explained:
        why.append(f"{locked}的数字以锁定时为准，本期按最新数据计算")
    return f"{sentence}：{'；'.join(why)}。"


def _format_restated(comparison: MonthComparison, *, tell: bool) -> str:
    """5月锁定后有变动的数据（分子+1、分母+1）."""
    parts = (
        f"{one.month.months[0].month}月锁定后有变动的数据"
        + (f"（{_format_difference(one.difference)}）" if tell else "")
        for one in comparison.moved
    )
    return "、".join(parts)


def _format_total(comparison: MonthComparison, parts: FractionParts) -> str:
    """33 件; 31 ÷ 33（93.94%）."""
    above, below = parts
    if below is None:
        return f"{format_number(above * comparison.indicator.formula.times)}{comparison.indicator.unit}"
    text = f"{format_number(above)} ÷ {format_number(below)}"
    if below == 0:
        return text
    value = comparison.indicator.round_value(above * comparison.indicator.formula.times / below)
    return f"{text}（{value:,f}{comparison.indicator.unit}）"


def _format_difference(parts: FractionParts) -> str:
    """+1; 分子+1、分母+1."""
    above, below = parts
    if below is None:
        return _format_signed(above)
    texts = [f"{name}{_format_signed(one)}" for name, one in (("分子", above), ("分母", below)) if one]
    return "、".join(texts) or "0"


def _format_signed(number: Fraction) -> str:
    return f"+{format_number(number)}" if number > 0 else format_number(number)


def format_cell(cell: Any) -> str:
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


def clean_cells(cells: Iterable[Any]) -> list[str]:
    """Cells of a row list, without anything that would break a line."""
    return ["".join(char if char.isprintable() else " " for char in format_cell(cell)) for cell in cells]


def _pad(text: str, to: int, side: str) -> str:
    gap = " " * (to - measure_width(text))
    return text + gap if side == LEFT else gap + text
