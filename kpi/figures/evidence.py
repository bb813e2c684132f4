"""What figures are computed from, read from wherever the facts are: the database, or DuckDB offline."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from kpi.figures.backing import read_backing
from kpi.figures.indicators import INDICATORS
from kpi.figures.judging import Evidence
from kpi.figures.sums import monthly
from tracker.events.times import day_of
from tracker.periods import Year


def read_evidence(
    connection: sa.Connection, center: str, year: int, indicators: Iterable[str], *, seq: int, now: datetime
) -> Evidence:
    """What the indicators' figures of a year are computed from; only days that have ended by `now` count."""
    span, today = Year(year), day_of(now)
    keys = {key for indicator in indicators for key in INDICATORS[indicator].formula.measures}
    sums = monthly(connection, center, span, today, keys)
    backing = read_backing(connection, center, span.first_day, span.end_day, today)
    return Evidence(center, sums, backing, seq, now)
