"""From the rows of a table to what it claims. `COLUMNS` is the documented layout."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from kpi.evaluation.claims.claim import (
    PERCENT,
    Claim,
    ClaimOutcome,
    ClaimResult,
    PrintedNumber,
    read_printed_number,
)
from kpi.evaluation.claims.rates import OverallRateClaim, PercentageClaim, RatioClaim
from kpi.evaluation.claims.statements import PrintedPlace, RepeatedClaim
from kpi.evaluation.claims.sums import SeriesClaim, SeriesStep, TotalClaim, TotalPart
from kpi.evaluation.claims.tables import ClaimsProblem, TextTable

COLUMNS: Mapping[str, tuple[str, ...]] = {  # title → other titles that mean the same
    "名称": ("指标", "项目", "三级指标", "二级指标", "一级指标"),
    "期间": ("统计期", "年度", "月份"),
    "数值": ("发布值", "实际值", "业绩值", "实际完成值", "全年完成值", "数"),
    "单位": ("计量单位",),
    "分子": (),
    "分母": (),
    "所属合计": ("属于",),
    "序列": (),
    "期初": (),
    "增加": ("收到", "入职"),
    "减少": ("办结", "离职"),
    "期末": (),
    "分值": ("权重", "权重分"),
    "得分": ("实际得分", "评价得分"),
    "得分率": (),
    "位置": ("页码",),
}
_COLUMN_TITLES = {name: title for title, names in COLUMNS.items() for name in (title, *names)}
_CHECKABLE = (("数值",), ("期末",), ("得分率",), ("分值", "得分"))
_TOTAL_ROWS = ("合计", "总分", "总计", "自评得分合计")
_RANK = {name: rank for title, names in COLUMNS.items() for rank, name in enumerate((title, *names))}
EMPTY = ("", "—", "-", "/", "无")


class ClaimRow(NamedTuple):
    """A row under a recognised header."""

    where: str
    cells: Mapping[str, str]  # title of `COLUMNS` → text; empty cells are absent
    table: str = ""

    @property
    def name(self) -> str:
        return self.cells.get("名称") or self.where

    @property
    def key(self) -> tuple[str, str, str]:
        """What the row speaks of; two rows of the same key say the same quantity."""
        return self.name, self.cells.get("期间", ""), self.cells.get("单位", "")

    @property
    def of(self) -> str:
        period = self.cells.get("期间")
        return f"{self.name} {period}" if period else self.name

    def number(self, title: str) -> PrintedNumber:
        """A cell as a number; its unit is that of the column 单位 where it names none itself.

        Raises: ValueError that names the column.
        """
        try:
            found = read_printed_number(self.cells[title])
        except ValueError as problem:
            raise ValueError(f"“{title}”{problem}") from None
        unit = self.cells.get("单位", "") if title == "数值" else ""
        return found if found.unit or not unit else replace(found, text=found.text + unit, unit=unit)

    def has(self, *titles: str) -> bool:
        return all(title in self.cells for title in titles)


def check_tables(tables: Sequence[TextTable]) -> list[ClaimResult]:
    """Everything that the tables claim, checked. Raises: ClaimsProblem where no table can be checked."""
    rows = [found for table in tables for found in read_claim_rows(table)]
    if not rows:
        raise ClaimsProblem(
            "没有找到可核对的表：表头要有“名称”，并有“数值”“期末”“得分率”中的一列，或“分值”和“得分”；"
            f"认识的列是 {'、'.join(COLUMNS)}。"
        )
    return [one for read in READINGS for one in read(rows)]


def read_claim_rows(table: TextTable) -> list[ClaimRow]:
    """The rows under the first row that reads like a header; none where no row does."""
    for place, header in enumerate(table.rows):
        names = [_find_column_title(cell) for cell in header]
        titles = {_COLUMN_TITLES[name] for name in names if name in _COLUMN_TITLES}
        if "名称" in titles and any(titles.issuperset(wanted) for wanted in _CHECKABLE):
            following = enumerate(table.rows[place + 1 :], start=place + 2)
            found = [_read_row(table, number, names, row) for number, row in following]
            return [*_read_fund_rows(table, place), *(row for row in found if row.cells)]
    return []


def _find_column_title(cell: str) -> str:
    return cell.replace(" ", "").partition("（")[0]


def _read_row(table: TextTable, number: int, names: Sequence[str], cells: Sequence[str]) -> ClaimRow:
    """Of several columns that mean the same, the finer one; of several of one name, the last."""
    columns = [
        one for one in zip(names, cells, strict=False) if one[0] in _COLUMN_TITLES and one[1] not in EMPTY
    ]
    by_title: dict[str, str] = {}
    columns.reverse()
    for name, cell in sorted(columns, key=lambda one: _RANK[one[0]]):
        if cell != by_title.get("名称"):  # else a cell merged with the name
            by_title.setdefault(_COLUMN_TITLES[name], cell)
    where = f"{table.name}第{number}行" + (f"，{by_title['位置']}" if "位置" in by_title else "")
    return ClaimRow(where, by_title, table.name)


def _read_fund_rows(table: TextTable, end: int) -> Iterator[ClaimRow]:
    """The rate of execution with its points, which a self-evaluation form has above its indicators."""
    for place in range(end - 1):
        names = [_find_column_title(cell) for cell in table.rows[place]]
        if {"执行率", "分值", "得分"} <= set(names):
            texts = dict(zip(names, table.rows[place + 1], strict=False))
            cells = {"名称": "预算执行率", "分值": texts["分值"], "得分": texts["得分"]}
            yield ClaimRow(f"{table.name}第{place + 2}行", cells, table.name)


def _check_ratios(rows: Sequence[ClaimRow]) -> Iterator[ClaimResult]:
    for row in rows:
        if row.has("数值", "分子"):
            yield from _check_claim(row, partial(_claim_ratio if row.has("分母") else _claim_count, row))
        if row.has("分值", "得分", "得分率"):
            yield from _check_claim(row, partial(_claim_score_rate, row))


def _claim_ratio(row: ClaimRow) -> Claim:
    above, below, stated = row.number("分子"), row.number("分母"), row.number("数值")
    return RatioClaim(of=row.of, where=row.where, numerator=above, denominator=below, stated=stated)


def _claim_count(row: ClaimRow) -> Claim:
    parts = (TotalPart("分子", row.number("分子")),)
    return TotalClaim(of=row.of, where=row.where, parts=parts, stated=row.number("数值"))


def _claim_score_rate(row: ClaimRow) -> Claim:
    above, below, stated = row.number("得分"), row.number("分值"), row.number("得分率")
    return RatioClaim(
        of=f"{row.of}得分率", where=row.where, numerator=above, denominator=below, stated=stated
    )


def _check_score_totals(rows: Sequence[ClaimRow]) -> Iterator[ClaimResult]:
    """In each table, the row 合计 or 总分 against the weights and points above it."""
    for table in dict.fromkeys(row.table for row in rows):
        inside = [row for row in rows if row.table == table and row.has("分值", "得分")]
        wholes = [row for row in inside if row.name in _TOTAL_ROWS]
        for whole in wholes:
            parts = [row for row in inside[: inside.index(whole)] if row.name not in _TOTAL_ROWS]
            for title in ("分值", "得分") if len(parts) > 1 else ():
                yield from _check_claim(whole, partial(_claim_score_total, whole, parts, title))


def _claim_score_total(whole: ClaimRow, parts: Sequence[ClaimRow], title: str) -> Claim:
    named = tuple(TotalPart(part.name, part.number(title)) for part in parts)
    return TotalClaim(of=f"{whole.of}（{title}）", where=whole.where, parts=named, stated=whole.number(title))


def _check_repeated_scores(rows: Sequence[ClaimRow]) -> Iterator[ClaimResult]:
    """Checks that an indicator has as many points in every table that gives them."""
    by_name: dict[str, list[ClaimRow]] = {}
    for row in rows:
        if row.has("名称", "得分") and row.name not in _TOTAL_ROWS:
            by_name.setdefault(row.name, []).append(row)
    for found in by_name.values():
        if len({row.table for row in found}) > 1:
            yield from _check_claim(found[0], partial(_claim_repeated_score, found), quiet=True)


def _claim_repeated_score(rows: Sequence[ClaimRow]) -> Claim:
    places = tuple(PrintedPlace(row.number("得分"), row.where) for row in rows)
    return RepeatedClaim(of=f"{rows[0].of}得分", places=places)


def _check_percentages(rows: Sequence[ClaimRow]) -> Iterator[ClaimResult]:
    for row in rows:
        if row.has("数值"):
            yield from _check_claim(row, partial(_claim_percentage, row), quiet=True)


def _claim_percentage(row: ClaimRow) -> Claim:
    return PercentageClaim(of=row.of, where=row.where, stated=row.number("数值"))


def _check_totals(rows: Sequence[ClaimRow]) -> Iterator[ClaimResult]:
    """Rows that name what they are part of, against the row of that name in the same period."""
    stated = {(row.name, row.cells.get("期间", "")): row for row in rows if row.has("数值")}
    parts: dict[tuple[str, str], list[ClaimRow]] = {}
    for row in rows:
        if row.has("所属合计"):
            parts.setdefault((row.cells["所属合计"], row.cells.get("期间", "")), []).append(row)
    for key, found in parts.items():
        whole = stated.get(key)
        if whole is None:
            sentence = f"没有名称为“{key[0]}”的行，各部分无从核对"
            yield ClaimResult("total", key[0], ClaimOutcome.UNCHECKED, sentence, found[0].where)
        else:
            yield from _check_claim(whole, partial(_claim_total, whole, found))


def _claim_total(whole: ClaimRow, parts: Sequence[ClaimRow]) -> Claim:
    stated = whole.number("数值")
    if stated.unit == PERCENT and all(part.has("分子", "分母") for part in parts):
        pairs = tuple((part.number("分子"), part.number("分母")) for part in parts)
        return OverallRateClaim(of=whole.of, where=whole.where, rows=pairs, stated=stated)
    named = tuple(TotalPart(part.name, part.number("数值")) for part in parts)
    return TotalClaim(of=whole.of, where=whole.where, parts=named, stated=stated)


def _check_series(rows: Sequence[ClaimRow]) -> Iterator[ClaimResult]:
    """Rows with 期末, in the order of the table; a series of several names is several."""
    found: dict[str, list[ClaimRow]] = {}
    for row in rows:
        if row.has("期末"):
            found.setdefault(row.cells.get("序列", ""), []).append(row)
    for name, steps in found.items():
        yield from _check_claim(steps[0], partial(_claim_series, name, steps))


def _claim_series(name: str, steps: Sequence[ClaimRow]) -> Claim:
    of = name or "期初＋增加−减少＝期末"
    return SeriesClaim(of=of, where=steps[0].where, opening=None, steps=tuple(map(_make_step, steps)))


def _make_step(row: ClaimRow) -> SeriesStep:
    joined, left, opening = (
        row.number(title).value if row.has(title) else None for title in ("增加", "减少", "期初")
    )
    return SeriesStep(row.cells.get("期间") or row.name, joined, left, row.number("期末").value, opening)


def _check_repeats(rows: Sequence[ClaimRow]) -> Iterator[ClaimResult]:
    by_key: dict[tuple[str, str, str], list[ClaimRow]] = {}
    for row in rows:
        if row.has("名称", "数值"):
            by_key.setdefault(row.key, []).append(row)
    for found in by_key.values():
        if len(found) > 1:
            yield from _check_claim(found[0], partial(_claim_repeated, found))


def _claim_repeated(rows: Sequence[ClaimRow]) -> Claim:
    return RepeatedClaim(
        of=rows[0].of, places=tuple(PrintedPlace(row.number("数值"), row.where) for row in rows)
    )


def _report_unchecked_rows(rows: Sequence[ClaimRow]) -> Iterator[ClaimResult]:
    """Rows with a number that nothing else in the table speaks of."""
    wholes = {row.cells["所属合计"] for row in rows if row.has("所属合计")}
    names = [row.key for row in rows]
    for row in rows:
        alone = not row.has("分子") and not row.has("所属合计") and row.name not in wholes
        if row.has("数值") and alone and names.count(row.key) == 1:
            sentence = f"印为{row.cells['数值']}，没有给出分子分母、所属合计或另一处，无法核对"
            yield ClaimResult("left_over", row.of, ClaimOutcome.UNCHECKED, sentence, row.where)


def _check_claim(row: ClaimRow, claim: Callable[[], Claim], *, quiet: bool = False) -> list[ClaimResult]:
    """A claim's outcome; a cell that is no number cannot be checked, and says so once."""
    try:
        return claim().check()
    except ValueError as problem:
        return (
            []
            if quiet
            else [ClaimResult("unreadable", row.of, ClaimOutcome.UNCHECKED, str(problem), row.where)]
        )


READINGS: tuple[Callable[[Sequence[ClaimRow]], Iterator[ClaimResult]], ...] = (
    _check_ratios,
    _check_totals,
    _check_score_totals,
    _check_repeated_scores,
    _check_series,
    _check_repeats,
    _check_percentages,
    _report_unchecked_rows,
)
