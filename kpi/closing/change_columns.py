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
from tracker.facts import Fact
from tracker.facts.calls import CALLS
from tracker.facts.daily_counts import DAILY_COUNTS, INSPECTIONS
from tracker.facts.payments import BUDGET, PAYMENTS
from tracker.facts.platform import PROBES
from tracker.facts.staffing import POSTS, STAFF, TRAININGS
from tracker.facts.surveys import SURVEY_ANSWERS, SURVEY_ISSUES
from tracker.facts.work_orders import WORK_ORDERS

Named = Mapping[str, Any]  # a fact row by column; days as text
Seen = Callable[[Named, str, str], object]


class Reach(Enum):
    """Which moved days of a fact table can bear on a span."""

    WITHIN = auto()
    BEFORE_ITS_END = auto()  # a level holds from its day on
    SINCE_ITS_START = auto()  # looked at later than it happened


@dataclass(frozen=True)
class Watched:
    """A source's rows. `seen` gives what bears on the days from first to before end; None: nothing."""

    source: str
    events: str  # the source that its events name
    fact: Fact
    seen: Seen
    reach: Reach = Reach.WITHIN


def _by_days(fact: Fact) -> Seen:
    """The whole row, where one of its days lies in the span."""

    def seen(row: Named, first: str, end: str) -> object:
        return row if any(first <= row[name] < end for name in fact.days if row[name]) else None

    return seen


def _counted(column: str) -> Seen:
    """One column of the daily report."""

    def seen(row: Named, first: str, end: str) -> object:
        return (row["counted_on"], row[column]) if first <= row["counted_on"] < end else None

    return seen


def _in_post(row: Named, first: str, end: str) -> object:
    """A person who was in post on a day of the span; a departure after it is not seen yet."""
    left = row["left_on"]
    if row["joined_on"] >= end or (left is not None and left < first):
        return None
    later = left is not None and left >= end
    return dict(row) | ({"left_on": None, "leaving_reason": None} if later else {})


def _in_force(row: Named, first: str, end: str) -> object:
    return row if row["effective_on"] < end else None


def _of_call(row: Named, first: str, end: str) -> object:
    """An inspection counts on the day of its call (`entered_on`), where that is known."""
    return row if first <= (row["entered_on"] or row["inspected_on"]) < end else None


def _rows_of(source: str, events: str, fact: Fact) -> Watched:
    return Watched(source, events, fact, _by_days(fact))


def _daily(column: str) -> Watched:
    return Watched(column, DayCounted.source, DAILY_COUNTS, _counted(column))


WATCHED = (
    _rows_of("calls", CallEnded.source, CALLS),
    _rows_of("work_orders", WorkOrderAccepted.source, WORK_ORDERS),
    _rows_of("probes", PlatformProbed.source, PROBES),
    Watched("roster", PersonRostered.source, STAFF, _in_post, Reach.BEFORE_ITS_END),
    Watched("posts", PostsEstablished.source, POSTS, _in_force, Reach.BEFORE_ITS_END),
    _rows_of("payments", PaymentRecorded.source, PAYMENTS),
    _rows_of("budget", BudgetMoved.source, BUDGET),
    _rows_of("training", TrainingHeld.source, TRAININGS),
    Watched("inspections", CallInspected.source, INSPECTIONS, _of_call, Reach.SINCE_ITS_START),
    _rows_of("survey_answers", SurveyAnswered.source, SURVEY_ANSWERS),
    _rows_of("survey_issues", SurveyIssued.source, SURVEY_ISSUES),
    _daily("messages"),
    _daily("cases"),
    _daily("visits"),
)
