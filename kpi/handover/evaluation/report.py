"""The evaluation report: tables filled; its template marks the places that people have to write.

Outline: 财预〔2020〕10号, annex; as published reports follow it.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from kpi.evaluation.claims.claim import ClaimResult
from kpi.evaluation.findings import list_findings
from kpi.evaluation.numbers import show_number, show_points
from kpi.evaluation.scoring import GroupScore
from kpi.figures.figure import LockState
from kpi.handover.evaluation import score_tables, wording
from kpi.handover.evaluation.conclusions import list_advice, list_problems
from kpi.handover.evaluation.dossier import Dossier
from kpi.handover.templates.filling import fill

_NUMERALS = "一二三四五六七八九十"


def write_report(path: Path, dossier: Dossier, home: Path | None = None) -> None:
    """Writes the report.

    `home` is the folder of the centre's own templates; None: the packaged one is wanted.
    Raises: TemplateProblem, OSError.
    """
    title = f"{dossier.title}绩效评价报告"
    fill(path, "evaluation-report", _values(dossier), title=title, made_at=dossier.now, home=home)


def _values(dossier: Dossier) -> dict[str, Any]:
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
        "各部分得分": "；".join(
            f"{row['一级指标']}得分{row['得分']}分（得分率{row['得分率']}）"
            for row in score_tables.tabulate_by_group(dossier)
        ),
        "各指标": score_tables.tabulate_by_item(dossier),
        "问题": _number_parts(list_problems(dossier)),
        "建议": _number_parts(list_advice(dossier)),
        "复核发现": [f"{found.of}：{found.sentence.rstrip('。')}。" for found in _list_findings(dossier)],
        "数据截至": _as_of(dossier),
        "日志校验值": f"{dossier.head_hash[:32]} {dossier.head_hash[32:]}",
        "基础表": score_tables.tabulate_funds(dossier),
    }


def _cover(dossier: Dossier) -> dict[str, str]:
    now = dossier.now
    return {
        "项目名称": dossier.scheme.title,
        "项目单位": dossier.center.name,
        "评价期间": f"{dossier.year.label}1月1日至{dossier.year.label}12月31日",
        "报告日期": f"{now.year}年{now.month}月{now.day}日",
    }


def _method(dossier: Dossier) -> dict[str, Any]:
    """The system of indicators, how it is scored and by whom."""
    scheme = dossier.scheme
    groups = [part.group for part in score_tables.list_first_level(dossier)]
    automatic = sum(1 for item in scheme.items if item.feed.automatic)
    return {
        "指标体系出处": scheme.source,
        "权重": "、".join(f"{group.title}{show_points(group.weight)}分" for group in groups),
        "一级数": len(groups),
        "指标数": len(scheme.items),
        "等级数": len(scheme.bands),
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
            "标题": _title_part(part.group.title),
            "方面": _list_aspects(dossier, part),
            "表号": number + 1,
            "各指标": score_tables.tabulate_analysis(dossier, part),
        }


def _title_part(title: str) -> str:
    """项目决策, as the outline calls it."""
    return f"项目{title}" if title in ("决策", "过程", "产出", "效益") else title


def _list_aspects(dossier: Dossier, part: GroupScore) -> str:
    titles = (line.groups[-1].title for line in dossier.lines if line.groups[0] == part.group)
    return "、".join(dict.fromkeys(titles))


def _number_parts(sentences: Sequence[str]) -> list[str]:
    """（一）…, （二）…"""
    return [f"（{_format_numeral(number)}）{told}" for number, told in enumerate(sentences, start=1)]


def _format_numeral(number: int) -> str:
    ten, one = divmod(number, 10)
    tens = "" if not ten else "十" if ten == 1 else f"{_NUMERALS[ten - 1]}十"
    return tens + (_NUMERALS[one - 1] if one else "")


def _list_findings(dossier: Dossier) -> list[ClaimResult]:
    """What the checks found of the evaluation itself."""
    return [one for one in list_findings(dossier.evaluation) if one.kind != "no_backing"]


def _as_of(dossier: Dossier) -> str:
    figures = (figure for by_period in dossier.figures.values() for figure in by_period.values())
    unlocked = any(figure.lock is LockState.PROVISIONAL for figure in figures)
    now = dossier.now
    months = "部分或全部月份尚未审核锁定，最终结果以锁定数据为准" if unlocked else "各月数据均已锁定"
    return f"{now.year}年{now.month}月{now.day}日（数据日志第{dossier.head_seq:,}号）；{months}。"


def _format_funds(dossier: Dossier) -> str:
    money = dossier.money
    if money.received is None or money.paid is None:
        return "项目单位未提供预算或支付明细，资金到位和使用情况无法核实。"
    budget = f"全年预算{show_number(money.budget)}万元，" if money.budget is not None else ""
    rate = f"，占全年预算的{show_number(money.execution)}%" if money.execution is not None else ""
    received, paid = show_number(money.received), show_number(money.paid)
    return f"{dossier.year.label}项目{budget}到位资金{received}万元；实际支出{paid}万元{rate}。"


def _format_amount(value: Fraction | None) -> str:
    return "无法核实" if value is None else show_number(value)
