"""Coverage: backed ÷ expected units of each source, never capped, never filled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from kpi.figures.backing import Backing
from kpi.figures.gaps import named_days, named_hours, named_months
from kpi.figures.sources import SOURCES, Rhythm, Source
from tracker.periods import Month, Year


@dataclass(frozen=True)
class SourceCoverage:
    """One source over a span of months; only units that are due are expected."""

    source: Source
    expected: int  # days, hours, months or rounds
    missing: dict[date, int]  # the unit's first day → missing units there

    @property
    def backed(self) -> int:
        return self.expected - sum(self.missing.values())

    @property
    def share(self) -> Fraction | None:
        """None where nothing was expected yet."""
        return Fraction(self.backed, self.expected) if self.expected else None

    @property
    def gaps(self) -> str:
        """The missing units, named compactly; empty where there are none."""
        match self.source.rhythm:
            case Rhythm.DAILY:
                return named_days(self.missing)
            case Rhythm.HOURLY:
                return named_hours(self.missing)
            case Rhythm.SURVEY:
                return "全年" if self.missing else ""
            case _:
                return named_months(self.missing)


@dataclass(frozen=True)
class Coverage:
    """What several sources together back: a unit counts when every source of its rhythm has it."""

    sources: tuple[SourceCoverage, ...]
    share: Fraction | None  # the least; None where nothing was expected yet
    missing: int  # units of the least covered rhythm
    rhythm: Rhythm  # of the least covered sources
    counted: tuple[Month, ...]  # the months whose facts enter the figure

    @property
    def gaps(self) -> str:
        """Every source's missing units: 话单缺8月12日、8月13日."""
        return "；".join(f"{one.source.title}缺{one.gaps}" for one in self.sources if one.missing)


def of_source(backing: Backing, source: Source, months: Sequence[Month]) -> SourceCoverage:
    """One source over months; units that are not due are not expected."""
    if source.rhythm is Rhythm.SURVEY:
        return _survey(backing, source, months)
    expected = 0
    missing: dict[date, int] = {}
    for month in months:
        units = _units(backing, source, month)
        expected += _per_unit(source) * len(units)
        missing |= _missing(backing, source, units)
    return SourceCoverage(source, expected, missing)


def of_sources(backing: Backing, needs: Iterable[str], months: Sequence[Month]) -> Coverage:
    """Several sources over the months of a period."""
    ended = [month for month in months if month.first_day < backing.today]
    sources = tuple(of_source(backing, SOURCES[key], ended) for key in needs)
    shares = [_shared(sources, rhythm) for rhythm in dict.fromkeys(_kind(one.source) for one in sources)]
    expected = [share for share in shares if share[0] is not None]
    share, missing, rhythm = min(expected, key=lambda one: one[0] or 0) if expected else shares[0]
    return Coverage(sources, share, missing, rhythm, _counted(sources, ended, backing.today))


def calendar(backing: Backing, year: Year) -> dict[str, dict[Month, SourceCoverage]]:
    """Every source, month by month: what the coverage calendar shows. Months not begun are absent."""
    months = [month for month in year.months if month.first_day < backing.today]
    return {
        key: {month: of_source(backing, source, [month]) for month in months}
        for key, source in SOURCES.items()
    }


def _kind(source: Source) -> Rhythm:
    return Rhythm.MONTHLY if source.rhythm is Rhythm.STANDING else source.rhythm


def _shared(sources: Sequence[SourceCoverage], rhythm: Rhythm) -> tuple[Fraction | None, int, Rhythm]:
    """Coverage of the sources of one rhythm together: the union of what is missing."""
    alike = [one for one in sources if _kind(one.source) is rhythm and one.expected]
    if not alike:
        return None, 0, rhythm
    missing: dict[date, int] = {}
    for one in alike:
        missing |= {unit: max(count, missing.get(unit, 0)) for unit, count in one.missing.items()}
    expected, lacking = alike[0].expected, sum(missing.values())
    return Fraction(expected - lacking, expected), lacking, rhythm


def by_month(needs: Iterable[str]) -> list[str]:
    """Those of the sources that decide which months enter a figure."""
    return [need for need in needs if _kind(SOURCES[need]) is Rhythm.MONTHLY]


def counted(backing: Backing, needs: Iterable[str], months: Sequence[Month]) -> tuple[Month, ...]:
    """The months of a period whose facts enter a figure that rests on the sources."""
    ended = [month for month in months if month.first_day < backing.today]
    monthly = [of_source(backing, SOURCES[key], ended) for key in by_month(needs)]
    return _counted(monthly, ended, backing.today)


def _counted(sources: Sequence[SourceCoverage], months: Sequence[Month], today: date) -> tuple[Month, ...]:
    """With a monthly source only its backed months enter; a level is never carried into a month without."""
    monthly = [one for one in sources if _kind(one.source) is Rhythm.MONTHLY]
    if not monthly:
        return tuple(months)
    return tuple(
        month
        for month in months
        if month.end_day <= today and not any(month.first_day in one.missing for one in monthly)
    )


def _units(backing: Backing, source: Source, month: Month) -> list[date]:
    """The units of a month that are due: its days, or the month itself once it has ended.

    Of a month that is not over only days up to the newest delivered are: whoever delivers by the month owes
    nothing yet, and whoever delivers by the day is late in the freshness, not in the coverage.
    """
    if _kind(source) is Rhythm.MONTHLY:
        return [month.first_day] if month.end_day <= backing.today else []
    end = month.end_day if month.end_day <= backing.today else backing.reached(source, month)
    return [month.first_day + timedelta(days=n) for n in range((end - month.first_day).days)]


def _per_unit(source: Source) -> int:
    return 24 if source.rhythm is Rhythm.HOURLY else 1


def _missing(backing: Backing, source: Source, units: Sequence[date]) -> dict[date, int]:
    """How much of each unit is missing, of those that are not whole."""
    match source.rhythm:
        case Rhythm.DAILY:
            return dict.fromkeys(backing.without(source, units), 1)
        case Rhythm.HOURLY:
            hours = backing.hours
            return {day: 24 - hours.get(day, 0) for day in units if hours.get(day, 0) != 24}
        case Rhythm.STANDING:
            return {day: 1 for day in units if not backing.has_posts(Month.of(day))}
        case _:
            return {day: 1 for day in units if not backing.has_month(source, Month.of(day))}


def _survey(backing: Backing, source: Source, months: Sequence[Month]) -> SourceCoverage:
    """A year that has ended expects a round; any other period expects one only where it held one."""
    if any(month in backing.surveyed[source.key] for month in months):
        return SourceCoverage(source, 1, {})
    ended_year = len(months) == 12 and months[-1].end_day <= backing.today
    missing = {months[0].first_day: 1} if ended_year else {}
    return SourceCoverage(source, len(missing), missing)
