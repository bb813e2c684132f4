"""The terms of the pages in plain words: one source for the help page and for what stands beside a term."""

from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from kpi.figures.figure import Status


@dataclass(frozen=True)
class Term:
    """A term: what it is, in one sentence, and what follows from it, in another."""

    anchor: str  # of its place on the help page
    title: str
    meaning: str
    consequence: str


_FIGURES = (
    Term(
        "parts",
        "分子、分母",
        "多数指标等于分子除以分母，分子、分母都由逐条明细数出。",
        "点击数字可查看明细，再点击明细可查到来源文件的那一行。",
    ),
    Term(
        "definition",
        "口径",
        "口径写明一项指标数什么、除以什么、包括和不包括什么、归入哪个月。",
        "变更口径须一人申请、另一人批准，自启用月份起执行，此前的数字不变。",
    ),
    Term(
        "coverage",
        "数据完整率",
        "数据完整率是数据齐全的天数（或小时、月）占应有的比例，所需来源都有数据才算齐全。",
        "缺的日子不当作0，逐一列在“数据来源及缺失”中，补报后自动重算。",
    ),
    Term(
        "status",
        "数据状态",
        "数据状态说明一个数字能不能查到每一条来源，分可核实、部分可核实、无法核实、不适用四种。",
        "它与是否达标无关：未达标的数字也可以是可核实的。",
    ),
    *(Term(f"status-{one.name.lower()}", one.value, one.meaning, "") for one in Status),
    Term(
        "bounds",
        "最差～最好",
        "有缺失的指标按缺失部分最不利和最有利两种情形各算一次，得出上下限。",
        "上下限在目标两侧的，是否达标为未定；整天缺数据的只是估计，不据此判断。",
    ),
    Term(
        "code",
        "溯源码",
        "溯源码是每个数字旁的8位编码，可查询该数字的明细、口径及锁定、更正记录。",
        "数字有任何变化，溯源码随之改变，所以凭纸面上的溯源码总能查到当时的数字。",
    ),
)
_DATA = (
    Term(
        "zero",
        "零报告",
        "零报告是有人确认某天确无此类业务，确认人和时间留痕。",
        "没有零报告又没有数据的日子按缺数据处理，不当作0。",
    ),
    Term(
        "owed",
        "待报、缺",
        "月份未结束时尚未报送的日子为“待报”，月份结束后仍未报送的为“缺”。",
        "报送日历按天列示，点击即可填报或导入。",
    ),
    Term(
        "problems",
        "问题数据",
        "问题数据是导入时读不懂或不合规则的行，原样留存，未计入指标。",
        "按页面提示改正后重新导入，即自动计入。",
    ),
    Term(
        "trial",
        "试导入",
        "试导入把文件核对一遍并列出指标会怎样变化，不写入任何数据。",
        "确认无误后再正式导入；导错的，可以作废本次导入，恢复原来的数据。",
    ),
    Term(
        "masked",
        "脱敏",
        "姓名和号码加密存放，页面上只显示一部分。",
        "查看完整内容须有权限并写明理由，每次查看都记入审计日志。",
    ),
)
_CLOSING = (
    Term(
        "complete",
        "报齐",
        "报齐是录入员确认某个来源当月的数据已全部报送。",
        "各来源报齐以后由业务主管提交，再由另一人审批。",
    ),
    Term(
        "provisional",
        "未锁定",
        "月份锁定以前，数字会随新报数据变动，标为“未锁定”。",
        "对外报送请用已锁定的数字。",
    ),
    Term(
        "locked",
        "已锁定",
        "各来源全部审批通过后，一人申请、另一人批准，当月数字即锁定，不再变动。",
        "锁定后补报的数据照常入库，计入“锁定后变动”，不影响已锁定的数字。",
    ),
    Term(
        "corrected",
        "更正、数据版本",
        "更正已锁定的数字须先办理限期解锁，经另一人批准后成为新的一版。",
        "原来的版本保留，凭溯源码可以查到。",
    ),
)
_EVALUATION = (
    Term(
        "rehearsal",
        "模拟评分",
        "模拟评分按选定的评价方案和现有数据，算出今天评价能得多少分。",
        "其中已落实的数据完整且已锁定，或已附佐证材料；待落实的尚可争取；已失分的无法挽回。",
    ),
    Term(
        "evidence",
        "佐证材料",
        "佐证材料是证明一条记录的文件，如合同、发票、签到表、毕业证书。",
        "应归档而未上传的列在“缺失材料”中。",
    ),
    Term(
        "controls",
        "外部数据核对、数据勾稽",
        "外部数据核对是与运营商账单、上级平台月报等外部数比对，数据勾稽是系统内各来源互相比对。",
        "对不上的逐条列出，是评价时最先被问到的地方。",
    ),
    Term(
        "verdict",
        "评价核验",
        "评价核验把每个数字的显示值与从原始记录重算的值并列，由评价人员逐项填写结论。",
        "结论可以导出为签名文件，在别的电脑上也能验证。",
    ),
)

GROUPS = (("指标", _FIGURES), ("数据", _DATA), ("月度审核", _CLOSING), ("评价", _EVALUATION))
"""The terms under the titles of the menu's groups."""
TERMS = {term.title: term for _, terms in GROUPS for term in terms}


def explain(title: str) -> str:
    """What a term is, in one sentence."""
    return TERMS[title].meaning


def link_term(title: str) -> Markup:
    """The term as a link to its place on the help page, with its sentence where the pointer is."""
    term = TERMS[title]
    where = url_for("help.page", _anchor=term.anchor)
    return Markup('<a class="term" href="{}" title="{}">{}</a>').format(where, term.meaning, term.title)
