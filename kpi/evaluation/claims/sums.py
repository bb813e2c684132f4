"""Claimed totals and series."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, NamedTuple

from kpi.evaluation.claims.claim import Checked, Claim, Outcome, Printed, apart, plain, signed
from kpi.evaluation.numbers import rounded


class Part(NamedTuple):
    """One part of a total."""

    title: str
    printed: Printed


@dataclass(frozen=True, kw_only=True)
class Total(Claim):
    """The parts come to the printed total; a difference that rounding of the parts explains is none."""

    kind: ClassVar[str] = "total"

    parts: tuple[Part, ...]
    stated: Printed

    def check(self) -> list[Checked]:
        added = sum((part.printed.value for part in self.parts), Fraction(0))
        difference = self.stated.value - rounded(added, self.stated.places)
        how = "＋".join(plain(part.printed.value) for part in self.parts).replace("＋-", "−")
        told = f"{how}＝{plain(added)}，印为{self.stated}"
        if difference == 0:
            return [self.said(Outcome.AGREES, f"{told}，相符")]
        if abs(difference) <= self._slack():
            return [self.said(Outcome.AGREES, f"{told}，尾差{plain(abs(difference))}在舍入范围内")]
        told = f"{told}，相差{apart(difference, self.stated.unit)}{self._same_as(difference)}"
        return [self.said(Outcome.DEPARTS, told, difference)]

    def _slack(self) -> Fraction:
        """Half a unit of the last place for every rounded number; counts are never rounded."""
        places = max(part.printed.places for part in self.parts)
        return Fraction(len(self.parts), 2 * 10**places) if places else Fraction(0)

    def _same_as(self, difference: Fraction) -> str:
        same = [part.title for part in self.parts if part.printed.value == abs(difference)]
        if len(same) != 1:
            return ""
        return f"，恰好等于“{same[0]}”一项，可能{'漏计' if difference < 0 else '重计'}"


class Step(NamedTuple):
    """One period of a series; None where the report does not say."""

    title: str
    joined: Fraction | None
    left: Fraction | None
    closing: Fraction
    opening: Fraction | None = None  # as printed; None: what the period before closed with


@dataclass(frozen=True, kw_only=True)
class Series(Claim):
    """opening + in − out = closing, period after period; each opens with what the one before closed with."""

    kind: ClassVar[str] = "series"

    opening: Fraction | None
    steps: tuple[Step, ...]

    def check(self) -> list[Checked]:
        return list(self._checked())

    def _checked(self) -> Iterator[Checked]:
        opening = self.opening
        for step in self.steps:
            if step.opening is not None and opening is not None and step.opening != opening:
                told = f"{step.title}：期初印为{plain(step.opening)}，上期期末为{plain(opening)}，前后不接"
                yield self.said(Outcome.DEPARTS, told, step.opening - opening)
            yield self._step(opening if step.opening is None else step.opening, step)
            opening = step.closing

    def _step(self, opening: Fraction | None, step: Step) -> Checked:
        if opening is None or step.joined is None or step.left is None:
            lacking = "期初" if opening is None else "增加" if step.joined is None else "减少"
            return self.said(Outcome.UNCHECKED, f"{step.title}：没有给出{lacking}数")
        exact = opening + step.joined - step.left
        moved = f"期初{plain(opening)}＋增加{plain(step.joined)}−减少{plain(step.left)}"
        told = f"{step.title}：{moved}＝{plain(exact)}"
        difference = step.closing - exact
        if difference == 0:
            return self.said(Outcome.AGREES, f"{told}，印为{plain(step.closing)}，相符")
        told = f"{told}，印为{plain(step.closing)}，相差{signed(difference)}"
        return self.said(Outcome.DEPARTS, told, difference)
