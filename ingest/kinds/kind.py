"""What every kind of table shares: its fields, and how a row of it becomes events."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from ingest.cells import JsonValue, NoticeCounts
from ingest.kinds.glance import Glance
from ingest.profiles.deadlines import DeadlineRule
from ingest.profiles.derived import Derived
from ingest.recognition.fields import Field
from ingest.recognition.header_labels import parse_label
from tracker.events import SOURCES, Event
from tracker.events.event import leave_out
from tracker.log import PreparedEvents
from tracker.workdays import Calendar

AHEAD = timedelta(days=1)  # of the day of import a row may be, as clocks differ


class RowProblem(ValueError):
    """The cells of a row are each in order, but not together; `key` names the field to look at.

    `doubtful` are the fields that nobody can be sure of then: `key` alone, if not said.
    """

    def __init__(self, key: str, rule: str, remedy: str, *, doubtful: tuple[str, ...] = ()) -> None:
        super().__init__(key, rule, remedy)
        self.key = key
        self.rule = rule
        self.remedy = remedy
        self.doubtful = doubtful or (key,)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How a vendor's or centre's rows are to be understood, beyond their columns."""

    # one row per leg of a call, or per device; a leg without a number is known by its start and agent
    legs: bool = False
    summary: str | None = None  # the number of the leg whose row alone tells the result of its call
    derived: Mapping[str, Derived] = field(default_factory=dict)  # field → how it follows from others
    empty_retracts: bool = False  # an empty milestone cell takes back what was told before
    lists_leavers: bool = False  # a list of people holds those who left, also where it shows none
    deadline: DeadlineRule | None = None
    # keys of fields whose column may be empty throughout, though such a table's rows usually have it
    truly_empty: frozenset[str] = frozenset()
    first_filled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field → titles, in this order
    earliest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field of moments → titles
    first_of: Mapping[str, str] = field(default_factory=dict)  # field → what stands between a cell's values
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # title → words of the rows that count
    outbound: Mapping[str, str] = field(default_factory=dict)  # result → what it means of a call out

    @property
    def several(self) -> Mapping[str, tuple[str, ...]]:
        """Fields that are read from several columns, and the titles of these."""
        return {**self.first_filled, **self.earliest}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What turning rows into events needs beside the rows."""

    token: Callable[[str, str], str]  # kind and personal value → token of the vault
    rules: Rules = field(default_factory=Rules)
    present: frozenset[str] = frozenset()  # keys of the fields that the table can tell
    units: Mapping[str, str | None] = field(default_factory=dict)  # key of a field → unit of its column
    labels: Mapping[str, str] = field(
        default_factory=dict
    )  # key of a field → title of its column, as printed
    today: date | None = None  # day of the import; None: nothing is held against it
    calendar: Calendar | None = None  # for deadlines; None: the packaged one
    notices: NoticeCounts = field(default_factory=NoticeCounts)
    doubts: list[RowProblem] = field(default_factory=list)  # of the row just built, which stands all the same


FieldNames = Set[str]  # keys of fields
# Events of a row, its fields untold, its fields unclear, to the events that tell no more than the row does
LeaveOut = Callable[[Sequence[Event], FieldNames, FieldNames], Sequence[Event]]


def leave_out_alike(events: Sequence[Event], untold: FieldNames, unclear: FieldNames) -> Sequence[Event]:
    """Takes out of events what has the name of a field that the row does not tell, where it says nothing."""
    for event in events:
        names = [key for key in (*untold, *unclear) if event.__dict__.get(key, event) is None]
        leave_out(event, names, unclear & {*names})
    return events


@dataclass(frozen=True, kw_only=True)
class IdentityMarks:
    """What an event says that makes its thing this one: another value is another thing, or a correction."""

    type: str  # of the event
    day: str  # key of the moment or day that it happened on
    who: tuple[str, ...] = ()  # keys of what else tells who or what the thing is
    of_the_day: tuple[str, ...] = ()  # more such keys, of things of which the day is told without an hour


@dataclass(frozen=True, kw_only=True)
class AmbiguousTitles:
    """Titles that mean one thing at one vendor and another at the next."""

    titles: str  # blank between them
    fields: tuple[str, ...]  # keys of the fields that they may be columns of
    or_else: str = ""  # what else they may mean, in Chinese

    @cached_property
    def labels(self) -> frozenset[str]:
        """Comparable titles."""
        return frozenset(parse_label(title).base for title in self.titles.split())


@dataclass(frozen=True)
class Offer:
    """What a field may follow from at some platforms: a person says whether at hers it does."""

    key: str  # of the field
    text: str  # as a profile writes it
    words: str  # as a person reads it


@dataclass(frozen=True, kw_only=True)
class Lookalike:
    """Lists that have a kind's columns and are something else."""

    title: str
    by: str  # keys of fields, or words in titles, by which such a list is known; blank between them
    unless: str  # keys of fields that only the kind itself has


Build = Callable[..., Sequence[Event]]  # takes a row's values in the order of the kind's fields

# Rows' numbers and their pieces, field by field, to their events; none of rows to be read by themselves
ColumnBuilder = Callable[[Sequence[int], Sequence[Sequence[JsonValue]]], PreparedEvents]


@dataclass(frozen=True, kw_only=True)
class TableKind:
    """A kind of table: its columns, and the events its rows become."""

    name: str
    title: str = ""  # as its source is called, if not said
    called: str = ""  # words in names, title lines and titles of such files; blank between them
    source: str  # what its events and its delivery belong to
    fields: tuple[Field, ...]
    build: Callable[[Reading], Build]  # its result takes the fields' keys as parameters, in their order
    dated_by: str  # key of the field whose Beijing day a row counts on
    day: Callable[[Any], date]  # that day, from the row's first event
    leave_out: LeaveOut = leave_out_alike
    in_columns: Callable[[Reading], ColumnBuilder | None] | None = None  # a shorter way for most of its rows
    thing: str | None = None  # what subjects begin with, where the first field is the number of a thing
    entire: bool = False  # whether a row tells all of its thing, and stands for any other row on it
    mark: str = ""  # keys of fields, or words in titles, that no other list has: a table needs one of them
    lookalikes: tuple[Lookalike, ...] = ()
    ambiguous: tuple[AmbiguousTitles, ...] = ()
    remarks: str = (
        ""  # words that a remark on a title, or a group above it, may be made of; else it is asked about
    )
    has_state: bool = (
        False  # a field reads the state of its rows: other columns of states void a row, or nothing
    )
    one_of: tuple[str, ...] = ()  # at least one of these columns must be there
    derives: tuple[str, ...] = ()  # keys of what a profile may derive from other fields
    offers: tuple[Offer, ...] = ()  # derivations that are offered where the columns are there
    past: bool = True  # those days cannot lie in the future
    marks: IdentityMarks | None = None  # of things whose numbers a vendor may start again
    apart: tuple[str, ...] | None = None  # keys of payloads that tell two things of one number apart
    counted: bool = False  # rows alike are things side by side: told apart when they are named
    snapshot: bool = False  # a delivered table lists all there are
    backs_days: bool = (
        True  # False: a table that tells of the source's things says nothing of how many there are
    )
    glance: Glance | None = None  # of a month, after an import; the roster has words of its own
    when_repeated: str = "同一件事只能有一行，请删去不对的一行"  # remedy for two different rows on one thing

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", self.title or SOURCES[self.source])

    @cached_property
    def by_key(self) -> dict[str, Field]:
        return {field.key: field for field in self.fields}


def check_order(earlier: Any, later: Any, key: str, names: tuple[str, str]) -> None:
    """Raises: RowProblem when both are known and `later` lies before `earlier`."""
    if earlier is not None and later is not None and later < earlier:
        raise RowProblem(key, f"早于{names[0]}", f"请核对{names[0]}和{names[1]}，修改后重新报送该行")
