"""Attested values and experts' marks as small tables (CSV or XLSX), one row each."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from kpi.evaluation.attesting import AttestationProblem, Attested, Marked, split_documents
from kpi.evaluation.claims.tables import read_tables

_ATTESTED = {
    "指标": ("指标编码", "编码", "名称"),
    "实际值": ("完成值", "数值"),
    "佐证材料": ("文件",),
    "备注": (),
    "理由": ("与系统数据不一致的理由",),
}
_MARKED = {
    "专家": ("姓名", "评委"),
    "指标": ("指标编码", "编码", "名称"),
    "得分": ("打分", "分数"),
    "备注": (),
}
_BETWEEN = ("；", "\n", "、")


def read_attested(path: Path) -> list[Attested]:
    """Rows of 指标、实际值、佐证材料、备注、理由; a document is a path from the table's folder, or a number.

    Raises: AttestationProblem.
    """
    found = []
    for _, row in _read_rows(path, _ATTESTED, ("指标", "实际值")):
        numbers, files = split_documents(_split_entries(row.get("佐证材料", "")), path.parent)
        found.append(Attested(row["指标"], row["实际值"], numbers, files, row.get("备注"), row.get("理由")))
    return found


def read_marked(path: Path) -> list[Marked]:
    """Rows of 专家、指标、得分、备注. Raises: AttestationProblem."""
    return [
        Marked(row["专家"], row["指标"], _read_points(path, number, row["得分"]), row.get("备注"))
        for number, row in _read_rows(path, _MARKED, ("专家", "指标", "得分"))
    ]


def _read_points(path: Path, number: int, text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise AttestationProblem(f"{path.name} 第{number}行：得分应为数字，读到的是“{text}”。")
    return found


def _read_rows(
    path: Path, columns: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells of each row; empty rows and cells are absent."""
    meant = {name: title for title, names in columns.items() for name in (title, *names)}
    for table in read_tables(path):
        for place, header in enumerate(table.rows):
            titles = [meant.get(cell) for cell in header]
            if all(title in titles for title in needed):
                following = enumerate(table.rows[place + 1 :], start=place + 2)
                return [
                    (number, _read_cells(path, number, titles, row, needed))
                    for number, row in following
                    if any(row)
                ]
    raise AttestationProblem(f"{path.name} 里没有找到表头；要有 {'、'.join(needed)} 各列。")


def _read_cells(
    path: Path, number: int, titles: Sequence[str | None], row: Sequence[str], needed: Sequence[str]
) -> dict[str, str]:
    filled = {title: cell for title, cell in zip(titles, row, strict=False) if title and cell}
    for title in needed:
        if title not in filled:
            raise AttestationProblem(f"{path.name} 第{number}行：{title}是空的；请填上，或删去这一行。")
    return filled


def _split_entries(text: str) -> list[str]:
    for mark in _BETWEEN:
        text = text.replace(mark, ";")
    return [one.strip() for one in text.split(";") if one.strip()]
