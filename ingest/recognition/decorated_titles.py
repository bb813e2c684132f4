"""Titles that are numbered through, or stand beside their translation, as printed lists have them."""

import re
from collections.abc import Sequence

from ingest.cells import to_halfwidth

_NUMBER = re.compile(r"[(（]?(\d{1,3}|[①-⑳])[)）]?[.、．:：\s]*(?=[^\d\s])")
_CIRCLED = ord("①") - 1
_CHINESE = r"(?P<chinese>[^A-Za-z]*[\u4e00-\u9fff][^A-Za-z(（\[/|]*)"
_FOREIGN = r"(?P<foreign>[A-Za-z][A-Za-z0-9 _.'#&/-]*)"
_TRANSLATED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_CHINESE}[\s/|(（\[-]*{_FOREIGN}[)）\]]?",
        rf"{_FOREIGN}[\s/|(（\[-]*{_CHINESE}[)）\]]?",
    )
)
_UNITS = frozenset(("s", "sec", "m", "min", "h", "hr", "ms", "d", "kb", "mb", "rmb", "cny", "hz"))
_FEWEST = 3  # titles, of which the like is no accident


def strip_decoration(titles: Sequence[str]) -> tuple[str, ...]:
    """The titles without the numbers 1, 2, 3 … that all bear, and in Chinese alone where nearly all are
    translated too; a single remark in Latin letters stays, for it may say something."""
    return _strip_translations(_strip_numbers(titles))


def _strip_numbers(titles: Sequence[str]) -> tuple[str, ...]:
    found = [_NUMBER.match(title) for title in titles if title]
    numbers = [_read_number(one[1]) for one in found if one]
    if len(found) < _FEWEST or len(numbers) < len(found) or numbers != list(range(1, len(found) + 1)):
        return tuple(titles)
    return tuple(_NUMBER.sub("", title, count=1) for title in titles)


def _read_number(written: str) -> int:
    return int(written) if written.isascii() else ord(written) - _CIRCLED


def _strip_translations(titles: Sequence[str]) -> tuple[str, ...]:
    found = [_find_chinese(title) for title in titles]
    count = sum(one is not None for one in found)
    if count < _FEWEST or count * 5 < sum(map(bool, titles)) * 4:
        return tuple(titles)
    return tuple(one or title for one, title in zip(found, titles, strict=True))


def _find_chinese(title: str) -> str | None:
    """The Chinese of a title that is followed or led by another language; a unit is no translation."""
    for pattern in _TRANSLATED:
        found = pattern.fullmatch(title.strip())
        if found and to_halfwidth(found["foreign"]).strip().lower() not in _UNITS:
            return found["chinese"].strip(" /|-")
    return None
