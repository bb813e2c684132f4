"""项目支出绩效自评表 in its official form and arithmetic.

Source: 财预〔2020〕10号, annex 项目支出绩效自评表; 第十三条 (预算执行 10, 产出 50, 效益 30, 满意度 10)
and 第十六条.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from kpi.evaluation.actual import Amount
from kpi.evaluation.numbers import round_half_up_to, show_number, show_points
from kpi.evaluation.rules.proportion import SelfEvaluation
from kpi.evaluation.scoring import ItemScore
from kpi.handover.evaluation import wording
from kpi.handover.evaluation.dossier import Dossier, IndicatorLine
from kpi.handover.templates.filling import ABOVE, fill

BUDGET = Fraction(10)
_PARTS = {"产出指标": Fraction(50), "效益指标": Fraction(30), "满意度指标": Fraction(10)}
_PLACES = 2


@dataclass(frozen=True)
class SelfEvaluationRow:
    """A third-level indicator of the form."""

    part: str  # 产出指标
    kind: str  # 数量指标
    line: IndicatorLine
    weight: Fraction
    points: Fraction
    why: str  # the deviation; empty: there is none
    todo: bool  # whether a person still has to write the reason and the remedy


def list_self_evaluation_rows(dossier: Dossier) -> list[SelfEvaluationRow]:
    """The scheme's outputs, benefits and satisfaction, in the official weights unless the scheme has them.

    A scheme with indicators of other kinds (决策, 过程) has weights of its own; within each part of the form
    they are kept in proportion.
    """
    sorted_out = [(line, _find_part(line)) for line in dossier.lines]
    in_form = [(line, part) for line, part in sorted_out if part is not None]
    foreign = any(part is None and not _is_budget(line) for line, part in sorted_out)
    found: list[SelfEvaluationRow] = []
    for part, whole in _PARTS.items():
        lines = [line for line, one in in_form if one == part]
        weights = _share_points(lines, whole) if foreign else [line.item.weight for line in lines]
        found += [
            SelfEvaluationRow(
                part,
                _find_kind(part, line),
                line,
                weight,
                _compute_points(line.score, weight),
                *_describe_deviation(line.score),
            )
            for line, weight in zip(lines, weights, strict=True)
        ]
    return found


def get_budget_weight(dossier: Dossier) -> Fraction:
    """10, or what is left of the scheme's total where it is a self-evaluation form itself."""
    rows = list_self_evaluation_rows(dossier)
    if any(_find_part(line) is None and not _is_budget(line) for line in dossier.lines):
        return BUDGET
    return dossier.scheme.total - sum((row.weight for row in rows), Fraction(0))


def compute_budget_points(dossier: Dossier) -> Fraction | None:
    """执行率 × weight, never above it; None where the money is not told."""
    execution = dossier.money.execution
    if execution is None:
        return None
    return round_half_up_to(min(execution / 100, Fraction(1)) * get_budget_weight(dossier), _PLACES)


def write_self_evaluation(path: Path, dossier: Dossier, home: Path | None = None) -> None:
    """Writes the form. `home` is the folder of the centre's own templates; None: the packaged one is wanted.

    Raises: TemplateProblem, OSError.
    """
    rows = list_self_evaluation_rows(dossier)
    points = compute_budget_points(dossier)
    values = {
        "页脚": dossier.foot,
        "年度": dossier.year.label,
        "项目名称": dossier.scheme.title,
        "实施单位": dossier.center.name,
        **_funds(dossier),
        "资金分值": show_points(get_budget_weight(dossier)),
        "资金得分": "无法核实" if points is None else show_points(points),
        "各指标": _printed(rows),
        "总分值": show_points(sum((row.weight for row in rows), get_budget_weight(dossier))),
        "总得分": show_points(sum((row.points for row in rows), points or Fraction(0))),
    }
    title = f"{dossier.title}绩效自评表"
    fill(path, "self-evaluation", values, title=title, made_at=dossier.now, home=home)


def _funds(dossier: Dossier) -> dict[str, str]:
    """The funds with the rate of execution."""
    money = dossier.money
    approved, budget, paid, execution = (
        "无法核实" if one is None else show_number(one)
        for one in (money.approved, money.budget, money.paid, money.execution)
    )
    rate = execution if money.execution is None else f"{execution}%"
    return {"年初预算": approved, "全年预算": budget, "全年执行": paid, "执行率": rate}


def _printed(rows: Sequence[SelfEvaluationRow]) -> list[dict[str, str]]:
    """Parts and kinds stand in their first row alone."""
    parts = [row.part for row in rows]
    kinds = [(row.part, row.kind) for row in rows]
    return [
        {
            "绩效指标": ABOVE,
            "一级指标": ABOVE if number and parts[number - 1] == row.part else row.part,
            "二级指标": ABOVE if number and kinds[number - 1] == kinds[number] else row.kind,
            "三级指标": row.line.item.title,
            "年度指标值": row.line.item.wanted,
            "实际完成值": wording.format_achieved(row.line.score),
            "分值": show_points(row.weight),
            "得分": show_points(row.points),
            "偏差": "" if row.todo else row.why,
            "待填写": row.why if row.todo else "",
        }
        for number, row in enumerate(rows)
    ]


def _find_part(line: IndicatorLine) -> str | None:
    """The part of the form that an indicator belongs to, by the titles of its groups from below."""
    for group in reversed(line.groups):
        if "满意" in group.title:
            return "满意度指标"
        if "效益" in group.title:
            return "效益指标"
        if "产出" in group.title or "成本" in group.title:
            return "产出指标"
    return None


def _is_budget(line: IndicatorLine) -> bool:
    return any("预算执行" in title for title in (line.item.title, *(one.title for one in line.groups)))


def _find_kind(part: str, line: IndicatorLine) -> str:
    if part == "满意度指标":
        return "服务对象满意度指标"
    title = line.groups[-1].title.removeprefix("产出")
    return title if title.endswith("指标") else f"{title}指标"


def _share_points(lines: Sequence[IndicatorLine], whole: Fraction) -> list[Fraction]:
    """A part's points in proportion to the scheme's weights, at two places; the last takes the rest."""
    total = sum((line.item.weight for line in lines), Fraction(0))
    weights = [round_half_up_to(line.item.weight / total * whole, _PLACES) for line in lines]
    if weights:
        weights[-1] += whole - sum(weights, Fraction(0))
    return weights


def _compute_points(score: ItemScore, weight: Fraction) -> Fraction:
    """By the official arithmetic where the target is a number, else as the evaluation scored it."""
    actual, target = score.told.actual, score.item.target
    if isinstance(actual, Amount) and target is not None and not score.told.unverifiable:
        return SelfEvaluation().score(actual, target, weight).points
    return round_half_up_to(score.final.points / score.item.weight * weight, _PLACES)


def _describe_deviation(score: ItemScore) -> tuple[str, bool]:
    """The deviation, and whether its reason is left to write; nothing where all was reached as counted."""
    if score.final.points == score.item.weight:
        return "；".join(one.sentence for one in score.told.contradictions), False
    text = (
        "未提供佐证材料，按无法核实处理"
        if score.told.unverifiable
        else f"得分率{show_number(score.final.points / score.item.weight * 100)}%"
    )
    return f"{text}；偏差原因和改进措施", True
