"""Personal numbers in whatever column they stand: tokens take their place before anything reaches the log."""

import re
from collections.abc import Callable
from typing import Any

import orjson

from tracker.log import PreparedEvent
from tracker.personal_numbers import classify_number, may_hold_personal

_PART = re.compile(r"[^/@#]+")  # of a subject or slot

Tokenizer = Callable[[str, str], str]  # kind and value → token of the vault


def replace_personal(ready: PreparedEvent, token: Tokenizer) -> PreparedEvent:
    """The event with a token for each text that is a mobile number or an identity card's."""
    if not may_hold_personal((ready.text,), (ready.subject,)):
        return ready

    def parts(text: str) -> str:
        return _PART.sub(lambda part: _replace_text(part[0], token), text)

    text = orjson.dumps(_walk(orjson.loads(ready.text), token), option=orjson.OPT_SORT_KEYS)
    if text == ready.text:
        return ready
    return ready._replace(
        subject=parts(ready.subject), slot=parts(ready.slot), text=text, fact=None, days=b""
    )


def _walk(value: Any, token: Tokenizer) -> Any:
    """A payload's value; one made up of several has strokes between them."""
    if isinstance(value, str):
        return "/".join(_replace_text(part, token) for part in value.split("/"))
    if isinstance(value, dict):
        return {key: _walk(one, token) for key, one in value.items()}
    return [_walk(one, token) for one in value] if isinstance(value, list) else value


def _replace_text(value: str, token: Tokenizer) -> str:
    kind = classify_number(value)
    return token(kind, value.upper()) if kind else value
