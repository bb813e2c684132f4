"""Cells that hold one word of a vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ingest.cells.column import CellProblem, Column, Parse
from ingest.cells.masking import masked
from ingest.cells.text import NOTHING, halfwidth, plain
from ingest.readers import Cell

_MEMORY = 4096
_TOLD = 20  # different unknown words; a column with more holds free text


@dataclass(frozen=True)
class Vocabulary:
    """Reads a column of words: meaning → its spellings, blanks between them. "" means that nothing is said.

    An unknown word is a problem of its row, or, with `otherwise`, read as that meaning and told in a notice.
    """

    spellings: Mapping[str, str]
    otherwise: str | None = None

    @cached_property
    def known(self) -> Mapping[str, str]:
        """Comparable spelling → meaning."""
        known = {comparable(meaning): meaning for meaning in self.spellings if meaning}
        for meaning, spellings in self.spellings.items():
            known |= dict.fromkeys(map(comparable, spellings.split()), meaning)
        return known

    def __call__(self, column: Column) -> Parse:
        meanings = dict.fromkeys(map(comparable, NOTHING | column.empties), "")
        meanings |= self.known
        meanings |= {comparable(spelling): meaning for spelling, meaning in column.words.items()}
        memory: dict[Cell, str | None] = {}

        def parse(cell: Cell) -> str | None:
            try:
                return memory[cell]
            except KeyError:
                key = comparable(plain(cell))
                if key not in meanings:
                    return self._unknown(key, column)
                if len(memory) < _MEMORY:
                    memory[cell] = meanings[key] or None
                return meanings[key] or None

        return parse

    def _unknown(self, key: str, column: Column) -> str:
        if self.otherwise is None:
            examples = "、".join(words.split()[0] for meaning, words in self.spellings.items() if meaning)
            raise CellProblem(
                "不是认识的说法",
                f"认识的有：{examples}；若是同义的说法，请在导入页的“列的对应”里指明，或写进导入方案的 words",
            )
        shown = f"“{masked(key[:20], personal=False)}”" if len(column.notices) < _TOLD else "另外一些内容"
        column.notices[f"“{column.label}”列的{shown}不是认识的说法，记为其他。"] += 1
        return self.otherwise


def comparable(spelling: str) -> str:
    return halfwidth(spelling).strip().lower().replace(" ", "")
