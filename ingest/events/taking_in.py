"""Sent events into the log: those that are alike are kept as a file of theirs, and taken in as one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg

from ingest.events.received import (
    EventKey,
    EventState,
    ReceivedEvent,
    note_received,
    read_received,
)
from ingest.events.sent_event import CloudEvent, SentEvent
from ingest.importing import deliveries
from ingest.importing.event_types import find_kind
from ingest.importing.import_file import FileRefused, take_in_file
from ingest.importing.import_table import lock_head
from ingest.importing.report import ImportReport
from ingest.profiles.toml_profiles import ProfileProblem
from ingest.quarantine.quarantine import QuarantineEntry, list_entries
from ingest.questions.wording import word_question
from tracker.blob_store import DELIVERIES, find_store
from tracker.calendar_files import CalendarProblem
from tracker.file_writing import WorkingFolder
from tracker.tabular import UnreadableRow
from tracker.tabular.json_records import flatten
from tracker.vault import Vault

_MOST_SORTS = 30  # of a request, by type and columns; each is a file of its own
_TOO_VARIED = (
    f"这个请求里的事件，列名的搭配超过 {_MOST_SORTS} 种，这一条没有采用。请让同一种事件都写同样的列，"
    "没有发生的写 null；或分几次发。"
)
_ROUNDS = 3  # each costs as much as taking the events in
_REFUSALS = (FileRefused, ProfileProblem, CalendarProblem)


class VerdictName(StrEnum):
    """What became of an event of a request."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"  # it came before; what became of it then is said
    HELD = "held"
    REFUSED = "refused"
    CONFLICT = "conflict"  # its id came before, with something else


@dataclass(frozen=True, kw_only=True)
class EventVerdict:
    """What became of one event, and where it is kept."""

    verdict: VerdictName
    source: str | None
    id: str | None
    problems: tuple[str, ...] = ()  # sentences: where, what, what to do
    before: EventState | None = None  # of a duplicate, what became of it when it came first
    delivery: str | None = None
    sha256: str | None = None  # of the file that holds it
    row: int | None = None  # in that file


@dataclass(frozen=True)
class TakenIn:
    """What became of a request's events, one verdict each in their order; and the files they made."""

    verdicts: tuple[EventVerdict, ...]
    reports: tuple[ImportReport, ...]  # one for each file of what was new

    def count(self, verdict: VerdictName) -> int:
        """Events that got a verdict."""
        return sum(one.verdict is verdict for one in self.verdicts)


def take_in_events(
    connection: psycopg.Connection[Any],
    home: Path,
    center: str,
    events: Sequence[SentEvent],
    *,
    now: datetime,
    vault: Vault,
    token: str,
) -> TakenIn:
    """Takes in what is new among events, in the caller's transaction; what came before changes nothing.

    `token` is the name of what they came by. Raises: CenterProblem, OSError."""
    lock_head(connection, center)
    verdicts, fresh, twins = _sort_out(connection, center, events)
    reports: list[ImportReport] = []
    groups = [_Group(places) for places in _group_alike(events, fresh)]
    verdicts |= {
        place: _refuse(events[place], _TOO_VARIED) for one in groups[_MOST_SORTS:] for place in one.places
    }
    del groups[_MOST_SORTS:]
    while groups:
        group = groups.pop(0)
        sent = [events[place] for place in group.places]
        try:
            with connection.transaction():
                report = _deliver(connection, home, center, sent, now=now, vault=vault)
                if parts := group.part(report):
                    raise _Asked
                found = _list_received(connection, center, sent, report)
                note_received(connection, center, found, token=token, now=now)
        except _REFUSALS as problem:
            verdicts |= {place: _refuse(events[place], str(problem)) for place in group.places}
        except _Asked:
            groups += parts
            find_store(connection, home, DELIVERIES, center, vault).discard(connection, report.sha256)
        else:
            reports.append(report)
            verdicts |= {place: _judge(one) for place, one in zip(group.places, found, strict=True)}
    verdicts |= {place: _repeat_in_request(verdicts[first]) for place, first in twins.items()}
    return TakenIn(tuple(verdicts[place] for place in range(len(events))), tuple(reports))


class _Asked(Exception):
    """A few events ask what nobody but a person can answer; the others need not wait with them."""


@dataclass(frozen=True)
class _Group:
    """Events of one type and columns that are delivered together, by their places in the request."""

    places: list[int]
    rounds: int = _ROUNDS  # how often it may still be parted

    def part(self, report: ImportReport) -> list["_Group"]:
        """The others and those by which it asks; nothing where it goes in, or waits, as it is."""
        rows = {one.row for one in report.question.examples} if report.question else set()
        if not self.rounds or not rows or len(rows) >= len(self.places):
            return []
        asking = [place for row, place in enumerate(self.places, 1) if row in rows]
        others = [place for row, place in enumerate(self.places, 1) if row not in rows]
        return [_Group(others, self.rounds - 1), _Group(asking, 0)] if asking else []


def _sort_out(
    connection: psycopg.Connection[Any], center: str, events: Sequence[SentEvent]
) -> tuple[dict[int, EventVerdict], list[int], dict[int, int]]:
    """Verdicts of what need not be taken in, by place; the places of what is to be; and of what stands in the
    request a second time, beside those of the first."""
    verdicts: dict[int, EventVerdict] = {}
    fresh: list[int] = []
    twins: dict[int, int] = {}
    keys = {_get_key(one) for one in events if one.event}
    known = read_received(connection, center, keys) if keys else {}
    first_places: dict[EventKey, int] = {}
    for place, one in enumerate(events):
        if one.event is None:
            verdicts[place] = _refuse(one, one.problem)
            continue
        before, first = known.get(_get_key(one)), first_places.setdefault(_get_key(one), place)
        if before and before.digest == one.digest:
            verdicts[place] = _repeat(before)
        elif (before and before.state is not EventState.REFUSED) or events[first].digest != one.digest:
            verdicts[place] = _contradict(one)
        elif first != place:
            twins[place] = first
        else:
            fresh.append(place)
    return verdicts, fresh, twins


def _group_alike(events: Sequence[SentEvent], places: Sequence[int]) -> Iterator[list[int]]:
    """Places of events of one type that name the same columns: beside another's columns, one that an event
    does not name would read as empty, and an empty cell says that something has not happened."""
    alike: dict[tuple[str, frozenset[str]], list[int]] = {}
    for place in places:
        event = events[place].event
        assert event is not None
        alike.setdefault((event.type, _list_columns(event)), []).append(place)
    yield from alike.values()


def _list_columns(event: CloudEvent) -> frozenset[str]:
    """The columns of a table that the event's data becomes; none where it becomes no row."""
    row = flatten(event.data)
    return frozenset() if isinstance(row, UnreadableRow) else frozenset(row)


def _deliver(
    connection: psycopg.Connection[Any],
    home: Path,
    center: str,
    events: Sequence[SentEvent],
    *,
    now: datetime,
    vault: Vault,
) -> ImportReport:
    """Events that are alike as a file that holds each as it came. Raises: as import_file."""
    assert events[0].event is not None
    kind = find_kind(events[0].event.type)
    with WorkingFolder(home / "incoming") as own:
        path = own / f"接口_{kind.title}.json"
        path.write_text("[\n" + ",\n".join(one.text for one in events) + "\n]\n", "utf-8")
        report = take_in_file(connection, home, path, center, as_of=now, now=now, vault=vault)
    for table in report.tables:
        if table.skipped:
            sorts = "、".join(table.skipped)
            raise FileRefused(f"其中有像“{sorts}”的内容，不是一条数据；同类的一条也没有采用，请去掉后重发。")
    return report


def _list_received(
    connection: psycopg.Connection[Any], center: str, events: Sequence[SentEvent], report: ImportReport
) -> list[ReceivedEvent]:
    """What became of each event of a file, in their order."""
    delivery = report.tables[0].delivery if report.tables else None
    by_row: dict[int, list[QuarantineEntry]] = {}
    for entry in _list_entries(connection, center, report) if report.tables else ():
        by_row.setdefault(entry.row, []).append(entry)
    asked = (word_question(report.question),) if report.question else ()
    return [
        _build_received(one, row, by_row.get(row, []), asked, report.sha256, delivery)
        for row, one in enumerate(events, 1)
    ]


def _list_entries(
    connection: psycopg.Connection[Any], center: str, report: ImportReport
) -> list[QuarantineEntry]:
    """What is wrong with the rows of the file; of one that said nothing new, as it was when it came first."""
    base = deliveries.make_base_id(report.sha256, 1)
    same_bytes = {one.delivery for one in deliveries.list_earlier(connection, center, base)}
    return list_entries(connection, center, among=same_bytes)


def _build_received(
    sent: SentEvent,
    row: int,
    entries: Sequence[QuarantineEntry],
    asked: tuple[str, ...],
    sha256: str,
    delivery: str | None,
) -> ReceivedEvent:
    assert sent.event is not None
    refused = any(entry.costs_row for entry in entries)
    state = EventState.REFUSED if refused else EventState.ACCEPTED
    return ReceivedEvent(
        source=sent.event.source,
        event_id=sent.event.id,
        digest=sent.digest,
        type=sent.event.type,
        state=EventState.HELD if asked else state,
        sha256=sha256,
        row=row,
        delivery=delivery,
        problems=[*asked, *dict.fromkeys(map(_word_entry, entries))],
    )


def _word_entry(entry: QuarantineEntry) -> str:
    """“direction”的值“3”不是“呼入”或“呼出”；请改正后重发。"""
    where = f"“{entry.column}”的值“{entry.value}”" if entry.column else ""
    return f"{where}{entry.rule}；{entry.remedy}。"


def _judge(received: ReceivedEvent) -> EventVerdict:
    return EventVerdict(
        verdict=VerdictName(received.state.value),
        source=received.source,
        id=received.event_id,
        problems=tuple(received.problems),
        delivery=received.delivery,
        sha256=received.sha256,
        row=received.row,
    )


def _repeat(before: ReceivedEvent) -> EventVerdict:
    return replace(_judge(before), verdict=VerdictName.DUPLICATE, before=before.state)


def _repeat_in_request(first: EventVerdict) -> EventVerdict:
    """An event that stands in its request twice; what was not taken in the first time is not the second."""
    if first.sha256 is None:
        return first
    return replace(first, verdict=VerdictName.DUPLICATE, before=EventState(first.verdict.value))


def _contradict(sent: SentEvent) -> EventVerdict:
    sentence = (
        f"source“{sent.source}”、id“{sent.id}”的事件以前收到过，内容不同，这一条没有采用。"
        "若是另一件事或后来的变化，请换一个新的 id 再发。"
    )
    return EventVerdict(verdict=VerdictName.CONFLICT, source=sent.source, id=sent.id, problems=(sentence,))


def _refuse(sent: SentEvent, sentence: str) -> EventVerdict:
    return EventVerdict(verdict=VerdictName.REFUSED, source=sent.source, id=sent.id, problems=(sentence,))


def _get_key(sent: SentEvent) -> EventKey:
    assert sent.event is not None
    return sent.event.source, sent.event.id
