"""One month of work orders as they happened, and the tables in which platforms write them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from tests.ingest.call_layouts import Row, text
from tracker.events.times import BEIJING

NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True, kw_only=True)
class Order:
    """How an order went; it was accepted at nine on its day of May 2023. None: it did not come so far."""

    day: int
    kind: str = "咨询"
    direct: bool = False  # answered at once, no unit was charged
    late: bool = False
    closed: bool = True
    cancelled: bool = False
    reached: bool | None = None  # by a follow-up call
    solved: bool | None = None
    satisfied: bool | None = None

    @property
    def number(self) -> str:
        return f"2305{self.day:0>2}{int(self.cancelled)}"

    @property
    def accepted_at(self) -> datetime:
        return datetime(2023, 5, self.day, 9, 0, 7, tzinfo=BEIJING)

    @property
    def dispatched_at(self) -> datetime | None:
        return None if self.direct else self.accepted_at + timedelta(minutes=20)

    @property
    def due_at(self) -> datetime:
        return datetime(2023, 5, self.day, 23, 30, 13, tzinfo=BEIJING)

    @property
    def closed_at(self) -> datetime | None:
        """Late ones the next morning: in New York still the day on which they were due."""
        if not self.closed:
            return None
        return self.due_at + timedelta(minutes=100 if self.late else -45)

    @property
    def archived_at(self) -> datetime | None:
        """When somebody had looked at the result, after the deadline in any case."""
        return self.closed_at and self.closed_at + timedelta(days=2)

    @property
    def cancelled_at(self) -> datetime | None:
        return self.accepted_at + timedelta(minutes=5) if self.cancelled else None

    @property
    def followed_up_at(self) -> datetime | None:
        return None if self.reached is None or self.closed_at is None else self.closed_at + timedelta(hours=3)


SPECIAL = (
    Order(day=1, reached=True, solved=True, satisfied=True),
    Order(day=2, late=True, kind="投诉", reached=True, solved=False, satisfied=False),
    Order(day=3, closed=False, kind="求助"),
    Order(day=4, closed=False, cancelled=True),
    Order(day=5, direct=True, reached=True, solved=True, satisfied=True),
    Order(day=6, reached=False),
    Order(day=7, kind="投诉", reached=True, solved=True, satisfied=False),
    Order(day=31, late=True, reached=True, solved=False),
)
ORDERS = (*SPECIAL, *(Order(day=day) for day in (4, *range(8, 31))))  # every day has one


def _share(part: Iterable[bool], among: Iterable[bool]) -> tuple[Fraction, Fraction]:
    return Fraction(sum(part)), Fraction(sum(among))


CARRIED = ("work_order_on_time_rate",)
"""Indicators that also count orders accepted before, of which a month's table says nothing."""


def count_truth(orders: Sequence[Order]) -> dict[str, tuple[Fraction, Fraction | None]]:
    """Numerator and denominator of each indicator, counted from the orders alone."""
    standing = [one for one in orders if not one.cancelled]
    done = [one for one in standing if one.closed]
    on_time = [one.closed and not one.late for one in standing]
    asked = [one for one in done if one.reached is not None]
    return {
        "work_orders_opened": (Fraction(len(orders)), None),
        "work_order_closing_rate": _share((one.closed for one in standing), (True for _ in standing)),
        "work_order_on_time_rate": _share(on_time, (True for _ in standing)),
        "work_order_on_time_of_accepted_rate": _share(on_time, (True for _ in standing)),
        "work_order_follow_up_rate": _share((True for _ in asked), (True for _ in done)),
        "work_order_resolution_rate": _share(
            (one.solved is True for one in asked), (one.solved is not None for one in asked)
        ),
        "work_order_satisfaction_rate": _share(
            (one.satisfied is True for one in asked), (one.satisfied is not None for one in asked)
        ),
        "complaint_resolution_rate": _share(
            (one.solved is True and one.kind == "投诉" for one in asked),
            (one.solved is not None and one.kind == "投诉" for one in asked),
        ),
        "work_order_answered_directly_rate": _share(
            (one.direct and one.closed for one in standing), (True for _ in standing)
        ),
    }


_DIRECTLY = "work_order_answered_directly_rate"


@dataclass(frozen=True, kw_only=True)
class OrderLayout:
    """How a platform writes orders, and which indicators its table cannot tell."""

    profile: str
    columns: Mapping[str, Callable[[Order], object]]
    untold: Mapping[str, str] = field(default_factory=dict)  # indicator → the title of the field it lacks
    leaves_out_cancelled: bool = False  # and counts them apart
    tells_cancelled: bool = True

    @property
    def orders(self) -> list[Order]:
        """Those that count by its table."""
        without = self.leaves_out_cancelled or not self.tells_cancelled
        return [one for one in ORDERS if not (one.cancelled and without)]

    def write(self) -> list[Row]:
        written = ORDERS if self.tells_cancelled else self.orders
        return [{title: write(one) for title, write in self.columns.items()} for one in written]


def _yes(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


def _mark(satisfied: bool | None) -> str:
    return "" if satisfied is None else "满意" if satisfied else "不满意"


def _state(order: Order, done: object, still_open: object, cancelled: object) -> object:
    return cancelled if order.cancelled else done if order.closed else still_open


def in_utc(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def in_new_york(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(NEW_YORK):%m/%d/%Y %I:%M:%S %p}"


_NOT_ASKED = {
    "work_order_follow_up_rate": "回访时间", "work_order_resolution_rate": "是否解决",
    "work_order_satisfaction_rate": "满意度", "complaint_resolution_rate": "是否解决",
}  # fmt: skip

LAYOUTS = (
    OrderLayout(
        profile="beijing_order_wide",
        columns={
            "orderNum": lambda one: one.number,
            "callTime": lambda one: text(one.accepted_at),
            "callerType": lambda one: one.kind,
            "organizationName": lambda one: "" if one.direct else "某街道",
            "firstDispatchTime": lambda one: text(one.dispatched_at),
            "dispatchTime": lambda one: text(one.dispatched_at),
            "deadlineDate": lambda one: text(one.due_at),
            "handleDays": lambda one: 1,
            "completeTime": lambda one: text(one.closed_at),
            "orderState": lambda one: _state(one, "已办结", "办理中", "已作废"),
            "visitTime": lambda one: text(one.followed_up_at),
            "visitCallIsConnected": lambda one: _yes(one.reached),
            "visitIsSolved": lambda one: _yes(one.solved),
            "visitIsSatisfaction": lambda one: _mark(one.satisfied),
        },
    ),
    OrderLayout(
        profile="beijing_district",
        columns={
            "a5Num": lambda one: one.number,
            "orderNum": lambda one: f"q{one.day}",
            "orderType": lambda one: one.kind,
            "checkInDateTime": lambda one: text(one.accepted_at),
            "districtReplyDateTime": lambda one: text(one.due_at),
            "endDateTime": lambda one: text(one.closed_at),
            "visitDateTime": lambda one: text(one.followed_up_at),
            "successVisit": lambda one: _yes(one.reached),
            "successSolve": lambda one: {None: "", True: "1", False: "0"}[one.solved],
            "processSatisfaction": lambda one: _mark(one.satisfied),
        },
        untold={_DIRECTLY: "派单时间"},
        tells_cancelled=False,
    ),
    OrderLayout(
        profile="egova_stat_info",
        columns={
            "rec_id": lambda one: one.day,
            "task_num": lambda one: one.number,
            "create_time": lambda one: text(one.accepted_at - timedelta(minutes=3)),
            "operate_time": lambda one: text(one.accepted_at),
            "main_type_name": lambda one: "市容环境",
            "dispose_unit_name": lambda one: "" if one.direct else "市城管局",
            "dispatch_time": lambda one: text(one.dispatched_at),
            "dispose_deadline": lambda one: text(one.due_at),
            "dispose_end_time": lambda one: text(None if one.direct else one.closed_at),
            "archive_time": lambda one: text(one.closed_at if one.direct else one.archived_at),
            "cancel_time": lambda one: text(one.cancelled_at),
            "multi_rework_num": lambda one: 0,
        },
        untold=_NOT_ASKED,
    ),
    OrderLayout(
        profile="huawei_case",
        columns={
            "caseNo": lambda one: one.number,
            "typeName": lambda one: one.kind,
            "status": lambda one: "节点一",
            "state": lambda one: _state(one, "Completed", "Processing", "Pending"),
            "isCanced": lambda one: "true" if one.cancelled else "false",
            "origin": lambda one: "Voice",
            "createdDate": lambda one: text(one.accepted_at),
            "dueDate": lambda one: text(one.due_at),
            "closedDate": lambda one: text(one.closed_at),
        },
        untold=_NOT_ASKED | {_DIRECTLY: "派单时间"},
    ),
    OrderLayout(
        profile="zammad",
        columns={
            "id": lambda one: one.day,
            "number": lambda one: one.number,
            "group": lambda one: "Users",
            "state": lambda one: _state(one, "closed", "pending reminder", "removed"),
            "created_at": lambda one: in_utc(one.accepted_at),
            "close_at": lambda one: in_utc(one.closed_at),
            "last_close_at": lambda one: "",
            "close_escalation_at": lambda one: in_utc(one.due_at).replace(
                ".000Z", ""
            ),  # as the database has it
        },
        untold=_NOT_ASKED | {_DIRECTLY: "派单时间"},
    ),
    OrderLayout(
        profile="glpi",
        columns={
            "id": lambda one: one.number,
            "date": lambda one: text(one.accepted_at),
            "status": lambda one: _state(one, "6" if one.late else "5", "4", "1"),
            "solvedate": lambda one: text(one.closed_at),
            "closedate": lambda one: text(one.archived_at),
            "time_to_resolve": lambda one: text(one.due_at),
            "is_deleted": lambda one: int(one.cancelled),
            "itilcategories_id": lambda one: "道路",
        },
        untold=_NOT_ASKED | {_DIRECTLY: "派单时间"},
        leaves_out_cancelled=True,
    ),
    OrderLayout(
        profile="open311",
        columns={
            "service_request_id": lambda one: one.number,
            "status": lambda one: _state(one, "closed", "open", "closed"),
            "service_name": lambda one: "Pothole",
            "agency_responsible": lambda one: "Public Works",
            "requested_datetime": lambda one: in_utc(one.accepted_at).replace(".000", ""),
            "updated_datetime": lambda one: in_utc(one.archived_at).replace(".000", ""),
            "expected_datetime": lambda one: in_utc(one.due_at).replace(".000", ""),
        },
        untold=_NOT_ASKED
        | {
            _DIRECTLY: "派单时间",
            "work_order_closing_rate": "办结时间",
            "work_order_on_time_rate": "办结时间",
            "work_order_on_time_of_accepted_rate": "办结时间",
        },
    ),
    OrderLayout(
        profile="nyc_311",
        columns={
            "Unique Key": lambda one: one.number,
            "Created Date": lambda one: in_new_york(one.accepted_at),
            "Closed Date": lambda one: in_new_york(one.closed_at),
            "Agency": lambda one: "DOT",
            "Agency Name": lambda one: "Department of Transportation",
            "Complaint Type": lambda one: "Street Condition",
            "Status": lambda one: _state(one, "Closed", "In Progress", "Cancelled"),
            "Due Date": lambda one: in_new_york(one.due_at),
            "Open Data Channel Type": lambda one: "PHONE",
        },
        untold=_NOT_ASKED | {_DIRECTLY: "派单时间"},
    ),
)
