"""Cells that hold one word of a vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ingest.cells.column import CellParser, CellProblem, Column
from ingest.cells.text import NOTHING, to_halfwidth, to_plain
from tracker.tabular import Cell

_MEMORY = 4096


@dataclass(frozen=True)
class Vocabulary:
    """Reads a column of words: meaning → its spellings, blanks between them. "" means that nothing is said.

    An unknown word is a problem of its cell: what it means is asked, never guessed.
    """

    spellings: Mapping[str, str]

    @cached_property
    def known(self) -> Mapping[str, str]:
        """Comparable spelling → meaning."""
        meanings = {to_comparable(meaning): meaning for meaning in self.spellings if meaning}
        for meaning, spellings in self.spellings.items():
            meanings |= dict.fromkeys(map(to_comparable, spellings.split()), meaning)
        return meanings

    def __call__(self, column: Column) -> CellParser:
        meanings = dict.fromkeys(map(to_comparable, NOTHING | column.empties), "")
        meanings |= self.known
        meanings |= {to_comparable(spelling): meaning for spelling, meaning in column.words.items()}
        memory: dict[Cell, str | None] = {}

        def parse(cell: Cell) -> str | None:
            try:
                return memory[cell]
            except KeyError:
                key = to_comparable(to_plain(cell))
                if key not in meanings:
                    raise self._unknown() from None
                if len(memory) < _MEMORY:
                    memory[cell] = meanings[key] or None
                return meanings[key] or None

        return parse

    def _unknown(self) -> CellProblem:
        examples = "、".join(words.split()[0] for meaning, words in self.spellings.items() if meaning)
        return CellProblem(
            "取值不在可选范围",
            f"请改为可选值（{examples}），或在“列对应关系”中设置对应",
        )


def to_comparable(spelling: str) -> str:
    return to_halfwidth(spelling).strip().lower().replace(" ", "")
