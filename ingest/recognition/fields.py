"""A field: what a kind of table says about each thing, and the titles vendors give its column."""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from functools import cached_property

from ingest.cells import ColumnReader, JsonReaderFactory, MomentReader, memoize_values, read_brief, text
from ingest.recognition.header_labels import parse_label
from tracker.events import Event
from tracker.events.title import Title, collect_titles


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column's meaning. `title` and `names` are compared without units, brackets, blanks and case."""

    key: str
    title: str = ""  # Chinese, as shown to people; empty only until it is `titled`
    read: ColumnReader
    names: str = ""  # other titles, blank between them, the most certain first
    suits: Callable[[str], bool] | None = None  # recognises titles that no list can hold
    required: bool = False  # the column must be there
    filled: bool | None = None  # the cell must say something; None: as `required`
    vital: bool | None = None  # without it there is no row; None: as `must_be_filled`
    happened: bool = False  # a moment or day that cannot lie in the future
    personal: bool = False  # its values are masked wherever they are shown; said by the event's field
    additive: bool = False  # a quantity: a merged cell counts once
    in_pieces: JsonReaderFactory = (
        memoize_values  # how a column of it is read at once, where the kind has `in_columns`
    )
    many: bool = False  # takes every matching column, as title → value
    cost: str = ""  # optional ones: the indicators that cannot be verified without such a column
    told_by: tuple[
        str, ...
    ] = ()  # keys of fields that tell it as well, or several together; key=word: by a word of the profile
    remarks: str | None = None  # words that a remark on its title may be made of; None: as the kind's
    scaled: bool = False  # its number is read in the full marks that its title names

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Comparable titles, the most certain first."""
        return tuple(parse_label(name).base for name in (self.title, *self.names.split(), self.key))

    def is_told(self, there: Set[str]) -> bool:
        """Whether a table with these fields tells it."""
        return any(there >= {*one.split()} for one in (self.key, *self.told_by))

    @property
    def decides(self) -> bool:
        """Whether figures turn on it, so that its column is never guessed."""
        return (self.required or bool(self.cost)) and self.read is not text

    @property
    def describes(self) -> bool:
        """Whether it is a name or a description: a remark on its title changes nothing that counts."""
        return self.many or self.read in (text, read_brief)

    @property
    def is_moment(self) -> bool:
        """Whether its values are points in time."""
        return isinstance(self.read, MomentReader)

    @property
    def must_be_filled(self) -> bool:
        return self.required if self.filled is None else self.filled

    @property
    def is_vital(self) -> bool:
        """Whether a cell that cannot be read costs the row; else the field alone is unknown."""
        return self.must_be_filled if self.vital is None else self.vital

    def lists(self, rank: int) -> bool:
        """Whether a rank is that of a title in the list, and of none that merely suits."""
        return rank < len(self.labels)

    def rank(self, label: str) -> int | None:
        """How certainly a comparable title is this field's, 0 the most; None: it is not."""
        if label in self.labels:
            return self.labels.index(label)
        return len(self.labels) if self.suits and self.suits(label) else None


def add_titles(event_types: Iterable[type[Event]], *fields: Field) -> tuple[Field, ...]:
    """Fields of a kind of table, called as the fields of the events that they tell, where they do not say
    otherwise; personal where those are.

    Raises: KeyError for a field without a title that is told by none of the events.
    """
    titles = {key: title for declared in event_types for key, title in collect_titles(declared).items()}
    return tuple(_add_title(field, titles) for field in fields)


def _add_title(field: Field, titles: Mapping[str, Title]) -> Field:
    title = field.title or titles[field.key].text
    return replace(field, title=title, personal=field.key in titles and titles[field.key].personal)
