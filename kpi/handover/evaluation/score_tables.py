"""The score tables of the report, row by row: column → what is printed."""

from collections.abc import Sequence
from fractions import Fraction

from kpi.evaluation.numbers import show_number, show_points
from kpi.evaluation.scheme import SchemeGroup, Take
from kpi.evaluation.scoring import GroupScore
from kpi.figures.figure import Figure
from kpi.handover.evaluation import wording
from kpi.handover.evaluation.dossier import Dossier, IndicatorLine
from kpi.handover.evaluation.score_sheets import list_fund_rows
from kpi.handover.templates.filling import ABOVE
from kpi.terminal_tables import format_number as counted

NOTHING = "—"

Row = dict[str, str]


def tabulate_by_group(dossier: Dossier) -> list[Row]:
    """表3-1."""
    return [
        {"一级指标": part.group.title, **scored(part.final.points, part.group.weight)}
        for part in list_first_level(dossier)
    ]


def tabulate_by_item(dossier: Dossier) -> list[Row]:
    """表3-2 and 附件1 综合评分表: all that either prints of a third-level indicator."""
    lines = dossier.lines
    upper, lower = (below_each_other([line.groups[level] for line in lines]) for level in (0, -1))
    return [
        {
            "一级指标": above, "二级指标": below, **_item(line), "指标解释": wording.explain(line.item),
            "评分依据": wording.cite_basis(line.item), "评价标准": wording.word_standard(line.item),
            "评分过程": wording.word_steps(line.score),
        }
        for line, above, below in zip(lines, upper, lower, strict=True)
    ]  # fmt: skip


def tabulate_funds(dossier: Dossier) -> list[Row]:
    """附件2 基础表."""
    return [
        {"序号": str(number), "项目": title, "数值": _told(title, value)}
        for number, (title, value) in enumerate(list_fund_rows(dossier), start=1)
    ]


def tabulate_analysis(dossier: Dossier, part: GroupScore) -> list[Row]:
    """What each indicator of a first-level group rests on: the value, its two sides, why these points."""
    return [
        {**_item(line), **_format_sides(dossier, line), "得分理由": wording.word_steps(line.score)}
        for line in dossier.lines
        if line.groups[0] == part.group
    ]


def list_first_level(dossier: Dossier) -> list[GroupScore]:
    """The first-level groups with their scores."""
    return [part for part in dossier.evaluation.parts if isinstance(part, GroupScore)]


def scored(points: Fraction, weight: Fraction) -> Row:
    """Points, what they are of, and the rate."""
    return {
        "分值": show_points(weight),
        "得分": show_points(points),
        "得分率": wording.format_rate(points, weight),
    }


def below_each_other(groups: Sequence[SchemeGroup]) -> list[str]:
    """The titles of groups in a column in which equal ones below each other are one cell."""
    pairs = zip(groups, [None, *groups], strict=False)
    return [ABOVE if group == before else wording.title_group(group) for group, before in pairs]


def _item(line: IndicatorLine) -> Row:
    return {
        "三级指标": wording.title_item(line.item),
        "目标值": line.item.wanted,
        "实际完成值": wording.format_achieved(line.score),
        **scored(line.score.final.points, line.item.weight),
    }


def _format_sides(dossier: Dossier, line: IndicatorLine) -> Row:
    """Numerator and denominator of a percentage, where the indicator takes the figure's value."""
    feed = line.item.feed
    figure: Figure | None = dossier.log.figures.get(feed.figure or "")
    has_value = wording.is_numeric_score(line.score) and feed.take is Take.VALUE
    if figure is None or figure.numerator is None or figure.denominator is None or not has_value:
        return {"分子": NOTHING, "分母": NOTHING}
    if figure.unit != "%":
        return {"分子": NOTHING, "分母": NOTHING}
    return {"分子": counted(figure.numerator), "分母": counted(figure.denominator)}


def _told(title: str, value: Fraction | None) -> str:
    if value is None:
        return "无法核实"
    return show_number(value) + ("%" if title.endswith("率") else "")
