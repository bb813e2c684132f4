"""部门评价表: head with the funds, then weights and scores at all three levels."""

from fractions import Fraction
from pathlib import Path

from kpi.evaluation.numbers import show_number, show_points
from kpi.handover.evaluation import wording
from kpi.handover.evaluation.dossier import Dossier, find_group_spans
from kpi.handover.templates.filling import ABOVE, fill


def write_department(path: Path, dossier: Dossier, home: Path | None = None) -> None:
    """Writes the form. `home` is the folder of the centre's own templates; None: the packaged one is wanted.

    Raises: TemplateProblem, OSError.
    """
    money = dossier.money
    values = {
        "页脚": dossier.foot,
        "项目名称": dossier.scheme.title,
        "实施单位": dossier.center.name,
        "预算安排": _amount(money.budget),
        "到位资金": _amount(money.received),
        "实际支出": _amount(money.paid),
        "各指标": _rows(dossier),
        "总分值": show_points(dossier.scheme.total),
        "总得分": show_points(dossier.evaluation.total),
        "等级": _format_boxes(dossier),
        "等级划分": wording.format_bands(dossier.scheme),
    }
    title = f"{dossier.title}部门评价表"
    fill(path, "department", values, title=title, made_at=dossier.now, home=home)


def _rows(dossier: Dossier) -> list[dict[str, str]]:
    """A row an indicator; a group and its weight stand in its first row alone."""
    rows = [
        {
            "一级指标": ABOVE, "一级分值": ABOVE, "二级指标": ABOVE, "二级分值": ABOVE,
            "三级指标": line.item.title, "三级分值": show_points(line.item.weight),
            "得分": show_points(line.score.final.points),
        }
        for line in dossier.lines
    ]  # fmt: skip
    for name, level in (("一级", 0), ("二级", -1)):
        for first, _, group in find_group_spans(dossier.lines, level):
            rows[first] |= {f"{name}指标": group.title, f"{name}分值": show_points(group.weight)}
    return rows


def _amount(value: Fraction | None) -> str:
    return "无法核实" if value is None else show_number(value)


def _format_boxes(dossier: Dossier) -> str:
    """优 ☑　良 ☐ …, from the best down."""
    bands = sorted(dossier.scheme.bands, key=lambda band: -band.low)
    return "　".join(
        f"{band.name} {'☑' if band.name == dossier.evaluation.rating else '☐'}" for band in bands
    )
