"""The kinds of tables that can be delivered; `KINDS` is the registry."""

from ingest.kinds.calls import CALLS
from ingest.kinds.daily import DAILY_COUNTS, INSPECTIONS
from ingest.kinds.kind import Build, Kind, Marks, Reading, RowProblem, Rules
from ingest.kinds.money import BUDGET, PAYMENTS
from ingest.kinds.platform import PROBES
from ingest.kinds.staffing import POSTS, ROSTER, TRAINING
from ingest.kinds.surveys import SURVEY_ANSWERS, SURVEY_ISSUES
from ingest.kinds.witnesses import CONTROL_TOTALS, RECORDINGS
from ingest.kinds.work_order_steps import WORK_ORDER_STEPS
from ingest.kinds.work_orders import WORK_ORDERS

__all__ = ["KINDS", "KIND_NAMED", "Build", "Kind", "Marks", "Reading", "RowProblem", "Rules"]

KINDS: tuple[Kind, ...] = (
    CALLS,
    WORK_ORDERS,
    WORK_ORDER_STEPS,
    ROSTER,
    POSTS,
    PAYMENTS,
    BUDGET,
    PROBES,
    SURVEY_ANSWERS,
    SURVEY_ISSUES,
    DAILY_COUNTS,
    TRAINING,
    INSPECTIONS,
    RECORDINGS,
    CONTROL_TOTALS,
)

KIND_NAMED = {kind.name: kind for kind in KINDS}
