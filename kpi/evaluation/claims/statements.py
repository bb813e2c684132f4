"""Statements that contradict each other, or rest on less than they say."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import ClassVar, NamedTuple

from kpi.evaluation.claims.claim import (
    PERCENT,
    Claim,
    ClaimOutcome,
    ClaimResult,
    PrintedNumber,
    format_difference,
    spell,
)
from kpi.evaluation.numbers import show_number


class PrintedPlace(NamedTuple):
    """One place where a quantity is printed."""

    printed: PrintedNumber
    where: str


@dataclass(frozen=True, kw_only=True)
class RepeatedClaim(Claim):
    """A quantity that is printed in several places has one value in all of them."""

    kind: ClassVar[str] = "repeated"

    places: tuple[PrintedPlace, ...]

    def check(self) -> list[ClaimResult]:
        sentence = "；".join(
            f"{one.where or f'第{place}处'}为{one.printed}" for place, one in enumerate(self.places, 1)
        )
        first = self.places[0].printed
        if all(_is_same_number(one.printed, first) for one in self.places):
            return [self.said(ClaimOutcome.AGREES, f"{sentence}，一致")]
        values = [one.printed.value for one in self.places]
        difference = max(values) - min(values)
        sentence = (
            f"同一个数前后不一：{sentence}，最多相差{format_difference(difference, first.unit).lstrip('＋')}"
        )
        return [self.said(ClaimOutcome.DEPARTS, sentence, difference)]


def _is_same_number(one: PrintedNumber, other: PrintedNumber) -> bool:
    """Equal, or equal once both are rounded to the fewer places."""
    if one.unit != other.unit and one.unit and other.unit:
        return False
    places = min(one.places, other.places)
    return (
        abs(one.value - other.value) * 2 * 10**places <= 1
        if one.places != other.places
        else one.value == other.value
    )


@dataclass(frozen=True, kw_only=True)
class CitationClaim(Claim):
    """The evidence given for an indicator speaks of that indicator."""

    kind: ClassVar[str] = "evidence"

    cites: str  # the quantity that the evidence speaks of

    def check(self) -> list[ClaimResult]:
        if self.cites == self.of:
            return [self.said(ClaimOutcome.AGREES, "依据说的是本指标")]
        sentence = f"“{self.of}”的依据引用的是“{self.cites}”，不能证明本指标"
        return [self.said(ClaimOutcome.DEPARTS, sentence)]


@dataclass(frozen=True, kw_only=True)
class PeriodClaim(Claim):
    """A statistic of a period rests on that whole period; both ends are included."""

    kind: ClassVar[str] = "statistic"

    period: tuple[date, date]
    sample: tuple[date, date]

    def check(self) -> list[ClaimResult]:
        whole, sampled = _count_days(self.period), _count_days(self.sample)
        first, last = max(self.period[0], self.sample[0]), min(self.period[1], self.sample[1])
        if first <= self.period[0] and last >= self.period[1]:
            return [self.said(ClaimOutcome.AGREES, "依据覆盖整个统计期")]
        overlap = max((last - first).days + 1, 0)
        share = show_number(Fraction(overlap, whole) * 100)
        span = f"{self.sample[0]}至{self.sample[1]}共{sampled}天（占{share}%）"
        sentence = f"统计期{whole}天，依据只有{span}，没有全期统计"
        return [self.said(ClaimOutcome.EXPLAIN, sentence)]


def _count_days(span: tuple[date, date]) -> int:
    return (span[1] - span[0]).days + 1


@dataclass(frozen=True, kw_only=True)
class ReliabilityClaim(Claim):
    """Cronbach's α of a questionnaire: 0 means that nothing was computed, below 0.7 that it does not hold."""

    kind: ClassVar[str] = "reliability"

    alpha: Fraction

    def check(self) -> list[ClaimResult]:
        sentence = f"信度系数α为{spell(self.alpha)}"
        if self.alpha > 1:
            return [self.said(ClaimOutcome.DEPARTS, f"{sentence}，α不可能大于1")]
        if self.alpha == 0:
            return [self.said(ClaimOutcome.EXPLAIN, f"{sentence}，等于没有计算，不能据此说问卷可信")]
        if self.alpha < Fraction(7, 10):
            return [self.said(ClaimOutcome.EXPLAIN, f"{sentence}，低于0.7，内部一致信度不足")]
        return [self.said(ClaimOutcome.AGREES, f"{sentence}，不低于0.7")]


@dataclass(frozen=True, kw_only=True)
class SpendingClaim(Claim):
    """A high score beside little of the money used calls for an explanation."""

    kind: ClassVar[str] = "spending"

    score: Fraction
    full: Fraction
    used: PrintedNumber  # in per cent

    def check(self) -> list[ClaimResult]:
        if self.used.unit != PERCENT:
            return [self.said(ClaimOutcome.UNCHECKED, f"资金使用率应写成百分比，印为{self.used}")]
        if self.score < self.full * HIGH or self.used.value >= LOW:
            return [self.said(ClaimOutcome.AGREES, f"得分{spell(self.score)}与资金使用率{self.used}相称")]
        sentence = (
            f"得{spell(self.score)}分（满分{spell(self.full)}），资金只用了{self.used}，得分与支出进度不相称"
        )
        return [self.said(ClaimOutcome.EXPLAIN, sentence)]


HIGH = Fraction(9, 10)  # of the full score: 优
LOW = Fraction(60)  # per cent of the money
