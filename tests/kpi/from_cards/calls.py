"""电话: the cards' words about calls."""

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction

from tests.kpi.from_cards.centre import Centre
from tests.kpi.from_cards.plain import Number, Plain, count, share, within
from tracker.events.calls import CallEnded
from tracker.events.times import get_day
from tracker.periods import Period

_NO_AGENT = ("self_service", "ivr_abandoned", "blocked")  # 呼叫结果写明机器人或语音导航应答的、拦截的

_NO_REASON = (None, "unanswered", "queue_unanswered")  # 看不出为什么没有接听


def _coming_in(centre: Centre, period: Period) -> list[CallEnded]:
    """不含外呼。"""
    return [call for call in centre.calls if within(call.entered_at, period) and call.direction == "inbound"]


def _inbound(centre: Centre, period: Period) -> list[CallEnded]:
    """打进热线号码的电话；不含呼叫结果为拦截而没有进入人工队列的；没有到达人工队列又没有呼叫结果的不明。"""
    return [
        call
        for call in _coming_in(centre, period)
        if _is_offered(call) or call.outcome not in ("blocked", None)
    ]


def _offered(centre: Centre, period: Period) -> list[CallEnded]:
    """进入人工队列的；座席接听了而没有进入队列时间的，也算到达过人工队列。"""
    return [call for call in _coming_in(centre, period) if _is_offered(call)]


def _is_offered(call: CallEnded) -> bool:
    return call.queued_at is not None or _by_agent(call)


def _by_agent(call: CallEnded) -> bool:
    return call.answered_at is not None and call.outcome not in _NO_AGENT


def _answered(centre: Centre, period: Period) -> list[CallEnded]:
    return [call for call in _offered(centre, period) if _by_agent(call)]


def _wait(call: CallEnded) -> timedelta | None:
    """从进入人工队列起算，到座席应答为止。"""
    return call.answered_at - call.queued_at if call.answered_at and call.queued_at else None


def _with_known_wait(calls: list[CallEnded]) -> list[CallEnded]:
    """接听了而看不出等了多久的，分子、分母都不计。"""
    return [call for call in calls if not (_by_agent(call) and _wait(call) is None)]


def _answered_within_15s(centre: Centre, period: Period) -> list[CallEnded]:
    waits = ((call, _wait(call)) for call in _answered(centre, period))
    return [call for call, wait in waits if wait is not None and wait <= timedelta(seconds=15)]


def call_answer_rate(centre: Centre, period: Period) -> Number:
    return share(_answered(centre, period), _offered(centre, period))


def call_answer_of_inbound_rate(centre: Centre, period: Period) -> Number:
    return share(_answered(centre, period), _inbound(centre, period))


def call_answer_within_15s_rate(centre: Centre, period: Period) -> Number:
    return share(_answered_within_15s(centre, period), _with_known_wait(_offered(centre, period)))


def call_answer_within_15s_of_answered_rate(centre: Centre, period: Period) -> Number:
    return share(_answered_within_15s(centre, period), _with_known_wait(_answered(centre, period)))


def call_abandon_rate(centre: Centre, period: Period) -> Number:
    """没有接听而看不出原因的，分子、分母都不计。"""
    known = [call for call in _offered(centre, period) if _by_agent(call) or call.outcome not in _NO_REASON]
    return share((call for call in known if call.outcome == "queue_abandoned" and not _by_agent(call)), known)


def call_average_wait(centre: Centre, period: Period) -> Number:
    waits = [wait for call in _answered(centre, period) if (wait := _wait(call)) is not None]
    milliseconds = sum(waits, timedelta()) // timedelta(milliseconds=1)
    return Number(Fraction(milliseconds, 1000), Fraction(len(waits)))


def call_average_talk(centre: Centre, period: Period) -> Number:
    talks = [call.talk_ms for call in _answered(centre, period) if call.talk_ms is not None]
    return Number(Fraction(sum(talks), 1000), Fraction(len(talks)))


def calls_inbound(centre: Centre, period: Period) -> Number:
    return count(_inbound(centre, period))


def calls_offered(centre: Centre, period: Period) -> Number:
    return count(_offered(centre, period))


def calls_answered(centre: Centre, period: Period) -> Number:
    return count(_answered(centre, period))


def hotline_service_days(centre: Centre, period: Period) -> Number:
    return count({get_day(call.entered_at) for call in _answered(centre, period)})


def call_answer_rate_lowest_24h(centre: Centre, period: Period) -> Number | None:
    """以每一通进入人工队列的电话为终点，往前24小时（不含起点、含终点）；不少于30通的才比较，相同的取最早的。"""
    reached = [call for call in centre.calls if call.direction == "inbound" and _is_offered(call)]
    found = []
    for end in sorted(call.entered_at for call in reached if within(call.entered_at, period)):
        window = [call for call in reached if end - timedelta(hours=24) < call.entered_at <= end]
        if len(window) >= 30:
            found.append(share((call for call in window if _by_agent(call)), window))
    return min(found, key=lambda one: one.numerator / (one.denominator or 1), default=None)


def call_answer_days_below_norm(centre: Centre, period: Period) -> Number:
    """有的电话看不出到没到过人工队列的日子，不论怎样都低于95%才算。"""
    doubtful = Counter(get_day(call.entered_at) for call in _coming_in(centre, period) if _names_queue(call))
    offered = Counter(get_day(call.entered_at) for call in _offered(centre, period)) + doubtful
    answered = Counter(get_day(call.entered_at) for call in _answered(centre, period)) + doubtful
    return count(day for day in offered if Fraction(answered[day], offered[day]) < Fraction(95, 100))


def _names_queue(call: CallEnded) -> bool:
    """没有进入队列时间，而呼叫结果或振铃说明来电到过人工队列：看不出到没到过。"""
    of_the_queue = ("queue_abandoned", "ring_no_answer", "overflow", "queue_unanswered")
    return not _is_offered(call) and (call.outcome in of_the_queue or call.rang_at is not None)


def hotline_unanswered_hours(centre: Centre, period: Period) -> Number:
    offered = {_hour(call) for call in _offered(centre, period)}
    return count(offered - {_hour(call) for call in _answered(centre, period)})


def _hour(call: CallEnded) -> datetime:
    return call.entered_at.replace(minute=0, second=0, microsecond=0)


def call_outbound_answer_rate(centre: Centre, period: Period) -> Number:
    out = [one for one in centre.calls if within(one.entered_at, period) and one.direction == "outbound"]
    return share((call for call in out if call.answered_at), out)


def call_rating_participation_rate(centre: Centre, period: Period) -> Number:
    answered = _answered(centre, period)
    return share((call for call in answered if call.rating), answered)


def call_rating_satisfaction_rate(centre: Centre, period: Period) -> Number | None:
    """数字等看不出意思的，按统计设定；没有说明的按键不明。"""
    said = {str(one.known_as): one.holds for one in centre.said if one.topic == "rating"}
    words = {
        "非常满意": True,
        "满意": True,
        "比较满意": True,
        "基本满意": True,
        "一般": False,
        "不满意": False,
    }
    meant = {**words, **said}
    pressed = [call.rating for call in _answered(centre, period) if call.rating]
    known = [meant[key] for key in pressed if key in meant]
    return share(filter(None, known), known) if known or not pressed else None


def call_inspection_rate(centre: Centre, period: Period) -> Number:
    inspected, answered = {one.call_id for one in centre.inspections}, _answered(centre, period)
    return share((call for call in answered if call.call_id in inspected), answered)


def _missed(centre: Centre, period: Period) -> list[tuple[CallEnded, timedelta | None]]:
    """漏接而看得见号码的电话，各隔多久第一次外呼同一号码（24小时内）；没有结束时间的从进入系统起算。

    没有看到回拨，而来电结束当天或次日的话单未报送的，看不出有没有回拨，不计。
    """
    out = [
        (call.entered_at, call.callee or call.caller) for call in centre.calls if call.direction == "outbound"
    ]
    found = []
    for call in _offered(centre, period):
        if not _by_agent(call) and call.caller:
            ended = call.ended_at or call.entered_at
            waits = [at - ended for at, number in out if number == call.caller and at >= ended]
            soon = [wait for wait in waits if wait <= timedelta(hours=24)]
            days = (get_day(ended), get_day(ended) + timedelta(days=1))
            if soon or all(day <= centre.last_day and day not in centre.missing for day in days):
                found.append((call, min(soon, default=None)))
    return found


def missed_call_callback_rate(centre: Centre, period: Period) -> Number | None:
    """本期一通回拨也对不上的，看不出来源是否写明外呼号码，不可算。"""
    missed = _missed(centre, period)
    called = [call for call, wait in missed if wait is not None]
    return share(called, missed) if called else None


def missed_call_callback_time(centre: Centre, period: Period) -> Number:
    waits = [wait for _, wait in _missed(centre, period) if wait is not None]
    return Number(
        Fraction(sum(waits, timedelta()) // timedelta(milliseconds=1), 60_000), Fraction(len(waits))
    )


def call_repeat_rate(centre: Centre, period: Period) -> Number:
    """同一号码此前24小时内（含）打进来过的；隐藏号码的不计。"""
    numbered = [call for call in centre.calls if call.direction == "inbound" and call.caller]
    numbered.sort(key=lambda call: (call.entered_at, call.call_id))
    again = [
        call
        for place, call in enumerate(numbered)
        if any(
            one.caller == call.caller and call.entered_at - one.entered_at <= timedelta(hours=24)
            for one in numbered[:place]
        )
    ]
    return share(
        (call for call in again if within(call.entered_at, period)),
        (call for call in numbered if within(call.entered_at, period)),
    )


PLAIN: tuple[Plain, ...] = (
    call_answer_rate,
    call_answer_of_inbound_rate,
    call_answer_within_15s_rate,
    call_answer_within_15s_of_answered_rate,
    call_abandon_rate,
    call_average_wait,
    call_average_talk,
    calls_inbound,
    calls_offered,
    calls_answered,
    hotline_service_days,
    call_answer_rate_lowest_24h,
    call_answer_days_below_norm,
    hotline_unanswered_hours,
    call_outbound_answer_rate,
    call_rating_participation_rate,
    call_rating_satisfaction_rate,
    call_inspection_rate,
    missed_call_callback_rate,
    missed_call_callback_time,
    call_repeat_rate,
)
