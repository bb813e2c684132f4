"""Coverage: backed ÷ expected units of each source, never capped, never filled."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kpi.figures.coverage_inputs import Backing
from kpi.figures.day_runs import find_runs
from kpi.figures.day_states import CoverageUnit, list_units
from kpi.figures.gap import Gap, GapCode
from kpi.figures.gap_words import word_units
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.periods import Month


@dataclass(frozen=True)
class SourceCoverage:
    """One source over a span of months; only units that are due are expected."""

    source: Source
    expected: int  # days, hours, months or rounds
    missing: dict[date, int]  # the unit's first day → missing units there
    owed: frozenset[date] = frozenset()  # those of them whose month still runs
    gone: frozenset[date] | None = None  # those of which nothing is there; None: so it is of each

    @property
    def backed(self) -> int:
        return self.expected - sum(self.missing.values())

    @property
    def share(self) -> Fraction | None:
        """None where nothing was expected yet."""
        return Fraction(self.backed, self.expected) if self.expected else None

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing, and what is owed while its month runs."""
        units_by_code = (
            (GapCode.MISSING, {day: count for day, count in self.missing.items() if day not in self.owed}),
            (GapCode.OWED, {day: count for day, count in self.missing.items() if day in self.owed}),
        )
        key, rhythm = self.source.key, self.source.rhythm
        return tuple(
            Gap(code, key, find_runs(rhythm, units, self.gone)) for code, units in units_by_code if units
        )

    @property
    def named(self) -> str:
        """What is missing and what is owed, named compactly: 缺8月12日、8月13日，待报11月5日; or empty."""
        return word_units(self.gaps)


@dataclass(frozen=True)
class Coverage:
    """What several sources together back: a unit counts when every source of its rhythm has it."""

    sources: tuple[SourceCoverage, ...]
    share: Fraction | None  # the least; None where nothing was expected yet
    missing: int  # units of the least covered rhythm
    rhythm: Rhythm  # of the least covered sources
    counted: tuple[Month, ...]  # the months that all of them back, whose facts enter a figure
    _ended: tuple[Month, ...] = ()
    _today: date = date.min

    def list_months_of(self, needs: Iterable[str]) -> tuple[Month, ...]:
        """The months that some of the sources back."""
        keys = set(needs)
        return _select_counted_months(
            [one for one in self.sources if one.source.key in keys], self._ended, self._today
        )

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Every source's missing units."""
        return tuple(gap for one in self.sources for gap in one.gaps)


def compute_ended_coverage(source: Source, units: Iterable[CoverageUnit]) -> SourceCoverage:
    """One source over what has ended and is not there, whether coverage expects it or not."""
    return compute_unit_coverage(source, [unit for unit in units if unit.lacks])


def compute_source_coverage(backing: Backing, source: Source, months: Sequence[Month]) -> SourceCoverage:
    """One source over months; units that are not due are not expected."""
    if source.rhythm is Rhythm.SURVEY:
        return _compute_survey_coverage(backing, source, months)
    return compute_unit_coverage(
        source, [unit for month in months for unit in list_units(backing, source, month) if unit.due]
    )


def compute_owed_coverage(backing: Backing, source: Source, months: Sequence[Month]) -> SourceCoverage:
    """One source over the months of which the centre owes it: none of an optional one that never came."""
    return compute_source_coverage(
        backing, source, [month for month in months if backing.is_owed(source, month)]
    )


def compute_unit_coverage(source: Source, units: Collection[CoverageUnit]) -> SourceCoverage:
    """One source over units, all of them expected."""
    return SourceCoverage(
        source,
        expected=sum(unit.whole for unit in units),
        missing={unit.first_day: unit.lacking for unit in units if unit.lacking},
        owed=frozenset(unit.first_day for unit in units if unit.running),
        gone=frozenset(unit.first_day for unit in units if unit.lacking >= unit.whole),
    )


def compute_coverage(backing: Backing, needs: Sequence[str], months: Sequence[Month]) -> Coverage:
    """Several sources over the months of a period."""
    ended = _list_begun_months(backing, needs, months)
    sources = tuple(compute_source_coverage(backing, SOURCES[key], ended) for key in needs)
    shares = [
        _combine_sources(sources, rhythm)
        for rhythm in dict.fromkeys(_get_unit_rhythm(one.source) for one in sources)
    ]
    expected = [share for share in shares if share[0] is not None]
    share, missing, rhythm = min(expected, key=lambda one: one[0] or 0) if expected else shares[0]
    counted_months = _select_counted_months(sources, ended, backing.today)
    return Coverage(sources, share, missing, rhythm, counted_months, tuple(ended), backing.today)


def _list_begun_months(backing: Backing, needs: Sequence[str], months: Sequence[Month]) -> list[Month]:
    """Months that have begun; of those before the centre opened only what something was delivered of."""
    opening_day = backing.opened or date.min
    return [
        month
        for month in months
        if month.first_day < backing.today
        and (
            month.end_day > opening_day
            or any(unit.due for key in needs for unit in list_units(backing, SOURCES[key], month))
        )
    ]


def _get_unit_rhythm(source: Source) -> Rhythm:
    return Rhythm.MONTHLY if source.rhythm is Rhythm.STANDING else source.rhythm


def _combine_sources(
    sources: Sequence[SourceCoverage], rhythm: Rhythm
) -> tuple[Fraction | None, int, Rhythm]:
    """Coverage of the sources of one rhythm together: the union of what is missing."""
    alike = [one for one in sources if _get_unit_rhythm(one.source) is rhythm and one.expected]
    if not alike:
        return None, 0, rhythm
    missing: dict[date, int] = {}
    for one in alike:
        missing |= {unit: max(count, missing.get(unit, 0)) for unit, count in one.missing.items()}
    expected, total = alike[0].expected, sum(missing.values())
    return Fraction(expected - total, expected), total, rhythm


def select_monthly_sources(needs: Iterable[str]) -> list[str]:
    """Those of the sources that decide which months enter a figure."""
    return [need for need in needs if _get_unit_rhythm(SOURCES[need]) is Rhythm.MONTHLY]


def list_counted_months(backing: Backing, needs: Iterable[str], months: Sequence[Month]) -> tuple[Month, ...]:
    """The months of a period whose facts enter a figure that rests on the sources."""
    keys = tuple(needs)
    ended = _list_begun_months(backing, keys, months)
    monthly = [compute_source_coverage(backing, SOURCES[key], ended) for key in select_monthly_sources(keys)]
    return _select_counted_months(monthly, ended, backing.today)


def _select_counted_months(
    sources: Sequence[SourceCoverage], months: Sequence[Month], today: date
) -> tuple[Month, ...]:
    """With a monthly source only its backed months enter; a level is never carried into a month without."""
    monthly = [one for one in sources if _get_unit_rhythm(one.source) is Rhythm.MONTHLY]
    if not monthly:
        return tuple(months)
    return tuple(
        month
        for month in months
        if month.end_day <= today and not any(month.first_day in one.missing for one in monthly)
    )


def _compute_survey_coverage(backing: Backing, source: Source, months: Sequence[Month]) -> SourceCoverage:
    """A year that has ended expects a round; any other period expects one only where it held one."""
    if any(month in backing.survey_months[source.key] for month in months):
        return SourceCoverage(source, 1, {})
    ended_year = len(months) == 12 and months[-1].end_day <= backing.today
    missing = {months[0].first_day: 1} if ended_year else {}
    return SourceCoverage(source, len(missing), missing)
