"""What a rehearsal says: how each indicator's points stand, and what would settle those at risk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from kpi.evaluation.scheme import SchemeItem
from kpi.evaluation.scoring import Evaluation, ItemScore, ScoreVerdict


class RemedyKind(StrEnum):
    """What kind of work a remedy is, the cheapest first."""

    APPROVE = "审批锁定"
    ATTEST = "填报"
    CATCH_UP = "补充完善"
    DELIVER = "补报数据"
    AGREE = "商定"
    KEEP_UP = "余下月份"


@dataclass(frozen=True)
class Deadline:
    """Until when a remedy helps, and why; no day where only the evaluation itself ends the time."""

    day: date | None
    basis: str

    def passed(self, today: date) -> bool:
        return self.day is not None and self.day < today


@dataclass(frozen=True)
class Remedy:
    """Something that a person can do about points at risk."""

    way: RemedyKind
    text: str  # 补传8月12日、8月13日的话单
    how: str  # in words
    effort: int  # how many things are to be done: days, files, people, months
    deadline: Deadline
    commands: tuple[str, ...] = ()  # what to type at a terminal, each as it stands


@dataclass(frozen=True)
class PointsAtStake:
    """Points of one indicator that hang on something."""

    item: SchemeItem
    points: Fraction
    why: str
    remedies: tuple[Remedy, ...]  # all of them are needed


@dataclass(frozen=True)
class PointsStatus:
    """One indicator's weight, taken apart: safe + at risk + lost."""

    score: ItemScore  # as evaluated today
    safe: Fraction
    lost: Fraction
    stakes: tuple[PointsAtStake, ...]
    why_lost: str = ""

    @property
    def at_risk(self) -> Fraction:
        return sum((stake.points for stake in self.stakes), Fraction(0))


@dataclass(frozen=True)
class Task:
    """Work that has to be done once, for one or several indicators, and the points that it is worth."""

    remedies: tuple[Remedy, ...]
    stakes: tuple[PointsAtStake, ...]

    @property
    def points(self) -> Fraction:
        return sum((stake.points for stake in self.stakes), Fraction(0))

    @property
    def effort(self) -> int:
        return sum(one.effort for one in self.remedies)

    @property
    def way(self) -> RemedyKind:
        return self.remedies[0].way


@dataclass(frozen=True)
class Rehearsal:
    """A centre's year under a scheme, as if evaluated today."""

    evaluation: Evaluation
    statuses: tuple[PointsStatus, ...]
    today: date
    ended: bool  # the year is over

    @property
    def safe(self) -> Fraction:
        return sum((one.safe for one in self.statuses), Fraction(0))

    @property
    def lost(self) -> Fraction:
        return sum((one.lost for one in self.statuses), Fraction(0))

    @property
    def at_risk(self) -> Fraction:
        return sum((one.at_risk for one in self.statuses), Fraction(0))

    @property
    def earned_at_risk(self) -> Fraction:
        """Of the points at risk, those that today's score has."""
        return sum((one.score.final.points for one in self.statuses), Fraction(0)) - self.safe

    @property
    def unscored(self) -> Fraction:
        """Of the points at risk, those of indicators that have neither a value nor a score yet."""
        undecided = (one for one in self.statuses if one.score.verdict is ScoreVerdict.OPEN)
        return sum((one.at_risk for one in undecided), Fraction(0))

    @property
    def best(self) -> Fraction:
        """The total once everything at risk is settled well."""
        return self.safe + self.at_risk

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What to do, by points; of equal points the less work first."""
        return tuple(sorted(_group_tasks(self.statuses), key=lambda one: (-one.points, one.effort)))


def _group_tasks(statuses: Sequence[PointsStatus]) -> list[Task]:
    found: dict[tuple[Remedy, ...], list[PointsAtStake]] = {}
    for status in statuses:
        for stake in status.stakes:
            found.setdefault(stake.remedies, []).append(stake)
    return [Task(remedies, tuple(stakes)) for remedies, stakes in found.items()]
