"""Personal values as they are shown and as they leave: enough to tell them apart, too little to call anybody.

Source: GB/T 35273-2020 §6.2 and its practice: 138****5678; area code and last digits; surname alone.
"""

import re

from tracker.personal_numbers import may_hold_personal
from tracker.personal_text import mask_numbers

_MOBILE = re.compile(r"(?<![\d-])(1[3-9]\d)(\d{4})(\d{4})(?!\d)")
_FIXED = re.compile(r"(?<![\d-])(0(?:10|2\d|[3-9]\d{2}))([- ]?)(\d{5,6})(\d{2})(?!\d)")
_IDENTITY = re.compile(r"(?<![\dA-Za-z])(\d{6})([12]\d{3}[01]\d[0-3]\d)(\d{3}[\dXx])(?![\dA-Za-z])")
_CHINESE = re.compile(r"[一-鿿]")
_CARD = re.compile(r"(?<!\d)(62\d{4})(\d{6,9})(\d{4})(?!\d)")  # bank cards of the mainland begin with 62


def mask_value(kind: str, value: str | None) -> str:
    """A value of the vault; `kind` is phone, name or card. Erased values say so."""
    if value is None:
        return "（已删除）"
    return mask_name(value) if kind == "name" else mask_phone(value)


def mask_phone(number: str) -> str:
    """13812345678 → 138****5678; 09958522345 → 0995*****45; anything else keeps two digits at most."""
    for pattern in (_MOBILE, _FIXED):
        if pattern.fullmatch(number):
            return masked_text(number)
    visible = 2 if len(number) > 5 else 0
    return "*" * (len(number) - visible) + number[len(number) - visible :]


def mask_name(name: str) -> str:
    """张三丰 → 张**."""
    return name[:1] + "*" * (len(name) - 1)


def mask_cell(text: str) -> str:
    """A cell: what people wrote is masked as free text; what names a thing stays, a telephone does not."""
    if _CHINESE.search(text):
        return masked_text(text)
    return masked_text(text) if _MOBILE.fullmatch(text) or _FIXED.fullmatch(text) else text


def masked_text(text: str) -> str:
    """Free text in which a person's numbers are masked: what merely looks like one in plain digits, and what
    `personal_text` finds however it is spelled."""
    text = _IDENTITY.sub(lambda found: found[1] + "*" * len(found[2]) + found[3], text)
    text = _CARD.sub(_mask_card, text)
    text = _MOBILE.sub(r"\1****\3", text)
    text = _FIXED.sub(lambda found: f"{found[1]}{found[2]}{'*' * len(found[3])}{found[4]}", text)
    return mask_numbers(text) if may_hold_personal(text) else text


def _mask_card(found: re.Match[str]) -> str:
    return found[1] + "*" * len(found[2]) + found[3] if _is_luhn_valid(found[0]) else found[0]


def _is_luhn_valid(digits: str) -> bool:
    """The check digit of bank cards. Source: ISO/IEC 7812-1."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
