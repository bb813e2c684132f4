"""迟到登记: what was recorded of a locked month after its seal, and which sealed figures it would move."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa

from kpi.closing.changes import Asked, Changes, changes_of, within
from kpi.closing.states import Closing, needed_sources, read_closing, sealed_with
from kpi.figures import results
from kpi.figures.coverage_reading import monthly_spans
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.locked_figures import read_sealed
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.events.ledger import DeliveryImported, EventVoided, NothingToReport
from tracker.events.times import day_start
from tracker.facts.deliveries import covered_days, deliveries
from tracker.log.tables import events
from tracker.periods import Month


class Lateness(StrEnum):
    """In which way an event is late."""

    LATE = "迟到"  # happened in the month, told after its lock
    CHANGED = "更改"  # says something else than what was told before
    FOLLOWING = "后续"  # happened after the month, to something of the month
    VOID = "作废"  # takes back what was told before
    BACKING = "补据"  # a zero report or a delivery that backs days which had no backing


@dataclass(frozen=True)
class LateEvent:
    """An event of the register."""

    seq: int
    kind: Lateness
    type: str
    source: str | None  # key of a source; None for a void
    subject: str
    occurred_at: datetime | None
    recorded_at: datetime
    delivery: str | None
    file_name: str | None
    row: int | None
    changed: tuple[tuple[str, Any, Any], ...]  # field, old, new; of what says something else than before


@dataclass(frozen=True)
class Restated:
    """A sealed figure, and what the facts say now."""

    before: Figure
    after: Figure


@dataclass(frozen=True)
class LateRegister:
    """Everything that came after a month's newest seal."""

    closing: Closing
    events: tuple[LateEvent, ...]  # by seq
    figures: tuple[Restated, ...]  # those that would change, in the order of the registry

    def causes(self, source: str | None = None) -> list[Any]:
        """The events' numbers, runs of three and more as [first, last]; of one source, or of all."""
        return list(_runs([one.seq for one in self.events if source is None or one.source in (source, None)]))


def late_register(connection: sa.Connection, center: str, month: Month) -> LateRegister:
    """The register of a locked month; figures must be up to date.

    It looks at all days that the sealed figures rest on: the month's own, and those of the quarter and year
    that are sealed with it. Raises: ClosingProblem where the month is not locked.
    """
    closing = read_closing(connection, center, month)
    since = settled(closing)
    asked = {key: Asked(first, since[key]) for key, first in first_days(month).items()}
    changes = changes_of(connection, center, asked, month.end_day)
    found = [
        *_told(connection, center, changes, since, month.end_day),
        *_voids(connection, center, changes, min(since.values())),
        *_backing(connection, center, asked, month),
    ]
    listed = tuple(sorted(found, key=lambda one: one.seq))
    return LateRegister(closing, listed, tuple(restated(connection, center, month)))


def settled(closing: Closing) -> dict[str, int]:
    """Source → the seal up to which its events are accounted for; a correction may cover one source alone.

    Raises: ClosingProblem where the month is not locked.
    """
    covers = {one.subject: one.of for one in closing.exemptions}
    seqs = dict.fromkeys(needed_sources(), closing.last_seal.event_seq)
    for key in seqs:
        bearing = [one for one in closing.seals if covers.get(one.exception or "") in (None, key)]
        seqs[key] = bearing[-1].event_seq
    return seqs


def restated(connection: sa.Connection, center: str, month: Month) -> Iterator[Restated]:
    """The sealed figures of a month that the facts no longer come to."""
    periods = sealed_with(month)
    before = read_sealed(connection, center, periods)
    for period in periods:
        for after in results.of_period(connection, center, period, live=True):
            held = before.get((after.indicator, period))
            if held is not None and differs(held, after):
                yield Restated(held, after)


def differs(before: Figure, after: Figure) -> bool:
    """Whether two figures say different numbers; another wording of the reason is no difference."""
    return _numbers(before) != _numbers(after)


def first_days(month: Month) -> dict[str, date]:
    """Source → the first day that a figure sealed with the month rests on."""
    firsts: dict[str, date] = {}
    for indicator in INDICATORS.values():
        first = min(indicator.months(period)[0].first_day for period in sealed_with(month))
        for need in indicator.needs:
            firsts[need] = min(firsts.get(need, first), first)
    return {key: firsts[key] for key in needed_sources()}


def _numbers(figure: Figure) -> tuple[Any, ...]:
    return (
        figure.numerator, figure.denominator, figure.value, figure.unit, figure.coverage, figure.status,
        figure.low, figure.high, figure.definition_version,
    )  # fmt: skip


def _told(
    connection: sa.Connection, center: str, changes: Changes, since: Mapping[str, int], end: date
) -> Iterator[LateEvent]:
    """Every event after the seal about a thing that changed, beside what was told in its slot before."""
    sources = {change.subject: key for key, found in changes.things.items() for change in found}
    before: dict[tuple[str, str], Any] = {}
    for row in _timelines(connection, center, sources):
        slot, data = (row.subject, row.slot), orjson.loads(row.data)
        old, before[slot] = before.get(slot), data
        source = sources[row.subject]
        if row.seq > since[source]:
            changed = tuple(_differences(old, data)) if old is not None else ()
            kind = Lateness.CHANGED if old is not None else _lateness(row.occurred_at, end)
            yield _late(row, kind, source, changed)


def _lateness(occurred_at: datetime | None, end: date) -> Lateness:
    after = occurred_at is not None and occurred_at >= day_start(end)
    return Lateness.FOLLOWING if after else Lateness.LATE


def _timelines(connection: sa.Connection, center: str, subjects: Iterable[str]) -> Iterator[Any]:
    """All events of things, thing by thing in log order."""
    ordered = sorted(subjects)
    for start in range(0, len(ordered), 5_000):
        chunk = ordered[start : start + 5_000]
        rows = _events().where(events.c.center_id == center, events.c.subject.in_(chunk))
        yield from connection.execute(rows.order_by(events.c.subject, events.c.seq)).all()


def _voids(connection: sa.Connection, center: str, changes: Changes, since: int) -> Iterator[LateEvent]:
    """The voids among the runs in which something changed."""
    if not changes.things:
        return
    rows = _events().where(
        events.c.center_id == center,
        events.c.type == EventVoided.type,
        events.c.seq > since,
        within(events.c.seq, changes.runs),
    )
    for row in connection.execute(rows.order_by(events.c.seq)):
        yield _late(row, Lateness.VOID, None)


def _backing(
    connection: sa.Connection, center: str, asked: Mapping[str, Asked], month: Month
) -> Iterator[LateEvent]:
    """Zero reports, and deliveries, that back what nothing backed when the month was sealed."""
    subjects: dict[str, str] = {}
    for key, (first, since) in asked.items():
        source = SOURCES[key]
        if source.rhythm is Rhythm.DAILY:
            found = _newly_covered(connection, center, source.delivery, first, month.end_day, since)
        elif source.rhythm is Rhythm.MONTHLY:
            found = _first_telling(connection, center, source, month, since)
        else:
            found = []
        subjects |= {subject: key for subject in found if subject not in subjects}
    if not subjects:
        return
    since = min(one.since for one in asked.values())
    rows = _events().where(
        events.c.center_id == center,
        events.c.subject.in_(list(subjects)),
        events.c.type.in_((DeliveryImported.type, NothingToReport.type)),
        events.c.seq > since,
    )
    for row in connection.execute(rows.order_by(events.c.seq)):
        yield _late(row, Lateness.BACKING, subjects[row.subject])


def _newly_covered(
    connection: sa.Connection, center: str, source: str, first: date, end: date, since: int
) -> Sequence[str]:
    earlier, days = covered_days.alias("earlier"), covered_days.c
    same = sa.and_(
        earlier.c.center_id == center, earlier.c.source == source, earlier.c.day == days.day,
        earlier.c.seq <= since,
    )  # fmt: skip
    there = sa.and_(days.center_id == center, days.source == source, days.day >= first, days.day < end)
    rows = sa.select(days.subject).where(there, days.seq > since, ~sa.exists().where(same)).distinct()
    return connection.scalars(rows).all()


def _first_telling(
    connection: sa.Connection, center: str, source: Source, month: Month, since: int
) -> Sequence[str]:
    """The first delivery that tells of a month, where none did when the month was sealed."""
    telling = [span for span in monthly_spans(connection, center, source) if span.holds(month)]
    first = min(telling, key=lambda span: span.seq, default=None)
    return [first.subject] if first is not None and first.seq > since else []


def _events() -> sa.Select[Any]:
    file = sa.and_(deliveries.c.center_id == events.c.center_id, deliveries.c.delivery == events.c.delivery)
    return sa.select(events, deliveries.c.file_name).select_from(events.outerjoin(deliveries, file))


def _late(
    row: Any, kind: Lateness, source: str | None, changed: tuple[tuple[str, Any, Any], ...] = ()
) -> LateEvent:
    return LateEvent(
        seq=row.seq,
        kind=kind,
        type=row.type,
        source=source,
        subject=row.subject,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        delivery=row.delivery,
        file_name=row.file_name,
        row=row.row,
        changed=changed,
    )


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted(old.keys() | new.keys()):
        if name in new and old.get(name) != new[name]:
            yield name, old.get(name), new[name]


def _runs(seqs: Sequence[int]) -> Iterator[Any]:
    """Numbers; three and more in a row as [first, last]."""
    run: list[int] = []
    for seq in [*sorted(set(seqs)), None]:
        if seq is not None and (not run or seq == run[-1] + 1):
            run.append(seq)
            continue
        yield from ([[run[0], run[-1]]] if len(run) > 2 else run)
        run = [] if seq is None else [seq]
