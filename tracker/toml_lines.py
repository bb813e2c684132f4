"""Where the tables and keys of a TOML text stand; tomllib does not tell."""

import re

KeyPath = tuple[str | int, ...]  # ("holidays", 0, "from"): the numbers count the tables of a list, from 0

_HEADER = re.compile(r"\s*(\[\[?)\s*(?P<path>[^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?P<path>(?:"[^"]+"|'[^']+'|[\w-]+)(?:\s*\.\s*(?:"[^"]+"|'[^']+'|[\w-]+))*)\s*=""")
_PART = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*(?:\.|$)""")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')
_OF_SEVERAL_LINES = re.compile(r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'', re.DOTALL)


def index_lines(text: str) -> dict[KeyPath, int]:
    """Place → line from 1, of headers, of keys that begin a line, and of the tables that these imply."""
    lines: dict[KeyPath, int] = {}
    counted: dict[KeyPath, int] = {}  # list of tables → number of its last table so far
    here: KeyPath = ()
    depth = 0
    for number, line in enumerate(split_lines(_OF_SEVERAL_LINES.sub(_blank_text, text)), start=1):
        if depth == 0 and (header := _HEADER.match(line)):
            here = _resolve(_split_path(header["path"]), counted)
            if header[1] == "[[":
                counted[here] = counted.get(here, -1) + 1
                here = (*here, counted[here])
            _note(lines, here, number)
            continue
        if depth == 0 and (key := _KEY.match(line)):
            _note(lines, (*here, *_split_path(key["path"])), number)
        depth += _count_opened(line)
    return lines


def split_lines(text: str) -> list[str]:
    """The lines as tomllib counts them; the other characters that end a line elsewhere may stand in texts."""
    return text.replace("\r\n", "\n").split("\n")


def _note(lines: dict[KeyPath, int], place: KeyPath, number: int) -> None:
    for length in range(1, len(place) + 1):
        lines.setdefault(place[:length], number)


def _resolve(parts: KeyPath, counted: dict[KeyPath, int]) -> KeyPath:
    """`[a.b]` below `[[a]]` belongs to the last table of `a`."""
    place: KeyPath = ()
    for part in parts:
        place = (*place, counted[place], part) if place in counted else (*place, part)
    return place


def _split_path(path: str) -> KeyPath:
    return tuple(next(filter(None, found)) for found in _PART.findall(path))


def _count_opened(line: str) -> int:
    bare = _QUOTED.sub("", line)
    return sum(bare.count(one) for one in "[{") - sum(bare.count(one) for one in "]}")


def _blank_text(found: re.Match[str]) -> str:
    return '""' + "\n" * found[0].count("\n")
