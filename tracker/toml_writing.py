"""TOML texts that programs write, by tomlkit alone: no value can become a key, a table or a second line."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Table

from tracker.toml_file import ErrorType, parse_toml

Remark = Callable[[str, Any], str | None]


def write_toml(data: Mapping[str, Any], head: Iterable[str] = (), remark: Remark | None = None) -> str:
    """A document: lines of comment, then values, then tables; what is None is left out.

    `data` holds texts, whole numbers, flags, times, and lists and mappings of them. `remark` gives the
    comment behind a key's value, if any. What tomllib reads of the text equals `data`.
    """
    document = tomlkit.document()
    for line in head:
        document.add(tomlkit.comment(clean_comment(line)))
    _fill(document, data, remark)
    return tomlkit.dumps(document)


def write_toml_line(key: str, value: Any) -> str:
    """A key and its plain value in one line, which has no end: `"列 1" = "文字"`"""
    return write_toml({key: value}).removesuffix("\n")


def replace_table(text: str, key: str, table: Mapping[str, Any], refused: ErrorType) -> str:
    """A text with a table in the place of its own of that key; all else stays as a person wrote it.

    Raises: `refused` for a text that is not TOML.
    """
    parse_toml(text, refused)
    document = tomlkit.parse(text)
    document.pop(key, None)
    document.add(key, _make_table(table, None))
    return tomlkit.dumps(document)


def clean_comment(text: str) -> str:
    """A text that stays within its line of comment: control characters become blanks."""
    return "".join(char if char.isprintable() else " " for char in text)


def _fill(table: Container | Table, data: Mapping[str, Any], remark: Remark | None) -> None:
    """Plain values first, then the tables within, as TOML wants it."""
    for key, value in data.items():
        if value is not None and not _is_nested(value):
            item = tomlkit.item(value)
            if remark and (words := remark(key, value)):
                item.comment(clean_comment(words))
            table.append(str(key), item)
    for key, value in data.items():
        if _is_nested(value):
            table.append(str(key), _make_nested(value, remark))


def _is_nested(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return any(isinstance(one, Mapping) for one in items)


def _make_nested(value: Any, remark: Remark | None) -> Table | AoT:
    if isinstance(value, Mapping):
        return _make_table(value, remark)
    tables = tomlkit.aot()
    for one in value:
        tables.append(_make_table(one, remark))
    return tables


def _make_table(data: Mapping[str, Any], remark: Remark | None) -> Table:
    table = tomlkit.table()
    _fill(table, data, remark)
    return table
