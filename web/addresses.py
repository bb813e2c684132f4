"""What stands in an address: a centre's code, a year, a period.

Pages of a centre are under /<center>/…; all others are under /-/, which no centre's code can begin with.
"""

from datetime import date

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, Map, ValidationError

from tracker.periods import Month, Period, PeriodProblem, Year, parse_day, parse_period


class CenterCode(BaseConverter):
    """A centre's code, which begins with a letter or a digit."""

    regex = r"[a-z0-9][a-z0-9_-]{0,31}"


class StoredNumber(IntegerConverter):
    """A number as the database can hold it; a larger one names nothing."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**63 - 1)


class PeriodConverter(BaseConverter):
    """2023, 2023-Q2 or 2023-05."""

    regex = r"[0-9]{4}(?:-Q[1-4]|-[0-9]{2})?"

    def to_python(self, value: str) -> Period:
        try:
            return parse_period(value)
        except PeriodProblem as problem:
            raise ValidationError from problem

    def to_url(self, value: Period) -> str:
        return str(value)


class YearConverter(PeriodConverter):
    """2023."""

    regex = r"[0-9]{4}"

    def to_python(self, value: str) -> Year:
        period = super().to_python(value)
        assert isinstance(period, Year)
        return period


class MonthConverter(PeriodConverter):
    """2023-05."""

    regex = r"[0-9]{4}-[0-9]{2}"
    weight = 90  # before a period: /2023-08/days is no indicator

    def to_python(self, value: str) -> Month:
        period = super().to_python(value)
        assert isinstance(period, Month)
        return period


class DayConverter(BaseConverter):
    """2023-05-01."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        try:
            return parse_day(value)
        except ValueError as problem:
            raise ValidationError from problem

    def to_url(self, value: date | str) -> str:
        return str(value)


def install(app: Flask) -> None:
    """Teaches an application these parts of an address."""
    app.url_map.converters.update(
        int=StoredNumber,
        day=DayConverter,
        center=CenterCode,
        period=PeriodConverter,
        year=YearConverter,
        month=MonthConverter,
    )
