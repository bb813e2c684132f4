"""The fields of an entry form as a page draws them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ingest.cells import Vocabulary, read_amount_fen, read_count
from ingest.forms.form import Form, FormState
from ingest.recognition.fields import Field

_TIMES = ("at", "accepted_at", "deadline_at", "down_at", "up_at")


@dataclass(frozen=True)
class FormInput:
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


def list_inputs(
    form: Form, entered: FormState, values: Mapping[str, str], errors: Mapping[str, str]
) -> list[FormInput]:
    """The form's fields with what was typed, what is wrong, and where to begin."""
    return [_make_input(form, field, entered, values, errors) for field in form.fields(entered)]


def _make_input(
    form: Form, field: Field, entered: FormState, values: Mapping[str, str], errors: Mapping[str, str]
) -> FormInput:
    key = field.key
    is_unchanged = entered.correcting and field.personal
    return FormInput(
        key=key,
        title=field.title,
        type=_get_type(field),
        value=values.get(key, ""),
        required=field.must_be_filled or (key in form.must and not entered.correcting),
        hint="留空则不变。" if is_unchanged else form.hints.get(key, ""),
        error=errors.get(key, ""),
        fixed=entered.correcting and key in form.identity,
        options=_list_options(form, field),
        suggested=form.suggested.get(key, ()),
        mode="numeric" if field.read is read_count else "decimal" if field.read is read_amount_fen else "",
    )


def _get_type(field: Field) -> str:
    if isinstance(field.read, Vocabulary):
        return "select"
    if field.key in _TIMES:
        return "datetime-local"
    return "date" if field.key.endswith(("_on", "_day")) else "text"


def _list_options(form: Form, field: Field) -> tuple[str, ...]:
    """The first spelling of each meaning that is offered."""
    if not isinstance(field.read, Vocabulary):
        return ()
    hidden = form.left_out.get(field.key, ())
    return tuple(
        words.split()[0]
        for meaning, words in field.read.spellings.items()
        if meaning and meaning not in hidden
    )


def list_defaults(form: Form, day: date, now: datetime) -> dict[str, str]:
    """What a new form begins with: the page's day, and on today's page the present minute."""
    values = {form.day: day.isoformat()} if form.day else {}
    if form.moment:
        values[form.moment] = f"{now:%Y-%m-%dT%H:%M}" if day == now.date() else f"{day.isoformat()}T09:00"
    return values


def read_values(form: Form, entered: FormState, data: Mapping[str, Any]) -> dict[str, str]:
    """What an event says, as it would have been typed."""
    texts, values = form.values_of(data), {}
    for field in form.kind(entered).fields:
        value = texts.get(field.key)
        if value is None or (field.key not in form.asks and field.key != "step"):
            continue
        values[field.key] = _format_typed(field, value)
    return values


def _format_typed(field: Field, value: Any) -> str:
    if isinstance(field.read, Vocabulary):
        return next(iter(field.read.spellings.get(str(value), str(value)).split()), "")
    text = str(value)
    if field.key in _TIMES:
        return text[:16] if text[17:19] == "00" else text[:19]
    return text
