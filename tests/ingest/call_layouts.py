"""One list of calls as they happened, and the tables in which vendors write them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tracker.events.times import BEIJING


@dataclass(frozen=True, kw_only=True)
class Call:
    """How a call went, in seconds; None: it did not come so far."""

    name: str
    state: str  # its outcome, of a call out with "out_" before it
    day: int = 9
    ivr: int = 0
    queue: int | None = None
    ring: int | None = None
    talk: int | None = None
    transferred: int | None = None  # talk with a second agent, in a leg of its own

    @property
    def outbound(self) -> bool:
        return self.state.startswith("out_")

    @property
    def outcome(self) -> str:
        return self.state.removeprefix("out_")

    @property
    def number(self) -> str:
        return str(100 + int(self.name))

    @property
    def entered(self) -> datetime:
        return datetime(2023, 5, self.day, 9, int(self.name), 5, tzinfo=BEIJING)

    @property
    def queued(self) -> datetime | None:
        return None if self.queue is None else self.entered + timedelta(seconds=self.ivr)

    @property
    def rang(self) -> datetime | None:
        if self.ring is None:
            return None
        return (self.queued or self.entered) + timedelta(seconds=self.queue or 0)

    @property
    def answered(self) -> datetime | None:
        if self.talk is None or self.rang is None:
            return None
        return self.rang + timedelta(seconds=self.ring or 0)

    @property
    def left(self) -> datetime:
        """When the first agent was done, or the caller gave up."""
        spans = (self.ivr, self.queue, self.ring, self.talk)
        return self.entered + timedelta(seconds=sum(one or 0 for one in spans))

    @property
    def ended(self) -> datetime:
        return self.left + timedelta(seconds=self.transferred or 0)

    @property
    def agent(self) -> str:
        return "8001" if self.ring is not None else ""

    @property
    def truth(self) -> dict[str, object]:
        """What is to be known of it; of a call out nobody asks for a queue."""
        known: dict[str, object] = {
            "direction": "outbound" if self.outbound else "inbound",
            "answered": self.talk is not None,
            "outcome": self.outcome,
        }
        if self.talk is not None:
            known["talk_ms"] = 1000 * (self.talk + (self.transferred or 0))
        if not self.outbound:
            known["queued"] = self.queue is not None
            waited = self.talk is not None
            known["wait_ms"] = 1000 * ((self.queue or 0) + (self.ring or 0)) if waited else None
        return known


CALLS = (
    Call(name="1", state="answered", ivr=5, queue=7, ring=3, talk=60),
    Call(name="2", state="answered", ivr=4, queue=0, ring=2, talk=30),
    Call(name="3", state="queue_abandoned", ivr=6, queue=25),
    Call(name="4", state="ring_no_answer", ivr=3, queue=10, ring=20),
    Call(name="5", state="ivr_abandoned", ivr=8),
    Call(name="6", state="blocked"),
    Call(name="7", state="overflow", ivr=5, queue=60),
    Call(name="8", state="out_answered", ring=8, talk=40),
    Call(name="9", state="out_no_reply", ring=25),
    Call(name="10", state="answered", day=10, ivr=12, queue=40, ring=6, talk=200),
    Call(name="11", state="queue_abandoned", day=10, ivr=9, queue=3),
    Call(name="12", state="answered", day=11, ivr=2, queue=9, ring=5, talk=15),
    Call(name="13", state="ivr_abandoned", day=11, ivr=30),
    Call(name="14", state="out_answered", day=11, ring=4, talk=90),
    Call(name="15", state="voicemail", day=12, ivr=5, queue=30),
    Call(name="16", state="answered", day=12, ivr=5, queue=20, ring=1, talk=70, transferred=50),
)

Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a vendor writes calls."""

    profile: str
    words: Mapping[str, str]  # state → the vendor's word; calls of other states are not in its table
    columns: Mapping[str, Callable[[Call], object]] = field(default_factory=dict)
    rows: Callable[[Call, str], Sequence[Row]] | None = None  # where a call has several; takes its word, too
    result: str = ""  # title of the column of words
    unknown: Mapping[str, str] = field(default_factory=dict)  # state → what the layout cannot tell of it
    coarse: Mapping[str, str] = field(default_factory=dict)  # state → the outcome that its word means
    answers: Mapping[str, str] = field(
        default_factory=dict
    )  # table of the profile → lines that were asked for
    without: str = ""  # name of a call of which it cannot tell what it tells of others in its state

    @property
    def calls(self) -> list[Call]:
        legs = self.rows is not None
        return [
            call
            for call in CALLS
            if call.state in self.words and call.name != self.without and (legs or call.transferred is None)
        ]

    def write(self) -> list[Row]:
        written: list[Row] = []
        for call in self.calls:
            word = self.words[call.state]
            if self.rows is not None:
                written += self.rows(call, word)
            else:
                row = {title: write(call) for title, write in self.columns.items()}
                written.append(row | ({self.result: word} if self.result else {}))
        return written

    def expected(self, call: Call) -> dict[str, object]:
        untold = f"{self.unknown.get('all', '')} {self.unknown.get(call.state, '')}".split()
        known = call.truth | {"outcome": self.coarse.get(call.state, call.outcome)}
        return {key: "?" if key in untold else value for key, value in known.items()}


def text(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"


def zoned(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} +0800"


def seconds(at: datetime | None) -> int:
    return 0 if at is None else int(at.timestamp())


def milliseconds(at: datetime | None) -> str:
    return "" if at is None else str(1000 * int(at.timestamp()))


def caller(call: Call) -> str:
    return "8001" if call.outbound else f"138000000{call.name:0>2}"


def callee(call: Call) -> str:
    return f"138000000{call.name:0>2}" if call.outbound else "12345"


def _aliyun_ccc() -> Layout:
    return Layout(
        profile="aliyun_ccc",
        result="ContactDisposition",
        words={
            "answered": "Success", "queue_abandoned": "AbandonedInQueue", "ring_no_answer": "AbandonedInRing",
            "ivr_abandoned": "AbandonedInIVR", "overflow": "QueuingTimeout", "voicemail": "Voicemail",
            "out_answered": "Success", "out_no_reply": "NoAnswer",
        },
        columns={
            "ContactId": lambda call: f"job-{call.number}",
            "ContactType": lambda call: "Outbound" if call.outbound else "Inbound",
            "MediaType": lambda call: "AUDIO",
            "CallingNumber": caller,
            "CalledNumber": callee,
            "StartTime": lambda call: milliseconds(call.entered),
            "EstablishedTime": lambda call: milliseconds(call.entered),  # the IVR answers at once
            "ReleaseTime": lambda call: milliseconds(call.ended),
            "IvrTime": lambda call: call.ivr,
            "QueueTime": lambda call: call.queue or 0,
            "RingTime": lambda call: call.ring or 0,
            "WaitTime": lambda call: (call.queue or 0) + (call.ring or 0) if call.talk is not None else 0,
            "TalkTime": lambda call: call.talk or 0,
            "AgentIds": lambda call: f"{call.agent},8009" if call.agent else "",
            "SkillGroupNames": lambda call: "综合组,投诉组" if call.queue is not None else "",
        },
    )  # fmt: skip


def _aliyun_aiccs() -> Layout:
    return Layout(
        profile="aliyun_aiccs",
        result="CallResult",
        words={
            "answered": "normal", "queue_abandoned": "touchInQueue", "ring_no_answer": "TouchRingCallLoss",
            "ivr_abandoned": "userHangup", "out_answered": "normal", "out_no_reply": "dailing",
        },
        coarse={"ring_no_answer": "queue_unanswered"},
        unknown={
            "answered": "outcome", "ivr_abandoned": "outcome", "ring_no_answer": "outcome",
            "out_answered": "outcome", "out_no_reply": "outcome",
        },
        columns={
            "Acid": lambda call: call.number,
            "CallType": lambda call: 1 if call.outbound else 2,
            "CallingNumber": caller,
            "CalledNumber": callee,
            "CreateTime": lambda call: text(call.entered),
            "InQueueTime": lambda call: text(call.queued),
            "RingStartTime": lambda call: "" if call.outbound else text(call.rang),
            "PickUpTime": lambda call: text(call.answered),
            "HangUpTime": lambda call: text(call.ended),
            "CallContinueTime": lambda call: "" if call.talk is None else call.talk,
            "QueueUpContinueTime": lambda call: call.queue or 0,
            "RingContinueTime": lambda call: call.ring or 0,
            "ServicerId": lambda call: call.agent,
            "GroupName": lambda call: "综合组" if call.queue is not None else "",
        },
    )  # fmt: skip


def _huawei_device(
    kind: int, number: str, start: datetime, end: datetime, spoke: datetime | None = None
) -> dict[str, object]:
    """One device that a call passed, from `start` to `end`; an agent's answer is `spoke`."""
    rang = start if kind == 2 else None
    return {
        "device_type": kind,
        "device_no": number,
        "agent_id": number if kind == 2 else "",
        "wait_begin": text(start) if kind == 1 else "",
        "ack_begin": text(rang),
        "ack_end": text(spoke),
        "call_begin": text(spoke if kind == 2 else start),
        "call_end": text(end),
    }


def _list_devices(call: Call) -> list[dict[str, object]]:
    found = []
    if not call.outbound:
        found.append(_huawei_device(3, "IVR1", call.entered, call.queued or call.ended))
    if call.queued is not None:
        found.append(_huawei_device(1, "11", call.queued, call.rang or call.ended))
    if call.rang is not None:
        found.append(_huawei_device(2, "8001", call.rang, call.left, call.answered))
    if call.transferred is not None:
        found.append(_huawei_device(2, "8002", call.left, call.ended, call.left))
    for number, row in enumerate(found, 1):
        row["call_id_num"] = number if number < len(found) else -1
    return found


def _huawei_row(call: Call, word: str) -> list[Row]:
    shared: dict[str, object] = {
        "call_id": call.number,
        "call_type": 7 if call.outbound else 0,
        "caller_no": caller(call),
        "callee_no": callee(call),
        "release_cause": word,
    }
    return [shared | row for row in _list_devices(call)]


_TRACE = {
    "device_type": "deviceType", "device_no": "deviceNo", "call_id_num": "callIdNum",
    "wait_begin": "waitBegin", "ack_begin": "ackBegin", "call_begin": "callBegin", "call_end": "callEnd",
}  # fmt: skip


_MOMENTS = {"wait_begin", "ack_begin", "call_begin", "call_end"}


def _trace_row(call: Call, word: str) -> list[Row]:
    shared: dict[str, object] = {
        "callId": call.number,
        "callType": 2 if call.outbound else 0,
        "mediaType": 5,
        "CurrentSkillID": 11,
        "LeaveReason": word,
    }
    return [
        shared
        | {title: _to_epoch(row[key]) if key in _MOMENTS else row[key] for key, title in _TRACE.items()}
        for row in _list_devices(call)
    ]


def _to_epoch(written: object) -> str:
    return milliseconds(datetime.fromisoformat(f"{written}+08:00")) if written else ""


def _huawei_aicc() -> Layout:
    return Layout(
        profile="huawei_aicc",
        words={
            "answered": "0", "queue_abandoned": "80", "overflow": "512", "ring_no_answer": "49",
            "ivr_abandoned": "0", "out_answered": "0", "out_no_reply": "8",
        },
        coarse={"out_no_reply": "unanswered"},
        unknown={
            "all": "talk_ms",
            **dict.fromkeys(("answered", "ivr_abandoned", "out_answered", "ring_no_answer"), "outcome"),
        },
        rows=_huawei_row,
    )  # fmt: skip


def _huawei_trace() -> Layout:
    return Layout(
        profile="huawei_aicc_trace",
        words={
            "answered": "88", "queue_abandoned": "89", "overflow": "2", "ring_no_answer": "5",
            "out_answered": "88", "out_no_reply": "26",
        },
        unknown={"all": "talk_ms", "queue_abandoned": "outcome"},
        rows=_trace_row,
    )  # fmt: skip


def _huawei_detail() -> Layout:
    return Layout(
        profile="huawei_aicc_detail",
        without="2",  # taken at once: with 0 seconds in the queue nobody knows whether it was there
        result="releaseCause",
        words={
            "answered": "0", "queue_abandoned": "80", "overflow": "513", "ring_no_answer": "49",
            "ivr_abandoned": "0", "out_answered": "0", "out_no_reply": "8",
        },
        coarse={"out_no_reply": "unanswered"},
        unknown={
            "answered": "outcome answered wait_ms",
            "ivr_abandoned": "outcome answered queued wait_ms talk_ms",
            "out_answered": "outcome answered",
            "ring_no_answer": "outcome",
        },
        columns={
            "callId": lambda call: call.number,
            "callerNo": caller,
            "calleeNo": callee,
            "callType": lambda call: 1 if call.outbound else 0,
            "agentId": lambda call: call.agent,
            "skillId": lambda call: 11,
            "queueWaitTime": lambda call: call.queue or 0,
            "ivrCallTime": lambda call: call.ivr,
            "ackTime": lambda call: call.ring or 0,
            "callTime": lambda call: call.talk or 0,
            "beginTime": lambda call: text(call.entered),
            "endTime": lambda call: text(call.ended),
        },
    )  # fmt: skip


def _tencent_tccc() -> Layout:
    return Layout(
        profile="tencent_tccc",
        result="EndStatusString",
        words={
            "answered": "ok", "queue_abandoned": "waitingGiveUp", "ring_no_answer": "ringingGiveUp",
            "ivr_abandoned": "ivrGiveUp", "blocked": "blackList", "out_answered": "ok",
            "out_no_reply": "notAnswer",
        },
        columns={
            "SessionId": lambda call: call.number,
            "Caller": caller,
            "Callee": callee,
            "Time": lambda call: seconds(call.entered),
            "StartTimestamp": lambda call: seconds(call.entered),
            "QueuedTimestamp": lambda call: seconds(call.queued),
            "RingTimestamp": lambda call: seconds(call.rang),
            "AcceptTimestamp": lambda call: seconds(call.answered),
            "EndedTimestamp": lambda call: seconds(call.ended),
            "Duration": lambda call: call.talk or 0,
            "IVRDuration": lambda call: call.ivr,
            "Direction": lambda call: int(call.outbound),
            "CallType": lambda call: 1 if call.outbound else 2,
            "SeatUser": lambda call: call.agent,
            "SkillGroup": lambda call: "综合组",
            "QueuedSkillGroupName": lambda call: "综合组",
            "AIAgentId": lambda call: 0,
        },
    )  # fmt: skip


_CLINK = {
    "answered": "座席接听", "ring_no_answer": "已呼叫座席，座席未接听", "blocked": "系统未接-黑名单",
    "queue_abandoned": "系统接听", "ivr_abandoned": "系统接听",
}  # fmt: skip


def _clink_calls() -> Layout:
    return Layout(
        profile="clink_calls",
        result="Status",
        words=_CLINK,
        unknown={"queue_abandoned": "outcome", "ivr_abandoned": "outcome"},
        columns={
            "MainUniqueId": lambda call: f"m-{call.number}",
            "CustomerNumber": caller,
            "StartTime": lambda call: seconds(call.entered),
            "FirstJoinQueueTime": lambda call: seconds(call.queued),
            "BridgeTime": lambda call: seconds(call.answered),
            "EndTime": lambda call: seconds(call.ended),
            "BridgeDuration": lambda call: call.talk or 0,
            "FirstQueueDuration": lambda call: call.queue or 0,
            "TotalDuration": lambda call: int((call.ended - call.entered).total_seconds()),
            "FirstCallCno": lambda call: call.agent,
            "FirstCallQname": lambda call: "综合组",
            "InvestigationKeys": lambda call: "",
        },
    )


def _clink_leg(call: Call, word: str) -> list[Row]:
    row: dict[str, object] = {
        "CallId": call.number,
        "UniqueId": f"{call.number}-1",
        "CallType": "普通来电",
        "CustomerNumber": caller(call),
        "StartTime": seconds(call.entered),
        "JoinQueueTime": seconds(call.queued),
        "FirstJoinQueueTime": seconds(call.queued),
        "ClientRingingTime": seconds(call.rang),
        "ClientOffhookTime": seconds(call.answered),
        "BridgeTime": seconds(call.answered),
        "BridgeDuration": call.talk or 0,
        "EndTime": seconds(call.left),
        "Cno": call.agent,
        "Qname": "综合组",
        "Status": word,
    }
    if call.transferred is None:
        return [row]
    again = seconds(call.left)
    return [row, row | {
        "UniqueId": f"{call.number}-2", "StartTime": again, "JoinQueueTime": 0, "FirstJoinQueueTime": 0,
        "ClientRingingTime": again, "ClientOffhookTime": 0, "BridgeTime": again,
        "BridgeDuration": call.transferred, "EndTime": seconds(call.ended), "Cno": "8002",
    }]  # fmt: skip


def _clink_legs() -> Layout:
    return Layout(
        profile="clink_legs",
        words=_CLINK,
        unknown={"queue_abandoned": "outcome", "ivr_abandoned": "outcome"},
        rows=_clink_leg,
    )


def _cti_cloud() -> Layout:
    reasons = {"queue_abandoned": 2, "overflow": 3, "answered": 1, "ring_no_answer": 1}
    return Layout(
        profile="cti_cloud",
        result="Status",
        words=_CLINK | {"answered": "人工接听", "overflow": "系统接听"},
        unknown={"answered": "wait_ms", "ivr_abandoned": "outcome queued"},
        columns={
            "UniqueId": lambda call: f"10.1-{call.number}",
            "CustomerNumber": caller,
            "CallType": lambda call: "呼入",
            "StartTime": lambda call: seconds(call.entered),
            "AnswerTime": lambda call: seconds(call.entered),
            "BridgeTime": lambda call: seconds(call.answered),
            "EndTime": lambda call: seconds(call.ended),
            "BridgeDuration": lambda call: call.talk or 0,
            "TotalDuration": lambda call: int((call.ended - call.entered).total_seconds()),
            "Cno": lambda call: call.agent,
            "Qno": lambda call: "1000" if call.queue is not None else "",
            "LeaveQueueCode": lambda call: reasons.get(call.state, -1),
        },
    )


_MOOR = {
    "answered": "dealing", "ring_no_answer": "notDeal", "queue_abandoned": "queueLeak",
    "ivr_abandoned": "leak", "blocked": "blackList", "voicemail": "voicemail", "out_answered": "dealing",
    "out_no_reply": "notDeal",
}  # fmt: skip


def _moor_row(call: Call, word: str) -> list[Row]:
    row: dict[str, object] = {
        "_id": f"{call.number}a",
        "CALL_SHEET_ID": call.number,
        "CALL_NO": caller(call),
        "CALLED_NO": callee(call),
        "CONNECT_TYPE": "dialout" if call.outbound else "normal",
        "STATUS": word,
        "DISPOSAL_AGENT": call.agent,
        "OFFERING_TIME": text(call.entered),
        "BEGIN_TIME": text(call.answered),
        "END_TIME": text(call.left),
        "CALL_TIME_LENGTH": call.talk or 0,
        "QUEUE_NAME": "综合组" if call.queue is not None else "",
        "REF_CALL_SHEET_ID": "",
    }
    if call.transferred is None:
        return [row]
    return [row, row | {
        "_id": f"{call.number}b", "CALL_SHEET_ID": f"{call.number}00", "CONNECT_TYPE": "transfer",
        "DISPOSAL_AGENT": "8002", "OFFERING_TIME": text(call.left), "BEGIN_TIME": text(call.left),
        "END_TIME": text(call.ended), "CALL_TIME_LENGTH": call.transferred, "REF_CALL_SHEET_ID": call.number,
    }]  # fmt: skip


def _moor_v2() -> Layout:
    return Layout(
        profile="moor_v2",
        words=_MOOR,
        unknown={"answered": "wait_ms", "voicemail": "queued"},
        rows=_moor_row,
    )


def _moor_event(call: Call, word: str) -> list[Row]:
    last: dict[str, object] = {
        "CallSheetID": call.number,
        "CallNo": caller(call),
        "CalledNo": callee(call),
        "CallType": "dialout" if call.outbound else "normal",
        "Ring": text(call.entered),
        "RingingDate": text(call.rang),
        "QueueTime": text(call.queued),
        "Begin": text(call.answered),
        "End": text(call.left),
        "Agent": call.agent,
        "Queue": "综合组",
        "State": word,
        "CallState": "Hangup",
    }
    first = last | {"RingingDate": "", "QueueTime": "", "Begin": "", "End": "", "Agent": "", "State": ""}
    return [first | {"CallState": "Ring"}, last] if call.transferred is None else []


def _moor_push() -> Layout:
    return Layout(
        profile="moor_push",
        words=_MOOR,
        unknown={"answered": "talk_ms", "out_answered": "talk_ms"},
        rows=_moor_event,
    )


def _udesk_leg(call: Call, word: str) -> list[Row]:
    inbound = not call.outbound
    row: dict[str, object] = {
        "call_id": call.number,
        "conversation_id": f"{call.number}1",
        "customer_phone": callee(call) if call.outbound else caller(call),
        "workflow": "in" if inbound else "out_direct",
        "call_result": word,
        "customer_ring_at": zoned(call.entered) if call.outbound else "",
        "agent_ring_at": zoned(call.rang) if inbound else "",
        "customer_answer_at": zoned(call.entered if inbound else call.answered),
        "agent_answer_at": zoned(call.answered),
        "customer_hangup_at": zoned(call.left),
        "queue_time": call.queue or 0,
        "ivr_time": call.ivr,
        "agent_id": call.agent,
    }
    return [row]


def _udesk() -> Layout:
    return Layout(
        profile="udesk",
        words={
            "answered": "客服接听", "ring_no_answer": "客服未接", "queue_abandoned": "放弃排队",
            "overflow": "排队超时", "ivr_abandoned": "未选择队列", "out_answered": "客户接听",
            "out_no_reply": "客户未接",
        },
        unknown={"all": "talk_ms"},
        rows=lambda call, word: _udesk_leg(call, word) if call.transferred is None else [],
    )  # fmt: skip


def _yxsdcti() -> Layout:
    reasons = {
        "queue_abandoned": "排队放弃",
        "overflow": "等待超时",
        "answered": "转座席",
        "ring_no_answer": "转座席",
    }
    return Layout(
        profile="yxsdcti",
        result="ivr_out_reason",
        words={
            "answered": "转座席", "ring_no_answer": "转座席", "queue_abandoned": "转座席",
            "overflow": "转座席", "ivr_abandoned": "主动挂机", "out_answered": "", "out_no_reply": "",
        },
        unknown=dict.fromkeys(("answered", "ring_no_answer", "out_answered", "out_no_reply"), "outcome"),
        columns={
            "callid": lambda call: call.number,
            "start_stamp": lambda call: text(call.entered),
            "answer_stamp": lambda call: text(call.answered),
            "end_stamp": lambda call: text(call.ended),
            "ivr_duration": lambda call: call.ivr,
            "queue_duration": lambda call: call.queue or 0,
            "queue_out_reason": lambda call: reasons.get(call.state, ""),
            "ring_duration": lambda call: call.ring or 0,
            "ext_duration": lambda call: call.talk or 0,
            "callfrom": caller,
            "callto": callee,
            "queuq_cti": lambda call: "6001",
            "type": lambda call: "outbound" if call.outbound else "inbound",
            "agent_num": lambda call: call.agent,
        },
    )  # fmt: skip


def _freeswitch_callcenter() -> Layout:
    return Layout(
        profile="freeswitch_callcenter",
        result="state",
        words={"answered": "Answered", "queue_abandoned": "Abandoned"},
        unknown={"all": "talk_ms"},
        columns={
            "queue": lambda call: "support@default",
            "uuid": lambda call: f"u-{call.number}",
            "caller_number": caller,
            "system_epoch": lambda call: seconds(call.entered),
            "joined_epoch": lambda call: seconds(call.queued),
            "rejoined_epoch": lambda call: 0,
            "bridge_epoch": lambda call: seconds(call.answered),
            "abandoned_epoch": lambda call: 0 if call.talk else seconds(call.ended),
            "serving_agent": lambda call: call.agent,
        },
    )


def _freeswitch_cdr() -> Layout:
    cause = {"out_no_reply": "NO_ANSWER"}
    lost = ("queue_abandoned", "ivr_abandoned", "ring_no_answer")
    states = (*lost, "answered", "out_answered", "out_no_reply")
    nothing = "answered queued outcome wait_ms"
    return Layout(
        profile="freeswitch_cdr",
        result="hangup_cause",
        words={state: cause.get(state, "NORMAL_CLEARING") for state in states},
        unknown={
            "all": "talk_ms", "answered": nothing, "out_answered": "answered outcome",
            **dict.fromkeys(lost, nothing),
        },
        columns={
            "uuid": lambda call: f"u-{call.number}",
            "caller_id_number": caller,
            "destination_number": callee,
            "start_stamp": lambda call: text(call.entered),
            "ring_stamp": lambda call: text(call.rang),
            "answer_stamp": lambda call: text(call.answered if call.outbound else call.entered),
            "end_stamp": lambda call: text(call.ended),
            "duration": lambda call: 60,
            "billsec": lambda call: 60,
            "direction": lambda call: "outbound" if call.outbound else "inbound",
            "bleg_uuid": lambda call: "",
        },
    )  # fmt: skip


def _kf5() -> Layout:
    words = {
        "answered": "1",
        "queue_abandoned": "0",
        "ivr_abandoned": "0",
        "out_answered": "1",
        "out_no_reply": "0",
    }
    lost = "queued outcome"
    return Layout(
        profile="kf5",
        result="connect",
        words=words,
        unknown={
            "answered": "wait_ms outcome", "queue_abandoned": lost, "ivr_abandoned": lost,
            "out_answered": "outcome", "out_no_reply": "outcome",
        },
        columns={
            "id": lambda call: call.number,
            "type": lambda call: "呼出" if call.outbound else "呼入",
            "from": caller,
            "to": callee,
            "alerting_seconds": lambda call: call.ring or 0,
            "duration": lambda call: call.talk or 0,
            "callduration": lambda call: int((call.ended - call.entered).total_seconds()),
            "created_at": lambda call: text(call.entered),
            "agent_id": lambda call: call.agent,
        },
    )  # fmt: skip


def _maxvox() -> Layout:
    lost = dict.fromkeys(("queue_abandoned", "ivr_abandoned", "ring_no_answer"), "unanswered")
    return Layout(
        profile="maxvox",
        result="state",
        words={"answered": "1", **dict.fromkeys(lost, "0")},
        coarse=lost,
        unknown={
            "answered": "wait_ms", "queue_abandoned": "queued", "ivr_abandoned": "queued",
            "ring_no_answer": "queued",
        },
        columns={
            "call_sn": lambda call: call.number,
            "tel": lambda call: "4000000000",
            "caller_id": caller,
            "callee_id": lambda call: call.agent,
            "start_time": lambda call: text(call.entered),
            "answer_time": lambda call: text(call.entered),
            "ext_time": lambda call: text(call.rang),
            "answered_time": lambda call: text(call.answered),
            "end_time": lambda call: text(call.ended),
            "call_duration": lambda call: call.talk or 0,
        },
    )  # fmt: skip


def _yeastar_p() -> Layout:
    return Layout(
        profile="yeastar_p",
        result="last_status",
        words={
            "answered": "ANSWERED", "queue_abandoned": "ABANDONED", "ring_no_answer": "NO ANSWER",
            "voicemail": "VOICEMAIL", "out_answered": "ANSWERED", "out_no_reply": "NO ANSWER",
        },
        coarse={"ring_no_answer": "unanswered"},
        unknown={
            "answered": "outcome answered queued wait_ms", "ring_no_answer": "queued", "voicemail": "queued",
            "out_answered": "outcome answered",
        },
        columns={
            "uid": lambda call: call.number,
            "time": lambda call: text(call.entered),
            "call_type": lambda call: "Outbound" if call.outbound else "Inbound",
            "call_from_number": caller,
            "call_duration": lambda call: 60,
            "routing_duration": lambda call: 5,
            "handling_duration": lambda call: call.talk or 0,
            "queues": lambda call: "",
            "last_participant_number": lambda call: call.agent,
        },
    )  # fmt: skip


def _sobot() -> Layout:
    return Layout(
        profile="sobot",
        result="callResult",
        words={
            "answered": "8", "ring_no_answer": "6", "queue_abandoned": "5", "ivr_abandoned": "21",
            "out_answered": "8", "out_no_reply": "7",
        },
        coarse={"queue_abandoned": "unanswered", "ivr_abandoned": "unanswered"},
        unknown={
            "all": "talk_ms", "answered": "wait_ms", "queue_abandoned": "queued", "ivr_abandoned": "queued",
        },
        columns={
            "callID": lambda call: call.number,
            "startTime": lambda call: milliseconds(call.entered),
            "endTime": lambda call: milliseconds(call.ended),
            "customerNumber": lambda call: callee(call) if call.outbound else caller(call),
            "callType": lambda call: 3 if call.outbound else 2,
            "mainDialType": lambda call: "RegularMakeCall" if call.outbound else "Inbound",
            "firstDistributedQueueId": lambda call: "q1",
            "agent": lambda call: call.agent,
        },
    )  # fmt: skip


def _volcengine() -> Layout:
    reached = ("answered", "queue_abandoned", "ring_no_answer", "ivr_abandoned")
    return Layout(
        profile="volcengine",
        answers={"words.direction": 'inbound = ["2"]\noutbound = ["1"]'},
        result="callResult",
        words={**dict.fromkeys(reached, "1"), "blocked": "29", "out_answered": "1", "out_no_reply": "7"},
        unknown={"all": "talk_ms", **dict.fromkeys(reached, "answered outcome queued wait_ms")},
        columns={
            "callId": lambda call: f"NM{call.number}",
            "caller": caller,
            "callee": callee,
            "callType": lambda call: 1 if call.outbound else 2,
            "beginCallTime": lambda call: milliseconds(call.entered),
            "ringTime": lambda call: milliseconds(call.entered),
            "startTime": lambda call: milliseconds(call.answered if call.outbound else call.entered),
            "endTime": lambda call: milliseconds(call.ended),
            "callDuration": lambda call: int((call.ended - call.entered).total_seconds()),
            "releaseType": lambda call: 1,
        },
    )


def _dezhu() -> Layout:
    return Layout(
        profile="dezhu",
        answers={"columns": 'call_id = "sid"\nentered_at = "t1"'},
        result="callResult",
        words={
            "answered": "2", "queue_abandoned": "4", "ring_no_answer": "6", "ivr_abandoned": "8",
            "out_answered": "2", "out_no_reply": "3",
        },
        unknown={
            "all": "talk_ms", "answered": "answered outcome queued wait_ms",
        },
        columns={
            "sid": lambda call: call.number,
            "callType": lambda call: 2 if call.outbound else 1,
            "t1": lambda call: text(call.entered),
            "evaluationScore": lambda call: "",
            "skillsetName": lambda call: "综合组",
        },
    )  # fmt: skip


def _nice_leg(call: Call, word: str) -> list[Row]:
    row: dict[str, object] = {
        "Contact_ID": f"{call.number}1",
        "Master_Contact_ID": call.number,
        "ANI": caller(call),
        "Start_Date": f"{call.entered:%m/%d/%Y}",
        "Start_Time": f"{call.entered:%H:%M:%S}",
        "Skill_No": 11,
        "Agent_No": call.agent,
        "SLA": -1,
        "PreQueue": call.ivr,
        "InQueue": (call.queue or 0) + (call.ring or 0),
        "Agent_Time": call.talk or 0,
        "PostQueue": 0,
        "Abandon": word,
    }
    return [row] if call.transferred is None else []


def _nice_cxone() -> Layout:
    lost = dict.fromkeys(("queue_abandoned", "ring_no_answer", "ivr_abandoned"), "Y")
    return Layout(
        profile="nice_cxone",
        answers={"constants": 'direction = "呼入"'},
        words={"answered": "N", **lost},
        coarse={"ivr_abandoned": "unanswered"},
        unknown={
            "answered": "outcome wait_ms",
            "ivr_abandoned": "queued",
            "queue_abandoned": "outcome",
            "ring_no_answer": "outcome",
        },
        rows=_nice_leg,
    )


LAYOUTS = (
    _aliyun_ccc(), _aliyun_aiccs(), _huawei_aicc(), _huawei_trace(), _huawei_detail(), _tencent_tccc(),
    _clink_calls(), _clink_legs(), _cti_cloud(), _moor_v2(), _moor_push(), _udesk(), _yxsdcti(),
    _freeswitch_callcenter(), _freeswitch_cdr(), _kf5(), _maxvox(), _yeastar_p(), _sobot(),
)  # fmt: skip

ANSWERED_LAYOUTS = (_volcengine(), _dezhu(), _nice_cxone())
"""Tables of which a profile asks what the documentation does not say, and what was answered."""
