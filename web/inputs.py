"""The fields of an entry form as a page draws them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ingest.cells import Vocabulary, amount_fen, count
from ingest.forms.form import Entered, Form
from ingest.recognition.fields import Field

_TIMES = ("at", "accepted_at", "deadline_at", "down_at", "up_at")


@dataclass(frozen=True)
class Input:
    """One field of a form."""

    key: str
    title: str
    type: str  # text | number | date | datetime-local | select
    value: str
    required: bool
    hint: str
    error: str
    fixed: bool  # names the thing that is corrected
    options: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    mode: str = ""  # which keyboard a phone shows

    @property
    def attributes(self) -> str:
        return "decimal" if self.mode == "decimal" else self.mode


def inputs_of(
    form: Form, entered: Entered, values: Mapping[str, str], told: Mapping[str, str]
) -> list[Input]:
    """The form's fields with what was typed, what is wrong, and where to begin."""
    return [_input(form, field, entered, values, told) for field in form.fields(entered)]


def _input(
    form: Form, field: Field, entered: Entered, values: Mapping[str, str], told: Mapping[str, str]
) -> Input:
    key = field.key
    kept = entered.correcting and field.personal
    return Input(
        key=key,
        title=field.title,
        type=_type(field),
        value=values.get(key, ""),
        required=field.must_be_filled or (key in form.must and not entered.correcting),
        hint="留空则不变。" if kept else form.hints.get(key, ""),
        error=told.get(key, ""),
        fixed=entered.correcting and key in form.identity,
        options=_options(form, field),
        suggested=form.suggested.get(key, ()),
        mode="numeric" if field.read is count else "decimal" if field.read is amount_fen else "",
    )


def _type(field: Field) -> str:
    if isinstance(field.read, Vocabulary):
        return "select"
    if field.key in _TIMES:
        return "datetime-local"
    return "date" if field.key.endswith(("_on", "_day")) else "text"


def _options(form: Form, field: Field) -> tuple[str, ...]:
    """The first spelling of each meaning that is offered."""
    if not isinstance(field.read, Vocabulary):
        return ()
    hidden = form.left_out.get(field.key, ())
    return tuple(
        words.split()[0]
        for meaning, words in field.read.spellings.items()
        if meaning and meaning not in hidden
    )


def defaults_of(form: Form, day: date, now: datetime) -> dict[str, str]:
    """What a new form begins with: the page's day, and on today's page the present minute."""
    values = {form.day: day.isoformat()} if form.day else {}
    if form.moment:
        values[form.moment] = f"{now:%Y-%m-%dT%H:%M}" if day == now.date() else f"{day.isoformat()}T09:00"
    return values


def values_of(form: Form, entered: Entered, data: Mapping[str, Any]) -> dict[str, str]:
    """What an event says, as it would have been typed."""
    told, values = form.values_of(data), {}
    for field in form.kind(entered).fields:
        value = told.get(field.key)
        if value is None or (field.key not in form.asks and field.key != "step"):
            continue
        values[field.key] = _typed(field, value)
    return values


def _typed(field: Field, value: Any) -> str:
    if isinstance(field.read, Vocabulary):
        return next(iter(field.read.spellings.get(str(value), str(value)).split()), "")
    text = str(value)
    if field.key in _TIMES:
        return text[:16] if text[17:19] == "00" else text[:19]
    return text
