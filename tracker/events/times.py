"""Beijing time, in which every day and month of the product is cut."""

from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))  # China keeps no summer time since 1991


def day_start(day: date) -> datetime:
    """Midnight at the start of a day, Beijing time."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def day_of(moment: datetime) -> date:
    """The Beijing day of a moment with an offset."""
    return moment.astimezone(BEIJING).date()
