"""Beijing time, in which every day and month of the product is cut."""

from datetime import date, datetime, timedelta, timezone

from tracker.periods import YEARS

BEIJING = timezone(timedelta(hours=8))  # China keeps no summer time since 1991


def get_day_start(day: date) -> datetime:
    """Midnight at the start of a day, Beijing time."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def get_day(moment: datetime) -> date:
    """The Beijing day of a moment with an offset."""
    return moment.astimezone(BEIJING).date()


def parse_day(text: str) -> date:
    """A day as 2023-08-12. Raises: ValueError for none, and for one of which nothing can be told."""
    day = date.fromisoformat(text.strip())
    if day.year not in YEARS:
        raise ValueError(f"{day} lies outside {YEARS[0]} to {YEARS[-1]}")
    return day


def parse_moment(text: str) -> datetime:
    """A moment as 2023-07-01T18:00, in Beijing time where no offset is written; of a day, its start.

    Raises: ValueError as `parse_day`."""
    moment = datetime.fromisoformat(text.strip())
    parse_day(f"{moment:%Y-%m-%d}")
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)
