"""Calls: one row per call, its legs laid together."""

from typing import Any

import sqlalchemy as sa

from tracker.events import Json, Payload
from tracker.events.calls import BY_NO_PERSON, OF_THE_QUEUE, CallEnded
from tracker.facts.fact import (
    FactRow,
    FactTable,
    Slots,
    count_milliseconds,
    define_fact_table,
    list_unknown,
    make_unknown_column,
    to_day,
    to_place,
)

_TIME = sa.TIMESTAMP(timezone=True)

BY_AN_AGENT = "answered_by_agent"  # whether it was an agent who answered, which the result says

calls = define_fact_table(
    "calls",
    (CallEnded,),
    sa.Column("direction", sa.Text, nullable=False),  # inbound | outbound
    sa.Column("entered_on", sa.Date, nullable=False, doc="进入系统日期"),  # places the call in its month
    sa.Column("entered_at", _TIME, nullable=False),
    sa.Column("queued", sa.Boolean, info={"by": ("queued",)}),
    sa.Column("queued_at", _TIME, info={"by": ("queued_at",)}),  # None: never reached the agent queue
    sa.Column(
        "answered",
        sa.Boolean,
        info={"by": ("answered", BY_AN_AGENT), "titles": {BY_AN_AGENT: "呼叫结果（是不是座席接的）"}},
    ),
    sa.Column("answered_at", _TIME, info={"by": ("answered_at",)}),
    sa.Column("ended_at", _TIME, info={"by": ("ended_at",)}),
    # queue to answer; None unless both are known to the second
    sa.Column("wait_ms", sa.BigInteger, info={"by": ("wait_ms",)}, doc="等待时长"),
    sa.Column("talk_ms", sa.BigInteger, info={"by": ("talk_ms",)}),
    sa.Column("outcome", sa.Text, info={"by": ("outcome",)}),
    sa.Column("agent", sa.Text),
    sa.Column("skill_group", sa.Text),
    sa.Column("caller", sa.Text, info={"by": ("caller",)}),  # vault token; of a call out: whom it called
    sa.Column("rating", sa.Text, info={"by": ("rating",)}),
    sa.Column("legs", sa.Integer, nullable=False, doc="分段数"),
    # never let through
    sa.Column(
        "blocked", sa.Boolean, nullable=False, info={"title": "呼叫结果", "by": ("blocked",)}, doc="是否拦截"
    ),
    make_unknown_column(),
)
sa.Index("calls_entered", calls.c.center_id, calls.c.entered_on)
sa.Index(
    "calls_outbound", calls.c.center_id, calls.c.caller, postgresql_where=calls.c.direction == "outbound"
)

UNKNOWN = calls.c.unknown != ""
sa.Index("calls_unknown", calls.c.center_id, calls.c.entered_on, postgresql_where=UNKNOWN)

ANSWERED_TOO_SOON = calls.c.answered_at < calls.c.queued_at
ENDED_TOO_SOON = calls.c.ended_at < calls.c.entered_at
DISORDERED = sa.or_(ANSWERED_TOO_SOON, ENDED_TOO_SOON)  # so few that an index of theirs spares reading a year
sa.Index("calls_disordered", calls.c.center_id, calls.c.entered_on, postgresql_where=DISORDERED)


def project_call(slots: Slots) -> list[FactRow]:
    """One row; of several legs the earliest entry, queueing and answer and the latest end count."""
    legs = [_resolve(_limit_to_people(state.data)) for state in slots.values()]
    call = legs[0] if len(legs) == 1 and not legs[0].get("part") else _merge_legs(legs)
    wait_ms = _waited(call)
    return [
        (
            call["direction"],
            to_day(call["entered_at"]),
            call["entered_at"],
            call.get("queued"),
            call.get("queued_at"),
            call.get("answered"),
            call.get("answered_at"),
            call.get("ended_at"),
            wait_ms,
            call.get("talk_ms"),
            call.get("outcome"),
            call.get("agent"),
            call.get("skill_group"),
            _find_other_party(call),
            call.get("rating"),
            _number_of_legs(legs),
            _is_blocked(call),
            list_unknown(call, DECIDING, _list_missing(call, wait_ms)),
        )
    ]


NO_REASON = (None, "unanswered", "queue_unanswered")  # outcomes that do not say why nobody answered
DECIDING = (
    "queued",
    "queued_at",
    "answered",
    "answered_at",
    "ended_at",
    "talk_ms",
    "outcome",
    "rating",
    "caller",
)  # fields that figures turn on


def _resolve(leg: Payload) -> dict[str, Any]:
    """A leg that says whether it was queued, and answered, as far as its moments or marks tell; of what did
    not happen there is no moment to be told."""
    resolved: dict[str, Any] = dict(leg)
    for whether, at in (("queued", "queued_at"), ("answered", "answered_at")):
        if at in leg:
            resolved[whether] = leg[at] is not None
        elif leg.get(whether) is None:
            resolved.pop(whether, None)
        elif not leg[whether]:
            resolved[at] = None
    return resolved


def _limit_to_people(leg: Payload) -> Payload:
    """A leg as far as people took it: where the result says that a machine did, or that nobody was let
    through, the answer told beside it is no agent's."""
    if leg.get("outcome") in BY_NO_PERSON and leg["direction"] == "inbound":
        return {**leg, "answered_at": None, "talk_ms": None}
    return leg


def _waited(call: Payload) -> int | None:
    """Milliseconds from the queue to the answer: as the platform prints them, else between the moments, where
    both are known to the second."""
    if not call.get("answered"):
        return None
    printed = call.get("wait_ms")
    if isinstance(printed, int) or call.get("to_the_minute"):
        return printed if isinstance(printed, int) else None
    return count_milliseconds(call.get("queued_at"), call.get("answered_at"))


def _number_of_legs(legs: list[dict[str, Any]]) -> int:
    """Legs of agents; rows of queue and menu are none."""
    return len([leg for leg in legs if leg.get("part") in (None, "agent")]) or 1


def _find_other_party(call: Payload) -> Json:
    """The citizen's number: of a call out the one called, where the record has it beside the caller's."""
    return (call["direction"] == "outbound" and call.get("callee")) or call.get("caller")


def _is_blocked(call: Payload) -> bool:
    """Whether an inbound call was turned away before anybody could take it."""
    let_in = call.get("queued") or call.get("answered")
    return call["direction"] == "inbound" and call.get("outcome") == "blocked" and not let_in


def _list_missing(call: Payload, wait_ms: int | None) -> list[str]:
    """What a call must have and this one does not say. Inbound: one answered, when it reached the queue, how
    long it waited and talked; one unanswered in the queue, why; one that ended before, whether it was let
    through. Of one answered with a result that nobody understood, whether a person answered."""
    answered, queued, outcome = call.get("answered"), call.get("queued"), call.get("outcome")
    unclear: Any = call.get("unclear") or ()
    lacking = []
    if answered and outcome is None and "outcome" in unclear:
        lacking += [BY_AN_AGENT, f"{BY_AN_AGENT}?"]
    if call["direction"] != "inbound":
        return lacking
    if not queued and not answered and outcome is None:
        lacking.append("blocked")
    if not queued and not answered and "queued" in call and _has_queue(call):
        lacking += ["queued", "queued_at"]
    if "answered" in call and not answered:
        if queued and "outcome" in call and outcome in NO_REASON:
            lacking.append("outcome")
        return lacking
    if wait_ms is None:
        lacking.append("wait_ms")
    if answered and "queued_at" in call and not queued:
        lacking += ["queued", "queued_at"]
    if "talk_ms" in call and call["talk_ms"] is None:
        lacking.append("talk_ms")
    return lacking


def _has_queue(leg: Payload) -> bool:
    """Whether a call rang at an agent, or ended as one can only in the queue."""
    at_an_agent = leg.get("rang_at") is not None or leg.get("part") == "agent"
    return leg.get("outcome") in OF_THE_QUEUE or at_an_agent


_BY_ANY = ("queued_at", "rating", "caller")  # told of a call where one of its legs tells it


def _merge_legs(legs: list[dict[str, Any]]) -> dict[str, Any]:
    """A call of several legs: the leg that was answered first speaks for agent and outcome.

    Legs in the other direction than the first, such as a call out to an expert, say nothing of queue, answer
    and talk. A field is told when all legs tell it; one leg's answer suffices for the answer. That
    there was no queue is not told where a leg names it; how long was talked, only where each answered leg
    tells it. Who was answered waited before that: the queue of a later transfer is none of hers.

    Rows of devices tell their own part each, and all of them together the call: without a row of the queue
    there was none. That nobody answered is told by a row with a result, which a delivery may still lack.
    """
    legs = sorted(legs, key=_get_start_key)
    own = [leg for leg in legs if leg["direction"] == legs[0]["direction"]]
    in_parts = any(leg.get("part") for leg in own)
    telling = [leg for leg in own if "outcome" in leg] if in_parts else own
    answered = sorted((leg for leg in own if leg.get("answered")), key=_answer)
    speaking = answered[0] if answered else own[-1]
    first_answer = answered[0].get("answered_at") if answered else None
    queueing = [leg for leg in own if leg.get("queued")]
    queued = [
        at for at in _collect_values(queueing, "queued_at") if first_answer is None or at <= first_answer
    ]
    talked: list[Any] = [leg.get("talk_ms") for leg in answered]
    merged = dict(speaking) | {
        "entered_at": legs[0]["entered_at"],
        "queued": bool(queueing)
        and (bool(queued) or len(queueing) > len(_collect_values(queueing, "queued_at"))),
        "queued_at": min(queued, default=None),
        "answered": bool(answered),
        "answered_at": first_answer,
        "ended_at": max(_collect_values(legs, "ended_at"), default=None),
        "talk_ms": sum(talked) if talked and None not in talked else None,
        "caller": next(iter(_collect_values(legs, "caller")), None),
        "callee": next(iter(_collect_values(own, "callee")), None),
        "rating": next(iter(_collect_values(legs[::-1], "rating")), None),
        "skill_group": next(
            iter(_collect_values([speaking, *own] if in_parts else [speaking], "skill_group")), None
        ),
        "unclear": [name for leg in legs for name in leg.get("unclear") or ()],
        "to_the_minute": any(leg.get("to_the_minute") for leg in legs),
    }
    if in_parts:
        merged["outcome"] = next(iter(_collect_values([speaking, *telling], "outcome")), None)
    known_fields = {name for name in DECIDING if all(name in leg for leg in telling or own)}
    known_fields |= {name for name in (*_BY_ANY, "queued", "answered", "answered_at") if merged.get(name)}
    if in_parts:
        known_fields |= {"queued", "answered"}
    for whether, at in (("queued", "queued_at"), ("answered", "answered_at")):
        if whether in known_fields and not merged[whether]:
            known_fields.add(at)
        elif merged[whether] and merged[at] is None:
            known_fields.discard(at)
    if in_parts and not answered and not _is_left_unanswered(own, telling):
        known_fields -= {"answered", "answered_at"} | (set() if merged["queued"] else {"queued", "queued_at"})
    if not (merged["queued"] or answered) and any(map(_has_queue, own)):
        known_fields -= {"queued", "queued_at"}
    return {name: value for name, value in merged.items() if name not in DECIDING or name in known_fields}


def _is_left_unanswered(own: list[dict[str, Any]], telling: list[dict[str, Any]]) -> bool:
    """Whether the rows of a call's devices, none of which was answered, tell that it never was."""
    doubtful = {"answered", "answered_at", "outcome"}
    clear = doubtful.isdisjoint(name for leg in own for name in leg.get("unclear") or ())
    told = telling or [leg for leg in own if leg.get("answered") is False]
    return clear and bool(told) and all(leg.get("outcome") != "answered" for leg in told)


def _get_start_key(leg: Any) -> tuple[str, bool, int, str]:
    """Legs that began at the same moment go by direction and number."""
    number = leg.get("leg")
    return leg["entered_at"], leg["direction"] != "inbound", to_place(number), number or ""


def _answer(leg: Any) -> tuple[str, tuple[str, bool, int, str]]:
    """Answers go by their moments; one without a moment, by the start of its leg."""
    return leg.get("answered_at") or leg["entered_at"], _get_start_key(leg)


def _collect_values(legs: list[dict[str, Any]], name: str) -> list[Any]:
    return [leg[name] for leg in legs if leg.get(name) is not None]


# The row of a call of one leg as CSV without centre and seq, to be filled with the JSON of each value:
# subject (without its quotes), direction, day, entry, whether and when it was queued, whether and when it was
# answered, end, waiting, talking, outcome, agent, group, caller, rating, whether blocked, what is unknown
ONE_LEG = b'"%b",%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,%b,1,%b,%b'

CALLS = FactTable(table=calls, kind="call", days=("entered_on",), rows=project_call)
FACTS = (CALLS,)
