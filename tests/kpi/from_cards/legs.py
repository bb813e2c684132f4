"""Calls in legs: rung in vain, passed on, put through to somebody outside, answered first by a machine.

`draw_legs` draws them, `one_call` says what the cards make of the legs of a call.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tests.kpi.from_cards.centre import Centre
from tracker.events.calls import CallEnded

# what is told of a leg: has it a queueing time, did it ring at an agent, has it an answer time, its outcome
_ENDS = (
    *[(True, True, True, "answered")] * 3,
    (False, True, True, "answered"),
    (False, False, True, "answered"),
    (True, True, False, "ring_no_answer"),
    (False, False, False, "ring_no_answer"),
    (False, True, False, "other"),
    (True, False, False, "queue_abandoned"),
    (True, False, False, "overflow"),
    (True, False, False, "voicemail"),
    (False, False, False, "ivr_abandoned"),
    (False, False, True, "self_service"),
    (True, False, True, "ivr_abandoned"),
)
_NO_AGENT = ("self_service", "ivr_abandoned", "blocked")


def draw_legs(centre: Centre, random: Random) -> None:
    """Makes a part of the inbound calls calls of legs, and puts the one call that they are in their place."""
    for place, call in enumerate(centre.calls):
        if call.direction == "inbound" and random.random() < 0.4:
            legs = _draw_legs_of(call, random)
            centre.legs[call.call_id] = legs
            centre.calls[place] = one_call(legs)


def _draw_legs_of(call: CallEnded, random: Random) -> list[CallEnded]:
    legs, at = [], call.entered_at
    for number in range(1, random.choice([1, 2, 2, 3]) + 1):
        out = number > 1 and random.random() < 0.2
        legs.append(_draw_leg(call, random, number, at, "outbound" if out else "inbound"))
        at = (legs[-1].ended_at or at) + timedelta(seconds=random.choice([1, 20]))
    return legs


def _draw_leg(call: CallEnded, random: Random, number: int, at: datetime, direction: str) -> CallEnded:
    queues, rings, answers, outcome = random.choice(_ENDS)
    queued = at + timedelta(seconds=random.choice([0, 3])) if queues else None
    rang = (queued or at) + timedelta(seconds=2) if rings else None
    answered = (rang or queued or at) + timedelta(seconds=random.choice([1, 9, 30])) if answers else None
    return replace(
        call,
        leg=str(number),
        direction=direction,
        entered_at=at,
        queued_at=queued,
        rang_at=rang,
        answered_at=answered,
        ended_at=(answered or rang or queued or at) + timedelta(seconds=30),
        talk_ms=random.choice([None, 30_000, 29_500, 1]) if answers else None,
        outcome=outcome,
        rating=random.choice([None, None, "满意", "不满意", "1"]) if answers else None,
    )


def one_call(legs: list[CallEnded]) -> CallEnded:
    """转接过的算一通；一通呼入电话里转接出去的通话段不算。

    等待到第一次座席应答为止；座席接听的各段通话相加，有一段没有通话时长的不明；评价以最后一段的为准。
    """
    inbound = [leg for leg in legs if leg.direction == "inbound"]
    taken = sorted(
        (leg for leg in inbound if leg.answered_at and leg.outcome not in _NO_AGENT),
        key=lambda leg: str(leg.answered_at),
    )
    first = taken[0].answered_at if taken else None
    queued = [leg.queued_at for leg in inbound if leg.queued_at and (first is None or leg.queued_at <= first)]
    talks = [leg.talk_ms for leg in taken]
    return replace(
        legs[0],
        leg=None,
        queued_at=min(queued, default=None),
        rang_at=next((leg.rang_at for leg in inbound if leg.rang_at), None),
        answered_at=first,
        ended_at=max(leg.ended_at for leg in legs if leg.ended_at),
        talk_ms=sum(one for one in talks if one) if talks and None not in talks else None,
        outcome=(taken[0] if taken else _that_names_the_queue(inbound) or inbound[-1]).outcome,
        rating=next((leg.rating for leg in reversed(legs) if leg.rating), None),
    )


def _that_names_the_queue(inbound: list[CallEnded]) -> CallEnded | None:
    """Of a call that no leg queued: the result that says that it reached the queue nevertheless."""
    if any(leg.queued_at for leg in inbound):
        return None
    return next((leg for leg in inbound if leg.outcome == "ring_no_answer"), None)
