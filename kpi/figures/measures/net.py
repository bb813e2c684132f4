"""What is left of a measure of work orders when those left out of assessment are taken off: one rule for all.

A net measure counts among the same rows, on the same days, by the same condition, less the rows of which an
appeal was granted; the gross measure stays as it is. Of one that waits for a decision nobody knows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlalchemy.sql.util import ClauseAdapter

from kpi.figures.measures import order_assessments, work_orders
from kpi.figures.measures.certainty import declare_field
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, SqlColumn
from kpi.figures.source import Rhythm, Source
from tracker.facts.appeals import appeals

SOURCES = (
    Source(
        key="appeals",
        rhythm=Rhythm.MONTHLY,
        optional=True,
        remedy="请交付月末以后导出的考核申诉；确无申诉的，请签零报告。",
    ),
)

SUFFIX = "_net"
_BESIDE = ("work_orders_owing_follow_up", "work_orders_owed_followed_up", "work_orders_handling_each_s")
GROSS = tuple(  # of those open at a month's end none is assessed yet
    one
    for one in (*work_orders.MEASURES, *order_assessments.MEASURES)
    if one.key not in _BESIDE and not one.among.by_month
)


def _columns_of(expressions: Iterable[Any]) -> Iterator[SqlColumn]:
    """The columns that expressions look at, each once."""
    seen: dict[str, SqlColumn] = {}
    for expression in expressions:
        for element in visitors.iterate(expression) if expression is not None else ():
            if isinstance(element, sa.ColumnClause) and element.table is not None:
                seen.setdefault(element.name, element)
    yield from seen.values()


@cache
def _less_excluded(among: Population) -> tuple[Population, ClauseAdapter]:
    """The population with what was decided of each row, and what translates conditions to it."""
    theirs = [one for one in GROSS if one.among is among]
    asked = [among.day, among.since, *(column for _, column in among.columns)]
    asked += [part for one in theirs for part in (one.where, one.value, one.unsettled, one.fading)]
    own = {column.name: column for column in among.of.c if column.name != "unknown"}
    more = (one for one in _columns_of(asked) if one.name not in own and one.name != "unknown")
    whole = (
        sa.select(
            *own.values(),
            *more,
            sa.func.coalesce(appeals.c.excluded, sa.false()).label("excluded"),
            (among.of.c.unknown + sa.func.coalesce(appeals.c.unknown, "")).label("unknown"),
        )
        .select_from(
            among.rows.outerjoin(
                appeals,
                sa.and_(appeals.c.center_id == among.center_id, appeals.c.about == among.subject),
            )
        )
        .subquery(f"{among.key}{SUFFIX}")
    )
    declare_field(whole.c.excluded, "考核申诉的审核结果", is_partly_known=True)
    adapter = ClauseAdapter(whole)
    population = replace(
        among,
        key=f"{among.key}{SUFFIX}",
        title=f"{among.title}，剔除的除外",
        rows=whole,
        of=whole,
        day=adapter.traverse(among.day),
        since=None if among.since is None else adapter.traverse(among.since),
        columns=tuple((title, adapter.traverse(column)) for title, column in among.columns),
        facts=(*among.facts, "appeals"),
        rolled=False,
        regrouped=True,
        suspects=sa.select(among.of.c.center_id),
    )
    return population, adapter


def is_left_out(gross: Measure, of: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether what was decided of a row, in columns of `of`, leaves it out of a measure."""
    excluded: sa.ColumnElement[bool] = of.c.excluded.is_(True)
    return excluded


def _net(gross: Measure) -> Measure:
    among, adapter = _less_excluded(gross.among)
    kept = sa.not_(is_left_out(gross, among.of))

    def less_excluded(condition: sa.ColumnElement[bool] | None) -> sa.ColumnElement[bool] | None:
        return None if condition is None else sa.and_(adapter.traverse(condition), kept)

    return replace(
        gross,
        key=f"{gross.key}{SUFFIX}",
        title=f"{gross.title}，剔除的除外",
        about=f"{gross.about}考核申诉同意剔除的不算。",
        among=among,
        where=kept if gross.where is None else less_excluded(gross.where),
        value=None if gross.value is None else adapter.traverse(gross.value),
        unsettled=less_excluded(gross.unsettled),
        fading=less_excluded(gross.fading),
        sources=(*gross.needs, "appeals"),
        on_demand=True,
    )


EXCLUSIONS = Population(
    key="exclusions", title="一件剔除的工单", rows=appeals, of=appeals, day=appeals.c.decided_on,
    columns=(
        ("工单", appeals.c.about), ("申诉单位", appeals.c.asked_by), ("申诉日期", appeals.c.asked_on),
        ("申诉理由", appeals.c.reason), ("审核人", appeals.c.decided_by), ("审核日期", appeals.c.decided_on),
    ),
    source="appeals", facts=("appeals",), since=appeals.c.asked_on,
)  # fmt: skip

POPULATIONS = (EXCLUSIONS, *(_less_excluded(among)[0] for among in dict.fromkeys(one.among for one in GROSS)))

MEASURES = (
    Measure(
        key="work_orders_excluded", title="剔除的工单", unit="件", among=EXCLUSIONS,
        where=appeals.c.excluded.is_(True), about="审核日期落在本期、考核申诉同意剔除的工单，一件算一件。",
    ),
    *map(_net, GROSS),
)  # fmt: skip
