"""What a test is given, read from lines of text: each becomes an event in the log, and with it a fact.

call    2025-03-31 23:59:50  queued 23:59:55  answered 00:00:05  group 综合
order   A1  accepted 2023-05-02  投诉  from c1  unit 甲局  due 2023-05-09  closed 2023-05-08
order   A2  accepted 2023-05-02  投诉  closed 2023-05-08  followed 2023-05-10 solved 满意
order   A3  accepted 2023-05-02  due 2023-05-09  pausing
step    A3  2023-05-03T10:00  dispatched 甲局
step    A3  2023-05-04T10:00  paused
person  R1  joined 2022-05-01  left 2023-02-14  score 82  verified
person  R2  joined 2022-05-01  post 班长
moved   R2  2023-03-01  引导员
posts   2023-01-01  35
posts   2023-01-01  2 班长
named   post 班长 组长 from 2023-06-01
named   unit 甲局 乙局 merged from 2023-06-01
named   post 质检员
said    opened  from 2023-07-01
said    labour  服务费
said    labour  办公费  no
payment P1  劳务费  due 2023-01-10  paid 2023-01-09  1000.00
budget  approved 2023-01-12  2000.00
probe   2023-07-01 03:00  down
probe   2023-07-01 03:00  on 乙平台
outage  乙平台  2023-07-01T03:00  2023-07-01T05:00  planned
said    platform 乙平台 no from 2023-08-01
answer  W1  2023-12-05  yes yes no
issued  2023-12-05  100
day     2023-01-01  messages 10  cases 0  visits -
training 2023-04-07  29 of 30
inspected c1  2023-02-01  failed
recording c1  2023-05-01 08:00:20  1140
recording -   2023-05-01 08:00:20  1140
document D1  person/R1  diploma_check
withdrawn D1
total   telecom_calls  2023-05-01..2023-05-31  3440  某某电信
delivered calls  2023-08-01..2023-08-31  as of 2023-09-01  imported 2023-09-02
delivered roster  as of 2023-03-01
delivered roster  2023-02-14..2023-02-14  as of 2023-03-01
delivered roster  present  as of 2023-03-01
zero    calls  2023-08-12..2023-08-13  signed 2023-09-02
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count, pairwise
from typing import Any

import sqlalchemy as sa

from tracker import centers, log
from tracker.events import TYPES, Event
from tracker.events.assertions import TOTALS, TotalAsserted
from tracker.events.calls import CallEnded
from tracker.events.daily_counts import CallInspected, DayCounted
from tracker.events.declarations import TOPICS, TopicDeclared
from tracker.events.documents import DocumentAttached, DocumentWithdrawn
from tracker.events.ledger import DeliveryImported, NothingToReport
from tracker.events.names import NameChanged
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.events.platform import PlatformDown, PlatformProbed
from tracker.events.recordings import CallRecorded
from tracker.events.staffing import PersonRostered, PersonTransferred, PostsEstablished, TrainingHeld
from tracker.events.surveys import SurveyAnswered, SurveyIssued
from tracker.events.times import BEIJING, get_day_start
from tracker.events.work_orders import (
    BY_HOURS,
    SATISFACTION,
    WorkOrderAccepted,
    WorkOrderClosed,
    WorkOrderFollowedUp,
)

RECORDED = datetime(2030, 1, 1, tzinfo=BEIJING)
_numbers = count(1)
_RATINGS = {word: code for code, word in SATISFACTION.items()}


def record(connection: sa.Connection, text: str, center: str = "tlf") -> None:
    """Appends what the lines say; a later call on the same thing supersedes the earlier."""
    raw: Any = connection.connection.driver_connection
    if not any(one.center_id == center for one in centers.list_known_centers(raw)):
        centers.create_center(raw, center, "吐鲁番", now=RECORDED)
    events = [event for line in text.splitlines() if line.strip() for event in _read(line)]
    append(connection, events, center)


def append(connection: sa.Connection, events: list[Event], center: str = "tlf") -> None:
    """Appends events of a delivery of their own, later than all before."""
    raw: Any = connection.connection.driver_connection
    number = next(_numbers)
    as_of = RECORDED + timedelta(seconds=number)
    with log.appending(raw, center, delivery=f"d{number}", as_of=as_of, recorded_at=RECORDED) as appending:
        appending.add([(event, row) for row, event in enumerate(events, start=2)])


def _read(line: str) -> Iterator[Event]:
    kind, *words = line.split()
    yield from _READERS[kind](words)


def _call(words: list[str]) -> Iterator[Event]:
    start = datetime.fromisoformat(f"{words[0]} {words[1]}").replace(tzinfo=BEIJING)
    told = _named(words[2:])
    queued, answered = (_clock(told.get(name), start) for name in ("queued", "answered"))
    outcome = "answered" if answered else "queue_abandoned" if queued else "ivr_abandoned"
    yield CallEnded(
        call_id=told.get("id", f"c{next(_numbers)}"),
        direction="outbound" if "outbound" in words else "inbound",
        entered_at=start, queued_at=queued, rang_at=None, answered_at=answered, ended_at=None,
        talk_ms=int(told["talk"]) * 1000 if "talk" in told else None,
        outcome=told.get("outcome", outcome), agent=told.get("agent"), skill_group=told.get("group"),
        caller=None, rating=None,
    )  # fmt: skip


def _order(words: list[str]) -> Iterator[Event]:
    order, told = words[0], _named(words[1:])
    kind = next((word for word in words if word in ("投诉", "咨询", "求助", "表扬")), None)
    yield WorkOrderAccepted(
        order_id=order, at=_moment(told.get("accepted")), kind=kind, unit=told.get("unit"),
        channel=told.get("channel"), topic=told.get("topic"),
        deadline_at=_moment(told.get("due")), call_id=told.get("from"),
        pauses_extend=BY_HOURS if "pausing" in words else None,
    )  # fmt: skip
    if "closed" in told:
        yield WorkOrderClosed(order_id=order, at=_moment(told["closed"]))
    if "followed" in told:
        reached = "unreached" not in words
        answer = {True: "solved" in words, False: None}[reached]
        rating = next((_RATINGS[word] for word in words if word in _RATINGS), None)
        yield WorkOrderFollowedUp(
            order_id=order, at=_moment(told["followed"]), reached=reached,
            solved=None if "unsaid" in words else answer, satisfaction=rating,
        )  # fmt: skip


def _step(words: list[str]) -> Iterator[Event]:
    order, at, milestone, *unit = words
    more = {"unit": unit[0]} if unit else {}
    yield TYPES[f"work_order.{milestone}"](order_id=order, at=_moment(at), step=at, **more)


def _person(words: list[str]) -> Iterator[Event]:
    told = _named(words[1:])
    score = told.get("score")
    yield PersonRostered(
        staff_no=words[0], name=None, post=told.get("post", "引导员"), education="大专",
        education_check_no="XL1" if "verified" in words else None,
        joined_on=_required(told["joined"]), left_on=_day(told.get("left")), leaving_reason=None,
        pre_job_score=Decimal(score) if score else None,
    )  # fmt: skip


def _posts(words: list[str]) -> Iterator[Event]:
    post = words[2] if len(words) > 2 else "引导员"
    yield PostsEstablished(effective_on=_required(words[0]), post=post, headcount=int(words[1]), basis=None)


def _moved(words: list[str]) -> Iterator[Event]:
    yield PersonTransferred(staff_no=words[0], moved_on=_required(words[1]), post=words[2], reason=None)


def _name(words: list[str]) -> Iterator[Event]:
    way = "merged" if "merged" in words else "renamed" if len(words) > 2 else "distinct"
    yield NameChanged(
        sort=words[0], known_as=words[1], way=way, becomes=None if way == "distinct" else words[2],
        first_day=_day(_named(words).get("from")), basis=None,
    )  # fmt: skip


def _said(words: list[str]) -> Iterator[Event]:
    yield TopicDeclared(
        topic=words[0], known_as=words[1] if TOPICS[words[0]].of else None, holds="no" not in words[1:],
        first_day=_day(_named(words).get("from")),
    )  # fmt: skip


def _payment(words: list[str]) -> Iterator[Event]:
    told = _named(words[2:])
    yield PaymentRecorded(
        payment_id=words[0], item=words[1], for_period=None, payee=told.get("payee"),
        due_on=_required(told["due"]),
        paid_on=_day(told.get("paid")), amount_fen=_fen(words[-1]),
    )  # fmt: skip


def _budget(words: list[str]) -> Iterator[Event]:
    yield BudgetMoved(
        moved_on=_required(words[1]), movement=words[0], item="劳务费", amount_fen=_fen(words[2]),
        document=f"文{next(_numbers)}",
    )  # fmt: skip


def _probe(words: list[str]) -> Iterator[Event]:
    at = datetime.fromisoformat(f"{words[0]} {words[1]}").replace(tzinfo=BEIJING)
    yield PlatformProbed(platform=_named(words).get("on", "12345"), at=at, up="down" not in words)


def _outage(words: list[str]) -> Iterator[Event]:
    platform, down_at, up_at, *more = words
    began = datetime.fromisoformat(down_at).replace(tzinfo=BEIJING)
    yield PlatformDown(
        platform=platform, down_at=began, up_at=_moment(up_at), planned="planned" in more, reason=None
    )


def _answer(words: list[str]) -> Iterator[Event]:
    aware, can_use, satisfied = ({"yes": True, "no": False}.get(word) for word in words[2:5])
    yield SurveyAnswered(
        answer_id=words[0], answered_on=_required(words[1]), aware=aware, can_use=can_use,
        satisfied=satisfied, answers={},
    )  # fmt: skip


def _issued(words: list[str]) -> Iterator[Event]:
    yield SurveyIssued(survey="满意度", issued_on=_required(words[0]), issued=int(words[1]), returned=None)


def _counted(words: list[str]) -> Iterator[Event]:
    pairs = zip(words[1::2], words[2::2], strict=True)
    told = {name: None if number == "-" else int(number) for name, number in pairs}
    yield DayCounted(
        counted_on=_required(words[0]), messages=told.get("messages"), cases=told.get("cases"),
        visits=told.get("visits"),
    )  # fmt: skip


def _training(words: list[str]) -> Iterator[Event]:
    yield TrainingHeld(
        held_on=_required(words[0]), topic=f"培训{next(_numbers)}", due=int(words[3]), attended=int(words[1]),
        on_leave=None,
    )  # fmt: skip


def _inspected(words: list[str]) -> Iterator[Event]:
    yield CallInspected(
        call_id=words[0], inspected_on=_required(words[1]), agent=None, passed="failed" not in words
    )


def _recording(words: list[str]) -> Iterator[Event]:
    at = datetime.fromisoformat(f"{words[1]} {words[2]}").replace(tzinfo=BEIJING)
    yield CallRecorded(
        call_id=None if words[0] == "-" else words[0],
        started_at=at,
        duration_ms=int(words[3]) * 1000,
        agent=None,
    )


def _document(words: list[str]) -> Iterator[Event]:
    digest = sha256(words[0].encode()).hexdigest()
    yield DocumentAttached(
        document=words[0], about=words[1], kind=words[2], title="材料", sha256=digest, sm3=None, size=1,
        media_type="application/pdf", pages=1, attached_by="张三", attached_at=RECORDED,
    )  # fmt: skip


def _withdrawn(words: list[str]) -> Iterator[Event]:
    yield DocumentWithdrawn(document=words[0], reason="传错", withdrawn_by="张三", withdrawn_at=RECORDED)


def _total(words: list[str]) -> Iterator[Event]:
    days = list(_span(words[1]))
    yield TotalAsserted(
        kind=words[0], first_day=days[0], end_day=days[-1] + timedelta(days=1), value=Decimal(words[2]),
        unit=TOTALS[words[0]][1].name, issued_by=words[3], document=None, stated_by=None, stated_at=None,
    )  # fmt: skip


def _delivered(words: list[str]) -> Iterator[Event]:
    """Without days it tells of its year from January on; the days of a roster are those on which somebody
    had left, and one of those present tells of none."""
    told = _named(words)
    as_of = get_day_start(_required(told["of"]))
    year = (as_of - timedelta(days=1)).year
    days = list(_span(words[1])) if ".." in words[1] else [date(year, 1, 1)]
    imported_at = get_day_start(_required(told["imported"])) if "imported" in told else RECORDED
    name = f"{words[0]}{next(_numbers)}"
    yield DeliveryImported(
        delivery=name, of=words[0], file_name=f"{name}.csv", sha256="0" * 64, size=1, profile="x",
        as_of=as_of, as_of_basis="given", imported_at=imported_at, rows=len(days), new=len(days), changed=0,
        same=0, stale=0, quarantined=0, days={day.isoformat(): 1 for day in days},
        leavers_since=days[0] if words[0] == "roster" and "present" not in words else None,
    )  # fmt: skip


def _zero(words: list[str]) -> Iterator[Event]:
    days = list(_span(words[1]))
    yield NothingToReport(
        of=words[0], first_day=days[0], end_day=days[-1] + timedelta(days=1), signed_by="张三",
        signed_at=get_day_start(_required(words[-1])), remark=None,
    )  # fmt: skip


_READERS: dict[str, Callable[[list[str]], Iterator[Event]]] = {
    "call": _call,
    "order": _order,
    "step": _step,
    "person": _person,
    "moved": _moved,
    "posts": _posts,
    "named": _name,
    "said": _said,
    "payment": _payment,
    "budget": _budget,
    "probe": _probe,
    "outage": _outage,
    "answer": _answer,
    "issued": _issued,
    "day": _counted,
    "training": _training,
    "inspected": _inspected,
    "recording": _recording,
    "document": _document,
    "withdrawn": _withdrawn,
    "total": _total,
    "delivered": _delivered,
    "zero": _zero,
}


SOURCES = {
    "calls", "work_orders", "roster", "posts", "training", "payments", "budget", "probes", "survey_answers",
    "survey_issues", "daily_counts", "inspections", "documents",
}  # fmt: skip
"""Of which the words above tell, of those that figures are counted from."""


def _named(words: list[str]) -> dict[str, str]:
    """Each word with the one that follows it."""
    return dict(pairwise(words))


def _clock(text: str | None, start: datetime) -> datetime | None:
    """A time of day at or after `start`."""
    if text is None:
        return None
    at = datetime.combine(start.date(), datetime.fromisoformat(f"2000-01-01 {text}").time(), BEIJING)
    return at if at >= start else at + timedelta(days=1)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _required(text: str) -> date:
    return date.fromisoformat(text)


def _fen(text: str) -> int:
    return int(Decimal(text) * 100)


def _span(text: str) -> Iterator[date]:
    """2023-08-01..2023-08-31, both ends included."""
    first, last = (date.fromisoformat(part) for part in text.split(".."))
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
