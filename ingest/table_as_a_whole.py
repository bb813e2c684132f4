"""What a table tells as a whole, by what it holds and by what it leaves out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import psycopg

from ingest.asking import Asking
from ingest.delivered import Delivered
from ingest.fewer import dropped_posts, fewer_sentence, settle_dropped_posts
from ingest.full_lists import Missing, leavers_since, left_out_by, missing_people
from ingest.intake import Tally
from ingest.kinds.staffing import POSTS
from ingest.recognition import Recognition
from ingest.spellings import Spellings
from ingest.telling_apart import TellingApart
from tracker import log

_NOBODY_LEFT = (
    "离职日期都是空的：这份名单只说明谁在岗，没有说明以前谁离职；名单里本应列出离职人员、只是无人离职的，"
    "请在导入方案里写 lists_leavers = true。"
)


class AsAWhole:
    """A table looked at beside what was known before it."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        delivered: Delivered,
        recognition: Recognition,
        apart: TellingApart,
        asking: Asking,
    ) -> None:
        self._connection = connection
        self._delivered = delivered
        self._profile = recognition.profile
        self._tells_leaving = bool(recognition.columns.keys() & {"left_on", "last_day"})
        self._apart = apart
        self._asking = asking
        self._spellings = Spellings(connection, delivered.center, asking)
        self._posts: set[str] = set()  # that a list of posts has
        self.missing: tuple[Missing, ...] = ()  # people in post whom a full list does not hold
        self.leavers_since: date | None = None  # from when on a full list tells who left; None: it does not

    def look_through(self, subjects: Sequence[str]) -> None:
        """Notes the things of a batch, by the names that its rows give them."""
        if self._numbered:
            self._spellings.look_through(subjects)
        if self._profile.kind is POSTS:
            self._posts |= {subject.split("/", 1)[1].rpartition("/")[0] for subject in subjects}

    def ask(self, appending: log.Appending, tally: Tally) -> None:
        """Notes what must be asked, or appends what follows from the answer."""
        if self._numbered:
            self._spellings.ask(self._numbered, folds=self._profile.identity.fold_spelling)
        if self._profile.kind is POSTS and tally.days and self._delivered.covers_days:
            since = max(tally.days)
            dropped = dropped_posts(self._connection, self._delivered.center, self._posts, since)
            appending.add([(event, None) for event in settle_dropped_posts(self._asking, dropped, since)])

    def conclude(self, appending: log.Appending, tally: Tally, counts: log.Counts) -> None:
        """Appends and says what follows from what the table leaves out."""
        if not self._delivered.covers_days:
            return
        center = self._delivered.center
        if self._profile.kind.snapshot:
            appending.add([])  # what was told so far becomes facts
            self._look_for_leavers(tally)
            listed, new = self._apart.people
            events = left_out_by(self._connection, center, listed, new, self._delivered.as_of.at)
            appending.add((event, None) for event in events)
            self.missing = tuple(missing_people(self._connection, center)) if events else ()
        again = counts.same + counts.changed > counts.new
        fewer = fewer_sentence(self._connection, center, self._profile.kind.name, tally.days, again=again)
        if fewer:
            tally.notices[fewer] += 1

    def _look_for_leavers(self, tally: Tally) -> None:
        if self._tells_leaving and (self._apart.tells_who_left or self._profile.rules.lists_leavers):
            listed, _ = self._apart.people
            self.leavers_since = leavers_since(self._connection, self._delivered.center, listed)
        elif self._tells_leaving:
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
