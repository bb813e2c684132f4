"""Header labels: how they are compared, and the unit they carry."""

import re
from functools import lru_cache
from typing import NamedTuple

from ingest.cells import MONEY_UNITS, TIME_UNITS, halfwidth

_UNITS = {**dict.fromkeys(MONEY_UNITS), **dict.fromkeys(TIME_UNITS), "s": None, "ms": None, "hh:mm:ss": None}
_SHORT = {"s": "秒", "ms": "毫秒", "hh:mm:ss": "秒"}
_BRACKETS = re.compile(r"[(\[【]([^)\]】]*)[)\]】]")
_TRAILING_UNIT = re.compile(
    r"^(?P<base>.+?)(?:[:/_-]|单位)+(?P<unit>元|千元|万元|百万元|亿元|秒|分钟|毫秒|小时)$"
)
_GLUED_UNIT = re.compile(r"^(?P<base>.*(?:金额|款|额|费))(?P<unit>万元|元|千元)$")
_ORNAMENT = re.compile(r"[\s*:_\"'“”‘’.。、?!,]")
_TABLE_UNIT = re.compile(r"单位[::]?(?:人民币)?(万元|千元|百万元|亿元|元)")


class Label(NamedTuple):
    """A column title, taken apart for comparing."""

    base: str  # without units, brackets, blanks and ornaments; lower case, half width
    unit: str | None


@lru_cache(maxsize=8192)
def label_of(title: str) -> Label:
    """The comparable part of a column title and its unit, if it names one.

    >>> label_of("通话时长（秒）")
    Label(base='通话时长', unit='秒')
    """
    flat = re.sub(r"\s", "", halfwidth(title)).lower()
    unit = next((part for part in _BRACKETS.findall(flat) if part.removeprefix("单位:") in _UNITS), None)
    flat = _BRACKETS.sub("", flat)
    if unit is None:
        trailing = _TRAILING_UNIT.match(flat) or _GLUED_UNIT.match(flat)
        if trailing:
            flat, unit = trailing["base"], trailing["unit"]
    unit = unit and unit.removeprefix("单位:")
    return Label(_ORNAMENT.sub("", flat), _SHORT.get(unit, unit) if unit else None)


def table_unit(titles: list[str]) -> str | None:
    """The unit of money that a line above the table states (单位：万元)."""
    for title in titles:
        found = _TABLE_UNIT.search(re.sub(r"\s", "", halfwidth(title)))
        if found:
            return found[1]
    return None
