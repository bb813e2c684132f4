"""Units of money, time and counts, as titles, lines above a table and cells write them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ingest.cells.text import to_halfwidth

MONEY_UNITS = {
    "分": 1,
    "角": 10,
    "元": 100,
    "百元": 10**4,
    "千元": 10**5,
    "万元": 10**6,
    "十万元": 10**7,
    "百万元": 10**8,
    "千万元": 10**9,
    "亿元": 10**10,
}  # in 分
TIME_UNITS = {
    "毫秒": 1,
    "秒": 1000,
    "分": 60_000,
    "分钟": 60_000,
    "小时": 3_600_000,
    "天": 86_400_000,
}  # in ms
COUNT_UNITS = {
    "个": 1,
    "百": 100,
    "千": 10**3,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
CLOCKS = ("时:分:秒", "分:秒", "时:分")  # ways of writing a length of time, in place of a unit

_TIME_SPELLINGS = {
    "毫秒": "毫秒 ms msec msecs millisecond milliseconds",
    "秒": "秒 秒钟 s sec secs second seconds",
    "分钟": "分 分钟 m min mins minute minutes",
    "小时": "时 小时 钟头 h hr hrs hour hours",
    "天": "天 日 d day days",
    "时:分:秒": "时:分:秒 小时:分:秒 小时:分钟:秒 时分秒 hh:mm:ss h:mm:ss h:m:s hh:mi:ss hhmmss 00:00:00",
    "分:秒": "分:秒 分钟:秒 分秒 mm:ss m:ss m:s mi:ss",
    "时:分": "时:分 小时:分 小时:分钟 时分 hh:mm h:mm",
}
_TIMES = {spelling: unit for unit, words in _TIME_SPELLINGS.items() for spelling in words.split()}
_SCALE = r"(?P<scale>[百千]|[十百千]?万|亿)?"
_YUAN = re.compile(rf"(?:人民币|rmb|cny|¥)?{_SCALE}(?P<yuan>元|圆|块|yuan)?(?:人民币|rmb|cny)?整?")
_COUNTED = re.compile(rf"{_SCALE}(?:人次|[人名位份条件个次岗通笔单张宗起场期批户家则])?数?")

_AROUND = re.compile(r"^(?:计量|金额|货币|时长|时间)*单位[:为是]?|^格式[:为]?|^[以按](?=.)|(?:为单位|计)$")
_BETWEEN = re.compile(r"[,、;/+|]")
_SILENT = re.compile(  # what stands beside a unit and is none
    r"20\d\d年?|\d{1,2}月份?|保留.{1,3}位(?:小数)?|精确到.{1,2}|人民币|rmb|cny|¥"
)


class UnitUnknown(ValueError):
    """A remark looks like a unit, and is none that its column could count in."""

    def __init__(self, remark: str, measure: "UnitFamily") -> None:
        super().__init__(f"认不出“{remark}”是什么单位；{measure.title}认识的单位有{'、'.join(measure.units)}")


@dataclass(frozen=True, eq=False)
class UnitFamily:
    """What the numbers of a column count in."""

    title: str
    units: Mapping[str, int]  # unit → worth in the smallest one
    usual: str  # the unit of numbers that come without
    known: Callable[[str], str | None]  # a bare word → the unit that it is
    hint: re.Pattern[
        str
    ]  # is found in what means a unit, known or not; remarks without it say something else

    def unit_of(self, remark: str | None) -> str | None:
        """The unit that the remark of a title names, None when it names none. Raises: UnitUnknown."""
        if not remark:
            return None
        flat = re.sub(r"\s", "", to_halfwidth(remark)).lower()
        whole = self.match_unit(flat)
        parts = [] if whole else [_AROUND.sub("", part) for part in _BETWEEN.split(flat)]
        found = {unit for part in parts if (unit := self.match_unit(part))} | ({whole} if whole else set())
        unclear = [p for p in parts if not self.match_unit(p) and self.hint.search(_SILENT.sub("", p))]
        if unclear or len(found) > 1:
            raise UnitUnknown(remark, self)
        return found.pop() if found else None

    def find_stated_unit(self, remarks: Iterable[str]) -> str | None:
        """The unit that remarks on a whole table name; those that name another measure's are passed over.

        Raises: UnitUnknown where two differ, or one is no unit of any measure."""
        found: set[str] = set()
        for remark in remarks:
            for part in _BETWEEN.split(remark):
                if unit := self.match_unit(part):
                    found.add(unit)
                elif not any(one.match_unit(part) for one in MEASURES) and self.hint.search(part):
                    raise UnitUnknown(part, self)
        if len(found) > 1:
            raise UnitUnknown("、".join(sorted(found)), self)
        return found.pop() if found else None

    def match_unit(self, word: str) -> str | None:
        """The unit that a word is, with or without what goes around it: 万元, 单位:万元, 以万元计."""
        flat = to_halfwidth(word).lower()
        return self.known(flat) or self.known(_AROUND.sub("", _AROUND.sub("", flat)))

    def worth(self, unit: str | None) -> int:
        """Of one unit in the smallest."""
        return self.units[unit or self.usual]


@lru_cache(maxsize=1024)
def _match_money(word: str) -> str | None:
    if word in ("分", "角"):
        return word
    found = _YUAN.fullmatch(word)
    return f"{found['scale'] or ''}元" if found and (found["scale"] or found["yuan"]) else None


@lru_cache(maxsize=1024)
def _match_count(word: str) -> str | None:
    found = _COUNTED.fullmatch(word) if word else None
    return (found["scale"] or "个") if found else None


MONEY = UnitFamily(
    "金额", MONEY_UNITS, "元", _match_money, re.compile(r"[a-z0-9%‰$€£元圆角分币镑万千百十亿]")
)
TIME = UnitFamily(
    "时长", TIME_UNITS, "秒", _TIMES.get, re.compile(r"[a-z0-9%秒分刻钟天日周月年毫微]|小?时(?![间长段])")
)
COUNT = UnitFamily("个数", COUNT_UNITS, "个", _match_count, re.compile(r"[%‰万千百十亿]|^[kmwb]$"))
MEASURES = (MONEY, TIME, COUNT)


def find_any_unit(remark: str | None) -> str | None:
    """The unit of money, time or counts that a remark names. Raises: UnitUnknown."""
    unknown: UnitUnknown | None = None
    for measure in MEASURES:
        try:
            unit = measure.unit_of(remark)
        except UnitUnknown as problem:
            unknown = unknown or problem
        else:
            if unit:
                return unit
    if unknown:
        raise unknown
    return None
