"""The figures a package claims: every field as text or number, so that they compare digit by digit."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kpi.figures.codes import as_sealed, derive_code
from kpi.figures.figure import Figure, Status
from kpi.figures.from_months import NOT_COMPARED, MonthComparisons, compare_with_months
from kpi.figures.gap import read_gaps
from kpi.figures.indicators import INDICATORS
from kpi.figures.serializing import format_exact
from kpi.handover.package.layout import dump_csv
from kpi.offline import Replay
from tracker.periods import Month, Period, Quarter, Year, parse_period

FigureClaim = dict[str, Any]

COMPARED = (
    "definition_version", "numerator", "denominator", "value", "unit", "coverage", "status", "reason", "gaps",
    "low", "high", "bounds",
)  # fmt: skip

_HEADER = (
    "指标", "编码", "统计期", "数值", "单位", "分子", "分母", "有据率", "状态", "说明", "下限", "上限",
    "区间含义", "期间已结束", "口径版本", "版次", "溯源码",
)  # fmt: skip


_AS_THEY_ARE = (
    "indicator", "unit", "reason", "bounds", "provisional", "definition_version", "vintage", "code",
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


def read_figure(claim: FigureClaim, about: Mapping[str, Any]) -> Figure:
    """A claim as a figure of the package's centre; where its definition comes from is not claimed."""
    values: dict[str, Any] = {name: claim[name] for name in _AS_THEY_ARE}
    values |= {name: _read_fraction(claim[name]) for name in ("numerator", "denominator", "coverage")}
    values["gaps"] = read_gaps(claim["gaps"])
    values |= {name: claim[name] and Decimal(claim[name]) for name in ("value", "low", "high")}
    return Figure(
        **values,
        center=about["center"]["id"],
        period=parse_period(claim["period"]),
        status=Status(claim["status"]),
        source="",
        log_seq=about["head"]["seq"],
        computed_at=datetime.fromisoformat(about["moment"]),
    )


def compare_claims_with_months(
    claims: Iterable[FigureClaim], about: Mapping[str, Any], replay: Replay
) -> MonthComparisons:
    """The claimed figures of quarters and years that have locked months, beside those months.

    What the facts say now is computed from the log where a month is locked; the replay must be at its end.
    """
    by_indicator: dict[str, dict[Period, Figure]] = {}
    for claim in claims:
        if claim["indicator"] in INDICATORS:
            figure = read_figure(claim, about)
            by_indicator.setdefault(figure.indicator, {})[figure.period] = figure
    months = [
        one for found in by_indicator.values() for one in found.values() if isinstance(one.period, Month)
    ]
    if not any(one.vintage for one in months):
        return NOT_COMPARED
    live = replay.figures(about["year"], datetime.fromisoformat(about["moment"]))
    return compare_with_months(replay.definitions(), by_indicator, live)


def _read_fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


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
