"""Profiles as TOML files, checked key by key."""

from collections.abc import Callable, Mapping
from datetime import time
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.cells import (
    BEIJING_TIME,
    DATE_ORDERS,
    TIME,
    Content,
    DateOrder,
    UnitUnknown,
    Vocabulary,
    find_any_unit,
    find_unit_family,
)
from ingest.identity.numbers import SCOPES, Identity
from ingest.kinds import KIND_NAMED, KINDS, Rules, TableKind
from ingest.profiles.deadlines import LIMITS, PAUSES, WORKING_HOURS, DeadlineRule, Limit
from ingest.profiles.derived import Derived, DerivedProblem, check_derived, read_derived
from ingest.recognition.header_labels import name_columns, parse_label
from tracker.toml_file import TomlTable, read_toml
from tracker.workdays import END_OF_DAY, Hours

_RULES = (
    "rows", "derived", "empty_retracts", "lists_leavers", "truly_empty", "deadline", "identity",
    "first_filled", "earliest", "first_of", "only", "outbound",
)  # fmt: skip


class ProfileProblem(ValueError):
    """导入方案写错了：说明里有文件、行号和键。"""


def read_profile(path: Path) -> dict[str, Any]:
    """The attributes of a profile but its name. Raises: ProfileProblem with file, line and key."""
    node = read_toml(path, ProfileProblem, f"导入方案 {path.name}")
    node.only("kind", *_READERS, *_RULES)
    kind = KIND_NAMED[node.choice("kind", list(KIND_NAMED))]
    given = {key: read(node, key, kind) for key, read in _READERS.items() if key in node}
    if "without_header" in given:
        given["signature"] = _list_places(node, given)
    rules = _rules(node, kind)
    if wrong := [key for key in given.get("halves", ()) if key in rules.several]:
        raise node.table("halves").problem(wrong[0], "由几列读出，不能再写上午、下午的列。")
    return {
        "title": kind.title,
        "kind": kind,
        "rules": rules,
        "identity": _identity(node.table("identity"), kind) if "identity" in node else Identity(),
        **given,
    }


def _list_places(node: TomlTable, given: Mapping[str, Any]) -> frozenset[str]:
    """The signature of tables without a header: all places, as a workbook of rows held back has them."""
    if "signature" in given:
        raise node.problem("signature", "不能与 without_header 同时写：没有表头的文件按列数和各列内容辨认。")
    return frozenset(name_columns(len(given["without_header"])))


def read_marks(path: Path) -> tuple[TableKind, frozenset[str]]:
    """The kind and the signature of a profile that is faulty otherwise, as far as they can be read: by these
    its files are known. Of one that names no kind, the first kind and no signature."""
    kind, signature = KINDS[0], frozenset[str]()
    try:
        node = read_toml(path, ProfileProblem)
        kind = KIND_NAMED[node.choice("kind", list(KIND_NAMED))]
        signature = frozenset(parse_label(title).base for title in _texts(node, "signature"))
    except (ProfileProblem, KeyError):
        pass
    return kind, signature


def _rules(node: TomlTable, kind: TableKind) -> Rules:
    return Rules(
        **_rows(node, kind),
        derived=_derived(node.table("derived"), kind) if "derived" in node else {},
        empty_retracts=node.flag("empty_retracts"),
        lists_leavers=node.flag("lists_leavers"),
        truly_empty=_truly_empty(node, kind),
        deadline=_deadline(node.table("deadline")) if "deadline" in node else None,
        **{key: read(node, key, kind) for key, read in _RULES_BY_FIELD.items() if key in node},
        only=_only(node.table("only")) if "only" in node else {},
        outbound=_outbound(node.table("outbound"), kind) if "outbound" in node else {},
    )


def _only(node: TomlTable) -> dict[str, tuple[str, ...]]:
    """Title → words; rows that say another word there are left out."""
    return {title: _texts(node, title) for title in node.data}


def _outbound(node: TomlTable, kind: TableKind) -> dict[str, str]:
    """Result → the result that it is of a call out."""
    vocabulary = kind.by_key["outcome"].read if "outcome" in kind.by_key else None
    if not isinstance(vocabulary, Vocabulary):
        raise node.problem(None, f"不能用于“{kind.title}”：它没有呼叫结果。")
    node.only(*vocabulary.spellings)
    return {result: node.choice(result, list(vocabulary.spellings)) for result in node.data}


def _rows(node: TomlTable, kind: TableKind) -> dict[str, Any]:
    """Of what a row tells: a whole call, a leg, or what happened at one device."""
    if "rows" not in node:
        return {}
    rows = node.table("rows")
    rows.only("each", "summary")
    if "leg" not in kind.by_key:
        raise node.problem("rows", f"不能用于“{kind.title}”：它一行就是一件。")
    each = rows.choice("each", ("call", "leg", "device"), "call")
    return {"legs": each != "call", "summary": rows.text("summary") if "summary" in rows else None}


def _derived(node: TomlTable, kind: TableKind) -> dict[str, Derived]:
    for key in node.data:
        if key not in kind.derives:
            can = "、".join(kind.derives) or "一个也没有"
            raise node.problem(key, f"不能由别的字段推出；“{kind.title}”可以的有：{can}。")
    rules = {key: node.read(key, partial(_read_derived, kind=kind)) for key in node.data}
    moments = {one.key for one in kind.fields if one.is_moment}
    durations = {one.key for one in kind.fields if find_unit_family(one.read) is TIME}
    try:
        check_derived(rules, moments, durations)
    except DerivedProblem as problem:
        raise node.problem(None, f"里的{problem}。") from None
    return rules


def _read_derived(text: object, kind: TableKind) -> Derived:
    return read_derived(str(text), (*kind.by_key, *kind.derives))


def _truly_empty(node: TomlTable, kind: TableKind) -> frozenset[str]:
    names = _texts(node, "truly_empty") if "truly_empty" in node else ()
    for name in names:
        if name not in kind.by_key:
            raise node.problem("truly_empty", f"：“{name}”{_no_field_of(kind)}")
    return frozenset(names)


def _identity(node: TomlTable, kind: TableKind) -> Identity:
    node.only("within", "fold_spelling")
    within = node.choice("within", list(SCOPES), Identity.within)
    if within != Identity.within and kind.marks is None:
        raise node.problem("within", f"不能用于“{kind.title}”：它的编号不分时段。")
    return Identity(within=within, fold_spelling=node.flag("fold_spelling"))


def _deadline(node: TomlTable) -> DeadlineRule:
    node.only(*LIMITS, "otherwise", "cutoff", "end_of_day", "work_hours", "pauses")
    limits = _limits(node)
    hours = _work_hours(node) if "work_hours" in node else ()
    if not hours and any(limit.unit == WORKING_HOURS for limit in limits.values()):
        raise node.problem(
            "working_hours", '还须写明工作时间，如 work_hours = ["09:00-12:00", "14:00-18:00"]。'
        )
    return DeadlineRule(
        limits=limits,
        otherwise=node.whole("otherwise", 1) if "otherwise" in node else None,
        pauses=node.choice("pauses", list(PAUSES.values())) == PAUSES[True] if "pauses" in node else None,
        work_hours=hours,
        cutoff=node.read("cutoff", _clock) if "cutoff" in node else None,
        end_of_day=node.read("end_of_day", _clock, END_OF_DAY),
    )


def _limits(node: TomlTable) -> dict[str, Limit]:
    """Type of request → its limit, of whatever unit."""
    limits: dict[str, Limit] = {}
    for key, unit in LIMITS.items():
        if key not in node:
            continue
        table = node.table(key)
        for kind in table.data:
            if kind in limits:
                raise table.problem(kind, f"重复：{kind}已写明 {limits[kind]}。")
            limits[kind] = Limit(table.whole(kind, 1), unit)
    return limits


def _work_hours(node: TomlTable) -> tuple[Hours, ...]:
    """Spans of a working day, one after the other."""
    ends = [
        end
        for span in _texts(node, "work_hours")
        for end in (span.split("-") if span.count("-") == 1 else [span])
    ]
    times = node.read("work_hours", lambda _: [_clock(end) for end in ends])
    if len(times) % 2 or times != sorted(set(times)):
        raise node.problem("work_hours", '应写成先后不重叠的时段，如 ["09:00-12:00", "14:00-18:00"]。')
    return tuple(zip(times[::2], times[1::2], strict=True))


def _clock(given: object) -> time:
    if isinstance(given, time):
        return given
    try:
        return time.fromisoformat(str(given))
    except ValueError:
        raise ValueError(f"应写成 17:00 这样的时刻，读到的是“{given}”。") from None


def _by_field(
    read: Callable[[TomlTable, str, TableKind], Any],
) -> Callable[[TomlTable, str, TableKind], dict[str, Any]]:
    """A reader of a table whose keys are fields of the kind."""

    def read_table(node: TomlTable, key: str, kind: TableKind) -> dict[str, Any]:
        table = node.table(key)
        for name in table.data:
            if name not in kind.by_key:
                raise table.problem(name, _no_field_of(kind))
        return {name: read(table, name, kind) for name in table.data}

    return read_table


def _no_field_of(kind: TableKind) -> str:
    return f"不是“{kind.title}”的字段；可用的有 {'、'.join(kind.by_key)}。"


def _words(node: TomlTable, name: str, kind: TableKind) -> dict[str, str]:
    """Spelling → meaning, from a table of meaning → spellings."""
    vocabulary = kind.by_key[name].read
    if not isinstance(vocabulary, Vocabulary):
        raise node.problem(name, "不是用词表的字段。")
    table = node.table(name)
    table.only("", *vocabulary.spellings)  # "": words that say nothing
    return {spelling: meaning for meaning in table.data for spelling in _texts(table, meaning)}


def _unit(node: TomlTable, name: str, kind: TableKind) -> str:
    measure, written = find_unit_family(kind.by_key[name].read), node.text(name)
    try:
        unit = measure.unit_of(written) if measure else find_any_unit(written)
    except UnitUnknown:
        unit = None
    if unit is None:
        known = f"应为以下之一：{'、'.join(measure.units)}" if measure else "不是单位"
        raise node.problem(name, f"{known}；读到的是“{written}”。")
    return unit


def _day_and_time(node: TomlTable, name: str, _: TableKind) -> tuple[str, ...]:
    titles = _texts(node, name)
    if len(titles) != 2:
        raise node.problem(name, "应写两个列名：日期列和时刻列。")
    return titles


def _dates(node: TomlTable, key: str, _: TableKind) -> DateOrder:
    chosen = node.choice(key, DATE_ORDERS)
    return next(order for order in DATE_ORDERS if order == chosen)


def _time_zone(node: TomlTable, key: str, _: TableKind) -> str:
    name: str = node.read(key, _check_zone)
    return name


def _check_zone(name: object) -> str:
    try:
        return BEIJING_TIME if name == BEIJING_TIME else ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"应写成 {BEIJING_TIME}、UTC、America/New_York 这样的时区名，读到的是“{name}”。"
        ) from None


def _hours(node: TomlTable, key: str, _: TableKind) -> int:
    if node.data[key] != 24:
        raise node.problem(key, "只能是 24；12 小时制的，在 [halves] 里写明上午、下午在哪一列。")
    return 24


def _half(node: TomlTable, name: str, kind: TableKind) -> str:
    if not kind.by_key[name].is_moment:
        raise node.problem(name, "不是时刻，没有上午、下午之分。")
    return node.text(name)


def _contents(node: TomlTable, key: str, _: TableKind) -> tuple[Content, ...]:
    words = [*map(str, Content)]
    if wrong := [one for one in _texts(node, key) if one not in words]:
        raise node.problem(key, f"里的“{wrong[0]}”不是列的内容；可以写的有 {'、'.join(words)}。")
    return tuple(map(Content, _texts(node, key)))


def _texts(node: TomlTable, key: str) -> tuple[str, ...]:
    """A list of texts, or one text alone."""
    return node.texts(key) if isinstance(node.data[key], list) else (node.text(key),)


_RULES_BY_FIELD: Mapping[str, Callable[[TomlTable, str, TableKind], Any]] = {
    "first_filled": _by_field(lambda node, name, _: _texts(node, name)),
    "earliest": _by_field(lambda node, name, _: _texts(node, name)),
    "first_of": _by_field(lambda node, name, _: node.text(name)),
}
_READERS: Mapping[str, Callable[[TomlTable, str, TableKind], Any]] = {
    "title": lambda node, key, _: node.text(key),
    "signature": lambda node, key, _: frozenset(parse_label(title).base for title in _texts(node, key)),
    "ignored": lambda node, key, _: frozenset(map(parse_label, _texts(node, key))),
    "without_header": _contents,
    "default": lambda node, key, _: node.flag(key),
    "empties": lambda node, key, _: frozenset(_texts(node, key)),
    "columns": _by_field(lambda node, name, _: _texts(node, name)),
    "joined": _by_field(_day_and_time),
    "dates": _dates,
    "time_zone": _time_zone,
    "hours": _hours,
    "halves": _by_field(_half),
    "constants": _by_field(lambda node, name, _: node.text(name)),
    "units": _by_field(_unit),
    "words": _by_field(_words),
}
