"""The log's own bookkeeping: what was delivered, confirmed, reported as nothing, voided."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from tracker.events.event import Event, Json, leave_out


@dataclass(frozen=True, kw_only=True)
class DeliveryImported(Event):
    """A file, form or API call was taken in; written last, in the transaction of its rows.

    Source: the import itself.
    """

    type: ClassVar[str] = "delivery.imported"
    source: ClassVar[str] = "ledger"

    delivery: str
    of: str  # the source its rows belong to, for example calls
    file_name: str
    sha256: str
    size: int  # bytes
    profile: str
    as_of: datetime  # the state of the world the file speaks of
    as_of_basis: str  # given | file name | workbook | import | form
    imported_at: datetime
    rows: int  # data rows read
    new: int
    changed: int
    same: int
    stale: int
    quarantined: int
    days: dict[str, Json]  # Beijing day → rows of that day; what coverage is judged by
    # rows not taken in: [first day, last day, rows, of them about things told of otherwise], both days
    # included; where the last number is absent, nobody noted it
    held_back: list[Json] | None = None
    fields: list[Json] | None = None  # keys of the kind's fields that the delivery has columns for
    entered_by: str | None = None  # who brought the file or filled in the form; None: a machine
    stated: list[Json] | None = None  # the letter's numbers: item, told by it, read; None: it said none
    # what a person said of its numbers: same | new | new day | … | new file; None: nothing was asked
    ruling: str | None = None
    spellings: list[str] | None = None  # ways of writing the numbers of things that no delivery before had
    leavers_since: date | None = None  # of a full list: from when on it tells who left; None: it does not
    aside: list[Json] | None = None  # those of `days` of which a few rows came along, and others are missing
    form: str | None = None  # title of the form that was filled in; None: a file

    @property
    def subject(self) -> str:
        return f"delivery/{self.delivery}"

    @property
    def occurred_at(self) -> datetime:
        return self.imported_at


@dataclass(frozen=True, kw_only=True)
class StatementsConfirmed(Event):
    """Rows of a later delivery said again what is held; `events` lists inclusive ranges of seq."""

    type: ClassVar[str] = "statements.confirmed"
    source: ClassVar[str] = "ledger"

    delivery: str
    part: int  # a delivery of many batches confirms in parts
    events: list[Json]  # [[first, last], …]
    confirmed_as_of: datetime

    @property
    def subject(self) -> str:
        return f"delivery/{self.delivery}"

    @property
    def slot(self) -> str:
        return f"confirmed/{self.part}"

    @property
    def occurred_at(self) -> datetime:
        return self.confirmed_as_of


@dataclass(frozen=True, kw_only=True)
class NothingToReport(Event):
    """A person signed that a source had nothing on a day, or no change in a month (零报告)."""

    type: ClassVar[str] = "source.nothing_to_report"
    source: ClassVar[str] = "ledger"

    of: str
    first_day: date
    end_day: date  # exclusive
    signed_by: str
    signed_at: datetime
    remark: str | None

    @property
    def subject(self) -> str:
        return f"zero_report/{self.of}/{self.first_day.isoformat()}/{self.end_day.isoformat()}"

    @property
    def occurred_at(self) -> datetime:
        return self.signed_at


@dataclass(frozen=True, kw_only=True)
class EventVoided(Event):
    """A statement, or all statements of a delivery, no longer count; the record stays readable."""

    type: ClassVar[str] = "event.voided"
    source: ClassVar[str] = "ledger"

    event_seq: int | None  # exactly one of event_seq and delivery is given
    delivery: str | None
    reason: str
    voided_by: str
    voided_at: datetime
    of: str | None = None  # the source of a statement, and its day; left out where none is counted by a day
    day: date | None = None

    def __post_init__(self) -> None:
        leave_out(self, (name for name in ("of", "day") if self.__dict__[name] is None))

    @property
    def subject(self) -> str:
        return f"void/{self.event_seq}" if self.delivery is None else f"delivery/{self.delivery}"

    @property
    def slot(self) -> str:
        return "" if self.delivery is None else "voided"

    @property
    def occurred_at(self) -> datetime:
        return self.voided_at


@dataclass(frozen=True, kw_only=True)
class RowsSettled(Event):
    """Rows of a delivery that had been held back are missing no more: a later delivery holds them, or
    somebody looked and answers for it. None are settled any more once that later delivery is voided.

    Source: the import of the later delivery, or its voiding; a person at the machine or on a page.
    """

    type: ClassVar[str] = "rows.settled"
    source: ClassVar[str] = "ledger"

    delivery: str  # whose rows were held back
    part: str  # the later delivery, or a number in the order of the answers
    settled: list[Json]  # [first day, last day, rows, known], as in DeliveryImported.held_back
    reason: str
    settled_by: str | None  # None: the later delivery
    settled_at: datetime

    @property
    def subject(self) -> str:
        return f"delivery/{self.delivery}"

    @property
    def slot(self) -> str:
        return f"settled/{self.part}"

    @property
    def occurred_at(self) -> datetime:
        return self.settled_at


@dataclass(frozen=True, kw_only=True)
class RowsPlacedAnew(Event):
    """Rows of a delivery that are still held back may be of more days than was known: a later delivery tells
    of the things that they speak of.

    Source: the import of the later delivery.
    """

    type: ClassVar[str] = "rows.placed_anew"
    source: ClassVar[str] = "ledger"

    delivery: str  # whose rows were held back
    part: str  # the later delivery
    spans_before: list[Json]  # [first day, last day, rows, known], as in DeliveryImported.held_back
    spans_after: list[Json]
    placed_at: datetime

    @property
    def subject(self) -> str:
        return f"delivery/{self.delivery}"

    @property
    def slot(self) -> str:
        return f"placed/{self.part}"

    @property
    def occurred_at(self) -> datetime:
        return self.placed_at


@dataclass(frozen=True, kw_only=True)
class DeliveryHeld(Event):
    """A file asks what nobody but a person can answer; until then nothing of it is taken in, and its rows are
    missing.

    Source: the import itself.
    """

    type: ClassVar[str] = "delivery.held"
    source: ClassVar[str] = "ledger"

    sha256: str
    file_name: str
    question: str  # code of what it asks
    held: list[Json]  # [source, first day, last day, rows], both days included
    held_at: datetime

    @property
    def subject(self) -> str:
        return f"held_delivery/{self.sha256[:16]}"

    @property
    def occurred_at(self) -> datetime:
        return self.held_at


@dataclass(frozen=True, kw_only=True)
class DeliveryReleased(Event):
    """A file that asked was taken in as somebody answered, or is not wanted: it holds up nothing any more.

    Source: a person at the machine or on a page.
    """

    type: ClassVar[str] = "delivery.released"
    source: ClassVar[str] = "ledger"

    sha256: str
    answer: str  # same | new … | dropped | unasked: it asks nothing any more
    released_by: str | None
    released_at: datetime

    @property
    def subject(self) -> str:
        return f"held_delivery/{self.sha256[:16]}"

    @property
    def occurred_at(self) -> datetime:
        return self.released_at


TYPES = (
    DeliveryImported,
    DeliveryHeld,
    DeliveryReleased,
    RowsSettled,
    RowsPlacedAnew,
    StatementsConfirmed,
    NothingToReport,
    EventVoided,
)
