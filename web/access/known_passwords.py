"""How much of a password is guessed at once: what everybody tries first counts as one sign.

What is counted so are runs of digits and letters in order, rows of the keyboard, one sign repeated, years,
common words, the login name, and the names of the centre.
"""

import re
from collections.abc import Collection, Iterator

FEWEST = 6  # signs that are left when each pattern counts as one

_ROWS = (
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
)
_RUN = 3
_WORDS = (
    "password", "passwd", "admin", "root", "user", "test", "guest", "login", "welcome", "hello", "system",
    "hotline", "rexian", "zhengfu", "shizheng", "zhongguo", "china", "beijing", "woaini", "iloveyou", "mima",
    "abc", "qwe", "asd", "zxc", "aa", "gov", "letmein", "dragon", "monkey", "master", "12345", "123123",
    "5201314", "1314", "520", "888", "666",
)  # fmt: skip
_LOOKALIKES = str.maketrans("@$!01357", "asioiest")
_YEAR = r"(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?"
_REPEATED = r"(.)\1{2,}"


def count_unguessed(password: str, names: Collection[str] = ()) -> int:
    """The signs of a password, each pattern counted once; `names` are words of the person and the centre."""
    text = password.lower()
    return min(len(_fold_patterns(text, names)), len(_fold_patterns(text.translate(_LOOKALIKES), names)))


def is_known(password: str, names: Collection[str] = ()) -> bool:
    """Whether a password is among those that are tried first."""
    return count_unguessed(password, names) < FEWEST


def _fold_patterns(text: str, names: Collection[str]) -> str:
    """The text with each pattern in it made one sign; the longest pattern at each place."""
    words = sorted({*_WORDS, *_list_parts(names), *_RUNS}, key=len, reverse=True)
    pattern = "|".join([_YEAR, *map(re.escape, words)])
    folded = re.sub(pattern, "\0", text)
    return re.sub(_REPEATED, "\0", re.sub("\0+", "\0", folded))


def _list_parts(names: Collection[str]) -> Iterator[str]:
    for name in names:
        yield from (part for part in re.split(r"[\W_]+|(?<=\D)(?=\d)", name.lower()) if len(part) >= _RUN)


def _list_runs() -> Iterator[str]:
    for row in _ROWS:
        for one in (row, row[::-1]):
            for start in range(len(one)):
                yield from (one[start:end] for end in range(start + _RUN, len(one) + 1))


_RUNS = frozenset(_list_runs())
