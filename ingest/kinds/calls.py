"""话单: one row a call, or one row a leg of a call."""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from ingest.cells import (
    TIME,
    ToTheMinute,
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
    to_unmarked,
)
from ingest.kinds.call_times import MOMENTS, WITH_AGENT, CallTimes, Row, is_told_by_moments, leave_out
from ingest.kinds.calls_in_columns import in_columns
from ingest.kinds.glance import Glance, count_if, omit_if_none, omit_if_unknown
from ingest.kinds.kind import AmbiguousTitles, Build, IdentityMarks, Offer, Reading, RowProblem, TableKind
from ingest.recognition.fields import Field, add_titles
from tracker.events.calls import BY_NO_PERSON, OF_THE_QUEUE, CallEnded
from tracker.facts.calls import BY_AN_AGENT

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
_UNANSWERED = frozenset(OUTCOME_WORDS) - {"answered", "connected", "other"}

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


def build(reading: Reading) -> Build:
    """One event a row; a row whose times contradict each other or its outcome is no call."""
    token = reading.token
    legs = reading.rules.legs
    longer = timedelta(milliseconds=_longer(reading))
    longest_wait = timedelta(milliseconds=_longer(reading, "wait_ms"))
    times = CallTimes(reading)
    names = [one.key for one in FIELDS]
    nothing: Row = dict.fromkeys(names)
    by_moments = is_told_by_moments(reading)

    def events(*values: Any) -> tuple[CallEnded]:
        row = times.complete(nothing | dict(zip(names, values, strict=False)))
        _check_result(row, times.moments, legs)
        _check_order(row, times)
        _check_answer(row, longer)
        if row["wait_ms"] is not None and not by_moments:
            _check_wait(row, times, longest_wait)
        leg = row["leg"]
        if leg is None and legs:
            leg = "/".join(filter(None, (row["entered_at"].isoformat(), row["agent"])))
        queued_at, answered_at = row["queued_at"], row["answered_at"]
        inbound = row["direction"] == "inbound"
        caller, callee = row["caller"], row["callee"]
        call = object.__new__(CallEnded)  # the __init__ of a frozen dataclass takes five times as long
        told = call.__dict__
        told.update(
            call_id=row["call_id"],
            leg=leg,
            direction=row["direction"],
            entered_at=to_unmarked(row["entered_at"]),
            queued_at=to_unmarked(queued_at),
            rang_at=to_unmarked(row["rang_at"]),
            answered_at=to_unmarked(answered_at),
            ended_at=to_unmarked(row["ended_at"]),
            talk_ms=row["talk_ms"],
            outcome=row["outcome"],
            agent=row["agent"],
            skill_group=row["skill_group"],
            caller=None if caller is None else token("phone", caller),
            callee=None if callee is None or inbound else token("phone", callee),
            rating=row["rating"],
        )
        if type(queued_at) is ToTheMinute or type(answered_at) is ToTheMinute:
            told["to_the_minute"] = True
        if not by_moments:
            told.update({key: row[key] for key in ("part", "queued", "answered", "wait_ms")})
            for key in times.leave_out(row):
                told.pop(key, None)
        return (call,)

    return events


def _check_result(row: Row, moments: Collection[str], legs: bool) -> None:
    """Raises: RowProblem where the result and the moments of a call deny each other."""
    outcome, answered_at, inbound = row["outcome"], row["answered_at"], row["direction"] == "inbound"
    if "answered_at" not in moments or row["part"] not in (None, "agent"):
        return
    if outcome == "answered":
        if answered_at is None:
            raise _contradicts("与空的应答时间矛盾", "请补上应答时间，或改正呼叫结果")
    elif answered_at is not None and outcome in BY_NO_PERSON and inbound:
        raise RowProblem(
            "answered_at",
            "与呼叫结果矛盾：结果说明不是座席接听，按呼叫结果算没有接听",
            "请核对这一列是不是系统（语音导航、机器人）接起的时间",
        )
    elif answered_at is not None and outcome in _UNANSWERED:
        raise _contradicts("与已有的应答时间矛盾", "请核对应答时间那一列是不是振铃时间")
    elif "queued_at" in moments and not row["queued"] and answered_at is None and inbound and not legs:
        _check_unqueued(outcome, row["rang_at"])


def _check_order(row: Row, times: CallTimes) -> None:
    """Raises: RowProblem where the moments of a call do not follow each other."""
    entered_at, rang_at, ended_at = row["entered_at"], row["rang_at"], row["ended_at"]
    queued_at, answered_at = row["queued_at"], row["answered_at"]
    if entered_at is None:
        raise RowProblem("entered_at", "不明：这一行没有任何时间", "请补上进入系统的时间")
    reached = entered_at if queued_at is None else queued_at
    if reached < entered_at:
        raise _disordered("queued_at", "进入系统时间", times)
    if answered_at is not None and answered_at + times.slack("answered_at") < reached:
        raise _disordered("answered_at", "进入队列时间" if queued_at else "进入系统时间", times)
    if rang_at is not None and rang_at < entered_at:
        raise _disordered("rang_at", "进入系统时间", times)
    last = "answered_at" if answered_at else "rang_at" if rang_at else "queued_at"
    if ended_at is not None and ended_at + times.slack(last) < (answered_at or rang_at or reached):
        terms = tuple(key for key in times.made_of(last) if key != last)
        raise _disordered("ended_at", "接听、振铃或排队的时间", times, also=terms)


def _check_answer(row: Row, longer: timedelta) -> None:
    """Raises: RowProblem for an answer that was no agent's, or at which nobody talked, or not that long."""
    answered_at, ended_at, talk_ms = row["answered_at"], row["ended_at"], row["talk_ms"]
    if not row["answered"]:
        return
    if row["direction"] == "inbound" and (row["machine"] or is_no_person(row["agent"])):
        raise _no_person(row["told_by"])
    if row["outcome"] != "answered" and row["told_by"] == "answered_at":
        if talk_ms == 0 or ended_at == answered_at:
            _check_talked(talk_ms, answered_at, ended_at, longer)
    elif row["told_by"] == "answered" and talk_ms == 0 and longer <= timedelta(seconds=1):
        raise RowProblem(
            "answered",
            "与通话时长矛盾：没有通话",
            "请核对这一列是否为座席接听的标志",
            doubtful=("answered", "talk_ms"),
        )
    if talk_ms and answered_at is not None and ended_at is not None:
        _check_talk(talk_ms, answered_at, ended_at, longer)
    elif talk_ms and ended_at is not None:
        _check_talk(talk_ms, row["queued_at"] or row["entered_at"], ended_at, longer, "来电")


def _longer(reading: Reading, key: str = "talk_ms") -> int:
    """By how many ms a length of time may exceed its call: what rounding to the unit of its column makes of
    it."""
    unit = reading.units.get(key)
    return 60_000 if unit == "时:分" else max(1000, TIME.units.get(unit or TIME.usual, 1000))


def _check_talk(
    talk_ms: int, answered_at: datetime, ended_at: datetime, longer: timedelta, since: str = "应答"
) -> None:
    """Raises: RowProblem when more was talked than there was time for."""
    frame = ended_at - answered_at + longer
    if ToTheMinute in (type(answered_at), type(ended_at)):
        frame += timedelta(minutes=1)
    if timedelta(milliseconds=talk_ms) > frame:
        between = (ended_at - answered_at) // timedelta(seconds=1)
        raise RowProblem(
            "talk_ms",
            f"比从{since}到结束的 {between} 秒还长",
            f"请核对通话时长的单位（秒、分钟还是毫秒）以及{since}、结束的时间",
        )


def _check_wait(row: Row, times: CallTimes, longer: timedelta) -> None:
    """Raises: RowProblem when a wait is longer than there was time for, or not as long as from the queue to
    the answer."""
    queued_at, answered_at, ended_at = row["queued_at"], row["answered_at"], row["ended_at"]
    since, until = queued_at or row["entered_at"], answered_at or ended_at
    if until is None:
        return
    inexact = sum(type(at) is ToTheMinute for at in (since, until)) * timedelta(minutes=1)
    slack = longer + inexact + times.slack("queued_at") + times.slack("answered_at") + times.slack("wait_ms")
    waited, between = timedelta(milliseconds=row["wait_ms"]), until - since
    whole = queued_at is not None and answered_at is not None
    if waited > between + slack or (whole and waited < between - slack):
        what = f"从{'进入队列' if queued_at else '进入系统'}到{'应答' if answered_at else '结束'}的"
        seconds = between // timedelta(seconds=1)
        raise RowProblem(
            "wait_ms",
            f"与{what} {seconds} 秒不符" if whole else f"比{what} {seconds} 秒还长",
            "请核对等待时长的单位，以及是否从进入人工队列算到座席应答",
            doubtful=tuple(dict.fromkeys(key for one in ("wait_ms", "queued_at", "answered_at")
                                         for key in times.made_of(one) if key not in MOMENTS)),
        )  # fmt: skip


_NO_PERSON = re.compile(
    r"机器人|机器|智能|虚拟|系统|自动|语音|导航|自助|数字人|数字员工|(?<![a-z])(?:i?ivr|acd|ai|(?:chat|voice|call)?_?bot|robot|auto|"
    r"system|virtual)(?![a-z])",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_no_person(agent: str | None) -> bool:
    """Whether what answered a call is named as no agent is: 机器人01, IVR, 系统."""
    return agent is not None and _NO_PERSON.search(agent) is not None


def _no_person(told_by: str) -> RowProblem:
    return RowProblem(
        "agent",
        "不像座席：多半是机器人、语音导航或系统接起的，是不是人工接听不明",
        "请核对这一列；确为座席的，请改用座席工号",
        doubtful=("agent", told_by),
    )


def _check_talked(
    talk_ms: int | None, answered_at: datetime, ended_at: datetime | None, longer: timedelta
) -> None:
    """Raises: RowProblem for an answer at which nobody talked, where no result says that it was one.

    What was rounded to 0 minutes, or to the same minute, may have been a talk."""
    exact = ToTheMinute not in (type(answered_at), type(ended_at))
    no_time = ended_at == answered_at and exact
    rounded = talk_ms == 0 and longer > timedelta(seconds=1) and not no_time
    if (no_time and not talk_ms) or (talk_ms == 0 and not rounded):
        raise RowProblem(
            "answered_at",
            "与通话时长矛盾：没有通话，也没有呼叫结果说明接听了",
            "请核对这一列是不是接通以外的时间；确实接听了的，请导出呼叫结果",
        )


def _disordered(key: str, earlier: str, times: CallTimes, also: tuple[str, ...] = ()) -> RowProblem:
    return RowProblem(
        key, f"早于{earlier}", "请核对这一行的各个时间，修改后重新报送该行",
        doubtful=times.made_of(key) + also,
    )  # fmt: skip


def _contradicts(rule: str, remedy: str) -> RowProblem:
    """Result and answer deny each other: nobody can say whether the call was answered."""
    return RowProblem("outcome", rule, remedy, doubtful=("outcome", "answered_at"))


def _check_unqueued(outcome: str | None, rang_at: datetime | None) -> None:
    """Raises: RowProblem when a call that was never in the queue rang at an agent, or ended as only one in
    the queue can: nobody can say then whether it was there."""
    told_by = "outcome" if outcome in OF_THE_QUEUE else "rang_at" if rang_at is not None else None
    if told_by:
        raise RowProblem(
            "queued_at",
            f"是空的，而{'呼叫结果' if told_by == 'outcome' else '座席振铃时间'}说明来电到过人工队列",
            "请补上进入队列时间；没有进过人工队列的，请改正呼叫结果或振铃时间",
            doubtful=("queued_at", told_by),
        )


def _day(event: CallEnded) -> date:
    return event.entered_at.date()  # parsed cells carry Beijing time


_SURE = f"(position(' {BY_AN_AGENT} ' IN unknown) = 0)"  # that an agent answered, if anybody did
CALLS = TableKind(
    name="calls",
    called="话单 话务 通话 来电 呼叫 接听 主叫 振铃 排队 CDR",
    thing="call",
    entire=True,
    source="calls",
    fields=FIELDS,
    build=build,
    in_columns=lambda reading: in_columns(reading, _UNANSWERED, _longer(reading), is_no_person),
    leave_out=leave_out,
    has_state=True,
    mark="queued_at queueing_ms skill_group agent outcome answered 坐席 座席 人工",
    one_of=("answered_at", "outcome", "answered", "part"),
    offers=OFFERS,
    derives=(
        "entered_at",
        "queued",
        "queued_at",
        "rang_at",
        "answered",
        "answered_at",
        "ended_at",
        "wait_ms",
        "talk_ms",
    ),
    ambiguous=AMBIGUOUS,
    remarks="通话 呼叫 来电 话务 话单",
    dated_by="entered_at",
    day=_day,
    marks=IdentityMarks(type=CallEnded.type, day="entered_at", who=("entered_at", "direction", "caller")),
    when_repeated='若平台按通话段导出，请在导入方案的 [rows] 下写 each = "leg"；否则请删去不对的一行',
    glance=Glance(
        table="calls",
        day="entered_on",
        at="entered_at",
        where="direction = 'inbound'",
        thing="个来电",
        daily=True,
        parts=(
            omit_if_unknown("answered", count_if(f"answered AND {_SURE}", "接通")),
            omit_if_none(count_if(f"NOT {_SURE}", "是否座席接听不明")),
            (
                f"round(avg(talk_ms) FILTER (WHERE answered AND {_SURE}) / 1000)",
                "平均通话 {:,} 秒",
            ),
        ),
    ),
)

KINDS = (CALLS,)
