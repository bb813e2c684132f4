"""The way down to a page, so that every step has a way back: 指标总览 › 热线电话接通率 › 2023年8月."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from kpi.figures.indicators import Indicator
from tracker.periods import Period, Year


@dataclass(frozen=True)
class Crumb:
    """A page above, or the present one (without an address)."""

    title: str
    address: str = ""


def to_overview(center: str, period: Period) -> list[Crumb]:
    """The year's overview."""
    year = Year(period.first_day.year)
    return [Crumb(f"{year.label}指标总览", url_for("overview.year", center=center, year=year))]


def to_indicator(center: str, period: Period, indicator: Indicator) -> list[Crumb]:
    """The indicator in that period."""
    address = url_for("indicator.indicator", center=center, period=period, key=indicator.key)
    return [*to_overview(center, period), Crumb(indicator.title, address)]


def to_parts(
    center: str, period: Period, indicator: Indicator, by: str | None = None, **when: Any
) -> list[Crumb]:
    """The figure taken apart; `when`: an earlier one, by code= or as_of=."""
    address = url_for("breakdown.parts", center=center, period=period, key=indicator.key, by=by, **when)
    return [*to_indicator(center, period, indicator), Crumb(f"{period.label}构成", address)]
