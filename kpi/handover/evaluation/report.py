"""The evaluation report: tables filled; its template marks the places that people have to write.

Outline: 财预〔2020〕10号, annex; as published reports follow it.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from kpi.evaluation.findings import list_findings
from kpi.evaluation.numbers import show_number, show_points
from kpi.evaluation.rehearsal.points_status import RemedyKind
from kpi.handover.evaluation import score_tables, wording
from kpi.handover.evaluation.dossier import Dossier
from kpi.handover.templates.filling import fill

_NUMERALS = "一二三四五六七八九十"
_ADVICE = 12  # remedies told in the report


def write_report(path: Path, dossier: Dossier, home: Path | None = None) -> None:
    """Writes the report.

    `home` is the folder of the centre's own templates; None: the packaged one is wanted.
    Raises: TemplateProblem, OSError.
    """
    title = f"{dossier.title}绩效评价报告"
    fill(path, "evaluation-report", _values(dossier), title=title, made_at=dossier.now, home=home)


def _values(dossier: Dossier) -> dict[str, Any]:
    remedies, others = _remedies(dossier)
    return {
        "题目": dossier.title,
        "页脚": dossier.foot,
        "年度": dossier.year.label,
        **_cover(dossier),
        **_method(dossier),
        "资金情况": _format_funds(dossier),
        "资金": _money(dossier),
        "等级": dossier.evaluation.rating,
        "合计": score_tables.scored(dossier.evaluation.total, dossier.scheme.total),
        "各部分": list(_parts(dossier)),
        "各指标": score_tables.tabulate_by_item(dossier),
        "问题": _numbered(list(_list_problems(dossier))),
        "建议": _numbered(remedies),
        "其余建议": others,
        "数据截至": _as_of(dossier),
        "日志校验值": f"{dossier.head_hash[:32]} {dossier.head_hash[32:]}",
        "基础表": score_tables.tabulate_funds(dossier),
    }


def _cover(dossier: Dossier) -> dict[str, str]:
    now = dossier.now
    return {
        "项目名称": dossier.scheme.title,
        "项目单位": dossier.center.name,
        "评价期间": f"{dossier.year.first_day}至{dossier.year.year}-12-31",
        "成稿时间": f"{now.year}年{now.month}月{now.day}日",
    }


def _method(dossier: Dossier) -> dict[str, Any]:
    """The system of indicators, how it is scored and by whom."""
    scheme = dossier.scheme
    groups = [part.group for part in score_tables.list_first_level(dossier)]
    automatic = sum(1 for item in scheme.items if item.feed.automatic)
    return {
        "指标体系出处": scheme.source,
        "权重": "、".join(f"{group.title}{show_points(group.weight)}分" for group in groups),
        "指标数": len(scheme.items),
        "等级划分": wording.format_bands(scheme),
        "自动取数": automatic,
        "单位填报": len(scheme.items) - automatic,
        "专家数": len({mark.expert for one in dossier.evaluation.items for mark in one.told.marks}),
    }


def _money(dossier: Dossier) -> dict[str, str]:
    money = dossier.money
    return {
        "年初批复": _format_amount(money.approved),
        "预算调整": _format_amount(money.adjusted),
        "上年结转": _format_amount(money.carried),
        "全年预算": _format_amount(money.budget),
        "到位资金": _format_amount(money.received),
        "实际支出": _format_amount(money.paid),
        "财政收回": _format_amount(money.returned),
        "结余": _format_amount(money.balance),
    }


def _parts(dossier: Dossier) -> Iterator[dict[str, Any]]:
    """The first-level indicators, each with what its indicators rest on."""
    rows = score_tables.tabulate_by_group(dossier)
    for number, (part, row) in enumerate(zip(score_tables.list_first_level(dossier), rows, strict=True)):
        yield {
            **row,
            "序号": _NUMERALS[number],
            "表号": number + 1,
            "各指标": score_tables.tabulate_analysis(dossier, part),
        }


def _numbered(sentences: list[str]) -> list[str]:
    return [f"{number}. {told}" for number, told in enumerate(sentences, start=1)]


def _remedies(dossier: Dossier) -> tuple[list[str], int]:
    """What to do, the most valuable first, and how much more there is."""
    tasks = [task for task in dossier.rehearsal.tasks if task.way is not RemedyKind.KEEP_UP]
    told = [
        f"{'；并'.join(one.text for one in task.remedies)}（涉及{show_points(task.points)}分）。"
        for task in tasks[:_ADVICE]
    ]
    return told, len(tasks) - len(told)


def _as_of(dossier: Dossier) -> str:
    locked = {figure.lock.value for by_period in dossier.figures.values() for figure in by_period.values()}
    months = "部分或全部月份尚未锁定，所依据的数字为暂定。" if "暂定" in locked else "各月数据均已锁定。"
    now = dossier.now
    return f"数据日志第{dossier.head_seq:,}号（{now.year}年{now.month}月{now.day}日）。{months}"


def _format_funds(dossier: Dossier) -> str:
    money = dossier.money
    if money.received is None or money.paid is None:
        return "预算或支付明细未报送，资金到位和支出情况无法核实。"
    rate = f"，占全年预算的{show_number(money.execution)}%" if money.execution is not None else ""
    received, paid = show_number(money.received), show_number(money.paid)
    return f"{dossier.year.label}到位资金{received}万元，实际支出{paid}万元{rate}。"


def _list_problems(dossier: Dossier) -> Iterator[str]:
    """Lost points, what cannot be verified, gaps, and what the checks found besides."""
    for one in dossier.rehearsal.statuses:
        if one.lost:
            why = one.why_lost.rstrip("。")
            yield f"{wording.title_item(one.score.item)}失{show_points(one.lost)}分：{why}。"
    untold = [wording.title_item(one.item) for one in dossier.evaluation.items if one.told.unverifiable]
    if untold:
        lost = sum(
            (one.item.weight - one.final.points for one in dossier.evaluation.items if one.told.unverifiable),
            Fraction(0),
        )
        yield f"{'、'.join(untold)}没有可以核实的材料，共失{show_points(lost)}分。"
    for gap in dossier.gaps:
        unit = gap.source.unit
        counts = f"应有{gap.expected:,}{unit}，有据{gap.backed:,}{unit}"
        yield f"{gap.source.title}{gap.named}，{counts}。"
    for found in list_findings(dossier.evaluation):
        if found.kind != "no_backing":
            yield f"{found.of}：{found.sentence.rstrip('。')}。"


def _format_amount(value: Fraction | None) -> str:
    return "无法核实" if value is None else show_number(value)
