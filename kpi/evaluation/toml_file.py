"""TOML files that people write: read with exact numbers, and complained of by file and line.

tomllib tells no lines, so a small index of the keys is kept beside the data.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

Place = tuple[str | int, ...]
FileState = tuple[int, int]  # time of the last change in ns, size in bytes

_HEADER = re.compile(r"\s*(\[\[?)\s*(?P<path>[^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?P<path>(?:"[^"]+"|'[^']+'|[\w-]+)(?:\s*\.\s*(?:"[^"]+"|'[^']+'|[\w-]+))*)\s*=""")
_PART = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*(?:\.|$)""")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')


class FileProblem(ValueError):
    """文件写错了：说明里有文件、行号和改法。"""


Refused = type[FileProblem]


@dataclass(frozen=True)
class Node:
    """A table of a file, and where it stands there; every complaint names file and line."""

    file: str
    data: Mapping[str, Any]
    place: Place
    lines: Mapping[Place, int]
    refused: Refused

    def problem(self, key: str | None, what: str) -> FileProblem:
        """A complaint about a key, or about the table itself."""
        return self.refused(f"{self.file} 第{self.line(key)}行：{self.named(key)}{what}")

    def line(self, key: str | None = None) -> int:
        """Where the key stands, or the nearest thing around it that has a line of its own."""
        place = self.place if key is None else (*self.place, key)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def named(self, key: str | None) -> str:
        """`indicators.C201.weight` in quotation marks."""
        place = [*self.place, *([] if key is None else [key])]
        told = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
        return f"“{told}”" if told else ""

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def only(self, *known: str) -> None:
        """Raises: FileProblem for a key that nothing reads."""
        for key in self.data:
            if key not in known:
                raise self.problem(key, f"不认识；这里可以写的是 {'、'.join(known)}。")

    def text(self, key: str, default: str | None = None) -> str:
        given = self._given(key, default)
        if not isinstance(given, str):
            raise self.problem(key, f"应为加引号的文字，读到的是 {given}。")
        return given.strip()

    def number(self, key: str) -> Fraction:
        """A number written plainly or in quotation marks."""
        found: Fraction = self.read(key, exact_number)
        return found

    def flag(self, key: str) -> bool:
        given = self._given(key, False)
        if not isinstance(given, bool):
            raise self.problem(key, f"应为 true 或 false，读到的是 {given}。")
        return given

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        return tuple(self.read_each(key, _text, default))

    def read(self, key: str, reader: Callable[[Any], Any], default: Any = None) -> Any:
        """A value through a reader, which raises ValueError with what it wants."""
        given = self._given(key, default)
        try:
            return reader(given)
        except ValueError as problem:
            raise self.problem(key, f"{problem}") from None

    def read_each(
        self, key: str, reader: Callable[[Any], Any], default: Sequence[Any] | None = None
    ) -> list[Any]:
        given = self._given(key, default)
        if not isinstance(given, list | tuple):
            raise self.problem(key, "应为列表，写在 [ ] 里。")
        try:
            return [reader(one) for one in given]
        except ValueError as problem:
            raise self.problem(key, f"{problem}") from None

    def table(self, key: str) -> "Node":
        given = self._given(key, None)
        if not isinstance(given, dict):
            raise self.problem(key, "应为一节（[…]）或 { } 里的表。")
        return self._inner(given, key)

    def tables(self, key: str) -> Iterator["Node"]:
        """The tables of a list of tables; none where the key is absent."""
        given = self.data.get(key, [])
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise self.problem(key, f"应写成 [[{key}]] 小节。")
        for number, one in enumerate(given):
            yield Node(self.file, one, (*self.place, key, number), self.lines, self.refused)

    def named_tables(self, key: str) -> Iterator[tuple[str, "Node"]]:
        """Name → table, in the order of the file; none where the key is absent."""
        if key not in self.data:
            return
        outer = self.table(key)
        for name in outer.data:
            yield name, outer.table(name)

    def _inner(self, data: Mapping[str, Any], key: str) -> "Node":
        return Node(self.file, data, (*self.place, key), self.lines, self.refused)

    def _given(self, key: str, default: Any) -> Any:
        if key in self.data:
            return self.data[key]
        if default is None:
            raise self.problem(None, f"缺少 {key}。" if self.place else f"文件缺少 {key}。")
        return default


def state_of(path: Path) -> FileState | None:
    """What tells whether a file is still the one that was read; None: it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def read_toml(path: Path, refused: Refused) -> Node:
    """A file's data. Raises: `refused` for a file that is not there, not UTF-8 or not TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text, parse_float=Decimal)
    except FileNotFoundError:
        raise refused(f"没有文件 {path}。") from None
    except UnicodeDecodeError:
        raise refused(f"{path.name} 不是UTF-8编码，请另存为UTF-8。") from None
    except tomllib.TOMLDecodeError as problem:
        told = re.search(r"line ([0-9]+)", str(problem))
        where = f"第{told[1]}行" if told else "末尾"
        raise refused(f"{path.name} {where}：不符合TOML格式（中文的键要加引号）：{problem}。") from None
    return Node(path.name, data, (), index_of(text), refused)


def index_of(text: str) -> dict[Place, int]:
    """Place → line, of headers and of keys that begin a line."""
    lines: dict[Place, int] = {}
    counted: dict[Place, int] = {}
    here: Place = ()
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if depth == 0 and (header := _HEADER.match(line)):
            here = _parts(header["path"])
            if header[1] == "[[":
                counted[here] = counted.get(here, -1) + 1
                here = (*here, counted[here])
            lines.setdefault(here, number)
        elif depth == 0 and (key := _KEY.match(line)):
            lines.setdefault((*here, *_parts(key["path"])), number)
            depth += _opened(line)
        else:
            depth += _opened(line)
    return lines


def exact_number(given: Any) -> Fraction:
    """Raises: ValueError for what is no number; TOML's own numbers and texts like "1/3" are taken."""
    if isinstance(given, bool) or not isinstance(given, int | Decimal | str):
        raise ValueError(f"应为数字，读到的是 {given}。")
    try:
        return Fraction(str(given).replace(",", "").strip())
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"应为数字，读到的是“{given}”。") from None


def share(given: Any) -> Fraction:
    """ "5%", "1/3" or 0.05 as a fraction of one. Raises: ValueError."""
    told = str(given).strip()
    try:
        found = exact_number(told[:-1]) / 100 if told.endswith("%") else exact_number(given)
    except ValueError:
        raise ValueError(f'应为比例，写成 "5%" 或 "1/3"，读到的是“{given}”。') from None
    if not 0 <= found <= 1:
        raise ValueError(f"应在0与100%之间，读到的是“{given}”。")
    return found


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError(f"应为加引号的文字，读到的是 {given}。")
    return given


def _parts(path: str) -> Place:
    return tuple(next(filter(None, found)) for found in _PART.findall(path))


def _opened(line: str) -> int:
    bare = _QUOTED.sub("", line)
    return sum(bare.count(one) for one in "[{") - sum(bare.count(one) for one in "]}")
