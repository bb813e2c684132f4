"""The evaluation report: tables filled, and the places marked that people have to write.

Outline: 财预〔2020〕10号, annex; as published reports follow it.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from kpi.evaluation.findings import list_findings
from kpi.evaluation.numbers import show_number, show_points
from kpi.evaluation.rehearsal.points_status import RemedyKind
from kpi.handover.evaluation import score_tables, wording
from kpi.handover.evaluation.docx_writer import PORTRAIT, Cell, Paper, Todo
from kpi.handover.evaluation.dossier import Dossier

_NUMERALS = "一二三四五六七八九十"
_ADVICE = 12  # remedies told in the report


def write_report(path: Path, dossier: Dossier) -> None:
    """Writes the report. Raises: OSError."""
    paper = Paper(f"{dossier.title}绩效评价报告", dossier.now, dossier.foot)
    paper.title(f"{dossier.title}\n绩效评价报告")
    _add_cover(paper, dossier)
    _add_basics(paper, dossier)
    _add_work(paper, dossier)
    _add_conclusion(paper, dossier)
    _add_analysis(paper, dossier)
    _add_problems(paper, dossier)
    _add_advice(paper, dossier)
    _add_remarks(paper, dossier)
    _add_annexes(paper, dossier)
    paper.save(path)


def _add_cover(paper: Paper, dossier: Dossier) -> None:
    now = dossier.now
    rows: list[list[Cell]] = [
        ["项目名称", dossier.scheme.title],
        ["项目单位", dossier.center.name],
        ["主管部门", Todo("主管部门")],
        ["评价机构", Todo("评价机构和评价组成员")],
        ["评价期间", f"{dossier.year.first_day}至{dossier.year.year}-12-31"],
        ["成稿时间", f"{now.year}年{now.month}月{now.day}日"],
    ]
    paper.table(rows, (4, 11), headers=0, size=11, left=(1,), shaded=[(row, 0) for row in range(len(rows))])


def _add_basics(paper: Paper, dossier: Dossier) -> None:
    paper.heading("一、基本情况")
    paper.heading("（一）项目概况", 2)
    paper.todo("立项背景和依据、主要内容、实施主体和实施情况")
    paper.text(_format_funds(dossier))
    paper.caption("表1-1 资金情况表（单位：万元）")
    money = dossier.money
    rows: list[list[Cell]] = [
        ["年初批复预算", "预算调整", "上年结转", "全年预算数", "到位资金", "实际支出", "财政收回", "结余"],
        [_format_amount(one) for one in (
            money.approved, money.adjusted, money.carried, money.budget, money.received, money.paid,
            money.returned, money.balance,
        )],
    ]  # fmt: skip
    paper.table(rows, (PORTRAIT / 8,) * 8)
    paper.heading("（二）项目绩效目标", 2)
    paper.todo("总体目标；年度目标的由来和变化")
    paper.text(f"年度绩效指标共{len(dossier.lines)}个，目标值见表3-2的标杆值一列。")


def _format_funds(dossier: Dossier) -> str:
    money = dossier.money
    if money.received is None or money.paid is None:
        return "预算或支付明细没有交付，资金到位和支出情况无法核实。"
    rate = f"，占全年预算的{show_number(money.execution)}%" if money.execution is not None else ""
    received, paid = show_number(money.received), show_number(money.paid)
    return f"{dossier.year.label}到位资金{received}万元，实际支出{paid}万元{rate}。"


def _add_work(paper: Paper, dossier: Dossier) -> None:
    scheme = dossier.scheme
    paper.heading("二、绩效评价工作开展情况")
    paper.heading("（一）绩效评价目的、对象和范围", 2)
    paper.text(
        f"评价对象为{dossier.title}，范围为{dossier.year.label}1月1日至12月31日的资金、产出和效益。"
        "目的是核实绩效目标的实现程度，为预算安排和改进管理提供依据。"
    )
    paper.todo("其他需要写明的目的和范围")
    paper.heading("（二）绩效评价原则、评价指标体系、评价方法、评价标准", 2)
    paper.text("按照科学规范、公正公开、分级分类、绩效相关的原则，依据财预〔2020〕10号开展评价。")
    levels = [part.group for part in score_tables.list_first_level(dossier)]
    weights = "、".join(f"{group.title}{show_points(group.weight)}分" for group in levels)
    paper.text(
        f"评价指标体系见附件1，出自{scheme.source}：{weights}，满分{show_points(scheme.total)}分，"
        f"三级指标{len(scheme.items)}个。评价等级为 {wording.format_bands(scheme)}。"
    )
    automatic = sum(1 for item in scheme.items if item.feed.automatic)
    paper.text(
        f"评价方法以比较法、因素分析法、公众评判法为主。{automatic}个指标由系统按交付的话单、工单、花名册、"
        f"支付明细等自动取数，{len(scheme.items) - automatic}个指标由单位填报并附证明文件；"
        "没有证明材料的，按无法核实计分。"
    )
    paper.heading("（三）绩效评价工作过程", 2)
    paper.todo("前期准备、组织实施、分析评价各阶段的时间、人员和方式")
    experts = {mark.expert for one in dossier.evaluation.items for mark in one.told.marks}
    if experts:
        paper.text(f"评价组{len(experts)}位专家分别打分，逐人记录，取平均数。")


def _add_conclusion(paper: Paper, dossier: Dossier) -> None:
    evaluation = dossier.evaluation
    paper.heading("三、综合评价情况及评价结论")
    paper.text(
        f"经评价，{dossier.title}综合得分{show_points(evaluation.total)}分，评价等级为“{evaluation.rating}”。"
        "各部分得分见表3-1，各指标得分见表3-2，评分过程见附件1。"
    )
    paper.caption("表3-1 项目指标得分情况汇总表")
    paper.table(score_tables.tabulate_by_group(dossier).rows, (6, 3, 3, 3), size=10)
    paper.caption("表3-2 项目指标得分表")
    printed = score_tables.tabulate_by_item(dossier)
    paper.table(printed.rows, (2.2, 2.6, 3.6, 1.2, 1.9, 2.1, 1.4, 1.6), merged=printed.merged, left=(2,))


def _add_analysis(paper: Paper, dossier: Dossier) -> None:
    paper.heading("四、绩效评价指标分析")
    for number, part in enumerate(score_tables.list_first_level(dossier)):
        group, points = part.group, part.final.points
        paper.heading(f"（{_NUMERALS[number]}）{group.title}情况", 2)
        rate = wording.format_rate(points, group.weight)
        paper.text(
            f"{group.title}满分{show_points(group.weight)}分，得{show_points(points)}分，得分率{rate}。"
        )
        paper.caption(f"表4-{number + 1} {group.title}指标分析")
        printed = score_tables.tabulate_analysis(dossier, part)
        paper.table(printed.rows, (2.9, 1.8, 1.9, 2.1, 2.1, 1.5, 4.3), left=(0, 6))
        paper.todo(f"{group.title}部分的文字分析")


def _add_problems(paper: Paper, dossier: Dossier) -> None:
    paper.heading("五、主要经验及做法、存在的问题及原因分析")
    paper.heading("（一）主要经验及做法", 2)
    paper.todo("经验和做法")
    paper.heading("（二）存在的问题及原因分析", 2)
    problems = list(_list_problems(dossier))
    for number, problem in enumerate(problems, start=1):
        paper.text(f"{number}. {problem}")
    if not problems:
        paper.text("各项指标均已得满分，数据齐全。")
    paper.todo("以上问题的原因")


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


def _add_advice(paper: Paper, dossier: Dossier) -> None:
    paper.heading("六、有关建议")
    tasks = [task for task in dossier.rehearsal.tasks if task.way is not RemedyKind.KEEP_UP]
    for number, task in enumerate(tasks[:_ADVICE], start=1):
        done = "；并".join(one.text for one in task.remedies)
        paper.text(f"{number}. {done}（涉及{show_points(task.points)}分）。")
    if len(tasks) > _ADVICE:
        paper.text(f"其余{len(tasks) - _ADVICE}项见评价工作簿“待办与风险”。")
    paper.todo("对项目管理和预算安排的建议")


def _add_remarks(paper: Paper, dossier: Dossier) -> None:
    paper.heading("七、其他需要说明的问题")
    locked = {figure.lock.value for by_period in dossier.figures.values() for figure in by_period.values()}
    months = "部分或全部月份尚未锁定，所依据的数字为暂定。" if "暂定" in locked else "各月数据均已锁定。"
    now = dossier.now
    paper.text(
        f"1. 数据计算至事件日志第{dossier.head_seq:,}号（{now.year}年{now.month}月{now.day}日）。{months}"
    )
    paper.text(f"2. 日志末尾哈希 {dossier.head_hash[:32]} {dossier.head_hash[32:]}，可据以核验数据未被改动。")
    paper.text("3. 比率按分子、分母的精确数计算，四舍五入到所示位数；全年比率为各月分子之和÷分母之和。")
    paper.todo("其他需要说明的事项；评价单位盖章")


def _add_annexes(paper: Paper, dossier: Dossier) -> None:
    paper.page(landscape=True)
    paper.caption("附件1 综合评分表")
    printed = score_tables.tabulate_all(dossier)
    widths = (1.6, 1.8, 2.2, 1.0, 4.0, 1.5, 1.6, 4.5, 4.0, 1.2, 1.5)
    paper.table(printed.rows, widths, merged=printed.merged, size=8, left=(2, 4, 7, 8))
    paper.page(landscape=False)
    paper.caption(f"附件2 基础表（{dossier.year.label}，单位：万元）")
    paper.table(score_tables.tabulate_funds(dossier).rows, (2, 6, 5), size=11)
    paper.note("填写单位（盖章）：　　　　　　填写人：　　　　　　联系电话：　　　　　　填写日期：")


def _format_amount(value: Fraction | None) -> str:
    return "无法核实" if value is None else show_number(value)
