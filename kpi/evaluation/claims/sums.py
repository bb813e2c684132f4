"""Claimed totals and series."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, NamedTuple

from kpi.evaluation.claims.claim import (
    Claim,
    ClaimOutcome,
    ClaimResult,
    PrintedNumber,
    format_difference,
    format_signed,
    spell,
)
from kpi.evaluation.numbers import round_half_up_to


class TotalPart(NamedTuple):
    """One part of a total."""

    title: str
    printed: PrintedNumber


@dataclass(frozen=True, kw_only=True)
class TotalClaim(Claim):
    """The parts come to the printed total; a difference that rounding of the parts explains is none."""

    kind: ClassVar[str] = "total"

    parts: tuple[TotalPart, ...]
    stated: PrintedNumber

    def check(self) -> list[ClaimResult]:
        added = sum((part.printed.value for part in self.parts), Fraction(0))
        difference = self.stated.value - round_half_up_to(added, self.stated.places)
        how = "＋".join(spell(part.printed.value) for part in self.parts).replace("＋-", "−")
        text = f"{how}＝{spell(added)}，印为{self.stated}"
        if difference == 0:
            return [self.said(ClaimOutcome.AGREES, f"{text}，相符")]
        if abs(difference) <= self._compute_slack():
            return [self.said(ClaimOutcome.AGREES, f"{text}，尾差{spell(abs(difference))}在舍入范围内")]
        text = f"{text}，相差{format_difference(difference, self.stated.unit)}{self._name_match(difference)}"
        return [self.said(ClaimOutcome.DEPARTS, text, difference)]

    def _compute_slack(self) -> Fraction:
        """Half a unit of the last place for every rounded number; counts are never rounded."""
        places = max(part.printed.places for part in self.parts)
        return Fraction(len(self.parts), 2 * 10**places) if places else Fraction(0)

    def _name_match(self, difference: Fraction) -> str:
        same = [part.title for part in self.parts if part.printed.value == abs(difference)]
        if len(same) != 1:
            return ""
        return f"，恰好等于“{same[0]}”一项，可能{'漏计' if difference < 0 else '重计'}"


class SeriesStep(NamedTuple):
    """One period of a series; None where the report does not say."""

    title: str
    joined: Fraction | None
    left: Fraction | None
    closing: Fraction
    opening: Fraction | None = None  # as printed; None: what the period before closed with


@dataclass(frozen=True, kw_only=True)
class SeriesClaim(Claim):
    """opening + in − out = closing, period after period; each opens with what the one before closed with."""

    kind: ClassVar[str] = "series"

    opening: Fraction | None
    steps: tuple[SeriesStep, ...]

    def check(self) -> list[ClaimResult]:
        return list(self._check_steps())

    def _check_steps(self) -> Iterator[ClaimResult]:
        opening = self.opening
        for step in self.steps:
            if step.opening is not None and opening is not None and step.opening != opening:
                text = f"{step.title}：期初印为{spell(step.opening)}，上期期末为{spell(opening)}，前后不接"
                yield self.said(ClaimOutcome.DEPARTS, text, step.opening - opening)
            yield self._step(opening if step.opening is None else step.opening, step)
            opening = step.closing

    def _step(self, opening: Fraction | None, step: SeriesStep) -> ClaimResult:
        if opening is None or step.joined is None or step.left is None:
            lacking = "期初" if opening is None else "增加" if step.joined is None else "减少"
            return self.said(ClaimOutcome.UNCHECKED, f"{step.title}：没有给出{lacking}数")
        exact = opening + step.joined - step.left
        moved = f"期初{spell(opening)}＋增加{spell(step.joined)}−减少{spell(step.left)}"
        text = f"{step.title}：{moved}＝{spell(exact)}"
        difference = step.closing - exact
        if difference == 0:
            return self.said(ClaimOutcome.AGREES, f"{text}，印为{spell(step.closing)}，相符")
        text = f"{text}，印为{spell(step.closing)}，相差{format_signed(difference)}"
        return self.said(ClaimOutcome.DEPARTS, text, difference)
