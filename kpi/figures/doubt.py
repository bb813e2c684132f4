"""How sure a figure's numbers are beyond the days that were delivered: rows not known, rows held back."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from kpi.figures.bounds import Missing
from kpi.figures.gap import Gap, GapCode
from kpi.figures.held_rows import Held, HeldRows
from kpi.figures.indicators.formula import Counted, Formula, Part, Term
from kpi.figures.measures import MEASURES
from kpi.figures.unknowns import Unclear, Unknowns


@dataclass(frozen=True)
class Doubt:
    """What a formula's numbers do not hold, though it was delivered."""

    above: Fraction | None  # may count above; None: nobody knows how much it is
    below: Fraction | None
    outside: Fraction  # counts below for certain, may count above, and is left out of both
    ceased: Fraction  # of what counts, how much may count no more
    untold: tuple[Gap, ...]  # fields that no row tells
    gaps: tuple[Gap, ...]  # what is not known, source by source; empty: nothing is in doubt
    basis: str  # how much that is, in words

    def missing(self, lacking: Fraction, basis: str) -> Missing:
        """Together with `lacking`, what the units that were not delivered may hold."""
        above = None if self.above is None else self.above + lacking
        below = None if self.below is None else self.below + lacking
        return Missing(above, below, self.outside, self.ceased, "，".join(filter(None, (basis, self.basis))))


NO_DOUBT = Doubt(Fraction(0), Fraction(0), Fraction(0), Fraction(0), (), (), "")


def doubt_of(formula: Formula, months: Counted, unknowns: Unknowns, held: HeldRows) -> Doubt:
    """The doubt about a formula's numbers over the months that enter it."""
    if not unknowns and not held.spans:
        return NO_DOUBT
    fields = _fields(formula, months, unknowns)
    rows = _held_back(formula, months, held)
    unsettled = dict(_unsettled(formula, months, unknowns))
    if not (fields or rows or unsettled):
        return NO_DOUBT
    below = formula.denominator
    outside = below.in_doubt(months, unknowns) if below else Fraction(0)
    return Doubt(
        above=_may_count(formula.numerator, months, unknowns, held),
        below=None if below and (more := _may_count(below, months, unknowns, held)) is None else
        (more if below else Fraction(0)),
        outside=outside,
        ceased=Fraction(
            sum(term.times * unknowns.fading(term.measure, months.of_term(term)) for term in _terms(formula))
        ),
        untold=tuple(_untold(one) for one in fields if one.by_all and not one.misread),
        gaps=(
            *map(_lacking_field, fields),
            *(Gap(GapCode.UNSETTLED, source, count=count) for source, count in unsettled.items()),
            *(gap for source, lacking in rows.items() for gap in _lacking_rows(source, lacking)),
        ),
        basis="不明的" if not rows else "不明的和被隔离的" if fields or unsettled else "被隔离的",
    )  # fmt: skip


def _untold(one: Unclear) -> Gap:
    is_topic = one.code is GapCode.TOPIC_UNDECLARED
    code = GapCode.TOPIC_UNDECLARED if is_topic else GapCode.COLUMN_UNTOLD
    return Gap(code, one.source, titles=(one.title,))


def _lacking_field(one: Unclear) -> Gap:
    code = GapCode.FIELD_MISREAD if one.misread else one.code or GapCode.FIELD_LACKING
    return Gap(code, one.source, (), one.rows, one.misread, (one.title,), one.unit)


def _lacking_rows(source: str, held: Held) -> Iterator[Gap]:
    if held.rows > held.asked:
        yield Gap(GapCode.ROWS_HELD, source, count=held.rows - held.asked)
    if held.asked:
        yield Gap(GapCode.ROWS_ASKED, source, count=held.asked)


def _fields(formula: Formula, months: Counted, unknowns: Unknowns) -> list[Unclear]:
    """The fields in want of which rows may or may not count, each with the most rows that lack it."""
    found: dict[tuple[str, str], Unclear] = {}
    for term in _terms(formula):
        for one in unknowns.fields(term.measure, months.of_term(term)):
            known = found.get((one.source, one.title))
            if known is None or known.rows < one.rows:
                found[one.source, one.title] = one
    told = {one for term in _terms(formula) for one in unknowns.told(term.measure, months.of_term(term))}
    return [one._replace(by_all=one.by_all and (one.source, one.title) not in told) for one in found.values()]


def _unsettled(formula: Formula, months: Counted, unknowns: Unknowns) -> Iterator[tuple[str, int]]:
    """Source → its rows that were last told of too early for a term; the most of any term."""
    found: Counter[str] = Counter()
    for term in _terms(formula):
        source, chosen = MEASURES[term.measure].among.source, months.of_term(term)
        overtaken = unknowns.unsettled(term.measure, chosen) + unknowns.fading(term.measure, chosen)
        found[source] = max(found[source], overtaken)
    return ((source, count) for source, count in found.items() if count)


def _held_back(formula: Formula, months: Counted, held: HeldRows) -> dict[str, Held]:
    """Source → rows held back that a term may lack; the most of any term."""
    rows: dict[str, Held] = {}
    for term in _terms(formula):
        population = MEASURES[term.measure].among
        found = held.among(population, months.of_term(term))
        if found.rows:
            rows[population.source] = max(rows.get(population.source, found), found)
    return rows


def _may_count(part: Part, months: Counted, unknowns: Unknowns, held: HeldRows) -> Fraction | None:
    """The most that a part may lack; None where rows do not tell how much they add, or may speak of what is
    counted already: then they can take away as well."""
    most = Fraction(0)
    for term in part.terms:
        measure, chosen = MEASURES[term.measure], months.of_term(term)
        rows, known, _ = held.among(measure.among, chosen)
        if known or unknowns.without_value(term.measure, chosen) or (rows and measure.value is not None):
            return None
        most += term.times * (unknowns.of(term.measure, chosen) + rows * measure.touches)
    return most / part.divisor(months)


def _terms(formula: Formula) -> tuple[Term, ...]:
    return (*formula.numerator.terms, *(formula.denominator.terms if formula.denominator else ()))
