"""The score tables of the report, row by row: column → what is printed."""

from collections.abc import Sequence
from fractions import Fraction

from kpi.evaluation.numbers import number_text, points_text
from kpi.evaluation.scheme import Group, Take
from kpi.evaluation.scoring import GroupScore
from kpi.figures.figure import Figure
from kpi.handover.evaluation import wording
from kpi.handover.evaluation.dossier import Dossier, Line
from kpi.handover.evaluation.score_sheets import money_rows
from kpi.handover.templates.filling import ABOVE
from kpi.terminal_tables import number_text as counted

NOTHING = "—"

Row = dict[str, str]


def by_group(dossier: Dossier) -> list[Row]:
    """表3-1."""
    return [
        {"一级指标": part.group.title, **scored(part.final.points, part.group.weight)}
        for part in first_level(dossier)
    ]


def by_item(dossier: Dossier) -> list[Row]:
    """表3-2 and 附件1 综合评分表: all that either prints of a third-level indicator."""
    lines = dossier.lines
    upper, lower = (below_each_other([line.groups[level] for line in lines]) for level in (0, -1))
    return [
        {
            "一级指标": above, "二级指标": below, **_item(line), "指标解释": wording.asked(line.item),
            "评分依据": wording.basis(line.item), "评价标准": wording.standard(line.item),
            "评分过程": wording.course(line.score),
        }
        for line, above, below in zip(lines, upper, lower, strict=True)
    ]  # fmt: skip


def basic(dossier: Dossier) -> list[Row]:
    """附件2 基础表."""
    return [
        {"序号": str(number), "项目": title, "数值": _told(title, value)}
        for number, (title, value) in enumerate(money_rows(dossier), start=1)
    ]


def analysis(dossier: Dossier, part: GroupScore) -> list[Row]:
    """What each indicator of a first-level group rests on: the value, its two sides, why these points."""
    return [
        {**_item(line), **_sides(dossier, line), "得分理由": wording.course(line.score)}
        for line in dossier.lines
        if line.groups[0] == part.group
    ]


def first_level(dossier: Dossier) -> list[GroupScore]:
    """The first-level groups with their scores."""
    return [part for part in dossier.evaluation.parts if isinstance(part, GroupScore)]


def scored(points: Fraction, weight: Fraction) -> Row:
    """Points, what they are of, and the rate."""
    return {
        "分值": points_text(weight),
        "得分": points_text(points),
        "得分率": wording.rate_text(points, weight),
    }


def below_each_other(groups: Sequence[Group]) -> list[str]:
    """The titles of groups in a column in which equal ones below each other are one cell."""
    pairs = zip(groups, [None, *groups], strict=False)
    return [ABOVE if group == before else wording.group_title(group) for group, before in pairs]


def _item(line: Line) -> Row:
    return {
        "三级指标": wording.item_title(line.item),
        "标杆值": line.item.wanted,
        "业绩值": wording.achieved(line.score),
        **scored(line.score.final.points, line.item.weight),
    }


def _sides(dossier: Dossier, line: Line) -> Row:
    """Numerator and denominator of a percentage, where the indicator takes the figure's value."""
    feed = line.item.feed
    figure: Figure | None = dossier.log.figures.get(feed.figure or "")
    shown = wording.is_number(line.score) and feed.take is Take.VALUE
    if figure is None or figure.numerator is None or figure.denominator is None or not shown:
        return {"分子": NOTHING, "分母": NOTHING}
    if figure.unit != "%":
        return {"分子": NOTHING, "分母": NOTHING}
    return {"分子": counted(figure.numerator), "分母": counted(figure.denominator)}


def _told(title: str, value: Fraction | None) -> str:
    if value is None:
        return "无法核实"
    return number_text(value) + ("%" if title.endswith("率") else "")
