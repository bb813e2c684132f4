"""Spellings of a unit's or post's name that mean the same."""

import re
import unicodedata
from functools import lru_cache

_OPENING, _CLOSING = "([{【〔〖［｛〈《「『", ")]}】〕〗］｝〉》」』"
_BRACKETS = str.maketrans(dict.fromkeys(_OPENING, "（") | dict.fromkeys(_CLOSING, "）"))
_NOT_SEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACE = re.compile(r"(?<![0-9A-Za-z])\s+|\s+(?![0-9A-Za-z])")  # but for one between two Latin words


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """One spelling for widths of letters, kinds of brackets and blanks; the delivery keeps what was written.

    A name of nothing but what is folded away stays as it is.
    """
    folded = unicodedata.normalize("NFKC", _NOT_SEEN.sub("", name)).translate(_BRACKETS)
    folded = _SPACE.sub("", " ".join(folded.split())) or name
    return folded if folded == name else fold_name(folded)
