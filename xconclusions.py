"""Problems and recommendations of the evaluation report, in the words of such reports.

What the centre itself has to do by when is on the page of the rehearsal and in the workbook, not here.
Source: 财预〔2020〕10号, annex, parts 五 and 六.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from kpi.evaluation.actual import Amount
from kpi.evaluation.numbers import show_points
from kpi.evaluation.rehearsal.points_status import RemedyKind
from kpi.evaluation.scoring import ItemScore
from kpi.handover.evaluation import wording
from kpi.handover.evaluation.dossier import Dossier

_NAMED = 3  # indicators without evidence that are named
_ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("budget_execution_rate", "budget_execution_of_budget_rate"),
        "加快预算执行。建议项目单位对照合同约定和项目进度及时办理支付；确需跨年支付或不再支出的，按规定办理结转"
        "或交回财政。下年度合理测算预算规模，提高预算编制准确性。",
    ),
    (
        ("funds_received_rate",),
        "落实项目资金。建议财政部门和主管部门按预算批复和项目进度及时拨付资金，保障项目实施。",
    ),
    (
        ("payment_on_time_rate", "payment_on_time_labour_rate", "payment_on_time_amount_rate"),
        "规范资金支付。建议项目单位建立合同支付台账，明确经办人和付款节点，按约定时间支付。",
    ),
    (
        ("qualification_verified_rate", "person_documents_complete_rate", "diploma_on_file_rate"),
        "完善人员档案管理。建议人事部门完成人员学历核验，补齐招聘、合同、培训等归档材料，"
        "建立入职必核、离职必归的档案管理制度。",
    ),
    (
        ("staffing_in_post_rate", "staff_turnover_rate", "staff_in_post"),
        "稳定话务队伍。建议项目单位及时补充空缺岗位，完善薪酬激励和职业发展机制。",
    ),
    (
        (
            "work_order_closing_rate", "work_order_on_time_rate", "work_order_follow_up_rate",
            "work_order_resolution_rate", "work_order_satisfaction_rate",
        ),
        "提升诉求办理质效。建议承办单位加强逾期工单催办督办，健全回访和退回重办机制，提高按时办结率和解决率。",
    ),
    (
        ("survey_satisfaction_rate", "survey_awareness_rate", "survey_can_use_rate", "survey_response_rate"),
        "规范满意度调查。建议项目单位扩大样本量，完善问卷设计，并随报告附统计结果。",
    ),
)  # fmt: skip
_DELIVERY = (
    "健全数据报送机制。建议项目单位明确各类数据的报送责任人和时限，按月核对，保障评价数据完整、可追溯。"
)
_EVIDENCE = (
    "加强佐证材料管理。建议项目单位在实施过程中同步收集、归档立项、采购、支付、验收等材料，做到一事一档。"
)
_USE = (
    "强化评价结果应用。建议主管部门将评价结果作为以后年度预算安排和改进管理的重要依据，"
    "项目单位于收到报告之日起30日内完成整改并报送整改情况。"
)


def list_problems(dossier: Dossier) -> list[str]:
    """What was not reached, with value, target and points; then what has no evidence; then missing data."""
    short = [one for one in dossier.evaluation.items if _compute_lost(one) > 0]
    told = [_describe_short(one) for one in short if not one.told.unverifiable]
    return [*told, *_describe_unverified(short), *_describe_gaps(dossier)]


def list_advice(dossier: Dossier) -> list[str]:
    """One recommendation for each kind of problem; the last is on the use of the result."""
    short = {one.item.feed.figure for one in dossier.evaluation.items if _compute_lost(one) > 0}
    ways = {one.way for task in dossier.rehearsal.tasks for one in task.remedies}
    unverified = any(one.told.unverifiable for one in dossier.evaluation.items)
    found = [text for keys, text in _ADVICE if short & set(keys)]
    if dossier.gaps or RemedyKind.DELIVER in ways:
        found.append(_DELIVERY)
    if unverified or RemedyKind.ATTEST in ways:
        found.append(_EVIDENCE)
    return [*found, _USE]


def _compute_lost(score: ItemScore) -> Fraction:
    return score.item.weight - score.final.points


def _describe_short(score: ItemScore) -> str:
    item, lost = score.item, show_points(_compute_lost(score))
    if isinstance(score.told.actual, Amount) and item.target is not None:
        achieved = wording.format_achieved(score)
        return f"{item.title}未达目标。实际完成值{achieved}，目标值{item.target}，扣{lost}分。"
    return f"{item.title}有待改进。{score.final.reason.rstrip('。').replace('*', '')}，扣{lost}分。"


def _describe_unverified(short: Sequence[ItemScore]) -> Iterator[str]:
    """One sentence for all that nobody can verify."""
    found = [one for one in short if one.told.unverifiable]
    if found:
        named = "".join(f"“{one.item.title}”" for one in found[:_NAMED])
        more = f"等{len(found)}项指标" if len(found) > _NAMED else ""
        lost = show_points(sum((_compute_lost(one) for one in found), Fraction(0)))
        yield f"佐证材料不完整。{named}{more}未提供佐证材料，无法核实，共扣{lost}分。"


def _describe_gaps(dossier: Dossier) -> Iterator[str]:
    """One sentence for all data that is missing."""
    found = [
        f"{one.source.title}{one.named}（应报{one.expected:,}{one.source.unit}，"
        f"已报{one.backed:,}{one.source.unit}）"
        for one in dossier.gaps
    ]
    if found:
        yield f"业务数据报送不完整。{'；'.join(found)}，影响有关指标核实。"
