"""Facts: one table per thing counted, rebuilt from the log at any time. `FACTS` is the registry."""

from tracker.facts import (
    assertions,
    calls,
    closing,
    daily_counts,
    definitions,
    deliveries,
    documents,
    evaluation,
    payments,
    platform,
    recordings,
    staffing,
    surveys,
    work_orders,
)
from tracker.facts.fact import Fact

__all__ = ["FACTS", "Fact"]

FACTS: tuple[Fact, ...] = (
    calls.CALLS,
    work_orders.WORK_ORDERS,
    staffing.STAFF,
    staffing.POSTS,
    staffing.TRAININGS,
    payments.PAYMENTS,
    payments.BUDGET,
    platform.PROBES,
    surveys.SURVEY_ANSWERS,
    surveys.SURVEY_ISSUES,
    daily_counts.DAILY_COUNTS,
    daily_counts.INSPECTIONS,
    definitions.DEFINITIONS,
    recordings.RECORDINGS,
    documents.DOCUMENTS,
    assertions.ASSERTIONS,
    deliveries.DELIVERIES,
    deliveries.DELIVERED_DAYS,
    deliveries.ZERO_REPORTS,
    deliveries.CONFIRMATIONS,
    deliveries.VOIDED_EVENTS,
    deliveries.VOIDED_DELIVERIES,
    evaluation.ATTESTATIONS,
    evaluation.EXPERT_MARKS,
    closing.SOURCE_STATES,
    closing.LOCK_REQUESTS,
    closing.CORRECTIONS,
    closing.SEALS,
    closing.SEALED_FIGURES,
    closing.LOCK_EXCEPTIONS,
)
