"""The figures a package claims: every field as text or number, so that they compare digit by digit."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from kpi.figures.codes import as_sealed, derive_code
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.serializing import format_exact
from kpi.handover.package.layout import dump_csv
from tracker.periods import Period, Quarter, Year

FigureClaim = dict[str, Any]

COMPARED = (
    "definition_version", "numerator", "denominator", "value", "unit", "coverage", "status", "reason", "gaps",
    "low", "high", "bounds",
)  # fmt: skip

_HEADER = (
    "指标", "编码", "统计期", "数值", "计量单位", "分子", "分母", "数据完整"
    "率", "数据状态", "说明", "下限", "上限",
    "区间含义", "期间已结束", "口径版本", "数据版本", "溯源码",
)  # fmt: skip


def make_claims(figures: Mapping[str, Mapping[Period, Figure]], year: int) -> list[FigureClaim]:
    """Every figure of a year in the order of reading: by indicator, the year, its quarters, its months."""
    return [
        make_claim(found[period])
        for key in INDICATORS
        if (found := figures.get(key, {}))
        for period in list_periods(year)
        if period in found
    ]


def make_claim(figure: Figure) -> FigureClaim:
    """What a figure says, with its vintage (0: provisional) and its code there."""
    return as_sealed(figure) | {
        "provisional": figure.provisional,
        "vintage": figure.vintage,
        "code": derive_code(figure, figure.vintage),
    }


def list_periods(year: int) -> tuple[Period, ...]:
    """The year, its quarters, its months."""
    whole = Year(year)
    return (whole, *(Quarter(year, number) for number in range(1, 5)), *whole.months)


def write_claims_table(claims: Iterable[FigureClaim]) -> bytes:
    """The claimed figures for a spreadsheet."""
    return dump_csv(_HEADER, (_make_row(claim) for claim in claims))


def exact_text(fraction: str | None) -> str | None:
    """An exact fraction as it is shown everywhere: 38817, 1364949.98, or 100/3."""
    return None if fraction is None else format_exact(Fraction(fraction))


def get_title(claim: FigureClaim) -> str:
    """The indicator's name; its key where this version knows no such indicator."""
    declared = INDICATORS.get(claim["indicator"])
    return declared.title if declared else str(claim["indicator"])


def _make_row(claim: FigureClaim) -> tuple[Any, ...]:
    return (
        get_title(claim),
        claim["indicator"],
        claim["period"],
        claim["value"],
        claim["unit"],
        exact_text(claim["numerator"]),
        exact_text(claim["denominator"]),
        exact_text(claim["coverage"]),
        claim["status"],
        claim["reason"],
        claim["low"],
        claim["high"],
        claim["bounds"],
        "否" if claim["provisional"] else "是",
        claim["definition_version"],
        claim["vintage"],
        claim["code"],
    )
