"""What is left of a measure when orders or calls left out of assessment are taken off: one rule for all.

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

from kpi.figures.measures import call_quality, calls, order_assessments, work_orders
from kpi.figures.measures.certainty import DECLARED, declare_field
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, SqlColumn
from kpi.figures.source import Rhythm, Source
from tracker.facts.appeals import appeals, call_appeals

SOURCES = (
    Source(
        key="appeals",
        rhythm=Rhythm.MONTHLY,
        optional=True,
        remedy="请报送月末以后导出的考核申诉；确无申诉的，请签零报告。",
    ),
    Source(
        key="call_appeals",
        rhythm=Rhythm.MONTHLY,
        optional=True,
        remedy="请报送月末以后导出的通话考核申诉；确无申诉的，请签零报告。",
    ),
)

SUFFIX = "_net"
_BESIDE = ("work_orders_owing_follow_up", "work_orders_owed_followed_up", "work_orders_handling_each_s")
_OF_CALLS = (calls.CALLS, call_quality.RATINGS)
GROSS = (  # of those open at a month's end none is assessed yet
    *(
        one
        for one in (*work_orders.MEASURES, *order_assessments.MEASURES)
        if one.key not in _BESIDE and not one.among.by_month
    ),
    *(one for one in (*calls.MEASURES, *call_quality.MEASURES) if one.among in _OF_CALLS),
)


def get_appeals(among: Population) -> sa.Table:
    """The appeals about the rows of a population of orders or calls."""
    return call_appeals if among in _OF_CALLS else appeals


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
    appeal = get_appeals(among)
    excluded = sa.func.coalesce(appeal.c.excluded, sa.false()).label("excluded")
    scope = [appeal.c.scope.label("excluded_scope")] if "scope" in appeal.c else []
    unknown = sa.func.replace(sa.func.coalesce(appeal.c.unknown, ""), " scope ", " excluded_scope ")
    whole = (
        sa.select(*own.values(), *more, excluded, *scope, (among.of.c.unknown + unknown).label("unknown"))
        .select_from(
            among.rows.outerjoin(
                appeal, sa.and_(appeal.c.center_id == among.center_id, appeal.c.about == among.subject)
            )
        )
        .subquery(f"{among.key}{SUFFIX}")
    )
    declare_field(whole.c.excluded, "考核申诉的审核结果", is_partly_known=True)
    if scope:
        declare_field(whole.c.excluded_scope, "考核申诉的剔除范围", is_partly_known=True)
    for (marks, name), declared in tuple(DECLARED.items()):
        if marks is among.of.c.unknown:  # fields that the population itself declares
            DECLARED[whole.c.unknown, name] = declared
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
        facts=(*among.facts, appeal.name),
        rolled=False,
        regrouped=True,
        suspects=sa.select(among.of.c.center_id),
    )
    return population, adapter


def is_left_out(gross: Measure, excluded: SqlColumn, scope: SqlColumn | None) -> sa.ColumnElement[bool]:
    """Whether what was decided of a row leaves it out of a measure.

    An appeal about the rating of a call alone leaves the call in all that is no rating."""
    granted: sa.ColumnElement[bool] = excluded.is_(True)
    if scope is None or gross.among is call_quality.RATINGS:
        return granted
    return sa.and_(granted, scope == "all")


def _net(gross: Measure) -> Measure:
    among, adapter = _less_excluded(gross.among)
    kept = sa.not_(is_left_out(gross, among.of.c.excluded, among.of.c.get("excluded_scope")))

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
        sources=(*gross.needs, get_appeals(gross.among).name),
        on_demand=True,
    )


def _list_exclusions(key: str, title: str, thing: str, of: sa.Table) -> Population:
    return Population(
        key=key, title=title, rows=of, of=of, day=of.c.decided_on,
        columns=(
            (thing, of.c.about), ("申诉单位", of.c.asked_by), ("申诉日期", of.c.asked_on),
            ("申诉理由", of.c.reason), ("审核人", of.c.decided_by), ("审核日期", of.c.decided_on),
        ),
        source=of.name, facts=(of.name,), since=of.c.asked_on,
    )  # fmt: skip


EXCLUSIONS = _list_exclusions("exclusions", "一件剔除的工单", "工单", appeals)
CALL_EXCLUSIONS = _list_exclusions("call_exclusions", "一通剔除的电话", "通话", call_appeals)

POPULATIONS = (
    EXCLUSIONS,
    CALL_EXCLUSIONS,
    *(_less_excluded(among)[0] for among in dict.fromkeys(one.among for one in GROSS)),
)

MEASURES = (
    Measure(
        key="work_orders_excluded", title="剔除的工单", unit="件", among=EXCLUSIONS,
        where=appeals.c.excluded.is_(True), about="审核日期落在本期、考核申诉同意剔除的工单，一件算一件。",
    ),
    Measure(
        key="calls_excluded", title="剔除的电话", unit="通", among=CALL_EXCLUSIONS,
        where=call_appeals.c.excluded.is_(True),
        about="审核日期落在本期、考核申诉同意剔除的电话，只剔除评价的也在内，一通算一通。",
    ),
    *map(_net, GROSS),
)  # fmt: skip
