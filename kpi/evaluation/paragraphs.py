"""Sentences on a terminal: wrapped by columns, a Chinese character taking two."""

import re
from collections.abc import Iterator, Sequence

from kpi.evaluation.claims import ClaimOutcome, ClaimResult
from kpi.terminal_tables import measure_width

COLUMNS = 100
_WORDS = re.compile(r"[\w.,%＋−÷＝-]+(?<=[!-~])|.", re.ASCII)  # numbers are not broken over lines


def summarize_outcomes(found: Sequence[ClaimResult]) -> str:
    """How many of each outcome: 不符3处，须说明2处."""
    counts = [(outcome, sum(1 for one in found if one.outcome is outcome)) for outcome in ClaimOutcome]
    return "，".join(f"{outcome}{count}处" for outcome, count in counts if count)


def format_results(found: Sequence[ClaimResult]) -> Iterator[str]:
    """Every outcome with its sentence; things of which the same is said stand together."""
    for outcome in ClaimOutcome:
        by_sentence: dict[tuple[str, str], list[ClaimResult]] = {}
        for one in found:
            if one.outcome is outcome:
                by_sentence.setdefault((one.kind, one.sentence), []).append(one)
        for (_, sentence), ones in by_sentence.items():
            count = f"（共{len(ones)}项）" if len(ones) > 1 else ""
            yield from wrap_text(
                f"[{outcome}] {'、'.join(map(_format_claim_name, ones))}{count}：{sentence}", indent="  "
            )


def _format_claim_name(one: ClaimResult) -> str:
    return f"{one.of}（{one.where}）" if one.where else one.of


def wrap_text(text: str, *, indent: str = "", to: int = COLUMNS) -> Iterator[str]:
    """A sentence in lines of so many columns; further lines stand two columns to the right."""
    line, margin = indent, indent
    for piece in _WORDS.findall(text):
        if measure_width(line + piece) > to and piece not in "，。；：、）”":
            yield line
            margin = indent + "  "
            line = margin
        line += piece
    yield line


def clip_text(text: str, to: int) -> str:
    """A text that takes no more than so many columns."""
    if measure_width(text) <= to:
        return text
    head = ""
    for char in text:
        if measure_width(head + char) > to - 2:
            break
        head += char
    return f"{head}…"
