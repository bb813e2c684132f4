"""项目支出绩效自评表 in its official form and arithmetic.

Source: 财预〔2020〕10号, annex 项目支出绩效自评表; 第十三条 (预算执行 10, 产出 50, 效益 30, 满意度 10)
and 第十六条.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from kpi.evaluation.actual import Amount
from kpi.evaluation.numbers import round_half_up_to, show_number, show_points
from kpi.evaluation.rules.proportion import SelfEvaluation
from kpi.evaluation.scoring import ItemScore
from kpi.handover.evaluation import wording
from kpi.handover.evaluation.docx_writer import Cell, Merge, Paper, Todo
from kpi.handover.evaluation.dossier import Dossier, IndicatorLine

BUDGET = Fraction(10)
_PARTS = {"产出指标": Fraction(50), "效益指标": Fraction(30), "满意度指标": Fraction(10)}
_WIDTHS = (1.3, 1.7, 2.1, 3.1, 1.9, 2.0, 1.2, 1.6, 3.1)
_PLACES = 2
_HEADER = (
    "绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分",
    "偏差原因分析及改进措施",
)  # fmt: skip


@dataclass(frozen=True)
class SelfEvaluationRow:
    """A third-level indicator of the form."""

    part: str  # 产出指标
    kind: str  # 数量指标
    line: IndicatorLine
    weight: Fraction
    points: Fraction
    why: Cell


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
                _describe_deviation(line.score),
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


def write_self_evaluation(path: Path, dossier: Dossier) -> None:
    """Writes the form. Raises: OSError."""
    paper = Paper(f"{dossier.title}绩效自评表", dossier.now, dossier.foot, margin=1.5)
    paper.title("项目支出绩效自评表")
    paper.caption(f"（{dossier.year.label}）")
    rows, merged = _build_head(dossier)
    top = len(rows)
    rows.append(list(_HEADER))
    form_rows = list_self_evaluation_rows(dossier)
    rows += [_make_indicator_row(row) for row in form_rows]
    merged += _merge_cells(form_rows, top + 1)
    merged.append(Merge(top, 0, top + len(form_rows), 0))
    total = sum((row.points for row in form_rows), compute_budget_points(dossier) or Fraction(0))
    weight = sum((row.weight for row in form_rows), get_budget_weight(dossier))
    rows.append(["总分", *(None,) * 5, show_points(weight), show_points(total), None])
    last = len(rows) - 1
    merged.append(Merge(last, 0, last, 5))
    shaded = [(top, place) for place in range(9)] + [(last, 0)] + [(2, place) for place in range(9)]
    paper.table(rows, _WIDTHS, merged=merged, headers=0, size=8.5, shaded=shaded)
    paper.note(
        "计分：≥、＝类指标完成的得满分，未完成的按实际÷目标计；≤类超出的按超出比例扣，达到目标2倍的不得分；"
        "定性和清单类按评价得分率折算；四舍五入到两位。"
    )
    paper.note("填报人：　　　　　　　　联系电话：　　　　　　　　填报日期：")
    paper.save(path)


def _build_head(dossier: Dossier) -> tuple[list[list[Cell]], list[Merge]]:
    """Names, the funds with the rate of execution, the year's aim."""
    money = dossier.money
    points = compute_budget_points(dossier)
    approved, budget, paid, execution = (
        "无法核实" if one is None else show_number(one)
        for one in (money.approved, money.budget, money.paid, money.execution)
    )
    rate = execution if money.execution is None else f"{execution}%"
    rows: list[list[Cell]] = [
        ["项目名称", None, dossier.scheme.title, *(None,) * 6],
        ["主管部门", None, Todo("主管部门"), None, None, "实施单位", dossier.center.name, None, None],
        [
            "项目资金（万元）", None, None, "年初预算数", "全年预算数（A）", "全年执行数（B）", "分值",
            "执行率（B/A）", "得分",
        ],
        [None, None, "年度资金总额", approved, budget, paid, show_points(get_budget_weight(dossier)), rate,
         "无法核实" if points is None else show_points(points)],
        [None, None, "其中：当年财政拨款", None, None, None, "—", None, "—"],
        [None, None, "上年结转资金", None, None, None, "—", None, "—"],
        [None, None, "其他资金", None, None, None, "—", None, "—"],
        ["年度总体目标", "预期目标", None, None, None, "实际完成情况", None, None, None],
        [None, Todo("年初设定的目标"), None, None, None, Todo("实际完成情况"), None, None, None],
    ]  # fmt: skip
    merged = [
        Merge(0, 0, 0, 1), Merge(0, 2, 0, 8), Merge(1, 0, 1, 1), Merge(1, 2, 1, 4), Merge(1, 6, 1, 8),
        Merge(2, 0, 6, 1), Merge(7, 0, 8, 0), Merge(7, 1, 7, 4), Merge(7, 5, 7, 8), Merge(8, 1, 8, 4),
        Merge(8, 5, 8, 8),
    ]  # fmt: skip
    return rows, merged


def _make_indicator_row(row: SelfEvaluationRow) -> list[Cell]:
    item, score = row.line.item, row.line.score
    return [
        None, f"{row.part}", row.kind, item.title, item.wanted, wording.format_achieved(score),
        show_points(row.weight), show_points(row.points), row.why,
    ]  # fmt: skip


def _merge_cells(rows: Sequence[SelfEvaluationRow], top: int) -> Iterator[Merge]:
    """Parts and kinds downwards."""
    for place, keys in ((1, [row.part for row in rows]), (2, [f"{row.part}{row.kind}" for row in rows])):
        first = 0
        for number in range(1, len(keys) + 1):
            if number == len(keys) or keys[number] != keys[first]:
                if number - 1 > first:
                    yield Merge(top + first, place, top + number - 1, place)
                first = number


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


def _describe_deviation(score: ItemScore) -> Cell:
    """The deviation, and the place for what is done about it; nothing where all was reached as counted."""
    if score.final.points == score.item.weight:
        return "；".join(one.sentence for one in score.told.contradictions)
    text = (
        "没有可以核实的材料"
        if score.told.unverifiable
        else f"得分率{show_number(score.final.points / score.item.weight * 100)}%"
    )
    return Todo(f"{text}；原因和措施")
