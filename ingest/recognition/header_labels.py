"""Header labels: how they are compared, and the unit they carry."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ingest.cells import MEASURES, MONEY, TIME, UnitUnknown, find_any_unit, to_halfwidth

_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)(?:[)\]】〕]|$)")
_TRAILING = re.compile(r"^(?P<base>.+?)(?:单位[:/_-]?|[:/_-])(?P<unit>[^:/_-]+(?::[^:/_-]+)*)$")
_GLUED = re.compile(
    r"^(?P<base>.*(?:(?:金额|款|额|费)(?=[百千]?万|[百千亿]?元|[千亿]$)|时长(?=秒|毫秒|分钟|小时)))(?P<unit>.+)$"
)
_ORNAMENT = re.compile(r"[\s*:_\"'“”‘’.。、?!,]")
_STATED = re.compile(r"(?<![款报办管任制承])单位(?:[:为是]|(?=\())\(?(?P<unit>[^;。()\[\]【】]{1,12})")
_CURRENCY = re.compile(r"[元圆币¥$€£]$")


class HeaderLabel(NamedTuple):
    """A column title, taken apart for comparing."""

    base: str  # without units, brackets, blanks and ornaments; lower case, half width
    remark: str | None  # what stands in brackets, or behind as a unit does

    @property
    def unit(self) -> str | None:
        """The unit of money, time or counts that it names; None also for one that is not understood."""
        try:
            return find_any_unit(self.remark)
        except UnitUnknown:
            return None


@lru_cache(maxsize=8192)
def parse_label(title: str) -> HeaderLabel:
    """The comparable part of a column title, and what is remarked on it.

    >>> label_of("通话时长（秒）")
    Label(base='通话时长', remark='秒')
    """
    flat = re.sub(r"\s", "", to_halfwidth(title)).lower()
    remarks: list[str] = []
    while found := _BRACKETS.search(flat):  # the innermost first
        remarks.append(found[1])
        flat = flat[: found.start()] + flat[found.end() :]
    behind = _TRAILING.match(flat) or _GLUED.match(flat)
    if behind and any(measure.match_unit(behind["unit"]) for measure in (MONEY, TIME)):
        flat = behind["base"]
        remarks.append(behind["unit"])
    return HeaderLabel(_ORNAMENT.sub("", flat), ",".join(filter(None, remarks)) or None)


def find_stated_units(texts: Iterable[str]) -> list[str]:
    """What lines around a table state as its unit (单位：万元), understood or not.

    单位 is also an organisation: what is neither a unit nor looks like money is none."""
    found: list[str] = []
    for text in texts:
        flat = re.sub(r"\s", "", to_halfwidth(text)).lower()
        for stated in _STATED.finditer(flat):
            words = stated["unit"].removeprefix("人民币:")
            parts = re.split(r"[,、/]", words)
            if any(measure.match_unit(part) for measure in MEASURES for part in parts) or (
                len(words) <= 6 and _CURRENCY.search(words)
            ):
                found += parts
        if flat[:1] in ("(", "【", "[") and any(one.match_unit(flat[1:-1]) for one in (MONEY, TIME)):
            found.append(flat[1:-1])
    return found


def name_columns(number: int) -> tuple[str, ...]:
    """Titles for the columns of a table that has none."""
    return tuple(f"第{place}列" for place in range(1, number + 1))
