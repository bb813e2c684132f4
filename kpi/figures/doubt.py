"""How sure a figure's numbers are beyond the days that were delivered: rows not known, rows held back."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from kpi.figures.bounds import MissingAmounts
from kpi.figures.gap import Gap, GapCode
from kpi.figures.held_rows import HeldBackCount, HeldBackRows
from kpi.figures.indicators.formula import CountedMonths, Formula, Part, Term
from kpi.figures.measures import MEASURES
from kpi.figures.unknowns import UnclearField, Unknowns


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

    def missing(self, most_missing: Fraction, basis: str) -> MissingAmounts:
        """Together with `lacking`, what the units that were not delivered may hold."""
        above = None if self.above is None else self.above + most_missing
        below = None if self.below is None else self.below + most_missing
        return MissingAmounts(
            above, below, self.outside, self.ceased, "，".join(filter(None, (basis, self.basis)))
        )


NO_DOUBT = Doubt(Fraction(0), Fraction(0), Fraction(0), Fraction(0), (), (), "")


def compute_doubt(
    formula: Formula, months: CountedMonths, unknowns: Unknowns, held_back: HeldBackRows
) -> Doubt:
    """The doubt about a formula's numbers over the months that enter it."""
    if not unknowns and not held_back.spans:
        return NO_DOUBT
    fields = _list_fields(formula, months, unknowns)
    rows = _count_held_back(formula, months, held_back)
    unsettled = dict(_count_unsettled(formula, months, unknowns))
    if not (fields or rows or unsettled):
        return NO_DOUBT
    below = formula.denominator
    outside = below.sum_in_doubt(months, unknowns) if below else Fraction(0)
    return Doubt(
        above=_sum_uncertain(formula.numerator, months, unknowns, held_back),
        below=None if below and (more := _sum_uncertain(below, months, unknowns, held_back)) is None else
        (more if below else Fraction(0)),
        outside=outside,
        ceased=Fraction(
            sum(term.times * unknowns.fading(term.measure, months.of_term(term)) for term in _terms(formula))
        ),
        untold=tuple(_build_untold_gap(one) for one in fields if one.by_all and not one.misread),
        gaps=(
            *map(_build_field_gap, fields),
            *(Gap(GapCode.UNSETTLED, source, count=count) for source, count in unsettled.items()),
            *(gap for source, counts in rows.items() for gap in _build_row_gaps(source, counts)),
        ),
        basis="不明的" if not rows else "不明的和未导入的" if fields or unsettled else "未导入的",
    )  # fmt: skip


def _build_untold_gap(one: UnclearField) -> Gap:
    is_topic = one.code is GapCode.TOPIC_UNDECLARED
    code = GapCode.TOPIC_UNDECLARED if is_topic else GapCode.COLUMN_UNTOLD
    return Gap(code, one.source, titles=(one.title,))


def _build_field_gap(one: UnclearField) -> Gap:
    code = GapCode.FIELD_MISREAD if one.misread else one.code or GapCode.FIELD_LACKING
    return Gap(code, one.source, (), one.rows, one.misread, (one.title,), one.unit)


def _build_row_gaps(source: str, count: HeldBackCount) -> Iterator[Gap]:
    if count.rows > count.asked:
        yield Gap(GapCode.ROWS_HELD, source, count=count.rows - count.asked)
    if count.asked:
        yield Gap(GapCode.ROWS_ASKED, source, count=count.asked)


def _list_fields(formula: Formula, months: CountedMonths, unknowns: Unknowns) -> list[UnclearField]:
    """The fields in want of which rows may or may not count, each with the most rows that lack it."""
    fields: dict[tuple[str, str], UnclearField] = {}
    for term in _terms(formula):
        for one in unknowns.fields(term.measure, months.of_term(term)):
            field = fields.get((one.source, one.title))
            if field is None or field.rows < one.rows:
                fields[one.source, one.title] = one
    certain = {one for term in _terms(formula) for one in unknowns.told(term.measure, months.of_term(term))}
    return [
        one._replace(by_all=one.by_all and (one.source, one.title) not in certain) for one in fields.values()
    ]


def _count_unsettled(
    formula: Formula, months: CountedMonths, unknowns: Unknowns
) -> Iterator[tuple[str, int]]:
    """Source → its rows that were last told of too early for a term; the most of any term."""
    counts: Counter[str] = Counter()
    for term in _terms(formula):
        source, term_months = MEASURES[term.measure].among.source, months.of_term(term)
        overtaken = unknowns.unsettled(term.measure, term_months) + unknowns.fading(term.measure, term_months)
        counts[source] = max(counts[source], overtaken)
    return ((source, count) for source, count in counts.items() if count)


def _count_held_back(
    formula: Formula, months: CountedMonths, held_back: HeldBackRows
) -> dict[str, HeldBackCount]:
    """Source → rows held back that a term may lack; the most of any term."""
    rows: dict[str, HeldBackCount] = {}
    for term in _terms(formula):
        population = MEASURES[term.measure].among
        count = held_back.among(population, months.of_term(term))
        if count.rows:
            rows[population.source] = max(rows.get(population.source, count), count)
    return rows


def _sum_uncertain(
    part: Part, months: CountedMonths, unknowns: Unknowns, held_back: HeldBackRows
) -> Fraction | None:
    """The most that a part may lack; None where rows do not tell how much they add, or may speak of what is
    counted already: then they can take away as well."""
    most = Fraction(0)
    for term in part.terms:
        measure, term_months = MEASURES[term.measure], months.of_term(term)
        rows, ambiguous, _ = held_back.among(measure.among, term_months)
        if (
            ambiguous
            or unknowns.count_without_value(term.measure, term_months)
            or (rows and measure.value is not None)
        ):
            return None
        most += term.times * (unknowns.of(term.measure, term_months) + rows * measure.touches)
    return most / part.divisor(months)


def _terms(formula: Formula) -> tuple[Term, ...]:
    return (*formula.numerator.terms, *(formula.denominator.terms if formula.denominator else ()))
