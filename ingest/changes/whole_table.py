"""What a table tells as a whole, by what it holds and by what it leaves out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import psycopg

from ingest.changes.full_lists import (
    MissingPerson,
    derive_listing_events,
    find_leavers_since,
    list_missing_people,
)
from ingest.changes.left_out import find_left_out, is_list, settle_left_out
from ingest.changes.repeated_numbers import QuestionCollector
from ingest.changes.shorter_lists import list_dropped_posts, settle_dropped_posts, word_fewer_rows
from ingest.identity.distinguishing import ThingIdentifier
from ingest.identity.spellings import Spellings
from ingest.importing.file_context import FileContext
from ingest.importing.row_batches import RowTally
from ingest.importing.row_errors import Problem
from ingest.importing.sibling_tables import FileTables
from ingest.importing.trial import hide_replaced_facts
from ingest.kinds.staffing import POSTS
from ingest.recognition.recognise import Recognition
from tracker import log
from tracker.events import Event
from tracker.events.lists import LISTED, STRUCK, ThingChecked
from tracker.events.times import get_day

_STILL_STRUCK = "已登记为取消，仍不计入；确实有效的，请从平台重新导出后导入"
_NOW_STRUCK = "按回答登记为取消，不再计入"
_NOBODY_LEFT = (
    "离职日期都是空的：这份名单只说明谁在岗，没有说明以前谁离职；名单里本应列出离职人员、只是无人离职的，"
    "请管理员在导入方案里写 lists_leavers = true。"
)


class WholeTable:
    """A table looked at beside what was known before it."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        delivered: FileContext,
        recognition: Recognition,
        apart: ThingIdentifier,
        asking: QuestionCollector,
        of_file: FileTables,
    ) -> None:
        self._connection = connection
        self._delivered = delivered
        self._profile = recognition.profile
        self._of_file = of_file
        of_file.tells_leaving |= bool(recognition.columns.keys() & {"left_on", "last_day"})
        self._named: set[str] = set()  # things of rows held back
        self._apart = apart
        self._asking = asking
        self._spellings = Spellings(connection, delivered.center, asking)
        self.missing: tuple[MissingPerson, ...] = ()  # people in post whom a full list does not hold
        self.leavers_since: date | None = None  # from when on a full list tells who left; None: it does not

    def look_through(self, subjects: Sequence[str]) -> None:
        """Notes the things of a batch, by the names that its rows give them."""
        if self._numbered:
            self._spellings.look_through(subjects)
        if self._profile.kind is POSTS:
            self._of_file.posts |= {subject.split("/", 1)[1].rpartition("/")[0] for subject in subjects}

    def hold_back(self, problems: Iterable[Problem]) -> None:
        """Notes the things of rows that are not taken in: the table does not leave them out."""
        self._named |= {one.thing for one in problems if one.thing and one.costs_row}

    def ask(self, appending: log.Appender, tally: RowTally, delivery: str) -> None:
        """Notes what must be asked, or appends what follows from the answer."""
        kind, center = self._profile.kind, self._delivered.center
        if self._numbered:
            self._spellings.ask(self._numbered, folds=self._profile.identity.fold_spelling)
        of_file = self._of_file
        of_file.known[kind.name] |= self._asking.known
        of_file.named |= self._named
        of_file.deliveries[kind.name].append(delivery)
        days = of_file.days[kind.name]
        days.update(tally.days)
        listed = list(self._derive_listed_again())
        appending.add([(event, None) for event in listed])
        _note(tally, _STILL_STRUCK, len(self._asking.again) - len(listed))
        if not of_file.is_last(kind.name):
            return
        if kind is POSTS and days and self._delivered.covers_days:
            since = max(days)
            dropped = list_dropped_posts(self._connection, center, of_file.posts, since)
            appending.add([(event, None) for event in settle_dropped_posts(self._asking, dropped, since)])
        elif is_list(kind, self._delivered) and not of_file.has_come:
            gone = find_left_out(self._connection, self._delivered, kind, of_file)
            checked = list(settle_left_out(self._asking, gone, self._delivered))
            appending.add([(event, None) for event in checked])
            _note(tally, _NOW_STRUCK, sum(event.standing == STRUCK for event in checked))

    def _derive_listed_again(self) -> Iterator[ThingChecked]:
        """What counts again, as this list has it; the same bytes say so only of a later time."""
        as_of = self._delivered.as_of.at
        until = get_day(as_of - timedelta(microseconds=1))
        for thing, struck_at in sorted(self._asking.again.items()):
            if struck_at < as_of or not self._of_file.has_come:
                yield ThingChecked(thing=thing, listed_until=until, standing=LISTED, said_by=None)

    def conclude(self, appending: log.Appender, tally: RowTally, counts: log.StatementCounts) -> None:
        """Appends and says what follows from what the file leaves out, once its last table of the kind is
        read."""
        kind, of_file = self._profile.kind, self._of_file
        last = of_file.is_last(kind.name)
        of_file.done(kind.name)
        if not self._delivered.covers_days:
            return
        center = self._delivered.center
        events: list[Event] = []
        if kind.snapshot and last:
            appending.add([])  # what was told so far becomes facts
            self._look_for_leavers(tally)
            listed, new = self._apart.people
            events = derive_listing_events(self._connection, self._delivered, listed, new)
            appending.add((event, None) for event in events)
        again = counts.same + counts.changed > counts.new
        with hide_replaced_facts(self._connection, self._delivered):
            if events:
                self.missing = tuple(list_missing_people(self._connection, center))
            fewer = word_fewer_rows(self._connection, center, kind.name, tally.days, again=again)
        if fewer:
            tally.notices[fewer] += 1

    def _look_for_leavers(self, tally: RowTally) -> None:
        tells_leaving = self._of_file.tells_leaving
        if tells_leaving and (self._apart.tells_who_left or self._profile.rules.lists_leavers):
            listed, _ = self._apart.people
            self.leavers_since = find_leavers_since(self._connection, self._delivered.center, listed)
        elif tells_leaving:
            tally.notices[_NOBODY_LEFT] += 1

    @property
    def new_spellings(self) -> list[str] | None:
        """The ways of writing numbers that no table before had; None: none."""
        return (self._spellings.new() or None) if self._numbered else None

    @property
    def _numbered(self) -> str | None:
        """The kind of the things that the table numbers, whose numbers may be spelt in several ways."""
        thing = self._profile.kind.thing
        return thing if thing in ("call", "work_order") else None


def _note(tally: RowTally, notice: str, number: int) -> None:
    if number:
        tally.notices[notice] += number
