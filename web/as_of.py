"""As known on: figures as they would have been printed at the end of a day; the day stands in the address."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, abort, request

from tracker.events.times import get_day_start

NAME = "as_of"
KEEPING = (
    "overview.year",
    "month.period",
    "indicator.indicator",
    "breakdown.parts",
    "rows.listed",
)  # pages that can look back
_FIRST = date(2000, 1, 1)


@dataclass(frozen=True)
class AsOfDay:
    """The end of a day in the past."""

    day: date

    @property
    def moment(self) -> datetime:
        return get_day_start(self.day + timedelta(days=1))


def find_as_of_day(today: date) -> AsOfDay | None:
    """The day in the past that the address looks back to; None: the present.

    Answers 400 to what is no day: what is known now would pass for what was known then.
    """
    written = request.args.get(NAME, "").strip()
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = date.min
    if day < _FIRST:
        abort(400, f"日期“{written[:20]}”无效；请填写不早于 {_FIRST} 的日期，如 2023-06-10。")
    return AsOfDay(day) if day < today else None


def install(app: Flask) -> None:
    """Links between pages that can look back keep the day; no page passes over one that is none."""
    app.url_defaults(_keep)
    app.before_request(_check)


def _check() -> None:
    """Answers 400, as `asked`, on whatever page."""
    find_as_of_day(date.max)


def _keep(endpoint: str, values: dict[str, Any]) -> None:
    if request and endpoint in KEEPING and request.endpoint in KEEPING and NAME in request.args:
        values.setdefault(NAME, request.args[NAME])
