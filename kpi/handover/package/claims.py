"""The figures a package claims: every field as text or number, so that they compare digit by digit."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kpi.figures.codes import as_sealed, code_of
from kpi.figures.figure import Figure, Status
from kpi.figures.from_months import NOT_COMPARED, Compared, compare_with_months
from kpi.figures.gap import read_gaps
from kpi.figures.indicators import INDICATORS
from kpi.figures.serializing import exact
from kpi.handover.package.layout import csv_bytes
from kpi.offline import Replay
from tracker.periods import Month, Period, Quarter, Year, parse_period

Claim = dict[str, Any]

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


def claims_of(figures: Mapping[str, Mapping[Period, Figure]], year: int) -> list[Claim]:
    """Every figure of a year in the order of reading: by indicator, the year, its quarters, its months."""
    return [
        claim_of(found[period])
        for key in INDICATORS
        if (found := figures.get(key, {}))
        for period in periods(year)
        if period in found
    ]


def claim_of(figure: Figure) -> Claim:
    """What a figure says, with its vintage (0: provisional) and its code there."""
    return as_sealed(figure) | {
        "provisional": figure.provisional,
        "vintage": figure.vintage,
        "code": code_of(figure, figure.vintage),
    }


def figure_of(claim: Claim, about: Mapping[str, Any]) -> Figure:
    """A claim as a figure of the package's centre; where its definition comes from is not claimed."""
    told: dict[str, Any] = {name: claim[name] for name in _AS_THEY_ARE}
    told |= {name: _fraction(claim[name]) for name in ("numerator", "denominator", "coverage")}
    told["gaps"] = read_gaps(claim["gaps"])
    told |= {name: claim[name] and Decimal(claim[name]) for name in ("value", "low", "high")}
    return Figure(
        **told,
        center=about["center"]["id"],
        period=parse_period(claim["period"]),
        status=Status(claim["status"]),
        source="",
        log_seq=about["head"]["seq"],
        computed_at=datetime.fromisoformat(about["moment"]),
    )


def beside_months(claims: Iterable[Claim], about: Mapping[str, Any], replay: Replay) -> Compared:
    """The claimed figures of quarters and years that have locked months, beside those months.

    What the facts say now is computed from the log where a month is locked; the replay must be at its end.
    """
    shown: dict[str, dict[Period, Figure]] = {}
    for claim in claims:
        if claim["indicator"] in INDICATORS:
            figure = figure_of(claim, about)
            shown.setdefault(figure.indicator, {})[figure.period] = figure
    months = [one for found in shown.values() for one in found.values() if isinstance(one.period, Month)]
    if not any(one.vintage for one in months):
        return NOT_COMPARED
    live = replay.figures(about["year"], datetime.fromisoformat(about["moment"]))
    return compare_with_months(replay.definitions(), shown, live)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def periods(year: int) -> tuple[Period, ...]:
    """The year, its quarters, its months."""
    whole = Year(year)
    return (whole, *(Quarter(year, number) for number in range(1, 5)), *whole.months)


def claims_table(claims: Iterable[Claim]) -> bytes:
    """The claimed figures for a spreadsheet."""
    return csv_bytes(_HEADER, (_row(claim) for claim in claims))


def exact_text(fraction: str | None) -> str | None:
    """An exact fraction as it is shown everywhere: 38817, 1364949.98, or 100/3."""
    return None if fraction is None else exact(Fraction(fraction))


def title_of(claim: Claim) -> str:
    """The indicator's name; its key where this version knows no such indicator."""
    declared = INDICATORS.get(claim["indicator"])
    return declared.title if declared else str(claim["indicator"])


def _row(claim: Claim) -> tuple[Any, ...]:
    return (
        title_of(claim),
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
