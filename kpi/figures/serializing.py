"""Numbers and figures as they are written: exact decimals as text, figures as JSON objects."""

from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kpi.figures.figure import Figure, Vintage
from kpi.figures.indicators.indicator import round_half_up

if TYPE_CHECKING:
    from kpi.figures.from_months import OfMonths
    from kpi.figures.rows import Rows  # needs the database, which the offline verifier has not

COVERAGE_PLACES = 4

Written = dict[str, str | int | bool | None]


def exact(value: Fraction | None) -> str | None:
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


def written_coverage(share: Fraction | None) -> str | None:
    """Four places, rounded down: 1.0000 means that nothing is missing."""
    return None if share is None else str(round_half_up(share, COVERAGE_PLACES, ROUND_FLOOR))


def standing(vintage: int) -> str:
    """A vintage as people read it: 暂定, 已锁定（第1版）, 已更正（第2版）."""
    if vintage == 0:
        return Vintage.PROVISIONAL.value
    return f"{Vintage.LOCKED.value if vintage == 1 else Vintage.CORRECTED.value}（第{vintage}版）"


def as_json(figure: Figure) -> Written:
    """A figure as an object of the JSON output; decimals are strings."""
    return {
        "indicator": figure.indicator,
        "center": figure.center,
        "period": str(figure.period),
        "numerator": exact(figure.numerator),
        "denominator": exact(figure.denominator),
        "value": _text(figure.value),
        "unit": figure.unit,
        "coverage": written_coverage(figure.coverage),
        "status": figure.status.value,
        "reason": figure.reason,
        "definition_version": figure.definition_version,
        "source": figure.source,
        "low": _text(figure.low),
        "high": _text(figure.high),
        "bounds": figure.bounds,
        "provisional": figure.provisional,
        "lock": figure.lock.value,
        "vintage": figure.vintage,
        "code": figure.code,
        "log_seq": figure.log_seq,
        "computed_at": figure.computed_at.isoformat(),
    }


def of_months_as_json(found: "OfMonths | None") -> Written:
    """What the published figures of a quarter's or a year's months come to; nulls where none is locked."""
    total = None if found is None else found.total
    return {
        "months_locked": None if found is None else " ".join(str(one.period) for one in found.locked),
        "months_numerator": None if total is None else exact(total[0]),
        "months_denominator": None if total is None else exact(total[1]),
        "months_agree": None if found is None else found.agrees,
    }


def rows_as_json(rows: "Rows") -> dict[str, Any]:
    """A page of the rows behind a figure."""
    return {
        "count": rows.count,
        "total": exact(rows.total),
        "divisor": rows.divisor,
        "unit": rows.unit,
        "number": exact(rows.number),
        "agrees": rows.agrees,
        "rows": [
            {
                "subject": row.subject,
                "seq": row.seq,
                "day": row.day.isoformat(),
                "counted": row.counted,
                "adds": f"{row.adds:f}",
                **{title: _plain(cell) for title, cell in zip(rows.columns, row.cells, strict=True)},
            }
            for row in rows.rows
        ],
    }


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return f"{cell:f}" if isinstance(cell, Decimal) else cell


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
