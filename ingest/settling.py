"""When rows held back are missing no more: a later delivery holds them, or somebody answers for it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import psycopg

from tracker import log
from tracker.events import Json
from tracker.events.ledger import RowsSettled


class SettlingProblem(ValueError):
    """这些行不能这样了结。"""


@dataclass(frozen=True)
class OpenRow:
    """A row held back, and still missing."""

    delivery: str
    row: int
    day: date | None
    thing: str | None


@dataclass
class OpenRows:
    """The rows of a source that are still missing, and those of them that the delivery being read holds."""

    rows: list[OpenRow]
    found: set[str] = field(default_factory=set)  # things

    @classmethod
    def read(cls, connection: psycopg.Connection[Any], center: str, source: str) -> "OpenRows":
        """One statement."""
        found = connection.execute(
            'SELECT DISTINCT q.delivery, q."row", q.day, q.thing FROM quarantine q'
            " JOIN deliveries d ON d.center_id = q.center_id AND d.delivery = q.delivery"
            " WHERE q.center_id = %s AND d.source = %s AND NOT d.voided AND q.costs_row"
            " AND q.settled_by IS NULL ORDER BY 1, 2",
            (center, source),
        )
        return cls([OpenRow(*row) for row in found])

    def look_through(self, subjects: Iterable[str]) -> None:
        """Notes which of the missing things are told of now."""
        things = {one.thing for one in self.rows if one.thing}
        if things:
            self.found.update(things.intersection(subject.partition("@")[0] for subject in subjects))


@dataclass(frozen=True, kw_only=True)
class Later:
    """A delivery being taken in, as far as it may hold what was missing."""

    delivery: str
    file_name: str
    profile: str
    as_of: datetime
    days: Mapping[date, int]  # rows, held back ones included, by day


def settled_by_delivery(
    connection: psycopg.Connection[Any], center: str, open_rows: OpenRows, later: Later, now: datetime
) -> Iterator[RowsSettled]:
    """What a delivery settles: rows of the file that it replaces, things that it tells of, and whatever else
    was missing of days that it holds at least as many rows of. Marks them."""
    by_delivery: dict[str, list[OpenRow]] = {}
    for row in open_rows.rows:
        by_delivery.setdefault(row.delivery, []).append(row)
    for delivery, rows in by_delivery.items():
        file_name, profile, as_of, held = connection.execute(
            "SELECT d.file_name, d.profile, d.as_of, e.data FROM deliveries d JOIN events e"
            " ON e.center_id = d.center_id AND e.subject = d.subject AND e.type = 'delivery.imported'"
            " WHERE d.center_id = %s AND d.delivery = %s",
            (center, delivery),
        ).fetchone() or (None, None, None, "{}")
        spans = _spans(rows, orjson.loads(held))
        settled = [row for row in rows if row.thing in open_rows.found]
        if file_name == later.file_name:
            settled = rows
        elif profile == later.profile and as_of is not None and as_of <= later.as_of:
            covered = _covered(connection, center, delivery, rows, spans, later)
            settled = [row for row in rows if row in settled or row in covered]
        if settled:
            reason = f"交付 {later.delivery} 里已有"
            yield _settle(connection, center, delivery, settled, spans, later.delivery, None, reason, now)


def settle_by_hand(
    connection: psycopg.Connection[Any],
    center: str,
    delivery: str,
    rows: Collection[int] | None,
    *,
    reason: str,
    by: str,
    now: datetime,
) -> int:
    """Somebody looked at rows held back and answers for it that nothing is missing with them: they were no
    data, or stand elsewhere. None: all of the delivery. Gives how many.

    Raises: SettlingProblem."""
    if not (reason.strip() and by.strip()):
        raise SettlingProblem("了结被隔离的行，要写明理由和本人姓名。")
    found = connection.execute(
        "SELECT d.source, e.data FROM deliveries d JOIN events e ON e.center_id = d.center_id"
        " AND e.subject = d.subject AND e.type = 'delivery.imported'"
        " WHERE d.center_id = %s AND d.delivery = %s",
        (center, delivery),
    ).fetchone()
    if found is None:
        raise SettlingProblem(f"没有编号为“{delivery}”的交付；编号见 hotline deliveries。")
    source, data = found
    of_delivery = [row for row in OpenRows.read(connection, center, source).rows if row.delivery == delivery]
    chosen = [row for row in of_delivery if rows is None or row.row in rows]
    unknown = set(rows or ()) - {row.row for row in chosen}
    if unknown or not chosen:
        named = "、".join(map(str, sorted(unknown))) or "任何一行"
        raise SettlingProblem(f"交付 {delivery} 里没有尚未了结的第 {named} 行。")
    spans = _spans(of_delivery, orjson.loads(data))
    part = f"hand/{now.isoformat()}"
    event = _settle(connection, center, delivery, chosen, spans, part, by, reason, now)
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(event, None)])
    return len(chosen)


_Spans = dict[OpenRow, tuple[str, str]]  # row → first and last day that it may be of


def _spans(rows: Iterable[OpenRow], delivered: dict[str, Any]) -> _Spans:
    """A row's own day; else the days that its delivery speaks of, which the delivery's event says."""
    rows = list(rows)
    left = Counter({(first, last): number for first, last, number in delivered.get("held_back") or ()})
    left.subtract(Counter((str(row.day), str(row.day)) for row in rows if row.day))
    whole = max(left, key=lambda span: (left[span], span[1] > span[0]), default=("", ""))
    return {row: (str(row.day), str(row.day)) if row.day else whole for row in rows}


def _covered(
    connection: psycopg.Connection[Any],
    center: str,
    delivery: str,
    rows: Iterable[OpenRow],
    spans: _Spans,
    later: Later,
) -> list[OpenRow]:
    """Rows without a thing, of days of which the later delivery holds no fewer rows than there were."""
    held = dict(
        connection.execute(
            "SELECT day, rows FROM covered_days WHERE center_id = %s AND subject = %s",
            (center, f"delivery/{delivery}"),
        ).fetchall()
    )
    missing = Counter(spans[row] for row in rows)

    def is_held(row: OpenRow) -> bool:
        first, last = map(date.fromisoformat, spans[row])
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        before: int = sum(held.get(day, 0) for day in days) + missing[spans[row]]
        return sum(later.days.get(day, 0) for day in days) >= before

    return [row for row in rows if row.thing is None and is_held(row)]


def _settle(
    connection: psycopg.Connection[Any],
    center: str,
    delivery: str,
    rows: Collection[OpenRow],
    spans: _Spans,
    part: str,
    by: str | None,
    reason: str,
    now: datetime,
) -> RowsSettled:
    connection.execute(
        'UPDATE quarantine SET settled_by = %s WHERE center_id = %s AND delivery = %s AND "row" = ANY(%s)',
        (by or part, center, delivery, [row.row for row in rows]),
    )
    counted = Counter(spans[row] for row in rows)
    settled: list[Json] = [[first, last, number] for (first, last), number in sorted(counted.items())]
    return RowsSettled(
        delivery=delivery, part=part, settled=settled, reason=reason, settled_by=by, settled_at=now
    )


__all__ = ["Later", "OpenRows", "SettlingProblem", "settle_by_hand", "settled_by_delivery"]
