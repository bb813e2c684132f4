"""When rows held back are missing no more: a later delivery holds them, or somebody answers for it."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from ingest.identity.mended_rows import PrintedTable, find_mended_rows, open_kept_table
from ingest.quarantine.row_days import RowSpan, ThingTime, find_times
from tracker import log
from tracker.events import Json
from tracker.events.ledger import RowsPlacedAnew, RowsSettled


class SettlingProblem(ValueError):
    """这些行不能这样了结。"""


_OPEN_ROW = 'q.delivery, q."row", q.day, q.moment, q.thing, q.first_day, q.last_day, q.known'


@dataclass(frozen=True)
class OpenRow:
    """A row held back, and still missing."""

    delivery: str
    row: int
    day: date | None
    moment: datetime | None
    thing: str | None
    first_day: date
    last_day: date
    known: bool


@dataclass
class OpenRows:
    """The rows of a source that are still missing, and those of them that the delivery being read holds."""

    rows: list[OpenRow]
    found: dict[str, set[str]] = field(default_factory=dict)  # thing → names under which it was taken in

    @classmethod
    def read(cls, connection: psycopg.Connection[Any], center: str, source: str) -> "OpenRows":
        """One statement."""
        found = connection.execute(
            f"SELECT DISTINCT {_OPEN_ROW} FROM quarantine q"
            " JOIN deliveries d ON d.center_id = q.center_id AND d.delivery = q.delivery"
            " WHERE q.center_id = %s AND d.source = %s AND NOT d.voided AND q.costs_row"
            " AND q.settled_by IS NULL ORDER BY 1, 2",
            (center, source),
        )
        return cls([OpenRow(*row) for row in found])

    def look_through(self, subjects: Iterable[str], names: Iterable[str]) -> None:
        """Notes which of the missing things are told of now: by rows, and under which names."""
        things = {one.thing for one in self.rows if one.thing}
        for subject, name in zip(subjects, names, strict=True) if things else ():
            if subject in things:
                self.found.setdefault(subject, set()).add(name)


@dataclass(frozen=True, kw_only=True)
class LaterDelivery:
    """A delivery being taken in, as far as it may hold what was missing."""

    delivery: str
    file_name: str
    profiles: Collection[str]  # by which files of its kind are read
    entire: bool  # whether a row of it stands for any other on its thing
    as_of: datetime
    # its rows as they were delivered, to be read within; None: they are there no more
    printed: Callable[[], AbstractContextManager[PrintedTable | None]]


def settle_by_delivery(
    connection: psycopg.Connection[Any],
    home: Path,
    center: str,
    open_rows: OpenRows,
    later: LaterDelivery,
    now: datetime,
) -> Iterator[RowsSettled]:
    """What a delivery settles of others of its kind that speak of no later time: rows on things that it tells
    of, at their time, and rows that it has with their wrong cells mended and all others as they were. Marks
    them.

    Whatever else is missing stays so until somebody answers for it: a file of the same name, and as long, may
    have other rows in their place."""
    by_delivery: dict[str, list[OpenRow]] = {}
    for row in open_rows.rows:
        by_delivery.setdefault(row.delivery, []).append(row)
    times = find_times(connection, center, open_rows.found)
    for delivery, rows in by_delivery.items():
        file_name, profile, as_of = _read_delivery(connection, center, delivery)
        if profile not in later.profiles or as_of > later.as_of:
            continue
        settled = [row for row in rows if later.entire and _is_delivered(open_rows, times, row)]
        others = {row.row: bool(row.day or row.thing) for row in rows if row not in settled}
        if others:
            again = file_name == later.file_name
            with open_kept_table(connection, home, center, delivery) as before, later.printed() as after:
                mended = find_mended_rows(others, before, after, again=again) if before and after else ()
            settled += [row for row in rows if row.row in mended]
        if settled:
            reason = f"导入 {later.delivery} 里已有"
            yield _settle(connection, center, delivery, settled, later.delivery, None, reason, now)


def place_rows_anew(
    connection: psycopg.Connection[Any], center: str, open_rows: OpenRows, later: LaterDelivery, now: datetime
) -> Iterator[RowsPlacedAnew]:
    """Rows still missing that may be of more days than was known, as a delivery tells of their things. Marks
    them."""
    times = find_times(connection, center, open_rows.found)
    by_delivery: dict[str, list[tuple[OpenRow, OpenRow]]] = {}
    for row in open_rows.rows:
        days = [one.day for one in times.get(row.thing or "", {}).values() if one.day]
        first, last = min([row.first_day, *days]), max([row.last_day, *days])
        placed = replace(row, first_day=first, last_day=last, known=row.known or row.thing in times)
        if placed != row:
            by_delivery.setdefault(row.delivery, []).append((row, placed))
            connection.execute(
                "UPDATE quarantine SET first_day = %s, last_day = %s, known = true"
                ' WHERE center_id = %s AND delivery = %s AND "row" = %s',
                (first, last, center, row.delivery, row.row),
            )
    for delivery, rows in by_delivery.items():
        before, after = zip(*rows, strict=True)
        yield RowsPlacedAnew(
            delivery=delivery,
            part=later.delivery,
            spans_before=_list_spans(before),
            spans_after=_list_spans(after),
            placed_at=now,
        )


def settle_by_others(
    connection: psycopg.Connection[Any], home: Path, center: str, delivery: str, now: datetime
) -> Iterator[RowsSettled]:
    """What deliveries that came after one, and stand, settle of its rows that are missing again."""
    others = connection.execute(
        "SELECT d.source, d.delivery, d.file_name, d.profile, d.as_of FROM deliveries own"
        " JOIN deliveries d ON d.center_id = own.center_id AND d.source = own.source AND NOT d.voided"
        " JOIN events a ON a.center_id = own.center_id AND a.subject = own.subject AND a.slot = ''"
        " JOIN events b ON b.center_id = d.center_id AND b.subject = d.subject AND b.slot = ''"
        " WHERE own.center_id = %s AND own.delivery = %s AND b.seq > a.seq ORDER BY b.seq",
        (center, delivery),
    ).fetchall()
    for source, other, file_name, profile, as_of in others:
        missing = [row for row in OpenRows.read(connection, center, source).rows if row.delivery == delivery]
        open_rows = OpenRows(missing, _find_whole_things(connection, center, other, missing))
        later = LaterDelivery(
            delivery=other,
            file_name=file_name,
            profiles={profile},
            entire=True,
            as_of=as_of,
            printed=partial(open_kept_table, connection, home, center, other),
        )
        yield from settle_by_delivery(connection, home, center, open_rows, later, now)


def _find_whole_things(
    connection: psycopg.Connection[Any], center: str, delivery: str, rows: Iterable[OpenRow]
) -> dict[str, set[str]]:
    """The things of rows of which a delivery tells by rows that each stand for all of their thing."""
    found: dict[str, set[str]] = {}
    for thing, times in find_times(connection, center, {row.thing for row in rows if row.thing}).items():
        whole = connection.execute(
            "SELECT DISTINCT e.subject FROM events e WHERE e.center_id = %s AND e.subject = ANY(%s)"
            " AND e.slot IN ('', 'accepted') AND (e.delivery = %s OR EXISTS ("
            "SELECT FROM confirmations c WHERE c.center_id = e.center_id AND c.subject = %s"
            " AND e.seq BETWEEN c.first_seq AND c.last_seq))",
            (center, list(times), delivery, f"delivery/{delivery}"),
        ).fetchall()
        if whole:
            found[thing] = {name for (name,) in whole}
    return found


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
        raise SettlingProblem("了结未导入的行，要写明理由和本人姓名。")
    found = connection.execute(
        "SELECT source FROM deliveries WHERE center_id = %s AND delivery = %s", (center, delivery)
    ).fetchone()
    if found is None:
        raise SettlingProblem(f"没有编号为“{delivery}”的导入记录；编号见“导入记录”。")
    open_rows = OpenRows.read(connection, center, found[0]).rows
    chosen = [row for row in open_rows if row.delivery == delivery and (rows is None or row.row in rows)]
    unknown = set(rows or ()) - {row.row for row in chosen}
    if unknown or not chosen:
        named = "、".join(map(str, sorted(unknown))) or "任何一行"
        raise SettlingProblem(f"导入 {delivery} 里没有尚未了结的第 {named} 行。")
    part = f"hand/{now.isoformat()}"
    event = _settle(connection, center, delivery, chosen, part, by, reason, now)
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(event, None)])
    return len(chosen)


def reopen_rows(
    connection: psycopg.Connection[Any], center: str, delivery: str, now: datetime
) -> Iterator[RowsSettled]:
    """What a delivery that is voided had settled is missing again. Marks it."""
    rows = connection.execute(
        "UPDATE quarantine SET settled_by = NULL WHERE center_id = %s AND settled_by = %s RETURNING delivery",
        (center, delivery),
    ).fetchall()
    for other in sorted({other for (other,) in rows}):
        yield RowsSettled(
            delivery=other,
            part=delivery,
            settled=[],
            reason=f"导入 {delivery} 已作废",
            settled_by=None,
            settled_at=now,
        )


def _read_delivery(
    connection: psycopg.Connection[Any], center: str, delivery: str
) -> tuple[str, str, datetime]:
    """File name, profile and as-of time of a delivery."""
    row = connection.execute(
        "SELECT file_name, profile, as_of FROM deliveries WHERE center_id = %s AND delivery = %s",
        (center, delivery),
    ).fetchone()
    assert row is not None
    file_name, profile, as_of = row
    return file_name, profile, as_of


def _is_delivered(
    open_rows: OpenRows, all_times: Mapping[str, Mapping[str, ThingTime]], row: OpenRow
) -> bool:
    """Whether a row's thing was taken in, at its time; without one, as the only one of its number."""
    names = open_rows.found.get(row.thing or "", ())
    times = all_times.get(row.thing or "", {})
    by_name = [times[name] for name in names if name in times]
    if row.moment and any(one.moment for one in by_name):
        return any(one.moment == row.moment for one in by_name)
    if row.day:
        return any(one.day == row.day for one in by_name)
    return len(times) == 1 and any(one.day and row.first_day <= one.day <= row.last_day for one in by_name)


def _list_spans(rows: Iterable[OpenRow]) -> list[Json]:
    rows = [*rows]
    counted = Counter((row.first_day, row.last_day) for row in rows)
    certain = Counter((row.first_day, row.last_day) for row in rows if row.known)
    return [RowSpan(*days, number, certain[days]).as_json for days, number in sorted(counted.items())]


def _read_settled_by(
    connection: psycopg.Connection[Any], center: str, delivery: str, other: str
) -> list[OpenRow]:
    """All rows of a delivery that another one has settled, whenever it did."""
    found = connection.execute(
        f"SELECT DISTINCT {_OPEN_ROW} FROM quarantine q WHERE q.center_id = %s AND q.delivery = %s"
        " AND q.costs_row AND q.settled_by = %s",
        (center, delivery, other),
    )
    return [OpenRow(*row) for row in found]


def _settle(
    connection: psycopg.Connection[Any],
    center: str,
    delivery: str,
    rows: Collection[OpenRow],
    part: str,
    by: str | None,
    reason: str,
    now: datetime,
) -> RowsSettled:
    connection.execute(
        'UPDATE quarantine SET settled_by = %s WHERE center_id = %s AND delivery = %s AND "row" = ANY(%s)',
        (by or part, center, delivery, [row.row for row in rows]),
    )
    settled = _list_spans(rows if by else _read_settled_by(connection, center, delivery, part))
    return RowsSettled(
        delivery=delivery, part=part, settled=settled, reason=reason, settled_by=by, settled_at=now
    )


__all__ = [
    "LaterDelivery",
    "OpenRows",
    "SettlingProblem",
    "place_rows_anew",
    "reopen_rows",
    "settle_by_delivery",
    "settle_by_hand",
    "settle_by_others",
]
