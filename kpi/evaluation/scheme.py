"""An evaluation scheme: a tree of indicators with weights, targets, rules, feeds and rating bands."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kpi.evaluation.rules import ScoringRule
from kpi.evaluation.target import TargetBound


class Take(StrEnum):
    """Which number of a figure feeds an indicator."""

    VALUE = "value"  # numerator ÷ denominator, exact
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    SHORTFALL = "shortfall"  # denominator − numerator: how many failed
    PER_MONTH = "per_month"  # numerator ÷ months of the year
    PER_DAY = "per_day"  # numerator ÷ backed calendar days
    PER_WORKING_DAY = "per_working_day"  # numerator ÷ working days among the backed ones
    PER_SERVICE_DAY = "per_service_day"  # numerator ÷ backed days that had any business

    @property
    def averages(self) -> bool:
        """Whether it is a mean over months or days."""
        return self.value.startswith("per_")


@dataclass(frozen=True)
class Feed:
    """Where an actual value comes from: an indicator's figure, a measure's sum, or an attestation."""

    figure: str | None = None
    measure: str | None = None
    take: Take = Take.VALUE
    attested: str = ""  # what the person who attests has to look at
    checks: "Feed | None" = None  # what the log counts, and an attested number is held against

    @property
    def automatic(self) -> bool:
        return bool(self.figure or self.measure)


@dataclass(frozen=True)
class PointCondition:
    """What the log has to count for a point to be met."""

    counted: str  # key of an indicator, else of a measure
    target: TargetBound


@dataclass(frozen=True)
class ListPoint:
    """One point of a list."""

    text: str
    when: PointCondition | None = None  # decides it alone: nobody attests it
    checks: PointCondition | None = None  # counts it, and what a person attests is held against it
    quantity: str | None = None  # the fact it rests on, where several points rest on the same

    @property
    def condition(self) -> PointCondition | None:
        """What the log says about it, attested or not."""
        return self.when or self.checks


@dataclass(frozen=True)
class SchemeGroup:
    """A first- or second-level indicator."""

    code: str
    under: str | None
    title: str
    weight: Fraction


@dataclass(frozen=True, kw_only=True)
class SchemeItem:
    """A third-level indicator: what is scored."""

    code: str
    under: str
    title: str
    weight: Fraction
    wanted: str  # the target as printed
    target: TargetBound | None  # None: said in words
    rule: ScoringRule
    points: tuple[ListPoint, ...] = ()
    feed: Feed = Feed()
    evidence: tuple[str, ...] = ()  # what must be on file
    needs_document: bool = True  # an attestation without one is refused
    unverifiable: Fraction = Fraction(1)  # the share lost where nothing can be shown
    no_backing: Fraction = Fraction(0)  # the share lost by a number without back-end statistics
    expert_mix: bool = False  # the panel's mark decides
    clause: str = ""  # clause or source


@dataclass(frozen=True)
class RatingBand:
    """A grade of the total, with which of its ends belong to it."""

    name: str
    low: Fraction
    high: Fraction
    low_included: bool
    high_included: bool

    def holds(self, total: Fraction) -> bool:
        above = total > self.low or (self.low_included and total == self.low)
        return above and (total < self.high or (self.high_included and total == self.high))


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """A scheme as loaded and checked."""

    key: str
    title: str
    year: int
    source: str
    total: Fraction
    bands: tuple[RatingBand, ...]
    groups: tuple[SchemeGroup, ...]
    items: tuple[SchemeItem, ...]
    places: int | None = None  # final scores are rounded half up to so many places before they are added
    weights_assumed: tuple[str, ...] = ()  # groups whose inner weights the source does not print

    def rating(self, total: Fraction) -> str:
        """The grade of an exact total; never of a rounded one."""
        return next(band.name for band in self.bands if band.holds(total))

    def group(self, code: str) -> SchemeGroup:
        return next(group for group in self.groups if group.code == code)

    def item(self, code: str) -> SchemeItem:
        return next(item for item in self.items if item.code == code)

    def list_children(self, code: str | None) -> Iterator[SchemeGroup | SchemeItem]:
        """What stands directly under a group; the first level under None."""
        yield from (group for group in self.groups if group.under == code)
        yield from (item for item in self.items if item.under == code)
