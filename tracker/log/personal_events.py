"""The gate before the log: whatever field of an event a person's number stands in, a token takes its place.

How a field is looked at is declared with it: in an identifier (`Title.code`) only a mobile number or an
identity card's is a person's; everything else is read as what people write.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson

from tracker.events import TYPES
from tracker.events.title import collect_titles
from tracker.log.prepared_events import PreparedEvent
from tracker.personal_numbers import may_hold_personal
from tracker.personal_text import Tokenizer, replace_in_code, replace_numbers

_PART = re.compile(r"[^/@#]+")  # of a subject or slot


def replace_personal(ready: PreparedEvent, token: Tokenizer) -> PreparedEvent:
    """The event with a token for each personal number in its payload, its subject and its slot.

    It says of itself that its payload was gone through."""
    if not may_hold_personal(f"{ready.subject}\n{ready.slot}\n{ready.text.decode()}"):
        return ready._replace(words=b"")
    codes = _list_codes(ready.type)
    data = orjson.loads(ready.text)
    text = orjson.dumps(_replace_in_fields(data, codes, token), option=orjson.OPT_SORT_KEYS)
    known = {part for name in codes for one in _walk_texts(data.get(name)) for part in _PART.findall(one)}
    subject, slot = (_replace_in_name(name, known, token) for name in (ready.subject, ready.slot))
    if (text, subject, slot) == (ready.text, ready.subject, ready.slot):
        return ready._replace(words=b"")
    return ready._replace(subject=subject, slot=slot, text=text, fact=None, days=b"", words=b"")


@lru_cache
def _list_codes(kind: str) -> frozenset[str]:
    """The fields of an event type that identify things."""
    declared = TYPES.get(kind)
    titles = collect_titles(declared) if declared else {}
    return frozenset(name for name, title in titles.items() if title.code)


def _replace_in_fields(data: dict[str, Any], codes: frozenset[str], token: Tokenizer) -> dict[str, Any]:
    return {
        name: _replace_in_value(value, replace_in_code if name in codes else replace_numbers, token)
        for name, value in data.items()
    }


def _replace_in_value(value: Any, replace: Any, token: Tokenizer) -> Any:
    if isinstance(value, str):
        return replace(value, token)
    if isinstance(value, dict):
        return {
            replace_numbers(key, token): _replace_in_value(one, replace, token) for key, one in value.items()
        }
    return [_replace_in_value(one, replace, token) for one in value] if isinstance(value, list) else value


def _replace_in_name(name: str, codes: set[str], token: Tokenizer) -> str:
    """A subject or slot: what its payload has as an identifier is looked at as one."""

    def replace(part: re.Match[str]) -> str:
        return (replace_in_code if part[0] in codes else replace_numbers)(part[0], token)

    return _PART.sub(replace, name)


def _walk_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _walk_texts(one)
