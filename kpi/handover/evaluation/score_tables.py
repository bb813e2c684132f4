"""The score tables of the report, in the columns of published reports."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from kpi.evaluation.numbers import show_number, show_points
from kpi.evaluation.scheme import Take
from kpi.evaluation.scoring import GroupScore
from kpi.figures.figure import Figure
from kpi.handover.evaluation import wording
from kpi.handover.evaluation.docx_writer import Cell, Merge
from kpi.handover.evaluation.dossier import Dossier, IndicatorLine, find_group_spans
from kpi.handover.evaluation.score_sheets import BY_GROUP, BY_ITEM, WHOLE, list_fund_rows
from kpi.terminal_tables import format_number as counted

NOTHING = "—"


class ScoreTable(NamedTuple):
    """A table's rows, its header among them, and its merged cells."""

    rows: list[list[Cell]]
    merged: list[Merge]


def tabulate_by_group(dossier: Dossier) -> ScoreTable:
    """表3-1."""
    rows: list[list[Cell]] = [list(BY_GROUP)]
    for part in list_first_level(dossier):
        weight = part.group.weight
        rows.append([part.group.title, show_points(weight), *_format_scored(part.final.points, weight)])
    total = dossier.scheme.total
    rows.append(["合计", show_points(total), *_format_scored(dossier.evaluation.total, total)])
    return ScoreTable(rows, [])


def tabulate_by_item(dossier: Dossier) -> ScoreTable:
    """表3-2."""
    rows: list[list[Cell]] = [list(BY_ITEM)]
    for line in dossier.lines:
        item, score = line.item, line.score
        rows.append(
            [
                *_get_groups(line), wording.title_item(item), show_points(item.weight), item.wanted,
                wording.format_achieved(score), *_format_scored(score.final.points, item.weight),
            ]
        )  # fmt: skip
    rows.append(_make_total_row(dossier, len(BY_ITEM), 3))
    return ScoreTable(rows, _merge_cells(dossier.lines))


def tabulate_all(dossier: Dossier) -> ScoreTable:
    """附件1 综合评分表."""
    rows: list[list[Cell]] = [list(WHOLE)]
    for line in dossier.lines:
        item, score = line.item, line.score
        rows.append(
            [
                *_get_groups(line), wording.title_item(item), show_points(item.weight), wording.explain(item),
                item.wanted, wording.cite_basis(item), wording.word_standard(item), wording.word_steps(score),
                *_format_scored(score.final.points, item.weight),
            ]
        )  # fmt: skip
    rows.append(_make_total_row(dossier, len(WHOLE), 3))
    return ScoreTable(rows, _merge_cells(dossier.lines))


def tabulate_funds(dossier: Dossier) -> ScoreTable:
    """附件2 基础表."""
    rows: list[list[Cell]] = [["序号", "项目", dossier.year.label]]
    for number, (title, value) in enumerate(list_fund_rows(dossier), start=1):
        unit = "%" if title.endswith("率") else ""
        rows.append([str(number), title, "无法核实" if value is None else f"{show_number(value)}{unit}"])
    return ScoreTable(rows, [])


def tabulate_analysis(dossier: Dossier, part: GroupScore) -> ScoreTable:
    """What each indicator of a first-level group rests on: the value, its two sides, why these points."""
    rows: list[list[Cell]] = [["三级指标", "目标值", "业绩值", "分子", "分母", "得分/分值", "得分理由"]]
    for line in dossier.lines:
        if line.groups[0] == part.group:
            score = line.score
            points = f"{show_points(score.final.points)}/{show_points(line.item.weight)}"
            rows.append(
                [
                    wording.title_item(line.item), line.item.wanted, wording.format_achieved(score),
                    *_format_sides(dossier, line), points, wording.word_steps(score),
                ]
            )  # fmt: skip
    return ScoreTable(rows, [])


def list_first_level(dossier: Dossier) -> list[GroupScore]:
    """The first-level groups with their scores."""
    return [part for part in dossier.evaluation.parts if isinstance(part, GroupScore)]


def _format_sides(dossier: Dossier, line: IndicatorLine) -> tuple[str, str]:
    """Numerator and denominator of a percentage, where the indicator takes the figure's value."""
    feed = line.item.feed
    figure: Figure | None = dossier.log.figures.get(feed.figure or "")
    has_value = wording.is_numeric_score(line.score) and feed.take is Take.VALUE
    if figure is None or figure.numerator is None or figure.denominator is None or not has_value:
        return NOTHING, NOTHING
    if figure.unit != "%":
        return NOTHING, NOTHING
    return counted(figure.numerator), counted(figure.denominator)


def _get_groups(line: IndicatorLine) -> tuple[str, str]:
    return wording.title_group(line.groups[0]), wording.title_group(line.groups[-1])


def _format_scored(points: Fraction, weight: Fraction) -> tuple[str, str]:
    return show_points(points), wording.format_rate(points, weight)


def _make_total_row(dossier: Dossier, wide: int, weight: int) -> list[Cell]:
    cells: list[Cell] = [None] * wide
    total = dossier.scheme.total
    cells[0], cells[weight] = "总分", show_points(total)
    cells[-2:] = _format_scored(dossier.evaluation.total, total)
    return cells


def _merge_cells(lines: Sequence[IndicatorLine]) -> list[Merge]:
    """Groups downwards, and the title of the total across; the header is row 0."""
    down = [
        Merge(first + 1, place, last + 1, place)
        for place, level in ((0, 0), (1, -1))
        for first, last, _ in find_group_spans(lines, level)
        if last > first
    ]
    return [*down, Merge(len(lines) + 1, 0, len(lines) + 1, 2)]
