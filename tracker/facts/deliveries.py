"""What was delivered, and which days of a source it covers."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from tracker.events.ledger import (
    DeliveryImported,
    DeliveryReleased,
    EventVoided,
    NothingToReport,
    StatementsConfirmed,
)
from tracker.facts.fact import FactRow, FactTable, Slots, define_fact_table, to_day

_TIME = sa.TIMESTAMP(timezone=True)

deliveries = define_fact_table(
    "deliveries",
    (DeliveryImported,),
    sa.Column("delivery", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, doc="数据来源"),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("profile", sa.Text, nullable=False),
    sa.Column("as_of", _TIME, nullable=False),
    sa.Column("as_of_basis", sa.Text, nullable=False),
    sa.Column("imported_at", _TIME, nullable=False),
    sa.Column("imported_on", sa.Date, nullable=False, doc="导入日期"),
    *(
        sa.Column(count, sa.BigInteger, nullable=False)
        for count in ("rows", "new", "changed", "same", "stale", "quarantined")
    ),
    sa.Column("voided", sa.Boolean, nullable=False, doc="已作废"),
    sa.Column("spellings", sa.Text),  # ways of writing numbers that none before had, a line each; None: none
    sa.Column("first_day", sa.Date, doc="起始日"),  # from which on it tells of its things; None: of none
    sa.Column("last_day", sa.Date, doc="末日（含）"),
    sa.Column("leavers_since", sa.Date),  # of a full list: from when on it tells who left; None: it does not
    sa.Column("form", sa.Text),  # None: a file
    title="导入",
)

covered_days = define_fact_table(
    "covered_days",
    (DeliveryImported, NothingToReport),
    sa.Column("source", sa.Text, nullable=False, doc="数据来源"),
    sa.Column("day", sa.Date, nullable=False, doc="日期"),
    sa.Column("rows", sa.BigInteger, nullable=False),  # 0: signed as nothing to report
    # False: a few rows of the day came along with others
    sa.Column("is_whole", sa.Boolean, nullable=False, doc="是否整天"),
    sa.Column("as_of", _TIME, nullable=False),
    more_key=("day",),
    title="已报送的日期",
)
sa.Index("covered_days_source", covered_days.c.center_id, covered_days.c.source, covered_days.c.day)


held_back = define_fact_table(
    "held_back",
    (DeliveryImported,),
    sa.Column("source", sa.Text, nullable=False, doc="数据来源"),
    # the rows are of one day, or of some day of these
    sa.Column("first_day", sa.Date, nullable=False, doc="起始日"),
    sa.Column("last_day", sa.Date, nullable=False, doc="末日（含）"),
    sa.Column("rows", sa.BigInteger, nullable=False),  # not taken in, and not settled since
    # of them, that may speak of things told of otherwise
    sa.Column("known", sa.BigInteger, nullable=False, doc="可能涉及已有记录的行数"),
    # whether they wait with their file for an answer
    sa.Column("asked", sa.Boolean, nullable=False, doc="是否待答"),
    more_key=("source", "first_day", "last_day"),
    title="未导入的行",
)

confirmations = define_fact_table(
    "confirmations",
    (StatementsConfirmed,),
    # inclusive range of events said again
    sa.Column("first_seq", sa.BigInteger, nullable=False, doc="起始记录号"),
    sa.Column("last_seq", sa.BigInteger, nullable=False, doc="截止记录号"),
    sa.Column("as_of", _TIME, nullable=False, doc="数据截至"),
    more_key=("first_seq",),
    title="重复报送的确认",
)

voids = define_fact_table(
    "voids",
    (EventVoided,),
    sa.Column("event_seq", sa.BigInteger),  # one of the two is given
    sa.Column("delivery", sa.Text),
    # what it spoke of; None where that was not noted, or it spoke of nothing that is counted
    sa.Column("source", sa.Text, doc="数据来源"),
    sa.Column("first_day", sa.Date, doc="起始日"),
    sa.Column("last_day", sa.Date, doc="末日（含）"),
    sa.Column("reason", sa.Text),
    title="作废",
)


def _project_delivery(slots: Slots) -> list[FactRow]:
    if "" not in slots:
        return []
    data = slots[""].data
    spellings: Any = data.get("spellings") or ()
    days: Any = data["days"]
    # a list of orders tells of those of earlier days that changed, any other list nothing of such days
    aside: Any = () if data["of"] == "work_orders" else data.get("aside") or ()
    with_rows = [text[:10] for text, rows in days.items() if rows and text not in aside]
    return [
        (
            data["delivery"],
            data["of"],
            data["file_name"],
            data["sha256"],
            data["size"],
            data["profile"],
            data["as_of"],
            data["as_of_basis"],
            data["imported_at"],
            to_day(data["imported_at"]),
            *(data[count] for count in ("rows", "new", "changed", "same", "stale", "quarantined")),
            "voided" in slots,
            "\n".join(spellings) or None,
            min(with_rows, default=None),
            max(with_rows, default=None),
            to_day(data.get("leavers_since")),
            data.get("form"),
        )
    ]


def _project_delivery_days(slots: Slots) -> list[FactRow]:
    """The days the delivery holds rows of; none once it is voided."""
    if "voided" in slots or "" not in slots:
        return []
    data = slots[""].data
    days = data["days"]
    assert isinstance(days, dict)
    aside: Any = data.get("aside") or ()
    return [(data["of"], to_day(text), rows, text not in aside, data["as_of"]) for text, rows in days.items()]


def _project_held_back(slots: Slots) -> list[FactRow]:
    """The rows still missing of a delivery; none once it is voided."""
    if "voided" in slots or "" not in slots:
        return []
    missing: Counter[tuple[str, str]] = Counter()
    certain: Counter[tuple[str, str]] = Counter()
    data: Any = slots[""].data
    spans = [(1, data["held_back"] or ())]
    for slot, part in slots.items():
        payload: Any = part.data
        if slot.startswith("settled/"):
            spans.append((-1, payload["settled"]))
        elif slot.startswith("placed/"):
            spans += [(-1, payload["spans_before"]), (1, payload["spans_after"])]
    for sign, payload in spans:
        for first, last, rows, *noted in payload:
            missing[first, last] += sign * rows
            certain[first, last] += sign * (noted[0] if noted else rows)  # not noted: none is surely new
    return [
        (data["of"], *span, rows, certain[span], False) for span, rows in sorted(missing.items()) if rows > 0
    ]


def _project_question_rows(slots: Slots) -> list[FactRow]:
    """The rows of a file that asks, any of which may speak of things that were told of otherwise."""
    if slots[""].type == DeliveryReleased.type:
        return []
    missing: Counter[tuple[str, str, str]] = Counter()
    data: Any = slots[""].data
    for *span, rows in data["held"]:
        missing[*span] += rows
    return [(*span, rows, rows, True) for span, rows in sorted(missing.items())]


def _project_zero_report_days(slots: Slots) -> list[FactRow]:
    data: Any = slots[""].data
    first, end = date.fromisoformat(data["first_day"]), date.fromisoformat(data["end_day"])
    days = ((first + timedelta(days=n)).isoformat() for n in range((end - first).days))
    return [(data["of"], on, 0, True, data["signed_at"]) for on in days]


def _project_confirmations(slots: Slots) -> list[FactRow]:
    """The ranges a delivery said again; none once it is voided."""
    if "voided" in slots:
        return []
    ranges: list[FactRow] = []
    for slot, part in slots.items():
        if slot.startswith("confirmed/"):
            data: Any = part.data
            as_of = data["confirmed_as_of"]
            ranges += [(first, last, as_of) for first, last in data["events"]]
    return ranges


def _project_voided_event(slots: Slots) -> list[FactRow]:
    data = slots[""].data
    on = to_day(data.get("day"))
    return [(data["event_seq"], None, data.get("of"), on, on, data["reason"])]


def _project_voided_delivery(slots: Slots) -> list[FactRow]:
    if "voided" not in slots:
        return []
    void = slots["voided"].data
    payload: Any = slots[""].data if "" in slots else {}
    days = [text[:10] for text, rows in (payload.get("days") or {}).items() if rows]
    of = payload.get("of") if days else None
    return [
        (None, void["delivery"], of, min(days, default=None), max(days, default=None), void["reason"]),
    ]


DELIVERIES = FactTable(table=deliveries, kind="delivery", days=("imported_on",), rows=_project_delivery)
DELIVERED_DAYS = FactTable(table=covered_days, kind="delivery", days=("day",), rows=_project_delivery_days)
HELD_BACK = FactTable(
    table=held_back, kind="delivery", days=("first_day", "last_day"), rows=_project_held_back
)
ASKED = FactTable(
    table=held_back, kind="held_delivery", days=("first_day", "last_day"), rows=_project_question_rows
)
ZERO_REPORTS = FactTable(
    table=covered_days, kind="zero_report", days=("day",), rows=_project_zero_report_days
)
CONFIRMATIONS = FactTable(table=confirmations, kind="delivery", days=(), rows=_project_confirmations)
VOIDED_EVENTS = FactTable(table=voids, kind="void", days=(), rows=_project_voided_event)
VOIDED_DELIVERIES = FactTable(table=voids, kind="delivery", days=(), rows=_project_voided_delivery)
FACTS = (
    DELIVERIES,
    DELIVERED_DAYS,
    HELD_BACK,
    ASKED,
    ZERO_REPORTS,
    CONFIRMATIONS,
    VOIDED_EVENTS,
    VOIDED_DELIVERIES,
)
