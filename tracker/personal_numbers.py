"""Numbers that are a person's: mobile telephones and identity cards. They never stand in the log."""

import re
from collections.abc import Iterable
from datetime import date

PHONE, CARD = "phone", "card"  # kinds of values in the vault
PERSONAL_LENGTHS = frozenset({11, 18})  # of such numbers

_MOBILE = re.compile(r"1[3-9]\d{9}")
_CARD = re.compile(r"\d{17}[\dX]", re.IGNORECASE)
_BORN = (1900, 2019)  # years; whoever works at a hotline or calls one, while serial numbers name later years

_SHAPE = bytes.maketrans(b"123456789xX/@#\n", b'00000000000""""')
_NO_MATTER = b"abcdefghijklmnopqrstuvwyz_{}"  # left out, so that there is less to look through
_SHAPES = (b'"%b"' % (b"0" * 11), b'"%b"' % (b"0" * 18))


def classify_number(text: str) -> str | None:
    """PHONE for a mobile number, CARD for an identity card's (GB 11643-1999); None for any other text."""
    if _MOBILE.fullmatch(text):
        return PHONE
    return CARD if _CARD.fullmatch(text) and _is_card(text) else None


def may_hold_personal(texts: Iterable[bytes], subjects: Iterable[str]) -> bool:
    """Whether one of many payloads, or a part of a subject, has the shape of a personal number.

    A quick look at all of them together; whoever wants to know looks at each."""
    shape = b"".join(texts).translate(_SHAPE, _NO_MATTER)
    shape_of_subjects = b'"%b"' % "\n".join(subjects).encode().translate(_SHAPE)
    return any(one in shape or one in shape_of_subjects for one in _SHAPES)


def _is_card(number: str) -> bool:
    """By its day of birth alone: people mistype the sign that checks it, and it is theirs still."""
    try:
        born = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return False
    return _BORN[0] <= born.year <= _BORN[1]
