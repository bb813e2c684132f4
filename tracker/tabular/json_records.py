"""JSON objects as rows: nested names joined by dots, and one column for each name met."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson

from tracker.tabular.table import Cell, FileRefused, UnreadableRow

MOST_NAMES = 2_000
_DEEPEST = 8  # objects within each other; what lies deeper stays JSON text

Record = dict[str, object]


def flatten(record: Mapping[str, object]) -> Record | UnreadableRow:
    """The record with `{"Agent": {"Username": …}}` as `Agent.Username`; lists stay as they are."""
    if not any(isinstance(value, dict) for value in record.values()):
        return dict(record)
    flat: Record = {}
    for name, value in _walk_leaves("", record, 1):
        if name in flat:
            return UnreadableRow.because(f"有两个名称都是“{name[:60]}”", "请在导出系统里去掉其中一个")
        flat[name] = value
    return flat


def _walk_leaves(above: str, record: Mapping[str, object], depth: int) -> Iterator[tuple[str, object]]:
    for name, value in record.items():
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from _walk_leaves(f"{above}{name}.", value, depth + 1)
        else:
            yield above + name, value


class ColumnNames:
    """The names met in a file, in the order in which they were met."""

    def __init__(self, records: Iterable[Record | UnreadableRow]) -> None:
        """Raises: FileRefused for more names than a table can have."""
        places: dict[str, int] = {}
        for record in records:
            if isinstance(record, UnreadableRow) or places.keys() >= record.keys():
                continue
            for name in record:
                places.setdefault(name, len(places))
            if len(places) > MOST_NAMES:
                raise FileRefused(
                    f"文件里有 {MOST_NAMES} 个以上不同的名称，不像一张表：多半是把编号或时间当成了名称。"
                    "请让每条记录用同样的名称，编号写在值里。"
                )
        self.names = list(places)
        self._places = places
        self._blank: list[Cell] = [""] * len(places)

    def cells(self, record: Record | UnreadableRow) -> Sequence[Cell]:
        """A record as a row."""
        if isinstance(record, UnreadableRow):
            return record
        cells = self._blank.copy()
        for name, value in record.items():
            cells[self._places[name]] = _to_cell(value)
        return cells


def _to_cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str | int | float):
        return value
    return orjson.dumps(value).decode()
