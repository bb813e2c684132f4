"""Sentences on a terminal: wrapped by columns, a Chinese character taking two."""

import re
from collections.abc import Iterator, Sequence

from kpi.evaluation.claims import Checked, Outcome
from kpi.terminal_tables import width

COLUMNS = 100
_PIECES = re.compile(r"[\w.,%＋−÷＝-]+(?<=[!-~])|.", re.ASCII)  # numbers are not broken over lines


def summary(found: Sequence[Checked]) -> str:
    """How many of each outcome: 不符3处，须说明2处."""
    counts = [(outcome, sum(1 for one in found if one.outcome is outcome)) for outcome in Outcome]
    return "，".join(f"{outcome}{count}处" for outcome, count in counts if count)


def checked_lines(found: Sequence[Checked]) -> Iterator[str]:
    """Every outcome with its sentence; things of which the same is said stand together."""
    for outcome in Outcome:
        said: dict[tuple[str, str], list[Checked]] = {}
        for one in found:
            if one.outcome is outcome:
                said.setdefault((one.kind, one.sentence), []).append(one)
        for (_, sentence), ones in said.items():
            count = f"（共{len(ones)}项）" if len(ones) > 1 else ""
            yield from wrapped(f"[{outcome}] {'、'.join(map(_named, ones))}{count}：{sentence}", indent="  ")


def _named(one: Checked) -> str:
    return f"{one.of}（{one.where}）" if one.where else one.of


def wrapped(text: str, *, indent: str = "", to: int = COLUMNS) -> Iterator[str]:
    """A sentence in lines of so many columns; further lines stand two columns to the right."""
    line, margin = indent, indent
    for piece in _PIECES.findall(text):
        if width(line + piece) > to and piece not in "，。；：、）”":
            yield line
            margin = indent + "  "
            line = margin
        line += piece
    yield line


def clipped(text: str, to: int) -> str:
    """A text that takes no more than so many columns."""
    if width(text) <= to:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > to - 2:
            break
        kept += char
    return f"{kept}…"
