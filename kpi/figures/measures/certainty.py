"""What a condition says of a row of which not everything is known: surely so, or possibly so.

A fact's column `unknown` names the fields that nobody told, and `untold` those of them that few deliveries
tell. A comparison that looks at such a field is neither true nor false; and, or and not carry that on after
S. C. Kleene, Introduction to Metamathematics (1952), §64.
Told fields keep SQL's own rules, in which an empty one is NULL.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BooleanClauseList, Grouping, UnaryExpression

from kpi.figures.gap import GapCode

Condition = sa.ColumnElement[bool]
FieldKey = tuple[sa.ColumnElement[str], str]  # the column `unknown` of its rows, and its name there


def find_fields(*expressions: sa.ColumnElement[Any] | None) -> dict[FieldKey, str]:
    """The fields that expressions look at, each with its Chinese title; of rows that name their unknown."""
    fields: dict[FieldKey, str] = {}
    for expression in expressions:
        for column in _list_columns(expression):
            unknown = column.table.c.get("unknown") if column.table is not None else None
            if unknown is None:
                continue
            if (unknown, column.name) in DECLARED:
                fields[unknown, column.name] = DECLARED[unknown, column.name].title
            info = getattr(next(iter(column.base_columns)), "info", {})
            if "title" in info:
                titles = _read_titles(unknown)
                names_by_column = {unknown: info.get("by", (column.name,))}
                if "by_steps" in info:
                    names_by_column[column.table.c.untold] = info["by_steps"]
                for marks, names in names_by_column.items():
                    fields |= {(marks, name): titles.get(name, info["title"]) for name in names}
    return fields


@dataclass(frozen=True)
class DeclaredField:
    """A field that a subquery names in its own `unknown`, where rows do not tell it."""

    title: str
    code: GapCode | None  # of the gap that such rows leave; None: as of any field of a delivery
    is_partly_known: bool  # a row may not tell it though it is told in what the row sums up


DECLARED: dict[FieldKey, DeclaredField] = {}


def declare_field(
    column: sa.ColumnElement[Any], title: str, *, code: GapCode | None = None, is_partly_known: bool = False
) -> None:
    """Says what a column of a subquery is called, and what it means that a row does not tell it."""
    DECLARED[column.table.c["unknown"], column.name] = DeclaredField(title, code, is_partly_known)


def is_unknown(field: FieldKey, *, unclear: bool = False) -> Condition:
    """Whether a row does not tell a field; `unclear`: because its cell was not understood."""
    unknown, name = field
    return unknown.like(f"% {name}{'?' if unclear else ''} %")


def is_any_unknown(*expressions: sa.ColumnElement[Any] | None) -> Condition:
    """Whether a row does not tell a field that one of the expressions looks at."""
    return sa.or_(sa.false(), *(is_unknown(field) for field in find_fields(*expressions)))


def is_certain(condition: Any) -> Condition:
    """Whether a row surely fulfils a condition."""
    if condition is None:
        return sa.true()
    match condition:
        case Grouping():
            return is_certain(condition.element)
        case BooleanClauseList() if condition.operator in (operators.and_, operators.or_):
            join = sa.and_ if condition.operator is operators.and_ else sa.or_
            return join(*map(is_certain, condition.clauses))
        case UnaryExpression() if condition.operator is operators.inv:
            return sa.not_(is_possible(condition.element))
        case sa.sql.functions.coalesce():
            inner, otherwise = condition.clauses
            return sa.func.coalesce(is_certain(inner), otherwise, type_=sa.Boolean)
    return sa.and_(*(sa.not_(is_unknown(field)) for field in find_fields(condition)), condition)


def is_possible(condition: Any) -> Condition:
    """Whether a row may fulfil a condition, for all that is known of it."""
    if condition is None:
        return sa.true()
    match condition:
        case Grouping():
            return is_possible(condition.element)
        case BooleanClauseList() if condition.operator in (operators.and_, operators.or_):
            join = sa.and_ if condition.operator is operators.and_ else sa.or_
            return join(*map(is_possible, condition.clauses))
        case UnaryExpression() if condition.operator is operators.inv:
            return sa.not_(is_certain(condition.element))
        case sa.sql.functions.coalesce():
            inner, otherwise = condition.clauses
            return sa.func.coalesce(is_possible(inner), otherwise, type_=sa.Boolean)
    return sa.or_(*map(is_unknown, find_fields(condition)), condition)


def _list_columns(expression: sa.ColumnElement[Any] | None) -> Iterator[sa.Column[Any]]:
    if expression is not None:
        for element in visitors.iterate(expression):
            if isinstance(element, sa.ColumnClause):
                yield element  # type: ignore[misc]


def _read_titles(unknown: sa.ColumnElement[str]) -> dict[str, str]:
    """Field → title, of the table that a column `unknown` is of."""
    table: Any = getattr(next(iter(unknown.base_columns)), "table", None)
    if table is None:
        return {}
    titled = [column for column in table.c if "title" in column.info]
    return {column.name: column.info["title"] for column in titled} | {
        name: title for column in titled for name, title in column.info.get("titles", {}).items()
    }
