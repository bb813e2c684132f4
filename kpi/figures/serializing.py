"""Numbers and figures as they are written: exact decimals as text, figures as JSON objects."""

from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kpi.figures.figure import Figure, LockState
from kpi.figures.indicators.indicator import round_exact

if TYPE_CHECKING:
    from kpi.figures.from_months import MonthComparison
    from kpi.figures.rows import RowPage  # needs the database, which the offline verifier has not

COVERAGE_PLACES = 4

FigureJson = dict[str, str | int | bool | None]


def format_exact(value: Fraction | None) -> str | None:
    """38817, 1364949.98, or 100/3 where no decimal is exact."""
    if value is None:
        return None
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(value)
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{decimal:f}"


def format_coverage(share: Fraction | None) -> str | None:
    """Four places, rounded down: 1.0000 means that nothing is missing."""
    return None if share is None else str(round_exact(share, COVERAGE_PLACES, ROUND_FLOOR))


def format_vintage(vintage: int) -> str:
    """A vintage as people read it: 未锁定, 已锁定（第1版）, 已更正（第2版）."""
    if vintage == 0:
        return LockState.PROVISIONAL.value
    return f"{LockState.LOCKED.value if vintage == 1 else LockState.CORRECTED.value}（第{vintage}版）"


def serialize_figure(figure: Figure) -> FigureJson:
    """A figure as an object of the JSON output; decimals are strings."""
    return {
        "indicator": figure.indicator,
        "center": figure.center,
        "period": str(figure.period),
        "numerator": format_exact(figure.numerator),
        "denominator": format_exact(figure.denominator),
        "value": _to_text(figure.value),
        "unit": figure.unit,
        "coverage": format_coverage(figure.coverage),
        "status": figure.status.value,
        "reason": figure.reason,
        "definition_version": figure.definition_version,
        "source": figure.source,
        "low": _to_text(figure.low),
        "high": _to_text(figure.high),
        "bounds": figure.bounds,
        "provisional": figure.provisional,
        "lock": figure.lock.value,
        "vintage": figure.vintage,
        "code": figure.code,
        "log_seq": figure.log_seq,
        "computed_at": figure.computed_at.isoformat(),
    }


def serialize_comparison(comparison: "MonthComparison | None") -> FigureJson:
    """What the published figures of a quarter's or a year's months come to; nulls where none is locked."""
    total = None if comparison is None else comparison.total
    return {
        "months_locked": None
        if comparison is None
        else " ".join(str(one.period) for one in comparison.locked),
        "months_numerator": None if total is None else format_exact(total[0]),
        "months_denominator": None if total is None else format_exact(total[1]),
        "months_agree": None if comparison is None else comparison.agrees,
    }


def serialize_rows(rows: "RowPage") -> dict[str, Any]:
    """A page of the rows behind a figure."""
    return {
        "count": rows.count,
        "total": format_exact(rows.total),
        "divisor": rows.divisor,
        "unit": rows.unit,
        "number": format_exact(rows.number),
        "agrees": rows.agrees,
        "rows": [
            {
                "subject": row.subject,
                "seq": row.seq,
                "day": row.day.isoformat(),
                "counted": row.counted,
                "adds": f"{row.adds:f}",
                **{title: _to_plain(cell) for title, cell in zip(rows.columns, row.cells, strict=True)},
            }
            for row in rows.rows
        ],
    }


def _to_plain(cell: Any) -> Any:
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return f"{cell:f}" if isinstance(cell, Decimal) else cell


def _to_text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
