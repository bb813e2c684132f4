"""What can be made to be downloaded; `KINDS` is the registry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from web.access.rights import Right
from web.exports import documents, evaluation, review
from web.exports.making import ExportContext


@dataclass(frozen=True)
class ExportKind:
    """One sort of file."""

    key: str
    title: str
    about: str
    suffix: str
    make: Callable[[ExportContext], dict[str, Any]]  # writes `Making.path`; gives what there is to say of it
    asks: str = ""  # month | scheme | sample: what the person has to choose
    right: Right = Right.EXPORT  # to make it, and to take it out
    whole_log: bool = False  # holds events of every year, or rows drawn from them


KINDS = {
    kind.key: kind
    for kind in (
        ExportKind(
            "workbook", "指标工作簿", "全年各指标的数值、分子、分母、数据完整率、数据缺失和口径，"
            "一个 Excel 文件。",
            ".xlsx", documents.make_workbook,
        ),
        ExportKind(
            "monthly", "月报", "一个月的指标、更正和数据校验信息，Word 文件，供签字盖章。", ".docx",
            documents.make_monthly, asks="month",
        ),
        ExportKind(
            "package", "证据包",
            "全部日志记录、口径、数字和佐证材料，附签名；评价机构不依赖本系统就能核验和重算。不含姓名和号码。",
            ".zip", documents.make_package, whole_log=True,
        ),
        ExportKind(
            "evaluation-workbook", "评价工作簿", "按评价方案打分的评分表、基础表和各行明细，公式可以重算。",
            ".xlsx", evaluation.make_workbook, asks="scheme",
        ),
        ExportKind(
            "evaluation-report", "评价报告", "绩效评价报告底稿，Word 文件，须人工填写处已标黄。", ".docx",
            evaluation.make_report, asks="scheme",
        ),
        ExportKind(
            "self-evaluation", "自评表", "项目支出绩效自评表，Word 文件。", ".docx",
            evaluation.make_self_evaluation, asks="scheme",
        ),
        ExportKind(
            "department", "部门评价表", "资金、权重和三级指标得分，Word 文件。", ".docx",
            evaluation.make_department, asks="scheme",
        ),
        ExportKind(
            "recomputation", "逐项重算结果",
            "由数据日志独立重算本年各期指标，与显示的数字逐位比对。", ".csv",
            review.make_recomputation, right=Right.SEE_REVIEW,
        ),
        ExportKind(
            "sample", "抽样核对表", "由评价人员的种子从证据包里抽取数据行，附证明和供打印的核对表。", ".zip",
            review.make_sample, asks="sample", right=Right.SEE_REVIEW, whole_log=True,
        ),
        ExportKind(
            "verdicts", "核验结论文件", "您对各项数字的结论和意见、对抽样各行的核对，用中心的密钥签名。",
            ".json", review.make_verdicts, right=Right.EVALUATE,
        ),
    )
}  # fmt: skip
