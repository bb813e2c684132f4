"""One table into the log, inside the transaction of its file."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import psycopg

from ingest.changes.as_of import IMPORT, find_days_in_name, find_stated_time, limit_as_of
from ingest.changes.emptied_cells import EmptiedCells
from ingest.changes.named_part import ask_about_part
from ingest.changes.renumbered import ask_about_renumbered
from ingest.changes.repeated_numbers import DeliveryAsks, QuestionCollector
from ingest.changes.whole_days import check_days_named, find_partial_days, find_unbacked
from ingest.changes.whole_table import WholeTable
from ingest.identity.call_references import CallReferences
from ingest.identity.distinguishing import ThingIdentifier
from ingest.identity.mended_rows import build_printed_table
from ingest.importing import deliveries
from ingest.importing.declared_totals import TotalComparison, compare_totals
from ingest.importing.deliveries import EarlierDelivery
from ingest.importing.file_context import FileContext, ReadingProgress, make_row_reader, start_reading
from ingest.importing.report import SHOWN_PROBLEMS, TableReport
from ingest.importing.row_batches import RowBatch
from ingest.importing.row_errors import Problem, ProblemTally
from ingest.importing.sibling_tables import FileTables
from ingest.kinds.work_orders import WORK_ORDERS
from ingest.profiles.profile import load_profiles
from ingest.quarantine import quarantine
from ingest.quarantine.row_days import RowSpan, find_span, place_rows
from ingest.quarantine.settling import LaterDelivery, OpenRows, place_rows_anew, settle_by_delivery
from ingest.recognition.column_values import check_columns
from ingest.recognition.overlapping_tables import TableSums
from ingest.recognition.printed_notes import check_above, check_below, check_days, check_totals
from ingest.recognition.recognise import Recognition
from ingest.recognition.unread_columns import check_unread
from tracker import log
from tracker.events import Json
from tracker.events.ledger import DeliveryImported, RowsPlacedAnew, RowsSettled
from tracker.log.statements import StatementsBySlot
from tracker.personal_text import mask_numbers, mask_texts
from tracker.tabular import FileRefused, Table

_VALUES = 200_000  # personal values written together: some 60 MB


class TableImport:
    """One table of a delivered file, on its way into the log."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        delivered: FileContext,
        table: Table,
        recognition: Recognition,
        *,
        alone: bool,
        of_file: FileTables | None = None,
    ) -> None:
        """`alone`: no other table of the file is taken in; `of_file`: what those before it told."""
        check_above(recognition.header.above)
        for line in recognition.header.above:
            if stated_time := find_stated_time(line):
                delivered = replace(
                    delivered, as_of=limit_as_of(delivered.as_of, stated_time, delivered.file_name)
                )
        recognition = check_columns(table, recognition)
        self._connection = connection
        self._delivered = delivered
        self._as_of = delivered.as_of.at  # what the events being appended speak of
        self._open_table = table
        self._recognition = recognition
        sheet = table.sheet or ""
        self._file_name = delivered.file_name if alone else f"{delivered.file_name}#{sheet}"
        self._reading = start_reading(delivered, table, recognition)
        self._asking = QuestionCollector(recognition.profile.kind.name, delivered.answer)
        self._asking.rows_dated = bool(delivered.times)
        base = deliveries.make_base_id(delivered.kept.sha256, table.number)
        identity = recognition.profile.identity
        of_file = of_file or FileTables.of([recognition.profile.kind.name])
        self._apart = ThingIdentifier(connection, delivered.center, self._asking, identity, base, of_file)
        if of_file.has_come is None:
            of_file.has_come = self._has_come
        self._of_file = of_file
        self._whole = WholeTable(connection, delivered, recognition, self._apart, self._asking, of_file)
        self._calls = CallReferences(connection, delivered.home, delivered.center)
        self.sums = TableSums(recognition.profile.kind.name, table.sheet or delivered.file_name)
        self._counts = log.StatementCounts()
        self._problems = ProblemTally()  # of rows held back
        self._doubts = ProblemTally()  # of rows taken in
        self._compared: tuple[TotalComparison, ...] = ()
        self._aside: set[date] = set()  # days of which only some rows came along
        self._taken_back: list[str | None] = []  # days of rows that contradict a row far above them

    def take_in(self) -> TableReport:
        """Appends the table's events and its delivery's.

        Raises: FileRefused for a table that breaks off or holds no data; ReadingStopped; DeliveryAsks."""
        center = self._delivered.center
        lock_head(self._connection, center)
        base = deliveries.make_base_id(self._delivered.kept.sha256, self._open_table.number)
        earlier = deliveries.list_earlier(self._connection, center, base)
        delivery = deliveries.make_next_id(base, earlier)
        return self._build_report(delivery if self._append_table(delivery, earlier) else None)

    def _append_table(self, delivery: str, earlier: list[EarlierDelivery]) -> bool:
        """Whether there was anything to append; if not, it is as if the table had not been read."""
        delivered = self._delivered
        with (
            self._connection.transaction() as savepoint,
            log.appending(
                self._connection,
                delivered.center,
                delivery=delivery,
                as_of=delivered.as_of.at,
                recorded_at=delivered.now,
                vouches=not self._of_file.has_come,
                vault=delivered.vault,
            ) as appending,
        ):
            head = appending.seq
            self._open_rows = OpenRows.read(
                self._connection, delivered.center, self._recognition.profile.kind.source
            )
            appending.watch = self._watch_batch
            for batch in self._reading.batches():
                self._append(appending, delivery, batch)
            delivered.vault.keep(self._connection)
            if not self._reading.tally.rows:
                raise FileRefused("表头之后没有数据行；若确实没有业务，请在“数据填报”中确认零报告。")
            self._check_words()
            check_unread(self._recognition, self._reading.tally.unread)
            appending.watch = None
            appending.add([])  # what was told becomes facts
            self._recount()
            self._apart.finish_table()
            self._counts = copy(appending.counts)  # of its rows alone
            self._whole.ask(appending, self._reading.tally, delivery)
            self._ask_of_all(head)
            question = self._asking.question()
            if question is not None:
                profile, asking = self._recognition.profile, self._asking
                number = self._open_table.number
                raise DeliveryAsks(question, profile.name, number, asking.moved, asking.gone)
            self._whole.conclude(appending, self._reading.tally, self._counts)
            self._compared = self._compare_totals()
            if self._is_repeat(earlier, moved=appending.seq != head):
                raise psycopg.Rollback(savepoint)
            self._find_days_aside()
            spans = self._spans(delivery)
            settled = self._settle_rows(delivery) if self._open_rows.rows else ()
            appending.add(
                [(event, None) for event in (*settled, self._build_delivery_event(delivery, spans))]
            )
            return True
        return False

    def _ask_of_all(self, head: int) -> None:
        """Notes what is doubtful of the table as a whole, beside what the log told until `head`."""
        if not self._delivered.covers_days or self._of_file.has_come:
            return
        kind, days = self._recognition.profile.kind, self._reading.tally.days
        connection, center = self._connection, self._delivered.center
        ask_about_renumbered(connection, center, kind.thing, days, head, self._asking)
        if len(self._of_file.deliveries[kind.name]) == 1 and self._of_file.is_last(kind.name):
            names = (self._delivered.file_name, self._open_table.sheet or "", *self._recognition.header.above)
            ask_about_part(connection, center, kind.thing, names, days, head, self._asking)

    def _append(self, appending: log.Appender, delivery: str, batch: RowBatch) -> None:
        delivered, connection = self._delivered, self._connection
        delivered.vault.keep(connection, at_least=_VALUES)
        named = self._apart.named(self._calls.look_up(batch.events))
        self.sums.look_through(named)
        self._open_rows.look_through(batch.events.subjects, named.subjects)
        self._whole.look_through(batch.events.subjects)
        self._add(appending, named)
        self._correct(appending)
        batch.problems += self._list_contradicting()
        self._whole.hold_back(batch.problems)
        if batch.problems:
            quarantine.hold_rows(
                connection,
                delivered.center,
                delivery,
                self._file_name,
                batch.problems,
                recorded_at=delivered.now,
            )
            for problem in batch.problems:
                (self._problems if problem.costs_row else self._doubts).add(problem)
        batch.events = log.PreparedEvents()  # the next batch is read while this one is still named
        if delivered.progress:
            delivered.progress(ReadingProgress(batch.row, batch.share))

    def _add(self, appending: log.Appender, events: log.PreparedEvents) -> None:
        """Appends events; rows that carry a time of their own speak of that, the earlier ones first."""
        if not self._delivered.times:
            appending.add_prepared(events)
            return
        own, by_time = self._as_of, dict[datetime, list[int]]()
        for place, row in enumerate(events.rows):
            by_time.setdefault(self._delivered.times.get(row or 0, own), []).append(place)
        for self._as_of, places in sorted(by_time.items()):
            with appending.use_as_of(self._as_of, watched=True):
                appending.add_prepared(events.at(places))
        self._as_of = own

    def _correct(self, appending: log.Appender) -> None:
        """Appends what holds against newer files, as somebody says, as if it spoke of their time."""
        corrected, self._asking.corrected = self._asking.corrected, []
        for as_of in sorted({at for at, _ in corrected}):
            with appending.use_as_of(as_of):
                appending.add_prepared(log.PreparedEvents.of([one for at, one in corrected if at == as_of]))

    def _settle_rows(self, delivery: str) -> Iterator[RowsSettled | RowsPlacedAnew]:
        """What the table settles of what was missing, and what it tells of the days of the rest."""
        profile, home = self._recognition.profile, self._delivered.home
        profiles = load_profiles(home / "profiles", self._delivered.center)
        later = LaterDelivery(
            delivery=delivery,
            file_name=self._file_name,
            profiles={one.name for one in profiles.values() if one.kind.name == profile.kind.name},
            entire=profile.kind.entire and not profile.rules.legs,
            as_of=self._delivered.as_of.at,
            printed=lambda: nullcontext(
                build_printed_table(
                    self._connection, self._delivered.center, delivery, self._open_table, profile
                )
            ),
        )
        center, now = self._delivered.center, self._delivered.now
        yield from settle_by_delivery(self._connection, home, center, self._open_rows, later, now)
        still = OpenRows.read(self._connection, center, profile.kind.source).rows
        missing = OpenRows([row for row in still if row.delivery != delivery], self._open_rows.found)
        yield from place_rows_anew(self._connection, center, missing, later, now)

    def _watch_batch(
        self,
        batch: log.PreparedEvents,
        times: Counter[str],
        things: Mapping[str, StatementsBySlot],
        first: int,
    ) -> log.PreparedEvents:
        as_of = self._as_of
        if things and self._recognition.profile.kind is WORK_ORDERS:
            EmptiedCells(self._asking).look_through(batch, things, as_of)
        return self._asking.look_through(batch, times, things, first, as_of)

    def _list_contradicting(self) -> list[Problem]:
        """Rows that say something else of a thing than a row far above them; they are held back."""
        kind = self._recognition.profile.kind
        rows, self._asking.contradicting = self._asking.contradicting, {}
        self._taken_back += [day for _, day in rows.values()]
        return [
            Problem(
                row=row or 0,
                column=kind.fields[0].title,
                value=subject.partition("/")[2],
                rule="与文件前面的行编号相同、内容不同",
                remedy=kind.when_repeated,
                day=date.fromisoformat(day[:10]) if day else None,
                moment=datetime.fromisoformat(day) if day and len(day) > len("2023-05-10") else None,
                thing=subject if kind.thing else None,
            )
            for row, (subject, day) in rows.items()
        ]

    def _recount(self) -> None:
        """Counts the rows as held back that were read in order and contradict earlier ones."""
        tally = self._reading.tally
        tally.accepted -= len(self._taken_back)
        tally.quarantined += len(self._taken_back)
        tally.days -= Counter(date.fromisoformat(day[:10]) for day in self._taken_back if day)

    def _check_words(self) -> None:
        """Raises: FileRefused where lines around the rows say otherwise than the rows."""
        tally, delivered = self._reading.tally, self._delivered
        if self._recognition.profile.kind.past:
            check_days(max(tally.days, default=None), delivered.as_of)
        check_below(tally.notes, tally.rows, delivered.as_of, delivered.file_name)
        if tally.totals:
            check_totals(tally.totals, self._open_table, make_row_reader(delivered, self._recognition))

    def _find_days_aside(self) -> None:
        """Finds the days that the table tells a few rows of, and says so of those that nothing else backs."""
        center, source = self._delivered.center, self._recognition.profile.kind.source
        days = Counter({date.fromisoformat(day): rows for day, rows in self._days.items()})
        named = find_days_in_name(self._delivered.file_name)
        if source == "calls" and named:
            check_days_named(days, named)
        self._aside = find_partial_days(self._connection, center, source, days, named)
        if unbacked := self._aside and find_unbacked(self._connection, center, source, self._aside):
            which = "、".join(f"{day}" for day in sorted(unbacked)[:3]) + ("等" if len(unbacked) > 3 else "")
            notice = f"{which}只有少数几行，疑似随其他日期带入，{len(unbacked)} 天仍计为缺；请补报"
            self._reading.tally.notices[notice] = sum(days[day] for day in unbacked)

    def _compare_totals(self) -> tuple[TotalComparison, ...]:
        """What the letter says beside what was read. Raises: FileRefused."""
        if not self._delivered.stated:
            return ()
        reader = make_row_reader(self._delivered, self._recognition)
        return compare_totals(self._delivered.stated, self._open_table, reader, self._reading.tally.rows)

    def _is_repeat(self, deliveries: list[EarlierDelivery], *, moved: bool) -> bool:
        """Whether the same bytes were taken in before and say nothing that is not held.

        That they still hold, when only the moment of import tells their time, is not worth an entry."""
        if all(earlier.voided for earlier in deliveries) or self._counts.new or self._counts.changed:
            return False
        return not moved or self._delivered.as_of.basis == IMPORT

    def _build_delivery_event(self, delivery: str, spans: Iterable[RowSpan]) -> DeliveryImported:
        delivered, tally, profile = self._delivered, self._reading.tally, self._recognition.profile
        return DeliveryImported(
            delivery=delivery,
            of=profile.kind.source,
            file_name=self._file_name,
            sha256=delivered.kept.sha256,
            size=delivered.kept.size,
            profile=profile.name,
            as_of=delivered.as_of.at,
            as_of_basis=delivered.as_of.basis,
            imported_at=delivered.now,
            rows=tally.rows,
            new=self._counts.new,
            changed=self._counts.changed,
            same=self._counts.same,
            stale=self._counts.stale,
            quarantined=tally.quarantined,
            days=self._days,
            held_back=[span.as_json for span in spans],
            fields=[*sorted({*self._recognition.columns, *profile.constants})],
            entered_by=delivered.entered_by,
            stated=[one.as_json() for one in self._compared] or None,
            ruling=delivered.answer.code or None,
            spellings=self._whole.new_spellings,
            leavers_since=self._whole.leavers_since,
            aside=[day.isoformat() for day in sorted(self._aside)] or None,
            form=delivered.form,
        )

    @property
    def _has_come(self) -> bool:
        """Whether a delivery that stands has the same bytes."""
        found = self._connection.execute(
            "SELECT FROM deliveries WHERE center_id = %s AND sha256 = %s AND NOT voided",
            (self._delivered.center, self._delivered.kept.sha256),
        )
        return found.fetchone() is not None

    @property
    def _days(self) -> dict[str, Json]:
        if not (self._delivered.covers_days and self._recognition.profile.kind.backs_days):
            return {}
        return {day.isoformat(): rows for day, rows in sorted(self._reading.tally.days.items())}

    def _spans(self, delivery: str) -> list[RowSpan]:
        """The rows held back, by the days that they may be of."""
        if not self._reading.tally.quarantined:
            return []
        whole = find_span(self._reading.tally, self._delivered.as_of)
        again = bool(self._counts.same or self._counts.changed or self._counts.stale)
        return place_rows(self._connection, self._delivered.center, delivery, whole, again=again)

    def _build_report(self, delivery: str | None) -> TableReport:
        tally, profile = self._reading.tally, self._recognition.profile
        return TableReport(
            sheet=self._open_table.sheet,
            number=self._open_table.number,
            kind=profile.kind.title,
            source=profile.kind.source,
            profile=profile.name,
            used=mask_texts(self._recognition.used),
            unused=mask_texts(self._recognition.unused),
            delivery=delivery,
            as_of=self._delivered.as_of,
            rows=tally.rows,
            accepted=tally.accepted,
            quarantined=tally.quarantined,
            doubtful=tally.doubtful,
            skipped=_mask_counts(tally.skipped),
            new=self._counts.new,
            changed=self._counts.changed,
            same=self._counts.same,
            stale=self._counts.stale,
            problems=mask_texts(self._problems.first(SHOWN_PROBLEMS)),
            doubts=mask_texts(self._doubts.first(SHOWN_PROBLEMS)),
            lacking=self._recognition.lacking,
            days=dict(sorted(tally.days.items())),
            notices=_mask_counts(tally.notices),
            stated=mask_texts(self._compared),
            missing=self._whole.missing,
        )


def _mask_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by texts that may quote a cell."""
    masked: Counter[str] = Counter()
    for text, number in counts.items():
        masked[mask_numbers(text)] += number
    return dict(masked)


def lock_head(connection: psycopg.Connection[Any], center: str) -> None:
    """Takes the centre's head before asking whether the bytes are known: imports of one file queue up."""
    connection.execute("SELECT FROM heads WHERE center_id = %s FOR UPDATE", (center,))
