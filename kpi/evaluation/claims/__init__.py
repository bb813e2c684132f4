"""Claims: what a report states and what can be checked from the report alone."""

from kpi.evaluation.claims.claim import Checked, Claim, Outcome, Printed, printed
from kpi.evaluation.claims.rates import Mean, Overall, Percentage, Ratio
from kpi.evaluation.claims.statements import Evidence, Reliability, Repeated, Spending, Statistic
from kpi.evaluation.claims.sums import Series, Total

__all__ = [
    "CLAIMS",
    "Checked",
    "Claim",
    "Outcome",
    "Printed",
    "printed",
]

CLAIMS: tuple[type[Claim], ...] = (
    Ratio,
    Overall,
    Mean,
    Percentage,
    Total,
    Series,
    Repeated,
    Evidence,
    Statistic,
    Reliability,
    Spending,
)
