"""Puts a drawn centre into the log, with deliveries and zero reports that leave no day without backing."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tests.conftest import count_rows
from tests.kpi.from_cards.centre import YEAR, Centre
from tests.kpi.given import append, record
from tracker.database import Database
from tracker.events import Event
from tracker.events.calls import CallEnded
from tracker.events.ledger import DeliveryImported, NothingToReport
from tracker.events.times import get_day, get_day_start

_FIRST = date(2023, 12, 1)
_AS_OF = get_day_start(date(2025, 3, 31))


def deliver(database: Database, centre: Centre) -> None:
    """All that the centre has, and for every other day that there was nothing."""
    with database.engine.begin() as connection:
        record(connection, "")
        append(connection, list(_events(centre)))
        append(connection, list(_backing(centre)))
    count_rows(database)


def _events(centre: Centre) -> Iterator[Event]:
    for order in centre.orders:
        yield order.accepted
        yield from order.steps
        yield order.assessed
    for rows in (
        calls_as_delivered(centre), centre.people, centre.posts, centre.trainings, centre.payments,
        centre.budget,
        centre.probes, centre.outages, centre.answers, centre.issues, centre.days, centre.inspections,
        centre.documents, centre.withdrawn, centre.said, centre.appeals,
        centre.others,
    ):  # fmt: skip
        yield from rows


def _backing(centre: Centre) -> Iterator[Event]:
    calls = Counter(get_day(one.entered_at) for one in centre.calls)
    orders = Counter(get_day(one.accepted_at) for one in centre.orders)
    yield from _daily(centre, "calls", calls)
    yield from _daily(centre, "work_orders", orders)
    every = {_FIRST + timedelta(days=number) for number in range((YEAR.end_day - _FIRST).days)}
    for source in dict.fromkeys(one.source for one in centre.others):
        yield _delivery(source, Counter(every))
    yield _delivery("daily_counts", Counter(one.counted_on for one in centre.days))
    for source in ("posts", "payments", "budget", "training", "inspections", "appeals"):
        yield _delivery(source, Counter([YEAR.first_day]))
    yield _delivery("roster", Counter([YEAR.first_day]), get_day_start(centre.last_roster))
    yield _delivery("survey_answers", Counter(one.answered_on for one in centre.answers))
    yield _delivery("survey_issues", Counter(one.issued_on for one in centre.issues))


def calls_as_delivered(centre: Centre) -> list[CallEnded]:
    """Each call, or its legs where it was delivered in legs."""
    return [leg for call in centre.calls for leg in centre.legs.get(call.call_id, [call])]


def _daily(centre: Centre, source: str, days: Counter[date]) -> Iterator[Event]:
    yield _delivery(source, days)
    for number in range((centre.last_day - _FIRST).days + 1):
        day = _FIRST + timedelta(days=number)
        if day not in days and day not in centre.missing:
            yield NothingToReport(
                of=source,
                first_day=day,
                end_day=day + timedelta(days=1),
                signed_by="张三",
                signed_at=_AS_OF,
                remark=None,
            )


def _delivery(source: str, days: Counter[date], as_of: datetime = _AS_OF) -> DeliveryImported:
    return DeliveryImported(
        delivery=source, of=source, file_name=f"{source}.csv", sha256="0" * 64, size=1, profile="x",
        as_of=as_of, as_of_basis="given", imported_at=_AS_OF, rows=days.total(), new=days.total(), changed=0,
        same=0, stale=0, quarantined=0, days={f"{day}": rows for day, rows in sorted(days.items())},
        leavers_since=date(2021, 1, 1) if source == "roster" else None,
    )  # fmt: skip
