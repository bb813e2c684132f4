"""Whether and when a call was queued and answered, from whatever a platform tells of it.

Most platforms print no moment of queueing, and many none of an answer: they give a result, a mark, durations,
or a row for each device that the call passed. What follows from these is taken; what does not is unknown.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from ingest.kinds.kind import FieldNames, Reading, RowProblem, leave_out_alike
from ingest.profiles.derived import Derived
from tracker.events import Event
from tracker.events.calls import IN_THE_IVR, OF_THE_QUEUE

MOMENTS = frozenset({"queued_at", "answered_at"})


def is_told_by_moments(reading: Reading) -> bool:
    """Whether a table has the moments of queue and answer, so that nothing else must tell of them."""
    return reading.present >= MOMENTS and "part" not in reading.present and not reading.rules.derived


_OF_AN_AGENT = re.compile(r"[坐座]席|人工|话务员|接线员|agent", re.IGNORECASE)


def may_be_of_system(reading: Reading) -> bool:
    """Whether the moment of the answer may be the IVR's where a row names no agent: the title of its column,
    应答时间 or 接通时间, says nothing of agents, and there is a column of them."""
    label = reading.labels.get("answered_at")
    return label is not None and "agent" in reading.present and not _OF_AN_AGENT.search(label)


_ENDED_UNTAKEN = frozenset(
    {
        *IN_THE_IVR, *OF_THE_QUEUE, "voicemail", "callback_requested", "no_reply",
        "queue_unanswered", "unanswered",
    }
)  # fmt: skip
_OF_A_PART = {  # what a row of one device tells, beside the call, its start and its end
    "ivr": frozenset[str](),
    "queue": frozenset({"queued_at", "queueing_ms", "skill_group"}),
    "agent": frozenset(
        ("rang_at", "answered_at", "answered", "ring_ms", "talk_ms", "agent", "skill_group", "rating")
    ),
}
_AT_AGENTS = ("rang_at", "ring_ms", "wait_ms")
WITH_AGENT = tuple(f"{how} {what}" for how in ("answered", "outcome") for what in ("agent", *_AT_AGENTS))
"""Fields that together tell whether an agent answered, where words say no more than 接通."""
_SAID_BY_DEVICES = frozenset().union(*_OF_A_PART.values())

Row = dict[str, Any]  # key of a field → its value, None where nothing is said


class CallTimes:
    """Completes the rows of one table."""

    def __init__(self, reading: Reading) -> None:
        self._derived: Mapping[str, Derived] = reading.rules.derived
        self._present = reading.present
        self.moments = MOMENTS & reading.present  # of which the table has a column
        self._legs = reading.rules.legs
        self._summary = reading.rules.summary
        self._outbound = reading.rules.outbound
        self._may_be_of_system = may_be_of_system(reading)

    def complete(self, row: Row) -> Row:
        """A row with all that follows from it: whether `queued` and `answered`, and when. Of a row of one
        device, what it tells and no more.

        Raises: RowProblem where what is told of an answer, or of the queue, contradicts itself.
        """
        if row["direction"] == "outbound" and row["outcome"] in self._outbound:
            row["outcome"] = self._outbound[row["outcome"]] or None
        if row["part"] is None and "part" in self._present and self._legs:
            raise RowProblem("part", "不能为空：无法判断该行是导航、队列还是座席", "请补填")
        if row["part"] is not None:
            untold = _SAID_BY_DEVICES - _OF_A_PART[row["part"]]
            row = {key: None if key in untold else value for key, value in row.items()}
        self._derive(row, ("entered_at", "ended_at", "rang_at", "talk_ms"))
        connected = _settle_connected(row)
        answered, told_by = self._is_answered(row)
        if told_by == "answered_at" and answered and row["direction"] == "inbound" and self._may_be_of_system:
            self._check_agent(row, connected)
        if connected and answered and told_by != "answered_at" and not self._is_of_agent(row):
            answered = self._derive_answer(row)
            row["outcome"] = "answered" if answered else None
        queued = self._is_queued(row, answered)
        happened = {"queued_at": queued, "answered_at": answered, "wait_ms": answered}
        row.update((key, None) for key, whether in happened.items() if not whether)
        self._derive(row, [key for key, whether in happened.items() if whether])
        return row | {"queued": queued, "answered": answered, "told_by": told_by}

    def leave_out(self, row: Row) -> frozenset[str]:
        """What a row of one device does not tell: it is told by the rows of others."""
        part = row["part"]
        if part is None:
            return frozenset()
        untold = _SAID_BY_DEVICES - _OF_A_PART[part]
        if self._summary is not None and row["leg"] != self._summary:
            untold |= {"outcome"}
            if not row["answered"]:
                untold |= {"answered_at"}  # another device may have been
        if self._summary is None and part != "agent" and row["outcome"] == "answered":
            untold |= {"outcome"}  # by the platform itself, which plays music
        if "queued_at" in untold:
            untold |= {"queued"}
        if "answered_at" in untold:
            untold |= {"answered", "wait_ms"}
        return untold

    def slack(self, key: str) -> timedelta:
        """How far a moment may be off that was made of rounded durations; 0 for one that was delivered."""
        derived = self._derived.get(key)
        if derived is None or key in self.moments:
            return timedelta()
        return timedelta(seconds=derived.steps)

    def made_of(self, key: str) -> tuple[str, ...]:
        """What is in doubt where a value is: its column, and the fields that it was made of."""
        derived = self._derived.get(key)
        if derived is None:
            return (key,)
        own = (key,) if key in self._present else ()
        return (*own, *sorted({*derived.fields} - {"entered_at"}))

    def _derive(self, row: Row, keys: Sequence[str]) -> None:
        """Fills in what follows from other fields, and from what follows from those.

        Raises: RowProblem for a length of time below 0."""
        wanted = [key for key in keys if key in self._derived]
        for _ in wanted:
            for key in wanted:
                if row.get(key) is None:
                    row[key] = value = self._derived[key].value(row)
                    if isinstance(value, int) and value < 0:
                        raise RowProblem(
                            key, "推算出来是负数：推算用的各个时长互相矛盾", "请核对这几列",
                            doubtful=self.made_of(key),
                        )  # fmt: skip

    def _is_answered(self, row: Row) -> tuple[bool | None, str]:
        """Whether it was answered, by an agent or, of a call out, by the one called; and what field says so.

        Raises: RowProblem where mark and result deny each other."""
        marked, result = row["answered"], _answer_of(row["outcome"])
        if "answered_at" in self.moments:
            if marked is not None and (marked == "yes") != (row["answered_at"] is not None):
                raise RowProblem(
                    "answered",
                    "与应答时间矛盾",
                    "请核对这两列，改正不对的一个",
                    doubtful=("answered", "answered_at"),
                )
            return row["answered_at"] is not None, "answered_at"
        if marked is not None:
            if result is not None and result != (marked == "yes"):
                raise RowProblem(
                    "answered",
                    "与呼叫结果矛盾",
                    "请核对这两列，改正不对的一个",
                    doubtful=("answered", "outcome"),
                )
            return marked == "yes", "answered"
        if result is not None:
            return result, "outcome"
        if (derived := self._derived.get("answered")) is not None:
            return self._derive_answer(row), next(iter(derived.fields))
        return None, "answered"

    def _is_of_agent(self, row: Row) -> bool:
        """Whether a call went out, or its row names an agent; in a table without agents, ringing at one.

        The IVR answers too, and a caller whom it answered may leave the queue, or while an agent's telephone
        rings: that there was a queue tells nothing."""
        if row["direction"] == "outbound" or row["part"] is not None:
            return True
        return bool(row["agent"]) if "agent" in self._present else any(row[key] for key in _AT_AGENTS)

    def _check_agent(self, row: Row, connected: bool) -> None:
        """Raises: RowProblem where neither a name nor a word says that an agent gave the answer."""
        by_word = not connected and (row["outcome"] == "answered" or row["answered"] == "yes")
        if not by_word and not self._is_of_agent(row):
            raise RowProblem(
                "agent",
                "是空的，而应答时间可能是系统（语音导航）接起的：是不是人工接听不明",
                "请补上接听的座席，或导出写明人工接听的呼叫结果",
                doubtful=("answered_at",),
            )

    def _derive_answer(self, row: Row) -> bool | None:
        derived = self._derived.get("answered")
        return None if derived is None else derived.value(row)

    def _is_queued(self, row: Row, answered: bool | None) -> bool | None:
        """Whether it reached the agents' queue.

        Raises: RowProblem where the result says that it never did, and something else that it did."""
        if row["part"] == "queue":
            return True
        if "queued_at" in self.moments:
            return row["queued_at"] is not None
        outcome, inbound = row["outcome"], row["direction"] == "inbound"
        in_queue = next(
            (key for key in ("queueing_ms", "rang_at") if row[key] and (key != "rang_at" or inbound)), None
        )
        if outcome in IN_THE_IVR:
            if in_queue is not None and not answered:
                raise RowProblem(
                    in_queue, "与呼叫结果矛盾：结果说明没有进入人工队列", "请核对这两列",
                    doubtful=(in_queue, "outcome"),
                )  # fmt: skip
            return False
        if (answered and inbound) or outcome in OF_THE_QUEUE or in_queue is not None:
            return True
        derived = self._derived.get("queued")
        return derived.value(row) if derived is not None else None


def leave_out(events: Sequence[Event], untold: FieldNames, unclear: FieldNames) -> Sequence[Event]:
    """Calls that say nothing of an answer, or of the queue, where the cell that would is not understood: what
    tells less than that cell is no substitute for it."""
    for event in events:
        said = event.__dict__
        doubtful: list[str] = []
        if not unclear.isdisjoint(("answered_at", "answered")):
            doubtful = ["answered", "answered_at", "wait_ms"]
            if not (said.get("queued_at") or said.get("rang_at") or said.get("outcome") in OF_THE_QUEUE):
                doubtful.append("queued")
        if "queued_at" in unclear:
            doubtful.append("queued")
        said.update(dict.fromkeys([key for key in doubtful if key in said]))
    return leave_out_alike(events, untold, unclear)


def _settle_connected(row: Row) -> bool:
    """Takes 接通 for an answer; tells whether nothing but such words says that an agent gave it."""
    words = row["outcome"], row["answered"]
    if row["outcome"] == "connected":
        row["outcome"] = "answered"
    if row["answered"] == "connected":
        row["answered"] = "yes"
    return "connected" in words and not {"answered", "yes"} & {*words}


def _answer_of(outcome: str | None) -> bool | None:
    """Whether a result says that somebody answered; None: it does not say."""
    return True if outcome == "answered" else False if outcome in _ENDED_UNTAKEN else None
