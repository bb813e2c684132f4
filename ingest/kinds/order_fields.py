"""The columns of a work-order export, and the words of a follow-up call."""

import re
from dataclasses import dataclass
from datetime import datetime

from ingest.cells import (
    CellParser,
    CellProblem,
    Column,
    Vocabulary,
    make_moment_reader,
    memoize,
    read_brief,
    read_count,
    read_id,
    text,
    to_halfwidth,
    to_plain,
)
from ingest.cells.words import to_comparable
from ingest.kinds.glance import Glance, count_if, omit_if_none, omit_if_unknown
from ingest.profiles.deadlines import Limit, limit_of
from ingest.recognition.fields import Field, add_titles
from tracker.events.work_orders import WorkOrderAccepted, WorkOrderAssessed, WorkOrderFollowedUp
from tracker.tabular import Cell

SATISFACTION_WORDS = {
    "very_satisfied": "非常满意 很满意 十分满意",
    "satisfied": "满意 比较满意 较满意",
    "fairly_satisfied": "基本满意",
    "neutral": "一般",
    "dissatisfied": "不满意 不太满意 较不满意",
    "very_dissatisfied": "非常不满意 很不满意 十分不满意",
    "": "未评价 不评价 不予评价 未表态 拒绝评价 弃权 未接通 未回访",
}  # fmt: skip

SOLVED_WORDS = {
    "solved": "已解决 解决 是 已办理解决 实际解决",
    "unsolved": "未解决 否 没有解决 未实际解决",
    "part": "部分解决 已部分解决",
    "unreached": "未接通 无法接通 未联系上 联系不上 无人接听 停机 空号 拒接 关机",
    "": "未回访 未评价 不清楚 未表态",
}  # fmt: skip

CONTACTED_WORDS = {
    "yes": "是 已联系 有联系 联系过 已响应",
    "no": "否 未联系 没有联系 没联系 未响应",
    "": "未表态 不清楚 未回访 未接通",
}  # fmt: skip

ROLE_WORDS = {
    "主办": "主办 主责 牵头 牵头办理 主办单位 独办 单办",
    "协办": "协办 会办 配合 协办单位 会办单位",
    "转办": "转办 直派 直办 交办 转办单位",
}

YES_NO = {"yes": "是 重复 有", "no": "否 不重复 无 非重复"}

REACHED_WORDS = {
    "reached": "已接通 接通 是 成功 回访成功 已联系",
    "unreached": "未接通 无法接通 否 失败 回访失败 未联系上 无人接听 停机 空号 拒接 关机",
    "": "未回访",
}  # fmt: skip

_CANCELLED = "作废 撤销 撤单 取消 注销 废弃 废单 删除 无效 销单"
_ENDING = re.compile(f"{_CANCELLED.replace(' ', '|')}|撤|废|终止|中止|误|测试|重复|合并|并单")
_STEP = (
    "受理|登记|建单|派单|派遣|派发|分派|下派|转派|转办|交办|签收|接单|接收|办理|处理|处置|协办|会办|核实"
    "|退单|退回|退件|改派|延期|督办|催办|上报|转交|提交|反馈|审核|审批"
)
_DONE = "办结|结案|完结|办毕|完成|答复|回复"
_AFTER = "回访|评价|归档"
STATES = {
    "redone": re.compile(r"(?:退回|发回|待|正在)?(?:重办|返工|重新办理)中?"),
    "open": re.compile(
        rf"(?:逾期|超期|超时)?(?:待|未|尚未|等待|正在)(?:{_STEP}|{_DONE}|办)(?<!审核)(?<!审批)"
        r"|.*(?<!回访)(?<!评价)(?<!归档)(?<!审核)(?<!审批)中|在办|挂起"
    ),
    "closed": re.compile(
        rf"(?:工单)?已?(?:按时|按期|逾期|超期|超时|直接|办理|处理|单位|部门)?(?:{_DONE}|关闭)(?:归档)?"
        rf"|已?(?:{_AFTER})(?:完成|成功)?|待(?:{_AFTER})|(?:{_AFTER})中"
    ),
    "standing": re.compile(
        rf"(?:工单|部门|单位)?(?:已|被)*(?:{_STEP})(?:成功|通过)?|未(?:{_AFTER})|[待未]?审[核批]中?|新建|正常|有效"
    ),
}
STATE_WORDS = {
    "cancelled": " ".join(
        f"{before}{word}{after}"
        for word in _CANCELLED.split()
        for before in ("已", "", "工单", "工单已", "已被")
        for after in ("", "工单")
    ),
    "standing": "已受理 未作废 未撤销 未取消",
    "open": "办理中",
    "redone": "重办中",
    "closed": "已办结",
}


@dataclass(frozen=True)
class OrderStates(Vocabulary):
    """Reads a column of states: whether an order was cancelled, is still open, was sent back, or is closed.

    Vendors have any number of states; one that is made of none of the usual words is asked about."""

    def __call__(self, column: Column) -> CellParser:
        read = super().__call__(column)

        def parse(cell: Cell) -> str | None:
            try:
                meaning: str | None = read(cell)
            except CellProblem:
                word = to_comparable(to_plain(cell))
                found = (one for one, states in STATES.items() if states.fullmatch(word))
                meaning = None if _ENDING.search(word) else next(found, None)
                if meaning is None:
                    raise
            return meaning

        return memoize(lambda _: parse)(column)


_AFTER_A_KIND = ("", "类", "件", "工单", "诉求", "事项", "类件", "类工单", "类诉求", "类事项")
KIND_WORDS = {
    kind: " ".join(f"{word}{after}" for word in words.split() for after in _AFTER_A_KIND)
    for kind, words in {
        "咨询": "咨询 政策咨询 咨询查询",
        "投诉": "投诉",
        "求助": "求助 诉求求助",
        "建议": "建议 意见建议",
        "举报": "举报",
        "表扬": "表扬 感谢 表扬感谢 感谢表扬",
        "其他": "其他 其它",
    }.items()
}
"""投诉举报 is of two kinds, 求决 of a platform's own: what they are is asked."""

_time = make_moment_reader(date_only="start")
_closing = make_moment_reader(date_only="start", marked=True)
_deadline = make_moment_reader(date_only="end")


def _read_moment_or_limit(column: Column) -> CellParser:
    """A deadline, or the length of time until it: 5个工作日, 48工作时, 2小时."""
    read = _deadline(column)

    def parse(cell: Cell) -> datetime | Limit | None:
        try:
            at: datetime | None = read(cell)
        except CellProblem:
            limit = limit_of(to_halfwidth(to_plain(cell)))
            if limit is None:
                raise
            return limit
        return at

    return parse


_word = memoize(text)
BY_CITIZENS = "回访 评价 测评 群众 市民 来电人 诉求人 反映人 当事人 满意度 结果 电话 短信 热线 话务员"
"""Of whom an answer about the result is: that of the unit in charge about itself is none."""

ORDER_NAMES = (
    "工单号 工单流水号 受理单号 受理编号 诉求编号 诉求单号 事项编号 诉求件编号 案件编号 任务编号"
    " orderid orderno ticketid ticketno"
)

FIELDS = add_titles(
    (WorkOrderAccepted, WorkOrderFollowedUp, WorkOrderAssessed),
    Field(key="order_id", read=read_id, required=True, names=ORDER_NAMES),
    Field(
        key="call_id", title="来电流水号", read=read_id,
        names="通话流水号 呼叫流水号 话单流水号 话务流水号 通话ID 呼叫ID 录音流水号 callid",
    ),
    Field(
        key="accepted_at", title="受理时间", read=_time, required=True,
        names="登记时间 创建时间 诉求时间 来电时间 诉求受理时间 工单受理时间 工单创建时间 立单时间"
        " 建单时间 上报时间 受理日期 createtime accepttime",
    ),
    Field(
        key="kind", read=Vocabulary(KIND_WORDS),
        names="工单类型 事项类型 诉求性质 诉求类别 问题性质 受理类型",
        cost="投诉解决率等",
    ),
    Field(
        key="topic", read=_word,
        names="问题分类 问题类别 事项分类 内容分类 归口类型 归口分类 业务分类 热点分类 一级分类",
    ),
    Field(
        key="unit", read=_word,
        names="主办单位 办理单位 责任单位 承办部门 处置单位 处理单位 办理部门 主办部门",
    ),
    Field(
        key="channel", read=_word,
        names="诉求来源 来源渠道 工单来源 受理方式 诉求渠道 来电渠道",
    ),
    Field(
        key="dispatched_at", title="派单时间", read=_time, happened=True,
        names="派遣时间 转派时间 交办时间 转办时间 分派时间 派发时间 下派时间 dispatchtime"
        " 首次派单时间 首次转办时间 首次派遣时间 首次分派时间 首次交办时间",
        cost="按时办结率（派单）、直接办结率、平均办理时间、退单率等",
    ),
    Field(
        key="signed_at", title="签收时间", read=_time, happened=True,
        names="接单时间 接收时间 单位签收时间 部门签收时间 signtime",
        cost="按时签收率",
    ),
    Field(
        key="returned_at", title="退单时间", read=_time, happened=True, names="退回时间 退件时间",
        cost="超时退单率",
    ),
    Field(key="return_reason", title="退单原因", read=read_brief, names="退回原因 退单理由 退件原因"),
    Field(
        key="reassigned_at", title="改派时间", read=_time, happened=True,
        names="重新派单时间 转单时间 重派时间",
    ),
    Field(
        key="extended_at", title="延期时间", read=_time, happened=True,
        names="延期批准时间 延期审批时间 同意延期时间",
    ),
    Field(
        key="extended_to", title="延期后时限", read=make_moment_reader(date_only="end"),
        names="延期至 延期后办结时限 延期截止时间 延期到期时间",
    ),
    Field(key="urged_at", title="催办/督办时间", read=_time, happened=True, names="督办时间 催办时间 催单"
    "时间 督办日期"),
    Field(
        key="deadline_at", read=_read_moment_or_limit,
        names="办理时限 截止时间 要求办结时间 应办结时间 办理截止时间 到期时间 规定办结时间 限办时间"
        " 办结截止时间 要求完成时间 deadline duetime",
        cost="按时办结率（本期应办结）、按时办结率（本期受理）",
        remarks="办理 工作日 个工作日 工作时 自然日 小时 天",
    ),
    Field(
        key="closed_at", title="办结时间", read=_closing, happened=True,
        names="结案时间 实际办结时间 办理完成时间 办结日期 完成时间 答复时间 回复时间 closetime"
        " finishtime",
        cost="办结量、办结率、按时办结率（本期应办结）、回访率等",
    ),
    Field(
        key="cancelled", title="工单状态", read=OrderStates(STATE_WORDS),
        names="状态 办理状态 当前状态 工单当前状态 流程状态 处理状态 orderstatus",
    ),
    Field(
        key="cancelled_at", title="作废时间", read=_time, happened=True,
        names="撤销时间 取消时间 撤单时间 注销时间 作废日期 撤销日期 canceltime",
    ),
    Field(
        key="followed_up_at", title="回访时间", read=_time, happened=True,
        names="回访日期 回访完成时间 visittime followuptime",
        cost="回访率、有效回访率", told_by=("reached",), remarks=BY_CITIZENS,
    ),
    Field(
        key="reached", title="是否接通", read=Vocabulary(REACHED_WORDS),
        names="回访是否接通 回访接通 是否联系上 回访状态", remarks=BY_CITIZENS,
    ),
    Field(
        key="solved", read=Vocabulary(SOLVED_WORDS),
        names="解决情况 诉求是否解决 问题是否解决 回访结果 是否已解决",
        cost="解决率（全部诉求）、投诉解决率", remarks=BY_CITIZENS,
    ),
    Field(
        key="satisfaction", read=Vocabulary(SATISFACTION_WORDS),
        names="是否满意 满意情况 回访满意度 满意度评价 评价结果 办理结果满意度 群众满意度",
        cost="满意率", remarks=BY_CITIZENS,
    ),
    Field(
        key="redone_at", title="重办时间", read=_time, happened=True,
        names="重新办理时间 退回重办时间 发回重办时间",
    ),
    Field(
        key="redone_times", title="重办次数", read=read_count, additive=True,
        names="返工次数 重新办理次数 退回重办次数",
    ),
    Field(key="closings", title="办结次数", read=read_count, additive=True, names="办理次数 finishnum"),
    Field(
        key="contacted", read=Vocabulary(CONTACTED_WORDS),
        names="工作人员是否联系市民 是否联系群众 是否联系诉求人 是否响应 响应情况 是否及时联系",
        cost="响应率", remarks=BY_CITIZENS,
    ),
    Field(
        key="attitude", read=Vocabulary(SATISFACTION_WORDS), cost="服务态度满意率", remarks=BY_CITIZENS,
        names="态度满意度 承办单位满意度 对承办单位是否满意 服务态度是否满意",
    ),
    Field(
        key="process", read=Vocabulary(SATISFACTION_WORDS), cost="办理过程满意率", remarks=BY_CITIZENS,
        names="过程满意度 处理过程满意度 办理过程是否满意",
    ),
    Field(
        key="first_satisfaction", read=Vocabulary(SATISFACTION_WORDS), remarks=BY_CITIZENS,
        names="首次满意情况 首次回访满意度 首次是否满意",
    ),
    Field(key="sign_due_at", read=_deadline, names="签收时限 签收截止 签收期限"),
    Field(
        key="return_due_at", read=_deadline, cost="超时退单率",
        names="回退截止时间 退单时限 退回截止时间 回退时限",
    ),
    Field(
        key="sub_unit", read=_word,
        names="二级单位 二级办理单位 下级承办单位 街道 街乡镇 被反映街乡镇 subofficename",
    ),
    Field(
        key="sub_signed_at", read=_time, happened=True,
        names="街道签收时间 下级签收时间 二级单位签收时间",
    ),
    Field(
        key="sub_replied_at", read=_time, happened=True, cost="按时反馈率",
        names="二级回复时间 街道回复时间 下级反馈时间 反馈时间 replytime",
    ),
    Field(
        key="sub_reply_due_at", read=_deadline, cost="按时反馈率",
        names="二级截止时间 二级回复截止时间 街道回复截止 反馈截止时间 反馈时限 subdeadlinedate",
    ),
    Field(
        key="role", read=Vocabulary(ROLE_WORDS),
        names="主协办 主办协办 办理性质 承办性质",
    ),
    Field(
        key="main_order", read=read_id, cost="并单率",
        names="原工单号 旧工单号 主工单号 并单主单号 oldordernum",
    ),
    Field(key="hung_at", read=_time, happened=True, cost="挂账率", names="挂账日期 挂账认定时间"),
    Field(
        key="repeated", read=Vocabulary(YES_NO), cost="重复工单率", names="是否重复件 是否重复诉求 repeated",
    ),
    Field(key="urging_order", read=read_id, cost="催办率", names="催办工单号 催办工单编号 urgeordernum"),
)  # fmt: skip

_OPEN = "closed_at IS NULL AND NOT cancelled AND position(' closed_at ' IN unknown) = 0"
ORDERS_AT_A_GLANCE = Glance(
    table="work_orders", day="accepted_on", at="accepted_at", thing="件工单", daily=True,
    parts=(
        omit_if_unknown("closed_at", count_if("closed_at IS NOT NULL", "已办结")),
        omit_if_unknown("closed_at", count_if(_OPEN, "未办结")),
        omit_if_none(count_if("cancelled", "作废")),
        omit_if_none(count_if("kind = '投诉'", "投诉")),
        omit_if_none(count_if("kind = '咨询'", "咨询")),
    ),
)  # fmt: skip
