"""What of a source's rows bears on a span of days: by this a change after approval or lock is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from tracker.events.calls import CallEnded
from tracker.events.daily_counts import CallInspected, DayCounted
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.events.platform import PlatformProbed
from tracker.events.staffing import PersonRostered, PostsEstablished, TrainingHeld
from tracker.events.surveys import SurveyAnswered, SurveyIssued
from tracker.events.work_orders import WorkOrderAccepted
from tracker.facts import FactTable
from tracker.facts.calls import CALLS
from tracker.facts.daily_counts import DAILY_COUNTS, INSPECTIONS
from tracker.facts.payments import BUDGET, PAYMENTS
from tracker.facts.platform import PROBES
from tracker.facts.staffing import POSTS, STAFF, TRAININGS
from tracker.facts.surveys import SURVEY_ANSWERS, SURVEY_ISSUES
from tracker.facts.work_orders import WORK_ORDERS

RowValues = Mapping[str, Any]  # a fact row by column; days as text
RowExtract = Callable[[RowValues, str, str], object]


class ChangeScope(Enum):
    """Which moved days of a fact table can bear on a span."""

    WITHIN = auto()
    BEFORE_ITS_END = auto()  # a level holds from its day on
    SINCE_ITS_START = auto()  # looked at later than it happened


@dataclass(frozen=True)
class WatchedTable:
    """A source's rows. `seen` gives what bears on the days from first to before end; None: nothing."""

    source: str
    events: str  # the source that its events name
    fact: FactTable
    seen: RowExtract
    reach: ChangeScope = ChangeScope.WITHIN


def _extract_by_days(fact: FactTable) -> RowExtract:
    """The whole row, where one of its days lies in the span."""

    def seen(row: RowValues, first: str, end: str) -> object:
        return row if any(first <= row[name] < end for name in fact.days if row[name]) else None

    return seen


def _extract_column(column: str) -> RowExtract:
    """One column of the daily report."""

    def seen(row: RowValues, first: str, end: str) -> object:
        return (row["counted_on"], row[column]) if first <= row["counted_on"] < end else None

    return seen


def _extract_in_post(row: RowValues, first: str, end: str) -> object:
    """A person who was in post on a day of the span; a departure after it is not seen yet."""
    left_on = row["left_on"]
    if row["joined_on"] >= end or (left_on is not None and left_on < first):
        return None
    later = left_on is not None and left_on >= end
    return dict(row) | ({"left_on": None, "leaving_reason": None} if later else {})


def _extract_in_force(row: RowValues, first: str, end: str) -> object:
    return row if row["effective_on"] < end else None


def _extract_inspection(row: RowValues, first: str, end: str) -> object:
    """An inspection counts on the day of its call (`entered_on`), where that is known."""
    return row if first <= (row["entered_on"] or row["inspected_on"]) < end else None


def _watch_rows(source: str, events: str, fact: FactTable) -> WatchedTable:
    return WatchedTable(source, events, fact, _extract_by_days(fact))


def _watch_daily_count(column: str) -> WatchedTable:
    return WatchedTable(column, DayCounted.source, DAILY_COUNTS, _extract_column(column))


WATCHED = (
    _watch_rows("calls", CallEnded.source, CALLS),
    _watch_rows("work_orders", WorkOrderAccepted.source, WORK_ORDERS),
    _watch_rows("probes", PlatformProbed.source, PROBES),
    WatchedTable("roster", PersonRostered.source, STAFF, _extract_in_post, ChangeScope.BEFORE_ITS_END),
    WatchedTable("posts", PostsEstablished.source, POSTS, _extract_in_force, ChangeScope.BEFORE_ITS_END),
    _watch_rows("payments", PaymentRecorded.source, PAYMENTS),
    _watch_rows("budget", BudgetMoved.source, BUDGET),
    _watch_rows("training", TrainingHeld.source, TRAININGS),
    WatchedTable(
        "inspections", CallInspected.source, INSPECTIONS, _extract_inspection, ChangeScope.SINCE_ITS_START
    ),
    _watch_rows("survey_answers", SurveyAnswered.source, SURVEY_ANSWERS),
    _watch_rows("survey_issues", SurveyIssued.source, SURVEY_ISSUES),
    _watch_daily_count("messages"),
    _watch_daily_count("cases"),
    _watch_daily_count("visits"),
)
