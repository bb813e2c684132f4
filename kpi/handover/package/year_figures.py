"""A year's figures as a package claims them, from the log alone: sealed where a month is locked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kpi.figures.figure import Figure, Status
from kpi.figures.from_months import MonthComparisons, compare_with_months
from kpi.figures.gap import read_gaps
from kpi.figures.indicators import INDICATORS
from kpi.handover.package.claims import FigureClaim, make_claims
from kpi.handover.package.vintages import read_seals
from kpi.offline import Replay
from tracker.periods import Period, parse_period

_AS_THEY_ARE = ("indicator", "unit", "reason", "bounds", "definition_version", "code")


@dataclass(frozen=True)
class YearFigures:
    """The figures, what they claim, and how quarters and years stand to their locked months."""

    displayed: dict[str, dict[Period, Figure]]  # indicator → period → figure
    claims: list[FigureClaim]
    compared: MonthComparisons


def compute_year_figures(replay: Replay, year: int, moment: datetime) -> YearFigures:
    """At the replay's position, as of a moment."""
    live = replay.figures(year, moment)
    displayed = {key: dict(by_period) for key, by_period in live.items()}
    for _, seal in read_seals(replay.duck):
        if seal["month"].startswith(f"{year}-"):
            for sealed in seal["figures"]:
                if sealed["indicator"] in INDICATORS:
                    figure = _build_sealed_figure(replay.center, seal, sealed)
                    displayed.setdefault(figure.indicator, {})[figure.period] = figure
    compared = compare_with_months(replay.definitions(), displayed, live)
    return YearFigures(displayed, make_claims(displayed, year), compared)


def _build_sealed_figure(center: str, seal: Mapping[str, Any], sealed: Mapping[str, Any]) -> Figure:
    """A figure as an event sealed it; later seals of a month come after earlier ones."""
    values: dict[str, Any] = {name: sealed[name] for name in _AS_THEY_ARE}
    values |= {name: _read_fraction(sealed[name]) for name in ("numerator", "denominator", "coverage")}
    values |= {name: sealed[name] and Decimal(sealed[name]) for name in ("value", "low", "high")}
    return Figure(
        **values,
        center=center,
        period=parse_period(sealed["period"]),
        status=Status(sealed["status"]),
        gaps=read_gaps(sealed["gaps"]),
        source=INDICATORS[sealed["indicator"]].source,
        log_seq=seal["head_seq"],
        computed_at=datetime.fromisoformat(seal["sealed_at"]),
        vintage=seal["vintage"],
    )


def _read_fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
