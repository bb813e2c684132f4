"""What stands between a figure gross and net: each row that an appeal left out of assessment, or may yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Figure
from kpi.figures.forks.net import make_gross_and_net
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import CountedMonths, Part, Term
from kpi.figures.measures import MEASURES
from kpi.figures.measures.certainty import is_certain, is_possible
from kpi.figures.measures.net import SUFFIX, is_left_out
from kpi.figures.rows import PartName, find_counted_months, list_conditions, select_rows
from tracker.facts.appeals import appeals
from tracker.periods import Period


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


def compare_net(
    connection: sa.Connection,
    center: str,
    declared: Indicator,
    periods: Sequence[Period],
    now: datetime,
    seq: int | None = None,
) -> dict[Period, NetComparison]:
    """Gross and net of an indicator's periods of one year, those not begun left out; nothing where it cannot
    be counted net. `seq` is the log position; None: the centre's head."""
    both = make_gross_and_net(declared)
    if both is None:
        return {}
    gross, net = compute_figures_by(connection, center, both, periods, now, seq)
    return {
        period: _compare_period(connection, both, gross[period], net[period])
        for period in periods
        if period in gross
    }


def _compare_period(
    connection: sa.Connection, both: tuple[Indicator, Indicator], gross: Figure, net: Figure
) -> NetComparison:
    (counted, end), (listed, _) = (
        find_counted_months(connection, one, figure) for one, figure in zip(both, (gross, net), strict=True)
    )
    parts = _list_parts(both[0])
    keys = [term.measure for part in parts.values() for term in part.terms]
    own = {key: listed.of(f"{key}{SUFFIX}") for key in keys}
    left = {key: tuple(one for one in counted.of(key) if one not in own[key]) for key in keys}
    unlisted = {
        name: select_rows(
            connection, gross.center, part, CountedMonths((), tuple(left.items())), end, limit=0
        )[3]
        for name, part in parts.items()
        if any(left.values())
    }
    months = CountedMonths((), tuple(own.items()))
    rows = () if net.numerator is None else _read_rows(connection, gross.center, parts, months, end)
    return NetComparison(gross, net, tuple(rows), unlisted)


def _list_parts(definition: Indicator) -> dict[PartName, Part]:
    below = definition.formula.denominator
    above = {PartName.NUMERATOR: definition.formula.numerator}
    return above if below is None else {**above, PartName.DENOMINATOR: below}


def _read_rows(
    connection: sa.Connection, center: str, parts: dict[PartName, Part], months: CountedMonths, end: date
) -> Iterable[ExcludedRow]:
    """The rows of both sides, each once, in the order of their days."""
    terms = [(name, term) for name, part in parts.items() for term in part.terms]
    selects = (_select_term(center, place, term, months, end) for place, (_, term) in enumerate(terms))
    listed = sa.union_all(*selects).subquery("listed")
    found: dict[str, ExcludedRow] = {}
    for cells in connection.execute(sa.select(listed).order_by(*listed.c)).mappings():
        values = dict(cells)
        name, term = terms[values.pop("place")]
        adds = int(values.pop("adds")) * Fraction(term.times)
        row = found.setdefault(values["subject"], ExcludedRow(**values))
        found[row.subject] = _add(row, name, adds, granted=bool(values["granted"]))
    return sorted(found.values(), key=lambda row: (row.day, row.subject))


def _add(row: ExcludedRow, part: PartName, adds: Fraction, *, granted: bool) -> ExcludedRow:
    """The row with what it adds to a side; certain only where each of its terms is."""
    granted = row.granted and granted
    if part is PartName.NUMERATOR:
        return replace(row, granted=granted, numerator=row.numerator + adds)
    return replace(row, granted=granted, denominator=row.denominator + adds)


def _select_term(center: str, place: int, term: Term, months: CountedMonths, end: date) -> sa.Select[Any]:
    """What a term counts and an appeal leaves out, or may."""
    measure, appeal = MEASURES[term.measure], appeals.c
    among, left_out = measure.among, is_left_out(measure, appeals)
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
        .select_from(among.rows.join(appeals, about))
        .where(
            *list_conditions(center, term, months, end), sa.func.coalesce(is_possible(left_out), sa.false())
        )
    )
