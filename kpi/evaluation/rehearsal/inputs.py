"""What a rehearsal looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kpi.evaluation.facts import Told
from kpi.evaluation.rehearsal import remedies
from kpi.evaluation.rehearsal.commands import Commands
from kpi.evaluation.rehearsal.deadlines import Calendar
from kpi.evaluation.scheme import Item, Scheme
from kpi.evaluation.scoring import score_item
from kpi.evaluation.year_log import Log
from kpi.figures.coverage import Coverage
from kpi.figures.indicators import INDICATORS


@dataclass(frozen=True)
class View:
    """What a rehearsal looks at."""

    scheme: Scheme
    log: Log
    calendar: Calendar
    lacking: Mapping[str, Sequence[str]]  # indicator → things in the denominator, not in the numerator
    papers: remedies.Papers
    commands: Commands

    def coverage(self, needs: tuple[str, ...], indicator: str | None = None) -> Coverage:
        months = INDICATORS[indicator].months(self.log.year) if indicator else self.log.year.months
        return self.log.evidence.coverage(needs, months)

    def points(self, item: Item, told: Told) -> Fraction:
        return score_item(self.scheme, told, item).final.points
