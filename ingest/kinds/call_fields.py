"""The columns of 话单: their titles, the words in them, and what stands for a column that is not there."""

from ingest.cells import (
    Vocabulary,
    as_written,
    make_moment_reader,
    match_usual_ids,
    match_usual_phones,
    memoize,
    read_duration_ms,
    read_id,
    read_moments,
    read_phone,
    text,
)
from ingest.kinds.call_times import WITH_AGENT
from ingest.kinds.kind import AmbiguousTitles, Offer
from ingest.recognition.fields import Field, add_titles
from tracker.events.calls import CallEnded

DIRECTIONS = {
    "inbound": "呼入 来电 进线 入呼 呼入电话 来话 in incoming callin",
    "outbound": "呼出 外呼 去电 出呼 呼出电话 去话 out outgoing callout",
    "internal": "内部 内线 内呼 内部通话",
}  # fmt: skip

OUTCOME_WORDS = {
    "answered": "人工接听 坐席接听 座席接听 人工应答",
    "connected": "已接听 接听 已接通 接通 已应答 应答 正常接听 成功接听 接听成功 呼叫成功 answer answered",
    "ivr_abandoned": "IVR放弃 导航放弃 语音导航放弃 IVR挂断 IVR内挂断 IVR挂机 自助放弃 自助挂机"
    " 未进入队列 ivrabandon",
    "queue_abandoned": "队列放弃 排队放弃 排队挂断 排队挂机 队列挂断 排队中放弃 队列中放弃 abandon"
    " abandoned",
    "ring_no_answer": "振铃未接 振铃放弃 坐席未接 座席未接 坐席未接听 座席未接听 坐席未应答 座席未应答"
    " 坐席振铃未接 座席振铃未接 振铃超时 坐席未接通 座席未接通",
    "overflow": "溢出 排队溢出 队列溢出 队列超时 排队超时 转溢出",
    "voicemail": "留言 语音留言 语音信箱 转留言",
    "callback_requested": "预约回拨 预约回呼 回拨登记 callback",
    "blocked": "拦截 黑名单 黑名单拦截 骚扰拦截 已拦截 并发限制 并发超限",
    "self_service": "机器人接听 机器人应答 智能机器人接听 智能客服 智能客服接听 智能语音 智能应答"
    " IVR IVR接听 IVR应答 自助服务 自助办结 自助应答 自动应答 语音导航应答",
    "no_reply": "无人接听 用户未接 客户未接 被叫未接 市民未接 noanswer noanswer",
    "queue_unanswered": "人工未接 排队未接 人工未接听 人工未接通 排队未接通",
    "unanswered": "未接听 未接 未接通 未应答 未接听电话 放弃 呼损 呼入未接 来电未接 未接来电"
    " 漏接 未成功 接通失败 呼叫失败 missed notanswered unanswered",
    "other": "其他 其它",
}  # fmt: skip

_PARTS = {"ivr": "导航 语音导航 自助", "queue": "队列 排队 技能队列", "agent": "坐席 座席 话务员"}
_MARKED = {
    "yes": "人工接听 坐席接听 座席接听",
    "connected": "是 已接通 接通 已接听 接听 已应答 true 1 yes",
    "no": "否 未接通 未接听 未接 未应答 false 0",
}
UNANSWERED = frozenset(OUTCOME_WORDS) - {"answered", "connected", "other"}

FIELDS = add_titles(
    (CallEnded,),
    Field(
        key="call_id", title="流水号", read=read_id, in_pieces=as_written(match_usual_ids),
        required=True,
        names="通话流水号 呼叫流水号 话单流水号 来电流水号 话务流水号 通话ID 呼叫ID 通话标识 呼叫标识"
        " 通话编号 呼叫编号 话单编号 话单号 通话唯一标识 电话唯一标识 呼叫唯一ID 通话明细ID 主callID"
        " 录音流水号 会话ID callid calluuid uniqueid callsheetid ucid",
    ),
    Field(
        key="leg", title="分段序号", read=read_id, vital=True,
        names="话段序号 通话段序号 段序号 话务段号 分段号 通话段 话段号 legid legno segment segmentno",
    ),
    Field(
        key="direction", title="呼叫类型", read=Vocabulary(DIRECTIONS), required=True,
        names="呼叫方向 通话类型 通话方向 话务类型 话务方向 呼入呼出 呼入/呼出 方向 来去电 calltype",
    ),
    Field(
        key="entered_at", read=make_moment_reader(marked=True), in_pieces=read_moments, required=True,
        names="呼入时间 来电时间 进线时间 呼叫时间 进入时间 呼叫开始时间 来电开始时间 接入时间 拨入时间"
        " 电话进入系统时间",
    ),
    Field(
        key="queued_at", read=make_moment_reader(marked=True), in_pieces=read_moments, happened=True,
        cost="人工请求量、热线电话接通率等", told_by=("queued", "queueing_ms", "outcome", "part"),
        names="入队时间 排队开始时间 开始排队时间 进入排队时间 转人工时间 请求人工时间 queuestarttime"
        " joinqueuetime",
    ),
    Field(
        key="rang_at", read=make_moment_reader(marked=True), in_pieces=read_moments, happened=True,
        names="坐席振铃时间 振铃开始时间 开始振铃时间 ringstarttime",
    ),
    Field(
        key="answered_at", read=make_moment_reader(marked=True), in_pieces=read_moments, happened=True,
        cost="人工接听量、热线电话接通率等", 
        told_by=("part", "answered=yes", "outcome=answered", *WITH_AGENT),
        names="坐席应答时间 应答时间 接听时间 接通时间 坐席接听时间 座席接听时间 人工接听时间 摘机时间"
        " bridgetime connecttime",
    ),
    Field(
        key="ended_at", read=make_moment_reader(marked=True), in_pieces=read_moments, happened=True,
        names="挂机时间 挂断时间 通话结束时间 呼叫结束时间 释放时间 endtime hanguptime releasetime",
    ),
    Field(
        key="talk_ms", read=read_duration_ms, additive=True,
        names="通话时长秒 通话秒数 人工通话时长 坐席通话时长 座席通话时长 talktime talkduration",
        cost="平均通话时长",
    ),
    Field(
        key="outcome", read=Vocabulary(OUTCOME_WORDS),
        names="通话结果 呼叫状态 通话状态 接听状态 接听结果 话务结果 result disposition"
        " callstatus",
        cost="放弃率",
    ),
    Field(
        key="agent", title="座席工号", read=memoize(read_id),
        names="坐席工号 话务员工号 接线员工号 坐席 座席 坐席编号 座席编号 受理工号 agentid agentno",
    ),
    Field(
        key="skill_group", read=memoize(text),
        names="技能组名称 队列 队列名称 业务组 排队技能组 skill queue queuename skillname",
    ),
    Field(
        key="caller", read=read_phone,
        in_pieces=as_written(match_usual_phones, personal=True),
        names="来电号码 主叫 客户号码 市民号码 呼入号码 用户号码 callernumber callerid ani calling",
        cost="漏接回拨率、漏接回拨平均用时",
    ),
    Field(
        key="callee", read=read_phone,
        in_pieces=as_written(match_usual_phones, personal=True),
        names="被叫 外呼号码 拨出号码 呼出号码 callednumber calleenumber callee dnis called",
    ),
    Field(
        key="rating", read=memoize(text),
        names="满意度评价 按键评价 评价按键 评价结果 满意度 话后评价 satisfaction evaluate score",
        cost="话后参评率、话后满意率",
    ),
    Field(
        key="answered", read=Vocabulary(_MARKED),
        names="是否接通 是否接听 是否应答 接通标志 接听标志 connect isanswered",
    ),
    Field(
        key="wait_ms", title="人工等待时长", read=read_duration_ms, additive=True,
        cost="15秒接通率（占进入队列）、平均等待时长",
        names="应答等待时长 接听等待时长 人工等待时长 answerwaittime", told_by=("queued_at answered_at",),
    ),
    Field(
        key="queueing_ms", title="排队时长", read=read_duration_ms, additive=True,
        names="排队等待时长 队列等待时长 排队时间 queueduration queuewaittime",
    ),
    Field(
        key="ring_ms", title="座席振铃时长", read=read_duration_ms, additive=True,
        names="振铃时长 响铃时长 坐席振铃时长 座席响铃时长 ringduration",
    ),
    Field(
        key="ivr_ms", title="导航时长", read=read_duration_ms, additive=True,
        names="IVR时长 ivr时长 语音导航时长 ivrduration ivrtime",
    ),
    Field(
        key="total_ms", title="总时长", read=read_duration_ms, additive=True,
        names="呼叫总时长 来电总时长 通话总时长 totalduration totaltime",
    ),
    Field(
        key="part", read=Vocabulary(_PARTS), vital=True, names="设备类型 devicetype",
    ),
    Field(
        key="machine", title="接起的机器人", read=memoize(text), names="智能体ID 机器人ID aiagentid",
    ),
)  # fmt: skip


_BEGINNING = "通话开始时间 开始时间 起始时间 starttime begintime"
AMBIGUOUS = (
    AmbiguousTitles(titles=_BEGINNING, fields=("entered_at", "answered_at")),
    AmbiguousTitles(titles="calltime", fields=("entered_at",), or_else="通话时长"),
    AmbiguousTitles(titles="answertime", fields=("answered_at",), or_else="系统（语音导航）接起的时间"),
    AmbiguousTitles(titles="queuetime", fields=("queued_at", "queueing_ms")),
    AmbiguousTitles(titles="ringtime", fields=("rang_at", "ring_ms")),
    AmbiguousTitles(
        titles="等待时长 等待时间 等待秒数 waittime waitduration",
        fields=("wait_ms",),
        or_else="含语音导航，或不含振铃的等待",
    ),
    AmbiguousTitles(titles="billsec", fields=("talk_ms",), or_else="从系统接起算的计费时长（含导航和排队）"),
)


OFFERS = (
    Offer("wait_ms", "queueing_ms + ring_ms", "排队时长＋座席振铃时长（排队时长不含振铃）"),
    Offer("wait_ms", "queueing_ms", "排队时长（已含振铃）"),
    Offer("queued_at", "entered_at + ivr_ms", "进入系统时间＋导航时长"),
    Offer("answered_at", "entered_at + ivr_ms + queueing_ms + ring_ms", "进入系统时间＋导航＋排队＋振铃时长"),
    Offer("answered_at", "ended_at - talk_ms", "结束时间－通话时长"),
    Offer("answered", "talk_ms > 0", "通话时长大于 0 即为座席接听"),
    Offer("ended_at", "entered_at + total_ms", "进入系统时间＋总时长"),
)
