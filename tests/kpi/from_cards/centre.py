"""A centre's year, drawn mean: what a real one would rather not have.

What a file tells is what its event says, so the rows of one kind are events; an order is its acceptance with
the steps after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from random import Random
from typing import Any, TypeVar

from tracker.events import Event
from tracker.events.appeals import ExclusionAppealed
from tracker.events.calls import CallEnded
from tracker.events.daily_counts import CallInspected, DayCounted
from tracker.events.declarations import TopicDeclared
from tracker.events.documents import DocumentAttached, DocumentWithdrawn
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.events.platform import PlatformDown, PlatformProbed
from tracker.events.staffing import PersonRostered, PostsEstablished, TrainingHeld
from tracker.events.surveys import SurveyAnswered, SurveyIssued
from tracker.events.times import BEIJING, get_day, get_day_start
from tracker.events.work_orders import (
    BY_HOURS,
    SATISFACTION,
    WorkOrderAccepted,
    WorkOrderAssessed,
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderDispatched,
    WorkOrderEvent,
    WorkOrderExtended,
    WorkOrderFollowedUp,
    WorkOrderPaused,
    WorkOrderRedone,
    WorkOrderResumed,
    WorkOrderReturned,
    WorkOrderSigned,
)
from tracker.modules import find_modules
from tracker.periods import Month, Year

AnyEvent = TypeVar("AnyEvent", bound=Event)
YEAR = Year(2024)  # a leap year
NOW = datetime(2025, 4, 1, tzinfo=BEIJING)  # the winter after it is known


@dataclass(frozen=True)
class Order:
    """A work order and what became of it, in the order of time."""

    accepted: WorkOrderAccepted
    steps: tuple[WorkOrderEvent, ...]
    assessed: WorkOrderAssessed

    @property
    def accepted_at(self) -> datetime:
        assert self.accepted.at is not None
        return self.accepted.at


@dataclass
class Centre:
    """Everything that a centre delivered of a year."""

    calls: list[CallEnded] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    people: list[PersonRostered] = field(default_factory=list)
    posts: list[PostsEstablished] = field(default_factory=list)
    trainings: list[TrainingHeld] = field(default_factory=list)
    payments: list[PaymentRecorded] = field(default_factory=list)
    budget: list[BudgetMoved] = field(default_factory=list)
    probes: list[PlatformProbed] = field(default_factory=list)
    outages: list[PlatformDown] = field(default_factory=list)
    answers: list[SurveyAnswered] = field(default_factory=list)
    issues: list[SurveyIssued] = field(default_factory=list)
    days: list[DayCounted] = field(default_factory=list)
    inspections: list[CallInspected] = field(default_factory=list)
    documents: list[DocumentAttached] = field(default_factory=list)
    withdrawn: list[DocumentWithdrawn] = field(default_factory=list)
    said: list[TopicDeclared] = field(default_factory=list)
    appeals: list[ExclusionAppealed] = field(default_factory=list)
    others: list[Event] = field(default_factory=list)  # drawn by the modules beside this one
    last_roster: date = date(2025, 3, 31)  # the day on which the last one was exported
    last_day: date = date(2024, 12, 31)  # of which calls and orders were delivered
    missing: frozenset[date] = frozenset()  # days before it of which none were
    legs: dict[str, list[CallEnded]] = field(default_factory=dict)  # what was delivered of calls in legs

    def find_others(self, kind: type[AnyEvent]) -> list[AnyEvent]:
        """The events of a type among the others, in the order of delivery."""
        return [one for one in self.others if isinstance(one, kind)]


def draw(seed: int) -> Centre:
    """The centre of that seed."""
    random = Random(seed)
    centre = Centre()
    empty = random.choice(YEAR.months)  # nothing happened, as was signed
    centre.calls = [_call(random, number, _moment(random)) for number in range(500)]
    centre.calls += _busy_days(random)
    centre.orders = [_order(random, number) for number in range(400)]
    centre.calls = [one for one in centre.calls if Month.of(one.entered_at) != empty]
    centre.orders = [one for one in centre.orders if Month.of(one.accepted_at) != empty]
    centre.people = [_person(random, number) for number in range(30)]
    centre.last_roster = random.choice([centre.last_roster, date(2024, 11, 15)])
    centre.posts = _posts(random)
    centre.trainings = [_training(random, number) for number in range(9)]
    centre.payments = [_payment(random, number) for number in range(60)]
    centre.budget = _budget(random)
    _probe(random, centre)
    centre.said += _labour(random)
    centre.said += [TopicDeclared(topic="rating", known_as=key, holds=key == "1") for key in ("1", "2")]
    _ask(random, centre)
    centre.days = [_counted(random, day) for day in _days_of_year() if random.random() < 0.9]
    centre.inspections = [_inspection(random, centre.calls) for _ in range(60)]
    _attach(random, centre)
    centre.appeals = [_appeal(random) for _ in range(40)]
    for module in find_modules("draw_events", str(__package__)):
        centre.others += module.draw_events(Random(f"{module.__name__} {seed}"))
    return centre


# ---- calls

# what is told of an inbound call: has it a queueing time, has it an answer time, its outcome
_ENDS = (
    *[(True, True, "answered")] * 12,
    (True, True, None),
    (False, True, "answered"),
    (False, True, None),
    *[(True, False, "queue_abandoned")] * 3,
    (True, False, "ring_no_answer"),
    (True, False, "overflow"),
    (True, False, "voicemail"),
    (True, False, "callback_requested"),
    (True, False, "queue_unanswered"),
    (True, False, None),
    (False, False, "queue_abandoned"),
    (False, False, None),
    (True, False, "blocked"),
    (True, False, "self_service"),
    *[(False, False, "ivr_abandoned")] * 2,
    (False, False, "blocked"),
    (False, False, "voicemail"),
    (False, True, "self_service"),
    (True, True, "self_service"),
    (False, True, "ivr_abandoned"),
    (True, True, "ivr_abandoned"),
    (False, True, "blocked"),
    (True, True, "overflow"),
    (True, True, "no_reply"),
)


def _busy_days(random: Random) -> Iterator[CallEnded]:
    """Two days over the end of a month with a call every half hour or so."""
    start = get_day_start(random.choice(YEAR.months).end_day - timedelta(days=1))
    for number in range(120):
        entered = start + timedelta(minutes=random.randrange(48 * 60))
        yield _call(random, 1000 + number, entered)


def _call(random: Random, number: int, entered: datetime) -> CallEnded:
    queues, answers, outcome = random.choice(_ENDS)
    queued = entered + timedelta(seconds=random.choice([0, 5, 40])) if queues else None
    waits = timedelta(milliseconds=random.choice([0, 3000, 14_999, 15_000, 15_001, 60_000]))
    answered = (queued or entered) + waits if answers else None
    talk = random.choice([None, 0, 1, 30_000, 180_000, 4_000_001])
    inbound = random.random() < 0.8
    number_of_citizen = random.choice([None, *(f"t{one}" for one in range(6))])
    return CallEnded(
        call_id=f"c{number}",
        direction="inbound" if inbound else "outbound",
        entered_at=entered,
        queued_at=queued,
        answered_at=answered,
        ended_at=random.choice([None, entered + timedelta(minutes=3), entered + timedelta(minutes=3)]),
        talk_ms=talk,
        outcome=outcome,
        skill_group=random.choice(["综合", None]),
        agent=None,
        caller=number_of_citizen if inbound else None,
        callee=None if inbound else number_of_citizen,
        rating=random.choice([None, None, *RATINGS]),
    )


RATINGS = ("非常满意", "满意", "比较满意", "基本满意", "一般", "不满意", "1", "2", "9")


# ---- orders


def _order(random: Random, number: int) -> Order:
    """Accepted from the month before on; half have no deadline."""
    order = f"A{number}"
    accepted = random.choice([*[_moment(random) for _ in range(8)], *_around_new_year(random)])
    days = random.choice([None, None, None, 1, 5, 5, 15, 400])
    deadline = None if days is None else random.choice([accepted, get_day_start(get_day(accepted))])
    if deadline is not None and days is not None:
        deadline += timedelta(days=days)
    first = WorkOrderAccepted(
        order_id=order,
        at=accepted,
        kind=random.choice([*KINDS, "投诉", "投诉", "疑难", None]),
        unit=random.choice(["甲局", "乙局", None]),
        deadline_at=deadline,
        call_id=None,
        pauses_extend=random.choice([BY_HOURS, None]),
    )
    return Order(first, tuple(_life(random, first)), _assessed(random, first))


def _assessed(random: Random, accepted: WorkOrderAccepted) -> WorkOrderAssessed:
    """Some of it told, with deadlines that are kept to the second, or missed by one."""
    assert accepted.at is not None
    due = random.choice([None, accepted.at + timedelta(hours=random.choice([1, 30, 2000]))])
    replied = None if due is None else due + timedelta(seconds=random.choice([-9000, 0, 1, 90_000]))
    return WorkOrderAssessed(
        order_id=accepted.order_id,
        at=None,
        contacted=random.choice([True, True, False, None]),
        attitude=random.choice([*SATISFACTION, None]),
        process=random.choice([*SATISFACTION, None]),
        return_due_at=random.choice([None, accepted.at + timedelta(hours=random.choice([1, 5, 40]))]),
        sub_reply_due_at=due,
        sub_replied_at=random.choice([None, replied, replied]),
        role=random.choice(["主办", "主办", "协办", None]),
        main_order=random.choice([None, None, "A0"]),
        hung_at=random.choice([None, None, accepted.at + timedelta(days=random.choice([0, 3, 40]))]),
        repeated=random.choice([True, False, None]),
        urging_order=random.choice([None, None, "U1"]),
    )


KINDS = ("咨询", "投诉", "求助", "建议", "举报", "表扬")


def _life(random: Random, accepted: WorkOrderAccepted) -> Iterator[WorkOrderEvent]:
    """Handed on, perhaps paused, extended, closed by itself, sent back, cancelled and followed up."""
    assert accepted.at is not None
    clock = _Clock(random, accepted.at, accepted.deadline_at)
    order = accepted.order_id
    if random.random() < 0.7 or accepted.pauses_extend:  # no flow log: nobody knows whether it was paused
        yield WorkOrderDispatched(order_id=order, **clock.later(), unit=random.choice(["甲局", None]))
        if random.random() < 0.6:
            yield WorkOrderSigned(order_id=order, **clock.later(), unit=None)
    for _ in range(random.choice([0, 0, 0, 1, 2])):
        yield WorkOrderReturned(order_id=order, **clock.later(), unit=None, reason=None)
    if random.random() < 0.2:
        yield WorkOrderPaused(order_id=order, **clock.later(), reason=None)
        yield WorkOrderResumed(order_id=order, **clock.later())
    if accepted.deadline_at is not None and random.random() < 0.2:
        later = accepted.deadline_at + timedelta(days=random.choice([3, 40]))
        yield WorkOrderExtended(order_id=order, **clock.later(), deadline_at=later, reason=None)
    if random.random() < 0.1:
        yield WorkOrderCancelled(order_id=order, **clock.later(), reason=None)
        return
    if random.random() < 0.1:  # called before it was closed: no follow-up
        yield _follow_up(random, order, clock.later())
    for _ in range(random.choice([1, 1, 1, 1, 2, 3])):
        if random.random() < 0.15:
            return
        yield WorkOrderClosed(order_id=order, **clock.later(at_deadline=True), unit=None)
        if random.random() < 0.6:
            yield _follow_up(random, order, clock.later())
        if random.random() < 0.25:
            yield WorkOrderRedone(order_id=order, **clock.later(), unit=None)
            if accepted.deadline_at is not None and random.random() < 0.3:
                granted = clock.later()
                later = granted["at"] + timedelta(days=20)
                yield WorkOrderExtended(order_id=order, **granted, deadline_at=later, reason=None)
    if random.random() < 0.05:
        yield WorkOrderCancelled(order_id=order, **clock.later(), reason=None)


class _Clock:
    """Moments one after another, each a step of its own."""

    def __init__(self, random: Random, start: datetime, deadline: datetime | None):
        self.random, self.now, self.deadline, self.number = random, start, deadline, 0

    def later(self, *, at_deadline: bool = False) -> dict[str, Any]:
        """The next moment: soon, or days later; on the very deadline where that may be."""
        self.number += 1
        hours = self.random.choice([0, 1, 1, 5, 5, 30, 100, 400])
        self.now += timedelta(hours=hours, seconds=self.random.randrange(3600))
        if at_deadline and self.deadline is not None and self.random.random() < 0.3:
            near = self.deadline + timedelta(seconds=self.random.choice([-1, 0, 1]))
            midnight = near == get_day_start(
                get_day(near)
            )  # would say that the hour of the closing is unknown
            self.now = max(self.now, near - timedelta(seconds=midnight))
        return {"at": self.now, "step": str(self.number)}


def _follow_up(random: Random, order: str, at: dict[str, Any]) -> WorkOrderFollowedUp:
    """Reached or not; a citizen who was reached may say neither whether it is solved nor how it was."""
    reached = random.random() < 0.8
    return WorkOrderFollowedUp(
        order_id=order,
        **at,
        reached=reached,
        solved=random.choice([True, True, True, False, None]) if reached else None,
        satisfaction=random.choice([*SATISFACTION, None]) if reached else None,
    )


def _appeal(random: Random) -> ExclusionAppealed:
    """Of some orders several, refused first and granted later, or the other way round."""
    asked = draw_day(random)
    return ExclusionAppealed(
        order_id=f"A{random.randrange(30)}",
        asked_on=asked,
        granted=random.choice([True, False]),
        decided_on=random.choice([asked, asked + timedelta(days=20)]),
    )


# ---- people


def _person(random: Random, number: int) -> PersonRostered:
    """Joined years ago, on the first day of a month or on any; left on 1 January, the day of joining, any."""
    joined = random.choice(
        [date(2021, 5, 1), date(2024, 1, 1), date(2024, 3, 1), draw_day(random), draw_day(random)]
    )
    later = joined + timedelta(days=random.choice([1, 20, 200]))
    left = random.choice([None, None, None, joined, later, max(joined, date(2024, 1, 1)), date(2025, 1, 1)])
    score = random.choice([None, "0", "59.9", "60", "85"])
    education = random.choice([*COLLEGE, *SCHOOL, None, "本科肄业", "本科在读", "其他"])
    return PersonRostered(
        staff_no=f"R{number}",
        post=random.choice(["话务员", "班长", "厨师", None]),
        education=education,
        education_check_no=random.choice([None, "XL1"]),
        joined_on=joined,
        left_on=left,
        leaving_reason=random.choice([None, "调动", "辞职"]) if left else None,
        pre_job_score=None if score is None else Decimal(score),
    )


COLLEGE = ("大专", "大学本科", "高职", "硕士研究生", "博士")
SCHOOL = ("高中", "中专", "初中")


def _posts(random: Random) -> list[PostsEstablished]:
    """From before the year, from mid-April or from October only; changed once, one post given up."""
    start = random.choice([date(2023, 3, 1), date(2024, 4, 15), date(2024, 10, 1)])
    return [
        PostsEstablished(effective_on=start, post="话务员", headcount=random.randint(5, 20)),
        PostsEstablished(effective_on=start, post="班长", headcount=2),
        PostsEstablished(effective_on=date(2024, 11, 30), post="话务员", headcount=random.randint(5, 20)),
        PostsEstablished(effective_on=date(2024, 12, 31), post="班长", headcount=0),
    ]


def _training(random: Random, number: int) -> TrainingHeld:
    due = random.choice([0, 7, 30])
    return TrainingHeld(
        held_on=draw_day(random),
        topic=f"培训{number}",
        due=due,
        attended=random.randint(0, due),
        on_leave=None,
    )


# ---- money


def _payment(random: Random, number: int) -> PaymentRecorded:
    """On time, on the very day, late, after the year, never; some came back, some are of the year before."""
    due = random.choice([*[draw_day(random)] * 9, date(2023, 11, 30)])
    days = random.choice([None, None, -20, -1, 0, 0, 1, 30, 31, 120])
    paid = None if days is None else due + timedelta(days=days)
    refund = paid is not None and random.random() < 0.1
    return PaymentRecorded(
        payment_id=f"P{number}",
        item=random.choice(ITEMS),
        for_period=random.choice([None, None, *FOR_PERIODS]),
        payee=None,
        due_on=due,
        paid_on=None if paid is None or paid > NOW.date() else paid,
        goods_accepted_on=random.choice([None, due - timedelta(days=random.choice([0, 5, 29, 30, 31, 90]))]),
        amount_fen=(-1 if refund else 1) * random.randint(1, 5_000_000),
    )


ITEMS = ("劳务费", "工资", "绩效薪酬", "12345热线服务费", "社会保险费", "办公费", "邮电费")
FOR_PERIODS = {  # as written → the last month of it; None: nobody understands it
    "2024年5月": Month(2024, 5),
    "2024-11": Month(2024, 11),
    "2024年1-3月": Month(2024, 3),
    "2024年第二季度": Month(2024, 6),
    "2023年12月": Month(2023, 12),
    "详见附件": None,
}


def _labour(random: Random) -> Iterator[TopicDeclared]:
    """Which items are labour: said of none, of some or of all, odd names and all."""
    said = random.choice([(), ITEMS[:4], ITEMS])
    for item in said:
        holds = item in ("劳务费", "工资", "绩效薪酬", "12345热线服务费")
        yield TopicDeclared(topic="labour", known_as=item, holds=holds, first_day=None)
    if len(said) == 4:
        yield TopicDeclared(topic="labour", known_as="办公费", holds=False, first_day=None)


def _budget(random: Random) -> list[BudgetMoved]:
    """Approved in January, or in December of the year before with its year told or not; received in parts."""
    day, year = random.choice(
        [(date(2024, 1, 12), None), (date(2023, 12, 20), 2024), (date(2023, 12, 20), None)]
    )
    moves: list[tuple[date, str, int, int | None]] = [(day, "approved", 100_000_000, year)]
    moves += [(draw_day(random), "received", random.randint(1, 40_000_000), None) for _ in range(3)]
    moves += [(draw_day(random), "adjusted", sign * random.randint(1, 9_000_000), None) for sign in (1, -1)]
    moves += [(draw_day(random), "returned", random.randint(1, 1_000_000), None)]
    moves += random.choice([[], [(date(2024, 1, 5), "carried", 5_000_000, 2024)]])
    moves += random.choice([[], [(date(2024, 12, 10), "approved", 200_000_000, 2025)]])
    moves += random.choice([[], [(date(2025, 1, 15), "received", 3_000_000, 2024)]])
    return [
        BudgetMoved(
            moved_on=day,
            movement=way,
            item="劳务费",
            amount_fen=fen,
            document=f"文{number}",
            budget_year=year,
        )
        for number, (day, way, fen, year) in enumerate(moves)
    ]


# ---- the platform


def _probe(random: Random, centre: Centre) -> None:
    """Three platforms probed as it comes: one stops in the year, one is not counted from a day on."""
    stops = {"12345": date(2025, 1, 1), "乙平台": draw_day(random), "丙平台": date(2025, 1, 1)}
    for platform, end in stops.items():
        for _ in range(150):
            hour = get_day_start(draw_day(random)) + timedelta(hours=random.randrange(24))
            for _ in range(random.choice([1, 1, 2, 60])):
                at = hour + timedelta(seconds=random.choice([0, random.randrange(3600)]))
                if at < get_day_start(end):
                    centre.probes.append(PlatformProbed(platform=platform, at=at, up=random.random() < 0.9))
    out = draw_day(random)
    centre.said.append(TopicDeclared(topic="platform", known_as="丙平台", holds=False, first_day=out))
    for _ in range(5):
        down = _moment(random)
        centre.outages.append(
            PlatformDown(
                platform="12345", down_at=down, up_at=down + timedelta(hours=3), planned=True, reason=None
            )
        )


# ---- questionnaires, daily counts, inspections


def _ask(random: Random, centre: Centre) -> None:
    """One questionnaire, or two of which it was said which counts, or of one, or of none."""
    surveys = random.choice([["问卷甲"], ["问卷甲", "问卷乙"], ["问卷甲", "问卷乙"]])
    centre.answers = [_answer(random, number, random.choice(surveys)) for number in range(60)]
    for survey in surveys:
        centre.issues += [
            SurveyIssued(
                survey=survey, issued_on=draw_day(random), issued=random.randint(20, 60), returned=19
            )
            for _ in range(2)
        ]
    said = random.choice([{}, {"问卷甲": True}, {"问卷甲": True, "问卷乙": False}])
    for survey, holds in said.items():
        centre.said.append(TopicDeclared(topic="survey", known_as=survey, holds=holds, first_day=None))


def _answer(random: Random, number: int, survey: str) -> SurveyAnswered:
    aware, can_use, satisfied = (random.choice([True, True, True, False, None]) for _ in range(3))
    return SurveyAnswered(
        answer_id=f"W{number}",
        survey=survey,
        answered_on=random.choice([date(2024, 6, 1), date(2024, 12, 5), draw_day(random)]),
        aware=aware,
        can_use=can_use,
        satisfied=satisfied,
        answers={},
    )


def _counted(random: Random, day: date) -> DayCounted:
    counts = [random.choice([None, 0, random.randrange(5000)]) for _ in range(3)]
    return DayCounted(counted_on=day, messages=counts[0], cases=counts[1], visits=counts[2])


def _inspection(random: Random, calls: list[CallEnded]) -> CallInspected:
    """Of a call that is held, soon or in a later month; or of one that is not."""
    call = random.choice(calls)
    held = random.random() < 0.8
    return CallInspected(
        call_id=call.call_id if held else f"x{random.randrange(99)}",
        inspected_on=get_day(call.entered_at) + timedelta(days=random.choice([0, 5, 40])),
        agent=None,
        passed=random.random() < 0.9,
    )


# ---- documents

_OF_A_PERSON = (
    "recruitment_approval", "diploma_check", "labour_contract", "pre_job_training", "leaving_record", "photo",
)  # fmt: skip
_OF_A_PAYMENT = ("contract", "invoice", "voucher", "settlement")


def _attach(random: Random, centre: Centre) -> None:
    """Most of what people and payments must have, or nothing at all; some of it withdrawn."""
    if random.random() < 0.8:
        for person in centre.people:
            for kind in _OF_A_PERSON:
                _file(random, centre, person.subject, kind)
    if random.random() < 0.8:
        for payment in centre.payments:
            for kind in _OF_A_PAYMENT:
                _file(random, centre, payment.subject, kind)


def _file(random: Random, centre: Centre, about: str, kind: str) -> None:
    for copy in range(random.choice([0, 1, 1, 1, 1, 1, 1, 2])):
        name = f"{about}/{kind}/{copy}"
        digest = sha256(name.encode()).hexdigest()
        centre.documents.append(
            DocumentAttached(
                document=digest[:16],
                about=about,
                kind=kind,
                title="材料",
                sha256=digest,
                sm3=None,
                size=1,
                media_type="application/pdf",
                pages=1,
                attached_by="张三",
                attached_at=NOW,
            )
        )
        if random.random() < 0.05:
            centre.withdrawn.append(
                DocumentWithdrawn(document=digest[:16], reason="传错", withdrawn_by="张三", withdrawn_at=NOW)
            )


# ---- chance


def _days_of_year() -> Iterator[date]:
    for number in range(YEAR.days):
        yield YEAR.first_day + timedelta(days=number)


def _around_new_year(random: Random) -> list[datetime]:
    """In the month before the year, and in its last days."""
    return [
        get_day_start(date(2023, 12, 1)) + timedelta(seconds=random.randrange(31 * 86_400)),
        get_day_start(date(2024, 12, 25)) + timedelta(seconds=random.randrange(7 * 86_400)),
    ]


def draw_day(random: Random) -> date:
    """Any day of the year, or an end of a month."""
    ends = [month.first_day for month in YEAR.months] + [
        month.end_day - timedelta(days=1) for month in YEAR.months
    ]
    return random.choice([YEAR.first_day + timedelta(days=random.randrange(YEAR.days)), random.choice(ends)])


def _moment(random: Random) -> datetime:
    """Any moment of the year, or the first or last second of a day."""
    second = random.choice([0, 86_399, random.randrange(86_400), random.randrange(86_400)])
    return get_day_start(draw_day(random)) + timedelta(seconds=second)
