"""锁定后变动: what was recorded of a locked month after its seal, and which sealed figures it would move."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa

from kpi.closing.changes import ChangeQuery, Changes, find_changes, is_within
from kpi.closing.states import Closing, list_needed_sources, list_sealed_periods, read_closing
from kpi.figures import results
from kpi.figures.coverage_reading import read_monthly_spans
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.locked_figures import read_sealed_figures
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.events.ledger import DeliveryImported, EventVoided, NothingToReport
from tracker.events.times import get_day_start
from tracker.facts.deliveries import covered_days, deliveries
from tracker.log.tables import events
from tracker.periods import Month


class Lateness(StrEnum):
    """In which way an event is late."""

    LATE = "补报"  # happened in the month, told after its lock
    CHANGED = "修改"  # says something else than what was told before
    FOLLOWING = "后续办理"  # happened after the month, to something of the month
    VOID = "作废"  # takes back what was told before
    BACKING = "补零报告或来源"  # a zero report or a delivery that backs days which had no backing


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
class RestatedFigure:
    """A sealed figure, and what the facts say now."""

    before: Figure
    after: Figure


@dataclass(frozen=True)
class LateRegister:
    """Everything that came after a month's newest seal."""

    closing: Closing
    events: tuple[LateEvent, ...]  # by seq
    figures: tuple[RestatedFigure, ...]  # those that would change, in the order of the registry

    def list_causes(self, source: str | None = None) -> list[Any]:
        """The events' numbers, runs of three and more as [first, last]; of one source, or of all."""
        return list(
            _compress_runs([one.seq for one in self.events if source is None or one.source in (source, None)])
        )


def read_late_register(connection: sa.Connection, center: str, month: Month) -> LateRegister:
    """The register of a locked month; figures must be up to date.

    It looks at all days that the sealed figures rest on: the month's own, and those of the quarter and year
    that are sealed with it. Raises: ClosingProblem where the month is not locked.
    """
    closing = read_closing(connection, center, month)
    since = find_settled_seals(closing)
    queries = {key: ChangeQuery(first, since[key]) for key, first in find_first_days(month).items()}
    changes = find_changes(connection, center, queries, month.end_day)
    events = [
        *_list_late_statements(connection, center, changes, since, month.end_day),
        *_list_voids(connection, center, changes, min(since.values())),
        *_list_new_backing(connection, center, queries, month),
    ]
    ordered = tuple(sorted(events, key=lambda one: one.seq))
    return LateRegister(closing, ordered, tuple(find_restated(connection, center, month)))


def find_settled_seals(closing: Closing) -> dict[str, int]:
    """Source → the seal up to which its events are accounted for; a correction may cover one source alone.

    Raises: ClosingProblem where the month is not locked.
    """
    covers = {one.subject: one.of for one in closing.exemptions}
    seqs = dict.fromkeys(list_needed_sources(), closing.last_seal.event_seq)
    for key in seqs:
        bearing = [one for one in closing.seals if covers.get(one.exception or "") in (None, key)]
        seqs[key] = bearing[-1].event_seq
    return seqs


def find_restated(connection: sa.Connection, center: str, month: Month) -> Iterator[RestatedFigure]:
    """The sealed figures of a month that the facts no longer come to."""
    periods = list_sealed_periods(month)
    before = read_sealed_figures(connection, center, periods)
    for period in periods:
        for after in results.read_period(connection, center, period, live=True):
            before_figure = before.get((after.indicator, period))
            if before_figure is not None and is_different(before_figure, after):
                yield RestatedFigure(before_figure, after)


def is_different(before: Figure, after: Figure) -> bool:
    """Whether two figures say different numbers; another wording of the reason is no difference."""
    return _get_numbers(before) != _get_numbers(after)


def find_first_days(month: Month) -> dict[str, date]:
    """Source → the first day that a figure sealed with the month rests on."""
    firsts: dict[str, date] = {}
    for indicator in INDICATORS.values():
        first = min(indicator.months(period)[0].first_day for period in list_sealed_periods(month))
        for need in indicator.needs:
            firsts[need] = min(firsts.get(need, first), first)
    return {key: firsts[key] for key in list_needed_sources()}


def _get_numbers(figure: Figure) -> tuple[Any, ...]:
    return (
        figure.numerator, figure.denominator, figure.value, figure.unit, figure.coverage, figure.status,
        figure.low, figure.high, figure.definition_version,
    )  # fmt: skip


def _list_late_statements(
    connection: sa.Connection, center: str, changes: Changes, since: Mapping[str, int], end: date
) -> Iterator[LateEvent]:
    """Every event after the seal about a thing that changed, beside what was told in its slot before."""
    sources = {
        change.subject: key for key, thing_changes in changes.things.items() for change in thing_changes
    }
    before: dict[tuple[str, str], Any] = {}
    for row in _read_timelines(connection, center, sources):
        slot, data = (row.subject, row.slot), orjson.loads(row.data)
        old, before[slot] = before.get(slot), data
        source = sources[row.subject]
        if row.seq > since[source]:
            changed = tuple(_list_differences(old, data)) if old is not None else ()
            kind = Lateness.CHANGED if old is not None else _classify_lateness(row.occurred_at, end)
            yield _build_late_event(row, kind, source, changed)


def _classify_lateness(occurred_at: datetime | None, end: date) -> Lateness:
    after = occurred_at is not None and occurred_at >= get_day_start(end)
    return Lateness.FOLLOWING if after else Lateness.LATE


def _read_timelines(connection: sa.Connection, center: str, subjects: Iterable[str]) -> Iterator[Any]:
    """All events of things, thing by thing in log order."""
    ordered = sorted(subjects)
    for start in range(0, len(ordered), 5_000):
        chunk = ordered[start : start + 5_000]
        rows = _select_events().where(events.c.center_id == center, events.c.subject.in_(chunk))
        yield from connection.execute(rows.order_by(events.c.subject, events.c.seq)).all()


def _list_voids(connection: sa.Connection, center: str, changes: Changes, since: int) -> Iterator[LateEvent]:
    """The voids among the runs in which something changed."""
    if not changes.things:
        return
    rows = _select_events().where(
        events.c.center_id == center,
        events.c.type == EventVoided.type,
        events.c.seq > since,
        is_within(events.c.seq, changes.runs),
    )
    for row in connection.execute(rows.order_by(events.c.seq)):
        yield _build_late_event(row, Lateness.VOID, None)


def _list_new_backing(
    connection: sa.Connection, center: str, queries: Mapping[str, ChangeQuery], month: Month
) -> Iterator[LateEvent]:
    """Zero reports, and deliveries, that back what nothing backed when the month was sealed."""
    subjects: dict[str, str] = {}
    for key, (first, since) in queries.items():
        source = SOURCES[key]
        if source.rhythm is Rhythm.DAILY:
            deliveries = _find_new_deliveries(
                connection, center, source.delivery, first, month.end_day, since
            )
        elif source.rhythm is Rhythm.MONTHLY:
            deliveries = _find_first_delivery(connection, center, source, month, since)
        else:
            deliveries = []
        subjects |= {subject: key for subject in deliveries if subject not in subjects}
    if not subjects:
        return
    since = min(one.since for one in queries.values())
    rows = _select_events().where(
        events.c.center_id == center,
        events.c.subject.in_(list(subjects)),
        events.c.type.in_((DeliveryImported.type, NothingToReport.type)),
        events.c.seq > since,
    )
    for row in connection.execute(rows.order_by(events.c.seq)):
        yield _build_late_event(row, Lateness.BACKING, subjects[row.subject])


def _find_new_deliveries(
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


def _find_first_delivery(
    connection: sa.Connection, center: str, source: Source, month: Month, since: int
) -> Sequence[str]:
    """The first delivery that tells of a month, where none did when the month was sealed."""
    telling = [span for span in read_monthly_spans(connection, center, source) if span.holds(month)]
    first = min(telling, key=lambda span: span.seq, default=None)
    return [first.subject] if first is not None and first.seq > since else []


def _select_events() -> sa.Select[Any]:
    file = sa.and_(deliveries.c.center_id == events.c.center_id, deliveries.c.delivery == events.c.delivery)
    return sa.select(events, deliveries.c.file_name).select_from(events.outerjoin(deliveries, file))


def _build_late_event(
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


def _list_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted(old.keys() | new.keys()):
        if name in new and old.get(name) != new[name]:
            yield name, old.get(name), new[name]


def _compress_runs(seqs: Sequence[int]) -> Iterator[Any]:
    """Numbers; three and more in a row as [first, last]."""
    run: list[int] = []
    for seq in [*sorted(set(seqs)), None]:
        if seq is not None and (not run or seq == run[-1] + 1):
            run.append(seq)
            continue
        yield from ([[run[0], run[-1]]] if len(run) > 2 else run)
        run = [] if seq is None else [seq]
