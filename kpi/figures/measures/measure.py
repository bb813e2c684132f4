"""A measure: what is counted, in what unit, which day places it, and what backs it."""

from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa

from kpi.figures.measures.certainty import find_fields, is_certain
from kpi.figures.measures.population import Population, SqlColumn


@dataclass(frozen=True, kw_only=True, eq=False)
class Measure:
    """An integer that adds up over days and centres.

    `where` goes into FILTER, never into WHERE: a month with calls of which none matches is a month with
    data. `value` is None where each matching row counts one.
    """

    key: str
    title: str
    unit: str
    about: str
    among: Population
    where: sa.ColumnElement[bool] | None = None
    value: SqlColumn | None = None
    unsettled: sa.ColumnElement[bool] | None = None
    """Rows that do not count by what was told, and that may have come to count since it was told."""
    fading: sa.ColumnElement[bool] | None = None
    """Rows that count by what was told, and that may have ceased to since it was told."""
    sources: tuple[str, ...] = ()  # where another source than the population's backs it
    most_a_day: int | None = None  # more than so many a day there cannot be
    shown_by: str | None = None  # a measure that is 0 where the source does not tell such things apart
    touches: int = (
        1  # so many rows one that is not there may make count: itself, and others that look back to it
    )
    on_demand: bool = False  # rarely asked for: counted from the facts, whatever its population does
    ranked: bool = False  # each row's value is read beside the sum, as a median asks for it; needs `value`

    @property
    def needs(self) -> tuple[str, ...]:
        """The sources whose coverage backs the number."""
        return self.sources or (self.among.source,)

    @property
    def rolled(self) -> bool:
        """Whether its daily sums are kept in daily_measures."""
        return self.among.rolled and not (self.on_demand or self.ranked)

    @cached_property
    def condition(self) -> sa.ColumnElement[bool] | None:
        """Which rows count: those that surely match; None: all. Rows that may are `kpi.figures.unknowns`."""
        unknowns = dict.fromkeys(
            field[0] for field in find_fields(self.where)
        )  # in order, as packages hold it
        if self.where is None or not unknowns:
            return self.where
        is_clear = sa.and_(*(column == "" for column in unknowns))  # spares looking closer at nearly all rows
        return sa.and_(self.where, sa.or_(is_clear, is_certain(self.where)))

    @property
    def sum(self) -> SqlColumn:
        """The aggregate over the population's rows; 0 where none matches."""
        if self.value is None:
            count = sa.func.count()
            return count if self.condition is None else count.filter(self.condition)
        summed = sa.func.sum(self.value)
        return sa.func.coalesce(summed if self.condition is None else summed.filter(self.condition), 0)

    @property
    def row_value(self) -> SqlColumn:
        """What one matching row adds."""
        return sa.literal(1) if self.value is None else sa.func.coalesce(self.value, 0)
