"""Claims: what a report states and what can be checked from the report alone."""

from kpi.evaluation.claims.claim import Claim, ClaimOutcome, ClaimResult, PrintedNumber, read_printed_number
from kpi.evaluation.claims.rates import MeanClaim, OverallRateClaim, PercentageClaim, RatioClaim
from kpi.evaluation.claims.statements import (
    CitationClaim,
    PeriodClaim,
    ReliabilityClaim,
    RepeatedClaim,
    SpendingClaim,
)
from kpi.evaluation.claims.sums import SeriesClaim, TotalClaim

__all__ = [
    "CLAIMS",
    "Claim",
    "ClaimOutcome",
    "ClaimResult",
    "PrintedNumber",
    "read_printed_number",
]

CLAIMS: tuple[type[Claim], ...] = (
    RatioClaim,
    OverallRateClaim,
    MeanClaim,
    PercentageClaim,
    TotalClaim,
    SeriesClaim,
    RepeatedClaim,
    CitationClaim,
    PeriodClaim,
    ReliabilityClaim,
    SpendingClaim,
)
