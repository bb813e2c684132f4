"""What of a call contradicts itself: its result, the order of its moments, who answered, for how long."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import lru_cache

from ingest.cells import TIME, ToTheMinute
from ingest.kinds.call_fields import UNANSWERED
from ingest.kinds.call_times import MOMENTS, CallTimes, Row
from ingest.kinds.kind import Reading, RowProblem
from tracker.events.calls import BY_NO_PERSON, OF_THE_QUEUE


def check_result(row: Row, moments: Collection[str], legs: bool) -> None:
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
    elif answered_at is not None and outcome in UNANSWERED:
        raise _contradicts("与已有的应答时间矛盾", "请核对应答时间那一列是不是振铃时间")
    elif "queued_at" in moments and not row["queued"] and answered_at is None and inbound and not legs:
        _check_unqueued(outcome, row["rang_at"])


def check_order(row: Row, times: CallTimes) -> None:
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


def check_answer(row: Row, longer: timedelta) -> None:
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


def read_rounding_ms(reading: Reading, key: str = "talk_ms") -> int:
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


def check_wait(row: Row, times: CallTimes, longer: timedelta) -> None:
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
