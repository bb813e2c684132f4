"""What stands between a figure gross and net: each row that an appeal left out of assessment, or may yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple

import sqlalchemy as sa

from kpi.figures.compute import FigureEvidence, compute_figure
from kpi.figures.counted_rows import PartName, list_conditions, list_months_of
from kpi.figures.evidence import read_evidence_of
from kpi.figures.figure import Figure
from kpi.figures.forks.net import make_gross_and_net
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import CountedMonths, Part, Term
from kpi.figures.measures import MEASURES
from kpi.figures.measures.certainty import is_certain, is_possible
from kpi.figures.measures.net import SUFFIX, get_appeals, is_left_out
from tracker.periods import Month, Period


@dataclass(frozen=True)
class ExcludedRow:
    """A row that the gross figure counts and the net one does not, with the appeal that says so."""

    subject: str
    seq: int  # of the event that says what the row is
    day: date
    appeal: str  # subject of the appeal
    appeal_seq: int
    asked_by: str | None
    asked_on: date
    reason: str | None
    decided_by: str | None
    decided_on: date | None
    granted: bool  # False: not decided yet, or not for what the figure is about
    numerator: Fraction = Fraction()  # what the row adds above, and below
    denominator: Fraction = Fraction()

    @property
    def outcome(self) -> str:
        return "同意剔除" if self.granted else "未定"

    def adds(self, part: PartName) -> Fraction:
        """What it adds to a side of the gross figure."""
        return self.numerator if part is PartName.NUMERATOR else self.denominator


class _TermRow(NamedTuple):
    """A row as one term of a side counts it."""

    part: PartName
    term: Term
    adds: Fraction
    row: ExcludedRow


@dataclass(frozen=True)
class NetComparison:
    """A figure gross and net by the same data, and the rows between."""

    gross: Figure
    net: Figure
    rows: tuple[ExcludedRow, ...]
    unlisted: Mapping[
        PartName, Fraction
    ]  # what gross counts in months without a list of appeals, and net not

    def sum_rows(self, part: PartName, *, granted: bool) -> Fraction:
        """What the rows come to that are left out for certain, or those that may be."""
        return sum((one.adds(part) for one in self.rows if one.granted is granted), Fraction())

    @property
    def agrees(self) -> bool | None:
        """Whether gross − listed = net, above and below; None where a figure has no number."""
        found = [self._compare(part) for part in PartName]
        return None if None in found else all(found)

    def _compare(self, part: PartName) -> bool | None:
        gross, net = (getattr(one, part.value) for one in (self.gross, self.net))
        if gross is None and net is None and part is PartName.DENOMINATOR:
            return self.gross.numerator is not None or None  # a count has none
        if gross is None or net is None:
            return None
        listed = sum((one.adds(part) for one in self.rows), Fraction())
        return bool(gross - listed - self.unlisted.get(part, 0) == net)


FigurePeriod = tuple[Indicator, Period]  # a definition, and what it is asked for


def compare_net(
    connection: sa.Connection,
    center: str,
    wanted: Sequence[FigurePeriod],
    now: datetime,
) -> dict[FigurePeriod, NetComparison]:
    """Figures of one year gross and net; those not begun, or that cannot be counted net, are absent."""
    pairs = {declared: both for declared, _ in wanted if (both := make_gross_and_net(declared))}
    if not pairs:
        return {}
    periods = list(dict.fromkeys(period for declared, period in wanted if declared in pairs))
    definitions = [one for both in pairs.values() for one in both]
    evidence = read_evidence_of(connection, center, definitions, periods, now)
    of_definition: dict[Indicator, list[_Between]] = {}
    for declared, period in wanted:
        if declared in pairs and (between := _compute(evidence, pairs[declared], period)):
            of_definition.setdefault(declared, []).append(between)
    return {
        (declared, between.gross.period): _place_rows(between, rows)
        for declared, found in of_definition.items()
        for rows in (_read_rows(connection, center, found),)
        for between in found
    }


@dataclass(frozen=True)
class _Between:
    """A figure gross and net, with the months of which both count."""

    definition: Indicator  # the gross one
    gross: Figure
    net: Figure
    months: CountedMonths
    end: date  # the day before which they counted
    unlisted: Mapping[PartName, Fraction]


def _compute(evidence: FigureEvidence, both: tuple[Indicator, Indicator], period: Period) -> _Between | None:
    figures = [compute_figure(evidence, one, period) for one in both]
    gross, net = figures
    if gross is None or net is None:
        return None
    (counted, end), (listed, _) = (
        list_months_of(evidence.backing, one, figure) for one, figure in zip(both, (gross, net), strict=True)
    )
    parts = _list_parts(both[0])
    keys = [term.measure for part in parts.values() for term in part.terms]
    own = {key: listed.of(f"{key}{SUFFIX}") for key in keys}
    left = {key: tuple(one for one in counted.of(key) if one not in own[key]) for key in keys}
    apart = CountedMonths((), tuple(left.items()))
    unlisted = {name: part.of(evidence.sums, apart, evidence.unknowns) for name, part in parts.items()}
    return _Between(both[0], gross, net, CountedMonths((), tuple(own.items())), end, unlisted)


def _place_rows(between: _Between, rows: Iterable[_TermRow]) -> NetComparison:
    """The rows of the figure's own months, both sides of each thing together."""
    found: dict[str, ExcludedRow] = {}
    for name, term, adds, row in rows:
        if between.net.numerator is not None and Month.of(row.day) in between.months.of_term(term):
            found[row.subject] = _add(found.get(row.subject, row), name, adds, granted=row.granted)
    in_order = sorted(found.values(), key=lambda row: (row.day, row.subject))
    return NetComparison(between.gross, between.net, tuple(in_order), between.unlisted)


def _list_parts(definition: Indicator) -> dict[PartName, Part]:
    below = definition.formula.denominator
    above = {PartName.NUMERATOR: definition.formula.numerator}
    return above if below is None else {**above, PartName.DENOMINATOR: below}


def _read_rows(connection: sa.Connection, center: str, found: Sequence[_Between]) -> list[_TermRow]:
    """The rows that terms of a definition count and appeals leave out, or may, over all of its periods."""
    parts = _list_parts(found[0].definition)
    terms = [(name, term) for name, part in parts.items() for term in part.terms]
    selects = [
        _select_term(center, place, term, months, found[0].end)
        for place, (_, term) in enumerate(terms)
        if (months := sorted({month for one in found for month in one.months.of_term(term)}))
    ]
    if not selects:
        return []
    listed = sa.union_all(*selects).subquery("listed")
    rows = connection.execute(sa.select(listed).order_by(*listed.c)).mappings()
    return [_make_row(terms, dict(row)) for row in rows]


def _make_row(terms: Sequence[tuple[PartName, Term]], values: dict[str, Any]) -> _TermRow:
    name, term = terms[values.pop("place")]
    adds = int(values.pop("adds")) * Fraction(term.times)
    return _TermRow(name, term, adds, ExcludedRow(**values))


def _add(row: ExcludedRow, part: PartName, adds: Fraction, *, granted: bool) -> ExcludedRow:
    """The row with what it adds to a side; certain only where each of its terms is."""
    granted = row.granted and granted
    if part is PartName.NUMERATOR:
        return replace(row, granted=granted, numerator=row.numerator + adds)
    return replace(row, granted=granted, denominator=row.denominator + adds)


def _select_term(center: str, place: int, term: Term, months: Sequence[Month], end: date) -> sa.Select[Any]:
    """What a term counts and an appeal leaves out, or may."""
    measure = MEASURES[term.measure]
    among = measure.among
    table = get_appeals(among)
    appeal, left_out = table.c, is_left_out(measure, table.c.excluded, table.c.get("scope"))
    about = sa.and_(appeal.center_id == among.center_id, appeal.about == among.subject)
    columns: list[Any] = [
        sa.literal_column(str(place), sa.Integer).label("place"),
        sa.cast(measure.row_value, sa.BigInteger).label("adds"),
        sa.func.coalesce(is_certain(left_out), sa.false()).label("granted"),
        among.subject.label("subject"), among.seq.label("seq"), among.day.label("day"),
        appeal.subject.label("appeal"), appeal.seq.label("appeal_seq"), appeal.asked_by, appeal.asked_on,
        appeal.reason, appeal.decided_by, appeal.decided_on,
    ]  # fmt: skip
    return (
        sa.select(*columns)
        .select_from(among.rows.join(table, about))
        .where(
            *list_conditions(center, term, CountedMonths(tuple(months)), end),
            sa.func.coalesce(is_possible(left_out), sa.false()),
        )
    )
