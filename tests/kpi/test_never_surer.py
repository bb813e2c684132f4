"""A figure is never surer than its data: whatever a delivery leaves out or garbles, the true value lies
within what is shown, or nothing is shown.

Each test draws what truly happened, writes the file as a platform would, damages it, imports it, and holds
the figures against the truth that it counts for itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.quarantine.settling import settle_by_hand
from ingest.records.voiding import void_delivery
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS
from tests.centre import NOW, Centre
from tests.drawing import examples
from tracker.database import Database
from tracker.periods import Month

APRIL, MAY, JUNE = (Month(2023, number) for number in (4, 5, 6))
DAYS = [MAY.first_day + timedelta(days=n) for n in range(31)]

DAYS_OF = ("hotline_service_days", "call_answer_days_below_norm")  # figures that count days
Truth = Mapping[str, Fraction | None]  # indicator → its true value; None: there is nothing to divide by


@pytest.fixture
def centre(database: Database, home: Path) -> Callable[[], Centre]:
    return lambda: Centre(database, home)


def hold(figures: Mapping[str, Figure], truth: Truth) -> None:
    """No figure says what is not so."""
    for key, figure in figures.items():
        true = truth[key]
        what = f"{key}: true {true}, shown {figure.value} {figure.status} {figure.reason}"
        match figure.status:
            case Status.VERIFIABLE:
                assert true is not None and figure.value == INDICATORS[key].round_value(true), what
            case Status.PARTLY if figure.low is not None and figure.high is not None and true is not None:
                assert figure.low <= true <= figure.high, what
                assert figure.value is not None and figure.low <= figure.value <= figure.high, what
                if key in DAYS_OF:  # a month has no more days than it has, whatever is missing
                    assert figure.high <= (figure.period.end_day - figure.period.first_day).days, what
            case Status.NOT_APPLICABLE:
                assert true is None, what


# ---- calls


@dataclass(frozen=True)
class Call:
    """What truly happened to a call, and how its row was spoilt."""

    day: date
    wait: int | None  # seconds until the answer; None: abandoned
    talk: int
    outbound: bool = False
    spoilt: str = ""

    def row(self, number: int) -> dict[str, str]:
        start = datetime.combine(self.day, datetime.min.time()) + timedelta(hours=9, seconds=number % 3000)
        answered = None if self.wait is None else start + timedelta(seconds=self.wait)
        row = {
            "流水号": f"N{number}",
            "呼叫类型": "呼出" if self.outbound else "呼入",
            "进入系统时间": f"{start}",
            "进入队列时间": f"{start}",
            "坐席应答时间": f"{answered or ''}",
            "结束时间": f"{(answered or start) + timedelta(seconds=self.talk)}",
            "通话时长": str(self.talk if answered else 0),
            "呼叫结果": "已接听" if answered else "排队放弃",
        }
        return row | ({self.spoilt: SPOILT[self.spoilt]} if self.spoilt else {})


SPOILT = {
    "流水号": "", "呼叫类型": "转", "进入系统时间": "昨天上午", "进入队列时间": "9点多",
    "坐席应答时间": "马上", "通话时长": "很长", "呼叫结果": "机器人",
}  # fmt: skip
CALL_TITLES = tuple(Call(DAYS[0], 1, 1).row(1))
CALL_FIGURES = (
    "call_answer_rate", "call_answer_of_inbound_rate", "call_answer_within_15s_rate",
    "call_answer_within_15s_of_answered_rate", "call_abandon_rate", "calls_inbound", "calls_offered",
    "calls_answered", "call_average_wait", "call_average_talk", "hotline_service_days",
    "call_answer_days_below_norm",
)  # fmt: skip

calls = st.builds(
    Call,
    day=st.sampled_from(DAYS),
    wait=st.one_of(st.none(), st.integers(0, 40)),
    talk=st.integers(1, 300),
    outbound=st.sampled_from([False, False, False, True]),
    spoilt=st.sampled_from(["", "", "", *SPOILT]),
)


def true_of_calls(calls: Sequence[Call]) -> Truth:
    inbound = [call for call in calls if not call.outbound]
    answered = [call for call in inbound if call.wait is not None]
    soon = [call for call in answered if call.wait is not None and call.wait <= 15]
    waits = [call.wait for call in answered if call.wait is not None]
    return {
        "call_answer_rate": _share(answered, inbound),
        "call_answer_of_inbound_rate": _share(answered, inbound),
        "call_answer_within_15s_rate": _share(soon, inbound),
        "call_answer_within_15s_of_answered_rate": _share(soon, answered),
        "call_abandon_rate": _share([call for call in inbound if call.wait is None], inbound),
        "calls_inbound": Fraction(len(inbound)),
        "calls_offered": Fraction(len(inbound)),
        "calls_answered": Fraction(len(answered)),
        "call_average_wait": Fraction(sum(waits), len(answered)) if answered else None,
        "call_average_talk": Fraction(sum(one.talk for one in answered), len(answered)) if answered else None,
        "hotline_service_days": Fraction(len({call.day for call in answered})),
        "call_answer_days_below_norm": Fraction(sum(map(_is_below_norm, _by_day(inbound)))),
    }


def _by_day(calls: Sequence[Call]) -> list[list[Call]]:
    return [[call for call in calls if call.day == day] for day in sorted({call.day for call in calls})]


def _is_below_norm(of_day: Sequence[Call]) -> bool:
    return 100 * sum(call.wait is not None for call in of_day) < 95 * len(of_day)


def _share(part: Sequence[object], whole: Sequence[object]) -> Fraction | None:
    return Fraction(100 * len(part), len(whole)) if whole else None


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    drawn=st.lists(calls, min_size=3, max_size=25),
    dropped=st.sets(st.sampled_from(["结束时间", "通话时长", "呼叫结果"])),
)
def test_figures_of_calls_hold_whatever_is_dropped_or_spoilt(
    centre: Callable[[], Centre], drawn: list[Call], dropped: set[str]
) -> None:
    made = [*(Call(day, 5, 60) for day in DAYS), *drawn]  # every day has a call, so that no day is missing
    here, titles = centre(), [title for title in CALL_TITLES if title not in dropped]
    rows = [call.row(number) for number, call in enumerate(made, 1)]
    here.take_in("话单_2023-05.csv", titles, ([row[title] for title in titles] for row in rows))
    hold(here.figures(MAY, *CALL_FIGURES), true_of_calls(made))


# ---- orders


@dataclass(frozen=True)
class Order:
    """What truly became of an order, and how its row was spoilt."""

    day: date
    kind: str
    due_in: int  # days
    closed_in: int | None  # days; None: open
    reached: bool | None  # None: not followed up
    solved: bool
    rating: str
    spoilt: str = ""

    @property
    def due(self) -> date:
        return self.day + timedelta(days=self.due_in)

    @property
    def closed(self) -> date | None:
        return None if self.closed_in is None else self.day + timedelta(days=self.closed_in)

    @property
    def followed(self) -> bool:
        return self.closed is not None and self.reached is not None

    def row(self, number: int) -> dict[str, str]:
        closed, followed = self.closed, self.followed
        row = {
            "工单编号": f"W{number}",
            "受理时间": f"{self.day} 08:00:00",
            "诉求类型": self.kind,
            "办结时限": f"{self.due} 18:00:00",
            "办结时间": f"{closed} 10:00:00" if closed else "",
            "回访时间": f"{closed} 11:00:00" if followed else "",
            "是否接通": ("是" if self.reached else "否") if followed else "",
            "是否解决": ("已解决" if self.solved else "未解决") if followed and self.reached else "",
            "满意度": self.rating if followed and self.reached else "",
        }
        return row | ({self.spoilt: SPOILT_ORDER[self.spoilt]} if self.spoilt else {})


SPOILT_ORDER = {
    "工单编号": "", "受理时间": "某日", "诉求类型": "疑难件类", "办结时限": "尽快", "办结时间": "前天",
    "是否解决": "差不多", "满意度": "还行吧",
}  # fmt: skip
ORDER_TITLES = tuple(Order(DAYS[0], "投诉", 5, 1, True, True, "满意").row(1))
ORDER_FIGURES = (
    "work_orders_opened", "work_order_closing_rate", "work_order_undated_rate",
    "work_order_on_time_of_accepted_rate", "work_order_follow_up_rate", "work_order_reached_rate",
    "work_order_resolution_rate", "complaint_resolution_rate", "work_order_satisfaction_rate",
)  # fmt: skip
BY_OTHER_DAYS = ("work_order_on_time_rate", "work_orders_closed_in_period")
GOOD = ("非常满意", "满意", "基本满意")

orders = st.builds(
    Order,
    day=st.sampled_from(DAYS),
    kind=st.sampled_from(["投诉", "咨询"]),
    due_in=st.integers(1, 30),
    closed_in=st.one_of(st.none(), st.integers(1, 30)),
    reached=st.sampled_from([None, True, True, False]),
    solved=st.booleans(),
    rating=st.sampled_from(["满意", "不满意", "一般"]),
    spoilt=st.sampled_from(["", "", "", *SPOILT_ORDER]),
)


def true_of_orders(orders: Sequence[Order], month: Month) -> Truth:
    due = [one for one in orders if Month.of(one.due) == month]
    closed = [one for one in orders if one.closed is not None]
    followed = [one for one in closed if one.followed]
    reached = [one for one in followed if one.reached]
    complaints = [one for one in reached if one.kind == "投诉"]
    good = [one for one in reached if one.rating in GOOD]
    return {
        "work_orders_opened": Fraction(len(orders)),
        "work_order_closing_rate": _share(closed, orders),
        "work_order_on_time_of_accepted_rate": _share(list(_on_time(closed)), orders),
        "work_order_undated_rate": Fraction(0),
        "work_order_follow_up_rate": _share(followed, closed),
        "work_order_reached_rate": _share(reached, followed),
        "work_order_resolution_rate": _share([one for one in reached if one.solved], reached),
        "complaint_resolution_rate": _share([one for one in complaints if one.solved], complaints),
        "work_order_satisfaction_rate": _share(good, reached),
        "work_order_on_time_rate": _share(list(_on_time(due)), due),
        "work_orders_closed_in_period": Fraction(
            sum(one.closed is not None and Month.of(one.closed) == month for one in orders)
        ),
    }


def _on_time(orders: Iterable[Order]) -> Iterator[Order]:
    return (one for one in orders if one.closed is not None and one.closed <= one.due)


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    drawn=st.lists(orders, min_size=3, max_size=20),
    dropped=st.sets(st.sampled_from(ORDER_TITLES[2:]), max_size=4).filter(
        lambda titles: not titles >= {"诉求类型", "办结时限", "办结时间"}  # then it is a list of follow-ups
    ),
)
def test_figures_of_orders_hold_whatever_is_dropped_or_spoilt(
    centre: Callable[[], Centre], drawn: list[Order], dropped: set[str]
) -> None:
    plain = Order(DAYS[0], "投诉", 5, 1, True, True, "满意")
    made = [*(replace(plain, day=day) for day in DAYS), *drawn]
    here, titles = centre(), [title for title in ORDER_TITLES if title not in dropped]
    rows = [one.row(number) for number, one in enumerate(made, 1)]
    here.take_in("工单_2023-06.csv", titles, ([row[title] for title in titles] for row in rows))
    here.take_in(  # an order a day in June, so that no day is missing there either
        "工单_2023-07.csv", ORDER_TITLES, (_of_june(n)[1] for n in range(30))
    )
    hold(here.figures(MAY, *ORDER_FIGURES), true_of_orders(made, MAY))
    june = [*made, *(_of_june(n)[0] for n in range(30))]
    hold(here.figures(JUNE, *BY_OTHER_DAYS), true_of_orders(june, JUNE))


def _of_june(number: int) -> tuple[Order, list[str]]:
    order = Order(JUNE.first_day + timedelta(days=number), "咨询", 40, None, None, False, "")
    return order, list(order.row(1000 + number).values())


@dataclass(frozen=True)
class Extended:
    """An order, and when which later deadline was granted: truly judged by the first that passed it open."""

    day: int  # 1: 1 May
    due_in: int
    closed_in: int | None
    granted_in: int | None  # days after acceptance; None: never
    by: int  # days

    @property
    def due(self) -> date:
        return self.at(self.due_in)

    @property
    def late(self) -> date:
        return self.due + timedelta(days=self.by)

    @property
    def granted(self) -> bool:
        """An order is granted time while it is open."""
        return self.granted_in is not None and (self.closed_in is None or self.granted_in < self.closed_in)

    @property
    def judged(self) -> date:
        return self.late if self.granted and (self.granted_in or 0) <= self.due_in else self.due

    @property
    def on_time(self) -> bool:
        return self.closed_in is not None and self.at(self.closed_in) <= self.judged

    def at(self, days: int | None) -> date:
        return MAY.first_day + timedelta(days=self.day - 1 + (days or 0))

    def row(self, number: int, until: date, form: str) -> dict[str, str]:
        """As a platform writes it that knows the world until a day."""
        granted = self.granted and self.at(self.granted_in) < until
        closed = self.closed_in is not None and self.at(self.closed_in) < until
        over = form in ("written over", "silently written over")
        return {
            "工单编号": f"E{number}",
            "受理时间": f"{self.at(0)} 08:00:00",
            "诉求类型": "投诉",
            "办结时限": f"{self.late if granted and over else self.due} 18:00:00",
            "办结时间": f"{self.at(self.closed_in)} 10:00:00" if closed else "",
            "延期时间": f"{self.at(self.granted_in)} 09:00:00" if granted and form != "untimed" else "",
            "延期后时限": f"{self.late} 18:00:00" if granted and form != "without end" else "",
        }


extended = st.builds(
    Extended, day=st.integers(1, 31), due_in=st.integers(1, 20),
    closed_in=st.one_of(st.none(), st.integers(1, 40)),
    granted_in=st.one_of(st.none(), st.integers(1, 40)), by=st.integers(1, 30),
)  # fmt: skip


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    drawn=st.lists(extended, min_size=1, max_size=6),
    form=st.sampled_from(["full", "untimed", "without end", "written over", "silently written over"]),
    looked=st.lists(st.sampled_from([*DAYS[10::5], date(2023, 6, 10)]), unique=True, max_size=3),
)
def test_an_extension_is_never_taken_for_one_in_time_because_nobody_says_when_it_was(
    centre: Callable[[], Centre], drawn: list[Extended], form: str, looked: list[date]
) -> None:
    here = centre()
    made = [*(Extended(day, 2, 1, None, 1) for day in range(1, 62)), *drawn]
    silent = {"延期时间", "延期后时限"} if form == "silently written over" else set()
    titles = [title for title in made[0].row(0, DAYS[0], form) if title not in silent]
    seen = [DAYS[-1] + timedelta(days=1), *looked] if silent else looked
    for until in sorted({*seen, date(2023, 8, 31)}):
        if silent and until.month > 6 and any(one.granted and not _was_seen(one, seen) for one in made):
            return  # a deadline that was written over before anybody saw it, without a word
        rows = [one.row(n, until, form) for n, one in enumerate(made) if one.at(0) < until]
        name = f"工单_{until - timedelta(days=1)}.csv"
        here.take_in(name, titles, ([row[title] for title in titles] for row in rows))
    for month in (MAY, JUNE):
        due = [one for one in made if month.first_day <= one.judged < month.end_day]
        true = _share([one for one in due if one.on_time], due)
        shown = here.figures(month, "work_order_on_time_rate")
        hold(shown, {"work_order_on_time_rate": true})


def _was_seen(one: Extended, seen: Sequence[date]) -> bool:
    """Whether some delivery showed it with the deadline that it had first."""
    return any(one.at(0) < until <= one.at(one.granted_in) for until in seen)


# ---- the kinds one by one


def test_a_column_that_no_delivery_has_is_named_and_nothing_is_shown(centre: Callable[[], Centre]) -> None:
    here, titles = centre(), ["工单编号", "受理时间", "办结时间"]
    plain = Order(DAYS[0], "投诉", 5, 1, True, True, "满意")
    rows = [replace(plain, day=day).row(n) for n, day in enumerate(DAYS)]
    here.take_in("工单_2023-05.csv", titles, ([row[title] for title in titles] for row in rows))
    found = here.figures(
        MAY, "work_order_closing_rate", "work_order_on_time_rate", "work_order_satisfaction_rate"
    )
    assert found["work_order_closing_rate"].status is Status.VERIFIABLE
    assert found["work_order_on_time_rate"].status is Status.UNVERIFIABLE
    assert found["work_order_on_time_rate"].reason.startswith("工单没有“办结时限”一列")
    assert found["work_order_satisfaction_rate"].reason.startswith("工单没有“满意度”一列")


def test_an_empty_cell_of_a_delivered_column_has_not_happened(centre: Callable[[], Centre]) -> None:
    here = centre()
    rows = [Call(day, None, 30).row(n) for n, day in enumerate(DAYS)]
    here.take_in("话单_2023-05.csv", CALL_TITLES, (list(row.values()) for row in rows))
    answered = here.figures(MAY, "call_answer_rate")["call_answer_rate"]
    assert (answered.status, answered.numerator, answered.denominator) == (Status.VERIFIABLE, 0, 31)


def test_an_unanswered_call_does_not_talk(centre: Callable[[], Centre]) -> None:
    here = centre()
    made = [*(Call(day, 5, 60) for day in DAYS), *(Call(day, None, 100) for day in DAYS)]
    rows = [call.row(n) | {"通话时长": "60" if call.wait else "100"} for n, call in enumerate(made)]
    here.take_in("话单_2023-05.csv", CALL_TITLES, (list(row.values()) for row in rows))
    talk = here.figures(MAY, "call_average_talk")["call_average_talk"]
    assert (talk.value, talk.denominator) == (60, 31)


def test_rows_held_back_are_missing_until_they_come_or_somebody_answers_for_them(
    centre: Callable[[], Centre], database: Database
) -> None:
    here = centre()
    lost = [Call(DAYS[n], None, 9, spoilt="呼叫类型") for n in range(10)]
    made = [*(Call(day, 5, 60) for day in DAYS), *lost]
    rows = [list(call.row(n).values()) for n, call in enumerate(made)]
    report = here.take_in("话单_2023-05.csv", CALL_TITLES, rows)
    shown = here.figures(MAY, "call_answer_rate")["call_answer_rate"]
    assert (shown.status, shown.numerator, shown.denominator) == (Status.PARTLY, 31, 31)
    assert (str(shown.low), str(shown.high)) == ("75.60", "100.00")
    assert shown.reason == "话单有10行未导入，没有计入。"

    mended = [list(replace(call, spoilt="").row(31 + n).values()) for n, call in enumerate(lost[:3])]
    here.take_in("补报.csv", CALL_TITLES, mended)
    shown = here.figures(MAY, "call_answer_rate")["call_answer_rate"]
    assert (shown.denominator, shown.reason) == (34, "话单有7行未导入，没有计入。")

    delivery = report.tables[0].delivery
    with database.connect() as connection:
        settle_by_hand(connection, here.code, delivery, None, reason="测试呼叫", by="张三", now=NOW)
    shown = here.figures(MAY, "call_answer_rate")["call_answer_rate"]
    assert (shown.status, shown.denominator) == (Status.VERIFIABLE, 34)


def test_the_file_delivered_again_under_its_name_settles_its_rows(centre: Callable[[], Centre]) -> None:
    here = centre()
    made = [*(Call(day, 5, 60) for day in DAYS), Call(DAYS[3], None, 9, spoilt="进入系统时间")]
    here.take_in("话单.csv", CALL_TITLES, [list(call.row(n).values()) for n, call in enumerate(made)])
    assert here.figures(MAY, "calls_inbound")["calls_inbound"].status is Status.PARTLY
    again = [list(replace(call, spoilt="").row(n).values()) for n, call in enumerate(made)]
    here.take_in("话单.csv", CALL_TITLES, again)
    shown = here.figures(MAY, "calls_inbound")["calls_inbound"]
    assert (shown.status, shown.value) == (Status.VERIFIABLE, 32)


# ---- orders that were cancelled


@dataclass(frozen=True)
class Cancelled:
    """What truly became of an order whose deadline is five days after its acceptance; hours after it."""

    day: date
    closed: int | None
    cancelled: int | None
    told: bool  # whether the export has the time of the cancelling

    @property
    def standing(self) -> bool:
        return self.cancelled is None or (self.closed is not None and self.closed < self.cancelled)

    @property
    def done(self) -> bool:
        return self.closed is not None and self.standing

    @property
    def due(self) -> bool:
        return self.standing or (self.cancelled is not None and self.cancelled > 5 * 24)

    def row(self, number: int) -> list[str]:
        start = datetime.combine(self.day, datetime.min.time()) + timedelta(hours=9)

        def after(hours: int | None, *, said: bool = True) -> str:
            return "" if hours is None or not said else f"{start + timedelta(hours=hours)}"

        state = "已作废" if self.cancelled is not None else "已办结" if self.done else "处理中"
        return [
            f"G{number}", f"{start}", state, after(self.cancelled, said=self.told), after(5 * 24),
            after(self.closed, said=self.done),
        ]  # fmt: skip


_hours = st.one_of(st.none(), st.integers(1, 10 * 24))


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.builds(
            Cancelled,
            day=st.sampled_from(DAYS[:20]),
            closed=_hours,
            cancelled=_hours.filter(lambda hours: hours != 5 * 24),
            told=st.booleans(),
        ),
        max_size=12,
    ).filter(lambda made: all(one.closed is None or one.closed != one.cancelled for one in made))
)
def test_orders_that_were_cancelled_are_neither_open_nor_late(
    centre: Callable[[], Centre], made: list[Cancelled]
) -> None:
    here = centre()
    here.sign("work_orders", APRIL)
    made = [*made, *(Cancelled(day, 30, None, False) for day in DAYS)]  # a day without orders has a gap
    titles = ("工单编号", "受理时间", "工单状态", "作废时间", "办结时限", "办结时间")
    here.take_in("工单_2023-05.csv", titles, (one.row(n) for n, one in enumerate(made)))
    due = [one for one in made if one.day <= DAYS[25] and one.due]
    found = here.figures(MAY, "work_orders_opened", "work_order_closing_rate", "work_order_on_time_rate")
    hold(
        found,
        {
            "work_orders_opened": Fraction(len(made)),
            "work_order_closing_rate": _share(
                [one for one in made if one.done], [one for one in made if one.standing]
            ),
            "work_order_on_time_rate": _share(
                [one for one in due if one.done and one.closed is not None and one.closed <= 5 * 24], due
            ),
        },
    )
    if all(one.told or one.cancelled is None for one in made):
        assert {figure.status for figure in found.values()} == {Status.VERIFIABLE}


# ---- what a later file says


@pytest.mark.parametrize(
    ("title", "word", "key"),
    [
        ("满意度", "差评", "work_order_satisfaction_rate"),
        ("是否解决", "看情况", "work_order_resolution_rate"),
        ("办结时间", "已退回", "work_order_closing_rate"),
        ("办结时限", "长期", "work_order_on_time_rate"),
        ("诉求类型", "疑难件", "complaint_resolution_rate"),
    ],
)
def test_a_newer_cell_that_nobody_understands_takes_the_older_value_back(
    centre: Callable[[], Centre], title: str, word: str, key: str
) -> None:
    here, titles = centre(), ["工单编号", *ORDER_TITLES_OF_ONE]
    here.sign("work_orders", APRIL)
    row = dict(zip(titles, _order_row(1), strict=True))
    rows = [{**row, "工单编号": f"W{n}", "受理时间": f"{day} 09:00:00"} for n, day in enumerate(DAYS)]
    here.take_in("工单_2023-05.csv", titles, ([one[name] for name in titles] for one in rows))
    assert here.figures(MAY, key)[key].status is Status.VERIFIABLE
    rows[3][title] = word
    here.take_in("工单_2023-06.csv", titles, ([one[name] for name in titles] for one in rows))
    shown = here.figures(MAY, key)[key]
    assert shown.status is Status.PARTLY and title in shown.reason


ORDER_TITLES_OF_ONE = [
    "受理时间", "诉求类型", "办结时限", "办结时间", "回访时间", "是否接通", "是否解决", "满意度",
]  # fmt: skip


def _order_row(number: int) -> list[str]:
    return [
        f"W{number}", "2023-05-01 09:00:00", "投诉", "2023-05-31 18:00:00", "2023-05-31 10:00:00",
        "2023-05-31 11:00:00", "是", "是", "满意",
    ]  # fmt: skip


def test_what_a_standing_file_says_again_outlives_the_one_that_is_taken_back(
    centre: Callable[[], Centre], database: Database
) -> None:
    here = centre()
    made = [Call(day, wait=9, talk=30) for day in DAYS]
    rows = [list(call.row(n).values()) for n, call in enumerate(made)]
    first = here.take_in("话单_2023-05.csv", CALL_TITLES, rows)
    late = list(Call(DAYS[0], wait=None, talk=0).row(99).values())
    here.take_in("话单_2023-05全.csv", CALL_TITLES, [*rows, late])
    with database.connect() as connection:
        [table] = first.tables
        assert table.delivery is not None
        void_delivery(connection, here.home, here.code, table.delivery, reason="导错", by="张三", now=NOW)
    shown = here.figures(MAY, "call_answer_rate")["call_answer_rate"]
    assert (shown.numerator, shown.denominator, shown.status) == (31, 32, Status.VERIFIABLE)


def test_an_answer_holds_until_another_is_given(centre: Callable[[], Centre]) -> None:
    here, titles = centre(), ["工单编号", *ORDER_TITLES_OF_ONE]
    rows = [_order_row(n) for n in range(31)]
    for n, row in enumerate(rows):
        row[1] = f"{DAYS[n]} 09:00:00"
        row[-2:] = ["否", "不满意"]
    here.take_in("工单_2023-05.csv", titles, rows)
    steps = [[f"W{n}", "回访", "2023-05-31 20:00:00", "9", ""] for n in range(10)]
    here.take_in("流转_2023-05.csv", ["工单编号", "环节", "操作时间", "步骤序号", "接收单位"], steps)
    for key in ("work_order_satisfaction_rate", "work_order_resolution_rate"):
        shown = here.figures(MAY, key)[key]
        assert (shown.numerator, shown.denominator) == (0, 31)
