"""Chinese names of the log's things, fields and codes, as pages show them; each is declared elsewhere."""

from tracker.events import SOURCES, THINGS, TYPES, WORDS
from tracker.events.assertions import TOTALS
from tracker.facts import FACTS

_NAMES = SOURCES | {key: title for key, (title, _) in TOTALS.items()}  # what is part of a thing's identity
_COLUMNS = {(fact.kind, column.name): column.doc for fact in reversed(FACTS) for column in fact.table.columns}


def label_type(kind: str) -> str:
    """An event type in words: 受理."""
    return TYPES[kind].type_title if kind in TYPES else kind


def label_column(name: str, subject: str) -> str:
    """A column of what is known of a thing."""
    return _COLUMNS.get((subject.partition("/")[0], name)) or name


def label_code(field: str, value: str) -> str:
    """A coded value in Chinese; any other value as it is."""
    return WORDS.get(field, {}).get(value, value)


def label_subject(subject: str) -> str:
    """A thing in words: 通话 2023080100023932."""
    kind, _, identity = subject.partition("/")
    parts = [_NAMES.get(part, part) for part in identity.split("/")]
    return f"{THINGS.get(kind, kind)} {'/'.join(parts)}"
