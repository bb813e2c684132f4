"""As known on: figures as they would have been printed at the end of a day; the day stands in the address."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, request

from tracker.events.times import day_start

NAME = "as_of"
KEEPING = (
    "overview.year",
    "month.period",
    "indicator.indicator",
    "breakdown.parts",
    "rows.listed",
)  # pages that can look back


@dataclass(frozen=True)
class AsOf:
    """The end of a day in the past."""

    day: date

    @property
    def moment(self) -> datetime:
        return day_start(self.day + timedelta(days=1))


def asked(today: date) -> AsOf | None:
    """The day of the address, where it is one before today."""
    try:
        day = date.fromisoformat(request.args.get(NAME, ""))
    except ValueError:
        return None
    return AsOf(day) if date(2000, 1, 1) <= day < today else None


def install(app: Flask) -> None:
    """Links between pages that can look back keep the day."""
    app.url_defaults(_keep)


def _keep(endpoint: str, values: dict[str, Any]) -> None:
    if request and endpoint in KEEPING and request.endpoint in KEEPING and NAME in request.args:
        values.setdefault(NAME, request.args[NAME])
