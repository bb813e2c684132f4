"""What a rehearsal looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kpi.evaluation.facts import ItemFacts
from kpi.evaluation.rehearsal import remedies
from kpi.evaluation.rehearsal.commands import TerminalCommands
from kpi.evaluation.rehearsal.deadlines import RehearsalCalendar
from kpi.evaluation.scheme import Scheme, SchemeItem
from kpi.evaluation.scoring import score_item
from kpi.evaluation.year_log import YearLog
from kpi.figures.coverage import Coverage
from kpi.figures.indicators import INDICATORS


@dataclass(frozen=True)
class RehearsalInputs:
    """What a rehearsal looks at."""

    scheme: Scheme
    log: YearLog
    calendar: RehearsalCalendar
    lacking: Mapping[str, Sequence[str]]  # indicator → things in the denominator, not in the numerator
    papers: remedies.CountMissingDocuments
    commands: TerminalCommands

    def coverage(self, needs: tuple[str, ...], indicator: str | None = None) -> Coverage:
        months = INDICATORS[indicator].months(self.log.year) if indicator else self.log.year.months
        return self.log.evidence.coverage(needs, months)

    def points(self, item: SchemeItem, facts: ItemFacts) -> Fraction:
        return score_item(self.scheme, facts, item).final.points
