"""Claimed rates and means."""

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from kpi.evaluation.claims.claim import PERCENT, Claim, ClaimOutcome, ClaimResult, PrintedNumber, spell


@dataclass(frozen=True, kw_only=True)
class RatioClaim(Claim):
    """numerator ÷ denominator is what is printed."""

    kind: ClassVar[str] = "ratio"

    numerator: PrintedNumber
    denominator: PrintedNumber
    stated: PrintedNumber

    def check(self) -> list[ClaimResult]:
        how = f"{self.numerator}÷{self.denominator}"
        if self.denominator.value == 0:
            return [
                self.said(
                    ClaimOutcome.UNCHECKED, f"{how}：分母为0，不能相除，印为{self.stated}；应写“不适用”"
                )
            ]
        exact = self.numerator.value / self.denominator.value * self.stated.times
        return [self.compared(self.stated, exact, how)]


@dataclass(frozen=True, kw_only=True)
class OverallRateClaim(Claim):
    """A rate over several units is Σ numerators ÷ Σ denominators, not the mean of their rates."""

    kind: ClassVar[str] = "overall"

    rows: tuple[tuple[PrintedNumber, PrintedNumber], ...]
    stated: PrintedNumber

    def check(self) -> list[ClaimResult]:
        above = sum((numerator.value for numerator, _ in self.rows), Fraction(0))
        below = sum((denominator.value for _, denominator in self.rows), Fraction(0))
        if below == 0:
            return [self.said(ClaimOutcome.UNCHECKED, f"各行分母合计为0，不能相除，印为{self.stated}")]
        exact = above / below * self.stated.times
        checked = self.compared(self.stated, exact, f"合计{spell(above)}÷合计{spell(below)}")
        if checked.outcome is ClaimOutcome.DEPARTS and self._is_mean_of_rates():
            sentence = f"{checked.sentence}；印出的是各行比率的平均，总比率应为分子合计÷分母合计"
            return [self.said(ClaimOutcome.DEPARTS, sentence, checked.difference)]
        return [checked]

    def _is_mean_of_rates(self) -> bool:
        rates = [one.value / other.value * self.stated.times for one, other in self.rows if other.value]
        if not rates:
            return False
        checked = self.compared(self.stated, sum(rates, Fraction(0)) / len(rates), "")
        return checked.outcome is ClaimOutcome.AGREES


@dataclass(frozen=True, kw_only=True)
class MeanClaim(Claim):
    """A printed mean of printed values, each told so many times."""

    kind: ClassVar[str] = "mean"

    values: tuple[tuple[PrintedNumber, int], ...]  # value and how often
    stated: PrintedNumber

    def check(self) -> list[ClaimResult]:
        count = sum(times for _, times in self.values)
        if not count:
            return [self.said(ClaimOutcome.UNCHECKED, "没有可平均的数")]
        exact = sum((one.value * times for one, times in self.values), Fraction(0)) / count
        return [self.compared(self.stated, exact, f"{count}项平均")]


@dataclass(frozen=True, kw_only=True)
class PercentageClaim(Claim):
    """A share of something is not over 100 %; what is over it may be a misprint or another unit."""

    kind: ClassVar[str] = "percentage"

    stated: PrintedNumber
    limit: Fraction = Fraction(100)

    def check(self) -> list[ClaimResult]:
        if self.stated.unit != PERCENT or self.stated.value <= self.limit:
            return []
        slip = "；除以10正好是100%，像是多写了一个0" if self.stated.value == 10 * self.limit else ""
        sentence = f"印为{self.stated}，比率超过{spell(self.limit)}%{slip}，请核对或说明"
        return [self.said(ClaimOutcome.EXPLAIN, sentence, self.stated.value - self.limit)]
