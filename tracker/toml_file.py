"""TOML files that people write: read with exact numbers, and complained of by file and line.

A reader takes a table's `Node` apart: `only` refuses the keys that it does not know, `text`, `whole`, `day`,
`choice`, `table` and the like give a key's value or refuse it. The first fault ends the reading, as the
exception that the reader chose.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from tracker.toml_lines import KeyPath, index_lines, split_lines

_MOST = 10**15
_LONGEST_NUMBER = 40  # characters
_HUGE_EXPONENT = re.compile(r"[eE][+-]?\d{3,}")
LONGEST = 1_000_000  # bytes; what people write by hand stays far below

FileState = tuple[int, int]  # time of the last change in ns, size in bytes
ErrorType = type[ValueError]

_TWICE = ("overwrite", "twice", "Duplicate", "mutate")  # words by which tomllib tells a repetition


@dataclass(frozen=True)
class TomlTable:
    """A table, and where it stands; every complaint begins with file and line.

    A value None, which TOML cannot write and documents of the log have, counts as absent.
    """

    data: Mapping[str, Any]
    refused: ErrorType
    whose: str = ""  # the file, as sentences name it; empty for a text without a name
    lines: Mapping[KeyPath, int] | None = None  # None: the data was never a text
    place: KeyPath = ()

    def fault(self, key: str | None, sentence: str) -> ValueError:
        """A complaint in the line of a key, or of the table itself."""
        line = "" if self.lines is None else f"第{self.line(key)}行"
        where = f"{self.whose} {line}".strip()
        return self.refused(f"{where}：{sentence}" if where else sentence)

    def problem(self, key: str | None, what: str) -> ValueError:
        """A complaint in the line of a key, or of the table itself, that begins with its name."""
        return self.fault(key, f"{self.named(key)}{what}")

    def line(self, key: str | None = None) -> int:
        """Where the key stands, or the nearest thing around it that has a line of its own."""
        lines, place = self.lines or {}, self._find_place(key)
        while place and place not in lines:
            place = place[:-1]
        return lines.get(place, 1)

    def named(self, key: str | None = None) -> str:
        """`indicators.C201.weight` in quotation marks; tables of a list count from 1."""
        path = ".".join(str(part + 1) if isinstance(part, int) else part for part in self._find_place(key))
        return f"“{path}”" if path else ""

    def __contains__(self, key: str) -> bool:
        return self.data.get(key) is not None

    def only(self, *known_keys: str) -> None:
        """Refuses a key that nothing reads, with the known one that is nearest."""
        for key in self.data:
            if key not in known_keys:
                near = get_close_matches(key, known_keys, n=1, cutoff=0.5)
                meant = f"是不是“{near[0]}”？" if near else ""
                raise self.problem(key, f"不认识；这里可以写的是 {'、'.join(known_keys)}。{meant}")

    def text(self, key: str, default: str | None = None) -> str:
        found: str = self.read(key, _check_text, default)
        return found

    def filled(self, key: str) -> str:
        """A text that is not blank."""
        found = self.text(key)
        if not found.strip():
            raise self.problem(key, "是空的，请填写。")
        return found

    def choice(self, key: str, words: Collection[str], default: str | None = None) -> str:
        """One of a few words."""
        value = self._get_value(key, default)
        if value not in words:
            raise self.problem(key, f"应为 {'、'.join(words)} 之一，读到的是“{value}”。")
        return str(value)

    def whole(self, key: str, least: int, most: int | None = None, default: int | None = None) -> int:
        """A whole number within bounds, both included."""
        found: int = self.read(key, lambda value: read_whole_number(value, least, most), default)
        return found

    def number(self, key: str) -> Fraction:
        """A number written plainly or in quotation marks."""
        found: Fraction = self.read(key, read_exact_number)
        return found

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._get_value(key, default)
        if not isinstance(value, bool):
            raise self.problem(key, f"应为 true 或 false，读到的是“{value}”。")
        return value

    def day(self, key: str) -> date:
        found: date = self.read(key, _check_day)
        return found

    def days(self, key: str, default: Sequence[date] | None = None) -> tuple[date, ...]:
        return tuple(self.read_each(key, _check_day, default))

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        return tuple(self.read_each(key, _check_text, default))

    def read(self, key: str, reader: Callable[[Any], Any], default: Any = None) -> Any:
        """A value through a reader, which raises ValueError with what it wants."""
        value = self._get_value(key, default)
        try:
            return reader(value)
        except ValueError as problem:
            raise self.problem(key, f"{problem}") from None

    def read_each(
        self, key: str, reader: Callable[[Any], Any], default: Sequence[Any] | None = None
    ) -> list[Any]:
        """The items of a list through a reader."""
        value = self._get_value(key, default)
        if not isinstance(value, list | tuple):
            raise self.problem(key, "应为列表，写在 [ ] 里。")
        found: list[Any] = self.read(key, lambda items: [reader(one) for one in items], value)
        return found

    def table(self, key: str) -> "TomlTable":
        value = self._get_value(key, None)
        if not isinstance(value, dict):
            raise self.problem(key, "应为一节（[…]）或 { } 里的表。")
        return replace(self, data=value, place=(*self.place, key))

    def tables(self, key: str) -> Iterator["TomlTable"]:
        """The tables of a list of tables; none where the key is absent."""
        value = self._get_value(key, ())
        if not isinstance(value, list | tuple) or not all(isinstance(one, dict) for one in value):
            raise self.problem(key, f"应写成 [[{'.'.join(map(str, self._find_place(key)))}]] 小节。")
        for number, one in enumerate(value):
            yield replace(self, data=one, place=(*self.place, key, number))

    def named_tables(self, key: str) -> Iterator[tuple[str, "TomlTable"]]:
        """Name → table, in the order of the file; none where the key is absent."""
        if key not in self:
            return
        outer = self.table(key)
        for name in outer.data:
            yield name, outer.table(name)

    def _find_place(self, key: str | None) -> KeyPath:
        return self.place if key is None else (*self.place, key)

    def _get_value(self, key: str, default: Any) -> Any:
        value = self.data.get(key)
        if value is not None:
            return value
        if default is None:
            raise self.problem(None, f"缺少 {key}。")
        return default


def read_file_state(path: Path) -> FileState | None:
    """What tells whether a file is still the one that was read; None: it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def read_toml(path: Traversable, refused: ErrorType, whose: str | None = None) -> TomlTable:
    """A file's data; sentences name the file by `whose`, or else by its own name.

    Raises: `refused` for a file that is not there, too long, not UTF-8 or not TOML.
    """
    named = whose or path.name
    try:
        with path.open("rb") as file:
            content: bytes = file.read(LONGEST + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise refused(f"没有文件 {path}。") from None
    except OSError:
        raise refused(f"{named} 不能读：请检查它是不是文件，有没有读取权限。") from None
    except UnicodeDecodeError:
        raise refused(f"{named} 不是UTF-8编码，请另存为UTF-8。") from None
    if len(content) > LONGEST:
        raise refused(f"{named} 超过{LONGEST // 1_000_000}MB，太长了。")
    return parse_toml(text, refused, named)


def parse_toml(text: str, refused: ErrorType, whose: str = "") -> TomlTable:
    """The data of a text. Raises: `refused` where it is not TOML."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as problem:
        raise refused(f"{whose} {_translate_fault(str(problem), split_lines(text))}".strip()) from None
    except (RecursionError, ValueError, ArithmeticError):
        sentence = "里面有套得太深的内容，或长得不合理的数，请改短。"
        raise refused(f"{whose} {sentence}".strip()) from None
    return TomlTable(data, refused, whose, index_lines(text))


def _translate_fault(message: str, lines: Sequence[str]) -> str:
    """tomllib's complaint in words, with the line and column that it names at its end."""
    found = re.search(r"at line (\d+), column (\d+)\)$", message)
    number = int(found[1]) if found else len(lines)
    line = lines[number - 1].strip()[:40]
    excerpt = f"（{line}）" if line else ""
    if any(word in message for word in _TWICE):
        return f"第{number}行：同一个键或小节写了两次{excerpt}，请只留一处。"
    where = f"第{found[2]}个字符附近" if found else "到文件末尾还没有写完，"
    return f"第{number}行：{where}不符合TOML格式{excerpt}，文字和中文的键要加引号，引号和括号要成对。"


def suggest_words(word: object, known_words: Iterable[str]) -> str:
    """A sentence with the known words that are most like the given one; empty where none is."""
    near = get_close_matches(str(word), list(known_words), n=3, cutoff=0.5)
    return f"相近的有 {'、'.join(near)}。" if near else ""


def read_exact_number(value: Any) -> Fraction:
    """Raises: ValueError for what is no number; TOML's own numbers and texts like "1/3" are taken."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError(f"应为数字，读到的是“{value}”。")
    text = str(value).replace(",", "").strip()
    if len(text) > _LONGEST_NUMBER or _HUGE_EXPONENT.search(text):  # either would take long to be written out
        raise ValueError(f"数字太大或太长，读到的是“{text[:_LONGEST_NUMBER]}”。")
    try:
        number = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"应为数字，读到的是“{value}”。") from None
    if abs(number) >= _MOST:
        raise ValueError(f"数字太大，读到的是“{text}”。")
    return number


def read_whole_number(value: Any, least: int, most: int | None = None) -> int:
    """Raises: ValueError for what is no whole number within the bounds, both included."""
    if type(value) is not int or value < least or (most is not None and value > most):
        bounds = f"{least}或更大" if most is None else f"{least}至{most}"
        raise ValueError(f"应为{bounds}的整数，读到的是“{value}”。")
    return value


def _check_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"应为加引号的文字，读到的是“{value}”。")
    return value


def _check_day(value: Any) -> date:
    if type(value) is not date:  # exactly: a moment is a date
        raise ValueError(f"应为日期，如 2027-01-01，读到的是“{value}”。")
    return value
