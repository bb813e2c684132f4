"""Formulas: how an indicator's numerator and denominator are made from measures."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from kpi.figures.measures import MEASURES
from kpi.figures.sums import Sums
from tracker.periods import Month


class PairCounts(Protocol):
    """Tells how much of a measure is in doubt for others; `kpi.figures.unknowns.Unknowns` does."""

    def among(self, below: str, above: Sequence[str], months: Sequence[Month]) -> int:
        """Σ over rows that count for `below`, and may or may not count for one of `above`."""


class Over(StrEnum):
    """Which of the counted months a term takes."""

    ALL = "all"
    FIRST = "first"  # a level at the start of the period
    LAST = "last"  # a level at its end

    def of(self, months: Sequence[Month]) -> Sequence[Month]:
        match self:
            case Over.ALL:
                return months
            case Over.FIRST:
                return months[:1]
            case Over.LAST:
                return months[-1:]


@dataclass(frozen=True)
class Term:
    """A measure over some of the months, times an exact factor (a change of unit, or a share).

    What is divided by is counted over the rows that are `known_to` the measures above it, of the same
    population: a row of which nobody knows whether it counts above is left out below.
    """

    measure: str
    times: Fraction | int = 1
    over: Over = Over.ALL
    known_to: tuple[str, ...] = field(default=(), compare=False)  # set by the formula


@dataclass(frozen=True)
class CountedMonths:
    """The months that enter a figure, measure by measure."""

    _all: tuple[Month, ...]
    _own: tuple[tuple[str, tuple[Month, ...]], ...] = ()  # measures with months of their own

    def __bool__(self) -> bool:
        return bool(self._all or any(months for _, months in self._own))

    def ended(self, today: date) -> "CountedMonths":
        """Those of the months that have ended."""

        def before(months: tuple[Month, ...]) -> tuple[Month, ...]:
            return tuple(month for month in months if month.end_day <= today)

        return CountedMonths(before(self._all), tuple((key, before(months)) for key, months in self._own))

    def of(self, measure: str) -> tuple[Month, ...]:
        """The months of a measure."""
        return dict(self._own).get(measure, self._all)

    def of_term(self, term: Term) -> Sequence[Month]:
        """Those of them that a term takes."""
        return term.over.of(self.of(term.measure))


@dataclass(frozen=True)
class Part:
    """A numerator or a denominator: Σ of its terms; `averaged` divides by the number of counted months."""

    terms: tuple[Term, ...]
    averaged: bool = False

    def of(self, sums: Sums, months: CountedMonths, pairs: PairCounts | None = None) -> Fraction:
        value = sum(
            term.times
            * (sums.total(term.measure, term_months) - self._sum_in_doubt(term, term_months, pairs))
            for term in self.terms
            for term_months in (months.of_term(term),)
        )
        return Fraction(value) / self.divisor(months)

    def divisor(self, months: CountedMonths) -> int:
        """The number of months that it is the mean of; 1 where it is none."""
        return max(1, len(months.of_term(self.terms[0]))) if self.averaged else 1

    def sum_in_doubt(self, months: CountedMonths, pairs: PairCounts) -> Fraction:
        """What is left out of `of`, as nobody knows whether it counts above."""
        return Fraction(
            sum(term.times * self._sum_in_doubt(term, months.of_term(term), pairs) for term in self.terms)
        )

    def _sum_in_doubt(self, term: Term, months: Sequence[Month], pairs: PairCounts | None) -> int:
        return pairs.among(term.measure, term.known_to, months) if pairs and term.known_to else 0

    def find_busiest(self, sums: Sums, months: CountedMonths, *, by_month: bool) -> Fraction:
        """The most that a day can hold, where that is known; else what the busiest day, or month, held."""
        largest = sums.find_busiest_month if by_month else sums.find_busiest_day
        return Fraction(
            sum(
                term.times
                * (MEASURES[term.measure].most_a_day or largest(term.measure, months.of(term.measure)))
                for term in self.terms
            )
        )

    @property
    def capped(self) -> bool:
        """Whether it is known how much a day can hold at most."""
        return all(MEASURES[term.measure].most_a_day for term in self.terms)

    def most(self, months: CountedMonths, today: date) -> Fraction | None:
        """The most that it can be over the days of the months that have ended; None: nobody knows."""
        if not self.capped:
            return None
        value = sum(
            term.times
            * (MEASURES[term.measure].most_a_day or 0)
            * (min(month.end_day, today) - month.first_day).days
            for term in self.terms
            for month in months.of_term(term)
            if month.first_day < today
        )
        return Fraction(value) / self.divisor(months)


class Quantity(StrEnum):
    """What the formula is, and with it how far the missing units can move the value."""

    COUNT = "count"  # a number or sum: the missing units add between nothing and the busiest unit each
    SHARE = "share"  # what is counted above is also counted below: the missing may all fail or all succeed
    RATIO = "ratio"  # anything else: no bounds can be given


@dataclass(frozen=True)
class Formula:
    """numerator ÷ denominator × times; a count has no denominator."""

    numerator: Part
    denominator: Part | None
    times: int
    kind: Quantity

    def __post_init__(self) -> None:
        if self.denominator is not None:
            object.__setattr__(self, "denominator", _mark_known_to(self.denominator, self.numerator))

    @property
    def paired(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each measure below with those above it that it must be known to."""
        terms = self.denominator.terms if self.denominator else ()
        return tuple((term.measure, term.known_to) for term in terms if term.known_to)

    @property
    def measures(self) -> tuple[str, ...]:
        keys = [term.measure for term in self._walk_terms()]
        return tuple(dict.fromkeys((*keys, *self.shown_by)))

    @property
    def shown_by(self) -> tuple[str, ...]:
        """Measures of which one that is 0 says that the source does not tell apart what is counted."""
        keys = (MEASURES[term.measure].shown_by for term in self._walk_terms())
        return tuple(dict.fromkeys(key for key in keys if key is not None))

    @property
    def adds_up(self) -> bool:
        """Whether a span's numerator and denominator follow from those of its months."""
        return all(term.over is Over.ALL for term in self._walk_terms())

    @property
    def missing_adds(self) -> bool:
        """Whether units that were not delivered can do no more than add rows to those that are counted."""
        return self.adds_up

    def counted(self, list_backed: Callable[[Iterable[str]], tuple[Month, ...]]) -> CountedMonths:
        """The months that enter, where `backed` gives those that sources back together.

        A share is counted over one set of months. Otherwise each measure takes those of its own sources: who
        left in a month without established posts has left.
        """
        if self.kind is Quantity.SHARE:
            return CountedMonths(list_backed(need for key in self.measures for need in MEASURES[key].needs))
        return CountedMonths((), tuple((key, list_backed(MEASURES[key].needs)) for key in self.measures))

    def _walk_terms(self) -> Iterator[Term]:
        yield from self.numerator.terms
        yield from self.denominator.terms if self.denominator else ()

    def numbers(
        self, sums: Sums, months: CountedMonths, pairs: PairCounts | None = None
    ) -> tuple[Fraction, Fraction | None]:
        """Exact numerator and denominator over the counted months."""
        below = None if self.denominator is None else self.denominator.of(sums, months, pairs)
        return self.numerator.of(sums, months), below


@dataclass(frozen=True)
class Lowest(Formula):
    """The lowest share of several windows of time, which are compared with each other and never added up.

    Its numbers are those of the worst window that ends in the period, the first of several. Numerator and
    denominator say what such a window holds: the rows behind it, and what may be in doubt.
    """

    above: str  # measure: what the worst window that ends on a day counts above
    below: str

    @property
    def adds_up(self) -> bool:
        return False

    @property
    def measures(self) -> tuple[str, ...]:
        return (*super().measures, self.above, self.below)

    def numbers(
        self, sums: Sums, months: CountedMonths, pairs: PairCounts | None = None
    ) -> tuple[Fraction, Fraction | None]:
        above, below = sums.days(self.above), sums.days(self.below)
        numbers_of_months = {month.month for month in months.of(self.below)}
        days = [day for day, whole in sorted(below.items()) if whole and day.month in numbers_of_months]
        if not days:
            return Fraction(0), Fraction(0)
        worst = min(days, key=lambda day: Fraction(above[day], below[day]))
        return Fraction(above[worst]), Fraction(below[worst])


@dataclass(frozen=True)
class Median(Formula):
    """The middle one of the values of rows, or the mean of the middle two where their number is even.

    Its numerator is the sum of the middle ones, its denominator how many these are: 1 or 2. The numerator's
    measure is a ranked one, and the denominator's counts its rows. Of fewer than `fewest` rows none is taken.
    """

    fewest: int

    @property
    def adds_up(self) -> bool:
        return False

    @property
    def missing_adds(self) -> bool:
        return True

    @property
    def ranked(self) -> str:
        """The measure whose rows' values are put in order."""
        return self.numerator.terms[0].measure

    @property
    def factor(self) -> Fraction:
        """What a row's value is multiplied by to be in the unit of the numerator."""
        return Fraction(self.numerator.terms[0].times)

    def values(self, sums: Sums, months: CountedMonths) -> list[tuple[int, int]]:
        """(value, rows that have it), in order, in the unit of the measure."""
        return sums.values(self.ranked, months.of_term(self.numerator.terms[0]))

    def size(self, sums: Sums, months: CountedMonths) -> int:
        """How many rows are put in order."""
        return sum(rows for _, rows in self.values(sums, months))

    def numbers(
        self, sums: Sums, months: CountedMonths, pairs: PairCounts | None = None
    ) -> tuple[Fraction, Fraction | None]:
        values, size = self.values(sums, months), self.size(sums, months)
        if not size:
            return Fraction(0), Fraction(0)
        middle = find_middle_places(size)
        return self.factor * sum(find_value_at(values, place) for place in middle), Fraction(len(middle))


def find_middle_places(size: int) -> tuple[int, ...]:
    """The places of the middle one or two of so many things in order, counted from 0."""
    return (size // 2,) if size % 2 else (size // 2 - 1, size // 2)


def find_value_at(values: Iterable[tuple[int, int]], place: int) -> int:
    """The value at a place, counted from 0, of (value, rows that have it) in order. Raises: IndexError."""
    for value, rows in values:
        if place < rows:
            return value
        place -= rows
    raise IndexError(place)


def total(*measures: str, times: Fraction | int = 1) -> Part:
    """Σ of measures over the period."""
    return Part(tuple(Term(measure, times) for measure in measures))


def monthly_mean(measure: str, times: Fraction | int = 1) -> Part:
    """The mean of a level over the counted months."""
    return Part((Term(measure, times),), averaged=True)


def ever(at_start: str, entered: str) -> Part:
    """Things there at some time of the period: there at its start, or entered during it."""
    return Part((Term(at_start, over=Over.FIRST), Term(entered)))


def count(measure: str, times: Fraction | int = 1) -> Formula:
    """A number as it is."""
    return Formula(total(measure, times=times), None, 1, Quantity.COUNT)


def percent(numerator: Part | str, denominator: Part | str) -> Formula:
    """A share in per cent, the numerator counted among the denominator."""
    return Formula(_to_part(numerator), _to_part(denominator), 100, Quantity.SHARE)


def lowest(share: Formula, *, above: str, below: str) -> Lowest:
    """The lowest of a share's windows; `above` and `below` count the worst window that ends on a day."""
    return Lowest(share.numerator, share.denominator, share.times, Quantity.RATIO, above=above, below=below)


def median(ranked: str, counted: str, times: Fraction | int = 1, fewest: int = 5) -> Median:
    """The middle of the values of a ranked measure's rows, which `counted` counts."""
    return Median(total(ranked, times=times), total(counted), 1, Quantity.RATIO, fewest=fewest)


def ratio(numerator: Part | str, denominator: Part | str, times: int = 1) -> Formula:
    """One number by another."""
    return Formula(_to_part(numerator), _to_part(denominator), times, Quantity.RATIO)


def _to_part(part: Part | str) -> Part:
    return total(part) if isinstance(part, str) else part


def _mark_known_to(below: Part, above: Part) -> Part:
    def of_term(term: Term) -> Term:
        among = MEASURES[term.measure].among
        beside = (one.measure for one in above.terms if MEASURES[one.measure].among is among)
        return replace(term, known_to=tuple(dict.fromkeys(beside)))

    return replace(below, terms=tuple(map(of_term, below.terms)))
