"""The score tables of the report, in the columns of published reports."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from kpi.evaluation.numbers import number_text, points_text
from kpi.evaluation.scheme import Take
from kpi.evaluation.scoring import GroupScore
from kpi.figures.figure import Figure
from kpi.handover.evaluation import wording
from kpi.handover.evaluation.docx_writer import Cell, Merge
from kpi.handover.evaluation.dossier import Dossier, Line, spans
from kpi.handover.evaluation.score_sheets import BY_GROUP, BY_ITEM, WHOLE, money_rows
from kpi.terminal_tables import number_text as counted

NOTHING = "—"


class Printed(NamedTuple):
    """A table's rows, its header among them, and its merged cells."""

    rows: list[list[Cell]]
    merged: list[Merge]


def by_group(dossier: Dossier) -> Printed:
    """表3-1."""
    rows: list[list[Cell]] = [list(BY_GROUP)]
    for part in first_level(dossier):
        weight = part.group.weight
        rows.append([part.group.title, points_text(weight), *_scored(part.final.points, weight)])
    total = dossier.scheme.total
    rows.append(["合计", points_text(total), *_scored(dossier.evaluation.total, total)])
    return Printed(rows, [])


def by_item(dossier: Dossier) -> Printed:
    """表3-2."""
    rows: list[list[Cell]] = [list(BY_ITEM)]
    for line in dossier.lines:
        item, score = line.item, line.score
        rows.append(
            [
                *_groups(line), wording.item_title(item), points_text(item.weight), item.wanted,
                wording.achieved(score), *_scored(score.final.points, item.weight),
            ]
        )  # fmt: skip
    rows.append(_total(dossier, len(BY_ITEM), 3))
    return Printed(rows, _merged(dossier.lines))


def whole(dossier: Dossier) -> Printed:
    """附件1 综合评分表."""
    rows: list[list[Cell]] = [list(WHOLE)]
    for line in dossier.lines:
        item, score = line.item, line.score
        rows.append(
            [
                *_groups(line), wording.item_title(item), points_text(item.weight), wording.asked(item),
                item.wanted, wording.basis(item), wording.standard(item), wording.course(score),
                *_scored(score.final.points, item.weight),
            ]
        )  # fmt: skip
    rows.append(_total(dossier, len(WHOLE), 3))
    return Printed(rows, _merged(dossier.lines))


def basic(dossier: Dossier) -> Printed:
    """附件2 基础表."""
    rows: list[list[Cell]] = [["序号", "项目", dossier.year.label]]
    for number, (title, value) in enumerate(money_rows(dossier), start=1):
        unit = "%" if title.endswith("率") else ""
        rows.append([str(number), title, "无法核实" if value is None else f"{number_text(value)}{unit}"])
    return Printed(rows, [])


def analysis(dossier: Dossier, part: GroupScore) -> Printed:
    """What each indicator of a first-level group rests on: the value, its two sides, why these points."""
    rows: list[list[Cell]] = [["三级指标", "目标值", "业绩值", "分子", "分母", "得分/分值", "得分理由"]]
    for line in dossier.lines:
        if line.groups[0] == part.group:
            score = line.score
            points = f"{points_text(score.final.points)}/{points_text(line.item.weight)}"
            rows.append(
                [
                    wording.item_title(line.item), line.item.wanted, wording.achieved(score),
                    *_sides(dossier, line), points, wording.course(score),
                ]
            )  # fmt: skip
    return Printed(rows, [])


def first_level(dossier: Dossier) -> list[GroupScore]:
    """The first-level groups with their scores."""
    return [part for part in dossier.evaluation.parts if isinstance(part, GroupScore)]


def _sides(dossier: Dossier, line: Line) -> tuple[str, str]:
    """Numerator and denominator of a percentage, where the indicator takes the figure's value."""
    feed = line.item.feed
    figure: Figure | None = dossier.log.figures.get(feed.figure or "")
    shown = wording.is_number(line.score) and feed.take is Take.VALUE
    if figure is None or figure.numerator is None or figure.denominator is None or not shown:
        return NOTHING, NOTHING
    if figure.unit != "%":
        return NOTHING, NOTHING
    return counted(figure.numerator), counted(figure.denominator)


def _groups(line: Line) -> tuple[str, str]:
    return wording.group_title(line.groups[0]), wording.group_title(line.groups[-1])


def _scored(points: Fraction, weight: Fraction) -> tuple[str, str]:
    return points_text(points), wording.rate_text(points, weight)


def _total(dossier: Dossier, wide: int, weight: int) -> list[Cell]:
    cells: list[Cell] = [None] * wide
    total = dossier.scheme.total
    cells[0], cells[weight] = "总分", points_text(total)
    cells[-2:] = _scored(dossier.evaluation.total, total)
    return cells


def _merged(lines: Sequence[Line]) -> list[Merge]:
    """Groups downwards, and the title of the total across; the header is row 0."""
    down = [
        Merge(first + 1, place, last + 1, place)
        for place, level in ((0, 0), (1, -1))
        for first, last, _ in spans(lines, level)
        if last > first
    ]
    return [*down, Merge(len(lines) + 1, 0, len(lines) + 1, 2)]
